"""A master's hours: changed in words or by days, confirmed every morning (A22–A25, A90, A104, A105)."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete

from core.flows import holds, views
from core.flows.tx import Letter, Tx
from core.kernel import hours as rules
from core.kernel.hours import Spoken
from core.kernel.refusal import NoHours, Refusal, UnknownThing
from core.kernel.slot import Interval
from core.language.choose import Question, choose
from core.markets.cities import City, load_cities
from core.markets.policy import Market
from core.meaning import Answer, HoursChange, HoursOp
from core.text.facts import DayRange, Named
from storage.queries import masters
from storage.tables import HoursRow, MasterRow, Row, TalkRow

RETURN = "master-return"  # the timer that ends a pause
MORNING = "morning"  # the step of a talk in which today's hours were asked about
_DAY = timedelta(days=1)
_WEEK = 7  # days
_RUN_MIN = 3  # days alike that are told as one line
_CLOCK = re.compile(r"[0-2][0-9]:[0-5][0-9]")  # no seconds, no zone: these are times on the master's wall


async def change(
    tx: Tx, market: Market, *, master: MasterRow, change: HoursChange, city: City
) -> Mapping[date, tuple[Interval, ...]]:
    """Change a master's hours; it holds for the next assignment at once (A24).

    Returns:
        The new spans of every day that changed, in UTC.

    Raises:
        NoHours, PastTime, TooFarAhead: what was said cannot be kept.
    """
    today = tx.now.astimezone(city.zone).date()
    last = today + timedelta(days=market.hours_rules.days_ahead_max)
    near = [day for day in change.days if today <= day <= last]  # others are refused or passed over
    current = await _current(tx, master, near, city)
    changed = rules.change(
        rules.HoursOp(change.op.value),
        change.days,
        current=current,
        now=tx.now,
        zone=city.zone,
        rules=market.hours_rules,
    )
    await tx.session.execute(
        delete(HoursRow).where(HoursRow.master_id == master.id, HoursRow.day.in_(changed))
    )
    for day, spans in changed.items():
        for span in spans:
            tx.add(HoursRow(master_id=master.id, starts_at=span.start, ends_at=span.end, day=day))
    _heard(tx, master, city)
    await tx.flush()  # the jobs that wait are tried with the new hours
    tx.record(
        "master",
        master.id,
        "hours_changed",
        actor=f"master:{master.id}",
        parties=_parties(master),
        days=sorted(day.isoformat() for day in changed),
    )
    holds.try_waiting_for(tx, master.id)
    return changed


async def confirm(tx: Tx, *, master: MasterRow, city: City) -> None:
    """Take a master's word that today's hours stand (A23)."""
    _heard(tx, master, city)
    master.confirmed_day = tx.now.astimezone(city.zone).date()
    tx.record("master", master.id, "hours_confirmed", actor=f"master:{master.id}", parties=_parties(master))


async def ask(tx: Tx, market: Market, *, master: MasterRow, city: City) -> None:
    """Ask a master in the morning whether today's hours stand. Two silent mornings pause him."""
    talk = await tx.get(TalkRow, master.talk_id) if master.talk_id else None
    if talk is None or master.status != "active":
        return
    today = tx.now.astimezone(city.zone).date()
    if market.hours_rules.is_paused(master.silent_mornings):
        from core.flows.masters import pause  # noqa: PLC0415 - the two know each other

        await pause(tx, master)
        tx.say(talk, "master-silent-paused", news=True, choices={"resume": f"resume:{master.id}:0"})
        return
    week = await on(tx, master, [today + _DAY * n for n in range(_WEEK)], city)
    spans = week[today]
    if not spans and any(week.values()):
        return  # a day off among days of work is nothing to be asked about
    master.silent_mornings += 1
    if not spans:
        tx.say(talk, "master-morning-none", news=True)
        return
    talk.step = MORNING  # so that a plain yes or no answers it
    choices = {"yes": f"hours-yes:{today}:0", "no": f"hours-no:{today}:0"}
    tx.say(talk, "master-morning", news=True, choices=choices, spans=_spans(spans, city))


async def asked_today(
    tx: Tx, master: MasterRow, city: City
) -> Mapping[date, tuple[tuple[time | None, time | None], ...] | None]:
    """Return the hours that this morning's question names, as an answer in words is read against them."""
    asked = await _asked(tx, master, tx.now.astimezone(city.zone).date(), city)
    return {day: tuple(spans) if spans else None for day, spans in asked.items()}


async def on(tx: Tx, master: MasterRow, days: Iterable[date], city: City) -> dict[date, tuple[Interval, ...]]:
    """Return a master's hours on each of these days."""
    named = sorted(days)
    current = await _current(tx, master, named, city)
    return {day: rules.within(current, day, city.zone) for day in named}


def told(days: Mapping[date, Sequence[Interval]], *, city: City) -> tuple[Named, ...]:
    """Return days with their hours, to be told one a line; three alike in a row and more are one line."""
    runs: list[tuple[list[date], str]] = []
    for day, spans in sorted(days.items()):
        clocks = _spans(spans, city)
        if runs and runs[-1][1] == clocks and runs[-1][0][-1] + _DAY == day:
            runs[-1][0].append(day)
        else:
            runs.append(([day], clocks))
    return tuple(line for run, clocks in runs for line in _lines(run, clocks))


def _lines(run: Sequence[date], clocks: str) -> list[Named]:
    if len(run) >= _RUN_MIN:
        run_of = {"days": DayRange(run[0], run[-1])}
        name = "master-hours-run" if clocks else "master-hours-run-off"
        return [Named(name, {**run_of, "spans": clocks} if clocks else run_of)]
    return [
        Named("master-hours-day", {"day": day, "spans": clocks})
        if clocks
        else Named("master-hours-off", {"day": day})
        for day in run
    ]


