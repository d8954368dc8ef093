"""The life of a job, from the search for a master to the end: what people do, and what follows.

How it begins is told in `bookings`, what happens to it by itself in `deadlines`.

Every function decides first and changes afterwards. Repeating the last step is fine and changes nothing;
any other step the table does not know is a StepNotAllowed.
"""

from datetime import timedelta
from typing import Any

from core.flows import holds, news, offers, timers
from core.flows.actor import Actor, ActorKind
from core.flows.offers import Occasion, parties
from core.flows.tx import Tx
from core.kernel.job import FINAL, JobAction, JobState, step
from core.kernel.offer import OfferState
from core.kernel.refusal import NotYours, StepNotAllowed, UnknownThing
from core.markets.policy import Market, load_market
from storage.tables import JobRow, MasterRow, OfferRow

OVERDUE_AFTER = timedelta(minutes=30)  # after the work should have ended; doubles with each nudge
REMIND_OF_PAYMENT_AFTER = timedelta(minutes=30)
ON_THE_WAY = (JobState.TRAVELLING, JobState.ON_SITE, JobState.WORKING)

_STEPS = {
    JobAction.TRAVEL: ("client-travelling", "master-travelling", ("arrive", "cancel")),
    JobAction.ARRIVE: ("client-on-site", "master-on-site", ("start",)),
    JobAction.START: ("client-working", "master-working", ("finish",)),
    JobAction.FINISH: ("client-done", "master-done", ()),
}
_AFTER = {  # the state a step leads to, and what a demo master does next
    JobAction.TRAVEL: (JobState.TRAVELLING, "arrive"),
    JobAction.ARRIVE: (JobState.ON_SITE, "start"),
    JobAction.START: (JobState.WORKING, "finish"),
    JobAction.FINISH: (JobState.DONE, "collect"),
}
_LEFT_BY_MASTER = (JobState.ASSIGNED, JobState.TRAVELLING, JobState.ON_SITE)


async def act(
    tx: Tx, market: Market, *, job: JobRow | None, action: str, actor: Actor, master_id: str | None = None
) -> None:
    """Do a step of a job: accept, decline, travel, arrive, start, finish or cancel.

    Args:
        master_id: For the owner's accept: whom he gives the job to; the offered one by default.

    Raises:
        UnknownThing, NotYours, NoOffer, AlreadyTaken, OfferLapsed, SlotTaken, StepNotAllowed.
    """
    if job is None:
        raise UnknownThing(thing="job")
    match action:
        case "accept" if actor.is_owner and master_id is not None:
            await offers.assign_to(tx, market, job=job, master_id=master_id, actor=actor)
        case "accept":
            await _accept(tx, market, job=job, actor=actor)
        case "decline":
            offer = await offers.offer_for(tx, job, actor)
            await offers.decline(tx, market, job=job, offer=offer, actor=actor)
        case "cancel":
            await cancel(tx, job=job, actor=actor)
        case JobAction.TRAVEL | JobAction.ARRIVE | JobAction.START | JobAction.FINISH:
            await go_on(tx, market, job=job, action=JobAction(action), actor=actor)
        case _:
            raise StepNotAllowed(state=job.state, action=action)
    _stop_demo(tx, job, actor)


async def answer_offer(tx: Tx, market: Market, *, offer: OfferRow | None, actor: Actor, is_yes: bool) -> None:
    """A master presses a button of an offer.

    Raises:
        UnknownThing: there is no such offer.
        NotYours, AlreadyTaken, OfferLapsed, StepNotAllowed: as for `offers.accept`.
    """
    job = await tx.get(JobRow, offer.job_id) if offer else None
    if offer is None or job is None:
        raise UnknownThing(thing="offer")
    answer = offers.accept if is_yes else offers.decline
    await answer(tx, market, job=job, offer=offer, actor=actor)
    _stop_demo(tx, job, actor)


async def go_on(tx: Tx, market: Market, *, job: JobRow, action: JobAction, actor: Actor) -> None:
    """The master goes on: travel, arrive, start, finish. The same step again changes nothing.

    Raises:
        NotYours: the job is another master's.
        StepNotAllowed: the job is not that far, or is over.
    """
    if not actor.is_owner and not (actor.kind is ActorKind.MASTER and actor.id == job.master_id):
        raise NotYours
    to, next_step = _AFTER[action]
    if job.state == to:
        return
    job.state = step(JobState(job.state), action, allowed=market.job_actions)
    master = await offers.master_of(tx, job.master_id)
    timers.stop(tx, job, "late", "overdue", "demo")
    if action is JobAction.FINISH:
        job.finished_at = tx.now
        if job.warranty_of is not None:
            await _complete_free(tx, market, job, master=master, actor=actor)
            return
        timers.remind_of_payment(tx, job, tx.now + REMIND_OF_PAYMENT_AFTER)
    else:
        timers.watch_work(tx, job, max(job.ends_at or tx.now, tx.now) + OVERDUE_AFTER)
    tx.record("job", job.id, action, actor=str(actor), parties=parties(job, master))
    client_text, master_text, buttons = _STEPS[action]
    await news.tell_client(tx, job, client_text, **news.master_facts(master))
    await news.tell_master(tx, master, job, master_text, choices=buttons)
    timers.let_demo_act(tx, market, job, master, next_step)


