"""Each promise of `home_services.toml` (contracts, section 6)."""

import tomllib
from datetime import time, timedelta
from fractions import Fraction
from importlib.resources import files
from typing import Any

import pytest
from pydantic import ValidationError

from core.kernel.job import FINAL, JobAction, JobState, reachable
from core.kernel.money import Currency, Money, Rate
from core.kernel.payment import Method
from core.markets.policy import Market, load_market
from core.meaning import Trade

HOME = load_market("home_services")


def rub(rubles: int) -> Money:
    return Money(rubles * 100, Currency.RUB)


def raw() -> dict[str, Any]:
    return tomllib.loads(files("core.markets").joinpath("home_services.toml").read_text("utf-8"))


# Prices


@pytest.mark.row("A116")
def test_base_prices() -> None:
    assert HOME.quote_rules.base == {
        Trade.ELECTRICAL: rub(1500),
        Trade.PLUMBING: rub(1800),
        Trade.APPLIANCE: rub(2000),
        Trade.GENERAL: rub(1200),
    }


@pytest.mark.row("A117")
@pytest.mark.row("A118")
@pytest.mark.row("A119")
@pytest.mark.row("A120")
@pytest.mark.row("A122")
def test_factors() -> None:
    rules = HOME.quote_rules
    found = [rules.urgent, rules.today, rules.long_words, rules.several, rules.evening]

    assert found == [Fraction(tenths, 10) for tenths in (13, 12, 12, 15, 11)]
    assert rules.long_words_over == 200


@pytest.mark.row("A123")
@pytest.mark.row("K60")
def test_prices_are_hundreds_and_the_range_is_seven_per_cent() -> None:
    assert HOME.quote_rules.step == rub(100)
    assert HOME.quote_rules.range_share == Fraction(7, 100)


@pytest.mark.row("K62")
def test_evening_is_from_18_to_8() -> None:
    assert (HOME.quote_rules.evening_from, HOME.quote_rules.evening_until) == (time(18), time(8))


def test_a_price_stands_for_30_minutes_and_at_most_a_day() -> None:
    assert HOME.quote_rules.valid_for == timedelta(minutes=30)
    assert HOME.quote_rules.valid_at_most == timedelta(hours=24)


# Times and offers


def test_slots_begin_in_an_hour_or_half_of_one_every_30_minutes_for_14_days() -> None:
    rules = HOME.slot_rules

    assert (rules.lead, rules.lead_urgent) == (timedelta(minutes=60), timedelta(minutes=30))
    assert (rules.step, rules.horizon, rules.travel) == (
        timedelta(minutes=30),
        timedelta(days=14),
        timedelta(minutes=30),
    )
    assert rules.alternatives in (2, 3)


def test_a_master_has_15_minutes_or_5_when_the_start_is_within_2_hours() -> None:
    rules = HOME.offer_rules

    assert (rules.stands, rules.stands_near, rules.near) == (
        timedelta(minutes=15),
        timedelta(minutes=5),
        timedelta(hours=2),
    )


@pytest.mark.row("K82")
def test_masters_are_left_in_peace_from_22_to_7() -> None:
    assert (HOME.offer_rules.quiet_from, HOME.offer_rules.quiet_until) == (time(22), time(7))


def test_a_queued_job_is_tried_every_10_minutes_and_a_master_is_late_after_30() -> None:
    assert (HOME.offer_rules.retry, HOME.offer_rules.late) == (timedelta(minutes=10), timedelta(minutes=30))


@pytest.mark.row("K4")
def test_a_newcomer_has_4_6_with_the_weight_of_5_and_distance_counts_in_half_kilometres() -> None:
    rules = HOME.match_rules

    assert (rules.prior_rating_tenths, rules.prior_weight, rules.distance_step_m) == (46, 5, 500)


def test_a_working_day_is_8_to_20_and_is_asked_about_at_7() -> None:
    rules = HOME.hours_rules

    assert (rules.day_from, rules.day_until, rules.asked_at) == (time(8), time(20), time(7))
    assert rules.silent_mornings_max == 2
    assert rules.days_ahead_max == 92


# Money


@pytest.mark.row("K2")
@pytest.mark.parametrize("method", Method)
def test_the_fee_is_two_per_cent_of_every_method(method: Method) -> None:
    assert HOME.settlement_rules.fee[method] == Rate(200)


@pytest.mark.row("K1")
def test_the_master_gets_75_per_cent_of_the_net() -> None:
    assert HOME.settlement_rules.master == Rate(7_500)
    assert HOME.settlement.mode == "terminal"


