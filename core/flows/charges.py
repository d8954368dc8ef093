"""Charges: a payment's money asked of a provider, watched until its word is final, and settled once.

Whatever reaches us (an answer, a notice, a poll) only makes us read the charge anew; what is read is
compared with what was asked, and only a step forward counts (L18, L19). Money that settles nothing, because
it came twice or too late, goes to `suspense` and back to the client.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from core.charge import Charge, Order, stored
from core.flows import receipts, refunds, timers
from core.flows.settlements import amount_of, divide, parties, settle, talks_of
from core.flows.tickets import TicketKind, open_ticket
from core.flows.tx import Tx
from core.kernel.charge import ALIVE, ChargeState, is_as_asked, is_news, takes_late
from core.kernel.job import JobState
from core.kernel.ledger import Account
from core.kernel.money import Currency, Money
from core.kernel.payment import OPEN, Method, PaymentAction, PaymentState, step
from core.kernel.refusal import OutcomeUnknown
from core.kernel.settlement import split
from core.markets.policy import Market
from storage.tables import ChargeRow, JobRow, MasterRow, PaymentRow

WATCHED_FOR = timedelta(hours=26)  # after its link has died; then the registry of the day has the last word
POLLS_S = (5, 5, 10, 10, 20, 30, 60, 60, 120, 300)  # between readings of a charge; the last one repeats
SILENCES_MAX = 2  # unanswered readings in a row after which nobody knows how a payment stands
UNANSWERED, MISMATCH = "unanswered", "amount_mismatch"
REASON_MAX = 200  # characters that are kept of a provider's words


@dataclass(frozen=True, slots=True)
class Provider:
    """The payment provider that is connected, as far as flows must know it.

    Attributes:
        two_stage: Methods whose money is held first, and captured once we have compared.
        return_url: Where the client's browser goes after paying.
        with_receipts: Whether the provider prints the fiscal receipt along with the charge.
        has_registry: Whether it can tell a whole day; else each charge is read by itself.
    """

    name: str = "none"
    methods: Collection[Method] = frozenset()
    two_stage: Collection[Method] = frozenset()
    notice_url: str = ""
    return_url: str = ""
    with_receipts: bool = False
    has_registry: bool = True


async def current_of(tx: Tx, payment: PaymentRow) -> ChargeRow | None:
    """Return the charge that a payment waits for, or that has paid it."""
    return await tx.get(ChargeRow, payment.charge_id) if payment.charge_id else None


def stands(charge: ChargeRow, method: Method, *, now: datetime) -> bool:
    """Tell whether a charge can still be paid this way, so that none else is needed."""
    return charge.method == method and charge.state in ALIVE and now < charge.expires_at


def may_be_given_up(market: Market, charge: ChargeRow | None, payment: PaymentRow, *, now: datetime) -> None:
    """Raise OutcomeUnknown while the client may have paid by a charge of which nobody knows."""
    if charge is None or payment.state != PaymentState.UNKNOWN:
        return
    until = charge.asked_at + market.charge.unknown_at_most
    was_shown = charge.confirmation_url is not None or charge.qr_payload is not None
    if was_shown and now < until:
        raise OutcomeUnknown(until=until)


def give_up(tx: Tx, charge: ChargeRow) -> None:
    """Take the money otherwise: the provider closes this charge if it can, and it is watched until then."""
    charge.is_current = False
    if charge.state in (ChargeState.WAITING, ChargeState.HELD):
        _ask(tx, charge, "charge-cancel")


async def begin(
    tx: Tx,
    market: Market,
    provider: Provider,
    *,
    payment: PaymentRow,
    job: JobRow,
    method: Method,
    actor: str,
) -> ChargeRow:
    """Ask the provider for a payment's money. The answer comes as a letter."""
    charge = ChargeRow(
        id=tx.id(),
        payment_id=payment.id,
        job_id=job.id,
        provider=provider.name,
        method=method.value,
        state=ChargeState.ASKED,
        is_current=True,
        is_two_stage=method in provider.two_stage,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        silences=0,
        asked_at=tx.now,
        expires_at=tx.now + market.charge.link_lives,
    )
    tx.add(charge)
    if payment.state == PaymentState.UNKNOWN:
        payment.state = step(PaymentState.UNKNOWN, PaymentAction.FIND)
    payment.state = step(PaymentState(payment.state), PaymentAction.CHARGE)
    payment.charge_id, payment.reason = charge.id, None
    divide(payment, split(amount_of(payment), method, market.settlement_rules), method)
    order = await _order(tx, provider, charge, job)
    _ask(tx, charge, "charge", order=stored(order))
    _poll(tx, charge, tx.now + timedelta(seconds=POLLS_S[0]))
    facts = {"method": method.value, "amount_minor": charge.amount_minor, "provider": provider.name}
    tx.record("payment", payment.id, "charged", actor=actor, parties=parties(job), **facts)
    return charge


