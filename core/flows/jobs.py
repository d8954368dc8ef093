"""The life of a job, from the client's tap to the end: what a person or a timer does, and what follows.

Every function decides first and changes afterwards. Repeating the last step is fine and changes nothing;
any other step the table does not know is a StepNotAllowed.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from core.flows import holds, news, offers, slots, timers
from core.flows.actor import TIMER, Actor, ActorKind
from core.flows.offers import Occasion, parties
from core.flows.slots import PricedSlot, SlotRequest, Visit
from core.flows.tx import Tx
from core.kernel import quote as prices
from core.kernel.job import FINAL, JobAction, JobState, step
from core.kernel.offer import OfferState
from core.kernel.refusal import (
    NotYours,
    OldButton,
    QuoteExpired,
    SlotGone,
    SlotTaken,
    StepNotAllowed,
    UnknownThing,
)
from core.markets.cities import load_cities
from core.markets.policy import Market, load_market
from core.meaning import Emergency
from core.text.facts import Clock
from storage.queries import jobs
from storage.queries.masters import FreeMaster
from storage.tables import BookingRow, JobRow, MasterRow, OfferRow, TalkRow

NUMBERS_TRIED = 16  # drawn at once; the first that nobody has is taken
NUMBER_FROM, NUMBER_TO = 1_000, 9_999
NUMBER_LONG_TO = 999_999  # a city with more jobs than short numbers
OVERDUE_AFTER = timedelta(minutes=30)  # after the work should have ended; doubles with each nudge
OVERDUE_AT_MOST = timedelta(hours=24)
REMIND_OF_PAYMENT_AFTER = timedelta(minutes=30)
REPLACED_WITHIN = timedelta(hours=3)  # another master instead of a late one comes no later than this
WAITS_AT_MOST = timedelta(days=14)  # a request that nobody has a time for

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
_NOT_SET_OUT = (JobState.ASSIGNED,)
_HOUSE = ("street", "house")  # another one has not the old flat and entrance
_ON_THE_WAY = (JobState.TRAVELLING, JobState.ON_SITE, JobState.WORKING)


# From the tap to the search ------------------------------------------------------------------------------


async def open_job(
    tx: Tx,
    market: Market,
    *,
    talk: TalkRow,
    request: SlotRequest,
    slot: PricedSlot,
    emergency: Emergency | None = None,
) -> JobRow:
    """The client's tap: a job with this price, and the time held, in one commit (A46, K87).

    The best master who is free then is held; a slot says nothing about who.

    Raises:
        QuoteExpired: the price no longer stands.
        SlotGone: the time is too near.
        SlotTaken: nobody is free then any more.
    """
    found = await _check(tx, market, request, slot)
    found = sorted(found, key=lambda master: master.id != request.first_asked)
    job = await _draft(tx, talk=talk, request=request, emergency=emergency)
    await _take(tx, market, job=job, request=request, slot=slot, found=found)
    timers.lapse_job(tx, job, job.created_at + market.quote_rules.valid_at_most)
    tx.record("job", job.id, JobAction.QUOTE, actor=_client(job), parties=parties(job, None))
    return job


async def move_job(tx: Tx, market: Market, *, job: JobRow, request: SlotRequest, slot: PricedSlot) -> None:
    """Give a job another time with its price. It has to be published again.

    A master who has accepted it but has not set out is free again, and will be the first to be asked.

    Raises:
        QuoteExpired, SlotGone, SlotTaken: as for `open_job`.
        StepNotAllowed: the master is on the way or further, or the job is over.
    """
    master_id, before = job.master_id, JobState(job.state)
    left = step(before, JobAction.UNASSIGN, allowed=market.job_actions) if before in _NOT_SET_OUT else before
    state = step(left, JobAction.QUOTE, allowed=market.job_actions)
    found = await _check(tx, market, request, slot, job_id=job.id)
    if before in _NOT_SET_OUT:
        await _tell_moved(tx, job, slot)
        await _unassign(tx, market, job)
        found = sorted(found, key=lambda master: master.id != master_id)
    await offers.withdraw(tx, job, "master-offer-closed", actor=Actor(ActorKind.CLIENT, job.client_id))
    job.state = state
    job.faults, job.trade, job.words = list(request.faults), request.trade, request.words
    job.urgency = request.urgency
    job.duration_low_min, job.duration_high_min = request.minutes
    timers.stop(tx, job, "retry", "demo")
    await _take(tx, market, job=job, request=request, slot=slot, found=found)
    timers.lapse_job(tx, job, tx.now + market.quote_rules.valid_at_most)
    tx.record("job", job.id, JobAction.QUOTE, actor=_client(job), parties=parties(job, None))


async def take_time(tx: Tx, *, object_id: str, actor: Actor) -> JobRow:
    """Take one of the other times that were offered in news, and seek a master for it.

    Args:
        object_id: The object of the button's choice `time:<job_id>.<minutes>:<version>`.

    Raises:
        OldButton: this time was not offered for this job.
        NotYours: the job is somebody else's.
        QuoteExpired, SlotGone, SlotTaken, StepNotAllowed: as for `move_job`.
    """
    try:
        job_id, start = offers.time_chosen(object_id)
    except (ValueError, OverflowError, OSError):
        raise OldButton from None
    job = await tx.get(JobRow, job_id)
    if job is None:
        raise OldButton
    _must_be_client(job, actor)
    if job.state in _NOT_SET_OUT:  # these times were offered before somebody accepted another
        raise StepNotAllowed(state=job.state, action=JobAction.QUOTE)
    stored = await jobs.offered_time(tx.session, job_id=job.id, start=start)
    if stored is None:
        raise OldButton
    slot = PricedSlot.read(stored)
    await move_job(tx, load_market(job.market), job=job, request=slots.request_of(job), slot=slot)
    if not missing(job):
        await publish(tx, job)
    return job


async def queue_job(
    tx: Tx, market: Market, *, talk: TalkRow, request: SlotRequest, emergency: Emergency | None = None
) -> JobRow:
    """Nobody is free in the next weeks: the request waits for a time and is tried again by itself (A70)."""
    job = await _draft(tx, talk=talk, request=request, emergency=emergency)
    timers.retry_job(tx, job.id, tx.now + market.offer_rules.retry)
    timers.lapse_job(tx, job, tx.now + WAITS_AT_MOST)
    inputs = await slots.decision(tx, market, ())
    tx.decide(job.id, "match", inputs, {"master_id": None, "until": "a time appears"})
    tx.record("job", job.id, "queue", actor=_client(job), parties=parties(job, None))
    return job


async def learn(
    tx: Tx,
    job: JobRow,
    *,
    name: str | None = None,
    phone: str | None = None,
    address: Mapping[str, str] | None = None,
) -> None:
    """Add what the client has told since the tap; each answer renews price and hold."""
    job.client_name = name or job.client_name
    job.client_phone = phone or job.client_phone
    if address:
        is_elsewhere = any(part in address and address[part] != job.address.get(part) for part in _HOUSE)
        job.address = dict(address) if is_elsewhere else {**job.address, **address}
        city = load_cities().get(job.city)
        found = city.district_of(job.address.get("street")) if city else None
        job.district = found.name if found else job.district
    await renew_quote(tx, job)


def missing(job: JobRow) -> list[str]:
    """Name what is still to be learnt before a master can be sought."""
    found = {
        "fault": bool(job.faults),
        "address": bool(job.address.get("street") and job.address.get("house")),
        "time": job.starts_at is not None,
        "name": bool(job.client_name),
        "phone": bool(job.client_phone),
    }
    return [name for name, is_known in found.items() if not is_known]


async def renew_quote(tx: Tx, job: JobRow) -> bool:
    """The client has answered: price and hold stand anew, at most for a day (contracts, section 6).

    Returns:
        Whether they stand; False once the hold was let go.
    """
    booking = await holds.booking_of(tx, job)
    if job.state != JobState.QUOTED or booking is None:
        return False
    rules = load_market(job.market).quote_rules
    first_said = await offers.time_chosen_at(tx, job) or job.created_at
    until = prices.valid_until(rules, first_said=first_said, heard=tx.now)
    job.quote_until = until
    holds.prolong(tx, booking, until)
    return True


async def publish(tx: Tx, job: JobRow, talk: TalkRow | None = None) -> bool:
    """Nothing is missing any more: a master is sought (A68–A70). Once more is fine.

    Returns:
        False if price and hold were let go meanwhile: the client has been offered times anew.

    Raises:
        StepNotAllowed: the job is over, or something is still missing.
    """
    del talk  # the job knows its own
    if job.state == JobState.OPEN:
        return True
    market = load_market(job.market)
    state = step(JobState(job.state), JobAction.PUBLISH, allowed=market.job_actions)
    if missing(job):
        raise StepNotAllowed(state=job.state, action=JobAction.PUBLISH)
    booking = await holds.booking_of(tx, job)
    if booking is None:
        await _offer_anew(tx, market, job)
        return False
    job.state = state
    holds.prolong(tx, booking, offers.too_near(job))
    timers.stop(tx, job, "lapse")
    tx.record("job", job.id, JobAction.PUBLISH, actor=_client(job), parties=parties(job, None))
    await offers.make_offer(tx, market, job=job, occasion=Occasion.FIRST)
    return True


# What people do ------------------------------------------------------------------------------------------


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


async def _complete_free(
    tx: Tx, market: Market, job: JobRow, *, master: MasterRow | None, actor: Actor
) -> None:
    """Work under warranty is done, and there is nothing to pay: the job is over (L29)."""
    tx.record("job", job.id, JobAction.FINISH, actor=str(actor), parties=parties(job, master))
    await tx.flush()  # the guard on steps must see that it was done
    _end(tx, job, step(JobState(job.state), JobAction.COMPLETE, allowed=market.job_actions))
    facts = {"warranty_of": job.warranty_of}
    tx.record("job", job.id, JobAction.COMPLETE, actor=str(actor), parties=parties(job, master), **facts)
    await holds.let_go(tx, job)
    await news.tell_client(tx, job, "client-done-free")
    await news.tell_master(tx, master, job, "master-done-free")


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
        _must_be_client(job, actor)
    if job.state == JobState.CANCELLED:
        return
    market = load_market(job.market)
    state = step(JobState(job.state), JobAction.CANCEL, allowed=market.job_actions)
    call_out = market.money(market.cancellation.call_out_minor if job.state in _ON_THE_WAY else 0)
    master = await offers.master_of(tx, job.master_id)

    await offers.withdraw(tx, job, "master-offer-closed", actor=actor)
    await holds.let_go(tx, job)
    _end(tx, job, state)
    facts: dict[str, Any] = {"call_out_minor": call_out.minor}
    tx.record("job", job.id, JobAction.CANCEL, actor=str(actor), parties=parties(job, master), **facts)
    if actor.is_owner:
        await news.tell_client(tx, job, "client-cancelled-by-owner")
    elif call_out.minor:
        await news.tell_client(tx, job, "client-cancelled-call-out", amount=call_out)
    else:
        await news.tell_client(tx, job, "client-cancelled")
    await news.tell_master(tx, master, job, "master-job-cancelled")


# What timers do ------------------------------------------------------------------------------------------


async def lapse_hold(tx: Tx, market: Market, *, job: JobRow, booking: BookingRow) -> None:
    """A hold's deadline: the time is let go and the client is asked for another."""
    live = await holds.booking_of(tx, job)
    if live is not None and (live.id != booking.id or live.until is None or tx.now < live.until):
        return
    if job.state == JobState.OPEN:
        await offers.give_up_time(tx, market, job=job)
    elif job.state == JobState.QUOTED and job.quote_until is not None:
        await holds.let_go(tx, job)
        tx.record("job", job.id, "quote_lapse", actor=str(TIMER), parties=parties(job, None))
        await _offer_anew(tx, market, job)


