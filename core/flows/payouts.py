"""Paying masters out: every Friday what they have with us, once, held until it has arrived (A87).

What a master owes from cash is netted by itself: he has one account, and only a positive balance is paid.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from core.charge import Destination, Payout, PayoutOrder, restored, stored
from core.flows.accounts import balance_of
from core.flows.actor import Actor
from core.flows.tx import Letter, Tx
from core.kernel.charge import REFUND_STEPS, RefundState
from core.kernel.ledger import Account
from core.kernel.money import Currency, Money
from core.kernel.refusal import Refusal, StepNotAllowed, UnknownThing
from core.markets.banks import told as told_of
from core.markets.policy import Market
from storage.tables import MasterRow, PayoutRow, Row, TalkRow

KINDS = ("payout", "payout-told", "payout-poll", "payout-end", "payout-to")
POLLS_S = (15, 60, 300, 900, 3_600, 6 * 3_600)  # between readings of a payout; the last one repeats
REASON_MAX = 200  # characters
_OPEN = (RefundState.ASKED, RefundState.PENDING)


@dataclass(frozen=True, slots=True)
class PayoutRules:
    """Who pays out.

    Attributes:
        by_hand: The owner sends a file to his bank and says what became of each line.
    """

    paymaster: str = "file"
    by_hand: bool = True


def where_to(master: MasterRow) -> Mapping[str, str]:
    """Return where a master's money goes: where he said, else by SBP to his phone; nothing if unknown."""
    if master.payout_to:
        return {name: str(value) for name, value in master.payout_to.items() if value}
    return {"destination": Destination.SBP.value, "phone": master.phone} if master.phone else {}


async def pay_out(
    tx: Tx, market: Market, rules: PayoutRules, *, master: MasterRow, day: date
) -> PayoutRow | None:
    """Pay a master what he has with us; None if that is nothing, or if this day is paid already."""
    if await _of_day(tx, master, day) is not None:
        return None
    amount = await payable(tx, master, market.currency)
    if amount.minor <= 0:
        return None
    to = dict(where_to(master))
    talk = await tx.get(TalkRow, master.talk_id) if master.talk_id else None
    if not to:
        if talk is not None:
            tx.say(talk, "master-payout-where", news=True, amount=amount)
        return None
    hold_id = _move(tx, master.id, amount, phase="pending")
    payout = PayoutRow(
        id=tx.id(),
        master_id=master.id,
        day=day,
        paymaster=rules.paymaster,
        destination=to.pop("destination"),
        goes_to={"name": master.name or "", **({"inn": master.inn} if master.inn else {}), **to},
        state=RefundState.ASKED,
        amount_minor=amount.minor,
        currency=amount.currency.value,
        hold_id=hold_id,
        silences=0,
        asked_at=tx.now,
    )
    tx.add(payout)
    facts = {"amount_minor": amount.minor, "payout_id": payout.id}
    tx.record("master", master.id, "payout_asked", actor="naryad", parties=_parties(master), **facts)
    if not rules.by_hand:
        _ask(tx, payout, "payout")
        _poll(tx, payout, tx.now + timedelta(seconds=POLLS_S[0]))
    if talk is not None:
        tx.say(talk, "master-payout-sent", news=True, amount=amount)
    return payout


async def payable(tx: Tx, master: MasterRow, currency: Currency) -> Money:
    """Return what could be paid to a master now: his balance less what is on its way to him."""
    if tx.group.unwritten(PayoutRow):
        await tx.flush()  # an earlier turn of this group may pay him, or have ended a payout
    query = select(func.coalesce(func.sum(PayoutRow.amount_minor), 0)).where(
        PayoutRow.master_id == master.id,
        PayoutRow.currency == currency.value,
        PayoutRow.state.in_(_OPEN),
    )
    under_way = int(await tx.session.scalar(query) or 0)
    return await balance_of(tx, master.id, currency) - Money(under_way, currency)


