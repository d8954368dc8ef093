"""When a master works: spans of local days turned into UTC, and what a sentence changes in them.

Everything here is a change of the time line. A day is its local midnight to the next; what lies
beyond midnight ("с 22 до 6") belongs to the next day. So two spans of a master never overlap.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.kernel.refusal import NoHours, PastTime, TooFarAhead
from core.kernel.slot import Interval, merged

_MIDNIGHT = time(0)
_DAY = timedelta(days=1)

Bounds = tuple[time | None, time | None]
# What is said of one day: spans (a bound may be open), None for the whole working day, () for none of it.
Spoken = Sequence[Bounds] | None


class HoursOp(StrEnum):
    """What is done to the days that were named. The values are those of `core.meaning.HoursOp`."""

    SET = "set"  # these days become exactly this
    BLOCK = "block"  # not available then
    ADD = "add"  # available then as well


@dataclass(frozen=True, slots=True)
class HoursRules:
    """What a working day is, and how it is asked about.

    Attributes:
        day_from, day_until: The whole working day, and what an open bound means.
        days_ahead_max: How far ahead hours may be planned.
        asked_at: Local time of the morning question.
        silent_mornings_max: So many unanswered questions, and the master is paused.
    """

    day_from: time
    day_until: time
    days_ahead_max: int
    asked_at: time
    silent_mornings_max: int

    def is_paused(self, silent_mornings: int) -> bool:
        """Tell whether a master has been silent for too many mornings."""
        return silent_mornings >= self.silent_mornings_max


def change(
    op: HoursOp,
    days: Mapping[date, Spoken],
    *,
    current: Iterable[Interval],
    now: datetime,
    zone: ZoneInfo,
    rules: HoursRules,
) -> Mapping[date, tuple[Interval, ...]]:
    """Return the new spans of every day that changes, each inside its local day, in order.

    Past days among others are passed over; so is a day on which a block or an addition changes nothing.

    Args:
        current: The spans the master has now on these days and the days after them; others do no harm.

    Raises:
        NoHours: no day was named, or a span that begins where it ends.
        PastTime: all of it is over.
        TooFarAhead: a day beyond the last that can be planned.
    """
    today = now.astimezone(zone).date()
    last = today + timedelta(days=rules.days_ahead_max)
    if not days:
        raise NoHours
    if max(days) > last:
        raise TooFarAhead(until=last)
    ahead = {day: spoken for day, spoken in days.items() if day >= today}
    said = {day: spans_of(day, spoken, op=op, zone=zone, rules=rules) for day, spoken in ahead.items()}
    named = [span for spans in said.values() for span in spans]
    if not ahead or (named and all(span.end <= now for span in named)):
        raise PastTime
    if op is HoursOp.ADD:
        if not named:
            raise NoHours
        after = merged([*current, *named])
    elif op is HoursOp.BLOCK:
        after = without(current, named)
    else:
        after = merged([*without(current, [day_of(day, zone) for day in ahead]), *named])
    touched = {*ahead, *(span.end.astimezone(zone).date() for span in named)}
    changed = {day: within(after, day, zone) for day in sorted(touched)}
    return {
        day: spans for day, spans in changed.items() if day in ahead or spans != within(current, day, zone)
    }


def spans_of(
    day: date, spoken: Spoken, *, op: HoursOp, zone: ZoneInfo, rules: HoursRules
) -> tuple[Interval, ...]:
    """Return what was said of a day as stretches of time in UTC, joined and in order.

    An open bound means the end of the working day, or midnight where that is over already ("после 21").
    In a block it always means midnight, and no hours at all mean the whole day.

    Raises:
        NoHours: a span that begins where it ends.
    """
    if op is HoursOp.BLOCK and not spoken:
        return (day_of(day, zone),)
    bounds: Sequence[Bounds] = [(rules.day_from, rules.day_until)] if spoken is None else spoken
    return merged(_span(day, start, end, op=op, zone=zone, rules=rules) for start, end in bounds)


def _span(
    day: date, start: time | None, end: time | None, *, op: HoursOp, zone: ZoneInfo, rules: HoursRules
) -> Interval:
    is_block = op is HoursOp.BLOCK
    if start is None:
        has_passed = end is not None and _MIDNIGHT < end <= rules.day_from
        start = _MIDNIGHT if is_block or has_passed else rules.day_from
    if end is None:
        end = _MIDNIGHT if is_block or start >= rules.day_until else rules.day_until
    if start == end != _MIDNIGHT:
        raise NoHours
    last_day = day if end > start else day + _DAY
    return Interval(at(day, start, zone), at(last_day, end, zone))


def at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return a time of a local day in UTC."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def day_of(day: date, zone: ZoneInfo) -> Interval:
    """Return a local day, midnight to midnight: 23 or 25 hours where the clocks are changed."""
    return Interval(at(day, _MIDNIGHT, zone), at(day + _DAY, _MIDNIGHT, zone))


def within(spans: Iterable[Interval], day: date, zone: ZoneInfo) -> tuple[Interval, ...]:
    """Return the parts of spans that lie in a local day, joined and in order."""
    whole = day_of(day, zone)
    return tuple(
        Interval(max(span.start, whole.start), min(span.end, whole.end))
        for span in merged(spans)
        if span.meets(whole)
    )


def without(spans: Iterable[Interval], taken: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return what is left of spans when others are cut out of them, in order."""
    left = list(merged(spans))
    for hole in taken:
        left = [part for span in left for part in _cut(span, hole)]
    return tuple(left)


def _cut(span: Interval, hole: Interval) -> Iterable[Interval]:
    if not span.meets(hole):
        yield span
        return
    if span.start < hole.start:
        yield Interval(span.start, hole.start)
    if hole.end < span.end:
        yield Interval(hole.end, span.end)
