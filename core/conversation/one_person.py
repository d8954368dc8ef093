"""Two doors turn out to be one person's: one talk of the two goes on, and no job is doubled (L21).

What both talks were before is kept with the joining, so that it can be undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.conversation.doors import (
    ELSEWHERE,
    MUST_PROVE,
    come_back,
    jobs_of,
    move,
    rest,
    snapshot,
    standing_of,
)
from core.conversation.known import Known, Wanted
from core.conversation.newcomer import MasterKnown
from core.flows.owner import STEP as OWNER
from core.flows.tx import Tx
from storage.queries import joinings
from storage.tables import JobRow, JoiningRow, MasterRow, PersonRow, TalkRow

AT_WORK = "working"  # the step of a master of whom nothing is asked
PHONE, CODE = "phone", "code"
_OF_TALK = frozenset({"claim", "claims", "asked", "waiting", "lost"})  # known of a talk, not of a master
_WHO = ("name", "phone", "email", "city", "district")


class Course(StrEnum):
    """How the talk goes on that turned out to be the same person's."""

    MOVED = "moved"  # where the other one stood
    KEPT = "kept"  # as it was, with the other one's jobs
    WHICH = "which"  # both had begun something: which is meant?
    ALIKE = "alike"  # both have ordered the same


@dataclass(frozen=True, slots=True)
class Joined:
    """What came of two doors.

    Attributes:
        id: The joining's; None if both were one person's before.
        other: The talk that rests now.
        alike: Of two jobs about the same work, the one ordered later.
    """

    id: str | None
    course: Course
    other: TalkRow
    alike: JobRow | None = None


async def unite(tx: Tx, talk: TalkRow, other: TalkRow, *, by: str) -> Joined | None:
    """Let a client's talk and another one be one person's; None if that changes nothing, or cannot be now.

    While the owner speaks at one of the doors nothing moves, and his own chat is nobody's.
    """
    there = other if other.step != ELSEWHERE else await standing_of(tx, other)
    if there is None or there.id == talk.id or there.person_id is None:
        return None
    if talk.held_at is not None or there.held_at is not None or OWNER in (talk.step, there.step):
        return None
    if by == CODE and talk.known.get(MUST_PROVE) and talk.person_id != there.person_id:
        return None  # a code of another person does not vouch for the number he named
    if talk.step == ELSEWHERE:  # whoever proves who he is has proven that it is his talk that rests
        talk.known = {**talk.known, MUST_PROVE: False}
        await come_back(tx, talk)
    if talk.person_id == there.person_id:
        return Joined(None, Course.MOVED, there) if there.step == ELSEWHERE else None
    person = await tx.get(PersonRow, there.person_id)
    is_verified = person is not None and person.phone_verified_at is not None
    was = {"here": snapshot(talk), "there": {**snapshot(there), "is_verified": is_verified}}
    await tx.flush()
    theirs = await joinings.of_person(tx.session, person_id=there.person_id)
    joining = await _write_down(tx, talk, there, by=by, was=was)
    course, alike = await _go_on(tx, talk, there)
    if by == PHONE and not is_verified:  # the number was only typed there: he must prove that it is his
        for id in sorted(theirs):
            if (door := await tx.get(TalkRow, id)) is not None:
                rest(tx, door, is_proven=False)
    return Joined(joining.id, course, there, alike)


async def take_up(tx: Tx, talk: TalkRow, record: MasterRow, *, by: str) -> Joined | None:
    """Let a master's talk go on where his record's talk stands; None if the chat is another master's.

    A draft that was begun here under another number is left behind.
    """
    if talk.master_id == record.id and talk.step != ELSEWHERE:
        return None
    own = await tx.get(MasterRow, talk.master_id) if talk.master_id else None
    before = await tx.get(TalkRow, record.talk_id) if record.talk_id else None
    if (own is not None and own is not record and own.status != "draft") or talk.held_at is not None:
        return None
    if talk.step == OWNER:
        return None
    if before is None or before.id == talk.id or before.held_at is not None:
        return None
    joining = None
    if own is not record:
        if own is not None:
            own.talk_id = None
        was = {"here": snapshot(talk), "there": snapshot(before)}
        joining = _row(tx, talk.id, before.id, by=by, people=(talk.master_id, record.id), was=was)
        tx.add(joining)
    before.master_id = record.id
    await move(tx, before, talk)
    if by == PHONE and joining is not None:
        await _rest_unproven(tx, talk, record)
    earlier = MasterKnown.model_validate(talk.known)
    fresh = {name: getattr(MasterKnown(), name) for name in _OF_TALK}
    talk.known = earlier.model_copy(update=fresh).model_dump(mode="json")
    if record.status != "draft":
        talk.status, talk.closed_at, talk.step = "completed", tx.now, AT_WORK
    else:
        talk.status, talk.closed_at = "active", None
    return Joined(joining.id if joining else None, Course.MOVED, before)


async def _rest_unproven(tx: Tx, talk: TalkRow, record: MasterRow) -> None:
    """Let a master's other doors prove that they are his: there his number may only have been typed."""
    await tx.flush()
    for id in await joinings.unvouched(tx.session, master_id=record.id):
        door = await tx.get(TalkRow, id) if id != talk.id else None
        if door is not None:
            rest(tx, door, is_proven=False)


async def _write_down(tx: Tx, talk: TalkRow, there: TalkRow, *, by: str, was: dict[str, Any]) -> JoiningRow:
    """Make one person of two: every door of the one who came is the other's from now on."""
    before_id, after_id = talk.person_id, str(there.person_id)
    doors = await joinings.of_person(tx.session, person_id=before_id) if before_id else ()
    joining = _row(tx, talk.id, there.id, by=by, people=(before_id, after_id), was=was)
    tx.add(joining)
    for id in sorted(set(doors) - {talk.id}):
        if (door := await tx.get(TalkRow, id)) is not None:
            door.person_id = after_id
            tx.add(_row(tx, id, there.id, by=by, people=(before_id, after_id), was={}))
    talk.person_id = after_id
    parties = [talk.id, there.id]
    tx.record("talk", talk.id, "joined", actor=f"client:{talk.id}", parties=parties, by=by)
    return joining


