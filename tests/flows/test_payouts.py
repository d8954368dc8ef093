"""Friday: what a master has with us reaches him once, whatever happens on the way."""

from dataclasses import replace

import pytest

from core.flows.tx import Tx
from core.kernel.charge import ChargeState, RefundState
from storage.tables import PayoutRow
from tests.flows.till import OWNER, Till

FRIDAY = "2026-03-06"


async def earned(till: Till) -> int:
    """A job is paid by card; returns what the master earned."""
    job_id = await till.done_job()
    payment_id, charge_id = await till.charge(job_id)
    await till.told(charge_id, ChargeState.PAID)
    return (await till.payment(payment_id)).master_minor


async def payout(till: Till, day: str = FRIDAY, master: str = "boris") -> list[PayoutRow]:
    receipt = await till.intake.put(
        lane=f"master:{master}",
        key=f"payout:{master}:{day}",
        kind="payout",
        payload={"master_id": master, "day": day},
    )
    await till.drain()
    assert (await till.outcome(receipt.id)).status == "ok"
    return await till.all(PayoutRow)


@pytest.mark.row("A87")
async def test_a_positive_balance_is_paid_out_once(till: Till) -> None:
    amount = await earned(till)
    (paid,) = await payout(till)
    await payout(till)  # the same Friday again
    await payout(till, "2026-03-13")  # nothing is left
    assert (paid.state, paid.amount_minor, paid.goes_to["phone"][:5]) == ("done", amount, "+7911")
    assert till.paymaster.sent.total() == 1
    balances = await till.balances()
    assert "master:boris" not in balances
    assert balances["bank"] == amount
    assert (await till.heard("talk-boris"))[-2:] == ["master-payout-sent", "master-payout-done"]


@pytest.mark.row("K2")
async def test_what_he_owes_from_cash_is_netted(till: Till) -> None:
    amount = await earned(till)
    await till.do(lambda tx: _owe(tx, amount - 500))
    (paid,) = await payout(till)
    assert paid.amount_minor == 500


async def _owe(tx: Tx, minor: int) -> None:
    tx.transfer(kind="cash_taken", debit="master:boris", credit="cash", amount_minor=minor, currency="RUB")


async def test_a_debt_is_not_paid_out(till: Till) -> None:
    await till.master("boris")
    await till.do(lambda tx: _owe(tx, 500))
    assert await payout(till) == []


@pytest.mark.parametrize("faults", [["lost"], ["down"], ["down", "lost"], ["slow"]])
async def test_nothing_is_paid_twice_whatever_happens_on_the_way(till: Till, faults: list[str]) -> None:
    amount = await earned(till)
    till.paymaster.faults = list(faults)
    (paid,) = await payout(till)
    assert paid.state in ("asked", "pending")
    await payout(till, "2026-03-07")  # what is on its way is not there to be paid again
    for id, known in till.paymaster.payouts.items():
        till.paymaster.payouts[id] = replace(known, state=RefundState.DONE)
    await till.wait(minutes=30)
    (paid,) = await till.all(PayoutRow)
    assert (paid.state, till.paymaster.sent.total()) == ("done", 1)
    assert (await till.balances())["bank"] == amount


async def test_a_refused_payout_leaves_the_money_with_him(till: Till) -> None:
    amount = await earned(till)
    till.paymaster.faults = ["no"]
    (paid,) = await payout(till)
    assert paid.state == "failed"
    assert (await till.balances())["master:boris"] == amount
    assert (await till.heard("talk-boris"))[-1] == "master-payout-failed"
    assert len(await payout(till, "2026-03-13")) == 2
    assert "master:boris" not in await till.balances()


async def test_a_payout_by_file_waits_for_the_owners_word(till: Till) -> None:
    till.payout_rules = replace(till.payout_rules, by_hand=True, paymaster="file")
    till.pump = till.another_pump()
    await earned(till)
    (paid,) = await payout(till)
    assert (paid.state, till.paymaster.sent.total()) == ("asked", 0)
    for _ in range(2):  # said twice is fine
        receipt = await till.intake.put(
            lane="master:boris",
            key=f"end:{_}",
            kind="payout-end",
            payload={"master_id": "boris", "payout_id": paid.id, "is_done": True, "actor": OWNER},
        )
        await till.drain()
        assert (await till.outcome(receipt.id)).facts["status"] == "done"
    assert "master:boris" not in await till.balances()
