"""Questions about forms that were filled in elsewhere."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import TalkRow


async def is_told(session: AsyncSession, *, contact: str, but: str, since: datetime) -> bool:
    """Tell whether a form with this number or address began another talk of a future master since then.

    Args:
        but: The talk of the form itself.
    """
    is_same = or_(
        TalkRow.known["phone"].as_string() == contact, TalkRow.known["email"].as_string() == contact
    )
    query = select(TalkRow.id).where(
        TalkRow.created_at >= since,
        TalkRow.role == "master",
        TalkRow.source.is_not(None),
        TalkRow.channel == "web",
        TalkRow.id != but,
        is_same,
    )
    return await session.scalar(query.limit(1)) is not None
