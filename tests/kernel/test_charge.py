"""A charge goes forward only, whatever order its provider's words come in."""

import itertools

import pytest
from hypothesis import given, strategies as st

from core.kernel.charge import (
    ALIVE,
    REFUND_STEPS,
    ChargeState,
    RefundState,
    is_as_asked,
    is_news,
    step,
    takes_late,
)
from core.kernel.money import Currency, Money
from core.kernel.payment import PaymentState
from core.kernel.refusal import StepNotAllowed

_S = ChargeState
ORDER = {_S.ASKED: 0, _S.WAITING: 1, _S.HELD: 2, _S.FAILED: 3, _S.CANCELLED: 3, _S.PAID: 4}


@pytest.mark.parametrize(("known", "told"), list(itertools.product(ChargeState, ChargeState)))
def test_only_a_step_forward_is_news(known: ChargeState, told: ChargeState) -> None:
    assert is_news(known, told) is (ORDER[told] > ORDER[known])
    if is_news(known, told):
        assert step(known, told) is told
    else:
        with pytest.raises(StepNotAllowed):
            step(known, told)


def test_money_may_come_late_but_never_leaves_again() -> None:
    assert all(is_news(known, _S.PAID) for known in _S if known is not _S.PAID)
    assert not any(is_news(_S.PAID, told) for told in _S)
    assert {_S.PAID, _S.FAILED, _S.CANCELLED} == set(_S) - ALIVE


@given(st.lists(st.sampled_from(ChargeState)))
def test_in_whatever_order_it_is_told_the_furthest_word_stands(words: list[ChargeState]) -> None:
    known = _S.ASKED
    for told in words:
        known = step(known, told) if is_news(known, told) else known
    assert ORDER[known] == max((ORDER[word] for word in words), default=0)


def test_a_refund_that_has_ended_stays_so() -> None:
    assert not {source for source, _ in REFUND_STEPS} & {RefundState.DONE, RefundState.FAILED}


def test_another_currency_is_not_what_was_asked() -> None:
    assert is_as_asked(Money(1, Currency.RUB), Money(1, Currency.RUB))
    assert not is_as_asked(Money(1, Currency.RUB), Money(1, Currency.KZT))


@pytest.mark.parametrize("state", PaymentState)
def test_late_money_settles_what_waits_for_as_much(state: PaymentState) -> None:
    asked, other = Money(100, Currency.RUB), Money(101, Currency.RUB)
    waits = state in (PaymentState.CREATED, PaymentState.PENDING)

    assert takes_late(state, asked=asked, late=asked) is waits
    assert not takes_late(state, asked=asked, late=other)
