"""Questions about people who come by several doors, and the codes by which they prove it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import (
    EventRow,
    JobRow,
    JoiningRow,
    LetterRow,
    LinkCodeRow,
    PersonRow,
    TalkRow,
    UtteranceRow,
)

_LAST_LINES = 60  # of a talk: who corrects himself does it soon


async def standing(session: AsyncSession, *, talk: TalkRow, at_rest: str) -> str | None:
    """Return the id of the other talk of this person that knows what is known.

    Args:
        at_rest: The step of those that do not.
    """
    is_same = (
        TalkRow.master_id == talk.master_id if talk.role == "master" else TalkRow.person_id == talk.person_id
    )
    query = (
        select(TalkRow.id)
        .where(is_same, TalkRow.role == talk.role, TalkRow.id != talk.id, TalkRow.step != at_rest)
        .order_by(TalkRow.heard_at.desc(), TalkRow.id.desc())
        .limit(1)
    )
    return await session.scalar(query)


async def latest_of_phone(
    session: AsyncSession, *, phone: str, market: str, since: datetime, but: str | None
) -> str | None:
    """Return the id of the last talk of another client with this phone, if he was heard lately.

    His door has verified it, or a job bears it: a number that was only typed finds nobody. Who was told apart
    once is not found again. Whoever has proven the number comes first.

    Args:
        but: The person who asks.
    """
    bears = exists().where(JobRow.client_id == PersonRow.id, JobRow.client_phone == phone)
    told_apart = exists().where(
        JoiningRow.undone_at.is_not(None),
        or_(
            and_(JoiningRow.before_id == but, JoiningRow.after_id == PersonRow.id),
            and_(JoiningRow.after_id == but, JoiningRow.before_id == PersonRow.id),
        ),
    )
    query = (
        select(TalkRow.id)
        .join(PersonRow, PersonRow.id == TalkRow.person_id)
        .where(
            PersonRow.phone == phone,
            PersonRow.id != (but or ""),
            or_(PersonRow.phone_verified_at.is_not(None), bears),
            ~told_apart,
            TalkRow.role == "client",
            TalkRow.market == market,
            TalkRow.heard_at >= since,
        )
        .order_by(
            PersonRow.phone_verified_at.is_(None),
            TalkRow.heard_at.desc(),
            TalkRow.id.desc(),
        )
        .limit(1)
    )
    return await session.scalar(query)


async def of_person(session: AsyncSession, *, person_id: str) -> Sequence[str]:
    """Return the ids of all talks of a client, the latest heard first."""
    query = select(TalkRow.id).where(TalkRow.person_id == person_id, TalkRow.role == "client")
    return (await session.scalars(query.order_by(TalkRow.heard_at.desc(), TalkRow.id))).all()


async def unvouched(session: AsyncSession, *, master_id: str) -> Sequence[str]:
    """Return the ids of a master's talks at doors that never vouched for his phone themselves."""
    is_vouched = exists().where(
        JoiningRow.talk_id == TalkRow.id,
        JoiningRow.after_id == master_id,
        JoiningRow.by == "phone",
        JoiningRow.undone_at.is_(None),
    )
    query = select(TalkRow.id).where(TalkRow.master_id == master_id, TalkRow.role == "master", ~is_vouched)
    return (await session.scalars(query.order_by(TalkRow.id))).all()


async def latest(session: AsyncSession, *, talk_id: str, since: datetime) -> str | None:
    """Return the id of the last joining of a talk, from either side, that stands."""
    query = (
        select(JoiningRow.id)
        .where(
            or_(JoiningRow.talk_id == talk_id, JoiningRow.from_talk_id == talk_id),
            JoiningRow.undone_at.is_(None),
            JoiningRow.at >= since,
        )
        .order_by(JoiningRow.at.desc(), JoiningRow.id.desc())
        .limit(1)
    )
    return await session.scalar(query)


