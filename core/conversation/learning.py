"""What a turn teaches a client's talk. Pure: from what was said to what is known, and what it corrects."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import datetime, timedelta

from core.conversation.hearing import Heard
from core.conversation.known import ADDRESS_PARTS, Known, Wanted, Wish
from core.language.choose import Chosen
from core.meaning import Frame, Grain, Identity, Intent, Urgency
from core.text.facts import Named, phone

_MOBILE = "+79"  # how every mobile number of the country begins
NOW_WITHIN = timedelta(minutes=15)  # what was wished for "right now" is not over a moment later
_GRAVE = (Urgency.URGENT, Urgency.STANDARD, Urgency.FLEXIBLE)


def learn(known: Known, said: Chosen, heard: Heard, *, denied: Collection[str] = ()) -> None:
    """Keep everything that was said plainly; a later word wins over an earlier one.

    Args:
        denied: Things that turned out to be in order: "не розетка, а выключатель".
    """
    reading = heard.reading
    known.wanted = [job for job in known.wanted if job.object not in denied]
    _learn_problem(known, said, heard)
    _learn_who(known, said.identity)
    _learn_address(known, said.identity)
    if said.times:
        known.wishes = [Wish(start=when.start, end=when.end, grain=when.grain) for when in said.times]
    is_beside = not said.frames and bool({Intent.GREETING, Intent.PRICE} & reading.intents)
    is_choice = said.ordinal is not None  # "давайте первое" picks a time, and says nothing of haste
    if reading.urgency is not None and not (is_beside or is_choice):
        known.urgency = _graver(known.urgency, reading.urgency) if said.frames else reading.urgency
    if reading.emergency is not None:
        known.emergency, known.is_danger_over = reading.emergency, False
        known.urgency = Urgency.URGENT


def _learn_problem(known: Known, said: Chosen, heard: Heard) -> None:
    if not said.frames:
        return
    told = [_wanted(frame) for frame in said.frames]
    is_more_exact = not known.faults and any(job.fault or job.object for job in told)
    if is_more_exact or not known.wanted:
        trades = {job.trade for job in told}
        known.wanted = told + [job for job in known.wanted if job.object and job.trade not in trades]
    else:
        for job in told:
            is_more_work = job.fault is not None and job.fault not in known.faults
            if is_more_work or _is_of_another_trade(job, known):
                known.wanted.append(job)
    if len(heard.longest) > len(known.words):
        known.words = heard.longest


def _is_of_another_trade(job: Wanted, known: Known) -> bool:
    """Tell whether somebody else must come for it, and nobody of that trade is wanted yet."""
    return job.trade is not None and job.trade not in {each.trade for each in known.wanted}


def forget_problem(known: Known) -> None:
    """Begin with another job: who and where stay known, what and when do not."""
    known.wanted, known.unserved, known.words, known.unclear = [], [], "", ""
    known.later, known.shown, known.which = [], [], []
    known.guessed = None
    known.warranty_of = known.first_asked = None
    known.urgency = known.emergency = None
    known.is_danger_over = False
    known.wishes, known.slots, known.lines, known.range_of = [], [], [], []
    known.low_minor = known.high_minor = known.taken = known.yes_means = None
    known.asked = {}


def forget_past(known: Known, *, now_local: datetime) -> None:
    """After a long silence: what was wished for may be over, and the person may be asked anew."""
    known.wishes = [wish for wish in known.wishes if not is_past(wish, now_local=now_local)]
    known.asked = {}


def corrections(before: Known, after: Known) -> tuple[Named, ...]:
    """Return what was known otherwise before, to be told back."""
    found: list[Named] = []
    is_moved = any(before.address.get(part) not in (None, after.address.get(part)) for part in ADDRESS_PARTS)
    if is_moved and after.has_address:
        found.append(address_told(after.address))
    if before.phone and after.phone and before.phone != after.phone:
        found.append(Named("client-noted-phone", {"phone": phone(after.phone)}))
    if before.name and after.name and before.name != after.name:
        found.append(Named("client-noted-name", {"name": after.name}))
    return tuple(found)


def address_told(address: Mapping[str, str]) -> Named:
    """Return an address as it is told in one line."""
    return Named("job-address", {part: address.get(part) or "none" for part in ADDRESS_PARTS})


def _wanted(frame: Frame) -> Wanted:
    return Wanted(
        trade=frame.trade,
        object=frame.object,
        action=frame.action,
        fault=frame.fault,
        confidence=round(frame.confidence, 3),
    )


def _learn_who(known: Known, who: Identity) -> None:
    if name := " ".join(part for part in (who.first, who.patronymic, who.last) if part):
        known.name = name
    known.phone = _to_call(who) or known.phone
    known.email = who.email or known.email
    known.city = who.city or known.city
    known.district = who.district or known.district


def _to_call(who: Identity) -> str | None:
    """Of two numbers the mobile one: a master calls from the door, and nobody reads news on a landline."""
    is_mobile = who.phone2 is not None and who.phone2.startswith(_MOBILE)
    return who.phone2 if is_mobile and not (who.phone or "").startswith(_MOBILE) else who.phone


def _learn_address(known: Known, who: Identity) -> None:
    said = {f.name: getattr(who, f.name) for f in fields(Identity) if f.name in ADDRESS_PARTS}
    said = {part: str(value) for part, value in said.items() if value}
    moved = "street" in said and known.address.get("street") not in (None, said["street"])
    if moved and "house" in said:
        known.address = {}  # another house: the old flat and entrance are not its own
    known.address = {**known.address, **said}


def _graver(before: Urgency | None, now: Urgency) -> Urgency:
    return next(urgency for urgency in _GRAVE if urgency in (before, now))


def is_past(wish: Wish, *, now_local: datetime) -> bool:
    """Tell whether a wished time is over already; a whole day is over with its last minute."""
    if wish.grain is Grain.MINUTE and wish.end is None:
        return wish.start + NOW_WITHIN < now_local
    is_exact = wish.grain is Grain.HOUR and wish.end is None
    return (wish.start if is_exact else wish.end or wish.start) < now_local
