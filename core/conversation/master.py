"""The master's talk: joining us first, then hours, jobs, money. One talk for all of it.

Whoever is not yet a master is asked for what is missing; afterwards the same talk takes his hours, his
answers to offers, his steps, his questions about money.
"""

from dataclasses import replace
from typing import Any

from core.conversation import joining, offered, proof, questions, workday
from core.conversation.again import Again
from core.conversation.danger import MUST_LEAVE
from core.conversation.errands import Errand, said
from core.conversation.hearing import Heard
from core.conversation.joining import TERMINAL
from core.conversation.master_scene import MasterScene
from core.conversation.newcomer import MasterKnown
from core.conversation.proof import CLAIM
from core.conversation.scene import ASIDE
from core.conversation.script import Script, pressed
from core.flows import terminals
from core.flows.refusals import told_in_words
from core.flows.tx import Tx
from core.kernel.refusal import OldButton, Refusal
from core.language.choose import Chosen, Question, choose
from core.meaning import Answer, Intent, Lang, LookContext
from core.messages import Role
from core.text.facts import Items
from storage.tables import MasterRow, TalkRow

_NO_HOURS = (Errand.MY_HOURS, Errand.PAUSE)
_TOLD_BACK_MIN = 2  # facts of the first words that are told back; later ones are if nobody asked for them
_ASKED_FOR = {
    Question.NAME: {"name"},
    Question.PHONE: {"phone"},
    Question.NAME_PHONE: {"name", "phone"},
    Question.CITY: {"city"},
    Question.TRADES: {"trade"},
    Question.YEARS: {"years", "papers"},
}
_SIGNS = {"+": Answer.YES, "-": Answer.NO}
_DODGES = (Answer.LATER, Answer.DONT_KNOW)


class MasterTalk:
    """Talks with a master. Holds no state: everything known is in rows."""

    def __init__(self, script: Script) -> None:
        """Take the script: markets, cities, links."""
        self._script = script

    def first_known(self, participant: dict[str, str]) -> dict[str, Any]:
        """Return what a talk knows when it begins with these contacts."""
        return MasterKnown.begun(participant).model_dump(mode="json")

    async def hear(self, tx: Tx, talk: TalkRow, heard: Heard, *, is_first: bool = False) -> None:
        """Take one turn of a master and answer it."""
        known = MasterKnown.model_validate(talk.known)
        master = await tx.get(MasterRow, talk.master_id) if talk.master_id else None
        heard = _with_sign(heard)
        words = said(heard.texts, lang=Lang(talk.lang))
        scene = MasterScene(self._script, tx, talk, known, heard, master=master, said=words)
        if heard.choice and not _is_yes_or_no(heard):
            await _press(scene, heard.choice)
        else:
            await _read(scene, is_first=is_first)
        if talk.status == "abandoned":
            talk.status, talk.closed_at = "active", None
        talk.known = scene.known.model_dump(mode="json")
        tx.answer(_show(talk, scene.known))

    async def refuse(self, tx: Tx, talk: TalkRow, refusal: Refusal, heard: Heard) -> None:
        """Say why not."""
        del heard
        tx.say(talk, refusal.template, **told_in_words(refusal, self._script.market(talk)))
        tx.answer(_show(talk, MasterKnown.model_validate(talk.known)))

    async def overhear(self, tx: Tx, talk: TalkRow, heard: Heard) -> None:
        """Take a turn while the owner has the floor: only a danger is answered, the rest is read later."""
        if heard.reading.emergency in MUST_LEAVE:
            tx.say(talk, f"danger-{heard.reading.emergency}")
        tx.answer(_show(talk, MasterKnown.model_validate(talk.known)))

    def remind(self, tx: Tx, talk: TalkRow) -> bool:
        """Say that we are still here, and what is open."""
        if talk.step == ASIDE:
            return False
        tx.say(talk, "master-remind", news=True, missing=MasterKnown.model_validate(talk.known).next_missing)
        return True


def _with_sign(heard: Heard) -> Heard:
    """Take a lone plus as a yes and a lone minus as a no."""
    answer = _SIGNS.get("".join(heard.texts).strip(" .!")[:1]) if heard.reading.is_empty else None
    return replace(heard, reading=replace(heard.reading, answer=answer, is_empty=False)) if answer else heard


def _is_yes_or_no(heard: Heard) -> bool:
    """Tell whether a label was written by hand that says no more than yes or no: words know what is open."""
    return bool(heard.texts) and heard.reading.answer in (Answer.YES, Answer.NO)


# What is said in words


async def _read(scene: MasterScene, *, is_first: bool) -> None:
    talk, reading = scene.talk, scene.reading
    if not is_first:
        scene.take_language()
    if is_first:
        scene.say("master-hello", percent=questions.percent(scene), link=scene.script.links.privacy)
    if reading.emergency in MUST_LEAVE:
        scene.say(f"danger-{reading.emergency}")
        return
    if scene.master is not None and scene.master.status != "draft":
        await workday.serve(scene)
        return
    if talk.step == CLAIM and await proof.take_code(scene):
        if scene.master is not None and scene.master.status == "draft":  # his record: go on with it
            await _go_on(scene)
        return
    await _join(scene, is_first=is_first)


