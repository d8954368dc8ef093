"""Rows about jobs: the work, who may do it, whose time is taken, and why."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Row

_OPEN_OFFER = text("state = 'open'")


class JobRow(Row):
    """A request for work. Prices are what was told to the client; times are UTC."""

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("city", "number"),
        Index("ix_job_state", "state", "starts_at"),
        Index("ix_job_master", "master_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    number: Mapped[str] = mapped_column(String(12))
    market: Mapped[str] = mapped_column(String(40))
    city: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(12))
    client_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    talk_id: Mapped[str] = mapped_column(String(36), index=True)
    master_id: Mapped[str | None] = mapped_column(String(36))
    lang: Mapped[str] = mapped_column(String(2))
    trade: Mapped[str | None] = mapped_column(String(20))
    faults: Mapped[list[Any]]  # fault library ids
    words: Mapped[str] = mapped_column(Text)  # the longest single message that described the job (A119)
    urgency: Mapped[str] = mapped_column(String(10))
    emergency: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[dict[str, Any]]  # street, house, building, structure, flat, entrance, floor, intercom
    district: Mapped[str | None] = mapped_column(String(80))
    client_name: Mapped[str | None] = mapped_column(String(200))
    client_phone: Mapped[str | None] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    price_minor: Mapped[int | None] = mapped_column(BigInteger)
    low_minor: Mapped[int | None] = mapped_column(BigInteger)
    high_minor: Mapped[int | None] = mapped_column(BigInteger)
    breakdown: Mapped[list[Any]]  # [{"label": text name, "amount_minor"}]
    quote_until: Mapped[datetime | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]  # start plus the upper duration
    duration_low_min: Mapped[int]
    duration_high_min: Mapped[int]
    pay_by: Mapped[str | None] = mapped_column(String(12))  # how the client means to pay, if he has said so
    warranty_of: Mapped[str | None] = mapped_column(String(36), index=True)  # the job it repeats, free
    is_demo: Mapped[bool] = mapped_column(default=False)  # demo masters act; off after a step by hand
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class OfferRow(Row):
    """A job proposed to one master until a deadline. At most one is open per job."""

    __tablename__ = "offer"
    __table_args__ = (
        Index("uq_offer_open", "job_id", unique=True, sqlite_where=_OPEN_OFFER, postgresql_where=_OPEN_OFFER),
        Index("ix_offer_master", "master_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id"), index=True)
    master_id: Mapped[str] = mapped_column(ForeignKey("master.id"))
    state: Mapped[str] = mapped_column(String(12))  # open, accepted, declined, lapsed, withdrawn
    payout_minor: Mapped[int] = mapped_column(BigInteger)  # what the master will get
    made_at: Mapped[datetime]
    until: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class BookingRow(Row):
    """A master's time that is taken: held for a client's tap, then bound by the master's word.

    Two live bookings of one master never overlap; the database itself refuses it (L2).
    """

    __tablename__ = "booking"
    __table_args__ = (Index("ix_booking_master", "master_id", "ends_at"), Index("ix_booking_job", "job_id"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id"))
    master_id: Mapped[str] = mapped_column(ForeignKey("master.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]  # upper duration plus travel
    state: Mapped[str] = mapped_column(String(10))  # held, bound, released
    until: Mapped[datetime | None]  # a hold's deadline
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class DecisionRow(Row):
    """Why: a decision of the program with all its inputs (L14). Append-only."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_job", "job_id", "at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    job_id: Mapped[str] = mapped_column(String(36))
    kind: Mapped[str] = mapped_column(String(20))  # match, price, refuse
    inputs: Mapped[dict[str, Any]]
    outcome: Mapped[dict[str, Any]]
    at: Mapped[datetime]
