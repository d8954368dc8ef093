"""Questions about jobs: which wait for a master, and which numbers are used."""

from collections.abc import Collection, Sequence

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import JobRow, OfferRow


async def numbers_used(session: AsyncSession, *, city: str, numbers: Collection[str]) -> frozenset[str]:
    """Return those of the numbers that a job of the city already has."""
    query = select(JobRow.number).where(JobRow.city == city, JobRow.number.in_(sorted(numbers)))
    return frozenset((await session.scalars(query)).all())


async def waiting_in(session: AsyncSession, *, city: str, trade: str, limit: int = 20) -> Sequence[str]:
    """Return jobs that look for a master and have asked nobody now, the longest waiting first."""
    asked = exists().where(OfferRow.job_id == JobRow.id, OfferRow.state == "open")
    query = (
        select(JobRow.id)
        .where(JobRow.state == "open", JobRow.city == city, JobRow.trade == trade, ~asked)
        .order_by(JobRow.created_at, JobRow.id)
        .limit(limit)
    )
    return (await session.scalars(query)).all()
