"""Receipts the tax office knows: for each payment and each refund, without ever holding up the money (L31).

A sale is registered under 54-FZ, on behalf of the master; a self-employed master's income as well (NPD).
What a registrar does not take now is asked for again, and what it refuses is the owner's matter.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
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
from core.receipt import ReceiptKind as Kind, ReceiptOrder, Registered
from storage.tables import JobRow, MasterRow, PaymentRow, ReceiptRow, RefundRow, Row, TalkRow

KINDS = ("receipt", "receipt-told", "receipt-poll")
POLLS_S = (5, 15, 60, 300, 900, 3_600)  # between readings of a receipt; the last one repeats
REFUSED_BEFORE_OWNER = 3  # refusals in a row after which the owner is asked
SILENT_BEFORE_OWNER = timedelta(days=1)
NPD = (Kind.INCOME, Kind.ANNULMENT)
BACK = (Kind.SALE_RETURN, Kind.ANNULMENT)
# What must be registered before: a sale before its return, and incomes of one payment one by one.
AFTER: Mapping[Kind, Collection[Kind]] = MappingProxyType(
    {Kind.SALE: (), Kind.SALE_RETURN: (Kind.SALE,), Kind.INCOME: NPD, Kind.ANNULMENT: NPD}
)
_OPEN = (RefundState.ASKED, RefundState.PENDING)
SELF_EMPLOYED = "npd"  # how a master is taxed


@dataclass(frozen=True, slots=True)
class FiscalRules:
    """Who registers what; None: nobody does.

    Attributes:
        sales: The registrar of sales and their returns.
        by_provider: The payment provider prints receipts of what it takes, so only cash is left to us.
        incomes: The registrar of self-employed masters' incomes.
        is_play: What the payment provider takes is no real money, so no real registrar hears of it.
        real: Names of the registrars that are real.
    """

    sales: str | None = None
    by_provider: bool = False
    incomes: str | None = None
    is_play: bool = False
    real: frozenset[str] = frozenset()

    def of(self, kind: Kind, method: str | None) -> str | None:
        """Return who registers receipts of a kind for what was paid this way; None: nobody."""
        registrar = self.incomes if kind in NPD else self.sales
        if method == Method.CASH:
            return registrar
        by_provider = self.by_provider and kind not in NPD
        return None if by_provider or (self.is_play and registrar in self.real) else registrar


async def begin(
    tx: Tx, rules: FiscalRules, *, payment: PaymentRow, job: JobRow, refund: RefundRow | None
) -> None:
    """Ask for the receipts of a payment, or of its refund."""
    asked = await _receipts_of(tx, payment.id)
    if any(row.subject_id == (refund or payment).id for row in asked):
        return
    new: list[ReceiptRow] = []
    if registrar := rules.of(Kind.SALE, payment.method):
        if refund is None:
            new.append(_ask_for(tx, Kind.SALE, registrar, payment, payment.amount_minor))
        elif any(row.kind == Kind.SALE for row in asked):  # what was never registered is not taken back
            new.append(_ask_for(tx, Kind.SALE_RETURN, registrar, refund, refund.amount_minor))
    master = await tx.get(MasterRow, payment.master_id)
    if registrar := rules.of(Kind.INCOME, payment.method):
        if refund is not None:
            new += _less_income(tx, registrar, refund, asked)
        elif _is_self_employed(master) and payment.master_minor > 0:
            new.append(_ask_for(tx, Kind.INCOME, registrar, payment, payment.master_minor))
    for receipt in new:
        await _send(tx, receipt, job, kind="receipt")
        _poll(tx, receipt, job, tx.now + timedelta(seconds=POLLS_S[0]))


def _less_income(
    tx: Tx, registrar: str, refund: RefundRow, asked: Sequence[ReceiptRow]
) -> Sequence[ReceiptRow]:
    """Annul a master's income, which goes only as a whole, and register anew what is left to him of it."""
    incomes = [row for row in asked if row.kind in NPD]
    if not incomes or incomes[-1].kind == Kind.ANNULMENT or refund.master_minor <= 0:
        return ()
    last = incomes[-1].amount_minor
    annulment = _ask_for(tx, Kind.ANNULMENT, registrar, refund, last)
    if last <= refund.master_minor:
        return (annulment,)
    return annulment, _ask_for(tx, Kind.INCOME, registrar, refund, last - refund.master_minor)


async def hear_of(tx: Tx, *, receipt: ReceiptRow, job: JobRow, told: Registered | None) -> None:
    """Take in what a registrar says; None: nothing, so it is asked again by its timer."""
    if told is None:
        if receipt.state in _OPEN and tx.now - receipt.asked_at >= SILENT_BEFORE_OWNER:
            await _tell_owner(tx, receipt, job, "-")
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
    await _send_next(tx, receipt, job)
    if receipt.url is None:
        return
    client, master = await talks_of(tx, job)
    if receipt.kind in (Kind.SALE, Kind.SALE_RETURN):
        tx.say(client, "client-fiscal-receipt", news=True, number=job.number, link=receipt.url)
    elif receipt.kind == Kind.INCOME and master is not None:
        tx.say(master, "master-income-receipt", news=True, number=job.number, link=receipt.url)