def test_a_link_is_paid_by_for_20_minutes_and_an_unknown_outcome_waits_for_10() -> None:
    assert HOME.charge.link_lives == timedelta(minutes=20)
    assert HOME.charge.unknown_at_most == timedelta(minutes=10)


def test_two_who_gave_each_other_two_stars_or_fewer_do_not_meet_again() -> None:
    assert HOME.rating.poor_stars == 2


@pytest.mark.row("K2")
def test_the_cash_debt_is_capped_at_5000() -> None:
    assert HOME.cash_rules.debt_cap == rub(5000)


def test_masters_are_paid_on_friday_at_10() -> None:
    assert (HOME.payout.weekday, HOME.payout.at) == (4, time(10))


def test_a_late_cancellation_costs_nothing_by_default() -> None:
    assert HOME.cancellation.call_out_minor == 0


# Limits


def test_limits() -> None:
    assert HOME.limits_rules.amount_max_minor == 10**8
    assert HOME.talk_rules.words_read == 4_000
    assert HOME.talk_rules.questions_max == 6
    assert HOME.limits.file_bytes_max == 20 * 2**20


def test_a_silent_talk_is_reminded_after_30_minutes_and_abandoned_after_a_day() -> None:
    assert HOME.talk_rules.remind_after == timedelta(minutes=30)
    assert HOME.talk_rules.abandon_after == timedelta(hours=24)


def test_demo_masters_act_5_to_20_seconds_apart() -> None:
    assert HOME.demo.pace_seconds == (5, 20)


# The job


@pytest.mark.row("K90")
def test_states_have_their_public_names() -> None:
    assert {state.value: HOME.public_name(state) for state in reachable(HOME.job_actions)} == {
        "draft": "requested",
        "quoted": "quoted",
        "open": "searching",
        "assigned": "accepted",
        "travelling": "travelling",
        "on_site": "on_site",
        "working": "working",
        "done": "done",
        "completed": "paid",
        "disputed": "disputed",
        "cancelled": "cancelled",
        "expired": "expired",
    }


@pytest.mark.parametrize("state", sorted(reachable(HOME.job_actions) - FINAL))
def test_a_job_of_this_market_can_end_from_everywhere(state: JobState) -> None:
    assert reachable(HOME.job_actions, start=state) & FINAL


def test_nothing_is_delivered_or_sent_back_here() -> None:
    assert set(JobAction) - HOME.job_actions == {
        JobAction.DELIVER,
        JobAction.SEND_BACK,
        JobAction.RULE_REWORK,
    }


# What is refused at start


def test_the_file_alone_is_a_market() -> None:
    assert Market.model_validate(raw()) == HOME


@pytest.mark.parametrize("section", [None, *(key for key, value in raw().items() if isinstance(value, dict))])
def test_a_misspelt_key_stops_the_start(section: str | None) -> None:
    misspelt = raw()
    (misspelt if section is None else misspelt[section])["prcie"] = 1

    with pytest.raises(ValidationError, match="prcie"):
        Market.model_validate(misspelt)


SECTIONS = [(section, key) for section, keys in raw().items() if isinstance(keys, dict) for key in keys]


@pytest.mark.parametrize(("section", "key"), SECTIONS)
def test_a_missing_key_stops_the_start(section: str, key: str) -> None:
    without = raw()
    del without[section][key]

    with pytest.raises(ValidationError, match=key):
        Market.model_validate(without)


@pytest.mark.parametrize(
    ("section", "key", "value", "complaint"),
    [
        ("settlement", "fee_bp", {"cash": 200, "card": 200}, "no fee for sbp"),
        ("settlement", "fee_bp", {"cash": -1, "card": 200, "sbp": 200}, "greater than or equal to 0"),
        ("settlement", "master_bp", 10_001, "less than or equal to 10000"),
        ("price", "base_minor", {"plumbing": 180_000}, "no base price for appliance, electrical"),
        ("price", "base_minor", {"electrical": 0}, "greater than 0"),
        ("price", "urgent_percent", 90, "greater than or equal to 100"),
        ("trades", "served", ["sorcery"], "Input should be"),
        ("job", "public", {"draft": "requested"}, "no public name for"),
        ("job", "steps", ["fly"], "Input should be"),
    ],
)
def test_a_wrong_value_stops_the_start(section: str, key: str, value: object, complaint: str) -> None:
    wrong = raw()
    wrong[section][key] = value

    with pytest.raises(ValidationError, match=complaint):
        Market.model_validate(wrong)


def test_a_market_never_changes() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        HOME.name = "another"  # type: ignore[misc]
