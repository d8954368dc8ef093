"""When a master may be asked, and how long he may think."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from core.kernel.offer import OfferRules, deadline, is_quiet, may_offer_at, needs_nights

ZONE = ZoneInfo("Europe/Kaliningrad")
RULES = OfferRules(
    stands=timedelta(minutes=15),
    stands_near=timedelta(minutes=5),
    near=timedelta(hours=2),
    quiet_from=time(22),
    quiet_until=time(7),
    retry=timedelta(minutes=10),
    late=timedelta(minutes=30),
)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=ZONE).astimezone(UTC)
JANUARY = datetime(2026, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone itself
moments = st.datetimes(JANUARY, JANUARY + timedelta(days=364), timezones=st.just(UTC))
spans = st.timedeltas(timedelta(0), timedelta(days=14))


def local(hour: int, minute: int = 0, *, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("ahead_min", "minutes"), [(24 * 60, 15), (121, 15), (120, 5), (60, 5), (5, 5), (3, 3), (0, 0), (-10, 0)]
)
def test_a_master_has_fifteen_minutes_or_five_and_never_past_the_start(ahead_min: int, minutes: int) -> None:
    starts_at = NOON + timedelta(minutes=ahead_min)

    assert deadline(RULES, now=NOON, starts_at=starts_at) == NOON + timedelta(minutes=minutes)


@given(moments, spans)
def test_a_deadline_is_never_before_now_nor_past_the_start(now: datetime, ahead: timedelta) -> None:
    assert now <= deadline(RULES, now=now, starts_at=now + ahead) <= now + ahead


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [(time(21, 59), False), (time(22), True), (time(0), True), (time(6, 59), True), (time(7), False)],
)
def test_the_quiet_hours_pass_midnight(clock: time, quiet: bool) -> None:
    assert is_quiet(RULES, clock) is quiet


def test_quiet_hours_may_lie_within_a_day() -> None:
    siesta = OfferRules(**{**{name: getattr(RULES, name) for name in RULES.__slots__}, "quiet_from": time(1)})

    assert is_quiet(siesta, time(3))
    assert not is_quiet(siesta, time(23))


@pytest.mark.row("K82")
@pytest.mark.parametrize(
    ("now", "asked"),
    [
        (local(21, 59), local(21, 59)),
        (local(22, 0), local(7, day=3)),
        (local(23, 30), local(7, day=3)),
        (local(2, 0), local(7)),
        (local(7, 0), local(7, 0)),
    ],
)
def test_in_the_quiet_hours_an_offer_waits_until_seven(now: datetime, asked: datetime) -> None:
    assert may_offer_at(RULES, now=now, works_nights=False, zone=ZONE) == asked


@pytest.mark.row("K82")
@given(moments)
def test_a_master_with_confirmed_night_hours_is_asked_at_once(now: datetime) -> None:
    assert may_offer_at(RULES, now=now, works_nights=True, zone=ZONE) == now


@given(moments)
def test_nobody_else_is_ever_asked_in_the_quiet_hours(now: datetime) -> None:
    asked = may_offer_at(RULES, now=now, works_nights=False, zone=ZONE)

    assert now <= asked < now + timedelta(hours=9, minutes=1)
    assert not is_quiet(RULES, asked.astimezone(ZONE).time())


@pytest.mark.row("K82")
@pytest.mark.parametrize(
    ("start", "end", "at_night"),
    [
        (local(20), local(21, 30), False),
        (local(20), local(22), False),  # it ends as the quiet hours begin
        (local(20, 30), local(22, 30), True),
        (local(23), local(23, 30), True),
        (local(6, 30), local(7, 30), True),
        (local(7), local(8), False),
        (local(21), local(8, day=3), True),  # the whole night
    ],
)
def test_a_visit_that_touches_the_night_is_for_night_masters(
    start: datetime, end: datetime, at_night: bool
) -> None:
    assert needs_nights(RULES, start, end, ZONE) is at_night
