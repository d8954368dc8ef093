"""What pages and programs ask: lists, transcripts, histories, and what waits in the mail."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import (
    BookingRow,
    ChargeRow,
    DecisionRow,
    EffectRow,
    EffectStatus,
    EventRow,
    HoursRow,
    JobRow,
    LetterRow,
    LetterStatus,
    MasterRow,
    MasterTradeRow,
    OfferRow,
    PaymentRow,
    TalkRow,
    TicketRow,
    UtteranceRow,
)

FINAL = ("completed", "cancelled", "expired")
SHOWN_MAX = 1_000  # lines of one transcript or history at once


# Talks


async def utterances(session: AsyncSession, *, talk_id: str, after: int = 0) -> Sequence[UtteranceRow]:
    """Return what was said in a talk after a line, oldest first."""
    query = (
        select(UtteranceRow)
        .where(UtteranceRow.talk_id == talk_id, UtteranceRow.seq > after)
        .order_by(UtteranceRow.seq)
        .limit(SHOWN_MAX)
    )
    return (await session.scalars(query)).all()


async def replies_to(session: AsyncSession, *, letter_id: str, talk_id: str) -> Sequence[UtteranceRow]:
    """Return what we said in a talk because of a letter."""
    query = (
        select(UtteranceRow)
        .where(
            UtteranceRow.cause == letter_id,
            UtteranceRow.talk_id == talk_id,
            UtteranceRow.author == "naryad",
        )
        .order_by(UtteranceRow.seq)
    )
    return (await session.scalars(query)).all()


async def talks(
    session: AsyncSession, *, limit: int, after: str | None = None, status: str | None = None
) -> Sequence[TalkRow]:
    """Return talks, the newest first, from the one after `after` on."""
    query = select(TalkRow).order_by(TalkRow.id.desc()).limit(limit)
    if after is not None:
        query = query.where(TalkRow.id < after)
    if status is not None:
        query = query.where(TalkRow.status == status)
    return (await session.scalars(query)).all()


async def onboarding_of(session: AsyncSession, *, master_id: str) -> str | None:
    """Return the talk in which a master joined; he may have gone on in another one since (A29)."""
    query = (
        select(TalkRow.id)
        .where(TalkRow.master_id == master_id, TalkRow.kind == "master_onboarding")
        .order_by(TalkRow.created_at, TalkRow.id)
        .limit(1)
    )
    return await session.scalar(query)


async def last_lines(session: AsyncSession, *, talks: Collection[str]) -> dict[str, UtteranceRow]:
    """Return the last thing said in each of these talks."""
    last = (
        select(func.max(UtteranceRow.seq))
        .where(UtteranceRow.talk_id.in_(sorted(talks)))
        .group_by(UtteranceRow.talk_id)
    )
    query = select(UtteranceRow).where(UtteranceRow.seq.in_(last))
    return {line.talk_id: line for line in await session.scalars(query)}


async def tickets(
    session: AsyncSession, *, limit: int, after: str | None = None, state: str | None = None
) -> Sequence[TicketRow]:
    """Return what needs a person, the newest first, from the one after `after` on."""
    query = select(TicketRow).order_by(TicketRow.id.desc()).limit(limit)
    if after is not None:
        query = query.where(TicketRow.id < after)
    if state is not None:
        query = query.where(TicketRow.state == state)
    return (await session.scalars(query)).all()


# Jobs


async def numbers(session: AsyncSession, *, jobs: Collection[str]) -> dict[str, str]:
    """Return the numbers of these jobs."""
    query = select(JobRow.id, JobRow.number).where(JobRow.id.in_(sorted(jobs)))
    return {row.id: row.number for row in await session.execute(query)}


async def waiting_jobs(session: AsyncSession, *, limit: int) -> Sequence[JobRow]:
    """Return jobs that look for a master, the longest waiting first (A70)."""
    query = select(JobRow).where(JobRow.state == "open").order_by(JobRow.created_at, JobRow.id).limit(limit)
    return (await session.scalars(query)).all()


async def open_offer(session: AsyncSession, *, job_id: str) -> OfferRow | None:
    """Return the job's open offer."""
    query = select(OfferRow).where(OfferRow.job_id == job_id, OfferRow.state == "open")
    return await session.scalar(query)


