"""Refunds undo a split to the kopeck, and never more than was paid."""

import pytest

from core.kernel.charge import ChargeState
from tests.flows.till import Till


async def paid(till: Till, method: str = "card") -> tuple[str, str, int]:
    """Return a paid job, its payment and its price."""
    job_id = await till.done_job()
    payment_id, charge_id = await till.charge(job_id, method)
    await till.told(charge_id, ChargeState.PAID)
    return job_id, payment_id, (await till.payment(payment_id)).amount_minor


async def test_a_whole_refund_leaves_the_platform_the_fee_to_bear(till: Till) -> None:
    job_id, payment_id, _ = await paid(till)
    outcome = await till.letter("refund", job_id, payment_id=payment_id, words="не понравилось")
    assert outcome.status == "ok"
    (refund,) = await till.refunds()
    assert refund.state == "done"
    payment = await till.payment(payment_id)
    assert await till.balances() == {"fee": payment.fee_minor, "platform": -payment.fee_minor}
    assert (await till.heard("talk-anna"))[-1] == "client-refunded"
    assert (await till.heard("talk-boris"))[-1] == "master-refunded"


@pytest.mark.parametrize("portions", [[100, 3_333, 77_777], [1, 1, 1], [149_999]])
async def test_partial_refunds_add_up(till: Till, portions: list[int]) -> None:
    job_id, payment_id, amount = await paid(till)
    for portion in portions:
        await till.letter("refund", job_id, payment_id=payment_id, amount_minor=portion)
    assert (await till.balances())["client"] == sum(portions) - amount
    await till.letter("refund", job_id, payment_id=payment_id)
    payment = await till.payment(payment_id)
    assert await till.balances() == {"fee": payment.fee_minor, "platform": -payment.fee_minor}


async def test_more_than_is_left_is_refused(till: Till) -> None:
    job_id, payment_id, amount = await paid(till)
    await till.letter("refund", job_id, payment_id=payment_id, amount_minor=amount - 100)
    outcome = await till.letter("refund", job_id, payment_id=payment_id, amount_minor=200)
    assert (outcome.status, outcome.facts["name"]) == ("refusal", "RefundTooLarge")


async def test_what_was_not_paid_is_not_given_back(till: Till) -> None:
    job_id = await till.done_job()
    payment_id = await till.open_payment(job_id)
    outcome = await till.letter("refund", job_id, payment_id=payment_id, amount_minor=100)
    assert outcome.facts["name"] == "NothingToRefund"


@pytest.mark.parametrize("fault", ["lost", "slow", "down"])
async def test_a_refund_is_done_once_whatever_happens_on_the_way(till: Till, fault: str) -> None:
    job_id, payment_id, amount = await paid(till)
    till.gateway.faults["refund"] = [fault]
    await till.letter("refund", job_id, payment_id=payment_id)
    (refund,) = await till.refunds()
    if fault == "slow":
        assert refund.state == "pending"
        till.gateway.refunds.clear()
    await till.wait(minutes=5)
    (refund,) = await till.refunds()
    assert refund.state == "done"
    assert (await till.balances()).get("client", 0) == 0
    assert refund.amount_minor == amount


async def test_a_refused_refund_moves_nothing_and_may_be_asked_again(till: Till) -> None:
    job_id, payment_id, amount = await paid(till)
    till.gateway.faults["refund"] = ["no"]
    await till.letter("refund", job_id, payment_id=payment_id)
    assert (await till.balances())["client"] == -amount
    await till.letter("refund", job_id, payment_id=payment_id)
    assert (await till.balances()).get("client", 0) == 0


async def test_cash_goes_back_by_hand_and_is_written_down_at_once(till: Till) -> None:
    job_id = await till.done_job()
    payment_id = await till.open_payment(job_id)
    price = (await till.job(job_id)).price_minor or 0
    await till.letter("payment-cash", job_id, payment_id=payment_id, amount_received_minor=price)
    await till.letter("refund", job_id, payment_id=payment_id)
    balances = await till.balances()
    assert balances["bank"] == price
    assert (await till.heard("talk-anna"))[-1] == "client-refunded-cash"
