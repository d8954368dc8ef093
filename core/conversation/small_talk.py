"""What people say beside the matter: prices, where is my master, cancel, a person please, thanks."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from core.conversation import afterwards, beside, booking, prices, several, works
from core.conversation.asides import Aside, is_impossible_time, is_question
from core.conversation.known import Wish
from core.conversation.learning import forget_problem
from core.conversation.scene import ASIDE, Scene
from core.conversation.script import choice
from core.conversation.several import WHICH_CANCEL, WHICH_MOVE
from core.conversation.wordings import AGAIN
from core.flows import jobs
from core.flows.actor import Actor, ActorKind
from core.kernel.job import JobState
from core.kernel.refusal import NotYours, OldButton
from core.language.choose import Question
from core.meaning import Answer, Grain, Intent
from storage.tables import JobRow

CANCEL, RESUME = "cancel", "resume"
_ALL = re.compile(r"\b(?:об[ае]|обоих|вс[её]|всех|both|all)\b", re.IGNORECASE)
_EARLIER = re.compile(r"\b(?:(?:по)?раньше|earlier|sooner)\b", re.IGNORECASE)
_MOVABLE = (JobState.QUOTED, JobState.OPEN, JobState.ASSIGNED)
_STATUSES = ("client-status", "client-status-soon")  # in turn: nobody hears the same words twice running


Matter = Callable[[Scene], bool]
Reply = Callable[[Scene], Awaitable[bool]]  # whether the turn ends with it


async def during(scene: Scene) -> bool:  # noqa: C901, PLR0911 - one return an intent
    """Answer what was said beside the open question. Return whether the turn ends with it."""
    intents, said, job = scene.intents, scene.said, scene.live_job
    if scene.is_repeat:
        return False  # the complaint is before the owner already
    if scene.dropped:
        return await _leave_out(scene)
    if wants_to_cancel(scene) and not said.frames:
        ask_to_cancel(scene)
        return True
    if Intent.RESTART in intents and not said.frames and job is None:
        _start_anew(scene)
        return True
    if _keeps_time(scene):
        _keep_time(scene)
        return job is None or job.state != JobState.QUOTED
    if _wants_other_times(scene) and (scene.talk.step == Question.SLOT or job is not None):
        await _show_other_times(scene)
        return True
    if _asks_for_status(scene) and not said.frames and not said.is_answer:
        tell_status(scene)
        return True
    if is_impossible_time(scene.heard.texts) and not said.times and scene.known.faults:
        scene.say("client-time-impossible")
        return True
    is_about_job = bool(said.frames) or said.is_answer
    if prices.are_asked(scene) and not is_about_job:
        return beside.part(scene) if _leaves(scene) else prices.tell(scene)
    if is_about_job:
        if is_angry(scene):
            soothe(scene)
        elif is_question(scene.heard.texts):
            await beside.answer(scene)  # and the answer it came with is taken all the same
        return False
    return bool(await beside_the_matter(scene))


async def beside_the_matter(scene: Scene) -> bool | None:
    """Answer what is beside the matter. Return whether the turn ends with it; None if there was nothing."""
    for matter, reply in _MATTERS:
        if matter(scene):
            ends = await reply(scene)
            return ends or _shows_times(scene)
    return None


async def _send_to_join(scene: Scene) -> bool:
    scene.talk.step = ASIDE
    scene.say("client-work-wanted", link=scene.script.links.join)
    return True


async def _complain(scene: Scene) -> bool:
    await afterwards.complain(scene)
    return True


async def _call_human(scene: Scene) -> bool:
    await beside.call_human(scene)
    return False


async def _answer(scene: Scene) -> bool:
    await beside.answer(scene)
    return False


async def _keep_note(scene: Scene) -> bool:
    scene.is_aside_answered = True
    is_more = scene.known.count("note-kept") % AGAIN
    scene.say("client-kept" if is_more else "client-note-kept")  # the master reads the talk with his job
    return False


async def _offer_stars(scene: Scene) -> bool:
    afterwards.offer_stars(scene)
    return True


async def _turn_trade_away(scene: Scene) -> bool:
    scene.say("client-trade-partly")
    scene.is_aside_answered = True
    return False


async def _soothe(scene: Scene) -> bool:
    soothe(scene)
    return False


async def _part(scene: Scene) -> bool:
    beside.part(scene)
    return True


def _plainly(name: str, *, ends: bool = True) -> Reply:
    async def reply(scene: Scene) -> bool:
        scene.is_aside_answered = True
        scene.say(name)
        return ends

    return reply


async def _refuse_spam(scene: Scene) -> bool:
    if not scene.known.wanted:
        scene.talk.step = ASIDE
    scene.say("client-spam")
    return True


def _wants(intent: Intent) -> Matter:
    return lambda scene: intent in scene.intents


def _says(aside: Aside) -> Matter:
    return lambda scene: aside in scene.asides


def wants_to_cancel(scene: Scene) -> bool:
    """Tell whether somebody cancels; "а отменить бесплатно?" cancels nothing."""
    return Intent.CANCEL in scene.intents and Aside.CALL_OUT not in scene.asides


def is_angry(scene: Scene) -> bool:
    """Tell whether somebody swears or scolds."""
    return Intent.ANGER in scene.intents or Aside.BAD_WORDS in scene.asides


def soothe(scene: Scene) -> None:
    """Answer anger calmly, the second time with a way to a person."""
    scene.is_aside_answered = True
    scene.say("client-sorry-again" if scene.known.count("sorry") % AGAIN else "client-sorry")


def _shows_times(scene: Scene) -> bool:
    """Tell whether the open question is a choice of times, whose buttons still stand above."""
    return bool(scene.known.slots) and scene.talk.step == Question.SLOT


def _asks_for_status(scene: Scene) -> bool:
    """Tell whether somebody asks how his job stands; without a job only plain words count."""
    asides = {Aside.MY_JOB, Aside.NOW_WHAT} & scene.asides
    if scene.live_job is None and Aside.NO_SHOW in scene.asides:
        return False  # a complaint: there is nothing to tell of
    return Intent.STATUS in scene.intents or (bool(asides) and scene.live_job is not None)


def _keeps_time(scene: Scene) -> bool:
    """Tell whether somebody who looked at other times stays with the one he has."""
    job = scene.live_job
    is_looking = scene.talk.step == Question.SLOT and job is not None and job.starts_at is not None
    return is_looking and Aside.KEEP in scene.asides and not scene.said.times


def _keep_time(scene: Scene) -> None:
    """Put the other times away; what is still missing is asked for again."""
    job, scene.known.slots = scene.live_job, []
    scene.say("client-keep")
    scene.talk.step = "held"
    if job is not None and job.state != JobState.QUOTED:
        scene.talk.step = "done"
        scene.close()


def _leaves(scene: Scene) -> bool:
    """Tell whether "дорого, до свидания" was said: nobody who goes is asked for his address."""
    return Intent.BYE in scene.intents and not is_question(scene.heard.texts)


def _asks_what_now(scene: Scene) -> bool:
    """Tell whether somebody who told nothing yet asks how it goes on, perhaps after a danger."""
    return Aside.NOW_WHAT in scene.asides and scene.job is None and not scene.known.wanted


def _wants_other_times(scene: Scene) -> bool:
    is_other = Aside.OTHER_TIMES in scene.asides
    is_asked = Intent.MOVE in scene.intents or is_other
    asks = any("?" in text for text in scene.heard.texts)  # "а пораньше?", "другое время есть? попозже"
    picks_none = scene.said.ordinal is None or (is_other and asks)
    return is_asked and not scene.said.times and picks_none


async def _show_other_times(scene: Scene) -> None:
    """Show what is free before or after what was shown; whoever was shown none says when it suits him."""
    shown = scene.known.slots
    if Aside.OTHER_TIMES not in scene.asides or not shown:
        _ask_time(scene)
        return
    if any(map(_EARLIER.search, scene.heard.texts)):
        first = min(slot.start for slot in shown).astimezone(scene.tx.zone).replace(tzinfo=None)
        now_local = scene.tx.now.astimezone(scene.tx.zone).replace(tzinfo=None)
        scene.known.wishes = [Wish(start=now_local, end=first, grain=Grain.HOUR)]
        await booking.offer(scene)
        return
    last = max(slot.end for slot in shown).astimezone(scene.tx.zone).replace(tzinfo=None)
    day = last.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    scene.known.wishes = [Wish(start=day, end=day + timedelta(days=1), grain=Grain.DAY)]
    await booking.offer(scene, name="client-slots-else")


def _ask_time(scene: Scene) -> None:
    scene.known.wishes = []
    scene.talk.step = Question.SLOT
    scene.open()
    scene.say("client-ask-time")


def _asks_for_unserved(scene: Scene) -> bool:
    """Tell whether somebody asks for a trade that nobody here has, beside work that we do."""
    served = scene.script.market(scene.talk).trades.served
    return bool(scene.known.faults) and any(trade not in served for trade in scene.reading.trades)


def _start_anew(scene: Scene) -> None:
    forget_problem(scene.known)
    scene.known.address = {}
    scene.talk.step = Question.PROBLEM
    scene.known.count("problem")
    scene.say("client-ask-problem")


# The first that fits is answered, and only it.
_MATTERS: tuple[tuple[Matter, Reply], ...] = (
    (_wants(Intent.WORK_WANTED), _send_to_join),
    (beside.doubts, _answer),
    (_wants(Intent.COMPLAINT), _complain),
    (lambda scene: Aside.NO_SHOW in scene.asides and scene.live_job is None, _complain),
    (_says(Aside.TELL_MASTER), _keep_note),
    (beside.wants_human, _call_human),
    (beside.asks, _answer),
    (_says(Aside.RATE), _offer_stars),
    (_asks_for_unserved, _turn_trade_away),
    (_says(Aside.WAIT), _plainly("client-wait")),
    (lambda scene: scene.said.answer is Answer.LATER, _plainly("client-later")),
    (is_angry, _soothe),
    (_wants(Intent.HELP), _plainly("client-help", ends=False)),
    (_asks_what_now, _plainly("client-help")),
    (_wants(Intent.SPAM), _refuse_spam),
    (_wants(Intent.BYE), _part),
    (_wants(Intent.THANKS), _plainly("client-thanks")),
    (_says(Aside.THANKS), _plainly("client-thanks")),
)


# To cancel


def ask_to_cancel(scene: Scene) -> None:
    """Ask once more before a job is cancelled, or which of several; a talk without one just ends."""
    job = scene.live_job
    jobs_here = several.ordered(scene)
    if len(jobs_here) > 1 and (job is not None or scene.is_over):
        job = works.named(scene, jobs_here)
        if job is None:
            several.ask_which(scene, WHICH_CANCEL, jobs_here)
            return
        works.focus(scene, job)
    if job is not None:
        scene.known.yes_means = CANCEL
        choices = {"cancel": choice("cancel", job.id), "keep": choice("keep", job.id)}
        scene.say("client-cancel-ask", choices=choices, number=job.number)
    elif scene.is_over:
        scene.say("client-nothing-to-cancel")
    else:
        end_talk(scene)


async def answers_which(scene: Scene, meant: str) -> bool:
    """Take the answer to "which one?". Return whether there was one."""
    known = scene.known
    asked, known.which = known.which, []
    jobs_here = [job for job in several.ordered(scene) if job.id in asked]
    if meant == WHICH_CANCEL and _ALL.search(" ".join(scene.heard.texts)):
        await cancel_all(scene)
        return True
    job = works.named(scene, jobs_here)
    if job is None:
        if scene.said.answer is Answer.NO:
            scene.say("client-keep")
            return True
        return False
    works.focus(scene, job)
    if meant == WHICH_CANCEL:
        await cancel(scene, job)
    else:
        await move(scene, job, is_chosen=True)
    return True


async def cancel_all(scene: Scene) -> None:
    """Cancel every job that can still be cancelled."""
    for job in several.ordered(scene):
        await cancel(scene, job)


async def _leave_out(scene: Scene) -> bool:
    """Leave a part of the work out: "кран не надо". Return whether the turn ends with it."""
    known, job = scene.known, scene.live_job
    works.drop(known, scene.dropped)
    if not known.wanted:
        end_talk(scene)
        return True
    scene.is_aside_answered = True
    if job is not None and job.trade in scene.dropped:
        await jobs.cancel(scene.tx, job=job, actor=Actor(ActorKind.CLIENT, scene.talk.id))
        scene.talk.job_id, scene.job, known.taken = None, None, None
        scene.open()
        return False
    scene.say("client-left-out")
    return job is not None and job.state != JobState.QUOTED


def end_talk(scene: Scene) -> None:
    """The person needs nothing more, and nothing was ordered; an earlier job stands."""
    scene.close()
    scene.talk.step = ASIDE
    scene.known.slots = []
    scene.say("client-cancel-second" if scene.known.earlier_job else "client-cancel-talk")


async def cancel(scene: Scene, job: JobRow | None) -> None:
    """Cancel a job, by a button or by a yes; without one the talk ends.

    Raises:
        NotYours: the job is somebody else's.
        StepNotAllowed: the work is done.
    """
    if job is None:
        if scene.is_over:
            scene.say("client-nothing-to-cancel")
        else:
            end_talk(scene)
        return
    if job.talk_id != scene.talk.id:
        raise NotYours
    scene.known.which = []
    is_again = job.state == JobState.CANCELLED
    await jobs.cancel(scene.tx, job=job, actor=Actor(ActorKind.CLIENT, scene.talk.id))
    if is_again:
        scene.say("client-status-no-time", number=job.number, state=scene.state_of(job))
    if job.id == scene.talk.job_id:
        scene.known.slots = []
        scene.talk.step = ASIDE
        scene.close()


# What may be asked at any time


def tell_status(scene: Scene) -> None:
    """Tell where the job stands, each time in other words."""
    job = scene.job
    jobs_here = several.ordered(scene)
    if len(jobs_here) > 1:
        one = works.named(scene, jobs_here)
        if one is None:
            several.tell_all(scene, jobs_here)
            return
        job = one
    elif scene.live_job is None and jobs_here:
        job = jobs_here[0]
    if job is None:
        scene.say("client-status-none")
        return
    facts: dict[str, Any] = {"number": job.number, "state": scene.state_of(job)}
    if not works.is_live(job):
        scene.say("client-status-no-time", **facts)
        return
    if job.starts_at is None:
        booking.say_still_none(scene, job)
        return
    name = _STATUSES[scene.known.count("status") % len(_STATUSES)]
    scene.say(name, when=job.starts_at, **facts)


async def move(scene: Scene, job: JobRow, *, is_chosen: bool = False) -> None:
    """Offer other times for a job; once the master is on the way it can only be cancelled.

    Args:
        is_chosen: It was said which of several jobs is meant.
    """
    jobs_here = several.ordered(scene)
    if len(jobs_here) > 1 and not is_chosen:
        one = works.named(scene, jobs_here)
        if one is None:
            several.ask_which(scene, WHICH_MOVE, jobs_here)
            return
        if one is not job:
            works.focus(scene, one)
            job = one
    if job.state not in _MOVABLE:
        choices = {"cancel": choice("cancel", job.id)}
        scene.say("client-move-late", choices=choices, number=job.number)
    elif scene.said.times or (is_chosen and scene.known.wishes):
        await booking.offer(scene)
    else:
        scene.known.slots = []
        _ask_time(scene)


async def move_that(scene: Scene, job: JobRow) -> None:
    """Offer other times for the one of several jobs that was chosen.

    Raises:
        OldButton: the job is over.
    """
    if not works.is_live(job):
        raise OldButton
    works.focus(scene, job)
    await move(scene, job, is_chosen=True)
