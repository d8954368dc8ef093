"""Asking masters: the best one who is free is offered the job, with his time held, until he answers.

No or silence moves the hold to the next one in the same step. When nobody is left the job waits and is tried
again by itself; when its time is too near, the client is asked for another.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from core.flows import alternatives, candidates, holds, news, ratings, timers
from core.flows.actor import TIMER, Actor, ActorKind
from core.flows.alternatives import start_of
from core.flows.file_letters import have_printed
from core.flows.tx import Tx
from core.flows.work import Visit
from core.kernel.job import FINAL, JobAction, JobState, step
from core.kernel.money import Currency, Money
from core.kernel.offer import OfferState, deadline, may_offer_at
from core.kernel.payment import Method
from core.kernel.refusal import AlreadyTaken, NoOffer, NotYours, OfferLapsed, SlotTaken, StepNotAllowed
from core.kernel.settlement import split
from core.markets.policy import Market
from core.text.facts import Clock, phone
from storage.queries import offers
from storage.queries.masters import FreeMaster
from storage.tables import JobRow, MasterRow, OfferRow

SETTING_OUT = timedelta(minutes=15)  # who hears of a job later than this before it cannot come in time
ASKED_AGAIN_AFTER = timedelta(hours=1)  # who was only silent may be asked again, if nobody else is left
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Occasion(Enum):
    """Why a master is sought, and so what the client has to be told."""

    FIRST = auto()  # the job has just become complete
    NEXT = auto()  # somebody said no, was silent or left
    RETRY = auto()  # the client knows that the job waits


def too_near(job: JobRow) -> datetime:
    """Return from when on it is too late to find anybody for the job's time."""
    if job.starts_at is None:
        raise ValueError(f"job {job.id} has no time")
    return job.starts_at - SETTING_OUT


async def make_offer(tx: Tx, market: Market, *, job: JobRow, occasion: Occasion) -> OfferRow | None:
    """Offer an open job to the best master who is free then (A65–A70, K4); his time is held meanwhile.

    In the quiet hours only masters with confirmed night hours are disturbed. If the best one sleeps and
    there is time, his hold stays and he is asked in the morning. If nobody is free, the job waits.
    """
    if tx.now >= too_near(job):
        await give_up_time(tx, market, job=job)
        return None
    rules = market.offer_rules
    morning = may_offer_at(rules, now=tx.now, works_nights=False, zone=tx.zone)
    is_tonight = morning >= too_near(job)
    found = await _free(tx, market, job, occasion=occasion, awake_only=is_tonight)
    if not found:
        await _wait(tx, market, job, occasion)
        return None
    best = await _held_or_best(tx, job, found)
    asked_at = may_offer_at(rules, now=tx.now, works_nights=best.is_awake, zone=tx.zone)
    outcome = {"master_id": best.id, "asked_at": asked_at.isoformat()}
    tx.decide(job.id, "match", await candidates.decision(tx, market, found, visit=Visit.of(job)), outcome)
    await holds.hold(tx, market, job=job, master_id=best.id, until=too_near(job))
    if asked_at > tx.now:
        timers.retry_job(tx, job.id, asked_at)
        name = "client-searching-morning" if occasion is Occasion.FIRST else "client-waits-morning"
        if occasion is not Occasion.RETRY:
            await news.tell_client(tx, job, name, choices=("cancel",), asked=asked_at)
        return None
    offer = await _open_offer(tx, market, job, best.id)
    if occasion is Occasion.FIRST:
        await news.tell_client(tx, job, "client-searching", choices=("cancel",))
    await _ask(tx, market, job, offer)
    return offer


