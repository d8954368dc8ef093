"""What the owner's board shows of the present: masters' days, jobs on them, and what has gone wrong."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row as Found, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.kernel.job import FINAL, JobState
from storage.tables import (
    ChargeRow,
    DifferenceRow,
    EffectRow,
    EffectStatus,
    HoursRow,
    JobRow,
    LetterRow,
    LetterStatus,
    MasterRow,
    PayoutRow,
    PersonRow,
    TalkRow,
)

SHOWN_MAX = 50  # of each kind of trouble
MASTERS_MAX = 60  # rows of the board
_GONE = (JobState.CANCELLED, JobState.EXPIRED)
_LIVE = (JobState.ASSIGNED, JobState.TRAVELLING, JobState.ON_SITE, JobState.WORKING, JobState.DONE)


async def masters_at_work(session: AsyncSession) -> Sequence[MasterRow]:
    """Return masters who work or rest, by name; not those who are still joining."""
    query = (
        select(MasterRow)
        .where(MasterRow.status != "draft")
        .order_by(MasterRow.status, MasterRow.name, MasterRow.id)
        .limit(MASTERS_MAX)
    )
    return (await session.scalars(query)).all()


async def hours_between(
    session: AsyncSession, *, masters: Collection[str], since: datetime, until: datetime
) -> Sequence[HoursRow]:
    """Return when these masters work in a window, in order."""
    query = (
        select(HoursRow)
        .where(HoursRow.master_id.in_(sorted(masters)), HoursRow.ends_at > since, HoursRow.starts_at < until)
        .order_by(HoursRow.master_id, HoursRow.starts_at)
    )
    return (await session.scalars(query)).all()


async def jobs_between(session: AsyncSession, *, since: datetime, until: datetime) -> Sequence[JobRow]:
    """Return jobs of a window, and those of days before that are still under way, in order of time."""
    here = and_(JobRow.ends_at > since, JobRow.starts_at < until, JobRow.state.not_in(_GONE))
    behind = and_(JobRow.ends_at <= since, JobRow.state.in_(_LIVE))
    query = select(JobRow).where(or_(here, behind)).order_by(JobRow.starts_at, JobRow.id).limit(500)
    return (await session.scalars(query)).all()


async def active_jobs(session: AsyncSession) -> int:
    """Count jobs that are not over."""
    query = select(JobRow.id).where(JobRow.state.not_in(FINAL))
    return len((await session.scalars(query)).all())


async def who_talks(session: AsyncSession, *, talks: Collection[TalkRow]) -> dict[str, str]:
    """Return the names of those who talk, as far as they are known, by talk."""
    people = {talk.person_id for talk in talks if talk.person_id}
    masters = {talk.master_id for talk in talks if talk.master_id}
    names: dict[str, str] = {}
    for kind, ids in ((PersonRow, people), (MasterRow, masters)):
        query = select(kind.id, kind.name).where(kind.id.in_(sorted(ids)), kind.name.is_not(None))
        names.update({row.id: row.name for row in await session.execute(query)})
    jobs = {talk.job_id for talk in talks if talk.job_id}
    clients = select(JobRow.talk_id, JobRow.client_name).where(JobRow.id.in_(sorted(jobs)))
    found = {row.talk_id: row.client_name for row in await session.execute(clients) if row.client_name}
    for talk in talks:
        name = names.get(talk.master_id or "") if talk.role == "master" else names.get(talk.person_id or "")
        if name or talk.known.get("name"):
            found[talk.id] = name or str(talk.known["name"])
    return found


# What has gone wrong


async def dead_letters(session: AsyncSession) -> Sequence[LetterRow]:
    """Return letters that were given up, the newest first."""
    query = select(LetterRow).where(LetterRow.status == LetterStatus.DEAD)
    return (await session.scalars(query.order_by(LetterRow.seq.desc()).limit(SHOWN_MAX))).all()


async def lost_effects(session: AsyncSession) -> Sequence[EffectRow]:
    """Return what was to be done outside and was given up, or nobody knows of; the newest first."""
    query = select(EffectRow).where(EffectRow.status.in_((EffectStatus.UNKNOWN, EffectStatus.DEAD)))
    return (await session.scalars(query.order_by(EffectRow.seq.desc()).limit(SHOWN_MAX))).all()


async def open_differences(session: AsyncSession) -> Sequence[DifferenceRow]:
    """Return where the provider's books and ours do not say the same, the newest first."""
    query = select(DifferenceRow).where(DifferenceRow.state == "open")
    return (await session.scalars(query.order_by(DifferenceRow.id.desc()).limit(SHOWN_MAX))).all()


async def silent_charges(session: AsyncSession, *, before: datetime) -> Sequence[ChargeRow]:
    """Return charges asked for before a moment of which the provider has not said what became."""
    query = select(ChargeRow).where(ChargeRow.state == "asked", ChargeRow.asked_at < before)
    return (await session.scalars(query.order_by(ChargeRow.id.desc()).limit(SHOWN_MAX))).all()


async def failed_payouts(session: AsyncSession, *, since: datetime) -> Sequence[PayoutRow]:
    """Return payouts that have failed since a moment, the newest first."""
    query = select(PayoutRow).where(PayoutRow.state == "failed", PayoutRow.asked_at >= since)
    return (await session.scalars(query.order_by(PayoutRow.id.desc()).limit(SHOWN_MAX))).all()


async def refusals_of(session: AsyncSession, *, lanes: Collection[str]) -> Sequence[Found[Any]]:
    """Return (kind, outcome, handled) of letters of some lanes that a rule said no to, the newest first.

    Letters are kept for ten days.
    """
    query = (
        select(LetterRow.kind, LetterRow.outcome, LetterRow.handled)
        .where(
            LetterRow.lane.in_(sorted(lanes)),
            LetterRow.status == LetterStatus.HANDLED,
            LetterRow.outcome["status"].as_string() == "refusal",
        )
        .order_by(LetterRow.seq.desc())
        .limit(SHOWN_MAX)
    )
    return (await session.execute(query)).all()
