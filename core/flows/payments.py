"""Collecting the money at the door: a payment is opened, agreed on, and taken in cash or through a provider.

What a provider says is in `charges`, what follows once the money is there in `settlements`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.flows import charges, settlements, timers, views
from core.flows.accounts import owed_by
from core.flows.actor import Actor
from core.flows.charges import Provider
from core.flows.settlements import parties, settle, talks_of
from core.flows.tx import Letter, Tx
from core.kernel import ledger
from core.kernel.job import JobState
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
from core.kernel.settlement import split
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
        OutcomeUnknown: another amount is asked for, and the client may have paid the first one already.
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
        current = await charges.current_of(tx, standing)
        charges.may_be_given_up(market, current, standing, now=tx.now)
        await _close(tx, standing, PaymentState.CANCELLED)
        if current is not None:
            charges.give_up(tx, current)
    payment = _new_payment(tx, market, job, amount, till)
    tx.add(payment)
    tx.record("payment", payment.id, "opened", actor=till.actor, parties=parties(job))
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
        breakdown=settlements.breakdown(divided),
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
    tx.record("payment", payment.id, action, actor=actor, parties=parties(job), amount_minor=amount.minor)
    client, master = await talks_of(tx, job)
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
        OutcomeUnknown: the client may have paid otherwise already.
        MethodNotAvailable: the master's debt from cash has reached its cap (K2).
        CashTooLittle: less than the amount was received.
    """
    amount = Money(payment.amount_minor, Currency(payment.currency))
    received = Money(received_minor, amount.currency)
    _must_be_open(payment, job, Method.CASH)
    await must_take_cash(tx, market, master_id=payment.master_id, currency=amount.currency)
    check_amount(received, market.limits_rules)
    change_of(amount, received)
    current = await charges.current_of(tx, payment)
    charges.may_be_given_up(market, current, payment, now=tx.now)
    payment.charge_id = None
    await settle(
        tx, market, payment=payment, job=job, method=Method.CASH, received=received, actor=till.actor
    )
    if current is not None:
        charges.give_up(tx, current)
    return payment


async def must_take_cash(tx: Tx, market: Market, *, master_id: str, currency: Currency) -> None:
    """Raise MethodNotAvailable if the master's debt from cash has reached its cap (K2)."""
    debt = await owed_by(tx, master_id, currency)
    if Method.CASH not in ledger.methods(gateways=(), debt=debt, rules=market.cash_rules):
        raise MethodNotAvailable(method=Method.CASH)


def _must_be_open(payment: PaymentRow, job: JobRow, method: Method) -> None:
    if payment.state == PaymentState.SUCCEEDED or job.state == JobState.COMPLETED:
        raise AlreadyPaid
    if job.state != JobState.DONE:
        raise StepNotAllowed(state=job.state, action=method)
    if payment.state == PaymentState.AWAITING_CONSENT:
        low, high = _range(job)
        raise ConsentNeeded(amount=settlements.amount_of(payment), low=low, high=high)
    if payment.state not in OPEN:
        raise StepNotAllowed(state=payment.state, action=method)


async def take_by(
    tx: Tx,
    market: Market,
    provider: Provider,
    *,
    payment: PaymentRow,
    job: JobRow,
    method: Method,
    till: Till,
) -> PaymentRow:
    """Ask the provider for the money, by card or SBP. Pressing again changes nothing; another method does.

    Raises:
        AlreadyPaid, ConsentNeeded, StepNotAllowed: as for `take_cash`.
        OutcomeUnknown: the client may have paid otherwise already.
        MethodNotAvailable: the provider has no such method.
    """
    _must_be_open(payment, job, method)
    if method not in provider.methods:
        raise MethodNotAvailable(method=method)
    current = await charges.current_of(tx, payment)
    if current is not None and charges.stands(current, method, now=tx.now):
        return payment
    charges.may_be_given_up(market, current, payment, now=tx.now)
    if current is not None:
        charges.give_up(tx, current)
        await tx.flush()  # a payment waits for one charge at a time
    await charges.begin(tx, market, provider, payment=payment, job=job, method=method, actor=till.actor)
    return payment


