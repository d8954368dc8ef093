"""Cards and SBP: whatever a provider does, the money is taken once or given back, and the books balance."""

import pytest

from core.kernel.charge import ChargeState
from core.kernel.money import Currency, Money
from core.kernel.payment import Method
from tests.flows.till import Till

PAID, HELD, WAITING = ChargeState.PAID, ChargeState.HELD, ChargeState.WAITING
FAILED, CANCELLED = ChargeState.FAILED, ChargeState.CANCELLED


async def shares(till: Till, payment_id: str) -> dict[str, int]:
    """Return the balances that one settled payment leaves."""
    payment = await till.payment(payment_id)
    return {
        "client": -payment.amount_minor,
        "fee": payment.fee_minor,
        "platform": payment.platform_minor,
        "master:boris": payment.master_minor,
    }


@pytest.mark.row("A78")
@pytest.mark.row("A79")
@pytest.mark.parametrize("method", ["card", "sbp"])
async def test_a_charge_that_is_paid_settles_the_job(till: Till, method: str) -> None:
    job_id = await till.done_job()
    payment_id, charge_id = await till.charge(job_id, method)
    assert (await till.payment(payment_id)).state == "pending"
    assert "client-pay-link" in await till.heard("talk-anna")

    await till.told(charge_id, PAID)

    assert (await till.payment(payment_id)).state == "succeeded"
    assert (await till.job(job_id)).state == "completed"
    assert (await till.heard("talk-boris"))[-2:] == ["master-earned", "master-friday"]
    assert (await till.heard("talk-anna"))[-1] == "client-receipt"
    assert await till.balances() == await shares(till, payment_id)


@pytest.mark.row("L19")
async def test_a_notice_alone_moves_nothing(till: Till) -> None:
    payment_id, charge_id = await till.charge(await till.done_job())
    await till.told(charge_id)  # the provider itself says it still waits
    await till.notice("nobody's")
    await till.notice(charge_id, provider="other")
    assert (await till.payment(payment_id)).state == "pending"
    assert await till.balances() == {}


@pytest.mark.row("A107")
async def test_five_notices_settle_once(till: Till) -> None:
    payment_id, charge_id = await till.charge(await till.done_job())
    await till.told(charge_id, PAID)
    for _ in range(4):
        await till.told(charge_id)
    assert await till.balances() == await shares(till, payment_id)
    assert (await till.heard("talk-anna")).count("client-receipt") == 1


async def test_without_a_notice_the_poll_finds_the_money(till: Till) -> None:
    payment_id, charge_id = await till.charge(await till.done_job())
    till.gateway.put(charge_id, PAID)
    await till.wait(seconds=12)
    assert (await till.payment(payment_id)).state == "succeeded"


async def test_a_notice_before_the_answer_settles_once(till: Till) -> None:
    job_id = await till.done_job()
    till.gateway.faults["charge"] = ["lost"]  # it was made, the client paid, the answer never came
    payment_id, charge_id = await till.charge(job_id)
    await till.told(charge_id, PAID)
    await till.wait(seconds=10)
    assert (await till.payment(payment_id)).state == "succeeded"
    assert await till.balances() == await shares(till, payment_id)


@pytest.mark.row("A80")
async def test_a_declined_card_is_told_and_cash_settles(till: Till) -> None:
    job_id = await till.done_job()
    payment_id, charge_id = await till.charge(job_id)
    await till.told(charge_id, FAILED)
    assert (await till.payment(payment_id)).state == "failed"
    assert (await till.heard("talk-boris"))[-1] == "master-charge-failed"

    again = await till.open_payment(job_id)
    assert again != payment_id
    price = (await till.job(job_id)).price_minor
    await till.letter("payment-cash", job_id, payment_id=again, amount_received_minor=price)
    assert (await till.payment(again)).state == "succeeded"
    assert (await till.balances())["cash"] == price


async def test_another_method_takes_the_place_of_the_first(till: Till) -> None:
    job_id = await till.done_job()
    payment_id, card = await till.charge(job_id)
    _, sbp = await till.charge(job_id, "sbp")
    assert card != sbp
    assert (await till.charge_row(card)).state == "cancelled"
    assert (await till.payment(payment_id)).state == "pending"
    await till.told(sbp, PAID)
    assert (await till.payment(payment_id)).method == "sbp"
    assert await till.balances() == await shares(till, payment_id)


async def test_the_same_button_again_asks_for_nothing_new(till: Till) -> None:
    job_id = await till.done_job()
    _, first = await till.charge(job_id)
    _, second = await till.charge(job_id)
    assert (first, till.gateway.asked["charge"]) == (second, 1)


@pytest.mark.row("L18")
async def test_money_that_comes_twice_goes_back(till: Till) -> None:
    till.gateway.cancels = False  # this provider cannot close an unpaid charge
    job_id = await till.done_job()
    payment_id, card = await till.charge(job_id)
    _, sbp = await till.charge(job_id, "sbp")
    await till.told(sbp, PAID)
    await till.told(card, PAID)
    (refund,) = await till.refunds()
    assert (refund.state, refund.is_surplus, refund.charge_id) == ("done", True, card)
    assert {"client-surplus", "client-refunded"} <= set(await till.heard("talk-anna"))
    assert await till.balances() == await shares(till, payment_id)


