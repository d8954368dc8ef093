"""What a text says once the question is known and its first reading left something out (`again`)."""

import re
from dataclasses import fields, replace
from datetime import date, datetime

from core.conversation.again import Again
from core.conversation.asides import Aside
from core.conversation.instead import denials, number_instead, without_denials
from core.conversation.scene import Scene
from core.language.choose import Chosen, Question
from core.meaning import Answer, Grain, Identity, LookContext, Urgency, When

_MORE = re.compile(r"\b(?:ещ[её]|также|тоже|also|too|another)\b", re.IGNORECASE)
UNCLEAR_MAX = 60  # characters of half a sentence that waits for its other half


def hinted(scene: Scene, question: Question | None) -> Chosen:
    """Return what was said, with what the open question makes plain."""
    again = _again(scene)
    if again is None:
        return scene.said
    said = scene.said = _with_number_instead(scene, _in_one_breath(scene, again))
    said = scene.said = _without_denied(scene, again)
    said = scene.said = _on_the_wished_day(scene, again)
    match question:
        case Question.PROBLEM:
            return _whole_problem(scene, again)
        case Question.ADDRESS:
            return _address(scene, again)
        case Question.NAME | Question.NAME_PHONE if not said.identity.first and not said.frames:
            asks = scene.asides & {Aside.WHY_NAME, Aside.WHY_PHONE, Aside.HUMAN}
            return said if asks else _with_who(said, again.name())
        case Question.SLOT:
            return _time(scene, again)
        case _:
            return said


def _again(scene: Scene) -> Again | None:
    looker, tx = scene.script.looker, scene.tx
    if looker is None:
        return None
    now_local = tx.now.astimezone(tx.zone).replace(tzinfo=None)
    return Again(looker, LookContext(now=now_local, lang=scene.reading.lang), scene.heard.texts)


def _in_one_breath(scene: Scene, again: Again) -> Chosen:
    """Read several quick messages as one text: "завтра", "Мира 5", "вечером" are one time and one place."""
    said = scene.said
    if len(again.texts) < 2:  # noqa: PLR2004 - one message is one breath
        return said
    whole = again.whole()
    times = whole.times if said.times else ()
    who = _filled(said.identity, whole.identity)
    is_answer = said.is_answer or who != said.identity
    return replace(said, identity=who, times=times or said.times, is_answer=is_answer)


def _without_denied(scene: Scene, again: Again) -> Chosen:
    """Leave out what is named only to be denied, if something else is named instead."""
    said, known = scene.said, scene.known
    is_note = Aside.TELL_MASTER in scene.asides and bool(known.faults)
    if is_note and not _MORE.search(" ".join(scene.heard.texts)):
        return replace(said, frames=())  # "скажите мастеру, домофон не работает" orders no work
    denied = denials(scene.heard.texts, again)
    if not denied:
        return said
    rest = again.things_in(without_denials(scene.heard.texts, denied))
    left = tuple(frame for frame in (rest or said.frames) if frame.object not in denied.values())
    if not any(frame.object for frame in left):
        return said
    scene.denied = frozenset(denied.values())
    return replace(said, frames=left)


def _with_number_instead(scene: Scene, said: Chosen) -> Chosen:
    """Take "дом не 5, а 7" and "не 30, а 29", where the reader saw no more than two numbers."""
    who = said.identity
    if said.times or any((who.street, who.house, who.flat, who.phone)):
        return said
    job = scene.live_job
    starts_at = job.starts_at if job is not None else None
    chosen = starts_at.astimezone(scene.tx.zone).replace(tzinfo=None) if starts_at else None
    found = number_instead(scene.heard.texts, scene.known, chosen=chosen)
    if found is None:
        return said
    return replace(
        said,
        identity=_filled(who, found.identity),
        times=found.times,
        answer=None,
        ordinal=None,
        is_answer=True,
    )


def _whole_problem(scene: Scene, again: Again) -> Chosen:
    """Put two halves together: a thing named before, and now what is wrong with it, or vice versa."""
    known, said, bare = scene.known, scene.said, scene.reading.bare.address
    if any(frame.fault for frame in said.frames):
        return said
    if bare is not None and bare.street and bare.house and _says_nothing_else(scene):
        return replace(said, identity=_filled(said.identity, bare))  # an answer to a later question
    earlier = known.words if any(each.object for each in known.wanted) else known.unclear
    is_beside = bool(scene.asides or scene.reading.intents)  # "сколько всё вместе?" is no other half
    found = again.frames(earlier) if 0 < len(earlier) <= UNCLEAR_MAX and not is_beside else ()
    if scene.reading.clarify and not said.frames and said.answer is None:
        known.unclear = " ".join(again.texts)[:UNCLEAR_MAX]
    return replace(said, frames=found, is_answer=True) if found else said


