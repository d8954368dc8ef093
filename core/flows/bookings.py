"""From the client's tap on a time to the search for a master: a job with a price, and a time held for it.

Every function decides first and changes afterwards. How the job goes on is told in `jobs`.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from core.flows import alternatives, candidates, holds, jobs, news, offers, quotes, timers, work
from core.flows.actor import Actor, ActorKind
from core.flows.drafts import draft_job
from core.flows.offers import Occasion, parties
from core.flows.quotes import PricedSlot
from core.flows.tx import Tx
from core.flows.work import SlotRequest, Visit
from core.kernel import quote as prices
from core.kernel.job import JobAction, JobState, step
from core.kernel.refusal import OldButton, QuoteExpired, SlotGone, SlotTaken, StepNotAllowed
from core.markets.cities import load_cities
from core.markets.policy import Market, load_market
from core.meaning import Emergency
from core.text.facts import Clock
from storage.queries import jobs as stored_jobs
from storage.queries.masters import FreeMaster
from storage.tables import JobRow, TalkRow

WAITS_AT_MOST = timedelta(days=14)  # a request that nobody has a time for

_NOT_SET_OUT = (JobState.ASSIGNED,)
_HOUSE = ("street", "house")  # another one has not the old flat and entrance


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
    job = await draft_job(tx, talk=talk, request=request, emergency=emergency)
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
        await jobs.unassign(tx, market, job)
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
        job_id, start = alternatives.time_chosen(object_id)
    except (ValueError, OverflowError, OSError):
        raise OldButton from None
    job = await tx.get(JobRow, job_id)
    if job is None:
        raise OldButton
    jobs.must_be_client(job, actor)
    if job.state in _NOT_SET_OUT:  # these times were offered before somebody accepted another
        raise StepNotAllowed(state=job.state, action=JobAction.QUOTE)
    stored = await stored_jobs.offered_time(tx.session, job_id=job.id, start=start)
    if stored is None:
        raise OldButton
    slot = PricedSlot.read(stored)
    await move_job(tx, load_market(job.market), job=job, request=work.request_of(job), slot=slot)
    if not missing(job):
        await publish(tx, job)
    return job


async def queue_job(
    tx: Tx, market: Market, *, talk: TalkRow, request: SlotRequest, emergency: Emergency | None = None
) -> JobRow:
    """Nobody is free in the next weeks: the request waits for a time and is tried again by itself (A70)."""
    job = await draft_job(tx, talk=talk, request=request, emergency=emergency)
    timers.retry_job(tx, job.id, tx.now + market.offer_rules.retry)
    timers.lapse_job(tx, job, tx.now + WAITS_AT_MOST)
    inputs = await candidates.decision(tx, market, ())
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
    first_said = await alternatives.time_chosen_at(tx, job) or job.created_at
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
        await offer_anew(tx, market, job)
        return False
    job.state = state
    holds.prolong(tx, booking, offers.too_near(job))
    timers.stop(tx, job, "lapse")
    tx.record("job", job.id, JobAction.PUBLISH, actor=_client(job), parties=parties(job, None))
    await offers.make_offer(tx, market, job=job, occasion=Occasion.FIRST)
    return True


async def offer_anew(tx: Tx, market: Market, job: JobRow) -> None:
    """Time and price were let go: the client chooses again, his own time among others if it is still free."""
    until = job.quote_until or tx.now
    times = await alternatives.other_times(tx, market, job, with_own=True)
    name = "client-hold-lapsed" if times else "client-hold-lapsed-no-times"
    await news.tell_client(tx, job, name, buttons=times, choices=("cancel",), until=Clock(until))


async def _check(
    tx: Tx, market: Market, request: SlotRequest, slot: PricedSlot, *, job_id: str | None = None
) -> Sequence[FreeMaster]:
    """Return who is free for a slot, best first; raise the refusal that fits if it cannot be taken."""
    if tx.now > slot.until:
        raise QuoteExpired(expired_at=slot.until)
    if slot.start < market.slot_rules.earliest(tx.now, is_urgent=True):
        raise SlotGone
    visit = _visit(request, slot, job_id=job_id)
    found = await candidates.free_for(tx, market, visit)
    if not found:
        raise SlotTaken
    return found


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
    job.breakdown = quotes.lines_of(quote)
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
    alternatives.time_is_chosen(tx, job)
    inputs = await candidates.decision(tx, market, found, visit=_visit(request, slot, job_id=job.id))
    tx.decide(job.id, "match", inputs, {"master_id": found[0].id, "for": "hold"})
    await holds.hold(tx, market, job=job, master_id=found[0].id, until=job.quote_until)


def _visit(request: SlotRequest, slot: PricedSlot, *, job_id: str | None) -> Visit:
    return Visit(
        request.city, request.trade, slot.start, slot.end, request.district, job_id, needs=request.needs
    )


async def _tell_moved(tx: Tx, job: JobRow, slot: PricedSlot) -> None:
    master = await offers.master_of(tx, job.master_id)
    tx.record("job", job.id, JobAction.UNASSIGN, actor=_client(job), parties=parties(job, master))
    await news.tell_master(tx, master, job, "master-job-rescheduled", when=slot.start)


def _client(job: JobRow) -> str:
    return str(Actor(ActorKind.CLIENT, job.client_id))
