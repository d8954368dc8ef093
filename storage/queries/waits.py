"""How long people wait: for our answer, for a master's, for a booking (A147)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.queries.figures import Span, clients, seconds
from storage.tables import EffectRow, JobRow, LetterRow, OfferRow, TalkRow

_MOST = 95  # per cent


@dataclass(frozen=True, slots=True)
class Waits:
    """How long something took: half of the times are not longer than `half_s`, 95 of 100 than `most_s`."""

    count: int
    half_s: float
    most_s: float


async def our_answers(session: AsyncSession, span: Span) -> Waits | None:
    """Return how long people waited for our answer, from the arrival of their words to its delivery.

    Letters are kept for ten days, so of older talks nothing is known.
    """
    took = seconds(session, LetterRow.received, EffectRow.delivered)
    said = (
        select(func.min(took).label("took"))
        .select_from(LetterRow)
        .join(EffectRow, EffectRow.cause == LetterRow.id)
        .where(
            LetterRow.kind.in_(("talk-start", "talk-message", "talk-arrive")),
            EffectRow.kind == "say",
            EffectRow.status == "done",
            span.has(LetterRow.received),
        )
        .group_by(LetterRow.id)
    )
    return await _waits(session, said)


async def masters_answers(session: AsyncSession, span: Span) -> Waits | None:
    """Return how long masters took to say yes or no to an offer."""
    query = select(seconds(session, OfferRow.made_at, OfferRow.closed_at).label("took")).where(
        OfferRow.state.in_(("accepted", "declined")),
        OfferRow.closed_at.is_not(None),
        span.has(OfferRow.made_at),
    )
    return await _waits(session, query)


async def until_booked(session: AsyncSession, span: Span) -> Waits | None:
    """Return how long it took from a client's first word to his first job."""
    first = (
        select(func.min(seconds(session, TalkRow.created_at, JobRow.created_at)).label("took"))
        .select_from(TalkRow)
        .join(JobRow, JobRow.talk_id == TalkRow.id)
        .where(clients(span))
        .group_by(TalkRow.id)
    )
    return await _waits(session, first)


async def _waits(session: AsyncSession, query: Select[Any]) -> Waits | None:
    """Return how many times there are and which are at a half and at 95 of 100."""
    took = query.subquery()
    count = int(await session.scalar(select(func.count()).select_from(took)) or 0)
    if not count:
        return None
    at = [
        await session.scalar(select(took.c.took).order_by(took.c.took).offset(place).limit(1))
        for place in ((count - 1) // 2, (count - 1) * _MOST // 100)
    ]
    return Waits(count, float(at[0] or 0), float(at[1] or 0))
