"""An amount outside the quoted range is taken in no way before the client's own tap."""

import pytest

from core.flows import payments
from core.flows.tx import Tx
from core.kernel.charge import ChargeState
from storage.tables import JobRow, PaymentRow
from tests.flows.till import Till


async def opened(till: Till, job_id: str, *, beyond: int) -> str:
    """Open a payment this far above the range, or below if less than nothing."""
    job = await till.job(job_id)
    edge = (job.high_minor if beyond > 0 else job.low_minor) or 0
    return await till.open_payment(job_id, amount_minor=edge + beyond)


async def answer(till: Till, payment_id: str, *, is_agreed: bool) -> None:
    """The client presses yes or no."""

    async def press(tx: Tx) -> None:
        payment = await tx.get(PaymentRow, payment_id)
        assert payment is not None
        job = await tx.get(JobRow, payment.job_id)
        assert job is not None
        await payments.agree(tx, payment=payment, job=job, is_agreed=is_agreed, actor="client:anna")

    assert (await till.do(press)).status == "ok"


@pytest.mark.row("A75")
@pytest.mark.row("K64")
@pytest.mark.row("L3")
@pytest.mark.parametrize("beyond", [100, -100])
@pytest.mark.parametrize("kind", ["payment-charge", "payment-cash"])
async def test_before_the_clients_word_nothing_is_taken(till: Till, beyond: int, kind: str) -> None:
    job_id = await till.done_job()
    payment_id = await opened(till, job_id, beyond=beyond)
    outcome = await till.letter(
        kind, job_id, payment_id=payment_id, method="card", amount_received_minor=10**7
    )
    assert outcome.facts["name"] == "ConsentNeeded"
    assert till.gateway.asked["charge"] == 0
    assert (await till.heard("talk-anna"))[-1] == "client-payment-consent"
    assert await till.balances() == {}


@pytest.mark.row("K64")
async def test_with_his_word_the_new_amount_is_charged(till: Till) -> None:
    job_id = await till.done_job()
    payment_id = await opened(till, job_id, beyond=5_000)
    await answer(till, payment_id, is_agreed=True)
    await till.letter("payment-charge", job_id, payment_id=payment_id, method="card")
    payment = await till.payment(payment_id)
    assert payment.charge_id is not None
    await till.told(payment.charge_id, ChargeState.PAID)
    assert (await till.balances())["client"] == -payment.amount_minor


@pytest.mark.row("K64")
async def test_with_his_no_the_old_price_stands(till: Till) -> None:
    job_id = await till.done_job()
    payment_id = await opened(till, job_id, beyond=5_000)
    await answer(till, payment_id, is_agreed=False)
    assert (await till.payment(payment_id)).state == "cancelled"
    again = await till.open_payment(job_id)
    assert (await till.payment(again)).amount_minor == (await till.job(job_id)).price_minor
