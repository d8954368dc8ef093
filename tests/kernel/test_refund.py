"""Refunds in whatever portions undo a split exactly."""

import pytest
from hypothesis import given, strategies as st

from core.kernel.ledger import Account, Transfer, balances, settle
from core.kernel.money import Currency, Money
from core.kernel.payment import Method
from core.kernel.refund import RefundRules, give_back, parts
from core.kernel.refusal import RefundTooLarge
from core.kernel.settlement import split
from core.markets.policy import load_market

RULES = load_market("home_services").settlement_rules


def rub(minor: int) -> Money:
    return Money(minor, Currency.RUB)


@pytest.mark.row("L4")
@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=8), st.sampled_from(Method), st.booleans())
def test_all_portions_together_leave_only_the_fee(
    portions: list[int], method: Method, fee_returned: bool
) -> None:
    whole, given = rub(sum(portions)), rub(0)
    moved: list[Transfer] = []
    for portion in portions:
        divided = parts(rub(portion), given_back=given, whole=whole, method=method, rules=RULES)
        assert divided.fee + divided.platform + divided.master == rub(portion)
        assert min(divided.fee.minor, divided.platform.minor, divided.master.minor) >= 0
        moved += give_back(divided, master_id="m", rules=RefundRules(fee_returned=fee_returned))
        given += rub(portion)
    paid = settle(split(whole, Method.CARD, RULES), method=Method.CARD, master_id="m")
    left = {account: minor for (account, _), minor in balances([*paid, *moved]).items() if minor}
    fee = split(whole, method, RULES).fee.minor
    borne = {} if fee_returned or not fee else {Account.FEE: fee, Account.PLATFORM: -fee}
    assert left == borne
    assert sum(left.values()) == 0


@pytest.mark.parametrize("asked", [0, -1, 101, 10**9])
def test_more_than_is_left_is_refused(asked: int) -> None:
    with pytest.raises(RefundTooLarge) as refused:
        parts(rub(asked), given_back=rub(900), whole=rub(1_000), method=Method.CARD, rules=RULES)
    assert refused.value.facts["left"] == rub(100)
