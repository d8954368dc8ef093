"""Rows about doors: where listening stands, what was said where, and who turned out to be one person."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Row


class DoorRow(Row):
    """A door that is asked for what is new. `mark` is where to go on; all before it is written down."""

    __tablename__ = "door"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)  # telegram-client, sms …
    mark: Mapped[str | None] = mapped_column(Text)
    marked_at: Mapped[datetime]


class MessageRow(Row):
    """A message of ours as a channel knows it, so that its word on what became of it finds the effect."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_effect_id", "effect_id"),)

    door: Mapped[str] = mapped_column(String(40), primary_key=True)
    message_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    effect_id: Mapped[str] = mapped_column(String(36))
    fate: Mapped[str | None] = mapped_column(String(12))  # delivered, read, failed; None: not told
    reason: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime]  # of the last word on it, or of the sending


class LinkCodeRow(Row):
    """A code by which a person proves at another door that he is the same. Kept as its digest only."""

    __tablename__ = "link_code"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    talk_id: Mapped[str | None] = mapped_column(String(36))  # whose person it stands for; None: the owner
    role: Mapped[str] = mapped_column(String(10))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class JoiningRow(Row):
    """Two doors turned out to be one person's: what was before, so that it can be undone (L21)."""

    __tablename__ = "joining"
    __table_args__ = (
        Index("ix_joining_talk_id", "talk_id"),
        Index("ix_joining_from_talk_id", "from_talk_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    talk_id: Mapped[str] = mapped_column(String(36))  # the talk that joined
    from_talk_id: Mapped[str | None] = mapped_column(String(36))  # the one it goes on from
    by: Mapped[str] = mapped_column(String(10))  # phone, code, owner
    before_id: Mapped[str | None] = mapped_column(String(36))  # the person, or the master, it was before
    after_id: Mapped[str] = mapped_column(String(36))  # whom it is now
    was: Mapped[dict[str, Any]]  # where both talks stood before: {"here": …, "there": …}; {} of a third door
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
