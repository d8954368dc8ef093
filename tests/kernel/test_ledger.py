"""Double entry: whatever happens, the books sum to zero."""

import random
from collections import defaultdict

import pytest
from hypothesis import given, strategies as st

from core.kernel.ledger import (
    ENDING,
    Account,
    CashRules,
    Phase,
    Transfer,
    balances,
    end,
    methods,
    netted,
    settle,
)
from core.kernel.money import Currency, Money, Rate
from core.kernel.payment import Method
from core.kernel.refusal import StepNotAllowed
from core.kernel.settlement import SettlementRules, split

RULES = SettlementRules(fee=dict.fromkeys(Method, Rate(200)), master=Rate(7_500))
CASH = CashRules(debt_cap=Money(500_000, Currency.RUB))


def rub(minor: int) -> Money:
    return Money(minor, Currency.RUB)


def paid(minor: int, method: Method, master_id: str = "m1") -> tuple[Transfer, ...]:
    return settle(split(rub(minor), method, RULES), method=method, master_id=master_id)


def books(*transfers: Transfer) -> dict[str, int]:
    return {account: minor for (account, _), minor in balances(transfers).items()}


@pytest.mark.row("K2")
@pytest.mark.row("A83")
def test_after_cash_the_master_owes_fee_and_commission() -> None:
    assert books(*paid(300_000, Method.CASH)) == {
        Account.CLIENT: -300_000,
        Account.FEE: 6_000,
        Account.PLATFORM: 73_500,
        Account.master("m1"): -79_500,
        Account.CASH: 300_000,
    }


@pytest.mark.parametrize("method", [Method.CARD, Method.SBP])
def test_after_a_card_or_sbp_we_owe_the_master_his_share(method: Method) -> None:
    assert books(*paid(300_000, method))[Account.master("m1")] == 220_500


@pytest.mark.row("K2")
def test_a_debt_from_cash_is_netted_by_the_next_card() -> None:
    found = books(*paid(300_000, Method.CASH), *paid(300_000, Method.CARD))

    assert found[Account.master("m1")] == 220_500 - 79_500


@pytest.mark.row("L4")
@given(st.lists(st.tuples(st.integers(1, 10**8), st.sampled_from(Method), st.sampled_from("abc"))))
def test_the_books_sum_to_zero_whatever_is_paid(payments: list[tuple[int, Method, str]]) -> None:
    transfers = [one for payment in payments for one in paid(*payment)]

    assert sum(balances(transfers).values()) == 0
    assert -balances(transfers).get((Account.CLIENT, Currency.RUB), 0) == sum(minor for minor, *_ in payments)


@pytest.mark.row("L4")
def test_a_million_transfers_of_all_phases_do_not_drift() -> None:
    chance = random.Random(8026)
    accounts = [Account.CLIENT, Account.PLATFORM, *(Account.master(str(number)) for number in range(50))]
    expected: dict[str, int] = defaultdict(int)
    done: list[Transfer] = []
    while len(done) < 10**6:
        debit, credit = chance.sample(accounts, 2)
        amount = rub(chance.randint(1, 10**8))
        phase = chance.choice((Phase.POSTED, Phase.PENDING))
        transfer = Transfer("commission", debit, credit, amount, phase)
        moved = transfer
        done.append(transfer)
        if phase is Phase.PENDING:
            moved = end(transfer, chance.choice((Phase.POST, Phase.VOID, Phase.EXPIRE)))
            done.append(moved)
        if moved.phase in (Phase.POSTED, Phase.POST):
            expected[debit] -= amount.minor
            expected[credit] += amount.minor
    found = balances(done)

    assert sum(found.values()) == 0
    assert {account: minor for (account, _), minor in found.items()} == dict(expected)


@pytest.mark.parametrize(
    ("debit", "credit", "minor"),
    [("a", "a", 1), ("a", "b", 0), ("a", "b", -1)],
    ids=["itself", "nothing", "less"],
)
def test_what_moves_nothing_is_no_transfer(debit: str, credit: str, minor: int) -> None:
    with pytest.raises(ValueError, match="a transfer"):
        Transfer("fee", debit, credit, rub(minor))


def test_a_share_of_nothing_is_not_transferred() -> None:
    assert [one.kind for one in paid(1, Method.CASH)] == ["earning", "cash_taken"]


# Two phases


HELD = Transfer("commission", "client", "platform", Money(1_000, Currency.RUB), Phase.PENDING)


def test_what_is_held_has_not_moved() -> None:
    assert books(HELD) == {}


@pytest.mark.parametrize("phase", [Phase.VOID, Phase.EXPIRE])
def test_what_is_let_go_never_moves(phase: Phase) -> None:
    assert books(HELD, end(HELD, phase)) == {}


def test_what_is_posted_moves_once() -> None:
    assert books(HELD, end(HELD, Phase.POST)) == {"client": -1_000, "platform": 1_000}


def test_less_than_was_held_may_be_posted_but_not_more() -> None:
    assert end(HELD, Phase.POST, amount=rub(400)).amount == rub(400)
    with pytest.raises(StepNotAllowed):
        end(HELD, Phase.POST, amount=rub(1_001))


@pytest.mark.parametrize("ended", sorted(ENDING))
@pytest.mark.parametrize("phase", list(Phase))
def test_what_has_ended_is_never_ended_again(ended: Phase, phase: Phase) -> None:
    with pytest.raises(StepNotAllowed):
        end(HELD, phase, ended=ended)


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("held_phase", list(Phase))
def test_only_what_is_pending_can_be_ended_and_only_by_an_ending(held_phase: Phase, phase: Phase) -> None:
    transfer = Transfer("fee", "client", "fee", rub(5), held_phase)
    if held_phase is Phase.PENDING and phase in ENDING:
        assert end(transfer, phase).phase is phase
    else:
        with pytest.raises(StepNotAllowed):
            end(transfer, phase)


# Ways to pay


@pytest.mark.row("K2")
@pytest.mark.parametrize(
    ("debt", "is_open"), [(0, True), (499_999, True), (500_000, False), (600_000, False)]
)
def test_cash_closes_at_the_debt_cap(debt: int, is_open: bool) -> None:
    found = methods(gateways=(Method.SBP, Method.CARD), debt=rub(debt), rules=CASH)

    assert (Method.CASH in found) is is_open
    assert found[-2:] == (Method.CARD, Method.SBP)


def test_a_card_needs_a_gateway() -> None:
    assert methods(gateways=(), debt=rub(0), rules=CASH) == (Method.CASH,)
    assert methods(gateways=(), debt=rub(500_000), rules=CASH) == ()


@given(st.integers(0, 10**8), st.integers(0, 10**8))
def test_netting_loses_nothing_and_never_takes_more_than_is_due(owed: int, due: int) -> None:
    paid_out, left = netted(rub(owed), rub(due))

    assert paid_out - left == rub(due) - rub(owed)
    assert paid_out.minor >= 0
    assert left.minor >= 0
    assert not (paid_out and left)