async def lapse_job(tx: Tx, market: Market, *, job: JobRow) -> None:
    """Nobody went on with the job for a day: it ends."""
    if job.state != JobState.QUOTED:
        return
    state = step(JobState(job.state), JobAction.EXPIRE, allowed=market.job_actions)
    await holds.let_go(tx, job)
    _end(tx, job, state)
    tx.record("job", job.id, JobAction.EXPIRE, actor=str(TIMER), parties=parties(job, None))
    await news.tell_client(tx, job, "client-expired")


async def retry(tx: Tx, market: Market, *, job: JobRow) -> None:
    """Look again for a master, or for a time if the job has none yet. Nothing, if somebody is asked now."""
    if job.state == JobState.OPEN and await offers.open_offer_of(tx, job) is None:
        await offers.make_offer(tx, market, job=job, occasion=Occasion.RETRY)
    elif job.state == JobState.QUOTED and job.starts_at is None:
        await _offer_first_times(tx, market, job)


async def notice_late(tx: Tx, market: Market, *, job: JobRow) -> None:
    """The master has not set out long after the start: the client is told, another one is sought."""
    if job.state != JobState.ASSIGNED or job.starts_at is None or job.ends_at is None:
        return
    if tx.now < job.starts_at + market.offer_rules.late:
        timers.watch_start(tx, job, job.starts_at + market.offer_rules.late)
        return
    late = await offers.master_of(tx, job.master_id)
    minutes = int(market.offer_rules.late.total_seconds()) // 60
    request = slots.request_of(job)
    found = await slots.find_slots(tx, market, request, count=1, avoid=[job.master_id or ""], job_id=job.id)
    is_soon = bool(found) and found[0].start - tx.now <= REPLACED_WITHIN

    await _unassign(tx, market, job)
    tx.record("job", job.id, "late", actor=str(TIMER), parties=parties(job, late))
    await news.tell_master(tx, late, job, "master-late")
    facts = {**news.master_facts(late), "minutes": minutes}
    if is_soon:
        job.starts_at, job.ends_at = found[0].start, found[0].end
        await news.tell_client(tx, job, "client-master-late", choices=("cancel",), **facts)
        await offers.make_offer(tx, market, job=job, occasion=Occasion.NEXT)
        return
    times = await offers.other_times(tx, market, job)
    state = step(JobState(job.state), JobAction.QUOTE, allowed=market.job_actions)
    offers.back_to_quoted(tx, market, job, state)
    name = "client-master-late-times" if times else "client-master-late-no-times"
    await news.tell_client(tx, job, name, buttons=times, choices=("cancel",), **facts)


