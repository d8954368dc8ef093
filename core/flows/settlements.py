"""A payment is settled: its money divided, the job completed, both people told, all in one commit.

Settlement moves everything at once, whichever way the money came: the payment succeeds, fee, commission
and earning are transferred, the job is completed (A81–A86, K1–K3, K88).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from core.flows import holds, ratings, timers
from core.flows.accounts import earned_today, owed_by
from core.flows.tx import Tx
from core.kernel import ledger
from core.kernel.job import JobAction, JobState, step
from core.kernel.money import Currency, Money
from core.kernel.payment import Method, PaymentState, change_of
from core.kernel.settlement import Split, split
from core.markets.policy import Market
from storage.tables import JobRow, MasterRow, PaymentRow, TalkRow


async def settle(
    tx: Tx,
    market: Market,
    *,
    payment: PaymentRow,
    job: JobRow,
    method: Method,
    received: Money,
    actor: str,
    told: Mapping[str, Any] | None = None,
) -> None:
    """Divide a payment and complete its job.

    Args:
        received: What the client gave; more than the amount is change.
        told: The provider's answer, to be kept with the payment (A84).

    Raises:
        StepNotAllowed: the job is not one that can be paid.
        CashTooLittle: less than the amount was received.
    """
    amount = amount_of(payment)
    change = change_of(amount, received)
    state = step(JobState(job.state), JobAction.COMPLETE, allowed=market.job_actions)
    divided = split(amount, method, market.settlement_rules)
    for transfer in ledger.settle(divided, method=method, master_id=payment.master_id):
        tx.transfer(
            kind=transfer.kind,
            debit=transfer.debit,
            credit=transfer.credit,
            amount_minor=transfer.amount.minor,
            currency=amount.currency.value,
            payment_id=payment.id,
            job_id=job.id,
        )
    divide(payment, divided, method)
    payment.state, payment.settled_at = PaymentState.SUCCEEDED, tx.now
    payment.received_minor = received.minor
    payment.gateway_response = dict(told or {"method": method.value, "received_minor": received.minor})
    job.state, job.closed_at = state, tx.now
    facts = {"method": method.value, "amount_minor": amount.minor, "master_minor": divided.master.minor}
    tx.record("payment", payment.id, "succeeded", actor=actor, parties=parties(job), **facts)
    tx.record("job", job.id, JobAction.COMPLETE, actor=actor, parties=parties(job))
    await _tell(tx, market, payment=payment, job=job, method=method, change=change)
    timers.stop(tx, job)
    timers.register_receipt(tx, job, payment_id=payment.id)
    await holds.end_early(tx, job)


def divide(payment: PaymentRow, divided: Split, method: Method) -> None:
    """Write down how a payment is divided when it is made this way."""
    payment.method = method.value
    payment.fee_minor = divided.fee.minor
    payment.platform_minor = divided.platform.minor
    payment.master_minor = divided.master.minor
    payment.breakdown = breakdown(divided)


def breakdown(divided: Split) -> dict[str, int]:
    """Return the parts of an amount as they are stored (A84)."""
    return {
        "amount_minor": divided.amount.minor,
        "fee_minor": divided.fee.minor,
        "net_minor": divided.net.minor,
        "platform_minor": divided.platform.minor,
        "master_minor": divided.master.minor,
    }


def amount_of(payment: PaymentRow) -> Money:
    """Return what a payment collects."""
    return Money(payment.amount_minor, Currency(payment.currency))


def parties(job: JobRow) -> Sequence[str]:
    """Return who may see what happens with a job's money."""
    return [job.talk_id, *([job.master_id] if job.master_id else [])]


async def talks_of(tx: Tx, job: JobRow) -> tuple[TalkRow, TalkRow | None]:
    """Return the talks of a job's client and, if there is one, of its master."""
    client = await tx.get(TalkRow, job.talk_id)
    if client is None:
        raise LookupError(f"a job without its talk: {job.id}")
    master = await tx.get(MasterRow, job.master_id) if job.master_id else None
    talk = await tx.get(TalkRow, master.talk_id) if master is not None and master.talk_id else None
    return client, talk


async def _tell(
    tx: Tx, market: Market, *, payment: PaymentRow, job: JobRow, method: Method, change: Money
) -> None:
    client, master = await talks_of(tx, job)
    amount = amount_of(payment)
    receipt: dict[str, Any] = {"news": True, "amount": amount, "number": job.number}
    stars = ratings.buttons(job)
    if change.minor:
        tx.say(client, "client-receipt-change", buttons=stars, change=change, **receipt)
    else:
        tx.say(client, "client-receipt", buttons=stars, **receipt)
    if master is None:
        return
    stars_for_client = ratings.buttons_for_master(job)
    currency = amount.currency
    debt = await owed_by(tx, payment.master_id, currency)
    facts: dict[str, Any] = {
        "number": job.number,
        "earned": Money(payment.master_minor, currency),
        "today": await earned_today(tx, payment.master_id, currency),
    }
    if not debt.minor:
        tx.say(master, "master-earned", buttons=stars_for_client, news=True, **facts)
        tx.say(master, "master-friday", news=True)
        return
    if method is not Method.CASH:
        tx.say(master, "master-earned-netted", buttons=stars_for_client, news=True, debt=debt, **facts)
        return
    due = Money(payment.fee_minor + payment.platform_minor, currency)
    facts.update(amount=amount, due=due, debt=debt)
    tx.say(master, "master-earned-cash", buttons=stars_for_client, news=True, **facts)
    if Method.CASH not in ledger.methods(gateways=(), debt=debt, rules=market.cash_rules):
        tx.say(master, "master-cap-reached", news=True, debt=debt)
