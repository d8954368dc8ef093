"""Spans of hours said in words: ranges, open ends, points and parts of a day."""

from dataclasses import dataclass, replace
from datetime import time

from core.language.when.amounts import is_counted
from core.language.when.clocks import (
    EARLY_MAX,
    LIKELY_PM_MAX,
    NOON,
    Clock,
    grain_of,
    read_clock,
    span_of,
)
from core.language.when.timewords import Piece, Pieces
from core.language.words import grammemes, is_cyrillic
from core.meaning import Grain

LUNCH, AFTER_LUNCH = "12:00-14:00", time(13)
AFTER_WORK = "after_work"
CLOSING_PM_MAX = 9  # "работаю до 9" closes a day at nine in the evening
LEADS_MAX = 4  # prepositions before an hour: "где-то так около"
FEW = range(2, 5)  # "3 дня" are three days more often than three o'clock
SHORT = range(1, 7)  # "2-3 часа" is how long it takes

_LATIN_HOURS = frozenset({"hours", "hour", "hrs", "hr", "h"})
_BEHIND = ("near", "tonight", "weekday", "month")
_NAMES = frozenset({"NOUN", "ADJF", "NUMR"})


@dataclass(frozen=True, slots=True)
class ClockHit:
    """Hours found in a text.

    Attributes:
        start: The place of its first piece; `end` is behind its last.
        begins: When it opens; None is open. `ends` likewise.
        sort: at, from, until, range, part or impossible ("в 25 часов").
        first: The hours as said, while their half of the day is not settled.
        is_habit: A part of every day: "по вечерам".
        lead: The words before it.
    """

    start: int
    end: int
    begins: time | None
    ends: time | None
    grain: Grain
    sort: str
    first: Clock | None = None
    second: Clock | None = None
    is_habit: bool = False
    lead: str = ""

    @property
    def is_part(self) -> bool:
        """Tell whether no hour was named."""
        return self.sort == "part"

    @property
    def is_sharp(self) -> bool:
        """Tell whether nothing about its half of the day had to be guessed."""
        return all(clock.half or clock.is_exact for clock in (self.first, self.second) if clock)


def read_span(p: Pieces, i: int, *, is_hours: bool) -> ClockHit | None:
    """Read the hours that begin at a place, or None.

    Args:
        is_hours: Read as a master's hours, where "до 9" closes a working day.
    """
    return _part_range(p, i) or _range(p, i) or _point(p, i, is_hours=is_hours) or _part(p, i)


def told(hit: ClockHit, half: str) -> ClockHit:
    """Return hours whose half of the day is told by a word beside them."""
    if hit.first and hit.second:
        begins, ends = span_of(hit.first, hit.second, half)
        return replace(hit, begins=begins, ends=ends) if begins < ends else hit  # "9-6" is no evening
    said = hit.first or hit.second
    if said is None or said.half or said.is_exact or (said.hour == NOON and half == "am"):
        return hit
    moment = said.at(half)
    return replace(hit, ends=moment) if hit.sort == "until" else replace(hit, begins=moment)


def _is_to(piece: Piece) -> bool:
    return piece.is_one("lead", "ended", "through", "dash")


def _part_range(p: Pieces, i: int) -> ClockHit | None:
    """Read "с утра до 15", "с обеда до вечера", "from morning until 2 pm"."""
    j = i + 1 if p[i].is_one("lead", "from") else i
    part = p[j].get("part")
    if part is None:
        return None
    begins = time.fromisoformat(part.partition("-")[0])
    k = j + 2 if p[j + 1].text in ("и", "and") else j + 1
    if (until := p[k].get("part_end")) and time.fromisoformat(until) > begins:
        return ClockHit(i, k + 1, begins, time.fromisoformat(until), Grain.HOUR, "range")
    if not p[k].is_one("lead", "ended") or not (j > i or p[j].text.startswith(("с ", "после", "after"))):
        return None
    clock = read_clock(p, k + 1)
    if clock is None or not clock.is_real or not _is_hour(p, clock):
        return None
    ends = clock.at(None)
    if ends <= begins:
        ends = clock.at("pm")
    return ClockHit(i, clock.after, begins, ends, grain_of(clock), "range") if ends > begins else None


