"""Money: nothing is lost, halves go up, currencies do not mix."""

from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from core.kernel.money import BASIS_POINTS, Currency, Money, Rate, half_up

amounts = st.builds(Money, st.integers(0, 10**12), st.just(Currency.RUB))
balances = st.builds(Money, st.integers(-(10**12), 10**12), st.just(Currency.RUB))
rates = st.builds(Rate, st.integers(0, BASIS_POINTS))
factors = st.fractions(0, 10, max_denominator=1_000)


def rub(minor: int) -> Money:
    return Money(minor, Currency.RUB)


@given(amounts, rates)
def test_a_split_loses_nothing(amount: Money, rate: Rate) -> None:
    share, rest = amount.split(rate)

    assert share + rest == amount
    assert 0 <= share.minor <= amount.minor


@given(amounts, rates)
def test_a_share_is_never_half_a_unit_off(amount: Money, rate: Rate) -> None:
    share, _ = amount.split(rate)

    assert abs(share.minor * BASIS_POINTS - amount.minor * rate.bp) * 2 <= BASIS_POINTS


@given(amounts, factors)
def test_a_product_is_never_half_a_unit_off(amount: Money, factor: Fraction) -> None:
    assert -1 < 2 * (amount.minor * factor - (amount * factor).minor) < 1 or (
        2 * ((amount * factor).minor - amount.minor * factor) == 1  # a half went up
    )


@given(balances, st.integers(1, 10**6))
def test_a_rounded_amount_is_a_whole_number_of_steps_and_the_nearest(amount: Money, step: int) -> None:
    rounded = amount.rounded(rub(step))

    assert rounded.minor % step == 0
    assert 2 * abs(rounded.minor - amount.minor) <= step


@given(balances, balances)
def test_what_is_added_can_be_taken_away(one: Money, other: Money) -> None:
    assert one + other - other == one
    assert one - other == -(other - one)


@given(balances, balances)
def test_amounts_compare_as_their_minor_units(one: Money, other: Money) -> None:
    assert (one < other) == (one.minor < other.minor)
    assert (one >= other) == (one.minor >= other.minor)
    assert (one > other) == (other < one)


@pytest.mark.parametrize(
    ("value", "whole"),
    [(Fraction(1, 2), 1), (Fraction(-1, 2), 0), (Fraction(5, 2), 3), (Fraction(49, 100), 0)],
)
def test_a_half_goes_up(value: Fraction, whole: int) -> None:
    assert half_up(value) == whole


def test_nothing_is_false() -> None:
    assert not Money.zero(Currency.RUB)
    assert rub(-1)


def test_currencies_do_not_mix() -> None:
    tenge = Money(1, Currency.KZT)
    for act in (rub(1).__add__, rub(1).__sub__, rub(1).__lt__, rub(1).__ge__, rub(1).rounded):
        with pytest.raises(ValueError, match="with"):
            act(tenge)


@pytest.mark.parametrize("bp", [-1, BASIS_POINTS + 1])
def test_a_share_lies_between_nothing_and_the_whole(bp: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        Rate(bp)
