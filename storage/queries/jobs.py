"""Questions about jobs: which wait for a master, which numbers are used, which times were offered."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import DecisionRow, JobRow, OfferRow

_WITH_MASTER = ("assigned", "travelling", "on_site", "working", "done")
_OFFERS_REMEMBERED = 5  # lists of times offered for one job; older buttons are old


async def numbers_used(session: AsyncSession, *, city: str, numbers: Collection[str]) -> frozenset[str]:
    """Return those of the numbers that a job of the city already has."""
    query = select(JobRow.number).where(JobRow.city == city, JobRow.number.in_(sorted(numbers)))
    return frozenset((await session.scalars(query)).all())


async def waiting_in(session: AsyncSession, *, city: str, trade: str, limit: int = 20) -> Sequence[str]:
    """Return jobs that look for a master or a time and have asked nobody now, the longest waiting first."""
    asked = exists().where(OfferRow.job_id == JobRow.id, OfferRow.state == "open")
    without_time = and_(JobRow.state == "quoted", JobRow.starts_at.is_(None))
    query = (
        select(JobRow.id)
        .where(or_(JobRow.state == "open", without_time), JobRow.city == city, JobRow.trade == trade, ~asked)
        .order_by(JobRow.created_at, JobRow.id)
        .limit(limit)
    )
    return (await session.scalars(query)).all()


async def of_master(session: AsyncSession, *, master_id: str) -> Sequence[str]:
    """Return the jobs that a master has taken and that are not over, in order of their time."""
    query = (
        select(JobRow.id)
        .where(JobRow.master_id == master_id, JobRow.state.in_(_WITH_MASTER))
        .order_by(JobRow.starts_at, JobRow.id)
    )
    return (await session.scalars(query)).all()


async def offered_time(session: AsyncSession, *, job_id: str, start: datetime) -> Mapping[str, Any] | None:
    """Return the slot that was last offered for a job at this time, as it was written down then."""
    query = (
        select(DecisionRow.outcome)
        .where(DecisionRow.job_id == job_id, DecisionRow.kind == "times")
        .order_by(DecisionRow.at.desc(), DecisionRow.id.desc())
        .limit(_OFFERS_REMEMBERED)
    )
    for outcome in await session.scalars(query):
        for slot in outcome["slots"]:
            if datetime.fromisoformat(slot["start"]) == start:
                return dict(slot)
    return None


async def times_chosen_at(session: AsyncSession, *, jobs: Collection[str]) -> dict[str, datetime]:
    """Return when the client of each job chose the time and price the job has now."""
    query = (
        select(DecisionRow.job_id, func.max(DecisionRow.at).label("at"))
        .where(DecisionRow.job_id.in_(sorted(jobs)), DecisionRow.kind == "price")
        .group_by(DecisionRow.job_id)
    )
    return {row.job_id: row.at for row in await session.execute(query)}


async def has_offered_times(session: AsyncSession, *, job_id: str) -> bool:
    """Tell whether any times were ever offered for a job in news."""
    query = select(exists().where(DecisionRow.job_id == job_id, DecisionRow.kind == "times"))
    return bool(await session.scalar(query))
