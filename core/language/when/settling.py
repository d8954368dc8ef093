"""What the times of a text tell one another: a week its weekdays, an evening its hours, two bounds a span."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta
from typing import TypeGuard

from core.language.when.clocks import MIDNIGHT, NOON
from core.language.when.days import DayHit, DayReader
from core.language.when.items import Item, Mark
from core.language.when.spans import AFTER_WORK, ClockHit, told

_DAY_PARTS = {8: "am", 12: "day", 13: "day", 17: "pm", 18: "pm", 22: "night"}
_JOINTS = frozenset({"and", "but", "comma"})
_BREAKS = frozenset({"stop", "or", "and", "but"})


def settle(items: list[Item], days: DayReader) -> list[Item]:
    """Return the items of a text with all that they tell one another."""
    return _met(_settled(_in_weeks(_in_months(_named_once(items)), days)))


def _named_once(items: list[Item]) -> list[Item]:
    """Take "в пятницу 27 ноября" and "завтра, 26-го" for one day each."""
    out: list[Item] = []
    for item in items:
        is_apart = bool(out) and isinstance(out[-1], Mark) and out[-1].sort in ("comma", "colon")
        place = len(out) - (2 if is_apart else 1)
        last = out[place] if place >= 0 else None
        if isinstance(item, DayHit) and isinstance(last, DayHit) and _are_one_day(last, item):
            exact = item if last.sort == "weekday" else last
            out[place:] = [replace(exact, start=last.start, end=item.end, bound=last.bound or item.bound)]
            continue
        out.append(item)
    return out


def _are_one_day(first: DayHit, second: DayHit) -> bool:
    sorts = {first.sort, second.sort}
    if len(first.days) != 1 or len(second.days) != 1 or not sorts <= {"near", "weekday", "date"}:
        return False
    if first.days == second.days:
        return len(sorts) > 1
    is_apposed = sorts == {"weekday", "date"} and second.start - first.end <= 1
    return is_apposed and first.days[0].weekday() == second.days[0].weekday()


def _in_months(items: list[Item]) -> list[Item]:
    """Let "декабрь" say which month "1, 2 и 3 числа" behind it are of."""
    out: list[Item] = []
    month: DayHit | None = None
    for item in items:
        if isinstance(item, DayHit) and item.sort == "month" and not item.bound:
            month = item
        elif month and isinstance(item, DayHit) and item.is_monthless:
            numbers = {day.day for day in item.days}
            days = tuple(day for day in month.days if day.day in numbers)
            item = replace(item, days=days or item.days)  # noqa: PLW2901
            out = [other for other in out if other is not month]
        out.append(item)
    return out


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
                is_any = hit.sort == "every" and not days.is_hours
                out[n] = None if is_any else days.moved(hit, monday)
        named = [n for n in (*behind, *before) if out[n] is not None]
        if not named and (behind or before):
            continue  # "next week, any day" is the week
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
    return is_apart and any(sort in ("block", "leave", "free", "whole", "except", "unless") for sort in sorts)


def _settled(items: list[Item]) -> list[Item]:
    """Let a part of a day say which half an hour beside it belongs to: "this evening after 7"."""
    out = list(items)
    places = [place for place, item in enumerate(items) if isinstance(item, ClockHit)]
    used: set[int] = set()
    merged: set[int] = set()
    for here, there in itertools.pairwise(places):
        first, second = out[here], out[there]
        if not isinstance(first, ClockHit) or not isinstance(second, ClockHit):
            continue
        if first.is_part == second.is_part or not _are_close(items[here + 1 : there]):
            continue
        part, clock = (first, second) if first.is_part else (second, first)
        if part.lead == AFTER_WORK and any(_is_comma(item) for item in items[here + 1 : there]):
            continue  # "не раньше одиннадцати, сплю после смены"
        if {here, there} & (used | merged) or not _agree(part, clock):
            continue
        if part is second and _leads_on(items, there):
            continue
        merged.add(here if clock is first else there)
        out[here if clock is first else there] = _within(part, clock)
        used.add(here if part is first else there)
    return [item for place, item in enumerate(out) if place not in used]


def _leads_on(items: Sequence[Item], place: int) -> bool:
    """Tell whether a part of a day has hours of its own behind it: "с 8 до 11, вечером с 18"."""
    following = items[place + 1] if place + 1 < len(items) else None
    return isinstance(following, ClockHit) and not following.is_part


def _met(items: list[Item]) -> list[Item]:
    """Make one span of two bounds: "не раньше двенадцати и не позже пяти"."""
    out: list[Item] = []
    for item in items:
        if isinstance(item, ClockHit) and item.sort == "until" and item.begins is None:
            joints = [other for other in out[-2:] if isinstance(other, Mark) and other.sort in _JOINTS]
            place = len(out) - 1 - len(joints)
            first = out[place] if place >= 0 else None
            is_met = isinstance(first, ClockHit) and first.sort == "from" and first.ends is None
            if is_met and isinstance(first, ClockHit) and _is_before(first, item):
                out[place:] = [replace(first, end=item.end, ends=item.ends, sort="range")]
                continue
        out.append(item)
    return out


def _is_before(first: ClockHit, last: ClockHit) -> bool:
    return first.begins is not None and last.ends is not None and first.begins < last.ends


def _are_close(between: Sequence[Item]) -> bool:
    sorts = {item.sort for item in between if isinstance(item, Mark)}
    has_day = any(isinstance(item, DayHit) for item in between)
    return not sorts & _BREAKS and not (has_day and "comma" in sorts)


def _agree(part: ClockHit, clock: ClockHit) -> bool:
    """Tell whether hours can lie in a part of the day; "утром, в 15" are two times."""
    if clock.sort == "impossible" or part.begins is None:
        return False
    if clock.is_sharp and part.ends and clock.begins and clock.begins.hour > part.ends.hour:
        return False  # "после 18, днем на заводе"
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