async def open_offers(session: AsyncSession, *, jobs: Collection[str]) -> dict[str, OfferRow]:
    """Return the open offers of these jobs, by job."""
    query = select(OfferRow).where(OfferRow.job_id.in_(sorted(jobs)), OfferRow.state == "open")
    return {offer.job_id: offer for offer in await session.scalars(query)}


async def was_offered(session: AsyncSession, *, job_id: str, master_id: str) -> bool:
    """Tell whether this master was ever asked to do the job."""
    query = select(exists().where(OfferRow.job_id == job_id, OfferRow.master_id == master_id))
    return bool(await session.scalar(query))


async def jobs(
    session: AsyncSession, *, limit: int, after: str | None = None, state: str | None = None
) -> Sequence[JobRow]:
    """Return jobs, the newest first, from the one after `after` on."""
    query = select(JobRow).order_by(JobRow.id.desc()).limit(limit)
    if after is not None:
        query = query.where(JobRow.id < after)
    if state is not None:
        query = query.where(JobRow.state == state)
    return (await session.scalars(query)).all()


async def jobs_of_master(
    session: AsyncSession, *, master_id: str, limit: int, after: str | None = None
) -> Sequence[JobRow]:
    """Return jobs that are this master's or are offered to him now, the newest first."""
    offered = exists().where(
        OfferRow.job_id == JobRow.id, OfferRow.master_id == master_id, OfferRow.state == "open"
    )
    query = (
        select(JobRow)
        .where(or_(JobRow.master_id == master_id, offered))
        .order_by(JobRow.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(JobRow.id < after)
    return (await session.scalars(query)).all()


async def job_of_talk(session: AsyncSession, *, talk_id: str) -> JobRow | None:
    """Return the last job a talk has made."""
    query = select(JobRow).where(JobRow.talk_id == talk_id).order_by(JobRow.id.desc()).limit(1)
    return await session.scalar(query)


async def payments_of(session: AsyncSession, *, jobs: Collection[str]) -> dict[str, PaymentRow]:
    """Return the last payment of each of these jobs, by job."""
    query = select(PaymentRow).where(PaymentRow.job_id.in_(sorted(jobs))).order_by(PaymentRow.id)
    return {payment.job_id: payment for payment in await session.scalars(query)}


async def charges_of(session: AsyncSession, *, payments: Collection[PaymentRow]) -> dict[str, ChargeRow]:
    """Return the charge that stands for each of these payments, by payment."""
    ids = [payment.charge_id for payment in payments if payment.charge_id]
    if not ids:
        return {}
    found = {row.id: row for row in await session.scalars(select(ChargeRow).where(ChargeRow.id.in_(ids)))}
    return {
        payment.id: found[payment.charge_id]
        for payment in payments
        if payment.charge_id and payment.charge_id in found
    }


async def payments(session: AsyncSession, *, limit: int, after: str | None = None) -> Sequence[PaymentRow]:
    """Return payments, the newest first."""
    query = select(PaymentRow).order_by(PaymentRow.id.desc()).limit(limit)
    if after is not None:
        query = query.where(PaymentRow.id < after)
    return (await session.scalars(query)).all()


async def decisions(
    session: AsyncSession, *, limit: int, job_id: str | None = None, after: str | None = None
) -> Sequence[DecisionRow]:
    """Return decisions with their inputs, the newest first (L14)."""
    query = select(DecisionRow).order_by(DecisionRow.id.desc()).limit(limit)
    if job_id is not None:
        query = query.where(DecisionRow.job_id == job_id)
    if after is not None:
        query = query.where(DecisionRow.id < after)
    return (await session.scalars(query)).all()


# Masters


async def masters(session: AsyncSession, *, ids: Collection[str]) -> Sequence[MasterRow]:
    """Return these masters."""
    return (await session.scalars(select(MasterRow).where(MasterRow.id.in_(sorted(ids))))).all()


async def trades(session: AsyncSession, *, master_id: str) -> Sequence[str]:
    """Return the trades a master works in."""
    query = (
        select(MasterTradeRow.trade)
        .where(MasterTradeRow.master_id == master_id, MasterTradeRow.is_active.is_(True))
        .order_by(MasterTradeRow.trade)
    )
    return (await session.scalars(query)).all()


async def hours_on(session: AsyncSession, *, master_id: str, since: date, until: date) -> Sequence[HoursRow]:
    """Return a master's hours from one local day to another, both included."""
    query = (
        select(HoursRow)
        .where(HoursRow.master_id == master_id, HoursRow.day >= since, HoursRow.day <= until)
        .order_by(HoursRow.starts_at)
    )
    return (await session.scalars(query)).all()


# History


async def timeline(session: AsyncSession, *, job_id: str) -> Sequence[EventRow]:
    """Return what happened to a job, its offers, bookings and payments, oldest first."""
    parts = union_all(
        select(OfferRow.id).where(OfferRow.job_id == job_id),
        select(BookingRow.id).where(BookingRow.job_id == job_id),
        select(PaymentRow.id).where(PaymentRow.job_id == job_id),
    )
    ids = [job_id, *await session.scalars(parts)]
    query = select(EventRow).where(EventRow.object_id.in_(ids)).order_by(EventRow.seq).limit(SHOWN_MAX)
    return (await session.scalars(query)).all()


# The mail


@dataclass(frozen=True, slots=True)
class MailCounts:
    """What waits, and what was given up."""

    oldest_due: datetime | None  # of the letters that wait
    letters_waiting: int  # due now
    timers: int  # due later
    letters_dead: int
    effects_waiting: int
    effects_unknown: int
    effects_dead: int


async def mail_counts(session: AsyncSession, *, now: datetime) -> MailCounts:
    """Count what waits in the inbox and the outbox."""
    is_due = and_(LetterRow.status == LetterStatus.WAITING, LetterRow.due <= now)
    is_later = and_(LetterRow.status == LetterStatus.WAITING, LetterRow.due > now)
    letters = (
        await session.execute(
            select(
                _count(is_due),
                _count(is_later),
                _count(LetterRow.status == LetterStatus.DEAD),
                func.min(case((is_due, LetterRow.due))),
            ).where(LetterRow.status.in_((LetterStatus.WAITING, LetterStatus.DEAD)))
        )
    ).one()
    effects = (
        await session.execute(
            select(
                _count(EffectRow.status.in_((EffectStatus.WAITING, EffectStatus.SENDING))),
                _count(EffectRow.status == EffectStatus.UNKNOWN),
                _count(EffectRow.status == EffectStatus.DEAD),
            ).where(
                EffectRow.status.in_(
                    (EffectStatus.WAITING, EffectStatus.SENDING, EffectStatus.UNKNOWN, EffectStatus.DEAD)
                )
            )
        )
    ).one()
    counts = [int(count or 0) for count in (*letters[:3], *effects)]
    return MailCounts(letters[3], *counts)


async def waiting_letters(session: AsyncSession, *, limit: int) -> Sequence[LetterRow]:
    """Return letters and timers that wait or were given up, the first due first."""
    query = (
        select(LetterRow)
        .where(LetterRow.status.in_((LetterStatus.WAITING, LetterStatus.DEAD)))
        .order_by(LetterRow.status.desc(), LetterRow.due, LetterRow.seq)
        .limit(limit)
    )
    return (await session.scalars(query)).all()


async def active_jobs(session: AsyncSession) -> dict[str, int]:
    """Count jobs that are not over, by market."""
    query = (
        select(JobRow.market, func.count().label("jobs"))
        .where(JobRow.state.not_in(FINAL))
        .group_by(JobRow.market)
    )
    return {row.market: row.jobs for row in await session.execute(query)}


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
