"""When a master works: what he says changes the time line, and its spans never overlap."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from core.kernel.hours import Bounds, HoursOp, HoursRules, Spoken, change, day_of, within, without
from core.kernel.refusal import NoHours, PastTime, TooFarAhead
from core.kernel.slot import Interval, merged
from core.meaning import HoursOp as SaidOp

ZONE = ZoneInfo("Europe/Kaliningrad")
RULES = HoursRules(
    day_from=time(8), day_until=time(20), days_ahead_max=92, asked_at=time(7), silent_mornings_max=2
)
TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 14, 0, tzinfo=ZONE).astimezone(UTC)
DAY = timedelta(days=1)
TOMORROW = TODAY + DAY

Told = dict[date, list[str]]


def bounds(text: str) -> Bounds:
    start, end = (time.fromisoformat(part) if part else None for part in text.split("-"))
    return start, end


def told(changed: Mapping[date, Iterable[Interval]]) -> Told:
    return {
        day: [f"{one.start.astimezone(ZONE):%H:%M}-{one.end.astimezone(ZONE):%H:%M}" for one in spans]
        for day, spans in changed.items()
    }


def spans(day: date, *texts: str) -> list[Interval]:
    days = {day: [bounds(text) for text in texts]}
    midnight = datetime(2026, 11, 1, tzinfo=UTC)
    found = change(HoursOp.SET, days, current=(), now=midnight, zone=ZONE, rules=RULES)
    return [span for parts in found.values() for span in parts]


def said(
    op: HoursOp, days: Mapping[date, Spoken], *, current: Iterable[Interval] = (), now: datetime = NOW
) -> Told:
    return told(change(op, days, current=current, now=now, zone=ZONE, rules=RULES))


def test_the_three_changes_are_those_that_can_be_said() -> None:
    assert {op.value for op in HoursOp} == {op.value for op in SaidOp}


def test_set_makes_the_days_exactly_this() -> None:
    current = spans(TOMORROW, "09:00-18:00")

    assert said(HoursOp.SET, {TOMORROW: [bounds("10:00-12:00")]}, current=current) == {
        TOMORROW: ["10:00-12:00"]
    }
    assert said(HoursOp.SET, {TOMORROW: ()}, current=current) == {TOMORROW: []}


def test_the_whole_day_is_the_working_day() -> None:
    assert said(HoursOp.SET, {TOMORROW: None}) == {TOMORROW: ["08:00-20:00"]}


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("18:00-", "18:00-20:00"),
        ("-18:00", "08:00-18:00"),
        ("21:00-", "21:00-00:00"),  # the working day is over: until midnight
        ("-07:00", "00:00-07:00"),  # it has not begun: since midnight
        ("-", "08:00-20:00"),
        ("00:00-00:00", "00:00-00:00"),  # from midnight to midnight
    ],
)
def test_an_open_bound_is_that_of_the_working_day(text: str, span: str) -> None:
    assert said(HoursOp.SET, {TOMORROW: [bounds(text)]}) == {TOMORROW: [span]}


def test_a_night_is_cut_at_midnight_and_stays_one_stretch() -> None:
    night = {TOMORROW: [bounds("22:00-06:00")]}

    assert said(HoursOp.SET, night) == {TOMORROW: ["22:00-00:00"], TOMORROW + DAY: ["00:00-06:00"]}
    assert len(merged(spans(TOMORROW, "22:00-06:00"))) == 1


def test_a_night_keeps_what_the_next_day_has() -> None:
    current = spans(TOMORROW + DAY, "05:00-12:00")

    assert said(HoursOp.SET, {TOMORROW: [bounds("22:00-06:00")]}, current=current) == {
        TOMORROW: ["22:00-00:00"],
        TOMORROW + DAY: ["00:00-12:00"],
    }


def test_block_takes_away_and_keeps_the_rest() -> None:
    current = spans(TOMORROW, "09:00-18:00")

    assert said(HoursOp.BLOCK, {TOMORROW: [bounds("12:00-13:00")]}, current=current) == {
        TOMORROW: ["09:00-12:00", "13:00-18:00"]
    }
    assert said(HoursOp.BLOCK, {TOMORROW: [bounds("15:00-")]}, current=current) == {TOMORROW: ["09:00-15:00"]}
    assert said(HoursOp.BLOCK, {TOMORROW: ()}, current=current) == {TOMORROW: []}
    assert said(HoursOp.BLOCK, {TOMORROW: None}, current=current) == {TOMORROW: []}


def test_an_open_block_lasts_until_midnight() -> None:
    current = spans(TOMORROW, "09:00-00:00")
    assert said(HoursOp.BLOCK, {TOMORROW: [bounds("18:00-")]}, current=current) == {TOMORROW: ["09:00-18:00"]}


def test_add_joins_what_touches() -> None:
    current = spans(TOMORROW, "09:00-12:00")

    assert said(HoursOp.ADD, {TOMORROW: [bounds("12:00-15:00"), bounds("18:00-20:00")]}, current=current) == {
        TOMORROW: ["09:00-15:00", "18:00-20:00"]
    }


def test_past_days_among_others_are_passed_over() -> None:
    days: dict[date, Spoken] = {TODAY - DAY: None, TOMORROW: None}
    assert list(said(HoursOp.SET, days)) == [TOMORROW]


@pytest.mark.parametrize("day", [TODAY - DAY, TODAY])
def test_hours_that_are_over_are_refused(day: date) -> None:
    with pytest.raises(PastTime):
        said(HoursOp.SET, {day: [bounds("08:00-10:00")]})


def test_hours_that_run_now_are_taken() -> None:
    assert said(HoursOp.SET, {TODAY: [bounds("08:00-20:00")]}) == {TODAY: ["08:00-20:00"]}


def test_a_day_too_far_ahead_is_refused_with_the_last_one_that_is_not() -> None:
    last = TODAY + timedelta(days=92)
    assert list(said(HoursOp.SET, {last: None})) == [last]
    with pytest.raises(TooFarAhead) as refused:
        said(HoursOp.SET, {TOMORROW: None, last + DAY: None})
    assert refused.value.facts == {"until": last}


@pytest.mark.parametrize(
    ("op", "days"),
    [
        (HoursOp.SET, {}),
        (HoursOp.SET, {TOMORROW: [bounds("09:00-09:00")]}),
        (HoursOp.BLOCK, {TOMORROW: [bounds("09:00-09:00")]}),
        (HoursOp.ADD, {TOMORROW: ()}),
    ],
)
def test_words_without_hours_are_refused(op: HoursOp, days: Mapping[date, Spoken]) -> None:
    with pytest.raises(NoHours):
        said(op, days)


def test_two_silent_mornings_pause_a_master() -> None:
    assert [RULES.is_paused(silent) for silent in range(4)] == [False, False, True, True]


# What is always true

days = st.integers(0, 6).map(lambda number: TODAY + DAY + number * DAY)
clocks = st.integers(0, 47).map(lambda half: time(half // 2, half % 2 * 30))
one_span = st.tuples(st.none() | clocks, st.none() | clocks).filter(lambda pair: pair[0] != pair[1])
spoken = st.dictionaries(days, st.none() | st.lists(one_span, max_size=3), min_size=1)
lines = st.dictionaries(days, st.lists(one_span, max_size=3), min_size=1).map(
    lambda found: [
        span
        for parts in change(HoursOp.SET, found, current=(), now=NOW, zone=ZONE, rules=RULES).values()
        for span in parts
    ]
)


@given(st.sampled_from(HoursOp), spoken, lines)
def test_the_spans_of_a_changed_day_lie_within_it_in_order_and_never_touch(
    op: HoursOp, said_days: dict[date, Spoken], current: list[Interval]
) -> None:
    try:
        changed = change(op, said_days, current=current, now=NOW, zone=ZONE, rules=RULES)
    except NoHours:
        assert op is HoursOp.ADD
        return
    for day, parts in changed.items():
        assert all(day_of(day, ZONE).covers(one) for one in parts)
        assert all(one.end < other.start for one, other in pairwise(parts))


@given(spoken, lines)
def test_set_twice_is_set_once(said_days: dict[date, Spoken], current: list[Interval]) -> None:
    once = change(HoursOp.SET, said_days, current=current, now=NOW, zone=ZONE, rules=RULES)
    others = [span for day in once for span in without(current, [day_of(day, ZONE)])]
    after = [*(span for parts in once.values() for span in parts), *others]
    again = change(HoursOp.SET, said_days, current=after, now=NOW, zone=ZONE, rules=RULES)

    assert {day: again[day] for day in said_days} == {day: once[day] for day in said_days}


@given(lines, lines)
def test_what_is_cut_out_is_gone_and_nothing_else(current: list[Interval], holes: list[Interval]) -> None:
    left = without(current, holes)

    assert not any(one.meets(hole) for one in left for hole in holes)
    assert merged([*left, *holes]) == merged([*current, *holes])


@given(lines)
def test_days_put_together_are_the_whole(current: list[Interval]) -> None:
    parts = [one for number in range(10) for one in within(current, TODAY + number * DAY, ZONE)]

    assert merged(parts) == merged(current)


def test_a_day_has_23_or_25_hours_where_the_clocks_are_changed() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    long, short = (day_of(day, berlin) for day in (date(2026, 10, 25), date(2026, 3, 29)))

    assert long.end - long.start == timedelta(hours=25)
    assert short.end - short.start == timedelta(hours=23)