async def accept(tx: Tx, market: Market, *, job: JobRow, offer: OfferRow, actor: Actor) -> None:
    """The master takes the job: his word binds his time and the job (K5). Once more is fine.

    Raises:
        NotYours: the offer is somebody else's.
        AlreadyTaken: another master has the job.
        OfferLapsed: the answer came too late.
        StepNotAllowed: the job is not open any more.
    """
    if offer.state == OfferState.ACCEPTED and _has(job, offer.master_id):
        return
    _may_answer(tx, job=job, offer=offer, actor=actor, action="accept")
    state = step(JobState(job.state), JobAction.ASSIGN, allowed=market.job_actions)
    booking = await holds.booking_of(tx, job)
    if booking is None or booking.master_id != offer.master_id:
        raise OfferLapsed(until=offer.until)
    master = await master_of(tx, offer.master_id)

    _close(tx, offer, OfferState.ACCEPTED)
    holds.bind(tx, booking)
    job.state, job.master_id = state, offer.master_id
    timers.stop(tx, job, "lapse", "retry", "demo")
    timers.watch_start(tx, job, start_of(job) + market.offer_rules.late)
    tx.record(
        "job", job.id, "assign", actor=str(actor), parties=parties(job, master), master_id=offer.master_id
    )
    await news.tell_client(tx, job, "client-accepted", choices=("cancel",), **news.master_facts(master))
    await news.tell_master(
        tx,
        master,
        job,
        "master-accepted" if job.warranty_of is None else "master-accepted-warranty",
        choices=("travel", "cancel"),
        service=news.service(job, master.lang if master else job.lang),
        address=news.address(job),
        client=job.client_name or "",
        phone=phone(job.client_phone or ""),
        payout=Money(offer.payout_minor, Currency(job.currency)),
    )
    have_printed(tx, job, lang=master.lang if master else job.lang, to=master)
    timers.let_demo_act(tx, market, job, master, "travel")


async def decline(tx: Tx, market: Market, *, job: JobRow, offer: OfferRow, actor: Actor) -> None:
    """The master says no: the next one who is free is asked in the same step. Once more is fine.

    Raises:
        NotYours, AlreadyTaken, OfferLapsed, StepNotAllowed: as for `accept`.
    """
    if offer.state == OfferState.DECLINED:
        return
    _may_answer(tx, job=job, offer=offer, actor=actor, action="decline")
    master = await master_of(tx, offer.master_id)
    _close(tx, offer, OfferState.DECLINED)
    await tx.flush()  # the search for the next one asks who has said no
    tx.record("offer", offer.id, "decline", actor=str(actor), parties=parties(None, master), job_id=job.id)
    await news.tell_master(tx, master, job, "master-declined")
    await make_offer(tx, market, job=job, occasion=Occasion.NEXT)


async def lapse_offer(tx: Tx, market: Market, *, job: JobRow, offer: OfferRow) -> None:
    """The master was silent until the deadline: the next one is asked (A71). Nothing, if he has answered."""
    if offer.state != OfferState.OPEN or tx.now < offer.until:
        return
    master = await master_of(tx, offer.master_id)
    _close(tx, offer, OfferState.LAPSED)
    await tx.flush()  # the search for the next one asks who was silent
    tx.record("offer", offer.id, "lapse", actor=str(TIMER), parties=parties(None, master), job_id=job.id)
    await news.tell_master(tx, master, job, "master-offer-lapsed")
    if job.state == JobState.OPEN:
        await make_offer(tx, market, job=job, occasion=Occasion.NEXT)


async def assign_to(tx: Tx, market: Market, *, job: JobRow, master_id: str, actor: Actor) -> None:
    """The owner gives the job to a master of his choice, at any hour. Whoever was asked hears it.

    Raises:
        SlotTaken: this master is not free then, or does not work in this trade and city.
        StepNotAllowed: the job is not open.
    """
    if _has(job, master_id):
        return
    offer = await open_offer_of(tx, job)
    if offer is None or offer.master_id != master_id:
        step(JobState(job.state), JobAction.ASSIGN, allowed=market.job_actions)
        found = await candidates.free_for(tx, market, Visit.of(job), only=master_id)
        if not found:
            raise SlotTaken
        await withdraw(tx, job, "master-offer-taken", actor=actor)
        inputs = await candidates.decision(tx, market, found, visit=Visit.of(job))
        tx.decide(job.id, "match", inputs, {"master_id": master_id, "by": str(actor)})
        await holds.hold(tx, market, job=job, master_id=master_id, until=too_near(job))
        offer = await _open_offer(tx, market, job, master_id)
        await tx.flush()  # the guard on offers must see it open before it is accepted
    await accept(tx, market, job=job, offer=offer, actor=actor)


