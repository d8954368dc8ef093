"""A joining of two doors is undone: "это не я", or the owner says so. Each stands where it stood (L21).

A job that was ordered since stays with the door it was ordered at.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from core.conversation.doors import ELSEWHERE, MUST_PROVE, is_live, rest, snapshot, standing_of
from core.conversation.known import Known
from core.conversation.learning import forget_problem
from core.flows.actor import OWNER
from core.flows.tx import Letter, Tx
from core.flows.views import time_view
from core.kernel.job import FINAL, JobState
from core.kernel.refusal import OldButton, Refusal, UnknownThing
from core.messages import Role
from storage.queries import joinings
from storage.tables import JobRow, JoiningRow, MasterRow, PersonRow, Row, TalkRow

UNDO = "joining-undo"


class JoiningHandler:
    """Handles `joining-undo` {joining_id}: the owner tells two people apart."""

    def needs(self, letter: Letter, have: object) -> Mapping[type[Row], Collection[str]]:
        """The joining; what hangs on it is loaded as it is undone."""
        del have
        return {JoiningRow: {str(letter.payload["joining_id"])}}

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Nothing to be read."""
        del letter
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Undo it. Once more is fine."""
        joining = await tx.get(JoiningRow, str(turn[-1].payload["joining_id"]))
        if joining is None:
            raise UnknownThing(thing="joining")
        await undo(tx, joining, actor=str(OWNER))
        tx.answer(joining_view(joining, zone=tx.zone))

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """The owner reads it in the answer."""


def joining_view(joining: JoiningRow, *, zone: ZoneInfo) -> dict[str, Any]:
    """Show a joining: its two talks, how they were joined, when, and since when not any more."""
    return {
        "joining_id": joining.id,
        "conversation_id": joining.talk_id,
        "from_conversation_id": joining.from_talk_id,
        "by": joining.by,
        "at": time_view(joining.at, zone),
        "undone_at": time_view(joining.undone_at, zone),
    }


async def undo_here(tx: Tx, talk: TalkRow, joining_id: str) -> None:
    """Undo a joining at the wish of somebody at one of its two doors.

    Raises:
        OldButton: it was undone before, or is of other doors; or nobody has vouched for a master's door, to
            which all that he did since would go.
    """
    joining = await tx.get(JoiningRow, joining_id)
    if joining is None or joining.undone_at is not None or talk.id not in _sides(joining):
        raise OldButton
    if talk.role == Role.MASTER and talk.known.get(MUST_PROVE):
        raise OldButton
    await undo(tx, joining, actor=f"{talk.role}:{talk.id}")


async def undo(tx: Tx, joining: JoiningRow, *, actor: str) -> None:
    """Let each of the two talks stand where it stood before, and tell both."""
    if joining.undone_at is not None:
        return
    await tx.flush()
    ids = await joinings.together(tx.session, joining=joining)
    parts = [part for id in ids if (part := await tx.get(JoiningRow, id)) is not None]
    main = next((part for part in parts if part.was), joining)
    here = await tx.get(TalkRow, main.talk_id)
    there = await tx.get(TalkRow, str(main.from_talk_id))
    if here is None or there is None:
        raise UnknownThing(thing="talk")
    for part in parts:
        part.undone_at = tx.now
    if here.role == Role.MASTER:
        await _part_masters(tx, main, here, there)
    else:
        await _part_clients(tx, main, {part.talk_id for part in parts}, here, there)
    tx.record("talk", here.id, "parted", actor=actor, parties=[here.id, there.id])
    tx.say(here, "talk-parted", news=True)
    tx.say(there, "talk-parted", news=True)


def _sides(joining: JoiningRow) -> tuple[str, str | None]:
    return joining.talk_id, joining.from_talk_id


async def _part_masters(tx: Tx, joining: JoiningRow, here: TalkRow, there: TalkRow) -> None:
    """The record is told of its work where it was before; the one who came begins where he stood."""
    record = await tx.get(MasterRow, joining.after_id)
    standing = here if here.step != ELSEWHERE else await standing_of(tx, here)
    if standing is not None and standing.id != there.id:
        _stand(tx, there, snapshot(standing))
    _stand(tx, here, joining.was["here"])
    here.master_id, there.master_id = joining.before_id, joining.after_id
    if record is not None:
        record.talk_id = there.id
    own = await tx.get(MasterRow, joining.before_id) if joining.before_id else None
    if own is not None:
        own.talk_id = here.id


async def _part_clients(tx: Tx, joining: JoiningRow, doors: set[str], here: TalkRow, there: TalkRow) -> None:
    standing = there if there.step != ELSEWHERE else await standing_of(tx, there)
    ours, theirs = await _jobs(tx, joining, doors)
    for id in sorted(doors):
        if (door := await tx.get(TalkRow, id)) is not None:
            door.person_id = joining.before_id
            if door is standing and door is not here:
                rest(tx, door)
    if standing is None or standing.id in doors:
        _stand(tx, there, joining.was["there"])
        standing = there
    _settle(tx, standing, theirs, joining)
    _stand(tx, here, joining.was["here"])
    _settle(tx, here, ours, joining)
    person = await tx.get(PersonRow, joining.after_id)
    if person is not None and not joining.was["there"].get("is_verified"):
        person.phone_verified_at = None


def _stand(tx: Tx, talk: TalkRow, before: Mapping[str, Any]) -> None:
    talk.known, talk.step, talk.job_id = dict(before["known"]), before["step"], before["job_id"]
    talk.status = before["status"]
    talk.closed_at = None if talk.status == "active" else talk.closed_at or tx.now


async def _jobs(tx: Tx, joining: JoiningRow, doors: set[str]) -> tuple[list[JobRow], list[JobRow]]:
    """Return the jobs under way that were ordered at the doors which joined, and those of the others."""
    people = {joining.after_id, *([joining.before_id] if joining.before_id else [])}
    ids = await joinings.live_jobs(tx.session, people=people, talks=doors, final=sorted(FINAL))
    made_in = await joinings.made_in(tx.session, jobs=ids)
    rows = [job for id in ids if (job := await tx.get(JobRow, id)) is not None and is_live(job)]
    ours = [job for job in rows if not doors.isdisjoint(made_in.get(job.id, ()))]
    return ours, [job for job in rows if job not in ours]


def _settle(tx: Tx, talk: TalkRow, jobs: Sequence[JobRow], joining: JoiningRow) -> None:
    """Give a talk its jobs back; a request that became a job since is no request any more."""
    del tx
    known = Known.of(talk.known)
    known.beside = None
    own = {job.id for job in jobs}
    for job in jobs:
        job.talk_id = talk.id
    since = [job for job in jobs if job.created_at >= joining.at]
    is_told = talk.job_id is not None and talk.job_id in own
    if not is_told and (since or (talk.job_id is not None and talk.job_id not in own)):
        if since:
            forget_problem(known)
        talk.job_id = since[-1].id if since else None
        if since:
            is_held = since[-1].state == JobState.QUOTED
            talk.status, talk.step = ("active", "held") if is_held else ("completed", "done")
    known.jobs = [id for id in known.jobs if id in own] + [id for id in sorted(own) if id not in known.jobs]
    known.earlier_job = known.earlier_job if known.earlier_job in own else None
    talk.known = known.model_dump(mode="json")