async def test_late_money_of_a_given_up_charge_settles_what_still_waits(till: Till) -> None:
    till.gateway.cancels = False
    job_id = await till.done_job()
    payment_id, card = await till.charge(job_id)
    _, sbp = await till.charge(job_id, "sbp")
    await till.told(card, PAID)  # the client had the first page open
    payment = await till.payment(payment_id)
    assert (payment.state, payment.charge_id, payment.method) == ("succeeded", card, "card")
    assert await till.balances() == await shares(till, payment_id)
    await till.told(sbp, PAID)
    assert [refund.state for refund in await till.refunds()] == ["done"]
    assert await till.balances() == await shares(till, payment_id)


async def test_money_after_a_refusal_settles_a_new_payment(till: Till) -> None:
    job_id = await till.done_job()
    payment_id, charge_id = await till.charge(job_id)
    await till.told(charge_id, FAILED)
    await till.told(charge_id, PAID)  # another card on the same page
    assert (await till.payment(payment_id)).state == "failed"
    assert (await till.job(job_id)).state == "completed"
    assert (await till.balances())["client"] == -((await till.job(job_id)).price_minor or 0)


@pytest.mark.parametrize(
    "told", [Money(100, Currency.RUB), Money(10**7, Currency.RUB), Money(150_000, Currency.KZT)]
)
async def test_another_amount_goes_to_suspense_and_before_the_owner(till: Till, told: Money) -> None:
    job_id = await till.done_job()
    payment_id, charge_id = await till.charge(job_id)
    await till.told(charge_id, PAID, amount=told)
    payment = await till.payment(payment_id)
    assert (payment.state, payment.reason) == ("failed", "amount_mismatch")
    assert (await till.job(job_id)).state == "done"
    assert await till.balances() == {"client": -told.minor, "suspense": told.minor}


async def test_two_stages_hold_compare_and_capture(till: Till) -> None:
    till.gateway.two_stage = frozenset({Method.CARD})
    till.pump = till.another_pump()
    payment_id, charge_id = await till.charge(await till.done_job())
    await till.told(charge_id, HELD)
    assert till.gateway.asked["capture"] == 1
    assert (await till.payment(payment_id)).state == "succeeded"
    assert await till.balances() == await shares(till, payment_id)


async def test_held_money_nobody_waits_for_is_let_go(till: Till) -> None:
    till.gateway.two_stage = frozenset({Method.CARD})
    till.gateway.cancels = False
    till.pump = till.another_pump()
    job_id = await till.done_job()
    payment_id, card = await till.charge(job_id)
    _, sbp = await till.charge(job_id, "sbp")
    await till.told(sbp, PAID)
    await till.told(card, HELD)
    assert (await till.charge_row(card)).state == "cancelled"
    assert await till.balances() == await shares(till, payment_id)


@pytest.mark.row("L18")
async def test_a_lost_capture_is_unknown_and_never_charged_twice(till: Till) -> None:
    till.gateway.two_stage = frozenset({Method.CARD})
    till.pump = till.another_pump()
    job_id = await till.done_job()
    payment_id, charge_id = await till.charge(job_id)
    till.gateway.faults["capture"] = ["lost"]
    await till.told(charge_id, HELD)
    assert (await till.payment(payment_id)).state == "unknown"
    outcome = await till.letter("payment-cash", job_id, payment_id=payment_id, amount_received_minor=10**7)
    assert outcome.facts["name"] == "OutcomeUnknown"
    await till.wait(seconds=15)
    assert (await till.payment(payment_id)).state == "succeeded"
    assert await till.balances() == await shares(till, payment_id)


async def test_a_capture_that_did_not_arrive_is_asked_for_again(till: Till) -> None:
    till.gateway.two_stage = frozenset({Method.CARD})
    till.pump = till.another_pump()
    payment_id, charge_id = await till.charge(await till.done_job())
    till.gateway.faults["capture"] = ["down", "unheard"]
    await till.told(charge_id, HELD)
    await till.wait(minutes=1)
    assert (await till.payment(payment_id)).state == "succeeded"


async def test_a_provider_that_is_down_leaves_the_other_ways(till: Till) -> None:
    job_id = await till.done_job()
    till.gateway.faults["charge"] = ["down"] * 4
    payment_id = await till.open_payment(job_id)
    await till.letter("payment-charge", job_id, payment_id=payment_id, method="card")
    await till.wait(minutes=1)
    payment = await till.payment(payment_id)
    assert (payment.state, payment.reason) == ("failed", "provider_down")


async def test_a_provider_that_is_away_for_an_hour_settles_afterwards(till: Till) -> None:
    payment_id, charge_id = await till.charge(await till.done_job())
    till.gateway.put(charge_id, PAID)
    till.gateway.faults["read"] = ["down"] * 17
    await till.wait(minutes=30)
    assert (await till.payment(payment_id)).state == "unknown"
    await till.wait(minutes=60)
    assert (await till.payment(payment_id)).state == "succeeded"


async def test_a_link_nobody_uses_dies_and_the_payment_fails(till: Till) -> None:
    payment_id, charge_id = await till.charge(await till.done_job())
    till.gateway.put(charge_id, CANCELLED)
    await till.wait(minutes=1)
    assert (await till.payment(payment_id)).state == "failed"
    assert not await till.stuck()


async def test_cash_instead_closes_the_charge(till: Till) -> None:
    job_id = await till.done_job()
    payment_id, card = await till.charge(job_id)
    price = (await till.job(job_id)).price_minor
    await till.letter("payment-cash", job_id, payment_id=payment_id, amount_received_minor=price)
    assert (await till.payment(payment_id)).method == "cash"
    assert (await till.charge_row(card)).state == "cancelled"
