"""Questions about payments."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.kernel.payment import OPEN
from storage.tables import PaymentRow


async def open_of_job(session: AsyncSession, *, job_id: str) -> PaymentRow | None:
    """Return the job's payment that is neither settled nor closed; there is at most one."""
    query = (
        select(PaymentRow)
        .where(PaymentRow.job_id == job_id, PaymentRow.state.in_(sorted(OPEN)))
        .with_for_update(key_share=True)
    )
    return await session.scalar(query)
