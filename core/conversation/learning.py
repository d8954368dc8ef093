"""What a turn teaches a client's talk. Pure: from what was said to what is known."""

from dataclasses import fields
from datetime import datetime

from core.conversation.hearing import Heard
from core.conversation.known import ADDRESS_PARTS, Known, Wanted, Wish
from core.language.choose import Chosen, Question
from core.meaning import Frame, Grain, Identity, Intent, Reading, Urgency

# A correction ("не розетка, а выключатель") replaces; another fault beside the first is added.
_CERTAIN = 0.6
_GRAVE = (Urgency.URGENT, Urgency.STANDARD, Urgency.FLEXIBLE)


def learn(known: Known, said: Chosen, heard: Heard, *, question: Question | None) -> None:
    """Keep everything that was said plainly; a later word wins over an earlier one."""
    reading = heard.reading
    _learn_problem(known, said, heard, question=question)
    _learn_who(known, said.identity)
    _learn_address(known, said.identity)
    if said.times:
        known.wishes = [Wish(start=when.start, end=when.end, grain=when.grain) for when in said.times]
    if reading.urgency is not None and (said.frames or Intent.GREETING not in reading.intents):
        known.urgency = _graver(known.urgency, reading.urgency) if said.frames else reading.urgency
    if reading.emergency is not None:
        known.emergency = reading.emergency
        known.urgency = Urgency.URGENT


def _learn_problem(known: Known, said: Chosen, heard: Heard, *, question: Question | None) -> None:
    if not said.frames:
        return
    told = [_wanted(frame) for frame in said.frames]
    is_more_exact = not known.faults and any(job.fault for job in told)
    if is_more_exact or not known.wanted:
        known.wanted = told
    elif question is Question.PROBLEM or any(job.fault for job in told):
        for job in told:
            if job.fault and job.fault not in known.faults:
                known.wanted.append(job)
    if len(heard.longest) > len(known.words):
        known.words = heard.longest


def forget_problem(known: Known) -> None:
    """Begin with another job: who and where stay known, what and when do not."""
    known.wanted, known.words, known.urgency, known.emergency = [], "", None, None
    known.is_danger_over = False
    known.wishes, known.slots, known.lines = [], [], []
    known.low_minor = known.high_minor = None
    known.asked = {}


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
    known.phone = who.phone or known.phone
    known.email = who.email or known.email
    known.city = who.city or known.city
    known.district = who.district or known.district


def _learn_address(known: Known, who: Identity) -> None:
    said = {f.name: getattr(who, f.name) for f in fields(Identity) if f.name in ADDRESS_PARTS}
    said = {part: str(value) for part, value in said.items() if value}
    moved = "street" in said and known.address.get("street") not in (None, said["street"])
    if moved and "house" in said:
        known.address = {}  # another house: the old flat and entrance are not its own
    known.address = {**known.address, **said}


def _graver(before: Urgency | None, now: Urgency) -> Urgency:
    return next(urgency for urgency in _GRAVE if urgency in (before, now))


def is_new_problem(reading: Reading) -> bool:
    """Tell whether the text plainly speaks of something to be mended."""
    return any(frame.confidence >= _CERTAIN for frame in reading.frames)


def is_past(wish: Wish, *, now_local: datetime) -> bool:
    """Tell whether a wished time is over already; a whole day is over with its last minute."""
    is_exact = wish.grain in (Grain.MINUTE, Grain.HOUR) and wish.end is None
    return (wish.start if is_exact else wish.end or wish.start) < now_local
