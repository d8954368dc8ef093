"""Times with prices in a client's talk: offered, chosen in words or by a tap, held."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.conversation.known import Known, SlotOffered, Wanted, Wish
from core.conversation.learning import is_past
from core.conversation.scene import Scene
from core.conversation.script import Choice, Script, choice, pressed
from core.flows import bookings, quotes, slots, work
from core.flows.quotes import PricedSlot
from core.flows.work import SlotRequest
from core.kernel import quote as prices
from core.kernel.job import JobState
from core.kernel.money import Currency, Money
from core.kernel.quote import Quote
from core.kernel.refusal import OldButton, QuoteExpired, SlotGone, SlotTaken
from core.language.choose import Question
from core.language.picks import LAST
from core.meaning import Answer, Grain, Trade, Urgency, When
from core.text.facts import Clock
from storage.tables import JobRow

NEARER_THAN = timedelta(hours=24)  # an open wish reaches no further
FIRST = "first"  # what a bare yes means after "да, в 14:00 мастер может прийти"
_SOONER = re.compile(r"\b(?:по)?раньше\b|\bсам\w+ ранн|\bближайш|\bearli|\bsoonest\b", re.IGNORECASE)
_LATER = re.compile(r"\bпо(?:по)?зже\b|\bпоздн|\blater\b|\blatest\b", re.IGNORECASE)
_EXACT = (Grain.MINUTE, Grain.HOUR)


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
        warranty_of=known.warranty_of,
        first_asked=known.first_asked,
    )


def urgency_of(script: Script, known: Known) -> Urgency:
    """Return how urgent the job is: as it was said, else as its fault usually is."""
    if known.urgency is not None:
        return known.urgency
    library = script.library
    usual = {library.fault(fault).urgency for fault in known.faults if fault in library}
    return Urgency.URGENT if Urgency.URGENT in usual else Urgency.STANDARD


def estimate(scene: Scene) -> Estimate:
    """Return the indicative range (K87) and the span of the work; keeps the price's parts in `known`."""
    known = scene.known
    request = request_of(scene.script, known)
    indicative = quotes.indicative_range(scene.script.market(scene.talk), request)
    known.low_minor, known.high_minor = indicative.low.minor, indicative.high.minor
    known.lines = quotes.lines_of(indicative)
    shortest, longest = request.minutes
    return Estimate(
        low=indicative.low,
        high=indicative.high,
        shortest=timedelta(minutes=shortest),
        longest=timedelta(minutes=longest),
    )


def range_of(scene: Scene, known: Known) -> Quote:
    """Return the indicative range of what is known, whatever is spoken of now."""
    return quotes.indicative_range(scene.script.market(scene.talk), request_of(scene.script, known))


def usual_range(scene: Scene, trade: Trade) -> Quote:
    """Return what one work of a trade costs, with all that day and hour may add, before more is known."""
    return range_of(scene, Known(wanted=[Wanted(trade=trade)]))


async def pick(scene: Scene) -> bool:
    """Take a time that was chosen in words, or offer times. Return whether one is held now."""
    known, said, talk = scene.known, scene.said, scene.talk
    if talk.step != Question.SLOT or not known.slots:
        await offer(scene)
        return False
    if (number := _number(scene)) is not None:
        return await _take_by_words(scene, choice("slot", str(number), known.slots_version))
    if said.times:
        await offer(scene)
    elif said.answer is Answer.NO:
        known.wishes = []
        scene.say("client-ask-time")
    elif said.answer is Answer.YES:
        await offer(scene, name="client-slots-which")
    else:
        is_again = known.count("slots-again") % 2
        await offer(scene, name="client-slots-which" if is_again else "client-slots-again")
    return False


async def offer(scene: Scene, *, name: str | None = None) -> None:
    """Find free times near the wish and offer them, each with its price (A43–A45)."""
    known, tx = scene.known, scene.tx
    _drop_past_wishes(scene)
    request = request_of(scene.script, known)
    market = scene.script.market(scene.talk)
    found = await slots.find_slots(
        tx, market, request, count=market.slot.alternatives, job_id=scene.talk.job_id
    )
    opening = name or _opening(scene, found)
    is_just_so = opening == "client-slots-yes"
    if is_just_so and scene.is_next:
        opening = "client-slots-same"
    is_same_first = bool(found and known.slots) and found[0].start == known.slots[0].start
    found[is_just_so:] = sorted(found[is_just_so:], key=lambda slot: slot.start)
    known.yes_means = FIRST if is_just_so else None
    fresh = [SlotOffered.model_validate(slot.stored()) for slot in found]
    if _same(fresh, known.slots):
        fresh = [
            slot.model_copy(update={"until": new.until}) for slot, new in zip(known.slots, fresh, strict=True)
        ]
    else:
        known.slots_version += 1  # buttons that were shown before mean other times
    known.slots, known.slots_said_at = fresh, tx.now
    scene.talk.step = Question.SLOT
    scene.open()
    if not found:
        await _queue(scene, request)
        return
    buttons = [
        Choice(
            "client-slot-button" if slot.quote.price.minor else "client-slot-button-free",
            choice("slot", str(number), known.slots_version),
            {"when": slot.start, "price": slot.quote.price},
        )
        for number, slot in enumerate(found, start=1)
    ]
    if is_just_so and is_same_first and not name:  # that was said a moment ago
        opening = "client-slots-which"
    scene.say(opening, buttons=buttons, when=found[0].start)


