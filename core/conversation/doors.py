"""A talk that goes on at another door: what is known goes with the person, and news follows him.

Of all talks of one person exactly one has what is known; the others rest at the step `elsewhere`. Whoever
writes at a resting one goes on there, as often as he likes (L21).
"""

from datetime import timedelta
from enum import Enum, auto
from typing import Any

from core.flows.tx import Tx
from core.kernel.job import FINAL, JobState
from core.messages import Role
from storage.queries import joinings
from storage.tables import JobRow, MasterRow, TalkRow

REMEMBERED = timedelta(days=30)  # since the person was heard last
ELSEWHERE = "elsewhere"  # the step of a talk that goes on at another door
MUST_PROVE = "must_prove"  # of what is known at such a step: nobody has vouched for this door yet
TRIES = "tries"  # the wrong codes of a chat are its own, wherever its talk goes on
_LOOKS = 3  # for the talk that stands; it may move on between a look and a lock


class Back(Enum):
    """What became of somebody's coming back to an earlier door."""

    HERE = auto()  # the talk goes on here now
    UNPROVEN = auto()  # nobody knows yet that it is he
    HELD = auto()  # the owner speaks with him at the other door


async def move(tx: Tx, earlier: TalkRow, talk: TalkRow) -> None:
    """Let a talk go on where an earlier one of the same person stands; the earlier one rests."""
    talk.person_id, talk.lang = earlier.person_id, earlier.lang
    talk.known = {**earlier.known, TRIES: list(talk.known.get(TRIES, ())), MUST_PROVE: False}
    talk.step, talk.job_id = earlier.step, earlier.job_id
    talk.status, talk.closed_at = earlier.status, earlier.closed_at
    if talk.role == Role.MASTER:
        await _move_master(tx, earlier, talk)
    for job in await jobs_of(tx, earlier):
        job.talk_id = talk.id
    rest(tx, earlier)
    actor = f"{talk.role}:{talk.id}"
    tx.record("talk", earlier.id, "continued", actor=actor, parties=[earlier.id, talk.id])


def rest(tx: Tx, talk: TalkRow, *, is_proven: bool = True) -> None:
    """Let a talk rest: what it knew stands elsewhere."""
    talk.job_id, talk.step = None, ELSEWHERE
    talk.status, talk.closed_at = "completed", tx.now
    tries = list(talk.known.get(TRIES, ()))
    talk.known = {TRIES: tries} if is_proven else {TRIES: tries, MUST_PROVE: True}


async def come_back(tx: Tx, talk: TalkRow) -> Back:
    """Go on at an earlier door, where somebody has just written."""
    if talk.known.get(MUST_PROVE):
        return Back.UNPROVEN
    standing = await standing_of(tx, talk)
    if standing is None:  # all other doors are gone: begin anew
        talk.status, talk.closed_at = "active", None
        talk.step = first_step(Role(talk.role))
        return Back.HERE
    if standing.held_at is not None:
        return Back.HELD
    await move(tx, standing, talk)
    return Back.HERE


async def standing_of(tx: Tx, talk: TalkRow) -> TalkRow | None:
    """Return the talk of the same person that knows what is known, locked; None if there is no other."""
    await tx.flush()  # a turn of the same commit may have moved it
    for _ in range(_LOOKS):
        id = await joinings.standing(tx.session, talk=talk, at_rest=ELSEWHERE)
        found = await tx.get(TalkRow, id) if id else None
        if found is None or found.step != ELSEWHERE:
            return found
    return None


async def jobs_of(tx: Tx, talk: TalkRow) -> list[JobRow]:
    """Return the jobs of a client's talk that are under way, the oldest first."""
    known = talk.known
    ids = {talk.job_id, known.get("earlier_job"), *known.get("jobs", ())} - {None}
    rows = [await tx.get(JobRow, str(id)) for id in sorted(ids)]
    return [job for job in rows if job is not None and is_live(job) and job.talk_id == talk.id]


def is_live(job: JobRow) -> bool:
    """Tell whether a job may still change; one that has ended stays with the talk it ended in."""
    return JobState(job.state) not in FINAL


def first_step(role: Role) -> str:
    """Return the question a talk begins with."""
    return "problem" if role is Role.CLIENT else "name_phone"


def snapshot(talk: TalkRow) -> dict[str, Any]:
    """Return where a talk stands, so that it can stand there again."""
    return {"known": dict(talk.known), "step": talk.step, "status": talk.status, "job_id": talk.job_id}


async def _move_master(tx: Tx, earlier: TalkRow, talk: TalkRow) -> None:
    talk.master_id = earlier.master_id
    record = await tx.get(MasterRow, earlier.master_id) if earlier.master_id else None
    if record is not None:
        record.talk_id = talk.id  # offers and news come here from now on
        parties = [record.id, earlier.id, talk.id]
        tx.record("master", record.id, "talk_moved", actor=f"master:{record.id}", parties=parties)
