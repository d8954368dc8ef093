"""Questions about talks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import PersonRow, TalkRow, UtteranceRow

RECENT = 8  # things said; older buttons are told by their choice alone


async def recent_buttons(session: AsyncSession, *, talk_id: str) -> Sequence[dict[str, Any]]:
    """Return the buttons of what we said last, the newest first: `{"label", "choice"}`."""
    query = (
        select(UtteranceRow.buttons)
        .where(UtteranceRow.talk_id == talk_id, UtteranceRow.author == "naryad")
        .order_by(UtteranceRow.seq.desc())
        .limit(RECENT)
    )
    return [button for buttons in await session.scalars(query) for button in buttons]


async def last_buttons(session: AsyncSession, *, talk_id: str) -> Sequence[dict[str, Any]]:
    """Return the buttons under the last text that had any: what a person may answer by writing a label."""
    query = (
        select(UtteranceRow.buttons)
        .where(UtteranceRow.talk_id == talk_id, UtteranceRow.author == "naryad")
        .order_by(UtteranceRow.seq.desc())
        .limit(RECENT)
    )
    return next((buttons for buttons in await session.scalars(query) if buttons), [])


async def latest_of_phone(session: AsyncSession, *, phone: str, market: str, since: datetime) -> str | None:
    """Return the id of the last talk of a client with this phone, if he was heard lately."""
    query = (
        select(TalkRow.id)
        .join(PersonRow, PersonRow.id == TalkRow.person_id)
        .where(
            PersonRow.phone == phone,
            TalkRow.role == "client",
            TalkRow.market == market,
            TalkRow.heard_at >= since,
        )
        .order_by(TalkRow.heard_at.desc(), TalkRow.id.desc())
        .limit(1)
    )
    return await session.scalar(query)
