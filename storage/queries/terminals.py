"""Questions about terminals."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import TerminalRow

CANDIDATES_MAX = 50  # devices whose codes begin with the same three digits


async def of_master(session: AsyncSession, *, master_id: str) -> Sequence[TerminalRow]:
    """Return a master's terminals that are not closed, the newest first."""
    query = (
        select(TerminalRow)
        .where(TerminalRow.master_id == master_id, TerminalRow.status != "closed")
        .order_by(TerminalRow.id.desc())
    )
    return (await session.scalars(query)).all()


async def by_number(session: AsyncSession, *, number: str) -> list[TerminalRow]:
    """Return the devices whose activation code begins with these digits, the newest first."""
    query = (
        select(TerminalRow)
        .where(TerminalRow.type == "physical", TerminalRow.pickup["number"].as_string() == number)
        .order_by(TerminalRow.id.desc())
        .limit(CANDIDATES_MAX)
    )
    return list(await session.scalars(query))