def _range(p: Pieces, i: int) -> ClockHit | None:  # noqa: PLR0911 - a row of reasons
    """Read "с 9 до 18", "между 2 и 4", "9-18", "10 to 4"."""
    j = _behind_hourly(p, i)
    is_between = p[j].is_one("lead", "between")
    is_from = p[j].is_one("lead", "from")
    is_at = p[j].is_one("lead", "at") or p[j].text == "to"
    j = j + 1 if is_between or is_from or is_at else j
    j = j + 1 if (is_from or is_at) and p[j].is_one("lead", "at") else j
    is_led = j > i
    first = read_clock(p, j)
    if first is None:
        return None
    k = first.after
    if is_from and (until := p[k].get("part_end")) and first.is_real:
        return _until_part(i, first, time.fromisoformat(until), k + 1)
    k = k + 1 if p[k].text == "," and p[k + 1].is_one("lead", "ended") and is_from else k
    is_joined = _is_to(p[k]) or (is_between and p[k].text in ("и", "and", "&"))
    if not is_joined or (p[k].is_one("lead", "through") and not is_from):
        return None
    k += 1
    while p[k].is_one("lead", "at") or p[k].text in ("часов", "часам"):
        k += 1
    second = read_clock(p, k)
    if second is None or not _is_hour(p, second):
        return None
    if not first.is_real or not second.is_real:
        return ClockHit(i, second.after, None, None, Grain.HOUR, "impossible")
    if not is_led and _is_other(p, i, first, second):
        return None
    begins, ends = span_of(first, second, None)
    return ClockHit(
        i, second.after, begins, ends, grain_of(first, second), "range", first, second, lead=p[i].text
    )


def _until_part(i: int, first: Clock, until: time, after: int) -> ClockHit | None:
    begins = first.likely if first.half or first.hour <= EARLY_MAX else first.at(None)
    if begins >= until:
        begins = first.at(None)
    return ClockHit(i, after, begins, until, grain_of(first), "range") if begins < until else None


def _is_other(p: Pieces, i: int, first: Clock, second: Clock) -> bool:
    """Tell numbers that are no hours: a phone, a flat, "2-3 дня", "1-2 часа"."""
    behind, before = p[second.after], p[i - 1]
    if behind.text == "-" and behind.is_glued and p[second.after + 1].digits:
        return True
    if before.text in ("-", "№", "#", "+", "/") and p[i].is_glued:
        return True
    last = p[second.after - 1]
    is_short = (
        first.hour in SHORT and second.hour in SHORT and not first.has_minutes and not second.has_minutes
    )
    is_short = is_short and first.half is None and 0 < second.hour - first.hour <= 2  # noqa: PLR2004
    return is_short and (last.text == "дня" or last.is_one("hourly", "clock")) and not _is_behind_day(p, i)


def _is_hour(p: Pieces, clock: Clock) -> bool:
    """Tell whether the piece behind a number leaves it an hour."""
    behind = p[clock.after]
    if not clock.is_plain:
        return not (p[clock.after - 1].text in _LATIN_HOURS and clock.hour <= NOON)
    if is_counted(p, clock.after) or behind.get("month"):
        return False
    return not behind.get("unit") or bool(behind.get("half"))


def _behind_hourly(p: Pieces, i: int) -> int:
    """Pass over the first word of "часов в пять" and "часиков до шести"."""
    is_rough = p[i].is_one("hourly", "clock") and p[i].text.startswith("час") and p[i + 1].get("lead")
    return i + 1 if is_rough else i


def _point(p: Pieces, i: int, *, is_hours: bool) -> ClockHit | None:
    """Read one bound: "в 10", "после 18", "до 12", "9 утра", "завтра 10", "6 pm onwards"."""
    j = _behind_hourly(p, i)
    lead, last = None, ""
    while j - i < LEADS_MAX and p[j].is_one(
        "lead", "at", "from", "after", "before", "by", "ended", "between"
    ):
        if lead is None or p[j].get("lead") != "at":
            lead = p[j].get("lead")
        last, j = p[j].text, j + 1
    while j > i and p[j].is_one("hourly", "clock") and read_clock(p, j + 1):
        j += 1  # "в часов пять"
    clock = read_clock(p, j)
    if clock is None or (lead is None and not _stands_alone(p, j, clock)):
        return None
    if lead is not None and not (_is_hour(p, clock) and _is_led(p, clock, last)):
        return None
    if not clock.is_real:
        return ClockHit(i, clock.after, None, None, Grain.HOUR, "impossible")
    after = clock.after
    sort = {"from": "from", "after": "from", "before": "until", "by": "until", "ended": "until"}.get(
        lead or "", "at"
    )
    if (onwards := p[after].get("onwards")) and read_clock(p, after + 1) is None:
        sort, after = ("until" if onwards == "before" else "from"), after + 1
    moment = _meant(clock, sort, lead, is_hours=is_hours)
    begins, ends = (None, moment) if sort == "until" else (moment, None)
    first, second = (None, clock) if sort == "until" else (clock, None)
    return ClockHit(i, after, begins, ends, grain_of(clock), sort, first, second, lead=lead or "")


