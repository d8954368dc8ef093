"""Questions about what masters earned and were paid, and about refunds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.kernel.ledger import Account
from core.kernel.money import Currency
from storage.queries.books import MOVED
from storage.tables import PayoutRow, RefundRow, TransferRow

UNDER_WAY = ("asked", "pending")
LINES_MAX = 5_000  # of one span; a master does a few jobs a day


@dataclass(frozen=True, slots=True)
class Earned:
    """A movement of what a master earned. A refund takes away."""

    at: datetime
    kind: str  # earning, refund
    minor: int
    job_id: str | None


async def earned_between(
    session: AsyncSession, *, master_id: str, since: datetime, until: datetime, currency: Currency
) -> Sequence[Earned]:
    """Return what a master earned, and what refunds took, from one moment to another, oldest first."""
    account = Account.master(master_id)
    is_earned = (TransferRow.kind == "earning") & (TransferRow.credit == account)
    is_returned = (TransferRow.kind == "refund") & (TransferRow.debit == account)
    signed = case((is_earned, TransferRow.amount_minor), else_=-TransferRow.amount_minor)
    query = (
        select(TransferRow.at, TransferRow.kind, signed.label("minor"), TransferRow.job_id)
        .where(
            or_(is_earned, is_returned),
            TransferRow.currency == currency.value,
            TransferRow.phase.in_(MOVED),
            TransferRow.at >= since,
            TransferRow.at < until,
        )
        .order_by(TransferRow.seq)
        .limit(LINES_MAX)
    )
    return [Earned(row.at, row.kind, int(row.minor), row.job_id) for row in await session.execute(query)]


async def of_master(
    session: AsyncSession, *, master_id: str, limit: int, after: str | None = None
) -> Sequence[PayoutRow]:
    """Return a master's payouts, the newest first."""
    query = select(PayoutRow).where(PayoutRow.master_id == master_id)
    if after is not None:
        query = query.where(PayoutRow.id < after)
    return (await session.scalars(query.order_by(PayoutRow.id.desc()).limit(limit))).all()


async def all_of(
    session: AsyncSession, *, limit: int, after: str | None = None, day: date | None = None
) -> Sequence[PayoutRow]:
    """Return payouts, the newest first; of one Friday if a day is named."""
    query = select(PayoutRow)
    if day is not None:
        query = query.where(PayoutRow.day == day)
    if after is not None:
        query = query.where(PayoutRow.id < after)
    return (await session.scalars(query.order_by(PayoutRow.id.desc()).limit(limit))).all()


async def by_hand(session: AsyncSession, *, day: date) -> Sequence[PayoutRow]:
    """Return the payouts of a day that the owner's bank is to make, as long as nobody said they are made."""
    query = select(PayoutRow).where(
        PayoutRow.day == day, PayoutRow.paymaster == "file", PayoutRow.state.in_(UNDER_WAY)
    )
    return (await session.scalars(query.order_by(PayoutRow.id))).all()


async def under_way(session: AsyncSession, *, master_id: str, currency: Currency) -> int:
    """Return how much is on its way to a master, in minor units."""
    query = select(func.coalesce(func.sum(PayoutRow.amount_minor), 0)).where(
        PayoutRow.master_id == master_id,
        PayoutRow.currency == currency.value,
        PayoutRow.state.in_(UNDER_WAY),
    )
    return int(await session.scalar(query) or 0)


async def refunds_of(session: AsyncSession, *, payment_id: str) -> Sequence[RefundRow]:
    """Return what went back of a payment, oldest first."""
    query = select(RefundRow).where(RefundRow.payment_id == payment_id).order_by(RefundRow.id)
    return (await session.scalars(query)).all()
