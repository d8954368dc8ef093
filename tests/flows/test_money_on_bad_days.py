"""What a provider may say at the worst moment: nothing is lost, doubled, buried or left hanging."""

import logging
from dataclasses import replace

import pytest
from sqlalchemy import select

from core.flows.tx import Tx
from core.kernel.charge import ChargeState, RefundState
from core.kernel.money import Currency, Money
from core.kernel.payment import Method
from storage.engine import readers
from storage.tables import EffectRow, EffectStatus, JobRow, LetterRow, LetterStatus, PayoutRow, TicketRow
from tests.databases import only_sqlite
from tests.flows.till import OWNER, Till

PAID, HELD, FAILED = ChargeState.PAID, ChargeState.HELD, ChargeState.FAILED


async def buried(till: Till) -> list[str]:
    """Return the kinds of dead letters and dead effects; there must be none."""
    async with readers(till.engine)() as session:
        letters = select(LetterRow.kind).where(LetterRow.status == LetterStatus.DEAD)
        effects = select(EffectRow.kind).where(EffectRow.status == EffectStatus.DEAD)
        return [*(await session.scalars(letters)), *(await session.scalars(effects))]


async def paid(till: Till) -> tuple[str, str, str]:
    """Return a job that is paid by card, its payment and its charge."""
    job_id = await till.done_job()
    payment_id, charge_id = await till.charge(job_id)
    await till.told(charge_id, PAID)
    return job_id, payment_id, charge_id


async def put_payout(till: Till, day: str) -> None:
    payload = {"master_id": "boris", "day": day}
    await till.intake.put(lane="master:boris", key=f"payout:boris:{day}", kind="payout", payload=payload)


async def put_state(till: Till, job_id: str, state: str) -> None:
    """Somebody disputes a job, or the owner rules."""

    async def change(tx: Tx) -> None:
        job = await tx.get(JobRow, job_id)
        assert job is not None
        job.state = state

    assert (await till.do(change)).status == "ok"


async def tickets(till: Till) -> list[TicketRow]:
    return [row for row in await till.all(TicketRow) if row.kind == "money"]


# Silence after the end


@only_sqlite
async def test_a_provider_that_falls_silent_after_a_payment_buries_nothing(till: Till) -> None:
    _, payment_id, charge_id = await paid(till)
    till.gateway.faults["read"] = ["down", "unheard"]
    await till.told(charge_id)
    await till.told(charge_id)
    assert await buried(till) == []
    assert (await till.payment(payment_id)).state == "succeeded"


@only_sqlite
@pytest.mark.parametrize("last", [RefundState.DONE, RefundState.FAILED])
async def test_a_provider_that_falls_silent_after_a_refund_buries_nothing(
    till: Till, last: RefundState
) -> None:
    job_id, payment_id, _ = await paid(till)
    till.gateway.faults["refund"] = ["slow"]
    await till.letter("refund", job_id, payment_id=payment_id)
    (refund,) = await till.refunds()
    await till.notice(refund.id, subject="refund")
    till.gateway.refunds[refund.id] = replace(till.gateway.refunds[refund.id], state=last)
    till.gateway.faults["read_refund"] = ["", "down"]
    for number in range(2):  # two readings wait in the lane, the second one is not answered
        await till.intake.put(
            lane=f"job:{job_id}",
            key=f"again:{number}",
            kind="refund-poll",
            payload={"refund_id": refund.id, "payment_id": payment_id, "job_id": job_id, "polls": 0},
        )
        await till.pump.tick()
    await till.drain()
    assert await buried(till) == []
    assert [row.state for row in await till.refunds()] == [last]


@only_sqlite
async def test_a_paymaster_that_falls_silent_after_a_payout_buries_nothing(till: Till) -> None:
    await paid(till)
    till.paymaster.faults = ["slow"]
    await put_payout(till, "2026-03-06")
    await till.drain()
    (payout,) = await till.all(PayoutRow)
    known = till.paymaster.payouts[payout.id]
    till.paymaster.payouts[payout.id] = replace(known, state=RefundState.DONE)
    for number in range(2):
        await till.intake.put(
            lane="master:boris",
            key=f"again:{number}",
            kind="payout-poll",
            payload={"payout_id": payout.id, "master_id": "boris", "polls": 0},
        )
        await till.pump.tick()
    till.paymaster.read_faults = ["", "down"]
    await till.drain()
    assert await buried(till) == []
    (payout,) = await till.all(PayoutRow)
    assert payout.state == "done"