async def together(session: AsyncSession, *, joining: JoiningRow) -> Sequence[str]:
    """Return the ids of joinings that happened at once: of all doors one of the two people had."""
    query = select(JoiningRow.id).where(
        JoiningRow.at == joining.at,
        JoiningRow.after_id == joining.after_id,
        JoiningRow.before_id.is_not_distinct_from(joining.before_id),
        JoiningRow.undone_at.is_(None),
    )
    return (await session.scalars(query.order_by(JoiningRow.id))).all()


async def listed(session: AsyncSession, *, limit: int) -> Sequence[JoiningRow]:
    """Return joinings, the newest first."""
    query = select(JoiningRow).order_by(JoiningRow.at.desc(), JoiningRow.id.desc()).limit(limit)
    return (await session.scalars(query)).all()


async def live_jobs(
    session: AsyncSession, *, people: Collection[str], talks: Collection[str], final: Collection[str]
) -> Sequence[str]:
    """Return the ids of jobs under way of these people or talks."""
    query = select(JobRow.id).where(
        or_(JobRow.client_id.in_(people), JobRow.talk_id.in_(talks)), JobRow.state.not_in(final)
    )
    return (await session.scalars(query.order_by(JobRow.id))).all()


async def made_in(session: AsyncSession, *, jobs: Collection[str]) -> Mapping[str, Collection[str]]:
    """Return whom the first event of each job names: among them the talk it was ordered in."""
    query = select(EventRow.object_id, EventRow.parties).where(
        EventRow.object == "job", EventRow.object_id.in_(jobs)
    )
    made: dict[str, Collection[str]] = {}
    for row in await session.execute(query.order_by(EventRow.seq)):
        made.setdefault(row.object_id, row.parties)
    return made


# Codes


async def is_code(session: AsyncSession, *, digest: str) -> bool:
    """Tell whether a code of this digest was ever made."""
    return await session.scalar(select(LinkCodeRow.digest).where(LinkCodeRow.digest == digest)) is not None


async def use_code(session: AsyncSession, *, digest: str, role: str, now: datetime) -> str | None:
    """Use up a code and return the talk it stands for; None if it is wrong, old or used.

    One conditional UPDATE, so that a code that is told at two doors at once opens one.
    """
    query = (
        update(LinkCodeRow)
        .where(
            LinkCodeRow.digest == digest,
            LinkCodeRow.role == role,
            LinkCodeRow.used_at.is_(None),
            LinkCodeRow.expires_at > now,
        )
        .values(used_at=now, version=LinkCodeRow.version + 1)
        .returning(LinkCodeRow.talk_id)
        .execution_options(synchronize_session=False)
    )
    return await session.scalar(query)


async def use_up(session: AsyncSession, *, talk_id: str, now: datetime) -> None:
    """Let all codes of a talk lapse: one of them was used, or new ones are made."""
    query = update(LinkCodeRow).where(LinkCodeRow.talk_id == talk_id, LinkCodeRow.used_at.is_(None))
    values = {"used_at": now, "version": LinkCodeRow.version + 1}
    await session.execute(query.values(**values).execution_options(synchronize_session=False))


async def sweep(session: AsyncSession, *, before: datetime) -> None:
    """Forget codes that lapsed before a moment: their numbers are free again."""
    await session.execute(
        delete(LinkCodeRow)
        .where(LinkCodeRow.expires_at < before)
        .execution_options(synchronize_session=False)
    )


async def told_before(session: AsyncSession, *, talk_id: str, message_id: str, but: str) -> str | None:
    """Return what a message said before it was changed; None if it was not among the last ones.

    Args:
        but: The letter that tells of the change.
    """
    query = (
        select(LetterRow.payload)
        .join(UtteranceRow, UtteranceRow.cause == LetterRow.id)
        .where(UtteranceRow.talk_id == talk_id, LetterRow.id != but)
        .order_by(UtteranceRow.seq.desc())
        .limit(_LAST_LINES)
    )
    for payload in await session.scalars(query):
        if payload.get("message_id") == message_id and payload.get("text"):
            return str(payload["text"])
    return None
