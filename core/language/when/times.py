"""Times that a client asks for, leaning to the future."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from core.language.when.circumstances import circumstances
from core.language.when.clocks import EARLY_MAX, HOURS, MIDNIGHT, NOON, Clock, read_clock
from core.language.when.days import DayHit
from core.language.when.evidence import is_over, is_wanted_now
from core.language.when.items import AheadHit, Item, Mark
from core.language.when.moments import read_moments
from core.language.when.spans import ClockHit
from core.language.when.timewords import MARGIN, Piece, Pieces, cut
from core.meaning import Grain, When

DAY = timedelta(days=1)
RESULTS_MAX = 6
OWN_WORK_REACH = 3  # pieces between "работаю" and its hours
DAYS_MAX = 5  # of a span such as the weekend, each with the hours that were named
EVENING = 17  # an evening that has begun is still this evening

_STOPS = frozenset({"stop", "comma", "but", "so"})
_REFUSING = frozenset({"block", "except", "unless", "instead"})

_AT = ("в ", "на ", "at ", "in ", "за ")  # before a place

_Found = tuple[int, When]


def find_times(lower: str, now: datetime) -> tuple[When, ...]:
    """Return the times said in a text, the first said first."""
    p, items = read_moments(lower, now.date(), is_hours=False)
    if not items:
        return _now(p, now)
    wanted = _wanted(p, items)
    days = [item for item in wanted if isinstance(item, DayHit)]
    clocks = [item for item in wanted if isinstance(item, ClockHit)]
    found = [(item.start, _ahead(item, now)) for item in wanted if isinstance(item, AheadHit)]
    found += _combined(days, clocks, items, now)
    found.sort(key=lambda item: item[0])
    times = tuple(dict.fromkeys(when for _, when in found))[:RESULTS_MAX]
    return times or (() if _is_impossible(wanted) else _now(p, now))


def bare_times(lower: str, now: datetime) -> tuple[When, ...]:
    """Return the hour that a lone number may be: "14" is the next two o'clock in the afternoon."""
    p = cut(lower)
    i = MARGIN
    while p[i].get("lead") or p[i].text in ("часов", "часам"):
        i += 1
    clock = read_clock(p, i)
    if clock is None or not clock.is_real:
        return ()
    after = clock.after
    written = p[after].digits
    if clock.is_plain and len(written) == 2 and int(written) < 60:  # "9 30"  # noqa: PLR2004
        clock = Clock(clock.hour, int(written), after + 1, is_exact=clock.is_exact, has_minutes=True)
    rest = p[clock.after : len(p) - MARGIN]
    if any(piece.text not in (".", "!", "?", ",") for piece in rest) or clock.hour >= HOURS:
        return ()
    grain = Grain.MINUTE if clock.has_minutes else Grain.HOUR
    return (_future(clock.likely, None, grain, now),)


def _now(p: Pieces, now: datetime) -> tuple[When, ...]:
    """Return the present, if it is asked for: "прямо сейчас", "asap"."""
    return (When(now, None, Grain.MINUTE),) if is_wanted_now(p) else ()


def _ahead(hit: AheadHit, now: datetime) -> When:
    return When(now + hit.begins, now + hit.ends if hit.ends is not None else None, hit.grain)


def _is_impossible(wanted: Sequence[Item]) -> bool:
    return any(isinstance(item, DayHit | ClockHit) for item in wanted)


def _wanted(p: Pieces, items: Sequence[Item]) -> list[Item]:
    """Drop what is refused ("в пятницу не могу"), moved away from, or over ("в субботу сломался")."""
    items = _arrivals(p, items)
    refused = _refused(p, items) | _left(items) | _own_work(p, items)
    refused |= circumstances(p, items, refused)
    return [
        item for place, item in enumerate(items)
        if not isinstance(item, Mark) and place not in refused and not is_over(p, items, place)
    ]  # fmt: skip


def _clauses(items: Sequence[Item]) -> list[range]:
    """Return the places of each clause, cut at commas and "но"."""
    cuts = [place for place, item in enumerate(items) if isinstance(item, Mark) and item.sort in _STOPS]
    edges = [-1, *cuts, len(items)]
    return [range(first + 1, last) for first, last in itertools.pairwise(edges)]


