"""All that a text says about time, in order: days, hours, spans from now, and the small words between.

`times` and `hours` are two grammars over these.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import TypeGuard

from core.language.amounts import amount, cardinal
from core.language.clocks import MIDNIGHT, NOON
from core.language.dates import DAYS_AHEAD_MAX, days_between
from core.language.days import WEEK, DayHit, DayReader
from core.language.spans import ClockHit, read_span, told
from core.language.timewords import MARGIN, Pieces, cut
from core.meaning import Grain

HOURS_MAX = 72  # a longer span is counted in days
LASTING_MAX = 3  # words between "уже" and its unit

_DAY_PARTS = {8: "am", 12: "day", 13: "day", 17: "pm", 18: "pm", 22: "night"}
_BREAKS = frozenset({"stop", "or", "and", "but"})


@dataclass(frozen=True, slots=True)
class AheadHit:
    """A span counted from now: "через час", "in the next two hours"."""

    start: int
    end: int
    begins: timedelta
    ends: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A small word between times: a `mark`, a `join` or `past` of calendar.toml."""

    start: int
    end: int
    sort: str


Item = DayHit | ClockHit | AheadHit | Mark


def read_moments(lower: str, today: date, *, is_hours: bool) -> tuple[Pieces, list[Item]]:
    """Return a text's pieces and everything they say about time, from left to right."""
    p = cut(lower)
    days = DayReader(today, is_hours=is_hours)
    items: list[Item] = []
    i, last = MARGIN, len(p) - MARGIN
    while i < last:
        found = _read(p, i, days) if p[i].senses or p[i].digits else []
        items += found
        i = max(found[-1].end, i + 1) if found else _behind_nothing(p, i)
    return p, _settled(_in_weeks(items, days))


def _read(p: Pieces, i: int, days: DayReader) -> list[Item]:  # noqa: PLR0911 - the first that fits
    """Read what begins at a place."""
    if days.is_hours and (length := _length(p, i, days.today)):
        return [length]
    if p[i].get("never") or _is_lasting(p, i):
        return []
    if (end := _ago(p, i)) or p[i].get("past"):
        return [Mark(i, end or i + 1, "past")]
    if _is_past_day(p, i):
        return [Mark(i, i + 2, "past")]
    if _is_break(p, i):
        return [Mark(i, i + 1, "break")]
    if ahead := _ahead(p, i):
        return [ahead]
    if day := days.read(p, i):
        evening = read_span(p, day.end - 1, is_hours=days.is_hours) if p[day.end - 1].get("tonight") else None
        return [day, replace(evening, start=day.end - 1)] if evening else [day]
    if clock := read_span(p, i, is_hours=days.is_hours):
        return [clock]
    if sort := p[i].get("mark") or p[i].get("join"):
        return [Mark(i, i + 1, sort)]
    return []


def _length(p: Pieces, i: int, today: date) -> DayHit | None:
    """Read how many days a master is away: "две недели", "на три дня"; days of work are said otherwise."""
    j = i + 1 if p[i].text in ("на", "for", "следующие", "the next") else i
    counted = amount(p, j)
    count, k = counted or (1.0, j)
    days = count * {"day": 1, "week": WEEK}.get(p[k].get("unit") or "", 0)
    k = k + 1 if counted is None and p[k].text == "a" else k
    is_said = (
        counted is not None
        or p[k].text in ("неделю", "недельку")
        or (p[k].text == "week" and p[k - 1].text in ("a", "whole"))
    )
    if (
        not is_said
        or not 1 <= days <= DAYS_AHEAD_MAX
        or _ago(p, i)
        or p[k + 1].get("ahead")
        or p[i].get("half")
    ):
        return None
    if p[k].get("half") and p[k - 1].digits and not p[k + 1].get("mark"):
        return None  # "2 дня" may be two o'clock
    last = today + timedelta(int(days) - 1)
    end = k if p[k].get("mark") else k + 1  # "two days off"
    return DayHit(i, end, days_between(today, last), Grain.DAY, "length")


def _behind_nothing(p: Pieces, i: int) -> int:
    """Return where to go on behind what says nothing: behind the whole of "уже два дня"."""
    return _is_lasting(p, i) or i + 1


