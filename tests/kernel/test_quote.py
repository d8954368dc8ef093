"""What a visit costs: every factor, every rounding, and lines that add up."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from core.kernel.money import Currency, Money
from core.kernel.quote import Quote, QuoteRules, Work, indicative, is_evening, quote, valid_until


def rub(rubles: int) -> Money:
    return Money(rubles * 100, Currency.RUB)


RULES = QuoteRules(
    base={"electrical": rub(1500), "plumbing": rub(1800), "appliance": rub(2000), "general": rub(1200)},
    urgent=Fraction(13, 10),
    today=Fraction(12, 10),
    several=Fraction(15, 10),
    long_words=Fraction(12, 10),
    evening=Fraction(11, 10),
    long_words_over=200,
    step=rub(100),
    range_share=Fraction(7, 100),
    evening_from=time(18),
    evening_until=time(8),
    valid_for=timedelta(minutes=30),
    valid_at_most=timedelta(hours=24),
)


def march(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment on the local wall clock; 2 March 2026 is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo("Europe/Kaliningrad"))


MONDAY = march(2, 9)
TODAY_NOON = march(2, 12)
WEDNESDAY_NOON = march(4, 12)
WEDNESDAY_EVENING = march(4, 18)
SATURDAY_NOON = march(7, 12)


PLAIN = Work(trade="electrical", faults=1, is_urgent=False, words=40, parts=rub(0))


def price(starts_local: datetime = WEDNESDAY_NOON, **changes: Any) -> Quote:
    return quote(RULES, replace(PLAIN, **changes), starts_local=starts_local, now_local=MONDAY)


def labels(found: Quote) -> list[str]:
    return [line.label.removeprefix("price-") for line in found.lines]


@pytest.mark.row("A116")
@pytest.mark.parametrize(
    ("trade", "rubles"), [("electrical", 1500), ("plumbing", 1800), ("appliance", 2000), ("general", 1200)]
)
def test_one_plain_fault_on_a_working_day_costs_the_base_price(trade: str, rubles: int) -> None:
    found = price(trade=trade)

    assert found.price == rub(rubles)
    assert labels(found) == ["base"]


@pytest.mark.row("A117")
@pytest.mark.row("A118")
@pytest.mark.row("A119")
@pytest.mark.row("A120")
@pytest.mark.row("A121")
@pytest.mark.row("A122")
@pytest.mark.row("K60")
@pytest.mark.parametrize(
    ("starts_local", "changes", "rubles", "lines"),
    [
        pytest.param(WEDNESDAY_NOON, {"is_urgent": True}, 2000, ["base", "urgent", "rounding"], id="urgent"),
        pytest.param(TODAY_NOON, {}, 1800, ["base", "today"], id="today"),
        pytest.param(TODAY_NOON, {"is_urgent": True}, 2000, ["base", "urgent", "rounding"], id="higher-only"),
        pytest.param(WEDNESDAY_NOON, {"words": 201}, 1800, ["base", "long"], id="201-characters"),
        pytest.param(WEDNESDAY_NOON, {"words": 200}, 1500, ["base"], id="200-characters"),
        pytest.param(WEDNESDAY_NOON, {"faults": 2}, 2300, ["base", "several", "rounding"], id="two-faults"),
        pytest.param(WEDNESDAY_NOON, {"faults": 5}, 2300, ["base", "several", "rounding"], id="once-only"),
        pytest.param(WEDNESDAY_NOON, {"parts": rub(340)}, 1800, ["base", "parts", "rounding"], id="parts"),
        pytest.param(WEDNESDAY_EVENING, {}, 1700, ["base", "evening", "rounding"], id="evening"),
        pytest.param(SATURDAY_NOON, {}, 1700, ["base", "evening", "rounding"], id="weekend"),
        # 1500 × 1.1 = 1650 + 100: parts are not multiplied, and a half goes up after them.
        pytest.param(
            SATURDAY_NOON, {"parts": rub(100)}, 1800, ["base", "evening", "parts", "rounding"], id="last"
        ),
    ],
)
def test_each_factor_counts_and_is_named(
    starts_local: datetime, changes: dict[str, Any], rubles: int, lines: list[str]
) -> None:
    found = price(starts_local, **changes)

    assert found.price == rub(rubles)
    assert labels(found) == lines


@pytest.mark.row("A83")
@pytest.mark.row("A124")
@pytest.mark.parametrize("starts_local", [WEDNESDAY_EVENING, SATURDAY_NOON])
def test_the_worked_example_comes_to_three_thousand(starts_local: datetime) -> None:
    found = price(starts_local, faults=2, words=201)

    assert (found.price, found.low, found.high) == (rub(3000), rub(2800), rub(3200))


@pytest.mark.row("K62")
@pytest.mark.parametrize(
    ("local", "is_dearer"),
    [
        (march(4, 7, 59), True),
        (march(4, 8), False),
        (march(4, 17, 59), False),
        (march(4, 18), True),
        (march(4, 0), True),
        (march(6, 12), False),  # Friday
        (march(7, 12), True),
        (march(8, 12), True),
    ],
)
def test_evenings_nights_and_weekends_are_dearer(local: datetime, is_dearer: bool) -> None:
    assert is_evening(RULES, local) is is_dearer


works = st.builds(
    Work,
    trade=st.sampled_from(sorted(RULES.base)),
    faults=st.integers(1, 5),
    is_urgent=st.booleans(),
    words=st.integers(0, 4_000),
    parts=st.builds(Money, st.integers(0, 10**7), st.just(Currency.RUB)),
)
times = st.integers(0, 14 * 48).map(lambda halves: MONDAY + halves * timedelta(minutes=30))


def exact_price(job: Work, starts_local: datetime) -> Fraction:
    """The rules once more, in the plainest way."""
    exact = Fraction(RULES.base[job.trade].minor)
    exact *= (
        Fraction(13, 10) if job.is_urgent else Fraction(12, 10) if starts_local.date() == MONDAY.date() else 1
    )
    exact *= Fraction(15, 10) if job.faults > 1 else 1
    exact *= Fraction(12, 10) if job.words > 200 else 1
    exact *= Fraction(11, 10) if is_evening(RULES, starts_local) else 1
    return exact + job.parts.minor


@pytest.mark.row("A125")
@given(works, times)
def test_the_lines_add_up_to_the_price_to_the_kopeck(job: Work, starts_local: datetime) -> None:
    found = quote(RULES, job, starts_local=starts_local, now_local=MONDAY)

    assert sum(line.amount.minor for line in found.lines) == found.price.minor
    assert found.lines[0].label == "price-base"
    assert all(line.amount for line in found.lines)


@pytest.mark.row("A123")
@given(works, times)
def test_a_price_is_the_nearest_hundred_and_a_half_goes_up(job: Work, starts_local: datetime) -> None:
    found = quote(RULES, job, starts_local=starts_local, now_local=MONDAY)
    exact = exact_price(job, starts_local)

    assert found.price.minor % 10_000 == 0
    assert -5_000 < found.price.minor - exact <= 5_000


@pytest.mark.row("K60")
@given(works, times)
def test_the_range_is_seven_per_cent_around_the_price_in_hundreds(job: Work, starts_local: datetime) -> None:
    found = quote(RULES, job, starts_local=starts_local, now_local=MONDAY)

    assert found.low <= found.price <= found.high
    for bound, share in ((found.low, 93), (found.high, 107)):
        assert bound.minor % 10_000 == 0
        assert abs(100 * bound.minor - share * found.price.minor) <= 100 * 5_000


@pytest.mark.row("K87")
@given(works, times)
def test_the_indicative_range_holds_every_time_a_slot_may_have(job: Work, starts_local: datetime) -> None:
    told = indicative(RULES, job)
    found = quote(RULES, job, starts_local=starts_local, now_local=MONDAY)

    assert told.low <= found.low
    assert found.high <= told.high


def test_the_indicative_range_is_no_wider_than_the_cheapest_and_the_dearest_time() -> None:
    told = indicative(RULES, PLAIN)

    assert told.low == price(WEDNESDAY_NOON).low
    assert told.high == price(march(2, 19)).high
    assert told.price == price(WEDNESDAY_NOON).price


def test_a_price_stands_for_half_an_hour_and_each_answer_renews_it() -> None:
    said = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    assert valid_until(RULES, first_said=said, heard=said) == said + timedelta(minutes=30)
    later = said + timedelta(minutes=29)
    assert valid_until(RULES, first_said=said, heard=later) == later + timedelta(minutes=30)


def test_a_price_never_stands_longer_than_a_day() -> None:
    said = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    heard = said + timedelta(hours=23, minutes=45)

    assert valid_until(RULES, first_said=said, heard=heard) == said + timedelta(hours=24)
