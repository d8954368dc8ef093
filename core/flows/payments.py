"""Collecting the money at the door: a payment is opened, agreed on, taken and settled in one commit.

Settlement moves everything at once: the payment succeeds, fee, commission and earning are
transferred, the job is completed, both people hear it (A81–A86, K1–K3, K88).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.flows import holds, ratings, timers, views
from core.flows.accounts import earned_today, owed_by
from core.flows.actor import Actor
from core.flows.tx import Letter, Tx
from core.kernel import ledger
from core.kernel.job import JobAction, JobState, step
from core.kernel.ledger import Account
from core.kernel.money import Currency, Money
from core.kernel.payment import OPEN, Method, PaymentState, change_of, check_amount, needs_consent
from core.kernel.refusal import (
    AlreadyPaid,
    ConsentNeeded,
    MethodNotAvailable,
    OldButton,
    Refusal,
    StepNotAllowed,
    UnknownThing,
)
from core.kernel.settlement import Split, split
from core.markets.policy import Market
from core.text.facts import PriceRange
from storage.tables import JobRow, MasterRow, PaymentRow, Row, TalkRow

REMIND_AFTER = timedelta(hours=2)  # a job that is done and not paid is mentioned to its master again


@dataclass(frozen=True, slots=True)
class Till:
    """Who collects: the master's id, and his terminal if he uses one."""

    actor: str
    terminal_id: str | None = None


async def open_payment(
    tx: Tx, market: Market, *, job: JobRow, amount_minor: int | None, till: Till
) -> PaymentRow:
    """Open the payment of a job that is done, or return the one that is open.

    Args:
        amount_minor: What the master asks for; None is the quote's price.

    Raises:
        StepNotAllowed: the job is not done yet.
        AlreadyPaid: it is paid.
        AmountAbsurd: no such amount.
    """
    if job.state == JobState.COMPLETED:
        raise AlreadyPaid
    if job.state != JobState.DONE or job.master_id is None or job.price_minor is None:
        raise StepNotAllowed(state=job.state, action="pay")
    currency = Currency(job.currency)
    amount = Money(job.price_minor if amount_minor is None else amount_minor, currency)
    check_amount(amount, market.limits_rules)
    standing = await tx.live(PaymentRow, job.id)
    if standing is not None:
        if amount_minor is None or standing.amount_minor == amount.minor:
            return standing
        await _close(tx, standing, PaymentState.CANCELLED)
    payment = _new_payment(tx, market, job, amount, till)
    tx.add(payment)
    tx.record("payment", payment.id, "opened", actor=till.actor, parties=_parties(job))
    _remind(tx, job)
    if payment.state == PaymentState.AWAITING_CONSENT:
        await _ask_consent(tx, job, payment)
    return payment


def _new_payment(tx: Tx, market: Market, job: JobRow, amount: Money, till: Till) -> PaymentRow:
    divided = split(amount, Method.CASH, market.settlement_rules)
    low, high = _range(job)
    state = PaymentState.AWAITING_CONSENT if needs_consent(amount, low, high) else PaymentState.CREATED
    return PaymentRow(
        id=tx.id(),
        job_id=job.id,
        master_id=job.master_id,
        terminal_id=till.terminal_id,
        state=state,
        currency=amount.currency.value,
        amount_minor=amount.minor,
        fee_minor=divided.fee.minor,
        platform_minor=divided.platform.minor,
        master_minor=divided.master.minor,
        breakdown=_breakdown(divided),
        created_at=tx.now,
    )


async def agree(tx: Tx, *, payment: PaymentRow, job: JobRow, is_agreed: bool, actor: str) -> None:
    """Take the client's word on an amount outside the quoted range (K64).

    Raises:
        OldButton: nothing waits for the client's word any more.
    """
    if payment.state != PaymentState.AWAITING_CONSENT:
        raise OldButton
    amount = Money(payment.amount_minor, Currency(payment.currency))
    prices = PriceRange(*_range(job))
    payment.state = PaymentState.CREATED if is_agreed else PaymentState.CANCELLED
    action = "agreed" if is_agreed else "refused"
    tx.record("payment", payment.id, action, actor=actor, parties=_parties(job), amount_minor=amount.minor)
    client, master = await _talks(tx, job)
    if is_agreed:
        tx.say(client, "client-payment-agreed", amount=amount)
    else:
        tx.say(client, "client-payment-refused", range=prices)
    if master is not None:
        tx.say(master, f"master-payment-{action}", news=True, amount=amount, range=prices)


