"""Money that goes back: of a settled payment on the owner's word, and a surplus by itself (L4, L18).

A refund of a card or of SBP goes through the provider that took the money. Cash is given back by hand: the
owner says so once it is done, so it is written down at once.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from core.charge import Refund, RefundOrder, restored, stored
from core.flows import receipts, timers
from core.flows.actor import Actor
from core.flows.settlements import amount_of, parties, talks_of
from core.flows.tickets import TicketKind, open_ticket
from core.flows.tx import Letter, Tx
from core.kernel import refund as rules
from core.kernel.charge import REFUND_STEPS, RefundState
from core.kernel.ledger import Account
from core.kernel.money import Currency, Money
from core.kernel.payment import Method, PaymentState
from core.kernel.refusal import NothingToRefund, Refusal, UnknownThing
from core.kernel.settlement import Split
from core.markets.policy import Market
from storage.tables import ChargeRow, JobRow, MasterRow, PaymentRow, RefundRow, Row, TalkRow

POLLS_S = (10, 30, 60, 300, 900, 3_600)  # between readings of a refund; the last one repeats
WORDS_MAX, REASON_MAX = 500, 200  # characters
OPEN = (RefundState.ASKED, RefundState.PENDING)
KINDS = ("refund", "refund-told", "refund-poll")


async def give_back(
    tx: Tx, market: Market, *, payment: PaymentRow, job: JobRow, amount: Money, words: str, actor: Actor
) -> RefundRow:
    """Give a settled payment back, all of it or a part.

    Raises:
        NothingToRefund: the payment has not succeeded.
        RefundTooLarge: less is left of it.
    """
    if payment.state != PaymentState.SUCCEEDED or payment.method is None:
        raise NothingToRefund
    before = await given_back(tx, payment)
    divided = rules.parts(
        amount,
        given_back=before,
        whole=amount_of(payment),
        method=Method(payment.method),
        rules=market.settlement_rules,
    )
    refund = RefundRow(
        id=tx.id(),
        payment_id=payment.id,
        charge_id=payment.charge_id,
        job_id=job.id,
        is_surplus=False,
        state=RefundState.ASKED,
        amount_minor=amount.minor,
        currency=amount.currency.value,
        fee_minor=divided.fee.minor,
        platform_minor=divided.platform.minor,
        master_minor=divided.master.minor,
        words=words[:WORDS_MAX],
        silences=0,
        asked_at=tx.now,
    )
    tx.add(refund)
    facts = {"amount_minor": amount.minor, "payment_id": payment.id}
    tx.record("refund", refund.id, "asked", actor=str(actor), parties=parties(job), **facts)
    if payment.charge_id is None:  # cash
        await tx.flush()  # a refund is asked for first, and done afterwards
        await _done(tx, market, refund, payment, job)
        return refund
    charge = await tx.get(ChargeRow, payment.charge_id)
    if charge is None:
        raise LookupError(f"a payment without its charge: {payment.id}")
    await _ask(tx, refund, charge, job)
    return refund


async def return_surplus(tx: Tx, *, charge: ChargeRow, job: JobRow, amount: Money) -> RefundRow:
    """Give back money that came and settles nothing."""
    await tx.flush()  # the refund names the charge as it is now: paid, and for nothing
    refund = RefundRow(
        id=tx.id(),
        payment_id=charge.payment_id,
        charge_id=charge.id,
        job_id=job.id,
        is_surplus=True,
        state=RefundState.ASKED,
        amount_minor=amount.minor,
        currency=amount.currency.value,
        words="",
        fee_minor=0,
        platform_minor=0,
        master_minor=0,
        silences=0,
        asked_at=tx.now,
    )
    tx.add(refund)
    await _ask(tx, refund, charge, job)
    client, _ = await talks_of(tx, job)
    tx.say(client, "client-surplus", news=True, number=job.number, amount=amount)
    return refund


async def given_back(tx: Tx, payment: PaymentRow) -> Money:
    """Return how much of a payment went back, or is on its way."""
    query = select(func.coalesce(func.sum(RefundRow.amount_minor), 0)).where(
        RefundRow.payment_id == payment.id,
        RefundRow.is_surplus.is_(False),
        RefundRow.state != RefundState.FAILED,
    )
    return Money(int(await tx.session.scalar(query) or 0), Currency(payment.currency))


async def hear_of(
    tx: Tx,
    market: Market,
    *,
    refund: RefundRow,
    payment: PaymentRow,
    job: JobRow,
    told: Refund | None,
    silence: str | None,
) -> None:
    """Take in what the provider says of a refund; None and no silence: it has never heard of it."""
    if refund.state not in OPEN:
        return
    if told is None:
        refund.silences += 1
        if silence is None:  # what we asked did not arrive; only here is it known that it has not failed
            await _ask_again(tx, refund, job)
        return
    refund.silences = 0
    if (RefundState(refund.state), told.state) not in REFUND_STEPS:
        return
    refund.provider_id = told.provider_id or refund.provider_id
    match told.state:
        case RefundState.DONE:
            await _done(tx, market, refund, payment, job)
        case RefundState.FAILED:
            await _fail(tx, refund, job, reason=(told.reason or "")[:REASON_MAX])
        case _:
            refund.state = told.state
    if refund.state in (RefundState.DONE, RefundState.FAILED):
        tx.cancel(_timer(refund))


async def poll(tx: Tx, *, refund: RefundRow, job: JobRow, polls: int) -> None:
    """Read a refund anew that is not at its end, less and less often, for as long as it takes."""
    if refund.state not in OPEN or refund.charge_id is None:
        return
    charge = await _charge_of(tx, refund)
    if not await tx.is_under_way(_lane(charge)):
        tx.effect("refund-read", lane=_lane(charge), payload=_payload(tx, refund, charge, job))
    pause = timedelta(seconds=POLLS_S[min(polls, len(POLLS_S) - 1)])
    _poll(tx, refund, tx.now + pause, polls=polls + 1)


def look_again(tx: Tx, refund: RefundRow) -> None:
    """Have a refund read now instead of later: somebody says that it has moved."""
    _poll(tx, refund, tx.now)


async def _fail(tx: Tx, refund: RefundRow, job: JobRow, *, reason: str) -> None:
    """The provider will not give it back: the owner has to, some other way."""
    refund.state, refund.reason, refund.ended_at = RefundState.FAILED, reason, tx.now
    actor = f"provider:{refund.charge_id}"
    tx.record("refund", refund.id, "failed", actor=actor, parties=parties(job), reason=reason)
    client, _ = await talks_of(tx, job)
    words = f"refund {refund.id} of {refund.charge_id}: {refund.amount_minor} {refund.currency}, {reason}"
    await open_ticket(tx, kind=TicketKind.MONEY, talk=client, words=words, job=job)


async def _done(tx: Tx, market: Market, refund: RefundRow, payment: PaymentRow, job: JobRow) -> None:
    amount = Money(refund.amount_minor, Currency(refund.currency))
    refund.state, refund.ended_at = RefundState.DONE, tx.now
    facts = {"amount_minor": amount.minor, "payment_id": payment.id}
    tx.record("refund", refund.id, "done", actor="naryad", parties=parties(job), **facts)
    client, master = await talks_of(tx, job)
    if not refund.is_surplus:
        timers.register_receipt(tx, job, payment_id=payment.id, refund_id=refund.id)
    if refund.is_surplus:
        _move(tx, refund, Account.SUSPENSE, Account.CLIENT, amount)
        tx.say(client, "client-refunded", news=True, number=job.number, amount=amount)
        return
    divided = Split(
        amount=amount,
        fee=Money(refund.fee_minor, amount.currency),
        net=Money(refund.platform_minor + refund.master_minor, amount.currency),
        platform=Money(refund.platform_minor, amount.currency),
        master=Money(refund.master_minor, amount.currency),
    )
    for transfer in rules.give_back(divided, master_id=payment.master_id, rules=market.refund_rules):
        _move(tx, refund, transfer.debit, transfer.credit, transfer.amount)
    is_cash = payment.method == Method.CASH
    if is_cash:  # it came in hand and goes back from our own money
        _move(tx, refund, Account.CLIENT, Account.BANK, amount)
    name = "client-refunded-cash" if is_cash else "client-refunded"
    tx.say(client, name, news=True, number=job.number, amount=amount)
    if master is not None:
        tx.say(master, "master-refunded", news=True, number=job.number, amount=amount, share=divided.master)


def _move(tx: Tx, refund: RefundRow, debit: str, credit: str, amount: Money) -> None:
    tx.transfer(
        kind="refund",
        debit=debit,
        credit=credit,
        amount_minor=amount.minor,
        currency=amount.currency.value,
        job_id=refund.job_id,
    )


async def _ask_again(tx: Tx, refund: RefundRow, job: JobRow) -> None:
    """Ask for the same refund, under the same id."""
    charge = await _charge_of(tx, refund)
    if not await tx.is_under_way(_lane(charge)):
        tx.effect("refund", lane=_lane(charge), payload=_payload(tx, refund, charge, job))


async def _charge_of(tx: Tx, refund: RefundRow) -> ChargeRow:
    charge = await tx.get(ChargeRow, refund.charge_id) if refund.charge_id else None
    if charge is None:
        raise LookupError(f"a refund without its charge: {refund.id}")
    return charge


def _lane(charge: ChargeRow) -> str:
    return f"charge:{charge.id}"


async def _ask(tx: Tx, refund: RefundRow, charge: ChargeRow, job: JobRow) -> None:
    tx.effect("refund", lane=_lane(charge), payload=_payload(tx, refund, charge, job))
    _poll(tx, refund, tx.now + timedelta(seconds=POLLS_S[0]))


def _payload(tx: Tx, refund: RefundRow, charge: ChargeRow, job: JobRow) -> dict[str, Any]:
    amount = Money(refund.amount_minor, Currency(refund.currency))
    order = RefundOrder(
        id=refund.id,
        charge_id=charge.id,
        provider_id=charge.provider_id or "",
        amount=amount,
        charged=Money(charge.amount_minor, Currency(charge.currency)),
        method=Method(charge.method),
        reason=refund.words,
        receipt=receipts.receipt_of(tx, job, None, amount),
    )
    return {
        "refund_id": refund.id,
        "payment_id": refund.payment_id,
        "job_id": refund.job_id,
        "provider": charge.provider,
        "provider_id": refund.provider_id,
        "order": stored(order),
    }


def _timer(refund: RefundRow) -> str:
    return f"refund:{refund.id}:poll"


def _poll(tx: Tx, refund: RefundRow, when: datetime, *, polls: int = 0) -> None:
    payload = {
        "refund_id": refund.id,
        "payment_id": refund.payment_id,
        "job_id": refund.job_id,
        "polls": polls,
    }
    tx.at(key=_timer(refund), lane=timers.lane(refund.job_id), when=when, kind="refund-poll", payload=payload)


def view(refund: RefundRow) -> dict[str, Any]:
    """Show a refund."""
    return {
        "refund_id": refund.id,
        "payment_id": refund.payment_id,
        "status": refund.state,
        "amount_minor": refund.amount_minor,
        "currency": refund.currency,
        "is_surplus": refund.is_surplus,
        "reason": refund.reason,
    }


class RefundHandler:
    """Handles `refund` {payment_id, job_id, amount_minor?, words, actor}, and what comes of it.

    `refund-told` {refund_id, told?, silence?}, `refund-poll` {refund_id, polls}; both with {payment_id,
    job_id}.
    """

    def __init__(self, markets: Mapping[str, Market]) -> None:
        """Take the open markets."""
        self._markets = markets

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401
        """The job with its people's talks, the payment and the refund."""
        payload = letter.payload
        wanted: dict[type[Row], Collection[str]] = {
            JobRow: [payload["job_id"]],
            PaymentRow: [payload["payment_id"]],
        }
        if refund_id := payload.get("refund_id"):
            wanted[RefundRow] = [refund_id]
        job = have(JobRow, payload["job_id"])
        if job is None or job.master_id is None:
            return wanted
        master = have(MasterRow, job.master_id)
        talks = [job.talk_id, *([master.talk_id] if master is not None and master.talk_id else [])]
        return {**wanted, TalkRow: talks, MasterRow: [job.master_id]}

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Nothing to be read."""
        del letter
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Give back, hear of it, or ask after it."""
        letter = turn[-1]
        payload = letter.payload
        job = await tx.get(JobRow, payload["job_id"])
        payment = await tx.get(PaymentRow, payload["payment_id"])
        if job is None or payment is None or payment.job_id != job.id:
            raise UnknownThing(thing="payment")
        market = self._markets[job.market]
        if letter.kind == "refund":
            minor = payload.get("amount_minor")
            left = amount_of(payment) - await given_back(tx, payment)
            amount = left if minor is None else Money(int(minor), left.currency)
            words, actor = str(payload.get("words") or ""), Actor.of(payload)
            refund = await give_back(
                tx, market, payment=payment, job=job, amount=amount, words=words, actor=actor
            )
            tx.answer(view(refund))
            return
        known = await tx.get(RefundRow, payload["refund_id"])
        if known is None:
            raise UnknownThing(thing="refund")
        if letter.kind == "refund-poll":
            await poll(tx, refund=known, job=job, polls=int(payload.get("polls", 0)))
            return
        told = payload.get("told")
        await hear_of(
            tx,
            market,
            refund=known,
            payment=payment,
            job=job,
            told=restored(Refund, told) if told else None,
            silence=payload.get("silence"),
        )

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """The owner reads why not; nothing is said in a talk."""
