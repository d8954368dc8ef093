"""The life of a payment, and which amounts are believed."""

import itertools

import pytest
from hypothesis import given, strategies as st

from core.kernel.money import Currency, Money
from core.kernel.payment import (
    FINAL,
    OPEN,
    STEPS,
    AmountRules,
    PaymentAction,
    PaymentState,
    change_of,
    check_amount,
    needs_consent,
    step,
)
from core.kernel.refusal import AmountAbsurd, CashTooLittle, StepNotAllowed

RULES = AmountRules(amount_max_minor=10**8)
PROMISED = {
    "ask": ("created", "awaiting_consent"),
    "agree": ("awaiting_consent", "created"),
    "charge": ("created pending", "pending"),  # again: the client takes another method
    "lose": ("pending", "unknown"),
    "find": ("unknown", "pending"),
    "succeed": ("created pending unknown", "succeeded"),
    "fail": ("created awaiting_consent pending unknown", "failed"),
    "cancel": ("created awaiting_consent pending unknown", "cancelled"),
}


def rub(minor: int) -> Money:
    return Money(minor, Currency.RUB)


@pytest.mark.parametrize(("state", "action"), list(itertools.product(PaymentState, PaymentAction)))
def test_every_pair_is_a_promised_step_or_a_refusal(state: PaymentState, action: PaymentAction) -> None:
    sources, to = PROMISED[action]
    if state in sources.split():
        assert step(state, action) == to
    else:
        with pytest.raises(StepNotAllowed):
            step(state, action)


def test_a_payment_is_open_or_has_ended() -> None:
    assert set(PaymentState) == OPEN | FINAL
    assert not OPEN & FINAL
    assert {state for state, _ in STEPS} == OPEN


def test_without_the_clients_word_nothing_is_paid() -> None:
    assert (PaymentState.AWAITING_CONSENT, PaymentAction.SUCCEED) not in STEPS
    assert (PaymentState.AWAITING_CONSENT, PaymentAction.CHARGE) not in STEPS


@pytest.mark.parametrize("minor", [0, -1, 10**8 + 1, 10**12])
def test_an_absurd_amount_is_refused(minor: int) -> None:
    with pytest.raises(AmountAbsurd):
        check_amount(rub(minor), RULES)


@pytest.mark.parametrize("minor", [1, 10**8])
def test_an_amount_up_to_the_limit_is_believed(minor: int) -> None:
    check_amount(rub(minor), RULES)


@pytest.mark.parametrize(
    ("minor", "is_needed"),
    [(279_999, True), (280_000, False), (300_000, False), (320_000, False), (320_001, True)],
)
def test_an_amount_outside_the_quoted_range_needs_the_clients_tap(minor: int, is_needed: bool) -> None:
    assert needs_consent(rub(minor), rub(280_000), rub(320_000)) is is_needed


@given(st.integers(1, 10**8), st.integers(1, 10**8))
def test_cash_gives_change_or_is_too_little(amount: int, received: int) -> None:
    if received < amount:
        with pytest.raises(CashTooLittle) as refused:
            change_of(rub(amount), rub(received))
        assert refused.value.facts == {"amount": rub(amount), "received": rub(received)}
    else:
        assert change_of(rub(amount), rub(received)) + rub(amount) == rub(received)
