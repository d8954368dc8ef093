"""Receipts the tax office knows: for each payment and each refund, without ever holding up the money (L31).

A sale is registered under 54-FZ, on behalf of the master; a self-employed master's income as well (NPD).
What a registrar does not take now is asked for again, and what it refuses is the owner's matter.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from core.charge import restored, stored
from core.flows import receipts, timers
from core.flows.settlements import parties, talks_of
from core.flows.tickets import TicketKind, open_ticket
from core.flows.tx import Letter, Tx
from core.kernel.charge import REFUND_STEPS, RefundState
from core.kernel.money import Currency, Money
from core.kernel.payment import Method
from core.kernel.refusal import Refusal
from core.receipt import ReceiptKind, ReceiptOrder, Registered
from storage.tables import JobRow, MasterRow, PaymentRow, ReceiptRow, RefundRow, Row, TalkRow

KINDS = ("receipt", "receipt-told", "receipt-poll")
POLLS_S = (5, 15, 60, 300, 900, 3_600)  # between readings of a receipt; the last one repeats
REFUSED_BEFORE_OWNER = 3  # refusals in a row after which the owner is asked
_OPEN = (RefundState.ASKED, RefundState.PENDING)
SELF_EMPLOYED = "self_employed"


@dataclass(frozen=True, slots=True)
class FiscalRules:
    """Who registers what; None: nobody does.

    Attributes:
        sales: The registrar of sales and their returns.
        by_provider: The payment provider prints receipts of what it takes, so only cash is left to us.
        incomes: The registrar of self-employed masters' incomes.
    """

    sales: str | None = None
    by_provider: bool = False
    incomes: str | None = None


async def begin(
    tx: Tx, rules: FiscalRules, *, payment: PaymentRow, job: JobRow, refund: RefundRow | None
) -> None:
    """Ask for the receipts of a payment, or of its refund."""
    master = await tx.get(MasterRow, payment.master_id)
    is_cash = payment.method == Method.CASH
    if rules.sales is not None and (is_cash or not rules.by_provider):
        kind = ReceiptKind.SALE_RETURN if refund else ReceiptKind.SALE
        await _ask_for(tx, kind, rules.sales, payment=payment, job=job, refund=refund, master=master)
    is_self_employed = master is not None and master.tax_status == SELF_EMPLOYED and master.inn is not None
    if rules.incomes is not None and is_self_employed:
        kind = ReceiptKind.ANNULMENT if refund else ReceiptKind.INCOME
        await _ask_for(tx, kind, rules.incomes, payment=payment, job=job, refund=refund, master=master)


async def hear_of(tx: Tx, *, receipt: ReceiptRow, job: JobRow, told: Registered | None) -> None:
    """Take in what a registrar says; None: nothing, so it is asked again by its timer."""
    if told is None:
        receipt.silences += 1
        return
    if (RefundState(receipt.state), told.state) not in REFUND_STEPS:
        return
    if told.state is RefundState.FAILED:
        await _is_refused(tx, receipt, job, told)
        return
    receipt.state, receipt.reason = told.state, None
    receipt.number, receipt.url = told.number or receipt.number, told.url or receipt.url
    if told.state is not RefundState.DONE:
        return
    receipt.ended_at = tx.now
    tx.cancel(_timer(receipt))
    facts = {"kind": receipt.kind, "number": receipt.number}
    tx.record("payment", receipt.payment_id, "receipt", actor="naryad", parties=parties(job), **facts)
    client, master = await talks_of(tx, job)
    if receipt.url is None:
        return
    if receipt.kind in (ReceiptKind.SALE, ReceiptKind.SALE_RETURN):
        tx.say(client, "client-fiscal-receipt", news=True, number=job.number, link=receipt.url)
    elif receipt.kind == ReceiptKind.INCOME and master is not None:
        tx.say(master, "master-income-receipt", news=True, number=job.number, link=receipt.url)


async def poll(tx: Tx, *, receipt: ReceiptRow, job: JobRow, polls: int) -> None:
    """Ask for a receipt again that is not registered yet, for as long as it takes."""
    if receipt.state == RefundState.FAILED:
        receipt.state = RefundState.ASKED  # refused before; the owner may have mended what was wrong
    if receipt.state not in _OPEN:
        return
    await _send(tx, receipt, job, kind="receipt-read")
    pause = timedelta(seconds=POLLS_S[min(polls, len(POLLS_S) - 1)])
    _poll(tx, receipt, job, tx.now + pause, polls=polls + 1)


async def _ask_for(
    tx: Tx,
    kind: ReceiptKind,
    registrar: str,
    *,
    payment: PaymentRow,
    job: JobRow,
    refund: RefundRow | None,
    master: MasterRow | None,
) -> None:
    subject_id = refund.id if refund else payment.id
    known = select(ReceiptRow.id).where(ReceiptRow.kind == kind, ReceiptRow.subject_id == subject_id)
    if await tx.session.scalar(known):
        return
    minor = refund.amount_minor if refund else payment.amount_minor
    if kind in (ReceiptKind.INCOME, ReceiptKind.ANNULMENT):  # what is the master's is his income
        minor = refund.master_minor if refund else payment.master_minor
    if minor <= 0 or master is None:
        return
    receipt = ReceiptRow(
        id=tx.id(),
        kind=kind.value,
        subject_id=subject_id,
        payment_id=payment.id,
        registrar=registrar,
        state=RefundState.ASKED,
        amount_minor=minor,
        currency=payment.currency,
        silences=0,
        asked_at=tx.now,
    )
    tx.add(receipt)
    await _send(tx, receipt, job, kind="receipt")
    _poll(tx, receipt, job, tx.now + timedelta(seconds=POLLS_S[0]))


async def _send(tx: Tx, receipt: ReceiptRow, job: JobRow, *, kind: str) -> None:
    payment = await tx.get(PaymentRow, receipt.payment_id)
    if payment is None:
        raise LookupError(f"a receipt without its payment: {receipt.id}")
    master = await tx.get(MasterRow, payment.master_id)
    amount = Money(receipt.amount_minor, Currency(receipt.currency))
    text = receipts.receipt_of(tx, job, master, amount)
    order = ReceiptOrder(
        id=receipt.id,
        kind=ReceiptKind(receipt.kind),
        amount=amount,
        lines=text.lines,
        is_cash=payment.method == Method.CASH,
        at=payment.settled_at or tx.now,
        phone=text.phone,
        inn=master.inn if master else None,
        refers_to=await _taken_back(tx, receipt),
    )
    payload = {
        "receipt_id": receipt.id,
        "payment_id": receipt.payment_id,
        "job_id": job.id,
        "registrar": receipt.registrar,
        "order": stored(order),
    }
    tx.effect(kind, lane=f"receipt:{receipt.payment_id}", payload=payload)


async def _taken_back(tx: Tx, receipt: ReceiptRow) -> str | None:
    """Return the number of the receipt that a return or an annulment takes back."""
    first = {ReceiptKind.SALE_RETURN: ReceiptKind.SALE, ReceiptKind.ANNULMENT: ReceiptKind.INCOME}
    kind = first.get(ReceiptKind(receipt.kind))
    if kind is None:
        return None
    query = select(ReceiptRow.number).where(
        ReceiptRow.kind == kind, ReceiptRow.payment_id == receipt.payment_id
    )
    return await tx.session.scalar(query)


async def _is_refused(tx: Tx, receipt: ReceiptRow, job: JobRow, told: Registered) -> None:
    receipt.state, receipt.reason = told.state, (told.reason or "")[:200]
    receipt.silences += 1
    if receipt.silences == REFUSED_BEFORE_OWNER:
        client, _ = await talks_of(tx, job)
        words = f"{receipt.registrar} {receipt.kind} {receipt.id}: {receipt.reason}"
        await open_ticket(tx, kind=TicketKind.MONEY, talk=client, words=words, job=job)


def _timer(receipt: ReceiptRow) -> str:
    return f"receipt:{receipt.id}:poll"


def _poll(tx: Tx, receipt: ReceiptRow, job: JobRow, when: datetime, *, polls: int = 0) -> None:
    payload = {
        "receipt_id": receipt.id,
        "payment_id": receipt.payment_id,
        "job_id": job.id,
        "polls": polls,
    }
    tx.at(key=_timer(receipt), lane=timers.lane(job.id), when=when, kind="receipt-poll", payload=payload)


class FiscalHandler:
    """`receipt` {payment_id, refund_id?}, `receipt-told` {receipt_id, told?}, `receipt-poll` {receipt_id}.

    All name the `job_id`.
    """

    def __init__(self, rules: FiscalRules) -> None:
        """Take who registers what."""
        self._rules = rules

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401
        """The job with its people's talks, the payment, the refund, the receipt."""
        payload = letter.payload
        if letter.kind == "receipt" and not (self._rules.sales or self._rules.incomes):
            return {}
        named = {RefundRow: "refund_id", ReceiptRow: "receipt_id", PaymentRow: "payment_id", JobRow: "job_id"}
        wanted: dict[type[Row], Collection[str]] = {
            kind: [payload[name]] for kind, name in named.items() if payload.get(name)
        }
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
        """Ask for receipts, hear of one, or ask after it."""
        letter = turn[-1]
        payload = letter.payload
        if letter.kind == "receipt" and not (self._rules.sales or self._rules.incomes):
            return
        job = await tx.get(JobRow, payload["job_id"])
        payment = await tx.get(PaymentRow, payload["payment_id"])
        if job is None or payment is None:
            raise LookupError(f"no such payment: {payload['payment_id']}")
        if letter.kind == "receipt":
            refund_id = payload.get("refund_id")
            refund = await tx.get(RefundRow, refund_id) if refund_id else None
            await begin(tx, self._rules, payment=payment, job=job, refund=refund)
            return
        receipt = await tx.get(ReceiptRow, payload["receipt_id"])
        if receipt is None:
            raise LookupError(f"no such receipt: {payload['receipt_id']}")
        if letter.kind == "receipt-poll":
            await poll(tx, receipt=receipt, job=job, polls=int(payload.get("polls", 0)))
            return
        told = payload.get("told")
        await hear_of(tx, receipt=receipt, job=job, told=restored(Registered, told) if told else None)

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """No rule says no to a receipt."""
