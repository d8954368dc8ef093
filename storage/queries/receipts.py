"""Whether the tax office knows of every payment (L31: receipts for 100 % of payments)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.tables import PaymentRow, ReceiptRow


@dataclass(frozen=True, slots=True)
class Missing:
    """A receipt that should be registered, and is not.

    Attributes:
        kind: sale, sale_return, income, annulment.
        since: When the money moved, or when the receipt was asked for.
    """

    payment_id: str
    kind: str
    since: datetime
    reason: str | None = None


async def payments_without_receipt(
    session: AsyncSession, *, methods: Collection[str] | None = None, limit: int = 100
) -> Sequence[Missing]:
    """Return settled payments whose sale is not registered, oldest first.

    Payments from before the first one that a receipt was asked for are not counted: nobody registered then.

    Args:
        methods: Only of payments made these ways.
    """
    early, known = aliased(PaymentRow), aliased(ReceiptRow)
    begun = (
        select(func.min(early.settled_at))
        .join(known, known.payment_id == early.id)
        .where(known.kind == "sale")
        .scalar_subquery()
    )
    query = (
        select(PaymentRow.id, PaymentRow.settled_at, ReceiptRow.reason)
        .outerjoin(ReceiptRow, and_(ReceiptRow.payment_id == PaymentRow.id, ReceiptRow.kind == "sale"))
        .where(
            PaymentRow.state == "succeeded",
            PaymentRow.settled_at >= begun,
            or_(ReceiptRow.id.is_(None), ReceiptRow.state != "done"),
        )
        .order_by(PaymentRow.settled_at, PaymentRow.id)
        .limit(limit)
    )
    if methods is not None:
        query = query.where(PaymentRow.method.in_(sorted(methods)))
    return [Missing(row.id, "sale", row.settled_at, row.reason) for row in await session.execute(query)]


async def receipts_not_registered(session: AsyncSession, *, limit: int = 100) -> Sequence[Missing]:
    """Return receipts of refunds and of incomes that are not registered, oldest first."""
    query = (
        select(ReceiptRow.payment_id, ReceiptRow.kind, ReceiptRow.asked_at, ReceiptRow.reason)
        .where(ReceiptRow.kind != "sale", ReceiptRow.state != "done")
        .order_by(ReceiptRow.asked_at, ReceiptRow.id)
        .limit(limit)
    )
    return [
        Missing(row.payment_id, row.kind, row.asked_at, row.reason) for row in await session.execute(query)
    ]
