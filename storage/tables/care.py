"""Rows about what comes after the work: how it was, and what a person must look at."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Row

_OPEN_TICKET = text("state = 'open'")


class RatingRow(Row):
    """What one side says of a job that is paid: stars from 1 to 5, once, changeable until a deadline."""

    __tablename__ = "rating"
    __table_args__ = (
        UniqueConstraint("job_id", "side"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id"))
    side: Mapped[str] = mapped_column(String(10))  # who says it: client, master
    master_id: Mapped[str] = mapped_column(ForeignKey("master.id"), index=True)
    stars: Mapped[int]
    until: Mapped[datetime]  # so long it may be changed
    given_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class TicketRow(Row):
    """Something the program does not settle alone: the owner sees it until he closes it."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_state", "state", "created_at"),
        Index(
            "uq_ticket_open",
            *("talk_id", "kind", "job_id"),
            unique=True,
            sqlite_where=_OPEN_TICKET,
            postgresql_where=_OPEN_TICKET,
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))  # human, complaint, stuck
    talk_id: Mapped[str] = mapped_column(String(36))
    job_id: Mapped[str | None] = mapped_column(String(36), index=True)
    words: Mapped[str] = mapped_column(Text)  # everything that was said of it, a message a line
    state: Mapped[str] = mapped_column(String(10))  # open, closed
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
