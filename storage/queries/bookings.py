"""Questions about bookings: whose time is taken, and which holds stand in the way of somebody."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import BookingRow


async def taken_of(
    session: AsyncSession,
    *,
    masters: Collection[str],
    since: datetime,
    until: datetime,
    now: datetime,
    job_id: str | None = None,
) -> dict[str, list[tuple[datetime, datetime]]]:
    """Return the taken spans of each of these masters in a window, in order.

    Holds whose deadline has passed, and bookings of `job_id` itself, take no time.
    """
    query = (
        select(BookingRow.master_id, BookingRow.starts_at, BookingRow.ends_at)
        .where(
            BookingRow.master_id.in_(sorted(masters)),
            BookingRow.ends_at > since,
            BookingRow.starts_at < until,
            or_(
                BookingRow.state == "bound",
                and_(BookingRow.state == "held", or_(BookingRow.until.is_(None), BookingRow.until > now)),
            ),
            *([BookingRow.job_id != job_id] if job_id else []),
        )
        .order_by(BookingRow.master_id, BookingRow.starts_at)
    )
    spans: dict[str, list[tuple[datetime, datetime]]] = {}
    for master_id, starts_at, ends_at in await session.execute(query):
        spans.setdefault(master_id, []).append((starts_at, ends_at))
    return spans


async def run_out_in(
    session: AsyncSession, *, master_id: str, starts_at: datetime, ends_at: datetime, now: datetime
) -> Sequence[str]:
    """Return ids of the master's holds in a span whose deadline has passed but which nobody let go yet."""
    query = (
        select(BookingRow.id)
        .where(
            BookingRow.master_id == master_id,
            BookingRow.state == "held",
            BookingRow.until <= now,
            BookingRow.ends_at > starts_at,
            BookingRow.starts_at < ends_at,
        )
        .order_by(BookingRow.id)
    )
    return (await session.scalars(query)).all()
