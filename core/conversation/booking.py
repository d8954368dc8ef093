"""Times with prices in a client's talk: offered, chosen in words or by a tap, held."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.conversation.known import Known, SlotOffered, Wanted
from core.conversation.learning import is_past
from core.conversation.script import Choice, Script, choice, pressed
from core.flows import jobs, slots
from core.flows.slots import PricedSlot, SlotRequest
from core.flows.tx import Tx
from core.kernel import quote as prices
from core.kernel.money import Currency, Money
from core.kernel.refusal import OldButton, QuoteExpired
from core.language.choose import Chosen, Question
from core.meaning import Answer, Trade, Urgency, When
from storage.tables import JobRow, TalkRow


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a job may cost and take, before a time is chosen."""

    low: Money
    high: Money
    shortest: timedelta
    longest: timedelta


def request_of(script: Script, known: Known) -> SlotRequest:
    """Return what is to be done, where and when, as far as it is known."""
    city = script.city(known.city)
    trade = known.trade or Trade.GENERAL
    district = known.district or getattr(city.district_of(known.address.get("street")), "name", None)
    return SlotRequest(
        city=city.name,
        trade=trade,
        faults=tuple(
            wanted.fault for wanted in known.wanted if wanted.fault and wanted.trade in (None, trade)
        ),
        urgency=urgency_of(script, known),
        words=known.words,
        district=district,
        wishes=tuple(When(wish.start, wish.end, wish.grain) for wish in known.wishes),
    )


def urgency_of(script: Script, known: Known) -> Urgency:
    """Return how urgent the job is: as it was said, else as its fault usually is."""
    if known.urgency is not None:
        return known.urgency
    usual = {script.library.fault(fault).urgency for fault in known.faults}
    return Urgency.URGENT if Urgency.URGENT in usual else Urgency.STANDARD


def estimate(script: Script, talk: TalkRow, known: Known) -> Estimate:
    """Return the indicative range (K87) and the span of the work; keeps the price's parts in `known`."""
    request = request_of(script, known)
    indicative = slots.indicative_range(script.market(talk), request)
    known.low_minor, known.high_minor = indicative.low.minor, indicative.high.minor
    known.lines = slots.lines_of(indicative)
    shortest, longest = request.minutes
    return Estimate(
        low=indicative.low,
        high=indicative.high,
        shortest=timedelta(minutes=shortest),
        longest=timedelta(minutes=longest),
    )


def choose_fault(script: Script, known: Known, fault_id: str) -> None:
    """Take the fault a person chose from the list."""
    fault = script.library.fault(fault_id)
    known.wanted = [Wanted(trade=fault.trade, fault=fault_id, confidence=1.0)]


async def pick(script: Script, tx: Tx, talk: TalkRow, known: Known, said: Chosen) -> bool:
    """Take a time that was chosen in words, or offer times. Return whether one is held now."""
    if talk.step == Question.SLOT and known.slots:
        number = said.ordinal
        if number is None and said.answer is Answer.YES and len(known.slots) == 1:
            number = 1
        if number is None and said.times:
            number = _named(tx, known, said.times[0])
        if number is not None:
            await take(script, tx, talk, known, choice("slot", str(number), known.slots_version))
            return True
    await offer(script, tx, talk, known)
    return False


async def offer(script: Script, tx: Tx, talk: TalkRow, known: Known, *, name: str | None = None) -> None:
    """Find free times near the wish and offer them, each with its price (A43–A45)."""
    request = request_of(script, known)
    market = script.market(talk)
    found = await slots.find_slots(tx, market, request, count=market.slot.alternatives, job_id=talk.job_id)
    known.slots = [SlotOffered.model_validate(slot.stored()) for slot in found]
    known.slots_version += 1
    known.slots_said_at = tx.now
    talk.step = Question.SLOT
    if not found:
        await _queue(script, tx, talk, known, request)
        return
    buttons = [
        Choice(
            "client-slot-button",
            choice("slot", str(number), known.slots_version),
            {"when": slot.start, "price": slot.quote.price},
        )
        for number, slot in enumerate(found, start=1)
    ]
    tx.say(talk, name or _opening(tx, known, found), buttons=buttons)