async def take_cash(
    tx: Tx, market: Market, *, payment: PaymentRow, job: JobRow, received_minor: int, till: Till
) -> PaymentRow:
    """Take cash: at least the amount; more is change. Settles at once.

    Raises:
        AlreadyPaid: it is paid, this way or another.
        ConsentNeeded: the client has not agreed to this amount yet.
        StepNotAllowed: the payment is closed.
        MethodNotAvailable: the master's debt from cash has reached its cap (K2).
        CashTooLittle: less than the amount was received.
    """
    amount = Money(payment.amount_minor, Currency(payment.currency))
    received = Money(received_minor, amount.currency)
    if payment.state == PaymentState.SUCCEEDED or job.state == JobState.COMPLETED:
        raise AlreadyPaid
    if payment.state == PaymentState.AWAITING_CONSENT:
        low, high = _range(job)
        raise ConsentNeeded(amount=amount, low=low, high=high)
    if payment.state not in OPEN:
        raise StepNotAllowed(state=payment.state, action="cash")
    if Method.CASH not in await methods(tx, market, master_id=payment.master_id, currency=amount.currency):
        raise MethodNotAvailable(method=Method.CASH)
    check_amount(received, market.limits_rules)
    change = change_of(amount, received)
    step(JobState(job.state), JobAction.COMPLETE, allowed=market.job_actions)
    await _settle(tx, market, payment=payment, job=job, method=Method.CASH, received=received, till=till)
    await _tell_cash(tx, market, payment, job, amount=amount, change=change)
    timers.stop(tx, job)
    await holds.end_early(tx, job)
    return payment


async def methods(tx: Tx, market: Market, *, master_id: str, currency: Currency) -> tuple[Method, ...]:
    """Return the ways to pay that are open to this master now."""
    debt = await owed_by(tx, master_id, currency)
    return ledger.methods(gateways=(), debt=debt, rules=market.cash_rules)


async def repay(tx: Tx, *, master: MasterRow, amount: Money) -> Money:
    """Take money a master brought against his debt. Returns what he still owes."""
    tx.transfer(
        kind="debt_paid",
        debit=Account.BANK,
        credit=Account.master(master.id),
        amount_minor=amount.minor,
        currency=amount.currency.value,
    )
    rest = await owed_by(tx, master.id, amount.currency)
    talk = await tx.get(TalkRow, master.talk_id) if master.talk_id else None
    if talk is not None:
        tx.say(talk, "master-debt-paid", news=True, amount=amount, debt=rest)
    return rest


async def view(tx: Tx, market: Market, payment: PaymentRow) -> views.View:
    """Return what the terminal is shown of a payment."""
    open_to: Sequence[Method] = ()
    if payment.state in OPEN:
        currency = Currency(payment.currency)
        open_to = await methods(tx, market, master_id=payment.master_id, currency=currency)
    return views.payment_view(payment, methods=[method.value for method in open_to], zone=tx.zone)


async def of_job(tx: Tx, payment_id: str, job_id: str) -> PaymentRow:
    """Return a payment of a job. Raises UnknownThing."""
    payment = await tx.get(PaymentRow, payment_id)
    if payment is None or payment.job_id != job_id:
        raise UnknownThing(thing="payment")
    return payment


async def _settle(
    tx: Tx,
    market: Market,
    *,
    payment: PaymentRow,
    job: JobRow,
    method: Method,
    received: Money,
    till: Till,
) -> None:
    amount = Money(payment.amount_minor, Currency(payment.currency))
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
    payment.method, payment.state, payment.settled_at = method.value, PaymentState.SUCCEEDED, tx.now
    payment.received_minor = received.minor
    payment.gateway_response = {"method": method.value, "received_minor": received.minor}
    job.state, job.closed_at = JobState.COMPLETED, tx.now
    facts = {"method": method.value, "amount_minor": amount.minor, "master_minor": divided.master.minor}
    tx.record("payment", payment.id, "succeeded", actor=till.actor, parties=_parties(job), **facts)
    tx.record("job", job.id, JobAction.COMPLETE, actor=till.actor, parties=_parties(job))


async def _tell_cash(
    tx: Tx, market: Market, payment: PaymentRow, job: JobRow, *, amount: Money, change: Money
) -> None:
    client, master = await _talks(tx, job)
    receipt: dict[str, Any] = {"news": True, "amount": amount, "number": job.number}
    stars = ratings.buttons(job)
    if change.minor:
        tx.say(client, "client-receipt-change", buttons=stars, change=change, **receipt)
    else:
        tx.say(client, "client-receipt", buttons=stars, **receipt)
    if master is None:
        return
    currency = amount.currency
    debt = await owed_by(tx, payment.master_id, currency)
    facts: dict[str, Any] = {
        "number": job.number,
        "earned": Money(payment.master_minor, currency),
        "today": await earned_today(tx, payment.master_id, currency),
    }
    if not debt.minor:
        tx.say(master, "master-earned", news=True, **facts)
        tx.say(master, "master-friday", news=True)
        return
    due = Money(payment.fee_minor + payment.platform_minor, currency)
    tx.say(master, "master-earned-cash", news=True, amount=amount, due=due, debt=debt, **facts)
    if Method.CASH not in ledger.methods(gateways=(), debt=debt, rules=market.cash_rules):
        tx.say(master, "master-cap-reached", news=True, debt=debt)