@only_sqlite
async def test_what_has_failed_is_not_asked_again_by_a_reading_that_waits(till: Till) -> None:
    job_id, payment_id, _ = await paid(till)
    till.gateway.keeps_failed = till.paymaster.keeps_failed = False
    till.gateway.faults["refund"] = ["down", "no"]
    till.paymaster.faults = ["no"]
    await till.letter("refund", job_id, payment_id=payment_id, amount_minor=100)
    await put_payout(till, "2026-03-06")
    while await till.pump.tick():
        pass
    till.clock.advance(seconds=20)  # nobody was there all the while, and the polls are due as well
    while await till.pump.tick():
        pass
    for _ in range(4):
        await till.courier.tick()
        till.clock.advance(seconds=2)
    await till.wait(minutes=20)
    assert [row.state for row in (*await till.refunds(), *await till.all(PayoutRow))] == ["failed"] * 2
    assert (till.gateway.refunds, till.paymaster.sent.total()) == ({}, 0)


# Refusals change nothing


@only_sqlite
async def test_too_little_cash_leaves_the_card_as_it_was(
    till: Till, caplog: pytest.LogCaptureFixture
) -> None:
    job_id = await till.done_job()
    payment_id, charge_id = await till.charge(job_id)
    with caplog.at_level(logging.ERROR):
        outcome = await till.letter("payment-cash", job_id, payment_id=payment_id, amount_received_minor=1)
    assert outcome.facts["name"] == "CashTooLittle"
    assert "refused_after_change" not in caplog.text
    assert (await till.payment(payment_id)).charge_id == charge_id


