"""A master at work says something: an offer, a job, his hours, his money. Every word gets its answer."""

from core.conversation import offered, own, questions, steps, till, visit
from core.conversation.errands import Errand
from core.conversation.master_scene import AT_WORK, MasterScene, set_hours
from core.flows import hours, masters, ratings
from core.flows.tickets import TicketKind
from core.kernel.job import JobState
from core.kernel.refusal import OldButton
from core.kernel.slot import Interval
from core.language.choose import Chosen, Question, choose
from core.meaning import Answer, HoursChange, HoursOp, Intent
from core.text.facts import Items, Named, phone
from storage.tables import JobRow, MasterRow

_LOST_MAX = 2  # so many turns in a row are answered with advice; then the owner is asked
_STEPS = ("travel", "arrive", "start", "finish", "cancel", "missed")
_PLAIN = (Answer.YES, Answer.NO, Answer.LATER)


async def serve(scene: MasterScene) -> None:
    """Answer a master at work: the first that finds its own in his words does."""
    for answer in (_human, _confirmed, own.answer, offered.answer, visit.answer, _hours, _contacts, _beside):
        if await answer(scene):
            scene.known.lost = 0
            return
    if not await offered.remind(scene):
        await _not_understood(scene)


async def press(scene: MasterScene, verb: str, thing: str, version: str) -> None:
    """Take a button: the morning's question, a step, cash, stars for a client, the end of a pause.

    Raises:
        OldButton: it means nothing any more.
        RatingClosed: the stars stand by now.
    """
    master = _master(scene)
    match verb:
        case "hours-yes" | "hours-no":
            if thing != scene.tx.now.astimezone(scene.city.zone).date().isoformat():
                raise OldButton  # yesterday's question means nothing today
            await _confirm(scene, master, is_working=verb == "hours-yes")
        case "resume":
            await own.resume(scene, master)
        case "cash" | "nocash":
            await _press_cash(scene, verb, thing)
        case "rate":
            await _rate(scene, master, thing, version)
        case _ if verb in _STEPS:
            scene.known.waiting = None
            await visit.press(scene, verb, await scene.tx.get(JobRow, thing))
        case _:
            raise OldButton


async def _rate(scene: MasterScene, master: MasterRow, job_id: str, given: str) -> None:
    """Take a master's stars for his client; only the two never meeting again comes of poor ones."""
    job = await scene.tx.get(JobRow, job_id)
    if job is None or job.master_id != master.id or not given.isdecimal():
        raise OldButton
    await ratings.rate(scene.tx, job=job, stars=int(given), actor=scene.actor, side=ratings.MASTER)
    poor = int(given) <= scene.market.rating.poor_stars
    scene.say("master-rated-poor" if poor else "master-rated", number=job.number, stars=int(given))


def _master(scene: MasterScene) -> MasterRow:
    if scene.master is None:
        raise LookupError(f"a talk without its master: {scene.talk.id}")
    return scene.master


async def _human(scene: MasterScene) -> bool:
    if not scene.said.has(Errand.HUMAN) and Intent.HUMAN not in scene.intents:
        return False
    return await questions.answer(scene)


# A yes or a no to what we asked about money or about leaving a job


async def _confirmed(scene: MasterScene) -> bool:
    """Take a yes or a no to the question that waits; anything else lets it be."""
    waiting, scene.known.waiting = scene.known.waiting, None
    meant = scene.reading.answer
    if waiting is None or scene.said.is_question:
        return False
    if waiting.about == "cash" and meant is not Answer.YES and scene.said.sum_minor is not None:
        await till.ask(scene, await steps.in_hand(scene))  # "нет, 1800": another sum
        return True
    if meant not in (Answer.YES, Answer.NO):
        return False
    job = await scene.tx.get(JobRow, waiting.job_id)
    if job is None or job.master_id != scene.actor.id:
        return False
    if meant is Answer.NO:
        scene.say("master-fine-not")
    elif waiting.about == "cash" and waiting.amount_minor is not None:
        await till.take(scene, job, waiting.amount_minor)
    elif waiting.about == "missed":
        await visit.miss(scene, job)
    else:
        await visit.leave(scene, job)
    return True


async def _press_cash(scene: MasterScene, verb: str, thing: str) -> None:
    waiting, scene.known.waiting = scene.known.waiting, None
    if verb == "nocash":
        scene.say("master-fine-not")
        return
    if waiting is None or waiting.job_id != thing or waiting.amount_minor is None:
        raise OldButton
    await till.take(scene, await scene.tx.get(JobRow, thing), waiting.amount_minor)


# Hours


