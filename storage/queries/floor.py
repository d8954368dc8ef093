"""What was said in a talk while the owner had the floor, and what was not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.tables import EffectRow, EffectStatus, UtteranceRow

_UNSENT = (EffectStatus.WAITING, EffectStatus.HELD)


async def said_since(
    session: AsyncSession, *, talk_id: str, author: str, since: datetime
) -> Sequence[UtteranceRow]:
    """Return what a person said since the owner stepped in, oldest first.

    Words of the very moment of his step were before it if the program has answered them.
    """
    reply = aliased(UtteranceRow)
    is_answered = exists().where(
        reply.talk_id == talk_id, reply.cause == UtteranceRow.cause, reply.author == "naryad"
    )
    query = (
        select(UtteranceRow)
        .where(
            UtteranceRow.talk_id == talk_id,
            UtteranceRow.author == author,
            or_(UtteranceRow.at > since, and_(UtteranceRow.at == since, ~is_answered)),
        )
        .order_by(UtteranceRow.seq)
    )
    return (await session.scalars(query)).all()


async def has_owner_spoken(session: AsyncSession, *, talk_id: str, since: datetime) -> bool:
    """Tell whether the owner has said anything since he stepped in."""
    query = select(
        exists().where(
            UtteranceRow.talk_id == talk_id, UtteranceRow.author == "owner", UtteranceRow.at >= since
        )
    )
    return bool(await session.scalar(query))


async def withdraw(session: AsyncSession, *, lane: str, now: datetime) -> None:
    """Withdraw the replies of a lane that nobody has got yet, at whatever door; news stays."""
    query = (
        update(EffectRow)
        .where(
            EffectRow.lane == lane,
            EffectRow.status.in_(_UNSENT),
            EffectRow.kind == "say",
            EffectRow.is_news.is_(False),
        )
        .values(status=EffectStatus.WITHDRAWN, delivered=now)
    )
    await session.execute(query)


async def withdrawn(session: AsyncSession, *, lane: str, at: datetime) -> Sequence[dict[str, Any]]:
    """Return what was withdrawn in a lane at a moment, as it would have been sent."""
    query = (
        select(EffectRow.payload)
        .where(
            EffectRow.lane == lane,
            EffectRow.status == EffectStatus.WITHDRAWN,
            EffectRow.delivered == at,
            EffectRow.kind == "say",
        )
        .order_by(EffectRow.seq)
    )
    return (await session.scalars(query)).all()
