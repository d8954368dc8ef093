"""Questions about job files: which are printed, and what became of what was sent."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import EffectRow, EffectStatus, EventRow, LetterRow, MessageRow


async def rendered(session: AsyncSession, *, jobs: Collection[str]) -> frozenset[str]:
    """Return those of these jobs whose file has been printed at least once."""
    query = (
        select(EventRow.object_id)
        .where(
            EventRow.object == "job", EventRow.object_id.in_(sorted(jobs)), EventRow.action == "file_rendered"
        )
        .distinct()
    )
    return frozenset(await session.scalars(query))


async def said_because_of(session: AsyncSession, *, letter_id: str) -> dict[str, EffectRow]:
    """Return what was to be said because of a letter, by utterance."""
    query = select(EffectRow).where(EffectRow.cause == letter_id, EffectRow.kind == "say")
    return {str(row.payload.get("utterance_id")): row for row in await session.scalars(query)}


async def said_once_printed(session: AsyncSession, *, key: str) -> EffectRow | None:
    """Return what was to be said because of the letter of this key: the file that goes to its master."""
    query = (
        select(EffectRow)
        .join(LetterRow, LetterRow.id == EffectRow.cause)
        .where(LetterRow.key == key, EffectRow.kind == "say")
        .order_by(EffectRow.seq)
        .limit(1)
    )
    return (await session.scalars(query)).first()


async def said_in_the_end(session: AsyncSession, effect: EffectRow) -> EffectRow:
    """Return how the same was said last: what did not arrive by one door goes by another."""
    later = select(EffectRow).where(
        EffectRow.lane == effect.lane, EffectRow.kind == effect.kind, EffectRow.seq > effect.seq
    )
    id = effect.payload.get("utterance_id")
    rows = await session.scalars(later.order_by(EffectRow.seq))
    return [effect, *(row for row in rows if row.payload.get("utterance_id") == id)][-1]


async def fates(session: AsyncSession, *, effect_id: str) -> Sequence[str | None]:
    """Return what channels told of the messages of an effect, each None as long as nothing was told."""
    query = select(MessageRow.fate).where(MessageRow.effect_id == effect_id)
    return (await session.scalars(query)).all()


async def is_dead(session: AsyncSession, *, effect_id: str) -> bool:
    """Tell whether an effect was given up."""
    status = await session.scalar(select(EffectRow.status).where(EffectRow.id == effect_id))
    return status == EffectStatus.DEAD