def _refused(p: Pieces, items: Sequence[Item]) -> set[int]:
    """Return the places of times that a client cannot have: in a refusing clause or behind "кроме"."""
    refused: set[int] = set()
    is_refusing = False
    for clause in _clauses(items):
        sorts = {place: item.sort for place in clause if isinstance(item := items[place], Mark)}
        times = [place for place in clause if place not in sorts]
        sorts = {place: sort for place, sort in sorts.items() if not _is_address(p, items, clause, place)}
        if "add" in sorts.values() and is_refusing and "block" not in sorts.values():
            refused |= set(times)  # "сегодня занят, завтра тоже"
            continue
        is_refusing = bool(times) and "block" in sorts.values()
        for place, sort in sorts.items():
            if sort in ("except", "instead", "unless", "not"):
                behind = [other for other in times if other > place][:1]
                if behind and (sort != "not" or _is_next(items, place, behind[0])):
                    refused |= set(behind)
            elif sort == "block":
                before = [other for other in times if other < place]
                refused |= set(before or times)
    return refused


def _is_address(p: Pieces, items: Sequence[Item], clause: range, place: int) -> bool:
    """Tell where a visit is wished for, "приезжайте на дачу", from why there can be none."""
    first = items[clause.start - 1].end if clause.start else 0
    last = items[clause.stop].start if clause.stop < len(items) else len(p)
    i = items[place].start
    is_place = p[i].is_one("mark", "block") and (p[i].text.startswith(_AT) or p[i - 1].is_one("lead", "at"))
    return is_place and any(piece.get("visiting") for piece in p[first:last])


def _own_work(p: Pieces, items: Sequence[Item]) -> set[int]:
    """Return the places of hours at which a client himself works: "работаю до 18, приезжайте после 19"."""
    return {place for place, item in enumerate(items) if isinstance(item, ClockHit) and _is_at_work(p, item)}


def _is_at_work(p: Pieces, hit: ClockHit) -> bool:
    before = itertools.takewhile(_is_within, reversed(p[hit.start - OWN_WORK_REACH : hit.start]))
    return any(piece.get("occupied") for piece in before)


def _is_within(piece: Piece) -> bool:
    """Tell whether a piece leaves what stands before it in the same breath as what follows."""
    return not (piece.get("join") or piece.get("visiting"))


def _is_next(items: Sequence[Item], place: int, other: int) -> bool:
    first, second = items[place], items[other]
    return second.start == first.end


def _arrivals(p: Pieces, items: Sequence[Item]) -> Sequence[Item]:
    """Keep where a move ends: "reschedule from Friday to Monday" is no span of days."""
    if not any(isinstance(item, Mark) and item.sort == "move" for item in items):
        return items
    found = list(items)
    for place, item in enumerate(items):
        if (
            isinstance(item, Mark | AheadHit)
            or item.sort != "range"
            or not p[item.start].is_one("lead", "from")
        ):
            continue
        if isinstance(item, DayHit) and item.days:
            found[place] = replace(item, days=item.days[-1:], sort="date")
        elif isinstance(item, ClockHit):
            found[place] = replace(item, begins=item.ends, ends=None, sort="at")
    return found


def _left(items: Sequence[Item]) -> set[int]:
    """Return the places of times that a visit is moved away from: "перенести с пятницы на субботу"."""
    moved = [place for place, item in enumerate(items) if isinstance(item, Mark) and item.sort == "move"]
    times = [place for place, item in enumerate(items) if not isinstance(item, Mark)]
    if not moved or len(times) < 2:  # noqa: PLR2004
        return set()
    first = items[times[0]]
    is_from = (isinstance(first, DayHit) and first.bound == "from") or (
        isinstance(first, ClockHit) and first.sort == "from"
    )
    return {times[0]} if is_from else set()


def _combined(
    days: Sequence[DayHit], clocks: Sequence[ClockHit], items: Sequence[Item], now: datetime
) -> list[_Found]:
    """Give each day its hours: those after it, or before it if the text begins with them."""
    if not days:
        return [(clock.start, _dayless(clock, now)) for clock in clocks if clock.sort != "impossible"]
    mine: dict[int, list[ClockHit]] = {place: [] for place in range(len(days))}
    for clock in clocks:
        mine[_owner(days, clock, items)].append(clock)
    found: list[_Found] = []
    for place, day in enumerate(days):
        shared = mine[place] or _shared(days, mine, place, items)
        if not shared:
            found += [(day.start, when) for when in _whole(day, now.date())]
        for clock in shared:
            if clock.sort != "impossible":
                found += [(day.start, when) for when in _each(day, clock, now)]
    return found