async def cancel(tx: Tx, *, job: JobRow, actor: Actor) -> None:
    """The client or the owner ends the job; a master leaves it, and the next one is asked. Once more is fine.

    Raises:
        NotYours: the job is somebody else's.
        StepNotAllowed: the work is done, or the job is over.
    """
    if actor.kind is ActorKind.MASTER:
        await _leave(tx, job=job, actor=actor)
        return
    if not actor.is_owner:
        must_be_client(job, actor)
    if job.state == JobState.CANCELLED:
        return
    market = load_market(job.market)
    state = step(JobState(job.state), JobAction.CANCEL, allowed=market.job_actions)
    call_out = market.money(market.cancellation.call_out_minor if job.state in ON_THE_WAY else 0)
    master = await offers.master_of(tx, job.master_id)

    await offers.withdraw(tx, job, "master-offer-closed", actor=actor)
    await holds.let_go(tx, job)
    end(tx, job, state)
    facts: dict[str, Any] = {"call_out_minor": call_out.minor}
    tx.record("job", job.id, JobAction.CANCEL, actor=str(actor), parties=parties(job, master), **facts)
    if actor.is_owner:
        await news.tell_client(tx, job, "client-cancelled-by-owner")
    elif call_out.minor:
        await news.tell_client(tx, job, "client-cancelled-call-out", amount=call_out)
    else:
        await news.tell_client(tx, job, "client-cancelled")
    await news.tell_master(tx, master, job, "master-job-cancelled")


async def unassign(tx: Tx, market: Market, job: JobRow) -> None:
    """The job is nobody's again, and the master's time is free."""
    job.state = step(JobState(job.state), JobAction.UNASSIGN, allowed=market.job_actions)
    job.master_id = None
    timers.stop(tx, job, "late", "overdue", "demo")
    await holds.let_go(tx, job)
    await tx.flush()  # the guard on steps must see this one by itself: another may follow in this turn


def end(tx: Tx, job: JobRow, state: JobState) -> None:
    """The job is over: nothing waits for it any more."""
    job.state, job.closed_at = state, tx.now
    timers.stop(tx, job)


def must_be_client(job: JobRow, actor: Actor) -> None:
    """Raise NotYours for anybody but the job's client and the owner."""
    if not actor.is_owner and actor.id not in (job.talk_id, job.client_id):
        raise NotYours


async def _complete_free(
    tx: Tx, market: Market, job: JobRow, *, master: MasterRow | None, actor: Actor
) -> None:
    """Work under warranty is done, and there is nothing to pay: the job is over (L29)."""
    tx.record("job", job.id, JobAction.FINISH, actor=str(actor), parties=parties(job, master))
    await tx.flush()  # the guard on steps must see that it was done
    end(tx, job, step(JobState(job.state), JobAction.COMPLETE, allowed=market.job_actions))
    facts = {"warranty_of": job.warranty_of}
    tx.record("job", job.id, JobAction.COMPLETE, actor=str(actor), parties=parties(job, master), **facts)
    await holds.let_go(tx, job)
    await news.tell_client(tx, job, "client-done-free")
    await news.tell_master(tx, master, job, "master-done-free")


async def _accept(tx: Tx, market: Market, *, job: JobRow, actor: Actor) -> None:
    if actor.is_owner and job.state == JobState.ASSIGNED:
        return
    offer = await offers.offer_for(tx, job, actor)
    await offers.accept(tx, market, job=job, offer=offer, actor=actor)


async def _leave(tx: Tx, *, job: JobRow, actor: Actor) -> None:
    """A master cannot come after all. Before he has accepted, that is to decline."""
    market = load_market(job.market)
    if job.master_id != actor.id:
        offer = await offers.offer_for(tx, job, actor)
        if offer.state != OfferState.ACCEPTED:  # else he has left already
            await offers.decline(tx, market, job=job, offer=offer, actor=actor)
        return
    if job.state not in _LEFT_BY_MASTER:
        raise StepNotAllowed(state=job.state, action=JobAction.CANCEL)
    master = await offers.master_of(tx, actor.id)
    await unassign(tx, market, job)
    tx.record("job", job.id, JobAction.UNASSIGN, actor=str(actor), parties=parties(job, master))
    await news.tell_client(tx, job, "client-master-left", **news.master_facts(master))
    await news.tell_master(tx, master, job, "master-job-moved")
    await offers.make_offer(tx, market, job=job, occasion=Occasion.NEXT)


def _stop_demo(tx: Tx, job: JobRow, actor: Actor) -> None:
    """A step by hand: from now on the demo leaves this job alone."""
    if job.is_demo and not actor.is_demo and JobState(job.state) not in FINAL:
        job.is_demo = False
        timers.stop(tx, job, "demo")