def _is_lasting(p: Pieces, i: int) -> int:
    """Return the place behind how long something lasts: "уже два дня", "for 3 hours", "2 часа"."""
    is_led = bool(p[i].get("for_so_long"))
    j = i
    while is_led and p[j].get("for_so_long") and j - i < LASTING_MAX:
        j += 1
    counted = amount(p, j)
    k = counted[1] if counted else j
    if counted and p[k].text == "-" and (more := amount(p, k + 1)):
        k = more[1]
    unit = p[k].get("unit")
    if unit is None or not (counted or is_led) or p[k + 1].get("ahead") or p[k + 1].text in ("from", "on"):
        return 0
    is_clock = p[k].get("half") or (p[k].is_one("hourly") and not p[k].text.startswith("hour"))
    if is_led and p[i].text not in ("на", "как", "for", "часа на", "около", "почти"):
        return k + 1
    if is_clock and not (p[i].text == "for" and unit == "hour"):
        return 0
    return k + 1 if counted or (unit in ("week", "month", "year") and p[i].text == "for") else 0


def _ago(p: Pieces, i: int) -> int:
    """Return the place behind "два дня назад" or "an hour ago"."""
    counted = amount(p, i)
    j = counted[1] if counted else i + 1 if p[i].text in ("a", "an", "часа", "дня") else i
    j = j + 1 if p[j].text == "-" else j
    j = more[1] if j > i and not p[j].get("unit") and (more := amount(p, j)) else j
    is_ago = bool(p[j].get("unit") or p[j].get("half_unit")) and p[j + 1].is_one("ahead", "ago")
    return j + 2 if is_ago else 0


def _is_past_day(p: Pieces, i: int) -> bool:
    """Tell "в прошлую пятницу" and "last Monday"."""
    behind = p[i + 1]
    named = ("weekday", "unit", "span", "month", "part")
    return p[i].is_one("which", "past") and any(behind.get(sense) for sense in named)


def _is_break(p: Pieces, i: int) -> bool:
    """Tell "обед с 13 до 14" from "приходите в обед"."""
    if not p[i].is_one("mark", "break"):
        return False
    if not p[i].get("part"):
        return True
    j = i + 2 if p[i + 1].text in (":", "-", "у меня", "is") else i + 1
    j = j + 1 if p[j].get("lead") else j
    return cardinal(p, j) is not None or p[i - 1].is_one("mark", "except", "unless")


def _ahead(p: Pieces, i: int) -> AheadHit | None:
    """Read "через два часа", "минут через 20", "in half an hour", "within the hour"."""
    if p[i].get("unit") in ("hour", "minute") and p[i + 1].is_one("ahead", "in"):
        counted = amount(p, i + 2)
        return _from_now(i, counted[1], p[i].get("unit"), counted[0], "in") if counted else None
    way = p[i].get("ahead")
    j = i + 1 if way in ("in", "within") else i
    if p[j].get("half_unit"):
        is_ahead = way in ("in", "within") or p[j + 1].is_one("ahead", "later")
        after = j + 1 if way in ("in", "within") else j + 2
        return _from_now(i, after, "hour", 0.5, way or "in") if is_ahead else None
    counted = amount(p, j)
    count, k = counted or (1.0, j + 1 if p[j].text in ("a", "an", "the", "один") else j)
    if p[k].text == "-" and (more := amount(p, k + 1)):
        k = more[1]
    unit = p[k].get("unit")
    if unit not in ("hour", "minute"):
        return None
    k += 1
    if way not in ("in", "within"):
        return _from_now(i, k + 1, unit, count, "in") if p[k].is_one("ahead", "later") else None
    if p[k].text == "-" and p[k + 1].is_one("cardinal", "1.5"):  # "через час-полтора"
        k += 2
    elif p[k].text in ("с", "and") and (p[k + 1].text in ("половиной", "a half") or p[k + 2].text == "half"):
        count, k = count + 0.5, k + 2 if p[k + 1].text != "a" else k + 3
    return _from_now(i, k, unit, count, way)


def _from_now(start: int, end: int, unit: str | None, count: float, way: str) -> AheadHit | None:
    span = timedelta(hours=count) if unit == "hour" else timedelta(minutes=count)
    if span > timedelta(hours=HOURS_MAX):
        return None
    return AheadHit(start, end, timedelta(), span) if way == "within" else AheadHit(start, end, span)


