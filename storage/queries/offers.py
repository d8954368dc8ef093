"""Questions about offers: who has already said no, and which one was the last."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import OfferRow


async def open_of_master(session: AsyncSession, *, master_id: str) -> Sequence[str]:
    """Return the ids of the offers that wait for this master's answer, the oldest first."""
    query = (
        select(OfferRow.id)
        .where(OfferRow.master_id == master_id, OfferRow.state == "open")
        .order_by(OfferRow.made_at, OfferRow.id)
    )
    return (await session.scalars(query)).all()


async def refused_by(
    session: AsyncSession, *, job_id: str, made_since: datetime, silent_since: datetime
) -> Sequence[str]:
    """Return masters not to be asked again for a job.

    They declined, or accepted and then could not come; who was only silent may be asked again after a while.

    Args:
        made_since: Only offers made from then on count: another time is another question.
        silent_since: Only silence from then on counts.
    """
    query = (
        select(OfferRow.master_id)
        .where(
            OfferRow.job_id == job_id,
            OfferRow.made_at >= made_since,
            or_(
                OfferRow.state.in_(("declined", "accepted")),
                and_(OfferRow.state == "lapsed", OfferRow.closed_at > silent_since),
            ),
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
        .order_by(OfferRow.made_at.desc(), OfferRow.id.desc())
        .limit(1)
    )
    return await session.scalar(query)
