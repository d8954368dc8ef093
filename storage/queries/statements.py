"""What moved on a master's account, for his statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.kernel.ledger import Account
from core.kernel.money import Currency
from storage.queries.books import MOVED
from storage.tables import JobRow, PaymentRow, TransferRow


@dataclass(frozen=True, slots=True)
class Moved:
    """One movement: of a settled payment all at once, else of one transfer. Minor units.

    Attributes:
        kind: Of the transfer; `payment` for what a payment moved.
        change: What it adds to what we owe him.
    """

    at: datetime
    kind: str
    change: int
    number: str | None = None
    payment: PaymentRow | None = None


async def opening(session: AsyncSession, *, master_id: str, currency: Currency, before: datetime) -> int:
    """Return the balance of a master before a moment, in minor units."""
    account = Account.master(master_id)
    signed = case((TransferRow.credit == account, TransferRow.amount_minor), else_=-TransferRow.amount_minor)
    query = select(func.coalesce(func.sum(signed), 0)).where(*_of(account, currency), TransferRow.at < before)
    return int(await session.scalar(query) or 0)


async def movements(
    session: AsyncSession, *, master_id: str, currency: Currency, since: datetime, until: datetime
) -> Sequence[Moved]:
    """Return what moved from a moment until another, in order."""
    account = Account.master(master_id)
    query = (
        select(TransferRow, PaymentRow, JobRow.number)
        .outerjoin(PaymentRow, PaymentRow.id == TransferRow.payment_id)
        .outerjoin(JobRow, JobRow.id == TransferRow.job_id)
        .where(*_of(account, currency), TransferRow.at >= since, TransferRow.at < until)
        .order_by(TransferRow.seq)
    )
    found: dict[str, Moved] = {}
    for row in await session.execute(query):
        transfer: TransferRow = row[0]
        payment: PaymentRow | None = row[1]  # of a refund or a payout there is none
        signed = transfer.amount_minor if transfer.credit == account else -transfer.amount_minor
        key = f"payment:{payment.id}" if payment is not None else transfer.id
        before = found[key].change if key in found else 0
        kind = "payment" if payment is not None else transfer.kind
        found[key] = Moved(transfer.at, kind, before + signed, row[2], payment)
    return list(found.values())


def _of(account: str, currency: Currency) -> Sequence[ColumnElement[bool]]:
    mine = or_(TransferRow.credit == account, TransferRow.debit == account)
    return mine, TransferRow.currency == currency.value, TransferRow.phase.in_(MOVED)