async def nudge(tx: Tx, *, job: JobRow, nudges: int) -> None:
    """The work should be over: the master is asked where he is, less and less often."""
    if job.state not in _ON_THE_WAY:
        return
    master = await offers.master_of(tx, job.master_id)
    buttons = {
        JobState.TRAVELLING: ("arrive", "cancel"),
        JobState.ON_SITE: ("start",),
        JobState.WORKING: ("finish",),
    }
    await news.tell_master(
        tx, master, job, f"master-overdue-{job.state}", choices=buttons[JobState(job.state)]
    )
    pause = min(OVERDUE_AFTER * 2 ** (nudges + 1), OVERDUE_AT_MOST)
    timers.watch_work(tx, job, tx.now + pause, nudges=nudges + 1)
    tx.record("job", job.id, "overdue", actor=str(TIMER), parties=parties(None, master), nudges=nudges + 1)


# Parts of the above --------------------------------------------------------------------------------------


async def _check(
    tx: Tx, market: Market, request: SlotRequest, slot: PricedSlot, *, job_id: str | None = None
) -> Sequence[FreeMaster]:
    """Return who is free for a slot, best first; raise the refusal that fits if it cannot be taken."""
    if tx.now > slot.until:
        raise QuoteExpired(expired_at=slot.until)
    if slot.start < market.slot_rules.earliest(tx.now, is_urgent=True):
        raise SlotGone
    visit = _visit(request, slot, job_id=job_id)
    found = await slots.candidates(tx, market, visit)
    if not found:
        raise SlotTaken
    return found


