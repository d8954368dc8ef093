"""After the talk is completed: the job is under way or over, and every message still gets its answer."""

from core.conversation import asking, booking, small_talk
from core.conversation.learning import address_told, forget_problem
from core.conversation.scene import Scene
from core.conversation.script import choice
from core.flows import jobs, news, offers, payments
from core.flows.actor import Actor, ActorKind
from core.kernel.job import JobState
from core.kernel.payment import PaymentState
from core.language.choose import Question
from core.meaning import Answer, Intent
from core.text.facts import Items, Named, phone
from storage.tables import JobRow, PaymentRow

_PLAIN = (Answer.YES, Answer.NO, Answer.LATER)
_ASIDE = (
    (Intent.THANKS, "client-thanks"),
    (Intent.HUMAN, "client-human"),
    (Intent.HELP, "client-help"),
    (Intent.SPAM, "client-spam"),
)
_WITHOUT_MASTER = (JobState.QUOTED, JobState.OPEN)


def begins_work(scene: Scene) -> bool:
    """Make room for a new job if one is spoken of. Return whether the talk goes on asking about it.

    Nobody is asked to begin anew for one more fault: as long as no master has the job, it is added to it.
    """
    job, known = scene.live_job, scene.known
    if Intent.COMPLAINT in scene.intents and scene.job is not None:
        return False
    frames = [frame for frame in scene.said.frames if frame.fault or frame.trade]
    if job is None:
        if frames:
            forget_problem(known)
        elif not (known.faults and scene.said.times and _was_given_up(scene.job)):
            return False
        scene.talk.job_id, scene.job = None, None
        scene.open()
        return True
    new = [frame for frame in frames if frame.fault and frame.fault not in job.faults]
    if not new:
        return False
    if job.state not in _WITHOUT_MASTER:
        scene.say("client-second-job", number=job.number)
        forget_problem(known)
        known.earlier_job = job.id
        scene.talk.job_id, scene.job = None, None
    scene.open()
    return True


async def answer(scene: Scene) -> None:
    """Answer somebody whose job is under way, or whose talk is over."""
    intents, job = scene.intents, scene.live_job
    told_anew = scene.corrected or _more_of_address(scene)
    if told_anew and job is not None:
        await _pass_on(scene, job, told_anew)
    elif Intent.CANCEL in intents:
        small_talk.ask_to_cancel(scene)
    elif job is not None and (scene.said.times or Intent.MOVE in intents) and job.starts_at is not None:
        await _other_time(scene, job)
    elif Intent.PRICE in intents and job is not None:
        small_talk.tell_price(scene)
    elif scene.job is not None and (Intent.COMPLAINT in intents or _is_not_content(scene)):
        _complain(scene, scene.job)
    elif aside := next((name for intent, name in _ASIDE if intent in intents), None):
        scene.say(aside)
    elif Intent.WORK_WANTED in intents:
        scene.say("client-work-wanted", link=scene.script.links.join)
    elif Intent.STATUS not in intents and scene.said.answer in _PLAIN:
        scene.say("client-fine")
    else:
        _go_on(scene)


def _go_on(scene: Scene) -> None:
    """Tell how the job stands; without one, ask what is wanted."""
    job = scene.live_job
    if job is not None or Intent.STATUS in scene.intents:
        small_talk.tell_status(scene)
        return
    scene.talk.step = Question.PROBLEM
    if scene.known.count("back") % asking.AGAIN:
        asking.show_faults(scene, "client-ask-problem-again")
    else:
        scene.say("client-back")


async def agrees_to_amount(scene: Scene) -> bool:
    """Take a yes or a no in words to an amount outside the range (K64). Return whether one was asked for."""
    job = scene.live_job
    if job is None or job.state != JobState.DONE or scene.said.answer not in (Answer.YES, Answer.NO):
        return False
    payment = await scene.tx.live(PaymentRow, job.id)
    if payment is None or payment.state != PaymentState.AWAITING_CONSENT:
        return False
    actor = Actor(ActorKind.CLIENT, scene.talk.id)
    is_agreed = scene.said.answer is Answer.YES
    await payments.agree(scene.tx, payment=payment, job=job, is_agreed=is_agreed, actor=str(actor))
    return True


def _is_not_content(scene: Scene) -> bool:
    """Tell whether a no answers "check the work; if you are content, pay"."""
    job = scene.live_job
    return job is not None and job.state == JobState.DONE and scene.said.answer is Answer.NO


def _was_given_up(job: JobRow | None) -> bool:
    """Tell whether a job ended without work, so that the same may be wanted once more."""
    return job is None or job.state in (JobState.CANCELLED, JobState.EXPIRED)


async def _other_time(scene: Scene, job: JobRow) -> None:
    if job.state in _WITHOUT_MASTER:
        await booking.offer(scene)
    else:
        choices = {"cancel": choice("cancel", job.id)}
        scene.say("client-move-accepted", choices=choices, number=job.number)


def _more_of_address(scene: Scene) -> tuple[Named, ...]:
    """Return the address if the client has just told more of it, such as the door's code."""
    job, address = scene.live_job, scene.known.address
    if job is None or not scene.has_learnt or not scene.known.has_address or address == job.address:
        return ()
    return (address_told(address),)


async def _pass_on(scene: Scene, job: JobRow, told: tuple[Named, ...]) -> None:
    """Change what is written in the job, and tell its master."""
    known, tx = scene.known, scene.tx
    await jobs.learn(tx, job, name=known.name, phone=known.phone, address=known.address)
    scene.say("client-noted", what=Items(told))
    master = await offers.master_of(tx, job.master_id)
    await news.tell_master(
        tx,
        master,
        job,
        "master-job-corrected",
        address=news.address(job),
        client=job.client_name or "",
        phone=phone(job.client_phone or ""),
    )


def _complain(scene: Scene, job: JobRow) -> None:
    scene.tx.record("job", job.id, "complaint", actor=f"client:{job.client_id}", parties=[scene.talk.id])
    scene.say("client-complaint", number=job.number)
