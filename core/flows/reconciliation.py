"""Each morning our books are laid beside the provider's registry of the day before (L32).

What the provider moved and we have not heard of is read anew and settles by itself; anything else stands
open before the owner until he closes it. Nothing is ever corrected by guess.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.charge import RegistryLine, Subject, restored
from core.flows import charges, payouts, refunds
from core.flows.actor import Actor
from core.flows.charges import Provider
from core.flows.tx import Letter, Tx
from core.kernel.charge import ChargeState, RefundState
from core.kernel.reconciliation import Difference, Entry, Kind, compare
from core.kernel.refusal import Refusal, UnknownThing
from storage.queries import registry
from storage.queries.registry import Asked
from storage.tables import ChargeRow, DifferenceRow, PayoutRow, RefundRow, Row

KINDS = ("reconcile", "registry-told", "reconcile-check", "difference-close")
ASKED_AGAIN_AFTER = timedelta(minutes=15)
ASKED_AT_MOST = 48  # times a registry is asked for: half a day
CHECKED_AFTER = timedelta(minutes=15)  # what heals by itself has healed by then
LOOKED_BACK = timedelta(days=3)  # for charges of providers that have no registry
MOSCOW = ZoneInfo("Europe/Moscow")  # the day of Russian registries
_DONE: Mapping[type[Row], str] = {
    ChargeRow: ChargeState.PAID,
    RefundRow: RefundState.DONE,
    PayoutRow: RefundState.DONE,
}
_ROWS: Mapping[str, type[ChargeRow | RefundRow | PayoutRow]] = {
    Subject.CHARGE: ChargeRow,
    Subject.REFUND: RefundRow,
    Subject.PAYOUT: PayoutRow,
}


async def lay_beside(tx: Tx, *, provider: str, day: date, lines: Sequence[RegistryLine]) -> int:
    """Compare our books with a registry, write down what differs, and have healed what can be.

    Returns:
        How many things differ that were not known to differ.
    """
    theirs = [Entry(line.subject, line.order_id, line.provider_id, line.amount) for line in lines]
    ours = await _ours(tx, provider=provider, day=day, lines=lines)
    known = {
        (row.kind, row.thing_id)
        for row in await tx.session.scalars(
            select(DifferenceRow).where(DifferenceRow.provider == provider, DifferenceRow.day == day)
        )
    }
    found = [each for each in compare(ours, theirs) if (each.kind, each.thing_id) not in known]
    for difference in found:
        _write_down(tx, difference, provider=provider, day=day)
        if difference.kind is Kind.MISSING_HERE:
            await _read_anew(tx, difference.subject, difference.thing_id)
    _record(tx, provider, day, "compared", lines=len(lines), differences=len(found))
    if found:
        _later(tx, "reconcile-check", provider, day, tx.now + CHECKED_AFTER)
    return len(found)


async def check(tx: Tx, *, provider: str, day: date) -> int:
    """See which differences of a day have healed; returns how many still stand."""
    query = select(DifferenceRow).where(
        DifferenceRow.provider == provider, DifferenceRow.day == day, DifferenceRow.state == "open"
    )
    standing = 0
    for row in (await tx.session.scalars(query.order_by(DifferenceRow.id))).all():
        if row.kind == Kind.MISSING_HERE and await _has_moved(tx, row.subject, row.thing_id):
            row.state, row.ended_at = "healed", tx.now
        else:
            standing += 1
    _record(tx, provider, day, "checked", standing=standing)
    return standing


async def read_each(tx: Tx, *, provider: str) -> int:
    """Have every unfinished charge read: what is left where a provider tells no day as a whole."""
    found = await registry.unfinished(tx.session, provider=provider, since=tx.now - LOOKED_BACK)
    for charge in found:
        charges.read_anew(tx, charge)
    return len(found)


def bounds(day: date) -> tuple[datetime, datetime]:
    """Return when a day of a registry begins and ends."""
    start = datetime.combine(day, time(0), MOSCOW)
    return start, start + timedelta(days=1)


def view(row: DifferenceRow) -> dict[str, Any]:
    """Show a difference."""
    return {
        "id": row.id,
        "provider": row.provider,
        "day": row.day.isoformat(),
        "kind": row.kind,
        "subject": row.subject,
        "thing_id": row.thing_id,
        "ours_minor": row.ours_minor,
        "theirs_minor": row.theirs_minor,
        "currency": row.currency,
        "state": row.state,
    }


async def _ours(tx: Tx, *, provider: str, day: date, lines: Sequence[RegistryLine]) -> list[Entry]:
    since, until = bounds(day)
    found: list[Entry] = []
    for subject, ask in (
        (Subject.CHARGE, registry.charges),
        (Subject.REFUND, registry.refunds),
        (Subject.PAYOUT, registry.payouts),
    ):
        about = [line for line in lines if line.subject is subject]
        ids = [line.order_id for line in about if line.order_id]
        named = [line.provider_id for line in about]
        found += await ask(tx.session, Asked(provider, since, until, ids, named))
    return found


def _write_down(tx: Tx, difference: Difference, *, provider: str, day: date) -> None:
    amount = difference.theirs or difference.ours
    if amount is None:
        raise ValueError(f"a difference of nothing: {difference}")
    tx.add(
        DifferenceRow(
            id=tx.id(),
            provider=provider,
            day=day,
            kind=difference.kind.value,
            subject=difference.subject,
            thing_id=difference.thing_id,
            ours_minor=difference.ours.minor if difference.ours else None,
            theirs_minor=difference.theirs.minor if difference.theirs else None,
            currency=amount.currency.value,
            state="open",
            found_at=tx.now,
        )
    )


async def _read_anew(tx: Tx, subject: str, id: str) -> None:
    if subject == Subject.CHARGE:
        charge = await tx.see(ChargeRow, id)
        if charge is not None:
            charges.read_anew(tx, charge)
    elif subject == Subject.REFUND and (refund := await tx.see(RefundRow, id)) is not None:
        refunds.look_again(tx, refund)
    elif subject == Subject.PAYOUT and (payout := await tx.see(PayoutRow, id)) is not None:
        payouts.look_again(tx, payout)


async def _has_moved(tx: Tx, subject: str, id: str) -> bool:
    kind = _ROWS[subject]
    row = await tx.see(kind, id)
    return row is not None and row.state == _DONE[kind]


def _record(tx: Tx, provider: str, day: date, action: str, **facts: Any) -> None:
    tx.record("registry", f"{provider}:{day}", action, provider=provider, **{"actor": "naryad", **facts})


def _later(tx: Tx, kind: str, provider: str, day: date, when: datetime, **more: object) -> None:
    tx.at(
        key=f"{kind}:{provider}:{day}:due",
        lane=f"books:{provider}",
        when=when,
        kind=kind,
        payload={"provider": provider, "day": day.isoformat(), **more},
    )


class ReconciliationHandler:
    """`reconcile` {provider, day, tries?}, `registry-told` {provider, day, lines?, tries}, `reconcile-check`.

    `difference-close` {difference_id, actor}: the owner has seen to it.
    """

    def __init__(self, provider: Provider, *, without_registry: Collection[str] = ()) -> None:
        """Take the provider that is connected, and the names of others that tell no day as a whole."""
        self._without_registry = {*without_registry, *(() if provider.has_registry else (provider.name,))}

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401
        """The difference that is closed."""
        del have
        difference_id = letter.payload.get("difference_id")
        return {DifferenceRow: [difference_id]} if difference_id else {}

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Nothing to be read."""
        del letter
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Ask for a registry, compare it, or see what has healed."""
        letter = turn[-1]
        payload = letter.payload
        if letter.kind == "difference-close":
            await self._close(tx, payload)
            return
        provider, day = str(payload["provider"]), date.fromisoformat(payload["day"])
        if letter.kind == "reconcile-check":
            await check(tx, provider=provider, day=day)
        elif letter.kind == "reconcile":
            await self._ask(tx, provider, day, tries=int(payload.get("tries", 0)))
        elif payload.get("lines") is None:
            tries = int(payload.get("tries", 0)) + 1
            if tries < ASKED_AT_MOST:
                _later(tx, "reconcile", provider, day, tx.now + ASKED_AGAIN_AFTER, tries=tries)
        else:
            lines = [restored(RegistryLine, line) for line in payload["lines"]]
            found = await lay_beside(tx, provider=provider, day=day, lines=lines)
            tx.answer({"differences": found})

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """Who asked reads why not."""

    async def _ask(self, tx: Tx, provider: str, day: date, *, tries: int) -> None:
        if provider in self._without_registry:
            await read_each(tx, provider=provider)
            return
        payload = {"provider": provider, "day": day.isoformat(), "tries": tries}
        tx.effect("registry", lane=f"registry:{provider}", payload=payload)

    async def _close(self, tx: Tx, payload: Mapping[str, Any]) -> None:
        row = await tx.get(DifferenceRow, str(payload["difference_id"]))
        if row is None:
            raise UnknownThing(thing="difference")
        if row.state == "open":
            row.state, row.ended_at = "closed", tx.now
            actor = str(Actor.of(payload))
            _record(tx, row.provider, row.day, "closed", actor=actor, thing_id=row.thing_id)
        tx.answer(view(row))
