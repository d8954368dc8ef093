"""Free times: inside the hours, off what is taken, on the grid, far enough ahead."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from core.kernel.slot import (
    Interval,
    SlotRules,
    blocked,
    free_starts,
    local_day,
    merged,
    nearest,
    on_grid,
)

KALININGRAD = ZoneInfo("Europe/Kaliningrad")
RULES = SlotRules(
    lead=timedelta(minutes=60),
    lead_urgent=timedelta(minutes=30),
    step=timedelta(minutes=30),
    horizon=timedelta(days=14),
    travel=timedelta(minutes=30),
    alternatives=3,
)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MONDAY = datetime(2026, 3, 2, tzinfo=KALININGRAD).astimezone(UTC)
zones = st.sampled_from(
    ["Europe/Kaliningrad", "Europe/Berlin", "Asia/Kathmandu", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]
).map(ZoneInfo)
JANUARY = datetime(2026, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone itself
moments = st.datetimes(JANUARY, JANUARY + timedelta(days=364), timezones=st.just(UTC))


def clock(hours: float, *, day: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hours)


def span(start: float, end: float, *, day: int = 0) -> Interval:
    return Interval(clock(start, day=day), clock(end, day=day))


def free(
    hours: list[Interval],
    taken: list[Interval] | None = None,
    *,
    longest: timedelta = HOUR,
    after: datetime = MONDAY,
    until: datetime = MONDAY + timedelta(days=14),
    zone: ZoneInfo = KALININGRAD,
) -> list[datetime]:
    return list(
        free_starts(hours, taken or [], longest=longest, after=after, until=until, rules=RULES, zone=zone)
    )


def test_a_free_morning_has_a_start_every_half_hour_and_the_work_ends_within_it() -> None:
    assert free([span(9, 11)]) == [clock(9), clock(9.5), clock(10)]


def test_starts_stand_on_the_half_hours_of_the_wall_clock() -> None:
    assert free([span(9.2, 11)])[0] == clock(9.5)


def test_a_taken_time_and_the_way_to_it_are_not_offered() -> None:
    found = free([span(9, 15)], [span(11, 12.5)])

    # Before: an hour of work and half an hour of way must end by 11.
    assert found == [clock(9), clock(9.5), clock(12.5), clock(13), clock(13.5), clock(14)]


def test_the_way_home_may_lie_outside_the_hours() -> None:
    assert clock(10) in free([span(9, 11)])


def test_hours_that_touch_are_one() -> None:
    assert clock(11.5) in free([span(9, 12), span(12, 15)])


def test_nothing_is_offered_too_near_or_too_far() -> None:
    now = clock(10.2)
    earliest, latest = RULES.earliest(now, is_urgent=False), RULES.latest(now)
    found = free([span(8, 20, day=day) for day in range(20)], after=earliest, until=latest)

    assert found[0] == clock(11.5)
    assert found[-1] == clock(10, day=14)
    assert RULES.earliest(now, is_urgent=True) == clock(10.7)


def test_work_that_does_not_fit_is_not_offered() -> None:
    assert free([span(9, 11)], longest=3 * HOUR) == []


def test_what_is_blocked_is_the_upper_duration_and_the_way() -> None:
    assert blocked(clock(9), longest=2 * HOUR, rules=RULES) == span(9, 11.5)


spans = st.lists(
    st.tuples(st.integers(0, 13), st.integers(0, 46), st.integers(1, 47)).map(
        lambda parts: span(parts[1] / 2, min(24.0, (parts[1] + parts[2]) / 2), day=parts[0])
    ),
    max_size=12,
)


@given(hours=spans, taken=spans, minutes=st.integers(1, 300), zone=zones)
def test_every_free_start_is_inside_the_hours_off_the_taken_and_on_the_grid(
    hours: list[Interval], taken: list[Interval], minutes: int, zone: ZoneInfo
) -> None:
    longest = timedelta(minutes=minutes)
    found = free(hours, taken, longest=longest, zone=zone)

    assert found == sorted(set(found))
    for start in found:
        assert any(one.covers(Interval(start, start + longest)) for one in merged(hours))
        assert not any(one.meets(blocked(start, longest=longest, rules=RULES)) for one in taken)
        assert start.astimezone(zone).minute % 30 == 0


@given(hours=spans, taken=spans, minutes=st.integers(1, 300))
def test_no_free_start_is_forgotten(hours: list[Interval], taken: list[Interval], minutes: int) -> None:
    longest = timedelta(minutes=minutes)
    every = (MONDAY + number * RULES.step for number in range(14 * 48 + 1))
    expected = [
        start
        for start in every
        if any(one.covers(Interval(start, start + longest)) for one in merged(hours))
        and not any(one.meets(blocked(start, longest=longest, rules=RULES)) for one in taken)
    ]

    assert free(hours, taken, longest=longest) == expected


@given(moments, zones)
def test_the_grid_is_never_behind_and_never_a_step_ahead(moment: datetime, zone: ZoneInfo) -> None:
    found = on_grid(moment, step=RULES.step, zone=zone)

    assert moment <= found < moment + RULES.step
    assert found.astimezone(zone).minute % 30 == 0


def test_the_grid_stands_on_the_night_the_clocks_go_back() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    second_two_o_clock = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 02:10 for the second time

    assert on_grid(second_two_o_clock, step=RULES.step, zone=berlin) == datetime(
        2026, 10, 25, 1, 30, tzinfo=UTC
    )


@given(spans)
def test_joined_intervals_neither_touch_nor_lose_a_moment(intervals: list[Interval]) -> None:
    joined = merged(intervals)

    assert all(one.end < other.start for one, other in pairwise(joined))
    assert all(any(whole.covers(one) for whole in joined) for one in intervals)
    assert merged(joined) == joined


def test_the_local_day_is_the_one_on_the_wall() -> None:
    assert local_day(datetime(2026, 3, 2, 22, 30, tzinfo=UTC), KALININGRAD).day == 3


# Which of them to offer


def offered(starts: list[datetime], wish: Interval | None, *, count: int = 3) -> list[datetime]:
    return nearest(starts, wish, count=count, apart=2 * HOUR)


@pytest.mark.row("A43")
def test_the_wished_time_is_offered_if_it_is_free() -> None:
    starts = free([span(9, 18)])

    assert offered(starts, span(14, 14.5)) == [clock(14)]


def test_a_wide_wish_gets_choices_that_differ() -> None:
    assert offered(free([span(9, 18)]), span(12, 18)) == [clock(12), clock(14), clock(16)]


def test_without_a_wish_the_earliest_comes_first() -> None:
    assert offered(free([span(9, 12), span(9, 18, day=3)]), None)[0] == clock(9)


@pytest.mark.row("A44")
def test_when_all_are_busy_the_earliest_real_time_is_offered() -> None:
    thursday = [span(10, 18, day=3)]

    assert offered(free([span(9, 18), *thursday], [span(8, 18)]), span(9, 18))[0] == clock(10, day=3)


@pytest.mark.row("A45")
def test_an_impossible_wish_gets_the_nearest_before_and_after() -> None:
    starts = free([span(8, 9), span(18, 20), span(9, 10, day=1)])

    found = offered(starts, span(12, 14))
    assert clock(8) in found  # the nearest before
    assert clock(18) in found  # the nearest after
    assert len(found) == 3


@pytest.mark.row("A45")
def test_two_near_times_are_offered_if_there_are_no_others() -> None:
    assert offered(free([span(9, 10.5)]), span(14, 15)) == [clock(9), clock(9.5)]
    assert offered(free([span(9, 10.5)]), None) == [clock(9), clock(9.5)]


wishes = st.none() | st.tuples(st.integers(0, 600), st.integers(1, 96)).map(
    lambda parts: Interval(MONDAY + parts[0] * RULES.step, MONDAY + sum(parts) * RULES.step)
)


@pytest.mark.row("A45")
@given(hours=spans, wish=wishes, count=st.integers(1, 3))
def test_what_is_offered_is_free_and_at_least_two_where_two_exist(
    hours: list[Interval], wish: Interval | None, count: int
) -> None:
    starts = free(hours)
    found = offered(starts, wish, count=count)
    inside = [start for start in starts if wish is not None and wish.start <= start < wish.end]
    pool = inside or starts

    assert set(found) <= set(pool)
    assert found == sorted(set(found))
    assert min(len(pool), 2, count) <= len(found) <= count