async def _join(scene: MasterScene, *, is_first: bool) -> None:
    """Keep what a future master says, answer what he asks, and go on asking."""
    talk, known = scene.talk, scene.known
    was_abandoned = talk.status == "abandoned"
    question = Question(talk.step) if talk.step in set(Question) else None
    chosen = choose(scene.reading, question, choices=len(terminals.KINDS) if talk.step == TERMINAL else 0)
    if scene.said.is_question or scene.said.has(*_NO_HOURS):
        chosen = _without_hours(chosen)
    is_now = chosen.hours is not None and not scene.named_days
    if question is Question.YEARS and is_now and scene.said.has(Errand.PAPERS):
        chosen = _without_hours(chosen)  # "5 группа до 1000 В" is no time of day
    chosen = _with_name(scene, question, chosen)
    if scene.said.has(Errand.RUSSIAN, Errand.ENGLISH):  # "давайте по-русски" agrees to nothing else
        chosen = replace(chosen, answer=None)
    before = known.model_copy(deep=True)
    known.learn(chosen, scene.heard, scene.said, open_now=question, cities=scene.script.cities)
    if question is Question.CITY and known.city is None and chosen.answer is Answer.YES:
        known.city = scene.script.default_city
    if _goes_away(scene, question, chosen):
        return
    talk.status, talk.closed_at = "active", None
    has_answered = not is_first and await questions.answer(scene)
    facts, is_corrected = known.told(before)
    asked = _ASKED_FOR.get(question, set()) if question else set()
    beyond = [fact for fact in facts if fact.name.removeprefix("master-known-") not in asked]
    if is_corrected or len(beyond) >= (_TOLD_BACK_MIN if is_first else 1):
        scene.say("master-corrected" if is_corrected else "master-noted", what=Items(facts))
    elif was_abandoned and not facts:
        scene.say("master-back")
    _take_skips(scene, question, chosen, is_asking=has_answered or scene.said.is_question)
    await _go_on(scene, chosen)


async def _go_on(scene: MasterScene, chosen: Chosen | None = None) -> None:
    if not await proof.meet_record(scene):
        await joining.advance(scene, chosen)
    elif scene.master is not None and scene.master.status == "draft":
        await joining.advance(scene)


def _goes_away(scene: MasterScene, question: Question | None, chosen: Chosen) -> bool:
    """Close the talk with one who wants no work, or works elsewhere."""
    is_elsewhere = question is Question.CITY and scene.known.city is None and chosen.answer is Answer.NO
    if not is_elsewhere and Intent.CANCEL not in scene.intents:
        return False
    scene.talk.status, scene.talk.closed_at, scene.talk.step = "completed", scene.tx.now, ASIDE
    scene.say("master-not-here" if is_elsewhere else "master-not-now")
    return True


def _take_skips(scene: MasterScene, question: Question | None, chosen: Chosen, *, is_asking: bool) -> None:
    """Whoever passes over what may be passed over is not asked again; say why a phone cannot be."""
    known = scene.known
    is_dodged = scene.said.has(Errand.SKIP) or chosen.answer in _DODGES
    if is_asking:
        return
    if question is Question.YEARS and chosen.answer is not Answer.YES:  # "есть": which ones?
        known.skip("years")
        known.skip("papers")
    elif question is Question.NAME and known.first:
        known.skip("last")
    elif question in (Question.PHONE, Question.NAME_PHONE) and known.phone is None and is_dodged:
        scene.say("master-why-phone")


def _with_name(scene: MasterScene, question: Question | None, chosen: Chosen) -> Chosen:
    """Look once more for the name we asked for: "Иван Петров, электрик, завтра с 8" hides it among others."""
    looker, who = scene.script.looker, chosen.identity
    is_asked = question in (Question.NAME, Question.NAME_PHONE) and scene.known.first is None
    if not is_asked or looker is None or who.first or who.last or scene.said.is_question:
        return chosen
    now = scene.tx.now.astimezone(scene.tx.zone).replace(tzinfo=None)
    context = LookContext(now=now, role=Role.MASTER, lang=scene.reading.lang)
    found = Again(looker, context, scene.heard.texts).name()
    if found is None or scene.said.has(Errand.HUMAN, Errand.WHO):
        return chosen
    named = replace(who, first=found.first, patronymic=found.patronymic, last=found.last)
    return replace(chosen, identity=named)


def _without_hours(chosen: Chosen) -> Chosen:
    return replace(chosen, hours=None)


# What is pressed


async def _press(scene: MasterScene, made: str) -> None:
    verb, thing, version = pressed(made)
    match verb:
        case "city" if thing in scene.script.cities:
            scene.known.city = scene.known.city or thing
            await _go_on(scene)
        case "skip" if thing in scene.known.missing():
            scene.known.skip(thing)
            if thing == "years":
                scene.known.skip("papers")
            await _go_on(scene)
        case "terminal":
            await joining.give_terminal(scene, thing)
        case "accept" | "decline":
            await offered.press(scene, thing, is_yes=verb == "accept")
        case _ if scene.master is not None:
            await workday.press(scene, verb, thing, version)
        case _:
            raise OldButton


def _show(talk: TalkRow, known: MasterKnown) -> dict[str, Any]:
    shown = ("first", "patronymic", "last", "phone", "email", "city", "district", "years", "certificates")
    facts = known.model_dump(mode="json", include={*shown, "trades"})
    missing = [name for name in known.missing() if name not in ("last", "papers")]
    view = {
        "conversation_id": talk.id,
        "status": talk.status,
        "understood": {
            "category": known.trades[0].value if known.trades else None,
            "urgency": None,
            "emergency": None,
            "requests": [],
            "identity": {"name": known.name, **{key: value for key, value in facts.items() if value}},
            "time": [],
            "missing": missing if talk.status == "active" else [],
        },
    }
    return {**view, "master_id": talk.master_id} if talk.master_id else view