async def hear_of(
    tx: Tx, market: Market, *, charge: ChargeRow, job: JobRow, told: Charge | None, silence: str | None
) -> None:
    """Take in what the provider says of a charge, or that it does not answer.

    Args:
        told: None if it does not know the charge, or did not answer.
        silence: `outage` (it was not reached), `unanswered` (nobody knows whether it was).
    """
    if told is not None and told.order_id not in ("", charge.id):
        _is_of_another(tx, charge, told)
        told, silence = None, UNANSWERED  # nobody was told of ours
    if silence is not None:
        await _hear_nothing(tx, charge, job, silence=silence)
        return
    if charge.silences:
        charge.silences = 0
    if told is None:
        await _is_not_known(tx, charge, job)
        return
    await _is_known_again(tx, charge)
    if told.state == charge.state == ChargeState.HELD:  # what we asked then did not arrive
        await _capture(tx, charge, job, told)
    if not is_news(ChargeState(charge.state), told.state):
        return
    await _move_on(tx, market, charge, job, told)
    if charge.state not in ALIVE:
        tx.cancel(_timer(charge))


async def poll(tx: Tx, *, charge: ChargeRow, job: JobRow, polls: int) -> None:
    """Read a charge anew that is not at its end, less and less often."""
    if charge.state not in ALIVE:
        return
    if tx.now > charge.expires_at + WATCHED_FOR:
        await _watch_no_longer(tx, charge, job)
        return
    if not await tx.is_under_way(_lane(charge)):  # else they pile up while the provider is away
        _ask(tx, charge, "charge-read")
    pause = POLLS_S[min(polls, len(POLLS_S) - 1)]
    _poll(tx, charge, tx.now + timedelta(seconds=pause), polls=polls + 1)


def read_anew(tx: Tx, charge: ChargeRow) -> None:
    """Have a charge read at its provider: somebody says that it has moved."""
    _ask(tx, charge, "charge-read")


# What the provider may say ---------------------------------------------------------------------------------


async def _move_on(tx: Tx, market: Market, charge: ChargeRow, job: JobRow, told: Charge) -> None:
    """Take a step forward."""
    charge.provider_id = told.provider_id or charge.provider_id
    charge.confirmation_url = told.confirmation_url or charge.confirmation_url
    charge.qr_payload = told.qr_payload or charge.qr_payload
    charge.told, charge.reason = dict(told.raw), told.reason and told.reason[:REASON_MAX]
    match told.state:
        case ChargeState.WAITING:
            charge.state = told.state
            if charge.is_current:
                await _show_link(tx, charge, job)
            else:
                _ask(tx, charge, "charge-cancel")
        case ChargeState.HELD:
            charge.state = told.state
            await _capture(tx, charge, job, told)
        case ChargeState.PAID:
            await _take_in(tx, market, charge, job, told)
        case _:
            charge.state = told.state
            await _fail(tx, charge, job)


def _is_of_another(tx: Tx, charge: ChargeRow, told: Charge) -> None:
    actor, other = f"provider:{charge.provider}", told.order_id[:REASON_MAX]
    tx.record("payment", charge.payment_id, "other_order", actor=actor, charge_id=charge.id, told=other)


async def _show_link(tx: Tx, charge: ChargeRow, job: JobRow) -> None:
    if charge.confirmation_url is None:
        return
    client, _ = await talks_of(tx, job)
    amount = Money(charge.amount_minor, Currency(charge.currency))
    link = charge.confirmation_url
    tx.say(client, "client-pay-link", news=True, amount=amount, number=job.number, link=link)


async def _capture(tx: Tx, charge: ChargeRow, job: JobRow, told: Charge) -> None:
    """The money is held: take it if it is what was asked and still wanted, else let it go."""
    asked = Money(charge.amount_minor, Currency(charge.currency))
    is_asked = is_as_asked(asked, told.amount)
    if is_asked and await _payment_for(tx, charge, job) is not None:
        _ask(tx, charge, "charge-capture")
        return
    if not is_asked:
        charge.reason = MISMATCH
        await _fail(tx, charge, job)
    charge.is_current = False
    _ask(tx, charge, "charge-cancel")


