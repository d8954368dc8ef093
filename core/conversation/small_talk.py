"""What people say beside the matter: prices, where is my master, cancel, a person please, thanks."""

from core.conversation import asking, booking
from core.conversation.known import Known
from core.conversation.learning import forget_problem
from core.conversation.scene import ASIDE, Scene
from core.conversation.script import choice
from core.flows import jobs
from core.flows.actor import Actor, ActorKind
from core.kernel.job import JobState
from core.kernel.money import Currency, Money
from core.kernel.refusal import NotYours
from core.language.choose import Question
from core.meaning import Answer, Intent
from core.text.facts import Items, Named
from storage.tables import JobRow

_ASIDE = (
    (Intent.HUMAN, "client-human"),
    (Intent.HELP, "client-help"),
    (Intent.SPAM, "client-spam"),
    (Intent.THANKS, "client-thanks"),
    (Intent.ANGER, "client-sorry"),
)
_ENDS = frozenset({Intent.SPAM, Intent.THANKS})
CANCEL, RESUME = "cancel", "resume"
_STATUSES = ("client-status", "client-status-soon")  # in turn: nobody hears the same words twice running


async def during(scene: Scene) -> bool:  # noqa: PLR0911 - one return an intent
    """Answer what was said beside the open question. Return whether the turn ends with it."""
    intents, said, job = scene.intents, scene.said, scene.live_job
    if Intent.CANCEL in intents and not said.frames:
        ask_to_cancel(scene)
        return True
    if Intent.RESTART in intents and not said.frames and job is None:
        _start_anew(scene)
        return True
    if Intent.MOVE in intents and not said.times and (scene.talk.step == Question.SLOT or job is not None):
        scene.known.wishes = []
        scene.say("client-ask-time")
        return True
    if Intent.STATUS in intents and not said.frames and not said.is_answer:
        tell_status(scene)
        return True
    is_about_job = bool(said.frames) or said.is_answer
    if Intent.PRICE in intents and not is_about_job:
        return tell_price(scene)
    if is_about_job:
        if Intent.ANGER in intents:
            scene.say("client-sorry")
        return False
    return _aside(scene)


def _aside(scene: Scene) -> bool:
    intents = scene.intents
    if Intent.WORK_WANTED in intents:
        scene.talk.step = ASIDE
        scene.say("client-work-wanted", link=scene.script.links.join)
        return True
    if scene.said.answer is Answer.LATER:
        scene.say("client-later")
        return True
    for intent, name in _ASIDE:
        if intent in intents:
            if intent is Intent.SPAM and not scene.known.wanted:
                scene.talk.step = ASIDE
            scene.say(name)
            return intent in _ENDS
    return False


def _start_anew(scene: Scene) -> None:
    forget_problem(scene.known)
    scene.known.address = {}
    scene.talk.step = Question.PROBLEM
    scene.known.count("problem")
    scene.say("client-ask-problem")


# To cancel


def ask_to_cancel(scene: Scene) -> None:
    """Ask once more before a job is cancelled; a talk without one just ends."""
    job = scene.live_job
    if job is not None:
        scene.known.yes_means = CANCEL
        choices = {"cancel": choice("cancel", job.id), "keep": choice("keep", job.id)}
        scene.say("client-cancel-ask", choices=choices, number=job.number)
    elif scene.is_over:
        scene.say("client-nothing-to-cancel")
    else:
        end_talk(scene)


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
    if job is None:
        scene.say("client-status-none")
        return
    name = _STATUSES[scene.known.count("status") % len(_STATUSES)]
    has_time = job.starts_at is not None and scene.live_job is not None
    if name == "client-status" and has_time:
        scene.say(name, number=job.number, state=scene.state_of(job), when=job.starts_at)
    elif scene.live_job is not None and name == "client-status-soon":
        scene.say(name, number=job.number, state=scene.state_of(job))
    else:
        scene.say("client-status-no-time", number=job.number, state=scene.state_of(job))


def tell_price(scene: Scene) -> bool:
    """Tell what a price is made of (A125), as far as it is known. Return whether the turn ends with it."""
    job, known = scene.live_job, scene.known
    stored, price, high = _parts(job, known)
    if price is None or high is None or not stored:
        if known.count("price") % asking.AGAIN:
            asking.show_faults(scene, "client-ask-problem-again")
        else:
            scene.say("client-price-unknown")
        return True
    currency = scene.script.market(scene.talk).currency
    lines = tuple(
        Named(
            "client-breakdown-line",
            {"label": Named(str(line["label"])), "amount": _money(line["amount_minor"], currency)},
        )
        for line in stored
    )
    total, most = _money(price, currency), _money(high, currency)
    if job is not None and job.price_minor is not None:
        scene.say("client-breakdown", lines=Items(lines), price=total, high=most)
        return True
    scene.say("client-breakdown-range", lines=Items(lines), price=total, high=most)
    return bool(known.slots)


def _parts(job: JobRow | None, known: Known) -> tuple[list[dict[str, object]], int | None, int | None]:
    if job is not None and job.price_minor is not None:
        return job.breakdown, job.price_minor, job.high_minor
    return known.lines, known.low_minor, known.high_minor


def _money(minor: object, currency: Currency) -> Money:
    return Money(int(str(minor)), currency)


async def offer_other_times(scene: Scene) -> None:
    """Offer other times for a job nobody has accepted; an accepted one is cancelled and ordered anew."""
    job = scene.live_job
    if job is None or job.state in (JobState.QUOTED, JobState.OPEN):
        await booking.offer(scene)
        return
    choices = {"cancel": choice("cancel", job.id)}
    scene.say("client-move-accepted", choices=choices, number=job.number)