def _in_weeks(items: list[Item], days: DayReader) -> list[Item]:
    """Let "на следующей неделе" say which week the weekdays beside it belong to."""
    weeks = [(place, item) for place, item in enumerate(items) if _is_week(item)]
    if not weeks:
        return items
    out: list[Item | None] = list(items)
    for order, (place, week) in enumerate(weeks):
        monday = week.days[0] - timedelta(week.days[0].weekday())
        until = weeks[order + 1][0] if order + 1 < len(weeks) else len(items)
        behind = [n for n in range(place + 1, until) if _follows_week(items[n])]
        if order + 1 < len(weeks):  # "в среду на следующей неделе" belongs to the week behind it
            behind = [n for n in behind if any(_is_comma(items[m]) for m in range(n, until))]
        before = _before_week(items, place)
        for n in (*behind, *before):
            if _follows_week(hit := items[n]):
                out[n] = days.moved(hit, monday)
        if before or (behind and not _has_own(items, place, behind[0])):
            out[place] = None
    return [item for item in out if item is not None]


def _is_week(item: Item) -> TypeGuard[DayHit]:
    return isinstance(item, DayHit) and item.sort in ("week", "ahead") and bool(item.days) and not item.bound


def _is_comma(item: Item) -> bool:
    return isinstance(item, Mark) and item.sort in ("comma", "stop", "but", "or")


def _follows_week(item: Item) -> TypeGuard[DayHit]:
    return isinstance(item, DayHit) and bool(item.pattern) and item.sort != "week"


def _before_week(items: Sequence[Item], place: int) -> list[int]:
    """Return the weekdays of the same clause that stand before a week."""
    found: list[int] = []
    for n in range(place - 1, -1, -1):
        item = items[n]
        if isinstance(item, Mark) and item.sort in ("stop", "but", "or"):
            break
        if isinstance(item, Mark) and item.sort == "comma" and not (n and _follows_week(items[n - 1])):
            break
        if _follows_week(item):
            found.append(n)
        elif isinstance(item, DayHit):
            break
    return found


def _has_own(items: Sequence[Item], place: int, following: int) -> bool:
    """Tell whether something is said of a whole week before its weekdays come."""
    between = items[place + 1 : following]
    if any(isinstance(item, ClockHit) for item in between):
        return True
    sorts = [item.sort for item in between if isinstance(item, Mark)]
    is_apart = any(sort in ("comma", "stop", "but", "except", "unless") for sort in sorts)
    return is_apart and any(sort in ("block", "free", "whole", "except", "unless") for sort in sorts)


def _settled(items: list[Item]) -> list[Item]:
    """Let a part of a day say which half an hour beside it belongs to: "this evening after 7"."""
    out = list(items)
    places = [place for place, item in enumerate(items) if isinstance(item, ClockHit)]
    used: set[int] = set()
    for here, there in itertools.pairwise(places):
        first, second = out[here], out[there]
        if not isinstance(first, ClockHit) or not isinstance(second, ClockHit):
            continue
        if first.is_part == second.is_part or not _are_close(items[here + 1 : there]):
            continue
        part, clock = (first, second) if first.is_part else (second, first)
        if {here, there} & used or not _agree(part, clock):
            continue
        out[here if clock is first else there] = _within(part, clock)
        used.add(here if part is first else there)
    return [item for place, item in enumerate(out) if place not in used]


def _are_close(between: Sequence[Item]) -> bool:
    sorts = {item.sort for item in between if isinstance(item, Mark)}
    has_day = any(isinstance(item, DayHit) for item in between)
    return not sorts & _BREAKS and not (has_day and "comma" in sorts)


def _agree(part: ClockHit, clock: ClockHit) -> bool:
    """Tell whether hours can lie in a part of the day; "утром, в 15" are two times."""
    if clock.sort == "impossible" or part.begins is None:
        return False
    moment = told(clock, _DAY_PARTS.get(part.begins.hour, "pm")).begins or clock.ends
    if moment is None:
        return False
    return (moment.hour < NOON) == (part.begins.hour < NOON) or not clock.is_sharp or clock.sort == "until"


def _within(part: ClockHit, clock: ClockHit) -> ClockHit:
    """Return hours as they are within a part of the day."""
    opens = part.begins or time()
    hit = told(clock, _DAY_PARTS.get(opens.hour, "pm"))
    begins, ends = hit.begins, hit.ends
    if hit.sort == "until" and ends is not None:
        ends = MIDNIGHT if ends <= opens and ends.hour == NOON else ends
        begins = opens if opens < ends else None
    elif hit.sort == "from" and part.ends and begins is not None and begins < part.ends:
        ends = part.ends
    return replace(hit, begins=begins, ends=ends, is_habit=part.is_habit)
