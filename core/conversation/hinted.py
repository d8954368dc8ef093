"""What a text says once the question is known and its first reading left something out (`again`)."""

from dataclasses import fields, replace

from core.conversation import again
from core.conversation.asides import Aside
from core.conversation.scene import Scene
from core.language.choose import Chosen, Question
from core.meaning import Identity

UNCLEAR_MAX = 60  # characters of half a sentence that waits for its other half


def hinted(scene: Scene, question: Question | None) -> Chosen:
    """Return what was said, with what the open question makes plain."""
    said = scene.said = _in_one_breath(scene)
    match question:
        case Question.PROBLEM:
            return _whole_problem(scene)
        case Question.ADDRESS if not said.is_answer and _says_nothing_else(scene):
            return _with_who(said, again.place(scene.heard.texts, lang=scene.lang))
        case Question.NAME | Question.NAME_PHONE if not said.identity.first and not said.frames:
            asks = scene.asides & {Aside.WHY_NAME, Aside.WHY_PHONE, Aside.HUMAN}
            return said if asks else _with_who(said, again.name(scene.heard.texts, lang=scene.lang))
        case Question.SLOT:
            return _any_time(scene)
        case _:
            return said


def _in_one_breath(scene: Scene) -> Chosen:
    """Read several quick messages as one text: "завтра", "Мира 5", "вечером" are one time and one place."""
    said, texts, tx = scene.said, scene.heard.texts, scene.tx
    if len(texts) < 2:  # noqa: PLR2004 - one message is one breath
        return said
    now_local = tx.now.astimezone(tx.zone).replace(tzinfo=None)
    times = again.times(texts, lang=scene.lang, now_local=now_local) if said.times else ()
    who = _filled(said.identity, again.who(texts, lang=scene.lang))
    return replace(said, identity=who, times=times or said.times)


def _whole_problem(scene: Scene) -> Chosen:
    """Put two halves together: a thing named before, and now what is wrong with it, or vice versa."""
    known, said, texts = scene.known, scene.said, scene.heard.texts
    if any(frame.fault for frame in said.frames):
        return said
    earlier = known.words if any(each.object for each in known.wanted) else known.unclear
    found = again.frames(earlier, texts, lang=scene.lang) if 0 < len(earlier) <= UNCLEAR_MAX else ()
    if scene.reading.clarify and not said.frames and said.answer is None:
        known.unclear = " ".join(texts)[:UNCLEAR_MAX]
    return replace(said, frames=found, is_answer=True) if found else said


def _any_time(scene: Scene) -> Chosen:
    """Take the first time for whoever does not mind; "and now?" names no time at all."""
    said = scene.said
    if Aside.NOW_WHAT in scene.asides:
        return replace(said, times=(), is_answer=False)
    minds_not = Aside.ANY in scene.asides and Aside.OTHER_TIMES not in scene.asides
    if minds_not and scene.known.slots and not said.times and said.ordinal is None:
        return replace(said, ordinal=1, is_answer=True)
    return said


def _says_nothing_else(scene: Scene) -> bool:
    said, reading = scene.said, scene.reading
    return not (
        said.frames or said.times or said.answer or reading.intents or reading.emergency or scene.asides
    )


def _with_who(said: Chosen, found: Identity | None) -> Chosen:
    if found is None:
        return said
    who = _filled(said.identity, found)
    return replace(said, identity=who, is_answer=True)


def _filled(known: Identity, more: Identity) -> Identity:
    """Return what is known, with its missing parts taken from more."""
    told = {part.name: value for part in fields(Identity) if (value := getattr(known, part.name))}
    return replace(more, **told)