async def _take_in(tx: Tx, market: Market, charge: ChargeRow, job: JobRow, told: Charge) -> None:
    """The money has come: it settles the job's payment, or nothing."""
    asked = Money(charge.amount_minor, Currency(charge.currency))
    is_asked = is_as_asked(asked, told.amount)
    payment = await _payment_for(tx, charge, job) if is_asked else None
    charge.state, charge.paid_at = ChargeState.PAID, tx.now
    if payment is None:
        await _is_too_much(tx, charge, job, told, is_asked=is_asked)
        return
    standing = await current_of(tx, payment)
    if standing is not None and standing.id != charge.id:
        give_up(tx, standing)
    charge.settles, payment.charge_id = payment.id, charge.id
    await settle(
        tx,
        market,
        payment=payment,
        job=job,
        method=Method(charge.method),
        received=told.amount,
        actor=f"provider:{charge.provider}",
        told=told.raw,
    )


async def _is_too_much(tx: Tx, charge: ChargeRow, job: JobRow, told: Charge, *, is_asked: bool) -> None:
    """Money that settles nothing: to `suspense`. What came twice goes back; a wrong amount the owner sees."""
    charge.is_current = False
    if told.amount.minor:  # else the provider has given it back by itself
        tx.transfer(
            kind="surplus",
            debit=Account.CLIENT,
            credit=Account.SUSPENSE,
            amount_minor=told.amount.minor,
            currency=told.amount.currency.value,
            job_id=job.id,
        )
    facts = {"amount_minor": told.amount.minor, "currency": told.amount.currency.value}
    actor = f"provider:{charge.provider}"
    tx.record("payment", charge.payment_id, "surplus", actor=actor, parties=parties(job), **facts)
    client, _ = await talks_of(tx, job)
    if is_asked:
        await refunds.return_surplus(tx, charge=charge, job=job, amount=told.amount)
        return
    payment = await tx.get(PaymentRow, charge.payment_id)
    if payment is not None and payment.charge_id == charge.id and payment.state in OPEN:
        payment.state, payment.reason = PaymentState.FAILED, MISMATCH
    words = (
        f"{charge.provider} {charge.id}: {told.amount.minor} {told.amount.currency} ≠ {charge.amount_minor}"
    )
    await open_ticket(tx, kind=TicketKind.MONEY, talk=client, words=words, job=job)


async def _fail(tx: Tx, charge: ChargeRow, job: JobRow) -> None:
    """Declined, voided or expired: the payment has failed, unless it waits for another charge by now."""
    payment = await tx.get(PaymentRow, charge.payment_id)
    if (
        payment is None
        or payment.charge_id != charge.id
        or payment.state not in OPEN
        or not charge.is_current
    ):
        return
    payment.state, payment.reason = PaymentState.FAILED, charge.reason or charge.state
    actor = f"provider:{charge.provider}"
    tx.record("payment", payment.id, "failed", actor=actor, parties=parties(job), reason=payment.reason)
    _, master = await talks_of(tx, job)
    if master is not None:
        tx.say(master, "master-charge-failed", news=True, number=job.number)


async def _hear_nothing(tx: Tx, charge: ChargeRow, job: JobRow, *, silence: str) -> None:
    """The provider is silent: ask again soon, then say so, and never guess."""
    if charge.state not in ALIVE:
        return  # of what has ended there is nothing left to hear
    charge.silences += 1
    payment = await tx.get(PaymentRow, charge.payment_id)
    is_waited_for = payment is not None and payment.charge_id == charge.id and charge.is_current
    if charge.state == ChargeState.ASKED:
        if is_waited_for:  # nobody was shown where to pay, so nobody has paid
            charge.reason = "provider_down"
            await _fail(tx, charge, job)
            charge.is_current = False
        return
    if silence != UNANSWERED and charge.silences < SILENCES_MAX:
        return
    if payment is not None and is_waited_for and payment.state == PaymentState.PENDING:
        payment.state = step(PaymentState.PENDING, PaymentAction.LOSE)
        tx.record("payment", payment.id, "lost", actor=f"provider:{charge.provider}", parties=parties(job))
        _, master = await talks_of(tx, job)
        if master is not None:
            tx.say(master, "master-charge-silent", news=True, number=job.number)