async def offer_for(tx: Tx, job: JobRow, actor: Actor) -> OfferRow:
    """Return the offer this person answers: the open one, or the last one this master got.

    Raises:
        NoOffer: the job is offered to nobody.
        NotYours: it was never offered to this master.
    """
    offer = await open_offer_of(tx, job)
    if actor.kind is not ActorKind.MASTER:
        if offer is None:
            raise NoOffer
        return offer
    if offer is not None and offer.master_id == actor.id:
        return offer
    offer_id = await offers.latest_of_master(tx.session, job_id=job.id, master_id=actor.id)
    earlier = await tx.get(OfferRow, offer_id) if offer_id else None
    if earlier is None:
        raise NotYours
    return earlier


async def open_offer_of(tx: Tx, job: JobRow) -> OfferRow | None:
    """Return the job's open offer."""
    return await tx.live(OfferRow, job.id)


async def withdraw(tx: Tx, job: JobRow, name: str, *, actor: Actor) -> None:
    """Take the open offer back, if there is one, and say so to its master by the text of this name."""
    offer = await open_offer_of(tx, job)
    if offer is None:
        return
    master = await master_of(tx, offer.master_id)
    _close(tx, offer, OfferState.WITHDRAWN)
    timers.stop(tx, job, "demo")
    tx.record("offer", offer.id, "withdraw", actor=str(actor), parties=parties(None, master), job_id=job.id)
    await news.tell_master(tx, master, job, name)


async def give_up_time(tx: Tx, market: Market, *, job: JobRow) -> None:
    """It is too late to find anybody for this time: it is let go and the client is asked for another."""
    state = step(JobState(job.state), JobAction.QUOTE, allowed=market.job_actions)
    await withdraw(tx, job, "master-offer-closed", actor=TIMER)
    await holds.let_go(tx, job)
    times = await alternatives.other_times(tx, market, job)
    back_to_quoted(tx, market, job, state)
    tx.record("job", job.id, "too_near", actor=str(TIMER), parties=parties(job, None))
    name = "client-too-near" if times else "client-too-near-no-times"
    await news.tell_client(tx, job, name, buttons=times, choices=("cancel",))


def back_to_quoted(tx: Tx, market: Market, job: JobRow, state: JobState) -> None:
    """The job has no time and no price that stands; it ends by itself if nobody chooses another."""
    job.state, job.quote_until = state, None
    timers.stop(tx, job, "retry", "late", "overdue", "demo")
    timers.lapse_job(tx, job, tx.now + market.quote_rules.valid_at_most)


def parties(job: JobRow | None, master: MasterRow | None) -> list[str]:
    """Return who may see an event: the client's talk, the master and his talk."""
    ids = [job.talk_id if job else None, master.id if master else None, master.talk_id if master else None]
    return [id for id in ids if id]


async def master_of(tx: Tx, master_id: str | None) -> MasterRow | None:
    """Return a master to speak to. Nothing in him is changed, so he is not locked."""
    if master_id is None:
        return None
    return await tx.see(MasterRow, master_id)


async def _free(
    tx: Tx, market: Market, job: JobRow, *, occasion: Occasion, awake_only: bool
) -> Sequence[FreeMaster]:
    """Return who can be asked now: first those who were not asked yet, then those who were only silent."""
    at_odds = await ratings.at_odds(tx, market, client_id=job.client_id)
    if occasion is Occasion.FIRST:  # nobody was asked for this time yet
        return await candidates.free_for(tx, market, Visit.of(job), avoid=at_odds, awake_only=awake_only)
    since = await alternatives.time_chosen_at(tx, job) or LONG_AGO
    for silent_since in (LONG_AGO, tx.now - ASKED_AGAIN_AFTER):
        refused = await offers.refused_by(
            tx.session, job_id=job.id, made_since=since, silent_since=silent_since
        )
        avoid = {*refused, *at_odds}
        found = await candidates.free_for(tx, market, Visit.of(job), avoid=avoid, awake_only=awake_only)
        if found or not refused:
            return found
    return ()


