"""A master tells of the job in hand, in words: steps, lateness, nobody opens, parts, the address again."""

from datetime import datetime, timedelta

from core.conversation import questions, till
from core.conversation.errands import Errand
from core.conversation.master_scene import MasterScene
from core.conversation.newcomer import Waiting
from core.conversation.steps import WAY, begins, go, in_hand
from core.flows import jobs, news, visits, warranty
from core.flows.hours import MORNING
from core.flows.tickets import TicketKind
from core.flows.visits import UNDER_WAY
from core.kernel.job import JobAction, JobState
from core.kernel.money import Currency, Money
from core.kernel.payment import Method
from core.kernel.settlement import split
from core.meaning import Answer, Grain, Intent
from core.text.facts import Clock, Named, phone
from storage.tables import JobRow

SOON = timedelta(hours=3)  # a step in words is about a job that begins within this time
_STEPS = {  # the last said of several counts most: "приехал, начинаю"
    Errand.FINISH: JobAction.FINISH,
    Errand.START: JobAction.START,
    Errand.ARRIVE: JobAction.ARRIVE,
    Errand.TRAVEL: JobAction.TRAVEL,
}
_TROUBLE = (
    Errand.LATE,
    Errand.SOON,
    Errand.ABSENT,
    Errand.GAVE_UP,
    Errand.PARTS,
    Errand.DETAILS,
    Errand.LEAVE,
    Errand.NEW_FAULT,
    Errand.EXTRA,
    Errand.CONFLICT,
)
_WORK = (JobState.ON_SITE, JobState.WORKING)


async def answer(scene: MasterScene) -> bool:
    """Do what the words say of the job in hand. Return whether they were about it."""
    said = scene.said
    is_step = said.has(*_STEPS) and not said.is_question
    is_money = said.has(Errand.CASH, Errand.CASHLESS) and not said.is_question
    wants_out = said.has(Errand.LEAVE) or Intent.CANCEL in scene.intents or _cannot(scene)
    if not (is_step or is_money or wants_out or said.has(*_TROUBLE, Errand.AT_HOUR)):
        return False
    found = await in_hand(scene)
    if _arrival(scene) is not None and (
        coming := next((one for one in found if _is_expected(scene, one)), None)
    ):
        await _tell_arrival(scene, coming)
        return True
    job = next((one for one in found if one.state != JobState.DONE), None)
    if said.has(Errand.CONFLICT):
        job, is_money = job or next(iter(found), None), False
    if not (is_step or is_money or said.has(*_TROUBLE)) and (job is None or not wants_out):
        return False
    if is_money:
        await till.ask(scene, found)
    elif job is None:
        scene.say("master-no-job")
    elif wants_out and not _is_of_day(scene, job):
        return False  # "завтра не смогу": that day is to be free, and today's job stays
    elif not await _trouble(scene, job, wants_out=wants_out) and is_step:
        await _step(scene, job)
    return True


def _cannot(scene: MasterScene) -> bool:
    """Tell whether he says that he cannot, and names no day: that is about the job, not about hours."""
    reading = scene.reading
    is_asked = scene.talk.step == MORNING or bool(scene.said.errands)
    return reading.answer is Answer.NO and reading.hours is not None and not (scene.named_days or is_asked)


def _is_of_day(scene: MasterScene, job: JobRow) -> bool:
    """Tell whether a job is on the day that was named; if none was named, it is."""
    days = scene.named_days
    return not days or begins(job).astimezone(scene.city.zone).date() in days


async def press(scene: MasterScene, verb: str, job: JobRow | None) -> None:
    """Take a button about a job: a step, or that nobody was at home."""
    if verb == "missed" and job is not None:
        await miss(scene, job)
        return
    await jobs.act(scene.tx, scene.market, job=job, action=verb, actor=scene.actor)


async def leave(scene: MasterScene, job: JobRow) -> None:
    """He does not come; another one is sought."""
    await jobs.act(scene.tx, scene.market, job=job, action="cancel", actor=scene.actor)


async def _step(scene: MasterScene, job: JobRow) -> None:
    action = next(_STEPS[errand] for errand in _STEPS if scene.said.has(errand))
    if job.state == JobState.ASSIGNED and begins(job) - scene.tx.now > SOON:
        choices = {"travel": news.choice("travel", job.id, job.version)}
        scene.say("master-step-early", choices=choices, number=job.number, when=job.starts_at)
    elif JobState(job.state) in WAY[action]:
        await go(scene, job, action)
    else:
        public = scene.market.public_name(JobState(job.state))
        scene.say("master-step-known", state=Named(f"status-{public}"), number=job.number)


