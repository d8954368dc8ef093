"""How a payment is divided: to the kopeck, for every amount."""

import pytest
from hypothesis import given, strategies as st

from core.kernel.money import Currency, Money, Rate
from core.kernel.payment import Method
from core.kernel.settlement import SettlementRules, split

RULES = SettlementRules(fee=dict.fromkeys(Method, Rate(200)), master=Rate(7_500))
methods = st.sampled_from(Method)


def rub(minor: int) -> Money:
    return Money(minor, Currency.RUB)


@pytest.mark.row("A81")
@pytest.mark.row("A82")
@pytest.mark.row("A83")
@pytest.mark.row("K1")
@pytest.mark.parametrize("method", Method)
def test_three_thousand_rubles_are_60_2940_735_and_2205(method: Method) -> None:
    parts = split(rub(300_000), method, RULES)

    assert (parts.fee.minor, parts.net.minor) == (6_000, 294_000)
    assert (parts.platform.minor, parts.master.minor) == (73_500, 220_500)


@pytest.mark.row("K3")
def test_every_amount_up_to_ten_thousand_rubles_is_divided_exactly() -> None:
    for minor in range(1, 10**6 + 1):
        parts = split(Money(minor, Currency.RUB), Method.CASH, RULES)
        assert parts.fee.minor + parts.platform.minor + parts.master.minor == minor
        assert parts.fee.minor == (minor * 2 + 50) // 100
        assert parts.master.minor == (parts.net.minor * 3 + 2) // 4


@pytest.mark.row("K3")
@given(st.integers(1, 10**9), methods)
def test_the_parts_are_the_whole_and_the_halves_go_to_fee_and_master(minor: int, method: Method) -> None:
    parts = split(rub(minor), method, RULES)

    assert parts.fee + parts.platform + parts.master == parts.amount == rub(minor)
    assert parts.fee + parts.net == parts.amount
    assert parts.fee.minor == (minor * 2 + 50) // 100
    assert parts.master.minor == (parts.net.minor * 3 + 2) // 4
    assert parts.platform.minor >= 0


@pytest.mark.row("K2")
def test_a_method_may_have_a_fee_of_its_own() -> None:
    free_cash = SettlementRules(fee={**RULES.fee, Method.CASH: Rate(0)}, master=RULES.master)

    assert split(rub(300_000), Method.CASH, free_cash).master == rub(225_000)
    assert split(rub(300_000), Method.CARD, free_cash).master == rub(220_500)


def test_a_kopeck_goes_to_the_master() -> None:
    parts = split(rub(1), Method.CASH, RULES)
    assert (parts.fee.minor, parts.platform.minor, parts.master.minor) == (0, 0, 1)