async def _hours(scene: MasterScene) -> bool:
    """Take hours, or an answer to the morning's question. Return whether it was either."""
    master = _master(scene)
    asked = None
    if scene.talk.step == hours.MORNING:
        asked = await hours.asked_today(scene.tx, master, scene.city)
    said = choose(scene.reading, Question.HOURS if asked else None, asked=asked)
    if (
        asked
        and said.answer in _PLAIN[:2]
        and (scene.reading.hours is None or _only_names_today(scene, said))
    ):
        await _confirm(scene, master, is_working=said.answer is Answer.YES)
        return True
    if said.hours is None:
        return False
    if scene.said.is_question and all(spans is None for spans in said.hours.days.values()):
        await own.tell_hours(scene, master)  # "завтра работаю?"
        return True
    is_at_work = await set_hours(scene, master, said.hours)
    scene.talk.step = AT_WORK
    if is_at_work and master.status == "paused":
        await masters.resume(scene.tx, master)
        scene.say("master-resumed")
    await _warn_of_jobs(scene, said.hours)
    return True


def _only_names_today(scene: MasterScene, said: Chosen) -> bool:
    """Tell whether a no only names the day it is about: "нет, сегодня дома"."""
    if said.answer is not Answer.NO or scene.reading.hours is None:
        return False
    today = scene.tx.now.astimezone(scene.city.zone).date()
    return set(scene.reading.hours.days) == {today} and not scene.reading.hours.days[today]


async def _confirm(scene: MasterScene, master: MasterRow, *, is_working: bool) -> None:
    city = scene.city
    scene.talk.step = AT_WORK
    if is_working:
        await hours.confirm(scene.tx, master=master, city=city)
        scene.say("master-morning-yes")
        return
    today = scene.tx.now.astimezone(city.zone).date()
    off = HoursChange(HoursOp.SET, {today: ()})
    await hours.change(scene.tx, scene.market, master=master, change=off, city=city)
    scene.say("master-morning-no")
    await _warn_of_jobs(scene, off)


async def _warn_of_jobs(scene: MasterScene, change: HoursChange) -> None:
    """Say which jobs he has taken lie outside his new hours: his word still binds him."""
    zone = scene.city.zone
    outside = []
    for job in await steps.in_hand(scene):
        if job.state != JobState.ASSIGNED or job.starts_at is None or job.ends_at is None:
            continue
        day = job.starts_at.astimezone(zone).date()
        spans = await hours.on(scene.tx, _master(scene), [day], scene.city)
        work = Interval(job.starts_at, job.ends_at)
        covers = any(span.start <= work.start and work.end <= span.end for span in spans[day])
        if day in change.days and not covers:
            outside.append(Named("master-job-short", {"number": job.number, "when": job.starts_at}))
    if outside:
        scene.say("master-jobs-outside", jobs=Items(tuple(outside)))


# Whatever else


async def _contacts(scene: MasterScene) -> bool:
    """Take a new phone, an e-mail or one more trade. Return whether there was any."""
    master, who = _master(scene), scene.reading.identity
    told: list[Named] = []
    if who.email and who.email != master.email:
        master.email = scene.known.email = who.email
        told.append(Named("master-known-email", {"email": who.email}))
    if who.phone and who.phone != master.phone:
        if await masters.with_phone(scene.tx, who.phone) is not None:
            scene.say("master-phone-of-other")
            return True
        master.phone = scene.known.phone = who.phone
        told.append(Named("master-known-phone", {"phone": phone(who.phone)}))
    if scene.said.has(Errand.MORE_TRADES) and scene.reading.trades:
        added = await masters.add_trades(scene.tx, master, scene.reading.trades)
        told += [Named("master-known-trade", {"trade": trade.value}) for trade in added]
    if told:
        scene.say("master-noted", what=Items(tuple(told)))
    return bool(told)


async def _beside(scene: MasterScene) -> bool:
    intents, said = scene.intents, scene.said
    if await questions.answer(scene):
        return True
    name = None
    if Intent.THANKS in intents:
        name = "master-thanks"
    elif said.has(Errand.HOW) or Intent.HELP in intents or Intent.GREETING in intents:
        name = "master-help"
    elif scene.heard.media:
        name = "master-photo-kept"
    elif said.has(Errand.ACCEPT):
        name = "master-no-offer"
    elif scene.reading.answer in _PLAIN or said.has(Errand.NOTED):
        name = "master-fine"
    if name is not None:
        scene.say(name)
    return name is not None


async def _not_understood(scene: MasterScene) -> None:
    """Give advice, other advice, and then call the owner: nobody is left going round in circles."""
    scene.known.lost += 1
    if scene.known.lost > _LOST_MAX:
        scene.known.lost = 0
        await questions.call_owner(scene, TicketKind.STUCK)
    else:
        scene.say("master-not-understood-again" if scene.known.lost > 1 else "master-not-understood")