async def hear_of(
    tx: Tx, *, payout: PayoutRow, master: MasterRow, told: Payout | None, silence: str | None
) -> None:
    """Take in what became of a payout; None and no silence: the paymaster has never heard of it."""
    if payout.state not in _OPEN:
        return
    if told is None:
        payout.silences += 1
        # What we asked did not arrive: the same id again. Only here is it known that it has not failed.
        if silence is None and not await tx.is_under_way(_lane(payout)):
            _ask(tx, payout, "payout")
        return
    payout.silences = 0
    if (RefundState(payout.state), told.state) not in REFUND_STEPS:
        return
    payout.provider_id = told.provider_id or payout.provider_id
    if told.state in (RefundState.DONE, RefundState.FAILED):
        await end(
            tx, payout=payout, master=master, is_done=told.state is RefundState.DONE, reason=told.reason
        )
    else:
        payout.state = told.state


async def end(
    tx: Tx, *, payout: PayoutRow, master: MasterRow, is_done: bool, reason: str | None = None
) -> None:
    """The money has arrived, or has not: what was held for it is posted, or let go. Once more is fine.

    Raises:
        StepNotAllowed: it has ended the other way.
    """
    state = RefundState.DONE if is_done else RefundState.FAILED
    if payout.state == state:
        return
    if payout.state not in _OPEN:
        raise StepNotAllowed(state=payout.state, action=state)
    amount = Money(payout.amount_minor, Currency(payout.currency))
    _move(tx, master.id, amount, phase="post" if is_done else "void", pending_id=payout.hold_id)
    payout.state, payout.reason, payout.ended_at = state, reason and reason[:REASON_MAX], tx.now
    tx.cancel(_timer(payout))
    facts = {"amount_minor": amount.minor, "payout_id": payout.id}
    action = "payout_done" if is_done else "payout_failed"
    tx.record("master", master.id, action, actor="naryad", parties=_parties(master), **facts)
    talk = await tx.get(TalkRow, master.talk_id) if master.talk_id else None
    if talk is not None:
        tx.say(talk, "master-payout-done" if is_done else "master-payout-failed", news=True, amount=amount)


async def poll(tx: Tx, *, payout: PayoutRow, polls: int) -> None:
    """Ask after a payout that is not at its end, less and less often, for as long as it takes."""
    if payout.state not in _OPEN:
        return
    if not await tx.is_under_way(_lane(payout)):
        _ask(tx, payout, "payout-read")
    pause = timedelta(seconds=POLLS_S[min(polls, len(POLLS_S) - 1)])
    _poll(tx, payout, tx.now + pause, polls=polls + 1)


def look_again(tx: Tx, payout: PayoutRow) -> None:
    """Have a payout read now instead of later: somebody says that it has moved."""
    _poll(tx, payout, tx.now)


def view(payout: PayoutRow) -> dict[str, Any]:
    """Show a payout. Where it goes is shown by its end only."""
    return {
        "payout_id": payout.id,
        "master_id": payout.master_id,
        "day": payout.day.isoformat(),
        "status": payout.state,
        "paymaster": payout.paymaster,
        "destination": payout.destination,
        "amount_minor": payout.amount_minor,
        "currency": payout.currency,
        "reason": payout.reason,
    }


async def _of_day(tx: Tx, master: MasterRow, day: date) -> str | None:
    query = select(PayoutRow.id).where(PayoutRow.master_id == master.id, PayoutRow.day == day)
    return await tx.session.scalar(query)


def _move(tx: Tx, master_id: str, amount: Money, *, phase: str, pending_id: str | None = None) -> str:
    return tx.transfer(
        kind="payout",
        debit=Account.master(master_id),
        credit=Account.BANK,
        amount_minor=amount.minor,
        currency=amount.currency.value,
        phase=phase,
        pending_id=pending_id,
    )