async def _watch_no_longer(tx: Tx, charge: ChargeRow, job: JobRow) -> None:
    """The registry of the day tells of whatever still comes; a client's money may be held until then."""
    payment = await tx.get(PaymentRow, charge.payment_id)
    is_waited_for = payment is not None and payment.charge_id == charge.id and payment.state in OPEN
    if charge.state == ChargeState.HELD or is_waited_for:
        client, _ = await talks_of(tx, job)
        words = f"{charge.provider} {charge.id}: {charge.state}, {charge.amount_minor} {charge.currency}"
        await open_ticket(tx, kind=TicketKind.MONEY, talk=client, words=words, job=job)


async def _is_known_again(tx: Tx, charge: ChargeRow) -> None:
    payment = await tx.get(PaymentRow, charge.payment_id)
    if payment is not None and payment.charge_id == charge.id and payment.state == PaymentState.UNKNOWN:
        payment.state = step(PaymentState.UNKNOWN, PaymentAction.FIND)


async def _is_not_known(tx: Tx, charge: ChargeRow, job: JobRow) -> None:
    """The provider never heard of it: what we asked did not arrive, so nobody can pay it."""
    if charge.state != ChargeState.ASKED:
        return  # it did know it once; it is asked again by the next poll
    charge.state, charge.reason = ChargeState.CANCELLED, "not_arrived"
    await _fail(tx, charge, job)
    tx.cancel(_timer(charge))


async def _payment_for(tx: Tx, charge: ChargeRow, job: JobRow) -> PaymentRow | None:
    """Return the payment that a charge's money is to settle; None if there is none to be settled.

    Late money settles whatever the job still waits for, if it is the same amount.
    """
    if job.state != JobState.DONE:
        return None
    own = await tx.get(PaymentRow, charge.payment_id)
    if own is None:
        raise LookupError(f"a charge without its payment: {charge.id}")
    if own.state in OPEN:
        return own
    standing = await tx.live(PaymentRow, job.id)
    if standing is not None:
        late = Money(charge.amount_minor, Currency(charge.currency))
        fits = takes_late(PaymentState(standing.state), asked=amount_of(standing), late=late)
        return standing if fits else None
    payment = PaymentRow(
        id=tx.id(),
        job_id=job.id,
        master_id=own.master_id,
        terminal_id=own.terminal_id,
        state=PaymentState.CREATED,
        currency=own.currency,
        amount_minor=own.amount_minor,
        fee_minor=own.fee_minor,
        platform_minor=own.platform_minor,
        master_minor=own.master_minor,
        breakdown=own.breakdown,
        created_at=tx.now,
    )
    tx.add(payment)
    await tx.flush()  # the charge names it, and is written first
    return payment


# Parts of the above ----------------------------------------------------------------------------------------


async def _order(tx: Tx, provider: Provider, charge: ChargeRow, job: JobRow) -> Order:
    amount = Money(charge.amount_minor, Currency(charge.currency))
    receipt = None
    if provider.with_receipts:
        master = await tx.see(MasterRow, job.master_id) if job.master_id else None
        receipt = receipts.receipt_of(tx, job, master, amount)
    return Order(
        id=charge.id,
        amount=amount,
        method=Method(charge.method),
        description=receipts.what_for(tx, job),
        is_two_stage=charge.is_two_stage,
        return_url=provider.return_url,
        notice_url=provider.notice_url,
        expires_at=charge.expires_at,
        lang=job.lang,
        receipt=receipt,
        facts={"job_id": job.id, "job_number": job.number},
    )


def _ask(tx: Tx, charge: ChargeRow, kind: str, **more: Any) -> None:
    payload = {
        "charge_id": charge.id,
        "job_id": charge.job_id,
        "provider": charge.provider,
        "provider_id": charge.provider_id,
        "amount_minor": charge.amount_minor,
        "currency": charge.currency,
        **more,
    }
    tx.effect(kind, lane=_lane(charge), payload=payload)


def _lane(charge: ChargeRow) -> str:
    return f"charge:{charge.id}"


def _timer(charge: ChargeRow) -> str:
    return f"charge:{charge.id}:poll"


def _poll(tx: Tx, charge: ChargeRow, when: datetime, *, polls: int = 0) -> None:
    tx.at(
        key=_timer(charge),
        lane=timers.lane(charge.job_id),
        when=when,
        kind="charge-poll",
        payload={"charge_id": charge.id, "job_id": charge.job_id, "polls": polls},
    )


async def by_provider_id(tx: Tx, *, provider: str, provider_id: str) -> str | None:
    """Return our id of a charge that a notice names only by the provider's."""
    query = select(ChargeRow.id).where(ChargeRow.provider == provider, ChargeRow.provider_id == provider_id)
    return await tx.session.scalar(query.limit(1))
