"""Rows about what providers are asked: charges, refunds, payouts, receipts; and where their books differ."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Row

_CURRENT = text("is_current")


class ChargeRow(Row):
    """One attempt to take a payment's money through a provider. Its id is the order number there.

    `told` is the provider's last answer. A charge that is not current any more was given up for another
    method; it is watched until nobody can pay it.
    """

    __tablename__ = "charge"
    __table_args__ = (
        Index(
            "uq_charge_current", "payment_id", unique=True, sqlite_where=_CURRENT, postgresql_where=_CURRENT
        ),
        Index("ix_charge_provider", "provider", "provider_id"),
        Index("ix_charge_paid", "provider", "paid_at"),
        CheckConstraint("amount_minor > 0", name="positive"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    payment_id: Mapped[str] = mapped_column(ForeignKey("payment.id"), index=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id"), index=True)
    provider: Mapped[str] = mapped_column(String(20))
    method: Mapped[str] = mapped_column(String(12))  # card, sbp
    state: Mapped[str] = mapped_column(String(12))  # asked, waiting, held, paid, failed, cancelled
    is_current: Mapped[bool]
    is_two_stage: Mapped[bool]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    provider_id: Mapped[str | None] = mapped_column(String(80))
    confirmation_url: Mapped[str | None] = mapped_column(Text)
    qr_payload: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(String(200))
    silences: Mapped[int] = mapped_column(default=0)  # how often in a row the provider did not answer
    told: Mapped[dict[str, Any] | None]
    settles: Mapped[str | None] = mapped_column(String(36))  # the payment its money went to; none: suspense
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class RefundRow(Row):
    """Money that goes back to a client: of a settled payment, or a surplus that settled nothing.

    The parts say who bears it; of a surplus nobody does.
    """

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="positive"),
        CheckConstraint(
            "is_surplus OR fee_minor + platform_minor + master_minor = amount_minor", name="exact"
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    payment_id: Mapped[str] = mapped_column(ForeignKey("payment.id"), index=True)
    charge_id: Mapped[str | None] = mapped_column(ForeignKey("charge.id"), index=True)  # none: cash
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id"))
    is_surplus: Mapped[bool]
    state: Mapped[str] = mapped_column(String(12))  # asked, pending, done, failed
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    fee_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    platform_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    master_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    words: Mapped[str] = mapped_column(String(500))  # why, in the owner's words
    provider_id: Mapped[str | None] = mapped_column(String(80), index=True)
    reason: Mapped[str | None] = mapped_column(String(200))  # why it failed
    silences: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class PayoutRow(Row):
    """What is paid out to a master for a day: at most once (A87). Held in the ledger until it is done."""

    __tablename__ = "payout"
    __table_args__ = (
        UniqueConstraint("master_id", "day"),
        Index("ix_payout_state", "state", "asked_at"),
        CheckConstraint("amount_minor > 0", name="positive"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    master_id: Mapped[str] = mapped_column(ForeignKey("master.id"))
    day: Mapped[date]
    paymaster: Mapped[str] = mapped_column(String(20))
    destination: Mapped[str] = mapped_column(String(12))  # sbp, card, account
    goes_to: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(12))  # asked, pending, done, failed
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    hold_id: Mapped[str] = mapped_column(String(36))  # the pending transfer
    provider_id: Mapped[str | None] = mapped_column(String(80), index=True)
    reason: Mapped[str | None] = mapped_column(String(200))
    silences: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ReceiptRow(Row):
    """A receipt the tax office knows: fiscal (54-FZ), or of a self-employed master (NPD) (L31)."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("kind", "subject_id"), Index("ix_receipt_state", "state", "asked_at"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))  # sale, sale_return, income, annulment
    subject_id: Mapped[str] = mapped_column(String(36))  # the payment's or the refund's id
    payment_id: Mapped[str] = mapped_column(ForeignKey("payment.id"), index=True)
    registrar: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12))  # asked, pending, done, failed
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    number: Mapped[str | None] = mapped_column(String(80))
    url: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(String(200))
    silences: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class DifferenceRow(Row):
    """Where a provider's registry of a day and our books do not say the same (L32)."""

    __tablename__ = "difference"
    __table_args__ = (
        UniqueConstraint("provider", "day", "kind", "thing_id"),
        Index("ix_difference_state", "state", "found_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    provider: Mapped[str] = mapped_column(String(20))
    day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20))  # missing_here, missing_there, amount, unknown
    subject: Mapped[str] = mapped_column(String(12))  # charge, refund, payout
    thing_id: Mapped[str] = mapped_column(String(80))  # ours if we know it, else the provider's
    ours_minor: Mapped[int | None] = mapped_column(BigInteger)
    theirs_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(10))  # open, healed, closed
    found_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