async def _trouble(scene: MasterScene, job: JobRow, *, wants_out: bool) -> bool:
    """Deal with what goes wrong, and with questions about the job. Return whether it was that."""
    said, tx, master = scene.said, scene.tx, scene.master
    if said.has(Errand.CONFLICT):
        await questions.call_owner(scene, TicketKind.COMPLAINT, job=job)
        scene.say("master-conflict")
    elif said.has(Errand.GAVE_UP) and scene.known.absent_job == job.id:
        scene.known.waiting = Waiting(about="missed", job_id=job.id)
        choices = {"missed": news.choice("missed", job.id, job.version)}
        scene.say("master-missed-ask", choices=choices, number=job.number)
    elif said.has(Errand.ABSENT):
        await _nobody_opens(scene, job)
    elif wants_out:
        scene.known.waiting = Waiting(about="leave", job_id=job.id)
        choices = {"cancel": news.choice("cancel", job.id, job.version)}
        scene.say("master-leave-ask", choices=choices, number=job.number, when=job.starts_at)
    elif _tells_delay(scene) and job.state in UNDER_WAY[:2]:
        if said.has(Errand.TRAVEL) and job.state == JobState.ASSIGNED:
            await go(scene, job, JobAction.TRAVEL)
        await visits.tell_delay(tx, job=job, master=master, delay=said.delay, is_late=said.has(Errand.LATE))
        scene.say("master-delay-told" if said.delay else "master-delay-told-open", span=said.delay or "")
    elif said.has(Errand.NEW_FAULT) and job.warranty_of is not None:
        await warranty.ask_price(tx, scene.market, job=job, actor=scene.actor)
        scene.say("master-new-fault", number=job.number)
    elif said.has(Errand.EXTRA):
        scene.say("master-extra", number=job.number)
    elif said.has(Errand.PARTS) and job.state in _WORK:
        await visits.tell_parts(tx, job=job, master=master)
        scene.say("master-parts", number=job.number)
    elif said.has(Errand.DETAILS, Errand.PARTS):
        _tell_card(scene, job)
    else:
        return False
    return True


def _arrival(scene: MasterScene) -> datetime | None:
    """Return when he says that he will be there: "буду в 12"."""
    times = [when for when in scene.reading.times if when.grain in (Grain.HOUR, Grain.MINUTE)]
    if not scene.said.has(Errand.AT_HOUR) or len(times) != 1 or times[0].end is not None:
        return None
    return times[0].start.replace(tzinfo=scene.city.zone)


def _is_expected(scene: MasterScene, job: JobRow) -> bool:
    """Tell whether a client waits for him at about that hour."""
    arrival = _arrival(scene)
    is_coming = job.state in UNDER_WAY[:2]
    return is_coming and arrival is not None and scene.tx.now < arrival and abs(arrival - begins(job)) < SOON


async def _tell_arrival(scene: MasterScene, job: JobRow) -> None:
    arrival = _arrival(scene)
    if arrival is not None:
        delay = arrival - scene.tx.now
        await visits.tell_delay(scene.tx, job=job, master=scene.master, delay=delay, is_late=False)
        scene.say("master-arrival-told", at=Clock(arrival))


def _tells_delay(scene: MasterScene) -> bool:
    """Tell whether he says when he will be there: late, in so many minutes, or "еду, 15 минут"."""
    said = scene.said
    return said.has(Errand.LATE, Errand.SOON) or (said.has(Errand.TRAVEL) and said.delay is not None)


async def _nobody_opens(scene: MasterScene, job: JobRow) -> None:
    if JobState(job.state) in WAY[JobAction.ARRIVE]:
        await go(scene, job, JobAction.ARRIVE)
    scene.known.absent_job = job.id
    await visits.tell_at_door(scene.tx, job=job, master=scene.master)
    choices = {"missed": news.choice("missed", job.id, job.version)}
    scene.say("master-client-absent", choices=choices, phone=phone(job.client_phone or ""))


async def miss(scene: MasterScene, job: JobRow) -> None:
    """Nobody opened, and he leaves."""
    await visits.miss(scene.tx, scene.market, job=job, actor=scene.actor)
    scene.known.absent_job = None


def _tell_card(scene: MasterScene, job: JobRow) -> None:
    price = Money(job.price_minor or 0, Currency(job.currency))
    scene.say(
        "master-job-card",
        number=job.number,
        service=news.service(job, scene.talk.lang),
        when=job.starts_at,
        address=news.address(job),
        client=job.client_name or "",
        phone=phone(job.client_phone or ""),
        payout=split(price, Method.CASH, scene.market.settlement_rules).master,
    )