async def _held_or_best(tx: Tx, job: JobRow, found: Sequence[FreeMaster]) -> FreeMaster:
    """Return the one whose time is held already, if he is among them; else the best."""
    booking = await holds.booking_of(tx, job)
    return next((one for one in found if booking is not None and one.id == booking.master_id), found[0])


async def _wait(tx: Tx, market: Market, job: JobRow, occasion: Occasion) -> None:
    """Nobody is free: the hold is let go, the job is tried again by itself, other times are shown."""
    await holds.let_go(tx, job)
    retry = market.offer_rules.retry
    timers.retry_job(tx, job.id, min(tx.now + retry, too_near(job)))
    if occasion is Occasion.RETRY:
        return
    tx.decide(
        job.id, "match", await candidates.decision(tx, market, (), visit=Visit.of(job)), {"master_id": None}
    )
    tx.record("job", job.id, "queue", actor="naryad", parties=parties(job, None))
    times = await alternatives.other_times(tx, market, job)
    name = "client-queued" if times else "client-queued-no-times"
    minutes = int(retry.total_seconds()) // 60
    await news.tell_client(tx, job, name, buttons=times, choices=("cancel",), minutes=minutes)


async def _open_offer(tx: Tx, market: Market, job: JobRow, master_id: str) -> OfferRow:
    price = Money(job.price_minor or 0, Currency(job.currency))
    rules = market.offer_rules
    offer = OfferRow(
        id=tx.id(),
        job_id=job.id,
        master_id=master_id,
        state=OfferState.OPEN,
        payout_minor=split(price, Method.CASH, market.settlement_rules).master.minor,
        made_at=tx.now,
        until=min(deadline(rules, now=tx.now, starts_at=start_of(job)), max(too_near(job), tx.now)),
        closed_at=None,
    )
    tx.add(offer)
    timers.lapse_offer(tx, offer)
    timers.stop(tx, job, "retry")
    return offer


async def _ask(tx: Tx, market: Market, job: JobRow, offer: OfferRow) -> None:
    master = await master_of(tx, offer.master_id)
    tx.record(
        *("offer", offer.id, "make"),
        actor="naryad",
        parties=parties(None, master),
        job_id=job.id,
        until=offer.until.isoformat(),
    )
    await news.tell_master(
        tx,
        master,
        job,
        "master-offer" if job.warranty_of is None else "master-offer-warranty",
        offer=offer,
        choices=("accept", "decline"),
        service=news.service(job, master.lang if master else job.lang),
        place=news.place(job),
        length=timedelta(minutes=job.duration_high_min),
        payout=Money(offer.payout_minor, Currency(job.currency)),
        until=Clock(offer.until),
    )
    timers.let_demo_act(tx, market, job, master, "accept")


def _may_answer(tx: Tx, *, job: JobRow, offer: OfferRow, actor: Actor, action: str) -> None:
    """Raise the refusal that fits, unless this person may answer this offer now."""
    is_his = actor.kind is ActorKind.MASTER and actor.id == offer.master_id
    if not actor.is_owner and not is_his:
        raise NotYours
    if offer.state == OfferState.OPEN:
        if not actor.is_owner and tx.now >= offer.until:
            raise OfferLapsed(until=offer.until)
        return
    if job.state in FINAL or job.master_id == offer.master_id:
        raise StepNotAllowed(state=job.state, action=action)
    if job.master_id is not None:
        raise AlreadyTaken(number=job.number)
    raise OfferLapsed(until=offer.closed_at or offer.until)


def _close(tx: Tx, offer: OfferRow, state: OfferState) -> None:
    offer.state, offer.closed_at = state, tx.now
    timers.stop_offer(tx, offer)


def _has(job: JobRow, master_id: str) -> bool:
    """Tell whether this master has the job and has not gone on with it yet."""
    return job.state == JobState.ASSIGNED and job.master_id == master_id