def _ask(tx: Tx, payout: PayoutRow, kind: str) -> None:
    order = PayoutOrder(
        id=payout.id,
        amount=Money(payout.amount_minor, Currency(payout.currency)),
        destination=Destination(payout.destination),
        to={name: str(value) for name, value in payout.goes_to.items()},
        description=tx.words("ru", "payout-for", day=payout.day.strftime("%d.%m.%Y")),
    )
    payload = {
        "payout_id": payout.id,
        "master_id": payout.master_id,
        "paymaster": payout.paymaster,
        "provider_id": payout.provider_id,
        "order": stored(order),
    }
    tx.effect(kind, lane=_lane(payout), payload=payload)


def _lane(payout: PayoutRow) -> str:
    return f"payout:{payout.id}"


def _timer(payout: PayoutRow) -> str:
    return f"payout:{payout.id}:poll"


def _poll(tx: Tx, payout: PayoutRow, when: datetime, *, polls: int = 0) -> None:
    payload = {"payout_id": payout.id, "master_id": payout.master_id, "polls": polls}
    tx.at(
        key=_timer(payout), lane=f"master:{payout.master_id}", when=when, kind="payout-poll", payload=payload
    )


def _parties(master: MasterRow) -> list[str]:
    return [master.id, *([master.talk_id] if master.talk_id else [])]


class PayoutHandler:
    """`payout` {master_id, day}, `payout-to` {master_id, to}, `payout-end` {payout_id, is_done, reason?}.

    `payout-told` {payout_id, told?, silence?} and `payout-poll` {payout_id, polls} come by themselves. All
    name the `master_id`.
    """

    def __init__(self, markets: Mapping[str, Market], rules: PayoutRules) -> None:
        """Take the open markets, and who pays out."""
        self._markets = markets
        self._rules = rules

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401
        """The master, his talk, the payout."""
        payload = letter.payload
        wanted: dict[type[Row], Collection[str]] = {MasterRow: [payload["master_id"]]}
        if payout_id := payload.get("payout_id"):
            wanted[PayoutRow] = [payout_id]
        master = have(MasterRow, payload["master_id"])
        return {**wanted, TalkRow: [master.talk_id]} if master is not None and master.talk_id else wanted

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Nothing to be read."""
        del letter
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Pay out, hear of it, ask after it, end it by hand, or learn where to pay."""
        letter = turn[-1]
        payload = letter.payload
        master = await tx.get(MasterRow, payload["master_id"])
        if master is None:
            raise UnknownThing(thing="master")
        if letter.kind == "payout":
            day = date.fromisoformat(payload["day"])
            paid = await pay_out(tx, self._markets[master.market], self._rules, master=master, day=day)
            tx.answer(view(paid) if paid else {})
            return
        if letter.kind == "payout-to":
            master.payout_to = dict(payload["to"])
            actor = str(Actor.of(payload))
            tx.record("master", master.id, "payout_to", actor=actor, parties=_parties(master))
            talk = await tx.get(TalkRow, master.talk_id) if master.talk_id else None
            if talk is not None:  # so that he hears it if it was somebody else
                tx.say(talk, "master-payout-to", news=True, where=told_of(payload["to"]))
            tx.answer({"destination": payload["to"]["destination"]})
            return
        payout = await tx.get(PayoutRow, payload["payout_id"])
        if payout is None or payout.master_id != master.id:
            raise UnknownThing(thing="payout")
        if letter.kind == "payout-poll":
            await poll(tx, payout=payout, polls=int(payload.get("polls", 0)))
        elif letter.kind == "payout-told":
            told = payload.get("told")
            said = restored(Payout, told) if told else None
            await hear_of(tx, payout=payout, master=master, told=said, silence=payload.get("silence"))
        else:
            is_done, reason = bool(payload["is_done"]), payload.get("reason")
            await end(tx, payout=payout, master=master, is_done=is_done, reason=reason)
            tx.answer(view(payout))

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """Who asked reads why not; nothing is said in a talk."""