async def _draft(tx: Tx, *, talk: TalkRow, request: SlotRequest, emergency: Emergency | None) -> JobRow:
    """Add a job of this talk, without a time and a price yet."""
    if talk.person_id is None:
        raise ValueError(f"talk {talk.id} has nobody to work for")
    known = talk.known
    shortest, longest = request.minutes
    job = JobRow(
        id=tx.id(),
        number=await _number(tx, request.city),
        market=talk.market,
        city=request.city,
        state=JobState.QUOTED,
        client_id=talk.person_id,
        talk_id=talk.id,
        master_id=None,
        lang=talk.lang,
        trade=request.trade,
        faults=list(request.faults),
        words=request.words,
        urgency=request.urgency,
        emergency=emergency,
        address=dict(known.get("address") or {}),
        district=request.district,
        client_name=known.get("name"),
        client_phone=known.get("phone"),
        currency=load_market(talk.market).currency,
        breakdown=[],
        duration_low_min=shortest,
        duration_high_min=longest,
        warranty_of=request.warranty_of,
        is_demo=True,
        created_at=tx.now,
    )
    tx.add(job)
    return job


async def _take(
    tx: Tx,
    market: Market,
    *,
    job: JobRow,
    request: SlotRequest,
    slot: PricedSlot,
    found: Sequence[FreeMaster],
) -> None:
    """Give the job the slot's time and price, and hold the best master's time; write down why both."""
    quote = slot.quote
    job.starts_at, job.ends_at = slot.start, slot.end
    job.price_minor, job.low_minor, job.high_minor = quote.price.minor, quote.low.minor, quote.high.minor
    job.breakdown = slots.lines_of(quote)
    job.quote_until = tx.now + market.quote_rules.valid_for
    inputs = {
        "trade": request.trade,
        "faults": list(request.faults),
        "urgency": request.urgency,
        "words": len(request.words),
        "parts_minor": request.parts_minor,
        "start": slot.start.isoformat(),
    }
    tx.decide(job.id, "price", inputs, slot.stored())
    offers.time_is_chosen(tx, job)
    inputs = await slots.decision(tx, market, found, visit=_visit(request, slot, job_id=job.id))
    tx.decide(job.id, "match", inputs, {"master_id": found[0].id, "for": "hold"})
    await holds.hold(tx, market, job=job, master_id=found[0].id, until=job.quote_until)


