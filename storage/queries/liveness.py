"""What is stuck: every object that is not finished and has no timer that will look at it again (L17)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import (
    BookingRow,
    JobRow,
    LetterRow,
    LetterStatus,
    OfferRow,
    PaymentRow,
    ReceiptRow,
    TalkRow,
)

FINAL = ("completed", "cancelled", "expired")
DISPUTED = "disputed"  # waits for the owner, who sees it in the console
OPEN_PAYMENTS = ("created", "awaiting_consent", "pending", "unknown")


@dataclass(frozen=True, slots=True)
class Stuck:
    """An object with no way out."""

    object: str
    id: str
    state: str


async def stuck(session: AsyncSession, *, limit: int = 100) -> Sequence[Stuck]:
    """Return jobs, offers, holds, talks, payments and receipts that wait for nothing; none must be so.

    A job that has an open offer waits for it; a talk that has a job goes on with it.
    """
    offered = exists().where(OfferRow.job_id == JobRow.id, OfferRow.state == "open")
    own = ("lapse", "retry", "late", "overdue")
    queries = (
        select(literal("job"), JobRow.id, JobRow.state).where(
            JobRow.state.not_in((*FINAL, DISPUTED)),
            ~offered,
            ~_waits(*(literal("job:") + JobRow.id + f":{name}" for name in own)),
            ~_waits(literal("payment:") + JobRow.id + ":remind"),
        ),
        select(literal("offer"), OfferRow.id, OfferRow.state).where(
            OfferRow.state == "open", ~_waits(literal("offer:") + OfferRow.id + ":lapse")
        ),
        select(literal("booking"), BookingRow.id, BookingRow.state).where(
            BookingRow.state == "held", ~_waits(literal("booking:") + BookingRow.id + ":lapse")
        ),
        select(literal("talk"), TalkRow.id, TalkRow.step).where(
            TalkRow.status == "active",
            TalkRow.job_id.is_(None),
            ~_waits(*(literal("talk:") + TalkRow.id + f":talk-{name}" for name in ("remind", "abandon"))),
        ),
        select(literal("payment"), PaymentRow.id, PaymentRow.state).where(
            PaymentRow.state.in_(OPEN_PAYMENTS), ~_waits(literal("payment:") + PaymentRow.job_id + ":remind")
        ),
        select(literal("receipt"), ReceiptRow.id, ReceiptRow.state).where(
            ReceiptRow.state != "done", ~_waits(literal("receipt:") + ReceiptRow.id + ":poll")
        ),
    )
    found: list[Stuck] = []
    for query in queries:
        found += [Stuck(*row) for row in await session.execute(query.limit(limit))]
    return found


def _waits(*keys: ColumnElement[str]) -> ColumnElement[bool]:
    """A letter with one of these keys is still to be handled."""
    return exists().where(
        or_(*(LetterRow.key == key for key in keys)), LetterRow.status == LetterStatus.WAITING
    )