async def remind(tx: Tx, *, job: JobRow) -> None:
    """Mention a job that is done and not paid, and look again later."""
    if job.state != JobState.DONE:
        return
    _, master = await _talks(tx, job)
    if master is not None:
        tx.say(master, "master-payment-remind", news=True, number=job.number)
    _remind(tx, job)


def _remind(tx: Tx, job: JobRow) -> None:
    timers.remind_of_payment(tx, job, tx.now + REMIND_AFTER)


async def _ask_consent(tx: Tx, job: JobRow, payment: PaymentRow) -> None:
    client, master = await _talks(tx, job)
    amount = Money(payment.amount_minor, Currency(payment.currency))
    prices = PriceRange(*_range(job))
    tx.say(
        client,
        "client-payment-consent",
        news=True,
        choices={"yes": f"agree:{payment.id}:yes", "no": f"agree:{payment.id}:no"},
        number=job.number,
        amount=amount,
        range=prices,
    )
    if master is not None:
        tx.say(master, "master-payment-consent", news=True, amount=amount, range=prices)


async def _close(tx: Tx, payment: PaymentRow, state: PaymentState) -> None:
    payment.state = state
    tx.record("payment", payment.id, state, actor="naryad")


async def _talks(tx: Tx, job: JobRow) -> tuple[TalkRow, TalkRow | None]:
    client = await tx.get(TalkRow, job.talk_id)
    if client is None:
        raise LookupError(f"a job without its talk: {job.id}")
    master = await tx.get(MasterRow, job.master_id) if job.master_id else None
    talk = await tx.get(TalkRow, master.talk_id) if master is not None and master.talk_id else None
    return client, talk


def _range(job: JobRow) -> tuple[Money, Money]:
    currency = Currency(job.currency)
    return Money(job.low_minor or 0, currency), Money(job.high_minor or 0, currency)


def _parties(job: JobRow) -> list[str]:
    return [job.talk_id, *([job.master_id] if job.master_id else [])]


def _breakdown(divided: Split) -> dict[str, int]:
    return {
        "amount_minor": divided.amount.minor,
        "fee_minor": divided.fee.minor,
        "net_minor": divided.net.minor,
        "platform_minor": divided.platform.minor,
        "master_minor": divided.master.minor,
    }


class PaymentHandler:
    """`payment-open` {job_id, amount_minor?}, `payment-cash` {payment_id, amount_received_minor}."""

    def __init__(self, markets: Mapping[str, Market]) -> None:
        """Take the open markets."""
        self._markets = markets

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401
        """The job with its people's talks, and the payment."""
        job_id = letter.payload["job_id"]
        wanted: dict[type[Row], Collection[str]] = {JobRow: [job_id]}
        if payment_id := letter.payload.get("payment_id"):
            wanted[PaymentRow] = [payment_id]
        job = have(JobRow, job_id)
        if job is None:
            return wanted
        master = have(MasterRow, job.master_id) if job.master_id else None
        talks = [job.talk_id, *([master.talk_id] if master is not None and master.talk_id else [])]
        return {**wanted, TalkRow: talks, MasterRow: [job.master_id] if job.master_id else []}

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Nothing to be read."""
        del letter
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Open, take cash or remind; answer with the payment."""
        letter = turn[-1]
        job = await tx.get(JobRow, letter.payload["job_id"])
        if job is None:
            raise UnknownThing(thing="job")
        if letter.kind == "payment-remind":
            await remind(tx, job=job)
            return
        market = self._markets[job.market]
        actor = Actor.of(letter.payload)
        till = Till(actor=str(actor), terminal_id=letter.payload.get("terminal_id"))
        is_new = False
        if letter.kind == "payment-open":
            amount = letter.payload.get("amount_minor")
            payment = await open_payment(tx, market, job=job, amount_minor=amount, till=till)
            is_new = payment.created_at == tx.now
        else:
            payment = await of_job(tx, letter.payload["payment_id"], job.id)
            received = int(letter.payload["amount_received_minor"])
            await take_cash(tx, market, payment=payment, job=job, received_minor=received, till=till)
        if not actor.is_demo:
            timers.stop(tx, job, "demo")
        tx.answer({**await view(tx, market, payment), "is_new": is_new})

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """The terminal shows why not; nothing is said in a talk."""
