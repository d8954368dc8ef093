"""Rows about people: clients, masters, their hours and terminals."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Row


class PersonRow(Row):
    """A client. A phone that nobody verified proves nothing, so it is not a key."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    phone_verified_at: Mapped[datetime | None]  # a door vouched for it: a call, an SMS, a shared contact
    email: Mapped[str | None] = mapped_column(String(200))
    lang: Mapped[str] = mapped_column(String(2))
    consent_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class MasterRow(Row):
    """A master. One record per phone (A17)."""

    __tablename__ = "master"
    __table_args__ = (Index("ix_master_city", "city", "status"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    email: Mapped[str | None] = mapped_column(String(200))
    lang: Mapped[str] = mapped_column(String(2), default="ru")
    market: Mapped[str] = mapped_column(String(40))
    city: Mapped[str | None] = mapped_column(String(80))
    district: Mapped[str | None] = mapped_column(String(80))
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    years: Mapped[int | None]
    certificates: Mapped[str | None] = mapped_column(String(500))
    inn: Mapped[str | None] = mapped_column(String(12))  # taxpayer number; receipts name him by it
    tax_status: Mapped[str | None] = mapped_column(String(12))  # npd (self-employed), entrepreneur
    payout_to: Mapped[dict[str, Any] | None]  # {"destination": sbp, card or account, and what that takes}
    status: Mapped[str] = mapped_column(String(12))  # draft, active, paused
    works_nights: Mapped[bool] = mapped_column(default=False)
    rating_sum: Mapped[int] = mapped_column(default=0)
    rating_count: Mapped[int] = mapped_column(default=0)
    talk_id: Mapped[str | None] = mapped_column(String(36))
    is_demo: Mapped[bool] = mapped_column(default=False)
    silent_mornings: Mapped[int] = mapped_column(default=0)
    confirmed_day: Mapped[date | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class MasterTradeRow(Row):
    """A trade a master works in; beside the city, so that one index finds the candidates."""

    __tablename__ = "master_trade"
    __table_args__ = (Index("ix_master_trade_search", "city", "trade", "is_active", "master_id"),)

    master_id: Mapped[str] = mapped_column(ForeignKey("master.id"), primary_key=True)
    trade: Mapped[str] = mapped_column(String(20), primary_key=True)
    city: Mapped[str] = mapped_column(String(80))
    is_active: Mapped[bool]


class HoursRow(Row):
    """A span in which a master works. Spans of one master never overlap; no row means not available."""

    __tablename__ = "hours"
    __table_args__ = (Index("ix_hours_day", "master_id", "day"),)

    master_id: Mapped[str] = mapped_column(ForeignKey("master.id"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime]
    day: Mapped[date]  # the local day the span begins on


class TerminalRow(Row):
    """A master's terminal. Its token is derived from its id and our secret; closing the row shuts it."""

    __tablename__ = "terminal"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    master_id: Mapped[str] = mapped_column(ForeignKey("master.id"), index=True)
    type: Mapped[str] = mapped_column(String(12))  # smartphone, physical
    status: Mapped[str] = mapped_column(String(12))  # active, closed
    pickup: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
