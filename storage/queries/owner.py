"""Questions about the owner's own chats, and what he must hear of."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import JobRow, LetterRow, LetterStatus, LinkCodeRow, TalkRow, TicketRow

_OWNER = "owner"


async def chats(session: AsyncSession) -> Sequence[TalkRow]:
    """Return the chats that are the owner's and not shut."""
    query = select(TalkRow).where(TalkRow.step == _OWNER, TalkRow.shut_at.is_(None)).order_by(TalkRow.id)
    return (await session.scalars(query)).all()


async def use_code(session: AsyncSession, *, digest: str, now: datetime) -> bool:
    """Use up a code of the owner's; False if it is wrong, old or used.

    One conditional UPDATE, so that a code told at two doors at once opens one.
    """
    query = (
        update(LinkCodeRow)
        .where(
            LinkCodeRow.digest == digest,
            LinkCodeRow.role == _OWNER,
            LinkCodeRow.talk_id.is_(None),
            LinkCodeRow.used_at.is_(None),
            LinkCodeRow.expires_at > now,
        )
        .values(used_at=now, version=LinkCodeRow.version + 1)
        .returning(LinkCodeRow.digest)
        .execution_options(synchronize_session=False)
    )
    return await session.scalar(query) is not None


async def use_up_codes(session: AsyncSession, *, now: datetime) -> None:
    """Let no earlier code of the owner's serve any more."""
    query = (
        update(LinkCodeRow)
        .where(LinkCodeRow.role == _OWNER, LinkCodeRow.talk_id.is_(None), LinkCodeRow.used_at.is_(None))
        .values(used_at=now, version=LinkCodeRow.version + 1)
        .execution_options(synchronize_session=False)
    )
    await session.execute(query)


async def waiting(session: AsyncSession) -> tuple[int, int]:
    """Count the open tickets, and the jobs that look for a master."""
    tickets = select(func.count()).select_from(TicketRow).where(TicketRow.state == "open")
    jobs = select(func.count()).select_from(JobRow).where(JobRow.state == "open")
    return int(await session.scalar(tickets) or 0), int(await session.scalar(jobs) or 0)


async def died(session: AsyncSession, *, since: datetime, until: datetime) -> Sequence[str]:
    """Return the ids of letters that were given up in a span, oldest first."""
    query = select(LetterRow.id).where(
        LetterRow.status == LetterStatus.DEAD, LetterRow.handled >= since, LetterRow.handled < until
    )
    return (await session.scalars(query.order_by(LetterRow.seq))).all()


async def late_jobs(
    session: AsyncSession, *, since: datetime, until: datetime, late: timedelta, states: Collection[str]
) -> Sequence[JobRow]:
    """Return jobs that have become late by so much within a span, and whose master is not there."""
    query = select(JobRow).where(
        JobRow.state.in_(states), JobRow.starts_at >= since - late, JobRow.starts_at < until - late
    )
    return (await session.scalars(query.order_by(JobRow.starts_at))).all()
