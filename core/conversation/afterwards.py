"""After the work: stars for the master, and what was wrong. Whatever is said of it is kept for the owner."""

from datetime import timedelta

from core.conversation.asides import Aside, is_question, stars
from core.conversation.scene import Scene
from core.flows import ratings
from core.flows.actor import Actor, ActorKind
from core.flows.tickets import TicketKind, open_ticket
from core.kernel.job import JobState
from core.kernel.refusal import NotYours, OldButton, RatingClosed
from core.meaning import Intent
from storage.tables import JobRow

ASKED_WITHIN = timedelta(days=7)  # so long a bare number is taken for stars
CONTENT = 4  # from so many stars on nobody is asked what was wrong
TELLS = "tells"  # somebody tells what was wrong, and his next words belong to it
_ELSE = frozenset({Intent.CANCEL, Intent.STATUS, Intent.PRICE, Intent.HUMAN, Intent.MOVE, Intent.THANKS})
_MORE = ("client-complaint-more", "client-complaint-kept")


async def press(scene: Scene, job_id: str, given: str) -> None:
    """Take stars from a button.

    Raises:
        OldButton: no such button was made.
        NotYours: the job is somebody else's.
        RatingClosed, StepNotAllowed: as for `ratings.rate`.
    """
    job = await scene.tx.get(JobRow, job_id)
    if job is None or not given.isdecimal():
        raise OldButton
    if not scene.owns(job):
        raise NotYours
    await _rate(scene, job, int(given))


async def rates(scene: Scene) -> bool:
    """Take stars in words, for a job paid lately. Return whether the turn was about that."""
    job = scene.job
    if job is None or job.state != JobState.COMPLETED or job.closed_at is None:
        return False
    if scene.said.frames or scene.tx.now > job.closed_at + ASKED_WITHIN or scene.reading.emergency:
        return False
    is_given = await ratings.of_job(scene.tx, job) is not None  # then a kind word changes nothing
    given = stars(scene.heard.texts, lang=scene.lang, figures_only=is_given)
    if given is None or Intent.COMPLAINT in scene.intents or Aside.AGAIN in scene.asides:
        return False
    try:
        await _rate(scene, job, given)
    except RatingClosed as refusal:  # raised before anything was changed
        scene.say(refusal.template, stars=refusal.stars)
    return True


def offer_stars(scene: Scene) -> None:
    """Show the stars to whoever wants to rate."""
    if scene.job is not None and scene.job.state == JobState.COMPLETED:
        scene.say("client-ask-stars", buttons=ratings.buttons(scene.job))
    else:
        scene.say("client-rate-later")


async def complain(scene: Scene) -> None:
    """Put a complaint before the owner, with the job it is about."""
    job, tx = scene.job, scene.tx
    await open_ticket(tx, kind=TicketKind.COMPLAINT, talk=scene.talk, words=_words(scene), job=job)
    scene.known.yes_means = TELLS
    if job is None:
        scene.say("client-complaint-none")
        return
    tx.record("job", job.id, "complaint", actor=f"client:{job.client_id}", parties=[scene.talk.id])
    scene.say("client-complaint", number=job.number)


async def tells_more(scene: Scene) -> bool:
    """Add what is said after a complaint to it. Return whether that was all of the turn."""
    if scene.known.yes_means != TELLS or _is_else(scene):
        return False
    await open_ticket(
        scene.tx, kind=TicketKind.COMPLAINT, talk=scene.talk, words=_words(scene), job=scene.job
    )
    scene.say(_MORE[scene.known.count("complaint") % len(_MORE)])
    return True


def _is_else(scene: Scene) -> bool:
    """Tell whether somebody who complained speaks of another matter now, or of another thing to mend."""
    done = scene.job.faults if scene.job is not None else []
    is_other_work = any(frame.fault and frame.fault not in done for frame in scene.said.frames)
    if scene.said.is_answer and not scene.is_over:
        return True  # the open question has its answer
    is_aside = (
        scene.intents & _ELSE
        or Aside.AGAIN in scene.asides
        or Intent.BYE in scene.intents
        or scene.reading.emergency is not None
    )
    return bool(is_aside) or is_other_work or is_question(scene.heard.texts)


async def _rate(scene: Scene, job: JobRow, given: int) -> None:
    before = await ratings.of_job(scene.tx, job)
    await ratings.rate(scene.tx, job=job, stars=given, actor=Actor(ActorKind.CLIENT, scene.talk.id))
    if given < CONTENT:
        scene.known.yes_means = TELLS
        scene.say("client-rated-poor", stars=given)
    else:
        scene.say("client-rated-changed" if before is not None else "client-rated", stars=given)


def _words(scene: Scene) -> str:
    return "\n".join(scene.heard.texts)
