"""Rows about money: payments, and the double-entry ledger of append-only transfers."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Row
from storage.tables.mail import Seq

_OPEN = text("state IN ('created', 'awaiting_consent', 'pending', 'unknown')")
_SETTLED = text("state = 'succeeded'")


class PaymentRow(Row):
    """One attempt to collect the money for a job. All amounts are minor units (A84)."""

    __tablename__ = "payment"
    __table_args__ = (
        Index("uq_payment_open", "job_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("uq_payment_settled", "job_id", unique=True, sqlite_where=_SETTLED, postgresql_where=_SETTLED),
        CheckConstraint("amount_minor > 0", name="positive"),
        CheckConstraint("fee_minor + platform_minor + master_minor = amount_minor", name="exact"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id"), index=True)
    master_id: Mapped[str] = mapped_column(ForeignKey("master.id"), index=True)
    terminal_id: Mapped[str | None] = mapped_column(String(36))
    # created, awaiting_consent, pending, unknown, succeeded, failed, cancelled
    state: Mapped[str] = mapped_column(String(20))
    method: Mapped[str | None] = mapped_column(String(12))  # cash, card, sbp
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    received_minor: Mapped[int | None] = mapped_column(BigInteger)
    fee_minor: Mapped[int] = mapped_column(BigInteger)
    platform_minor: Mapped[int] = mapped_column(BigInteger)
    master_minor: Mapped[int] = mapped_column(BigInteger)
    charge_id: Mapped[str | None] = mapped_column(String(36))  # the attempt that stands, or that paid
    reason: Mapped[str | None] = mapped_column(String(200))  # why it failed
    gateway_response: Mapped[dict[str, Any] | None]
    breakdown: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class TransferRow(Row):
    """Money that moved from one account to another. Never changed, never deleted.

    `phase`: posted (at once), pending (held), or what became of a pending one, named in
    `pending_id`: post, void, expire.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        Index("ix_transfer_debit", "debit", "seq"),
        Index("ix_transfer_credit", "credit", "seq"),
        Index("ix_transfer_payment", "payment_id"),
        CheckConstraint("amount_minor > 0", name="positive"),
        CheckConstraint("debit <> credit", name="two_accounts"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(Seq, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(36), unique=True)
    # fee, commission, earning, cash_taken, debt_paid, surplus, refund, payout
    kind: Mapped[str] = mapped_column(String(20))
    debit: Mapped[str] = mapped_column(String(60))  # its balance falls
    credit: Mapped[str] = mapped_column(String(60))  # its balance rises
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    phase: Mapped[str] = mapped_column(String(8), default="posted")
    pending_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    payment_id: Mapped[str | None] = mapped_column(String(36))
    job_id: Mapped[str | None] = mapped_column(String(36))
    cause: Mapped[str] = mapped_column(String(36))
    at: Mapped[datetime]


class BalanceRow(Row):
    """A roll-up: the balance of an account over all transfers up to `upto_seq` (L20)."""

    __tablename__ = "balance"

    account: Mapped[str] = mapped_column(String(60), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    posted_minor: Mapped[int] = mapped_column(BigInteger)
    upto_seq: Mapped[int] = mapped_column(BigInteger)
