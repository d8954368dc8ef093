"""The spine's rows: lanes, letters, effects, events (architecture, section 4)."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Row

# SQLite numbers rows by itself only where the primary key is exactly INTEGER.
Seq = BigInteger().with_variant(Integer(), "sqlite")


class LetterStatus(IntEnum):
    """Where a letter stands."""

    WAITING = 0
    HANDLED = 1
    DEAD = 2
    CANCELLED = 3


class EffectStatus(StrEnum):
    """Where an effect stands. An unknown one was sent, but the answer was lost."""

    WAITING = "waiting"
    SENDING = "sending"
    DONE = "done"
    UNKNOWN = "unknown"
    DEAD = "dead"
    WITHDRAWN = "withdrawn"


class LaneRow(Row):
    """What must happen in order: one chat, one job, one master."""

    __tablename__ = "lane"

    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    blocked_until: Mapped[datetime | None]


class LetterRow(Row):
    """A letter of the inbox. A timer is a letter with a future `due`."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_due", "due", "lane", sqlite_where=text("status = 0"), postgresql_where=text("status = 0")),
        Index("ix_inbox_lane", "lane", "seq", sqlite_where=text("status = 0"), postgresql_where=text("status = 0")),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(Seq, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(36), unique=True)
    lane: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(300), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]]
    reading: Mapped[dict[str, Any] | None]
    outcome: Mapped[dict[str, Any] | None]
    received: Mapped[datetime]
    due: Mapped[datetime]
    status: Mapped[int] = mapped_column(default=LetterStatus.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    handled: Mapped[datetime | None]


class EffectRow(Row):
    """An effect of the outbox: what must be said or done outside, after the commit."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "due", "lane", sqlite_where=text("status IN ('waiting', 'sending')"),
              postgresql_where=text("status IN ('waiting', 'sending')")),
        Index("ix_outbox_lane", "lane", "seq"),
        Index("ix_outbox_cause", "cause"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(Seq, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(36), unique=True)
    lane: Mapped[str] = mapped_column(String(120))
    cause: Mapped[str] = mapped_column(String(36))
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]]
    idem_key: Mapped[str] = mapped_column(String(80), unique=True)
    due: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(12), default=EffectStatus.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None]
    delivered: Mapped[datetime | None]
    error: Mapped[str | None]


class EventRow(Row):
    """One line of the append-only history. `parties` are the people who may see it."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_object", "object", "object_id"), {"sqlite_autoincrement": True})

    seq: Mapped[int] = mapped_column(Seq, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(36), unique=True)
    object: Mapped[str] = mapped_column(String(20))  # job, offer, payment, talk, master, booking
    object_id: Mapped[str] = mapped_column(String(36))
    action: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(60))  # client:<id>, master:<id>, owner, timer, naryad
    cause: Mapped[str] = mapped_column(String(36))  # the letter's id
    facts: Mapped[dict[str, Any]]
    parties: Mapped[list[Any]]  # talk ids and master ids
    at: Mapped[datetime]