async def methods(
    tx: Tx, market: Market, provider: Provider, *, master_id: str, currency: Currency
) -> tuple[Method, ...]:
    """Return the ways to pay that are open to this master now."""
    debt = await owed_by(tx, master_id, currency)
    return ledger.methods(gateways=provider.methods, debt=debt, rules=market.cash_rules)


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


async def view(tx: Tx, market: Market, provider: Provider, payment: PaymentRow) -> views.View:
    """Return what the terminal is shown of a payment."""
    open_to: Sequence[Method] = ()
    if payment.state in OPEN:
        currency = Currency(payment.currency)
        open_to = await methods(tx, market, provider, master_id=payment.master_id, currency=currency)
    charge = await charges.current_of(tx, payment)
    return views.payment_view(
        payment, methods=[method.value for method in open_to], charge=charge, zone=tx.zone
    )


async def of_job(tx: Tx, payment_id: str, job_id: str) -> PaymentRow:
    """Return a payment of a job. Raises UnknownThing."""
    payment = await tx.get(PaymentRow, payment_id)
    if payment is None or payment.job_id != job_id:
        raise UnknownThing(thing="payment")
    return payment


async def remind(tx: Tx, *, job: JobRow) -> None:
    """Mention a job that is done and not paid, and look again later."""
    if job.state == JobState.DISPUTED:
        _remind(tx, job)  # by the owner's word it may have to be paid after all
        return
    if job.state != JobState.DONE:
        await _let_go(tx, job)
        return
    _, master = await talks_of(tx, job)
    if master is not None:
        tx.say(master, "master-payment-remind", news=True, number=job.number)
    _remind(tx, job)


def _remind(tx: Tx, job: JobRow) -> None:
    timers.remind_of_payment(tx, job, tx.now + REMIND_AFTER)


async def _ask_consent(tx: Tx, job: JobRow, payment: PaymentRow) -> None:
    client, master = await talks_of(tx, job)
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


async def _let_go(tx: Tx, job: JobRow) -> None:
    """A job that will not be paid any more waits for no payment."""
    payment = await tx.live(PaymentRow, job.id)
    if payment is None:
        return
    current = await charges.current_of(tx, payment)
    await _close(tx, payment, PaymentState.CANCELLED)
    if current is not None:
        charges.give_up(tx, current)


async def _close(tx: Tx, payment: PaymentRow, state: PaymentState) -> None:
    payment.state = state
    tx.record("payment", payment.id, state, actor="naryad")


def _range(job: JobRow) -> tuple[Money, Money]:
    currency = Currency(job.currency)
    return Money(job.low_minor or 0, currency), Money(job.high_minor or 0, currency)


class PaymentHandler:
    """Handles what is done at the till.

    `payment-open` {job_id, amount_minor?}, `payment-cash` {payment_id, amount_received_minor},
    `payment-charge` {payment_id, method}, `payment-remind`; all with {job_id, actor, terminal_id?}.
    """

    def __init__(self, markets: Mapping[str, Market], provider: Provider) -> None:
        """Take the open markets, and the payment provider that is connected."""
        self._markets = markets
        self._provider = provider

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
        elif letter.kind == "payment-charge":
            payment = await of_job(tx, letter.payload["payment_id"], job.id)
            method = Method(letter.payload["method"])
            await take_by(tx, market, self._provider, payment=payment, job=job, method=method, till=till)
        else:
            payment = await of_job(tx, letter.payload["payment_id"], job.id)
            received = int(letter.payload["amount_received_minor"])
            await take_cash(tx, market, payment=payment, job=job, received_minor=received, till=till)
        if not actor.is_demo:
            timers.stop(tx, job, "demo")
        tx.answer({**await view(tx, market, self._provider, payment), "is_new": is_new})

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """The terminal shows why not; nothing is said in a talk."""
