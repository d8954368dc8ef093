"""Rows about talks: what is known in each, and what was said."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Row
from storage.tables.mail import Seq


class TalkRow(Row):
    """One conversation with one person about one thing. `known` is what the talk has learnt so far."""

    __tablename__ = "talk"
    __table_args__ = (Index("ix_talk_chat", "channel", "chat_id", "role"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # client_request, master_onboarding
    role: Mapped[str] = mapped_column(String(10))  # client, master
    market: Mapped[str] = mapped_column(String(40))
    lang: Mapped[str] = mapped_column(String(2))
    channel: Mapped[str] = mapped_column(String(20))
    chat_id: Mapped[str] = mapped_column(String(80))
    source: Mapped[str | None] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(12))  # active, completed, abandoned
    step: Mapped[str] = mapped_column(String(40))  # the question that is open now
    known: Mapped[dict[str, Any]]
    person_id: Mapped[str | None] = mapped_column(String(36), index=True)
    master_id: Mapped[str | None] = mapped_column(String(36), index=True)
    job_id: Mapped[str | None] = mapped_column(String(36), index=True)
    thread: Mapped[str | None] = mapped_column(String(300))  # what we answer, where doors have threads
    shut_at: Mapped[datetime | None]  # the person shut this door
    held_at: Mapped[datetime | None]  # the owner speaks here himself since then (L8)
    heard_at: Mapped[datetime]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class UtteranceRow(Row):
    """One thing said in a talk, by either side, as it was said."""

    __tablename__ = "utterance"
    __table_args__ = (
        Index("ix_utterance_talk", "talk_id", "seq"),
        Index("ix_utterance_cause", "cause"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(Seq, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(36), unique=True)
    talk_id: Mapped[str] = mapped_column(String(36))
    author: Mapped[str] = mapped_column(String(10))  # client, master, naryad
    name: Mapped[str | None] = mapped_column(String(60))  # the text's name, if we said it
    text: Mapped[str] = mapped_column(Text)
    spoken: Mapped[str | None] = mapped_column(Text)
    buttons: Mapped[list[Any]]  # [{"label", "choice"}]
    media: Mapped[list[Any]]
    cause: Mapped[str] = mapped_column(String(36))
    at: Mapped[datetime]
