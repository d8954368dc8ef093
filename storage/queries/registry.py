"""What our books say moved through a provider, to be laid beside its registry of a day."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.kernel.charge import ALIVE, ChargeState, RefundState
from core.kernel.money import Currency, Money
from core.kernel.reconciliation import Entry
from storage.tables import ChargeRow, DifferenceRow, PayoutRow, RefundRow

NAMED_AT_ONCE = 400  # ids in one question; SQLite takes no more than a thousand


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of our books: what moved through a provider within a span, and what a registry names.

    Attributes:
        ids: Ours. `provider_ids`: the provider's.
    """

    provider: str
    since: datetime
    until: datetime
    ids: Collection[str] = ()
    provider_ids: Collection[str] = ()


async def charges(session: AsyncSession, asked: Asked) -> list[Entry]:
    """Return charges that were paid, and those that are named."""
    paid = and_(ChargeRow.paid_at >= asked.since, ChargeRow.paid_at < asked.until)
    found = await _found(session, ChargeRow, asked, ours=ChargeRow.provider == asked.provider, moved=paid)
    return [_entry("charge", row, is_done=row.state == ChargeState.PAID) for row in found]


async def refunds(session: AsyncSession, asked: Asked) -> list[Entry]:
    """Return refunds that were done, and those that are named."""
    ours = RefundRow.charge_id.in_(select(ChargeRow.id).where(ChargeRow.provider == asked.provider))
    done = and_(
        RefundRow.state == RefundState.DONE,
        RefundRow.ended_at >= asked.since,
        RefundRow.ended_at < asked.until,
    )
    found = await _found(session, RefundRow, asked, ours=ours, moved=done)
    return [_entry("refund", row, is_done=row.state == RefundState.DONE) for row in found]


async def payouts(session: AsyncSession, asked: Asked) -> list[Entry]:
    """Return payouts that were done, and those that are named."""
    done = and_(
        PayoutRow.state == RefundState.DONE,
        PayoutRow.ended_at >= asked.since,
        PayoutRow.ended_at < asked.until,
    )
    found = await _found(session, PayoutRow, asked, ours=PayoutRow.paymaster == asked.provider, moved=done)
    return [_entry("payout", row, is_done=row.state == RefundState.DONE) for row in found]


async def unfinished(session: AsyncSession, *, provider: str, since: datetime) -> Sequence[ChargeRow]:
    """Return charges asked for since a moment that are not at their end."""
    query = select(ChargeRow).where(
        ChargeRow.provider == provider, ChargeRow.state.in_(sorted(ALIVE)), ChargeRow.asked_at >= since
    )
    return (await session.scalars(query.order_by(ChargeRow.id))).all()


async def differences(
    session: AsyncSession, *, state: str | None = None, provider: str | None = None, limit: int = 200
) -> Sequence[DifferenceRow]:
    """Return differences, the newest first."""
    query = (
        select(DifferenceRow).order_by(DifferenceRow.found_at.desc(), DifferenceRow.id.desc()).limit(limit)
    )
    if state is not None:
        query = query.where(DifferenceRow.state == state)
    if provider is not None:
        query = query.where(DifferenceRow.provider == provider)
    return (await session.scalars(query)).all()


def _entry(subject: str, row: Any, *, is_done: bool) -> Entry:  # noqa: ANN401 - one of three rows
    amount = Money(row.amount_minor, Currency(row.currency))
    return Entry(subject, row.id, row.provider_id, amount, is_done=is_done)


async def _found(
    session: AsyncSession,
    kind: Any,  # noqa: ANN401 - one of three rows
    asked: Asked,
    *,
    ours: ColumnElement[bool],
    moved: ColumnElement[bool],
) -> list[Any]:
    named = [kind.id.in_(part) for part in _parts(asked.ids)]
    named += [kind.provider_id.in_(part) for part in _parts(asked.provider_ids)]
    rows: dict[str, Any] = {}
    for condition in (moved, *named):
        for row in await session.scalars(select(kind).where(ours, condition)):
            rows[row.id] = row
    return list(rows.values())


def _parts(ids: Collection[str]) -> Iterator[list[str]]:
    every = sorted(set(ids))
    for start in range(0, len(every), NAMED_AT_ONCE):
        yield every[start : start + NAMED_AT_ONCE]