def _on_the_wished_day(scene: Scene, again: Again) -> Chosen:
    """Take a part of a day for one of the day wished for before: "в четверг", and later "утром"."""
    said, wishes, job = scene.said, scene.known.wishes, scene.live_job
    if Aside.SAME_TIME in scene.asides and job is not None and job.starts_at is not None:
        hour = job.starts_at.astimezone(scene.tx.zone).time()
        starts = [when.start for when in said.times if when.grain is Grain.DAY]
        same = tuple(When(datetime.combine(start.date(), hour), None, Grain.HOUR) for start in starts)
        return replace(said, times=same or said.times)
    exact = (Grain.HOUR, Grain.MINUTE)
    if not said.times or not wishes or Aside.TODAY in scene.asides:
        return said
    today = again.context.now.date()
    days = {wish.start.date() for wish in wishes}
    is_of_any_day = all(when.grain in exact for when in said.times) and again.names_no_day()
    if len(days) != 1 or not is_of_any_day or (day := days.pop()) <= today:
        return said
    moved = tuple(_on(day, when) for when in said.times)
    return replace(said, times=moved)


def _on(day: date, when: When) -> When:
    start = datetime.combine(day, when.start.time())
    return replace(when, start=start, end=when.end and when.end + (start - when.start))


def _time(scene: Scene, again: Again) -> Chosen:
    """Take a time, or the name that we asked for before other times were looked at."""
    said, job = scene.said, scene.live_job
    if said.answer is Answer.NO and not said.times and (instead := again.after_no()):
        said = scene.said = replace(said, times=instead, answer=None, is_answer=True)
    is_named = job is not None and scene.known.name is None and not said.is_answer
    return _with_who(said, again.name()) if is_named and _says_nothing_else(scene) else _any_time(scene)


def _any_time(scene: Scene) -> Chosen:
    """Take the cheapest time for whoever does not mind, the first for whoever is in a hurry.

    "And now?" names no time at all.
    """
    said = scene.said
    if Aside.NOW_WHAT in scene.asides:
        return replace(said, times=(), is_answer=False)
    slots = scene.known.slots
    minds_not = bool({Aside.ANY, Aside.SOONEST} & scene.asides) and Aside.OTHER_TIMES not in scene.asides
    if not minds_not or not slots or said.times or said.ordinal is not None:
        return said
    is_hasty = Aside.SOONEST in scene.asides or scene.known.urgency is Urgency.URGENT
    taken = min(slots, key=lambda slot: slot.start if is_hasty else slot.price_minor)
    return replace(said, ordinal=slots.index(taken) + 1, is_answer=True)


def _address(scene: Scene, again: Again) -> Chosen:
    said = scene.said
    if _is_doubtful_street(scene):
        return replace(said, identity=scene.reading.identity, is_answer=False)
    is_inside = any((said.identity.entrance, said.identity.floor, said.identity.intercom))
    is_open = not (said.is_answer or is_inside) and _says_nothing_else(scene)
    return _with_who(said, again.place()) if is_open else said


def _is_doubtful_street(scene: Scene) -> bool:
    """Tell whether words without a mark and without a house are a street only because we asked for one."""
    said, plain = scene.said.identity, scene.reading.identity
    if not said.street or plain.street is not None or said.house is not None:
        return False
    is_thing = any(said.street.casefold() in frame.words.casefold() for frame in scene.reading.frames)
    asks = any("?" in text for text in scene.heard.texts)  # "а када смогете?"
    return is_thing or asks or bool(scene.reading.intents or scene.asides)


def _says_nothing_else(scene: Scene) -> bool:
    said, reading = scene.said, scene.reading
    is_meant_otherwise = said.frames or said.times or reading.intents or reading.emergency or scene.asides
    return not is_meant_otherwise and not scene.heard.texts[-1].rstrip().endswith("?")


def _with_who(said: Chosen, found: Identity | None) -> Chosen:
    if found is None:
        return said
    return replace(said, identity=_filled(said.identity, found), is_answer=True)


def _filled(known: Identity, more: Identity) -> Identity:
    """Return what is known, with its missing parts taken from more."""
    told = {part.name: value for part in fields(Identity) if (value := getattr(known, part.name))}
    return replace(more, **told)
