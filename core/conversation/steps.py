"""The jobs a master has in hand, and how he goes on with one: a step that he left out is done for him."""

from collections.abc import Mapping
from datetime import datetime

from core.conversation.master_scene import MasterScene
from core.flows import jobs
from core.kernel.job import JobAction, JobState
from storage.queries import jobs as asked
from storage.tables import JobRow

WAY: Mapping[JobAction, Mapping[JobState, tuple[JobAction, ...]]] = {  # what is done before a step
    JobAction.TRAVEL: {JobState.ASSIGNED: ()},
    JobAction.ARRIVE: {JobState.ASSIGNED: (), JobState.TRAVELLING: ()},
    JobAction.START: {
        JobState.ASSIGNED: (),
        JobState.TRAVELLING: (JobAction.ARRIVE,),
        JobState.ON_SITE: (),
    },
    JobAction.FINISH: {
        JobState.ASSIGNED: (JobAction.START,),
        JobState.TRAVELLING: (JobAction.ARRIVE, JobAction.START),
        JobState.ON_SITE: (JobAction.START,),
        JobState.WORKING: (),
    },
}
_FIRST = (JobState.WORKING, JobState.ON_SITE, JobState.TRAVELLING, JobState.ASSIGNED, JobState.DONE)


async def in_hand(scene: MasterScene) -> list[JobRow]:
    """Return the jobs the master has now: the one he is at first, then by their time."""
    master = scene.master
    if master is None:
        return []
    ids = {*await asked.of_master(scene.tx.session, master_id=master.id), *scene.tx.group.ids(JobRow)}
    rows = [await scene.tx.get(JobRow, id) for id in sorted(ids)]
    own = [job for job in rows if job is not None and job.master_id == master.id and job.state in _FIRST]
    return sorted(own, key=lambda job: (_FIRST.index(JobState(job.state)), begins(job)))


async def go(scene: MasterScene, job: JobRow, action: JobAction) -> None:
    """Do a step, with those before it that he left out."""
    for before in WAY[action].get(JobState(job.state), ()):
        await jobs.act(scene.tx, scene.market, job=job, action=before, actor=scene.actor)
        await scene.tx.flush()  # the guard on steps must see each of them
    await jobs.act(scene.tx, scene.market, job=job, action=action, actor=scene.actor)


def begins(job: JobRow) -> datetime:
    """Return when a job begins; one without a time, when it was ordered."""
    return job.starts_at or job.created_at