def _meant(clock: Clock, sort: str, lead: str | None, *, is_hours: bool) -> time:
    """Return the time of day that an hour alone stands for."""
    if clock.half or clock.is_exact:
        return clock.at(None)
    if lead == "from" and clock.hour > EARLY_MAX:
        return clock.at(None)  # "с 7" opens a working day
    if sort == "until" and is_hours and LIKELY_PM_MAX < clock.hour <= CLOSING_PM_MAX:
        return clock.at("pm")
    return clock.likely


def _is_led(p: Pieces, clock: Clock, lead: str) -> bool:
    """Tell "на 2 дня" and "for 2 hours" from hours."""
    last = p[clock.after - 1]
    if last.text == "дня" and lead in ("на", "for", "около", "примерно") and clock.hour in FEW:
        return p[clock.after - 2].is_one("hourly")
    if clock.is_plain and lead in ("for", "about", "around", "the") and p[clock.after].text[:1].isalpha():
        return bool(p[clock.after].senses) and not p[clock.after].get("counted")
    return lead not in ("for", "after", "about", "around") or last.text not in _LATIN_HOURS


def _stands_alone(p: Pieces, i: int, clock: Clock) -> bool:  # noqa: PLR0911 - a row of reasons
    """Tell whether a number without a preposition is an hour."""
    if p[clock.after].get("unit") and not p[clock.after].get("half"):
        return False
    if is_counted(p, clock.after) and not clock.half:
        return False
    is_behind, last = _is_behind_day(p, i), p[clock.after - 1]
    if p[i - 1].text in ("-", "№", "#", "+", "/", ".", ":") and p[i].is_glued:
        return False
    if clock.half:
        is_few = last.text == "дня" and clock.hour in FEW and not p[clock.after - 2].is_one("hourly")
        return is_behind or not is_few
    if clock.has_minutes:
        return (
            is_behind
            or any(piece.text == ":" for piece in p[i : clock.after])
            or not p[i].digits
            or (p[i - 1].text in ("", ",", "и", "или", "and", "or"))
        )
    if p[i].get("fixed") or last.text in ("o'clock", "oclock", "o clock"):
        return True
    if p[i - 1].text in ("", ",", ".", "!") and p[clock.after].senses.keys() & {"near", "tonight"}:
        return True  # "10 завтра"
    is_behind = is_behind or _is_alternative(p, i)
    if not is_behind or p[clock.after].text in ("-", ".", "/", ":"):
        return False
    return not _names(p[clock.after])


def _names(piece: Piece) -> bool:
    """Tell whether a piece is a thing or its quality, so that a number before it counts it."""
    if piece.senses or not piece.text[:1].isalpha():
        return False
    if is_cyrillic(piece.text):
        found = grammemes(piece.text)
        return bool(found & _NAMES) and "VERB" not in found and "ADVB" not in found
    return True


def _is_behind_day(p: Pieces, i: int) -> bool:
    """Tell whether a day was named just before: "завтра 10", "28 ноября, 10"."""
    j = i - 2 if p[i - 1].text in (",", ":", "-", "и", "или", "or") else i - 1
    return any(p[j].get(sense) for sense in _BEHIND) or p[j].is_one("ending", "ordinal")


def _is_alternative(p: Pieces, i: int) -> bool:
    """Tell the second hour of "в два или три"."""
    before = p[i - 2]
    return p[i - 1].is_one("join", "or") and bool(
        before.digits or before.get("cardinal") or before.get("half")
    )


def _part(p: Pieces, i: int) -> ClockHit | None:
    """Read "утром", "после обеда", "до вечера"."""
    j = i
    while (
        j - i < LEADS_MAX
        and p[j].is_one("lead", "at", "from")
        and (p[j + 1].get("part") or p[j + 1].get("lead"))
    ):
        j += 1
    habit = bool(p[j].get("habit"))
    if p[i].is_one("lead", "after") and p[i + 1].is_one("part", LUNCH):  # "any time after lunch"
        return ClockHit(i, i + 2, AFTER_LUNCH, None, Grain.HOUR, "part")
    if part := p[j].get("part"):
        first, _, last = part.partition("-")
        ends = time.fromisoformat(last) if last else None
        lead = AFTER_WORK if p[j].get("after_work") else ""
        opens = time.fromisoformat(first)
        return ClockHit(i, j + 1, opens, ends, Grain.HOUR, "part", is_habit=habit, lead=lead)
    if until := p[j].get("part_end"):
        return ClockHit(i, j + 1, None, time.fromisoformat(until), Grain.HOUR, "until")
    return None