async def take(scene: Scene, chosen: str) -> bool:
    """Take a time and its price together: quote and hold in one commit (A46, K87).

    Returns:
        False for a second tap on the same button: the time is held already.

    Raises:
        OldButton: other times have been offered since.
        QuoteExpired: the price no longer stands.
        SlotGone: the time is too near.
        SlotTaken: nobody is free then any more.
        StepNotAllowed: a master has the job.
    """
    known, talk, tx = scene.known, scene.talk, scene.tx
    _, number, version = pressed(chosen)
    if chosen == known.taken and scene.live_job is not None:
        return False
    is_known = version == str(known.slots_version) and number.isdecimal()
    if not is_known or not 1 <= int(number) <= len(known.slots):
        raise OldButton
    offered = known.slots[int(number) - 1]
    if tx.now > offered.until:
        raise QuoteExpired(expired_at=offered.until)
    market = scene.script.market(talk)
    slot = PricedSlot.read(offered.model_dump(mode="json"))
    request = request_of(scene.script, known)
    if scene.live_job is None:
        job = await bookings.open_job(
            tx, market, talk=talk, request=request, slot=slot, emergency=known.emergency
        )
        job.is_demo = scene.script.is_demo
        talk.job_id, scene.job = job.id, job
    else:
        await bookings.move_job(tx, market, job=scene.live_job, request=request, slot=slot)
    known.slots, known.taken = [], chosen
    say_held(scene, slot.start, slot.quote.price, slot.quote.high)
    return True


def say_held(scene: Scene, start: datetime, price: Money, high: Money) -> None:
    """Tell that a time is held, and what it costs."""
    scene.talk.step = "held"
    scene.open()
    if not price.minor:
        scene.say("client-held-free", when=start)
        return
    scene.say("client-held", when=start, price=price, high=high)


def say_held_job(scene: Scene, job: JobRow) -> None:
    """Tell the same of a job whose time was taken from news."""
    currency = Currency(job.currency)
    if job.starts_at is not None:
        price, high = Money(job.price_minor or 0, currency), Money(job.high_minor or 0, currency)
        say_held(scene, job.starts_at, price, high)


def renew(scene: Scene) -> None:
    """Each answer renews the prices that were told, at most for a day."""
    known, now = scene.known, scene.tx.now
    if not known.slots or known.slots_said_at is None or any(now > slot.until for slot in known.slots):
        return
    rules = scene.script.market(scene.talk).quote_rules
    until = prices.valid_until(rules, first_said=known.slots_said_at, heard=now)
    for slot in known.slots:
        slot.until = max(slot.until, until)


async def explain(scene: Scene, refusal: QuoteExpired | SlotTaken | SlotGone | OldButton) -> None:
    """Say why a time cannot be had, and offer fresh ones at once."""
    match refusal:
        case QuoteExpired():
            scene.say(refusal.template, expired_at=Clock(refusal.expired_at))
            await offer(scene, name="client-slots-fresh")
        case SlotTaken():
            await offer(scene, name="client-slots-taken")
        case _:
            await offer(scene, name="client-slots-stale")


async def _take_by_words(scene: Scene, chosen: str) -> bool:
    """Take a time named in words; what a tap would be refused for is told at once."""
    try:
        return await take(scene, chosen)
    except (QuoteExpired, SlotTaken, SlotGone) as refusal:  # raised before anything was changed
        await explain(scene, refusal)
        return False


def _same(fresh: Sequence[SlotOffered], shown: Sequence[SlotOffered]) -> bool:
    def key(slot: SlotOffered) -> tuple[datetime, int]:
        return slot.start, slot.price_minor

    return bool(shown) and [key(slot) for slot in fresh] == [key(slot) for slot in shown]


