"""What the mail gave up: letters that could not be handled, effects that could not be sent or may have been.

Shows nothing personal: no payload, no key, no words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import EffectRow, EffectStatus, LetterRow, LetterStatus

GIVEN_UP = (EffectStatus.DEAD, EffectStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A letter or an effect that waits for a person."""

    what: str  # letter, effect
    id: str
    kind: str
    lane: str
    status: str  # dead, unknown
    attempts: int
    error: str | None
    at: datetime


async def undelivered(session: AsyncSession, *, limit: int) -> Sequence[Undelivered]:
    """Return dead letters, then dead and unknown effects, each the oldest first."""
    letters = (
        select(LetterRow.id, LetterRow.kind, LetterRow.lane, LetterRow.attempts, LetterRow.error)
        .add_columns(func.coalesce(LetterRow.handled, LetterRow.due, type_=LetterRow.due.type).label("at"))
        .where(LetterRow.status == LetterStatus.DEAD)
        .order_by(LetterRow.seq)
        .limit(limit)
    )
    effects = (
        select(EffectRow.id, EffectRow.kind, EffectRow.lane, EffectRow.attempts, EffectRow.error)
        .add_columns(EffectRow.due.label("at"), EffectRow.status)
        .where(EffectRow.status.in_(GIVEN_UP))
        .order_by(EffectRow.seq)
        .limit(limit)
    )
    found = [
        Undelivered("letter", row.id, row.kind, row.lane, "dead", row.attempts, row.error, row.at)
        for row in await session.execute(letters)
    ]
    found += [
        Undelivered("effect", row.id, row.kind, row.lane, row.status, row.attempts, row.error, row.at)
        for row in await session.execute(effects)
    ]
    return found[:limit]


async def status_of(session: AsyncSession, *, id: str) -> tuple[str, str] | None:
    """Return what an id names and where it stands, such as `("letter", "handled")`; None for no such id."""
    letter = await session.scalar(select(LetterRow.status).where(LetterRow.id == id))
    if letter is not None:
        return "letter", LetterStatus(letter).name.lower()
    effect = await session.scalar(select(EffectRow.status).where(EffectRow.id == id))
    return ("effect", effect) if effect is not None else None
