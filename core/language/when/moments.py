"""All that a text says about time, in order: days, hours, spans from now, and the small words between.

`times` and `hours` are two grammars over these.
"""

from dataclasses import replace
from datetime import date

from core.language.when.amounts import cardinal
from core.language.when.days import DayReader
from core.language.when.durations import ago_end, lasting_end, read_ahead, read_length
from core.language.when.items import Item, Mark
from core.language.when.settling import settle
from core.language.when.spans import read_span
from core.language.when.timewords import MARGIN, Pieces, cut


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
    return p, settle(items, days)


def _read(p: Pieces, i: int, days: DayReader) -> list[Item]:  # noqa: PLR0911 - the first that fits
    """Read what begins at a place."""
    if days.is_hours and (length := read_length(p, i, days.today)):
        return [length]
    if p[i].get("never") or lasting_end(p, i):
        return []
    if mark := _early_mark(p, i):
        return [mark]
    if p[i].get("returning") and (day := days.read(p, i + 1)):
        if read_span(p, day.end, is_hours=days.is_hours):
            return [day]  # "back on Friday 10-18"
        return [Mark(i, i + 1, "block"), replace(day, bound="until")]
    if ahead := read_ahead(p, i):
        return [ahead]
    if day := days.read(p, i):
        evening = read_span(p, day.end - 1, is_hours=days.is_hours) if p[day.end - 1].get("tonight") else None
        return [day, replace(evening, start=day.end - 1)] if evening else [day]
    if clock := read_span(p, i, is_hours=days.is_hours):
        return [clock]
    if sort := p[i].get("mark") or p[i].get("join"):
        return [Mark(i, i + 1, sort)]
    return []


def _early_mark(p: Pieces, i: int) -> Mark | None:
    """Read the marks whose words would else be taken for days and hours."""
    if (end := ago_end(p, i)) or p[i].get("past"):
        return Mark(i, end or i + 1, "past")
    if _is_past_day(p, i):
        return Mark(i, i + 2, "past")
    if _is_break(p, i):
        return Mark(i, i + 1, "break")
    if p[i].is_one("lead", "before", "after") and p[i + 1].is_one("mark", "block", "leave", "free"):
        return Mark(i, i + 1, "then")  # "с 18, раньше на заводе"
    return None


def _behind_nothing(p: Pieces, i: int) -> int:
    """Return where to go on behind what says nothing: behind the whole of "уже два дня"."""
    return lasting_end(p, i) or i + 1


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
    if p[i - 1].digits or p[i - 1].get("cardinal") or p[i - 1].get("half"):
        return True  # "с 13 до 14 обед"
    j = i + 2 if p[i + 1].text in (":", "-", "у меня", "is") else i + 1
    j = j + 1 if p[j].get("lead") else j
    return cardinal(p, j) is not None or p[i - 1].is_one("mark", "except", "unless")
