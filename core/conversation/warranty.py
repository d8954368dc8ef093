"""The same is broken again: within the warranty a master comes once more, free (L29)."""

from dataclasses import replace

from core.conversation.asides import Aside
from core.conversation.known import Wanted
from core.conversation.learning import forget_problem
from core.conversation.scene import Scene
from core.flows.tickets import TicketKind, open_ticket
from core.flows.warranty import covering
from core.kernel.job import JobState
from core.meaning import Trade
from storage.tables import JobRow


async def begins(scene: Scene) -> bool:
    """Begin a repeat of finished work that broke again. Return whether that was told."""
    job = scene.job
    if job is not None and job.state not in (JobState.COMPLETED, JobState.CANCELLED, JobState.EXPIRED):
        return False
    market, known = scene.script.market(scene.talk), scene.known
    done = covering(
        market,
        await _done(scene),
        faults=[frame.fault for frame in scene.said.frames if frame.fault],
        says_again=Aside.AGAIN in scene.asides,
        now=scene.tx.now,
    )
    if done is None:
        return False
    words = "\n".join(scene.heard.texts)
    await open_ticket(scene.tx, kind=TicketKind.COMPLAINT, talk=scene.talk, words=words, job=done)
    forget_problem(known)
    trade = Trade(done.trade) if done.trade else None
    known.wanted = [Wanted(trade=trade, fault=fault, confidence=1.0) for fault in done.faults]
    known.warranty_of, known.first_asked = done.warranty_of or done.id, done.master_id
    known.words = scene.heard.longest
    known.low_minor = known.high_minor = None
    scene.said, scene.is_repeat = replace(scene.said, frames=()), True
    scene.talk.job_id, scene.job = None, None
    scene.open()
    scene.say("client-same-again", number=done.number)
    return True


async def _done(scene: Scene) -> list[JobRow]:
    """Return the finished jobs of this talk."""
    ids = dict.fromkeys((*scene.known.jobs, scene.talk.job_id or "", scene.known.earlier_job or ""))
    rows = [await scene.tx.get(JobRow, id) for id in ids if id]
    return [row for row in rows if row is not None and row.state == JobState.COMPLETED and scene.owns(row)]
