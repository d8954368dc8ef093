"""Free times: hours of work less what is taken, on a grid, far enough ahead (A43–A46, L2)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

_CHOICES_MIN = 2


@dataclass(frozen=True, slots=True)
class SlotRules:
    """Which times may be offered.

    Attributes:
        lead, lead_urgent: A start is at least this far ahead.
        step: Starts stand on this grid of the local wall clock.
        horizon: No start is further ahead.
        travel: Added to the upper duration: the time that is blocked.
        alternatives: How many times are offered at once.
    """

    lead: timedelta
    lead_urgent: timedelta
    step: timedelta
    horizon: timedelta
    travel: timedelta
    alternatives: int

    def earliest(self, now: datetime, *, is_urgent: bool) -> datetime:
        """Return the earliest start that may be offered."""
        return now + (self.lead_urgent if is_urgent else self.lead)

    def latest(self, now: datetime) -> datetime:
        """Return the latest start that may be offered."""
        return now + self.horizon


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A stretch of time, its end not included."""

    start: datetime
    end: datetime

    def covers(self, other: "Interval") -> bool:
        """Tell whether the other lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def meets(self, other: "Interval") -> bool:
        """Tell whether the two share a moment."""
        return self.start < other.end and other.start < self.end


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Join intervals that overlap or touch, in order."""
    joined: list[Interval] = []
    for interval in sorted(intervals):
        if joined and interval.start <= joined[-1].end:
            last = joined.pop()
            interval = Interval(last.start, max(last.end, interval.end))  # noqa: PLW2901
        joined.append(interval)
    return tuple(joined)


def blocked(start: datetime, *, longest: timedelta, rules: SlotRules) -> Interval:
    """Return the time a visit takes from a master: its upper duration and the way."""
    return Interval(start, start + longest + rules.travel)


def free_starts(
    hours: Sequence[Interval],
    taken: Sequence[Interval],
    *,
    longest: timedelta,
    after: datetime,
    until: datetime,
    rules: SlotRules,
    zone: ZoneInfo,
) -> Iterator[datetime]:
    """Yield the starts one master could take, in order, in UTC.

    The work must end within his hours; the way afterwards may lie outside them, but not in another
    visit.

    Args:
        hours: When he works. taken: His live bookings.
        longest: Upper duration of the work.
        after, until: Earliest and latest start.
    """
    for span in merged(hours):
        start = on_grid(max(span.start, after), step=rules.step, zone=zone)
        while start <= until and start + longest <= span.end:
            wanted = blocked(start, longest=longest, rules=rules)
            clash = next((busy for busy in taken if busy.meets(wanted)), None)
            if clash is None:
                yield start
                start += rules.step
            else:
                start = on_grid(max(clash.end, start + rules.step), step=rules.step, zone=zone)


def on_grid(moment: datetime, *, step: timedelta, zone: ZoneInfo) -> datetime:
    """Return the first moment not before this one whose local wall clock stands on the grid, in UTC."""
    local = moment.astimezone(zone)
    passed = local - local.replace(hour=0, minute=0, second=0, microsecond=0)  # by the wall clock
    # The rest is added in UTC: on the night the clocks go back a wall time happens twice.
    return moment.astimezone(UTC) + -passed % step


def nearest(
    starts: Sequence[datetime], wish: Interval | None, *, count: int, apart: timedelta
) -> list[datetime]:
    """Choose a few starts to offer: inside the wish if there are any, else the nearest before and after.

    Args:
        starts: Free starts in order.
        wish: When the client would like it; None is as soon as possible.
        apart: Two offered starts are at least this far from each other, else they are no choice. Where
            there are no two such starts, two near ones are better than one (A45).
    """
    if wish is None:
        return sorted(_spread(starts, count=count, apart=apart))
    inside = [start for start in starts if wish.start <= start < wish.end]
    if inside:
        return sorted(_spread(inside, count=count, apart=apart))
    before = [start for start in starts if start < wish.start][-1:]
    after = [start for start in starts if start >= wish.end][:1]
    by_distance = sorted(starts, key=lambda start: (_away(start, wish), start))
    return sorted(_spread([*_nearer_first(before, after, wish), *by_distance], count=count, apart=apart))


def _spread(starts: Sequence[datetime], *, count: int, apart: timedelta) -> list[datetime]:
    chosen: list[datetime] = []
    if count <= 0:
        return chosen
    for start in starts:
        if all(abs(start - other) >= apart for other in chosen):
            chosen.append(start)
        if len(chosen) == count:
            return chosen
    spare = (start for start in starts if start not in chosen)
    return [*chosen, *islice(spare, max(0, min(count, _CHOICES_MIN) - len(chosen)))]


def _nearer_first(before: Sequence[datetime], after: Sequence[datetime], wish: Interval) -> list[datetime]:
    return sorted([*before, *after], key=lambda start: (_away(start, wish), start))


def _away(start: datetime, wish: Interval) -> timedelta:
    return wish.start - start if start < wish.start else start - wish.end


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the day on the wall clock."""
    return moment.astimezone(zone).date()