def _visit(request: SlotRequest, slot: PricedSlot, *, job_id: str | None) -> Visit:
    return Visit(
        request.city, request.trade, slot.start, slot.end, request.district, job_id, needs=request.needs
    )


async def _number(tx: Tx, city: str) -> str:
    """Draw a short number that no job of the city has, such as К-4827."""
    free: list[str] = tx.group.memo.setdefault(("free numbers", city), [])
    given: set[str] = tx.group.memo.setdefault(("given numbers", city), set())
    if free:
        return free.pop()
    known = load_cities().get(city)
    letter = known.letter if known else city[:1].upper()
    for highest in (NUMBER_TO, NUMBER_LONG_TO):
        drawn = {f"{letter}-{tx.chance.between(NUMBER_FROM, highest)}": None for _ in range(NUMBERS_TRIED)}
        used = await jobs.numbers_used(tx.session, city=city, numbers=drawn)
        free.extend(number for number in drawn if number not in used and number not in given)
        given.update(free)
        if free:
            return free.pop()
    raise LookupError(f"no number is free in {city}")


async def _offer_anew(tx: Tx, market: Market, job: JobRow) -> None:
    """Time and price were let go: the client chooses again, his own time among others if it is still free."""
    until = job.quote_until or tx.now
    times = await offers.other_times(tx, market, job, with_own=True)
    name = "client-hold-lapsed" if times else "client-hold-lapsed-no-times"
    await news.tell_client(tx, job, name, buttons=times, choices=("cancel",), until=Clock(until))


async def _offer_first_times(tx: Tx, market: Market, job: JobRow) -> None:
    """A request that waits for any time: tell the client as soon as there is one, once."""
    if await jobs.has_offered_times(tx.session, job_id=job.id):
        return
    found = await slots.find_slots(tx, market, slots.request_of(job))
    if not found:
        timers.retry_job(tx, job.id, tx.now + market.offer_rules.retry)
        return
    times = offers.times_offered(tx, job, found)
    timers.lapse_job(tx, job, tx.now + market.quote_rules.valid_at_most)
    await news.tell_client(tx, job, "client-time-appeared", buttons=times, choices=("cancel",))


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
    await _unassign(tx, market, job)
    tx.record("job", job.id, JobAction.UNASSIGN, actor=str(actor), parties=parties(job, master))
    await news.tell_client(tx, job, "client-master-left", **news.master_facts(master))
    await news.tell_master(tx, master, job, "master-job-moved")
    await offers.make_offer(tx, market, job=job, occasion=Occasion.NEXT)


async def _tell_moved(tx: Tx, job: JobRow, slot: PricedSlot) -> None:
    master = await offers.master_of(tx, job.master_id)
    tx.record("job", job.id, JobAction.UNASSIGN, actor=_client(job), parties=parties(job, master))
    await news.tell_master(tx, master, job, "master-job-rescheduled", when=slot.start)


async def _unassign(tx: Tx, market: Market, job: JobRow) -> None:
    """The job is nobody's again, and the master's time is free."""
    job.state = step(JobState(job.state), JobAction.UNASSIGN, allowed=market.job_actions)
    job.master_id = None
    timers.stop(tx, job, "late", "overdue", "demo")
    await holds.let_go(tx, job)
    await tx.flush()  # the guard on steps must see this one by itself: another may follow in this turn


def _end(tx: Tx, job: JobRow, state: JobState) -> None:
    job.state, job.closed_at = state, tx.now
    timers.stop(tx, job)


def _stop_demo(tx: Tx, job: JobRow, actor: Actor) -> None:
    """A step by hand: from now on the demo leaves this job alone."""
    if job.is_demo and not actor.is_demo and JobState(job.state) not in FINAL:
        job.is_demo = False
        timers.stop(tx, job, "demo")


def _must_be_client(job: JobRow, actor: Actor) -> None:
    if not actor.is_owner and actor.id not in (job.talk_id, job.client_id):
        raise NotYours


def _client(job: JobRow) -> str:
    return str(Actor(ActorKind.CLIENT, job.client_id))
