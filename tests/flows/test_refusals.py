"""A refusal is told in words: the state by its public name, a moment by its hour."""

from zoneinfo import ZoneInfo

import pytest

from core.flows.refusals import told_in_words
from core.kernel.job import JobState
from core.kernel.payment import Method, PaymentState
from core.kernel.refusal import OfferLapsed, QuoteExpired, Refusal, StepNotAllowed
from core.markets.policy import load_market
from core.text.catalogue import LANGUAGES, catalogue
from tests.fakes.clock import MORNING

HOME = load_market("home_services")
ZONE = ZoneInfo("Europe/Kaliningrad")


def words(refusal: Refusal, lang: str = "ru") -> str:
    facts = told_in_words(refusal, HOME)
    return catalogue().render(lang, refusal.template, facts, now=MORNING, zone=ZONE).text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("state", [state for state in JobState if state in HOME.job.public])
def test_every_state_of_a_job_is_told_in_words(state: JobState, lang: str) -> None:
    told = words(StepNotAllowed(state=state, action="finish"), lang)

    assert catalogue().line(lang, f"status-{HOME.public_name(state)}", now=MORNING, zone=ZONE) in told
    assert "_" not in told


@pytest.mark.parametrize("state", PaymentState)
def test_a_closed_payment_is_told_as_a_payment(state: PaymentState) -> None:
    assert "оплата закрыта" in words(StepNotAllowed(state=state, action=Method.CASH))


@pytest.mark.parametrize("refusal", [QuoteExpired(expired_at=MORNING), OfferLapsed(until=MORNING)])
def test_a_deadline_is_told_by_its_hour(refusal: Refusal) -> None:
    assert "до 11:00" in words(refusal)