def _owner(days: Sequence[DayHit], clock: ClockHit, items: Sequence[Item]) -> int:
    """Return the day that hours belong to: the last before, or the next where a clause begins with them."""
    before = [place for place, day in enumerate(days) if day.start <= clock.start]
    following = before[-1] + 1 if before else 0
    if following >= len(days):
        return before[-1]
    if not before:
        return 0
    cuts = [item.start for item in items if isinstance(item, Mark) and item.sort in (*_STOPS, "or")]
    is_cut = any(days[before[-1]].end <= cut <= clock.start for cut in cuts)
    is_joined = not any(clock.end <= cut <= days[following].start for cut in cuts)
    return following if is_cut and is_joined else before[-1]


def _shared(
    days: Sequence[DayHit], mine: dict[int, list[ClockHit]], place: int, items: Sequence[Item]
) -> list[ClockHit]:
    """Let days that are named together share their hours: "в субботу или воскресенье утром"."""
    following = place + 1
    if following < len(days) and mine[following] and _are_together(days[place], days[following], items):
        return mine[following] if mine[following][0].start > days[following].start else []
    before = place - 1
    is_told = before >= 0 and mine[before] and mine[before][0].start < days[before].start
    return mine[before] if is_told and _are_together(days[before], days[place], items) else []


def _are_together(first: DayHit, second: DayHit, items: Sequence[Item]) -> bool:
    between = [item for item in items if first.end <= item.start < second.start]
    sorts = {item.sort for item in between if isinstance(item, Mark)}
    return second.start - first.end <= 2 and sorts <= {"or", "and", "comma", "not"}  # noqa: PLR2004


def _whole(day: DayHit, today: date) -> list[When]:  # noqa: PLR0911 - one for each bound
    if not day.days:
        return []
    first, last = _midnight(day.days[0]), _midnight(day.days[-1]) + DAY
    match day.bound:
        case "from":
            return [When(first, None, day.grain)]
        case "after":
            return [When(last, None, day.grain)]
        case "until":
            return [When(_midnight(today), first, Grain.DAY)] if day.days[0] > today else []
        case "by":
            return [When(_midnight(today), last, Grain.DAY)]
        case _:
            pass
    if day.sort == "list":
        return [When(_midnight(one), _midnight(one) + DAY, Grain.DAY) for one in day.days]
    return [When(first, last, day.grain)]


def _each(day: DayHit, clock: ClockHit, now: datetime) -> list[When]:
    """Put hours on each of the days; what has gone by is left out where something is left."""
    whens = [_on(one, clock, now) for one in day.days]
    coming = [when for when in whens if not _has_passed(when, now)]
    if not coming and clock.is_part and len(day.days) == 1:
        return [When(_midnight(day.days[0]), _midnight(day.days[0]) + DAY, Grain.DAY)]
    return (coming or whens)[:DAYS_MAX]


def _has_passed(when: When, now: datetime) -> bool:
    return (when.end is not None and when.end <= now) or (when.end is None and when.start.date() < now.date())


def _on(day: date, clock: ClockHit, now: datetime) -> When:
    begins, ends = clock.begins, clock.ends
    if day == now.date() and clock.first and not clock.second and not clock.is_sharp:
        begins = _ahead_of(clock.first, begins, now)  # "сегодня в 8" said at two is eight in the evening
    return _when(day, begins, ends, clock.grain)


def _ahead_of(said: Clock, begins: time | None, now: datetime) -> time | None:
    later = said.at("pm")
    return later if begins is not None and begins <= now.time() < later else begins


def _when(day: date, begins: time | None, ends: time | None, grain: Grain) -> When:
    start = _midnight(day) + DAY if begins == MIDNIGHT else datetime.combine(day, begins or time())
    if ends is None:
        return When(start, None, grain)
    end = _midnight(day) + DAY if ends == MIDNIGHT else datetime.combine(day, ends)
    return When(start, end if end > start else end + DAY, grain)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _dayless(clock: ClockHit, now: datetime) -> When:
    """Put hours on the next day that still has them; "после 8" leans to the evening."""
    begins = clock.begins
    if clock.sort == "from" and clock.lead == "after" and clock.first and not clock.is_sharp:
        is_open = clock.first.hour > EARLY_MAX and clock.first.hour < NOON
        begins = _ahead_of(clock.first, begins, now) if is_open else begins
    return _future(begins, clock.ends, clock.grain, now)


def _future(begins: time | None, ends: time | None, grain: Grain, now: datetime) -> When:
    """Put hours on today, or on tomorrow where today's have gone by."""
    today = now.date()
    when = _when(today, begins, ends, grain)
    is_evening = begins is not None and begins.hour >= EVENING and ends is None
    if ends is None and begins is not None:
        is_passed = when.start <= now and not is_evening
    else:
        is_passed = when.end is not None and when.end <= now
    return _when(today + DAY, begins, ends, grain) if is_passed else when
