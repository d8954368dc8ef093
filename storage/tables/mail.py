"""The spine's rows: lanes, letters, effects, events (architecture, section 4)."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Row

# SQLite numbers rows by itself only where the primary key is exactly INTEGER.
Seq = BigInteger().with_variant(Integer(), "sqlite")

_BLOCKED = text("blocked_until IS NOT NULL")
_WAITING = text("status = 0")
_UNSENT = text("status IN ('waiting', 'sending')")
_HELD = text("status IN ('held', 'untaken')")


class Priority(IntEnum):
    """Which of the things to be said goes first, where a door takes only so many a second."""

    ANSWER = 0
    OFFER = 1
    NEWS = 2
    DIGEST = 3


class LetterStatus(IntEnum):
    """Where a letter stands."""

    WAITING = 0
    HANDLED = 1
    DEAD = 2
    CANCELLED = 3


class EffectStatus(StrEnum):
    """Where an effect stands.

    A held one waits for the process that holds its line; an untaken one was not fetched in time and
    has no other channel to go to. An unknown one was sent, but the answer was lost.
    """

    WAITING = "waiting"
    HELD = "held"
    UNTAKEN = "untaken"
    SENDING = "sending"
    DONE = "done"
    UNKNOWN = "unknown"
    DEAD = "dead"
    WITHDRAWN = "withdrawn"


class LaneRow(Row):
    """What must happen in order: one chat, one job, one master."""

    __tablename__ = "lane"
    __table_args__ = (
        Index("ix_lane_blocked", "blocked_until", sqlite_where=_BLOCKED, postgresql_where=_BLOCKED),
    )

    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    blocked_until: Mapped[datetime | None]


class LetterRow(Row):
    """A letter of the inbox. A timer is a letter with a future `due`."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_due", "due", "lane", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_inbox_lane", "lane", "seq", sqlite_where=_WAITING, postgresql_where=_WAITING),
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
        Index("ix_outbox_due", "due", "lane", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
        Index("ix_outbox_unsent", "lane", "seq", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
        Index("ix_outbox_held", "lane", "seq", sqlite_where=_HELD, postgresql_where=_HELD),
        Index("ix_outbox_cause", "cause"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(Seq, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(36), unique=True)
    lane: Mapped[str] = mapped_column(String(120))
    cause: Mapped[str] = mapped_column(String(36))
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]]
    is_news: Mapped[bool] = mapped_column(default=False)  # said unasked: a newer letter does not withdraw it
    door: Mapped[str | None] = mapped_column(String(40))  # by which it leaves, if it is said to a person
    priority: Mapped[int] = mapped_column(default=Priority.ANSWER, server_default="0")
    sent: Mapped[list[Any] | None]  # ids there of the messages that went out already, in order
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