@only_sqlite
@pytest.mark.parametrize("kind", ["payment-cash", "payment-charge"])
async def test_a_disputed_job_takes_no_money(till: Till, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    job_id = await till.done_job()
    payment_id = await till.open_payment(job_id)
    await put_state(till, job_id, "disputed")
    how = {"amount_received_minor": 10**6} if kind == "payment-cash" else {"method": "card"}
    with caplog.at_level(logging.ERROR):
        outcome = await till.letter(kind, job_id, payment_id=payment_id, **how)
    assert (outcome.status, outcome.facts.get("name")) == ("refusal", "StepNotAllowed")
    assert till.gateway.asked["charge"] == 0
    assert "refused_after_change" not in caplog.text


@only_sqlite
@pytest.mark.parametrize("ruling", ["cancelled", "done"])
async def test_a_payment_of_a_disputed_job_is_not_left_hanging(till: Till, ruling: str) -> None:
    job_id = await till.done_job()
    payment_id = await till.open_payment(job_id)
    await put_state(till, job_id, "disputed")
    await till.wait(hours=3)
    await put_state(till, job_id, ruling)
    await till.wait(hours=3)
    assert not await till.stuck()
    assert (await till.payment(payment_id)).state == ("created" if ruling == "done" else "cancelled")


async def test_the_charge_of_a_job_that_is_ruled_off_is_let_go(till: Till) -> None:
    job_id = await till.done_job()
    _, charge_id = await till.charge(job_id)
    await put_state(till, job_id, "disputed")
    await put_state(till, job_id, "cancelled")
    await till.told(charge_id, PAID)  # before anybody has looked at the payment again
    assert await till.balances() == {}
    assert [(row.state, row.is_surplus) for row in await till.refunds()] == [("done", True)]


# What is told is not what was asked


@only_sqlite
async def test_another_sum_that_is_held_is_let_go_and_the_payment_fails(till: Till) -> None:
    till.gateway.two_stage = frozenset({Method.CARD})
    till.pump = till.another_pump()
    payment_id, charge_id = await till.charge(await till.done_job())
    await till.told(charge_id, HELD, amount=Money(100, Currency.RUB))
    assert (await till.charge_row(charge_id)).state == "cancelled"
    payment = await till.payment(payment_id)
    assert (payment.state, payment.reason) == ("failed", "amount_mismatch")
    assert (await till.heard("talk-boris"))[-1] == "master-charge-failed"
    assert await till.balances() == {}


@only_sqlite
@pytest.mark.row("L19")
@pytest.mark.parametrize("state", [PAID, HELD, FAILED])
async def test_the_answer_about_another_order_is_not_believed(till: Till, state: ChargeState) -> None:
    payment_id, charge_id = await till.charge(await till.done_job())
    known = till.gateway.charges[charge_id]
    till.gateway.charges[charge_id] = replace(known, state=state, order_id="another")
    await till.notice(charge_id)
    assert (await till.payment(payment_id)).state == "unknown"
    assert await till.balances() == {}
    till.gateway.charges[charge_id] = replace(known, state=PAID)
    await till.wait(minutes=1)
    assert (await till.payment(payment_id)).state == "succeeded"


@only_sqlite
async def test_paid_nothing_is_before_the_owner(till: Till) -> None:
    payment_id, charge_id = await till.charge(await till.done_job())
    await till.told(charge_id, PAID, amount=Money(0, Currency.RUB))
    assert await buried(till) == []
    assert (await till.payment(payment_id)).state == "failed"
    assert len(await tickets(till)) == 1
    assert await till.balances() == {}


async def test_the_strangest_words_of_a_provider_stop_nothing(till: Till) -> None:
    payment_id, charge_id = await till.charge(await till.done_job())
    known = till.gateway.charges[charge_id]
    raw = {"note": "a\x00b \ud83d c", "a\x00key": ["\udc00"]}
    till.gateway.charges[charge_id] = replace(known, state=FAILED, reason="нет\x00" * 100, raw=raw)
    await till.notice(charge_id)
    assert await buried(till) == []
    assert (await till.payment(payment_id)).state == "failed"


async def test_long_words_about_a_refund_and_a_payout_stop_nothing(till: Till) -> None:
    job_id, payment_id, _ = await paid(till)
    till.gateway.faults["refund"] = ["slow"]
    await till.letter("refund", job_id, payment_id=payment_id, amount_minor=100)
    (refund,) = await till.refunds()
    known = till.gateway.refunds[refund.id]
    till.gateway.refunds[refund.id] = replace(known, state=RefundState.FAILED, reason="нет" * 100)
    till.paymaster.faults = ["slow"]
    await put_payout(till, "2026-03-06")
    await till.drain()
    (payout,) = await till.all(PayoutRow)
    sent = till.paymaster.payouts[payout.id]
    till.paymaster.payouts[payout.id] = replace(sent, state=RefundState.FAILED, reason="нет" * 100)
    await till.wait(minutes=2)
    assert await buried(till) == []
    assert [row.state for row in (*await till.refunds(), *await till.all(PayoutRow))] == ["failed"] * 2


# Several letters at once


async def test_two_paydays_in_one_group_pay_once(till: Till) -> None:
    _, payment_id, _ = await paid(till)
    await put_payout(till, "2026-03-06")
    await put_payout(till, "2026-03-13")
    await till.drain()
    payouts = await till.all(PayoutRow)
    assert sum(row.amount_minor for row in payouts) == (await till.payment(payment_id)).master_minor
    assert till.paymaster.sent.total() == 1


@only_sqlite
async def test_a_payday_in_the_group_that_ends_another_pays_what_is_left(till: Till) -> None:
    till.payout_rules = replace(till.payout_rules, by_hand=True, paymaster="file")
    till.pump = till.another_pump()
    _, payment_id, _ = await paid(till)
    await put_payout(till, "2026-03-06")
    await till.drain()
    (first,) = await till.all(PayoutRow)

    async def more(tx: Tx) -> None:
        tx.transfer(kind="earning", debit="client", credit="master:boris", amount_minor=700, currency="RUB")

    await till.do(more)
    payload = {"master_id": "boris", "payout_id": first.id, "is_done": True, "actor": OWNER}
    await till.intake.put(lane="master:boris", key="end", kind="payout-end", payload=payload)
    await put_payout(till, "2026-03-13")
    await till.drain()
    assert sorted(row.amount_minor for row in await till.all(PayoutRow)) == [
        700,
        (await till.payment(payment_id)).master_minor,
    ]


async def test_two_whole_refunds_in_one_group_give_back_once(till: Till) -> None:
    job_id, payment_id, _ = await paid(till)
    for number in range(2):
        await till.intake.put(
            lane=f"job:{job_id}",
            key=f"refund:{number}",
            kind="refund",
            payload={"job_id": job_id, "payment_id": payment_id, "actor": OWNER},
        )
    await till.drain()
    assert await buried(till) == []
    assert [row.state for row in await till.refunds()] == ["done"]
    assert (await till.balances()).get("client", 0) == 0


async def test_card_sbp_and_cash_pressed_at_once_take_the_money_once(till: Till) -> None:
    job_id = await till.done_job()
    payment_id = await till.open_payment(job_id)
    price = (await till.job(job_id)).price_minor
    presses: tuple[tuple[str, dict[str, object]], ...] = (
        ("payment-charge", {"method": "card"}),
        ("payment-charge", {"method": "sbp"}),
        ("payment-charge", {"method": "card"}),
        ("payment-cash", {"amount_received_minor": price}),
    )
    for number, (kind, how) in enumerate(presses):
        payload = {"job_id": job_id, "actor": OWNER, "payment_id": payment_id, **how}
        await till.intake.put(lane=f"job:{job_id}", key=f"press:{number}", kind=kind, payload=payload)
    await till.drain()
    assert await buried(till) == []
    assert (await till.payment(payment_id)).method == "cash"
    assert {charge.state.value for charge in till.gateway.charges.values()} == {"cancelled"}
    assert (await till.balances())["cash"] == price


# Money that cannot go back, and providers that are gone


@only_sqlite
async def test_a_surplus_that_cannot_go_back_is_before_the_owner(till: Till) -> None:
    till.gateway.cancels = False
    job_id = await till.done_job()
    _, card = await till.charge(job_id)
    _, sbp = await till.charge(job_id, "sbp")
    await till.told(sbp, PAID)
    till.gateway.faults["refund"] = ["no"]
    await till.told(card, PAID)
    assert [row.state for row in await till.refunds()] == ["failed"]
    (ticket,) = await tickets(till)
    assert card in ticket.words
    assert (await till.balances())["suspense"] > 0


@only_sqlite
async def test_a_charge_that_never_ends_comes_before_the_owner(till: Till) -> None:
    payment_id, charge_id = await till.charge(await till.done_job())
    till.gateway.faults["read"] = ["down"] * 9
    till.clock.advance(hours=27)  # nobody was there, and the provider still says nothing
    await till.drain()
    (ticket,) = await tickets(till)
    assert charge_id in ticket.words
    assert (await till.payment(payment_id)).state == "pending"
    assert not await till.stuck()


@only_sqlite
async def test_the_charges_of_a_provider_that_was_taken_away_wait_for_it(till: Till) -> None:
    job_id, payment_id, _ = await paid(till)
    whole, till.courier = till.courier, till.another_courier(gateways={})
    await till.letter("refund", job_id, payment_id=payment_id)
    await till.wait(minutes=5)
    assert await buried(till) == []
    till.courier = whole
    await till.wait(minutes=20)
    assert [row.state for row in await till.refunds()] == ["done"]


@only_sqlite
@pytest.mark.parametrize("with_receipts", [False, True])
async def test_a_refund_bears_a_receipt_only_where_its_provider_prints_them(
    till: Till, with_receipts: bool
) -> None:
    till.with_receipts = with_receipts
    till.pump, till.courier = till.another_pump(), till.another_courier()
    job_id, payment_id, _ = await paid(till)
    await till.letter("refund", job_id, payment_id=payment_id)
    assert [order.receipt is not None for order in till.gateway.orders] == [with_receipts]
    assert [order.receipt is not None for order in till.gateway.refund_orders] == [with_receipts]