def of_map(days: Mapping[str, object]) -> HoursChange:
    """Read a map of days: `{"2026-11-25": [["09:00", "18:00"]], "2026-11-26": "day", "2026-11-27": []}`.

    Raises:
        NoHours: it is no such map.
    """
    try:
        return HoursChange(
            HoursOp.SET, {date.fromisoformat(day): _bounds(said) for day, said in days.items()}
        )
    except (ValueError, TypeError) as error:
        raise NoHours from error


class HoursHandler:
    """`hours-change` {text|days}, `hours-confirm` {confirmed|text}, `hours-ask`, the end of a pause.

    All of them name their {master_id}.
    """

    def __init__(self, markets: Mapping[str, Market]) -> None:
        """Take the open markets."""
        self._markets = markets

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401
        """The master and his talk."""
        master = have(MasterRow, letter.payload["master_id"])
        talks = [master.talk_id] if master is not None and master.talk_id else []
        return {MasterRow: [letter.payload["master_id"]], TalkRow: talks}

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """The words the hours were said in."""
        words = str(letter.payload.get("text") or "")
        return (words, "master") if words else None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Change, confirm or ask; answer with the days that changed, or with today's."""
        letter = turn[-1]
        master = await tx.get(MasterRow, letter.payload["master_id"])
        if master is None:
            raise UnknownThing(thing="master")
        market, city = self._markets[master.market], load_cities()[str(master.city)]
        if letter.kind == "hours-ask":
            await ask(tx, market, master=master, city=city)
            return
        if letter.kind == RETURN:
            await _come_back(tx, master)
            return
        today = tx.now.astimezone(city.zone).date()
        asked = await _asked(tx, master, today, city)
        said = self._said(letter, asked=asked)
        if said is None:
            await confirm(tx, master=master, city=city)
            days: Collection[date] = [today]
        else:
            days = await change(tx, market, master=master, change=said, city=city)
        tx.answer(await _answer(tx, master, days, city))

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """The terminal shows why not; nothing is said in the talk."""

    def _said(self, letter: Letter, *, asked: Mapping[date, Spoken]) -> HoursChange | None:
        """Return what is to change; None confirms today as it is."""
        payload = letter.payload
        if payload.get("confirmed") is True:
            return None
        if payload.get("confirmed") is False:
            return HoursChange(HoursOp.SET, dict.fromkeys(asked, ()))
        if isinstance(payload.get("days"), dict):
            return of_map(payload["days"])
        if letter.reading is None:
            raise NoHours
        is_answer = letter.kind == "hours-confirm"
        bounds = {day: tuple(spans) if spans else None for day, spans in asked.items()}
        said = choose(letter.reading, Question.HOURS, asked=bounds if is_answer else None)
        if is_answer and said.hours is None and said.answer is Answer.YES:
            return None
        if said.hours is None:
            raise NoHours
        return said.hours


async def _come_back(tx: Tx, master: MasterRow) -> None:
    """The day a pause was to end: jobs come again, and the morning's question says so."""
    from core.flows.masters import resume  # noqa: PLC0415 - the two know each other

    if master.status == "paused":
        await resume(tx, master)


async def _current(tx: Tx, master: MasterRow, days: Iterable[date], city: City) -> list[Interval]:
    named = sorted(days)
    if not named:
        return []
    since, until = rules.day_of(named[0], city.zone).start, rules.day_of(named[-1] + _DAY, city.zone).end
    spans = await masters.hours_of(tx.session, masters=[master.id], since=since, until=until)
    return [Interval(start, end) for start, end in spans.get(master.id, [])]


async def _of_day(tx: Tx, master: MasterRow, day: date, city: City) -> tuple[Interval, ...]:
    return rules.within(await _current(tx, master, [day], city), day, city.zone)


async def _asked(tx: Tx, master: MasterRow, day: date, city: City) -> Mapping[date, Spoken]:
    """Return today's hours as they would be asked about; the whole day if there are none."""
    spans = await _of_day(tx, master, day, city)
    bounds = [(_clock(span.start, city), _clock(span.end, city)) for span in spans]
    return {day: bounds or None}


async def _answer(tx: Tx, master: MasterRow, days: Collection[date], city: City) -> dict[str, Any]:
    found: list[HoursRow] = []
    for day in sorted(days):
        found += [
            HoursRow(master_id=master.id, starts_at=span.start, ends_at=span.end, day=day)
            for span in await _of_day(tx, master, day, city)
        ]
    return {"days": views.days_view(found, days=sorted(days), zone=city.zone)}


def _heard(tx: Tx, master: MasterRow, city: City) -> None:
    master.silent_mornings = 0
    master.confirmed_day = tx.now.astimezone(city.zone).date()


def _bounds(said: object) -> tuple[tuple[time | None, time | None], ...] | None:
    if said == "day":
        return None
    if not isinstance(said, list):
        raise TypeError("a day is a list of spans or the word day")
    return tuple((_time(start), _time(end, is_end=True)) for start, end in said)


def _time(text: str | None, *, is_end: bool = False) -> time | None:
    if text is None:
        return None
    if is_end and text == "24:00":
        return time(0)
    if not _CLOCK.fullmatch(text):
        raise ValueError("a time is HH:MM")
    return time.fromisoformat(text)


def _clock(moment: datetime, city: City) -> time:
    return moment.astimezone(city.zone).time()


def _spans(spans: Sequence[Interval], city: City) -> str:
    return ", ".join(f"{_clock(span.start, city):%H:%M}–{_clock(span.end, city):%H:%M}" for span in spans)


def _parties(master: MasterRow) -> list[str]:
    return [master.id, *([master.talk_id] if master.talk_id else [])]
