"""Times told only as a reason for the wish beside them: "уроки до двух, завтра после обеда"."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from core.language.when.days import DayHit
from core.language.when.items import AheadHit, Item, Mark
from core.language.when.spans import AFTER_WORK, ClockHit
from core.language.when.timewords import Pieces
from core.language.words import grammemes, is_cyrillic

_CUTS = frozenset({"stop", "comma", "but", "so"})
_SENTENCE = frozenset({"stop"})
_OWN_ACT = frozenset({"VERB", "1per"})
_DEADLINES = frozenset({"until", "by"})


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause of a text: its pieces from one place to another, and the places of its times."""

    start: int
    end: int
    times: tuple[int, ...]


def circumstances(p: Pieces, items: Sequence[Item], refused: set[int]) -> set[int]:
    """Return the places of times that only tell why others are wished for.

    Args:
        refused: The places of times that the client cannot have: those are no wish.
    """
    clauses = list(_clauses(p, items, refused))
    told = _before_so(items, refused)
    for clause in clauses:
        if not _is_reason(p, clause):
            continue
        wishes = [n for other in clauses if not _is_reason(p, other) for n in other.times]
        told |= _given_way(items, clause.times, wishes)
    return told | _deadlines(items, clauses) | _after_work(items)


def _clauses(p: Pieces, items: Sequence[Item], refused: set[int]) -> Iterator[_Clause]:
    cuts = [n for n, item in enumerate(items) if isinstance(item, Mark) and item.sort in _CUTS]
    for first, last in itertools.pairwise([-1, *cuts, len(items)]):
        start = items[first].end if first >= 0 else 0
        end = items[last].start if last < len(items) else len(p)
        times = [n for n in range(first + 1, last) if _is_time(items[n]) and n not in refused]
        if times:
            yield _Clause(start, end, tuple(times))


def _is_time(item: Item) -> bool:
    return not isinstance(item, Mark)


def _is_reason(p: Pieces, clause: _Clause) -> bool:
    """Tell a clause of what the client does himself from one that wishes for a visit."""
    pieces = p[clause.start : clause.end]
    if any(piece.get("visiting") for piece in pieces):
        return False
    return any(piece.get("occupied") or _is_own_act(piece.text) for piece in pieces)


def _is_own_act(word: str) -> bool:
    """Tell "уезжаем", "сдаю": the client speaks of himself."""
    return is_cyrillic(word) and grammemes(word) >= _OWN_ACT


def _given_way(items: Sequence[Item], reasons: Sequence[int], wishes: Sequence[int]) -> set[int]:
    """Return the times of a reason that a wish leaves out: its hours, and its day if the wish has one."""
    if any(isinstance(items[n], DayHit | AheadHit) for n in wishes):
        return set(reasons)
    return {n for n in reasons if wishes and isinstance(items[n], ClockHit)}


def _before_so(items: Sequence[Item], refused: set[int]) -> set[int]:
    """Return the times before "so" and "поэтому" that give way to those behind it."""
    told: set[int] = set()
    for place, item in enumerate(items):
        if isinstance(item, Mark) and item.sort == "so":
            wishes = [n for n in _sentence(items, range(place + 1, len(items))) if n not in refused]
            told |= _given_way(items, _sentence(items, range(place - 1, -1, -1)), wishes)
    return told


def _sentence(items: Sequence[Item], places: range) -> list[int]:
    """Return the times of the nearest sentence that has any."""
    found: list[int] = []
    for n in places:
        item = items[n]
        if isinstance(item, Mark):
            if item.sort in _SENTENCE and found:
                break
        else:
            found.append(n)
    return found


def _deadlines(items: Sequence[Item], clauses: Sequence[_Clause]) -> set[int]:
    """Return the bounds within which a day is named: "до пятницы надо успеть, можно в четверг"."""
    days = [
        (n, place, day)
        for place, clause in enumerate(clauses)
        for n in clause.times
        if isinstance(day := items[n], DayHit) and day.days
    ]
    ends: dict[int, date] = {}  # of each clause the day that is over first
    for _, place, day in days:
        if not day.bound:
            ends[place] = min(ends.get(place, day.days[-1]), day.days[-1])
    first = sorted(ends, key=lambda place: ends[place])[:2]  # of the two, one is of another clause
    return {
        n
        for n, place, day in days
        if day.bound in _DEADLINES and any(other != place and ends[other] <= day.days[0] for other in first)
    }


def _after_work(items: Sequence[Item]) -> set[int]:
    """Return "after my shift" beside an hour: it tells why that hour."""
    hours = [item for item in items if isinstance(item, ClockHit) and not item.is_part]
    parts = {n for n, item in enumerate(items) if isinstance(item, ClockHit) and item.lead == AFTER_WORK}
    return parts if hours else set()
