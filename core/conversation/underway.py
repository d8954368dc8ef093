"""After the talk is completed: the job is under way or over, and every message still gets its answer."""

from core.conversation import afterwards, beside, prices, several, small_talk, unknown, warranty, works
from core.conversation.asides import Aside, is_question
from core.conversation.learning import address_told, forget_problem
from core.conversation.scene import Scene
from core.conversation.wordings import AGAIN
from core.flows import bookings, news, offers, payments
from core.flows.actor import Actor, ActorKind
from core.kernel.job import JobState
from core.kernel.payment import PaymentState
from core.language.choose import Question
from core.meaning import Answer, Frame, Intent
from core.text.facts import Items, Named, phone
from storage.tables import JobRow, PaymentRow

_PLAIN = (Answer.YES, Answer.NO, Answer.LATER)
NOTE_MAX = 500  # characters of a client's words that a master is told
_WITHOUT_MASTER = (JobState.QUOTED, JobState.OPEN)


async def begins_work(scene: Scene) -> bool:
    """Make room for a new job if one is spoken of. Return whether the talk goes on asking about it.

    Nobody is asked to begin anew for one more fault: as long as no master has the job, it is added to it.
    """
    job, known = scene.live_job, scene.known
    if await warranty.begins(scene):
        return True
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
    new = [frame for frame in frames if _is_new(scene, frame)]
    if not new:
        return False
    if job.state not in _WITHOUT_MASTER or any(frame.trade != job.trade for frame in new):
        scene.say("client-second-job", number=job.number)
        forget_problem(known)
        known.earlier_job = job.id
        works.remember(scene, job)
        scene.others.append(job)
        scene.talk.job_id, scene.job = None, None
    scene.open()
    return True


def _is_new(scene: Scene, frame: Frame) -> bool:
    """Tell whether something is wanted that no job of this talk is about."""
    jobs_here = several.ordered(scene)
    if frame.fault is not None:
        return all(frame.fault not in job.faults for job in jobs_here)
    is_other = frame.trade is not None and all(frame.trade != job.trade for job in jobs_here)
    return is_other and frame.object is not None and frame.action is not None and not works.drops(scene)


async def answer(scene: Scene) -> None:
    """Answer somebody whose job is under way, or whose talk is over."""
    told_anew = scene.corrected or _more_of_address(scene)
    if told_anew and scene.live_job is not None:
        await _pass_on(scene, scene.live_job, told_anew)
    elif not await _do(scene) and await small_talk.beside_the_matter(scene) is None:
        is_plain = scene.said.answer in _PLAIN and Intent.STATUS not in scene.intents
        if is_plain:
            scene.say("client-fine")
        else:
            _go_on(scene)


async def _do(scene: Scene) -> bool:
    """Do what is wanted of the job. Return whether it was anything."""
    intents, job = scene.intents, scene.live_job
    if small_talk.wants_to_cancel(scene) or works.drops_job(scene, several.ordered(scene)):
        small_talk.ask_to_cancel(scene)
    elif (Intent.COMPLAINT in intents and not beside.doubts(scene)) or _is_not_content(scene):
        await afterwards.complain(scene)
    elif job is not None and Aside.TELL_MASTER in scene.asides and job.master_id is not None:
        await _pass_note(scene, job)
    elif await _asks_about_amount(scene):
        scene.say("client-payment-why")
    elif job is not None and job.starts_at is not None and _wants_other_time(scene):
        await small_talk.move(scene, job)
    elif job is not None and prices.are_asked(scene) and not beside.asks(scene):
        prices.tell(scene)
    else:
        return False
    return True


def _wants_other_time(scene: Scene) -> bool:
    return bool(scene.said.times) or Intent.MOVE in scene.intents


def _go_on(scene: Scene) -> None:
    """Tell how the job stands; without one, ask what is wanted."""
    job = scene.live_job
    if job is not None or Intent.STATUS in scene.intents or Aside.MY_JOB in scene.asides:
        small_talk.tell_status(scene)
        return
    scene.talk.step = Question.PROBLEM
    if scene.known.count("back") % AGAIN:
        unknown.show_trades(scene, "client-ask-problem-again")
    else:
        scene.say("client-back")


async def _pass_note(scene: Scene, job: JobRow) -> None:
    """Tell the master in the client's own words what he should know."""
    master = await offers.master_of(scene.tx, job.master_id)
    words = " ".join("\n".join(scene.heard.texts).split())[:NOTE_MAX]
    await news.tell_master(scene.tx, master, job, "master-note", words=words)
    is_more = scene.known.count("note") % AGAIN
    scene.say("client-note-more" if is_more else "client-note-passed")


async def _asks_about_amount(scene: Scene) -> bool:
    """Tell whether somebody doubts an amount outside the range that he was asked about."""
    asks = Intent.PRICE in scene.intents or is_question(scene.heard.texts)
    return asks and not beside.asks(scene) and await _awaiting_consent(scene) is not None


async def _awaiting_consent(scene: Scene) -> PaymentRow | None:
    job = scene.live_job
    payment = (
        await scene.tx.live(PaymentRow, job.id) if job is not None and job.state == JobState.DONE else None
    )
    return payment if payment is not None and payment.state == PaymentState.AWAITING_CONSENT else None


async def agrees_to_amount(scene: Scene) -> bool:
    """Take a yes or a no in words to an amount outside the range (K64). Return whether one was asked for."""
    job = scene.live_job
    payment = await _awaiting_consent(scene) if scene.said.answer in (Answer.YES, Answer.NO) else None
    if job is None or payment is None:
        return False
    actor = Actor(ActorKind.CLIENT, scene.talk.id)
    is_agreed = scene.said.answer is Answer.YES
    await payments.agree(scene.tx, payment=payment, job=job, is_agreed=is_agreed, actor=str(actor))
    return True


def _is_not_content(scene: Scene) -> bool:
    """Tell whether a no, or the same fault once more, answers "check the work; if you are content, pay"."""
    job = scene.live_job
    if job is None or job.state != JobState.DONE:
        return False
    is_broken = any(frame.fault in job.faults for frame in scene.said.frames)
    return is_broken or scene.said.answer is Answer.NO


def _was_given_up(job: JobRow | None) -> bool:
    """Tell whether a job ended without work, so that the same may be wanted once more."""
    return job is None or job.state in (JobState.CANCELLED, JobState.EXPIRED)


def _more_of_address(scene: Scene) -> tuple[Named, ...]:
    """Return the address if the client has just told more of it, such as the door's code."""
    job, address = scene.live_job, scene.known.address
    if job is None or not scene.has_learnt or not scene.known.has_address or address == job.address:
        return ()
    return (address_told(address),)


async def _pass_on(scene: Scene, job: JobRow, told: tuple[Named, ...]) -> None:
    """Change what is written in the job, and tell its master."""
    known, tx = scene.known, scene.tx
    await bookings.learn(tx, job, name=known.name, phone=known.phone, address=known.address)
    scene.say("client-noted-told" if job.master_id is not None else "client-noted", what=Items(told))
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