def _row(
    tx: Tx, talk_id: str, from_id: str, *, by: str, people: tuple[str | None, str], was: dict[str, Any]
) -> JoiningRow:
    before_id, after_id = people
    return JoiningRow(
        id=tx.id(),
        talk_id=talk_id,
        from_talk_id=from_id,
        by=by,
        before_id=before_id,
        after_id=after_id,
        was=was,
        at=tx.now,
    )


# Which of two talks goes on


async def _go_on(tx: Tx, talk: TalkRow, there: TalkRow) -> tuple[Course, JobRow | None]:
    here_jobs, there_jobs = await jobs_of(tx, talk), await jobs_of(tx, there)
    here, other = Known.of(talk.known), Known.of(there.known)
    asks_here, asks_there = _is_open(talk, here), _is_open(there, other)
    if not asks_here and not here_jobs:
        await _take(tx, talk, there, jobs=())
        return Course.MOVED, None
    if not asks_there and not there_jobs:
        _keep(tx, talk, there, jobs=())
        return Course.KEPT, None
    is_same = asks_here and (
        (asks_there and _is_same(here, other)) or any(_is_about(here, job) for job in there_jobs)
    )
    if is_same or (asks_there and not asks_here and not any(_is_about(other, job) for job in here_jobs)):
        await _take(tx, talk, there, jobs=here_jobs, merge=is_same)
        return Course.MOVED, None
    _keep(tx, talk, there, jobs=there_jobs)
    alike = _alike(here_jobs, there_jobs)
    if alike is not None:
        return Course.ALIKE, alike
    if asks_here and asks_there:
        talk.known = {**talk.known, "beside": other.model_copy(update={"jobs": []}).model_dump(mode="json")}
        return Course.WHICH, None
    return Course.KEPT, None


async def _take(
    tx: Tx, talk: TalkRow, there: TalkRow, *, jobs: Sequence[JobRow], merge: bool = False
) -> None:
    """Go on where the other talk stood; what was told here fills its gaps."""
    here = Known.of(talk.known)
    await move(tx, there, talk)
    known = Known.of(talk.known)
    _fill(known, here)
    if merge:
        known.address = {**known.address, **here.address}
        known.wishes = here.wishes or known.wishes
        known.urgency = known.urgency or here.urgency
        known.words = max(known.words, here.words, key=len)
        faults = set(known.faults)
        if talk.job_id is None:
            known.wanted = _more_exact(known.wanted, here.wanted, faults)
    if here.emergency is not None and not here.is_danger_over:
        known.emergency, known.is_danger_over = here.emergency, False
    _adopt(known, jobs)
    talk.known = known.model_dump(mode="json")


def _keep(tx: Tx, talk: TalkRow, there: TalkRow, *, jobs: Sequence[JobRow]) -> None:
    """Go on as before; the other talk's jobs come along, and what it knew of the person fills gaps."""
    known, other = Known.of(talk.known), Known.of(there.known)
    _fill(known, other)
    known.address = known.address or other.address
    for job in jobs:
        job.talk_id = talk.id
    _adopt(known, jobs)
    talk.known = known.model_dump(mode="json")
    rest(tx, there)
    parties = [there.id, talk.id]
    tx.record("talk", there.id, "continued", actor=f"client:{talk.id}", parties=parties)


def _fill(known: Known, other: Known) -> None:
    for part in _WHO:
        setattr(known, part, getattr(known, part) or getattr(other, part))


def _adopt(known: Known, jobs: Sequence[JobRow]) -> None:
    known.jobs = list(dict.fromkeys((*known.jobs, *(job.id for job in jobs))))
    if jobs and known.earlier_job is None:
        known.earlier_job = jobs[-1].id


def _is_open(talk: TalkRow, known: Known) -> bool:
    """Tell whether something was begun to be told that is no job yet."""
    return talk.job_id is None and bool(known.wanted) and talk.status != "completed"


def _is_same(one: Known, other: Known) -> bool:
    """Tell whether two talks are about the same work in the same place."""
    if not _is_same_house(one.address, other.address):
        return False
    here, there = set(one.faults), set(other.faults)
    return here <= there or there <= here if here and there else _trade(one) == _trade(other)


def _is_about(known: Known, job: JobRow) -> bool:
    """Tell whether what is told is what a job was ordered for."""
    if not _is_same_house(known.address, job.address):
        return False
    return set(known.faults) <= set(job.faults) if known.faults else _trade(known) == job.trade


def _is_same_house(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(
        one.get(part) in (None, other.get(part)) or not other.get(part) for part in ("street", "house")
    )


def _trade(known: Known) -> str | None:
    return known.trade.value if known.trade else None


def _more_exact(ours: Sequence[Wanted], told: Sequence[Wanted], faults: set[str]) -> list[Wanted]:
    new = [each for each in told if each.fault is not None and each.fault not in faults]
    vague = {each.trade for each in new}
    return [*(each for each in ours if each.fault or each.trade not in vague), *new]


def _alike(here: Sequence[JobRow], there: Sequence[JobRow]) -> JobRow | None:
    """Return the later one of two jobs that order the same."""
    for job in here:
        for other in there:
            is_same = job.trade == other.trade and set(job.faults) == set(other.faults)
            if is_same and _is_same_house(job.address, other.address):
                return max(job, other, key=lambda each: (each.created_at, each.id))
    return None