async def take(script: Script, tx: Tx, talk: TalkRow, known: Known, chosen: str) -> JobRow:
    """Take a time and its price together: quote and hold in one commit (A46, K87).

    Raises:
        OldButton: other times have been offered since.
        QuoteExpired: the price no longer stands.
        SlotGone: the time is too near.
        SlotTaken: nobody is free then any more.
    """
    _, number, version = pressed(chosen)
    if version != str(known.slots_version) or not number.isdigit():
        raise OldButton
    if not 1 <= int(number) <= len(known.slots):
        raise OldButton
    offered = known.slots[int(number) - 1]
    if tx.now > offered.until:
        raise QuoteExpired(expired_at=offered.until)
    market = script.market(talk)
    slot = PricedSlot.read(offered.model_dump(mode="json"))
    job = await tx.get(JobRow, talk.job_id) if talk.job_id else None
    request = request_of(script, known)
    if job is None:
        job = await jobs.open_job(
            tx, market, talk=talk, request=request, slot=slot, emergency=known.emergency
        )
        job.is_demo = script.is_demo
        talk.job_id = job.id
    else:
        await jobs.move_job(tx, market, job=job, request=request, slot=slot)
    known.slots = []
    talk.step = "held"
    tx.say(
        talk,
        "client-held",
        when=slot.start,
        price=slot.quote.price,
        high=slot.quote.high,
    )
    return job


def renew(script: Script, tx: Tx, talk: TalkRow, known: Known) -> None:
    """Each answer renews the prices that were told, at most for a day."""
    if not known.slots or known.slots_said_at is None:
        return
    if any(tx.now > slot.until for slot in known.slots):
        return
    until = prices.valid_until(script.market(talk).quote_rules, first_said=known.slots_said_at, heard=tx.now)
    for slot in known.slots:
        slot.until = max(slot.until, until)


def _opening(tx: Tx, known: Known, found: list[PricedSlot]) -> str:
    """Choose the words before the times: just so, or not what was asked for."""
    if not known.wishes:
        return "client-slots"
    now_local = tx.now.astimezone(tx.zone).replace(tzinfo=None)
    wish = known.wishes[0]
    if is_past(wish, now_local=now_local):
        return "client-slots-past"
    return (
        "client-slots"
        if any(_fits(tx, slot.start, wish.start, wish.end) for slot in found)
        else "client-slots-other"
    )


def _fits(tx: Tx, start: datetime, wish_start: datetime, wish_end: datetime | None) -> bool:
    local = start.astimezone(tx.zone).replace(tzinfo=None)
    return wish_start <= local < (wish_end or wish_start + timedelta(hours=24))


def _named(tx: Tx, known: Known, when: When) -> int | None:
    """Return the number of the one offered time that was named by its hour."""
    matching = [
        number
        for number, slot in enumerate(known.slots, start=1)
        if slot.start.astimezone(tx.zone).replace(tzinfo=None) == when.start
    ]
    return matching[0] if len(matching) == 1 else None


async def _queue(script: Script, tx: Tx, talk: TalkRow, known: Known, request: SlotRequest) -> None:
    """Nobody is free in the next weeks: the request waits and is tried again by itself (A70)."""
    if talk.job_id is None:
        job = await jobs.queue_job(
            tx, script.market(talk), talk=talk, request=request, emergency=known.emergency
        )
        job.is_demo = script.is_demo
        talk.job_id = job.id
    tx.say(talk, "client-slots-none")


def price_of(slot: SlotOffered) -> Money:
    """Return the price of an offered time."""
    return Money(slot.price_minor, Currency(slot.currency))
