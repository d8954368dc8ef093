"""Spans of a day as pairs of bounds, None being open: joining open ends, taking away, turning round."""

from collections.abc import Sequence
from datetime import time

from core.meaning import Bounds

DAY_OPENS, DAY_CLOSES = time(8), time(20)  # the whole working day

_FIRST, _LAST = time(0), time.max
WORKING_DAY: Bounds = (DAY_OPENS, DAY_CLOSES)


def joined(spans: Sequence[Bounds]) -> tuple[Bounds, ...]:
    """Make one span of "с 10" and "до 18", and put spans in order."""
    kept: list[Bounds] = []
    for begins, ends in spans:
        last = kept[-1] if kept else None
        if last and last[1] is None and begins is None and last[0] and ends and last[0] < ends:
            kept[-1] = (last[0], ends)
        elif last and last[0] is None and ends is None and last[1] and begins and begins < last[1]:
            kept[-1] = (begins, last[1])
        elif (begins, ends) not in kept:
            kept.append((begins, ends))
    return tuple(sorted(kept, key=lambda span: span[0] or _FIRST))


def without(spans: Sequence[Bounds], taken: Sequence[Bounds]) -> tuple[Bounds, ...]:
    """Take spans away from others."""
    left = list(spans)
    for opening, closing in taken:
        left = [piece for span in left for piece in _cut(span, opening, closing)]
    return tuple(left)


def outside(taken: Sequence[Bounds]) -> tuple[Bounds, ...]:
    """Return what is left of a working day; "до 12 занят" leaves it open from twelve on."""
    if len(taken) == 1:
        opening, closing = taken[0]
        if opening is None and closing is not None:
            return ((closing, None),)
        if closing is None and opening is not None:
            return ((None, opening),)
    return without([WORKING_DAY], taken)


def is_inside(inner: Bounds, outer: Bounds) -> bool:
    """Tell whether a span lies within another."""
    return (outer[0] or _FIRST) <= (inner[0] or _FIRST) and (inner[1] or _LAST) <= (outer[1] or _LAST)


def _cut(span: Bounds, opening: time | None, closing: time | None) -> list[Bounds]:
    begins, ends = span
    if (closing or _LAST) <= (begins or _FIRST) or (opening or _FIRST) >= (ends or _LAST):
        return [span]
    pieces: list[Bounds] = []
    if opening is not None and opening > (begins or _FIRST):
        pieces.append((begins, opening))
    if closing is not None and closing < (ends or _LAST):
        pieces.append((closing, ends))
    return pieces
