"""The append-only history, read forward."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from storage.mail import Executor
from storage.tables import EventRow

PAGE = 500  # events in one answer


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history."""

    seq: int
    id: str
    object: str
    object_id: str
    action: str
    actor: str
    facts: dict[str, Any]
    parties: tuple[str, ...]
    at: datetime

    def is_for(self, parties: Collection[str] | None) -> bool:
        """Tell whether one of these talks or masters may see it; None may see everything."""
        return parties is None or not set(parties).isdisjoint(self.parties)


async def after(executor: Executor, seq: int, *, limit: int = PAGE) -> list[Event]:
    """Return the events after this one, in order."""
    query = select(EventRow.__table__).where(EventRow.seq > seq).order_by(EventRow.seq).limit(limit)
    return [
        Event(
            row.seq,
            row.id,
            row.object,
            row.object_id,
            row.action,
            row.actor,
            row.facts,
            tuple(row.parties),
            row.at,
        )
        for row in await executor.execute(query)
    ]


async def last(executor: Executor) -> int:
    """Return the `seq` of the newest event, 0 if there is none."""
    return (await executor.execute(select(func.max(EventRow.seq)))).scalar() or 0
