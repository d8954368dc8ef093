"""A talk that goes on at another door: what is known goes with the person, and news follows him.

Only a door that has verified the phone itself (a call, an SMS, a contact shared in a messenger) may say whose
it is; a number that was merely typed proves nothing.
"""

from datetime import timedelta

from core.conversation.scene import ASIDE
from core.flows.tx import Tx
from core.kernel.job import FINAL, JobState
from storage.tables import JobRow, TalkRow

REMEMBERED = timedelta(days=30)  # since the person was heard last


async def move(tx: Tx, earlier: TalkRow, talk: TalkRow) -> None:
    """Let a new talk begin where an earlier one of the same person stands; the earlier one rests."""
    talk.person_id, talk.lang = earlier.person_id, earlier.lang
    talk.known, talk.step = dict(earlier.known), earlier.step
    talk.job_id = earlier.job_id
    talk.status, talk.closed_at = earlier.status, earlier.closed_at
    for job_id in {earlier.job_id, earlier.known.get("earlier_job")} - {None}:
        job = await tx.get(JobRow, str(job_id))
        if job is not None and JobState(job.state) not in FINAL:
            job.talk_id = talk.id
    earlier.job_id, earlier.step = None, ASIDE
    earlier.status, earlier.closed_at = "completed", tx.now
    earlier.known = {}
    tx.record("talk", earlier.id, "continued", actor=f"client:{talk.id}", parties=[earlier.id, talk.id])
