"""A master answers an offer in words: takes it, does not, hesitates, asks, wishes for another time."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from core.conversation.errands import Errand
from core.conversation.master_scene import MasterScene, set_hours
from core.flows import jobs, news, visits
from core.flows.tx import Choice
from core.kernel.money import Currency, Money
from core.kernel.refusal import UnknownThing
from core.meaning import Answer
from core.text.facts import Clock, Items, Named
from storage.queries import offers
from storage.tables import JobRow, OfferRow

_YES = (Errand.ACCEPT, Errand.TRAVEL)
_UNDECIDED = (Answer.LATER, Answer.DONT_KNOW)


async def answer(scene: MasterScene) -> bool:
    """Take the words as an answer to what is offered. Return whether they were one."""
    waiting = await _waiting(scene)
    if not waiting:
        return False
    said, meant = scene.said, scene.reading.answer
    offer, job = waiting[-1]
    if said.has(Errand.COUNTER):
        _tell(scene, "master-offer-counter", offer, job)
    elif said.has(Errand.DETAILS, Errand.PARTS) or said.is_question:
        _tell_details(scene, offer, job)
    elif said.has(Errand.DECLINE) or (meant is Answer.NO and not said.has(Errand.ACCEPT)):
        await _decide(scene, waiting, is_yes=False)
    elif said.has(*_YES) or meant is Answer.YES:
        await _decide(scene, waiting, is_yes=True)
    elif meant in _UNDECIDED:
        _tell(scene, "master-offer-waits", offer, job)
    else:
        return False
    return True


async def remind(scene: MasterScene) -> bool:
    """Name the offer that waits, where nothing else was understood. Return whether there is one."""
    waiting = await _waiting(scene)
    if waiting:
        _tell(scene, "master-offer-waits", *waiting[-1])
    return bool(waiting)


async def decline_all(scene: MasterScene) -> None:
    """He rests: whatever is offered to him goes on to others."""
    for offer, _ in await _waiting(scene):
        await jobs.answer_offer(scene.tx, scene.market, offer=offer, actor=scene.actor, is_yes=False)


async def press(scene: MasterScene, offer_id: str, *, is_yes: bool) -> None:
    """Take the button of an offer."""
    offer = await scene.tx.get(OfferRow, offer_id)
    await jobs.answer_offer(scene.tx, scene.market, offer=offer, actor=scene.actor, is_yes=is_yes)


async def _waiting(scene: MasterScene) -> Sequence[tuple[OfferRow, JobRow]]:
    if scene.master is None:
        return []
    found = []
    for offer_id in await offers.open_of_master(scene.tx.session, master_id=scene.master.id):
        offer = await scene.tx.get(OfferRow, offer_id)
        job = await scene.tx.get(JobRow, offer.job_id) if offer is not None else None
        if offer is not None and job is not None and offer.state == "open":
            found.append((offer, job))
    return found


async def _decide(scene: MasterScene, waiting: Sequence[tuple[OfferRow, JobRow]], *, is_yes: bool) -> None:
    """Take a yes or a no to the one offer there is; among several, ask which.

    Raises:
        UnknownThing: the job is gone.
    """
    if len(waiting) > 1:
        verb = "accept" if is_yes else "decline"
        buttons = [
            Choice(
                f"master-which-{verb}", news.choice(verb, offer.id, offer.version), _facts(scene, offer, job)
            )
            for offer, job in waiting
        ]
        lines = tuple(Named("master-which-line", _facts(scene, offer, job)) for offer, job in waiting)
        scene.say("master-which-offer", buttons=buttons, jobs=Items(lines))
        return
    offer, job = waiting[0]
    if job.starts_at is None:
        raise UnknownThing(thing="job")
    hours = scene.reading.hours
    await jobs.answer_offer(scene.tx, scene.market, offer=offer, actor=scene.actor, is_yes=is_yes)
    if is_yes and scene.said.has(Errand.LATE):  # "беру, но минут на 10 опоздаю"
        await visits.tell_delay(scene.tx, job=job, master=scene.master, delay=scene.said.delay, is_late=True)
    is_day_off = hours is not None and bool(scene.named_days) and not any(hours.days.values())
    if not is_yes and hours is not None and scene.master is not None and is_day_off:
        await set_hours(scene, scene.master, hours)  # "нет, завтра не работаю"


def _tell(scene: MasterScene, name: str, offer: OfferRow, job: JobRow) -> None:
    choices = {verb: news.choice(verb, offer.id, offer.version) for verb in ("accept", "decline")}
    scene.say(name, choices=choices, number=job.number, when=job.starts_at, until=Clock(offer.until))


def _tell_details(scene: MasterScene, offer: OfferRow, job: JobRow) -> None:
    choices = {verb: news.choice(verb, offer.id, offer.version) for verb in ("accept", "decline")}
    scene.say(
        "master-offer-details",
        choices=choices,
        length=timedelta(minutes=job.duration_high_min),
        until=Clock(offer.until),
        **_facts(scene, offer, job),
    )


def _facts(scene: MasterScene, offer: OfferRow, job: JobRow) -> dict[str, Any]:
    return {
        "number": job.number,
        "service": news.service(job, scene.talk.lang),
        "place": news.place(job),
        "when": job.starts_at,
        "payout": Money(offer.payout_minor, Currency(job.currency)),
    }
