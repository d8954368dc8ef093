"""Questions about offers: which one is open, and who has already said no."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import OfferRow


async def open_of_job(session: AsyncSession, *, job_id: str) -> str | None:
    """Return the id of the job's open offer; a job has at most one."""
    query = select(OfferRow.id).where(OfferRow.job_id == job_id, OfferRow.state == "open")
    return await session.scalar(query)


async def refused_by(
    session: AsyncSession, *, job_id: str, since: datetime | None = None
) -> Sequence[str]:
    """Return masters who declined the job or let it lapse, from `since` on."""
    query = (
        select(OfferRow.master_id)
        .where(
            OfferRow.job_id == job_id,
            OfferRow.state.in_(("declined", "lapsed")),
            *([OfferRow.closed_at >= since] if since else []),
        )
        .distinct()
        .order_by(OfferRow.master_id)
    )
    return (await session.scalars(query)).all()


async def latest_of_master(session: AsyncSession, *, job_id: str, master_id: str) -> str | None:
    """Return the id of the last offer of a job that this master got."""
    query = (
        select(OfferRow.id)
        .where(OfferRow.job_id == job_id, OfferRow.master_id == master_id)
        .order_by(OfferRow.id.desc())
        .limit(1)
    )
    return await session.scalar(query)