def _opening(scene: Scene, found: list[PricedSlot]) -> str:
    """Choose the words before the times: yes, just so, or not what was asked for (A43–A45)."""
    known, tx = scene.known, scene.tx
    if not known.wishes or not found:
        return _plain_opening(known)
    now_local = tx.now.astimezone(tx.zone).replace(tzinfo=None)
    wish = known.wishes[0]
    if is_past(wish, now_local=now_local):
        return "client-slots-past"
    is_now = wish.grain is Grain.MINUTE and wish.start <= now_local  # "сейчас", "как можно скорее"
    if not is_now and not any(_fits(scene, slot.start, wish) for slot in found):
        return "client-slots-other"
    if wish.grain in _EXACT and _local(scene, found[0].start) == wish.start:
        return "client-slots-yes"
    if is_now or (wish.grain is Grain.HOUR and wish.end is None):
        return "client-slots-near"
    return _plain_opening(known)


def _drop_past_wishes(scene: Scene) -> None:
    """Of "сегодня вечером или завтра после трёх" only what can still be counts; all past, that is told."""
    known, tx = scene.known, scene.tx
    now_local = tx.now.astimezone(tx.zone).replace(tzinfo=None)
    still = [wish for wish in known.wishes if not is_past(wish, now_local=now_local)]
    known.wishes = still or known.wishes


def _plain_opening(known: Known) -> str:
    before = known.count("slots")
    if not before:
        return "client-slots"
    return "client-slots-else" if before % 2 else "client-slots-more"


def _fits(scene: Scene, start: datetime, wish: Wish) -> bool:
    local = _local(scene, start)
    if wish.grain is Grain.MINUTE and wish.end is None:
        return local == wish.start
    return wish.start <= local < (wish.end or wish.start + NEARER_THAN)


def _number(scene: Scene) -> int | None:
    """Return which of the offered times was chosen in words."""
    known, said = scene.known, scene.said
    if said.times and (named := _named(scene, said.times[0])) is not None:
        return named
    if said.ordinal is not None:
        return _by_hour(scene) or said.ordinal
    return 1 if said.answer is Answer.YES and len(known.slots) == 1 else None


def _by_hour(scene: Scene) -> int | None:
    """Return the number of the earliest or latest time, where "пораньше" or "попозже" was said.

    The time that was wished for stands first, so the order shown is not that of the clock.
    """
    slots = scene.known.slots
    order = sorted(range(len(slots)), key=lambda place: slots[place].start)
    picked, texts = scene.reading.ordinal, scene.heard.texts
    if picked == 1 and any(map(_SOONER.search, texts)):
        return order[0] + 1
    return order[-1] + 1 if picked == LAST and any(map(_LATER.search, texts)) else None


def _named(scene: Scene, when: When) -> int | None:
    """Return the number of the one offered time that was named by its hour, and its day if one was said.

    A span ("она дома с 9 до 18") names no time: it says within which hours one may be chosen.
    """
    if when.grain not in _EXACT or when.end is not None:
        return None
    offered = [_local(scene, slot.start) for slot in scene.known.slots]
    is_bare = when in scene.reading.bare.times  # "в 14": of whichever day we offered
    matching = [
        number
        for number, start in enumerate(offered, start=1)
        if start == when.start or (is_bare and start.time() == when.start.time())
    ]
    return matching[0] if len(matching) == 1 else None


def _local(scene: Scene, moment: datetime) -> datetime:
    return moment.astimezone(scene.tx.zone).replace(tzinfo=None)


async def _queue(scene: Scene, request: SlotRequest) -> None:
    """Nobody is free in the next weeks: the request waits and is tried again by itself (A70)."""
    talk, tx, known = scene.talk, scene.tx, scene.known
    job = scene.live_job
    if job is None:
        job = await bookings.queue_job(
            tx, scene.script.market(talk), talk=talk, request=request, emergency=known.emergency
        )
        job.is_demo = scene.script.is_demo
        talk.job_id, scene.job = job.id, job
        is_licensed = bool(work.needs_of(job.faults))
        scene.say("client-slots-none-licensed" if is_licensed else "client-slots-none", number=job.number)
    elif job.state == JobState.QUOTED:
        say_still_none(scene, job)
    else:
        scene.say("client-slots-no-other", number=job.number)


def say_still_none(scene: Scene, job: JobRow) -> None:
    """Tell that the request still waits for a time, each time in other words."""
    is_again = scene.known.count("none") % 2
    scene.say("client-slots-still-none-again" if is_again else "client-slots-still-none", number=job.number)