async def poll(tx: Tx, *, receipt: ReceiptRow, job: JobRow, polls: int) -> None:
    """Ask for a receipt again that is not registered yet, for as long as it takes."""
    kind = "receipt-read"
    if receipt.state == RefundState.FAILED:
        # Refused before; the owner may have mended what was wrong, so it is another try.
        receipt.state, kind = RefundState.ASKED, "receipt"
    if receipt.state not in _OPEN:
        return
    await _send(tx, receipt, job, kind=kind)
    pause = timedelta(seconds=POLLS_S[min(polls, len(POLLS_S) - 1)])
    _poll(tx, receipt, job, tx.now + pause, polls=polls + 1)


def _is_self_employed(master: MasterRow | None) -> bool:
    return master is not None and master.tax_status == SELF_EMPLOYED and master.inn is not None


def _ask_for(tx: Tx, kind: Kind, registrar: str, subject: PaymentRow | RefundRow, minor: int) -> ReceiptRow:
    receipt = ReceiptRow(
        id=tx.id(),
        kind=kind.value,
        subject_id=subject.id,
        payment_id=subject.id if isinstance(subject, PaymentRow) else subject.payment_id,
        registrar=registrar,
        state=RefundState.ASKED,
        amount_minor=minor,
        currency=subject.currency,
        silences=0,
        asked_at=tx.now,
    )
    tx.add(receipt)
    return receipt


async def _receipts_of(tx: Tx, payment_id: str) -> Sequence[ReceiptRow]:
    """Return every receipt of a payment and its refunds, in the order in which they were asked for."""
    query = select(ReceiptRow).where(ReceiptRow.payment_id == payment_id)
    found = {row.id: row for row in await tx.session.scalars(query)}
    found |= {row.id: row for row in tx.group.unwritten(ReceiptRow) if row.payment_id == payment_id}
    return [found[id] for id in sorted(found)]


async def _first(tx: Tx, receipt: ReceiptRow) -> Sequence[ReceiptRow]:
    """Return what must be registered before a receipt: the sale it returns, the incomes until then."""
    kinds = AFTER[Kind(receipt.kind)]
    listed = await _receipts_of(tx, receipt.payment_id) if kinds else ()
    return [row for row in listed if row.id < receipt.id and row.kind in kinds]


async def _send_next(tx: Tx, receipt: ReceiptRow, job: JobRow) -> None:
    """Send what has waited for this one."""
    for row in await _receipts_of(tx, receipt.payment_id):
        waits = row.id > receipt.id and receipt.kind in AFTER[Kind(row.kind)]
        if waits and row.state == RefundState.ASKED:
            await _send(tx, row, job, kind="receipt")


async def _send(tx: Tx, receipt: ReceiptRow, job: JobRow, *, kind: str) -> None:
    """Hand a receipt to its registrar, unless another must be registered first."""
    first = await _first(tx, receipt)
    if any(row.state != RefundState.DONE for row in first):
        return
    payment = await tx.get(PaymentRow, receipt.payment_id)
    if payment is None:
        raise LookupError(f"a receipt without its payment: {receipt.id}")
    master = await tx.get(MasterRow, payment.master_id)
    amount = Money(receipt.amount_minor, Currency(receipt.currency))
    text = receipts.receipt_of(tx, job, master, amount)
    taken_back = [row.number for row in first if row.kind in (Kind.SALE, Kind.INCOME)]
    order = ReceiptOrder(
        id=receipt.id,
        kind=Kind(receipt.kind),
        amount=amount,
        lines=text.lines,
        is_cash=payment.method == Method.CASH,
        at=payment.settled_at or receipt.asked_at,
        phone=text.phone,
        inn=master.inn if master else None,
        refers_to=taken_back[-1] if taken_back and receipt.kind in BACK else None,
    )
    payload = {
        "receipt_id": receipt.id,
        "payment_id": receipt.payment_id,
        "job_id": job.id,
        "registrar": receipt.registrar,
        "order": stored(order),
    }
    tx.effect(kind, lane=f"receipt:{receipt.payment_id}", payload=payload)


async def _is_refused(tx: Tx, receipt: ReceiptRow, job: JobRow, told: Registered) -> None:
    receipt.state, receipt.reason = told.state, (told.reason or "")[:200]
    receipt.silences += 1  # refusals: what is down refuses nothing
    if receipt.silences >= REFUSED_BEFORE_OWNER:
        await _tell_owner(tx, receipt, job, receipt.reason)


async def _tell_owner(tx: Tx, receipt: ReceiptRow, job: JobRow, reason: str) -> None:
    """Put it before the owner; a matter that is open already is not put again."""
    client, _ = await talks_of(tx, job)
    words = f"{receipt.registrar} {receipt.kind} {receipt.id}: {reason}"
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
