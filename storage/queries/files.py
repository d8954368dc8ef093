"""Questions about job files: which are printed, and what became of what was sent."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import EffectRow, EventRow


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
