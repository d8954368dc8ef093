"""The client's talk: what happened, where, when, who; then a time with its price, held by one tap.

A turn is *hear → learn → warn → advance*. `advance` looks at what is missing and asks only that, so a
person may answer two questions at once, a later one first, or correct an earlier one.
"""

from dataclasses import replace
from typing import Any

from core.conversation import (
    afterwards,
    booking,
    danger,
    prices,
    several,
    small_talk,
    underway,
    unknown,
    which,
    works,
)
from core.conversation.asides import Aside, is_question
from core.conversation.hearing import Heard
from core.conversation.hinted import hinted
from core.conversation.known import Known
from core.conversation.learning import corrections, forget_past, learn
from core.conversation.pressing import press
from core.conversation.request import advance
from core.conversation.scene import ASIDE, Scene
from core.conversation.script import Script, choice, pressed
from core.conversation.shown import show
from core.flows.refusals import told_in_words
from core.flows.tx import Tx
from core.kernel.job import JobState
from core.kernel.refusal import OldButton, QuoteExpired, Refusal, SlotGone, SlotTaken
from core.language.choose import Question, choose
from core.meaning import Answer, Identity, Intent, Lang
from storage.tables import JobRow, TalkRow

SENTENCE_MIN = 2  # words that are enough to tell a language by
CONFIDENT = 0.5  # below this a text does not change the talk's language
_ABOUT_TIMES = ("slot", "time", "times")
_WITHOUT_MASTER = (JobState.QUOTED, JobState.OPEN)


class ClientTalk:
    """Talks with a client. Holds no state: everything known is in the talk's row."""

    def __init__(self, script: Script) -> None:
        """Take the script: markets, faults, links."""
        self._script = script

    async def hear(self, tx: Tx, talk: TalkRow, heard: Heard, *, is_first: bool = False) -> None:
        """Take one turn of the client and answer it."""
        scene = await self._scene(tx, talk, heard)
        booking.renew(scene)
        scene.known.has_left = False
        if heard.choice:
            await press(scene, heard.choice)
            if talk.status == "abandoned":
                scene.open()
        else:
            await self._read(scene, is_first=is_first)
        for job in filter(None, (scene.taken, scene.live_job)):
            works.remember(scene, job)
        talk.known = scene.known.model_dump(mode="json")
        tx.answer(show(scene))

    async def refuse(self, tx: Tx, talk: TalkRow, refusal: Refusal, heard: Heard) -> None:
        """Say why not; where a time or a price is gone, offer fresh ones at once."""
        scene = await self._scene(tx, talk, heard)
        job = scene.live_job
        verb, _, _ = pressed(heard.choice)
        may_choose = scene.known.faults and (job is None or job.state in _WITHOUT_MASTER)
        is_about_times = isinstance(refusal, OldButton) and verb in _ABOUT_TIMES
        if may_choose and (is_about_times or isinstance(refusal, QuoteExpired | SlotTaken | SlotGone)):
            assert isinstance(refusal, QuoteExpired | SlotTaken | SlotGone | OldButton)  # noqa: S101 - for the type
            await booking.explain(scene, refusal)
        else:
            scene.say(refusal.template, **told_in_words(refusal, self._script.market(talk)))
        talk.known = scene.known.model_dump(mode="json")
        tx.answer(show(scene))

    async def overhear(self, tx: Tx, talk: TalkRow, heard: Heard) -> None:
        """Take a turn while the owner has the floor: only a danger is answered, the rest is read later."""
        scene = await self._scene(tx, talk, heard)
        if heard.reading.emergency is not None:
            scene.known.emergency, scene.known.is_danger_over = heard.reading.emergency, False
            danger.warn(scene)
            talk.known = scene.known.model_dump(mode="json")
        tx.answer(show(scene))

    def remind(self, tx: Tx, talk: TalkRow) -> bool:
        """Say that we are still here; one tap goes on, one ends it. Return whether that was said."""
        known = Known.of(talk.known)
        is_held = talk.job_id is not None  # the hold's own end is told by itself
        if talk.step == ASIDE or is_held or known.has_left:
            return False
        choices = {"continue": choice("continue", talk.id), "cancel": choice("cancel", "talk")}
        tx.say(talk, "client-remind", news=True, choices=choices)
        known.yes_means = small_talk.RESUME
        talk.known = known.model_dump(mode="json")
        return True

    def first_known(self, participant: dict[str, str]) -> dict[str, Any]:
        """Return what a talk knows when it begins with these contacts."""
        return Known.model_validate(participant).model_dump(mode="json")

    async def _scene(self, tx: Tx, talk: TalkRow, heard: Heard) -> Scene:
        known = Known.of(talk.known)
        job = await tx.get(JobRow, talk.job_id) if talk.job_id else None
        scene = Scene(self._script, tx, talk, known, heard, job)
        await works.load_others(scene)
        if scene.is_over and scene.live_job is None and scene.others:
            scene.job = scene.others.pop()  # the one that is still under way
        return scene

    # What is said in words

    async def _read(self, scene: Scene, *, is_first: bool) -> None:
        talk, known, reading, heard = scene.talk, scene.known, scene.reading, scene.heard
        _take_language(scene)
        self._come_back(scene)
        if is_first and reading.emergency is None:
            scene.say("client-hello", link=self._script.links.privacy)
        if reading.is_empty:
            await self._hear_nothing(scene, is_first=is_first)
            return
        question = Question(talk.step) if talk.step in set(Question) else None
        if scene.live_job is not None and question is None and _is_address(reading.bare.address):
            question = Question.ADDRESS  # "адрес другой: Горького 15"
        scene.said = choose(reading, question, choices=len(known.slots))
        scene.said = hinted(scene, question)
        scene.said = unknown.answered(scene)
        scene.said = prices.asked_only(scene)
        if await afterwards.tells_more(scene) or await afterwards.rates(scene):
            return
        is_over = scene.is_over or (scene.job is not None and scene.live_job is None)
        goes_on = not is_over or await underway.begins_work(scene)
        before = known.model_copy(deep=True)
        learn(known, scene.said, heard, denied=scene.denied)
        scene.dropped = works.dropped(scene)
        works.set_apart(scene)
        scene.corrected, scene.has_learnt = corrections(before, known), before != known
        if heard.media:
            scene.say("client-photo-thanks")
            known.count("photo")
        must_wait = danger.warn(scene)
        if is_first and reading.emergency is not None:
            scene.say("client-consent", link=self._script.links.privacy)
        if must_wait or await self._is_plain_answer(scene):
            return
        if not goes_on:
            await self._answer_late(scene)
        elif not await small_talk.during(scene):
            await advance(scene)

    def _come_back(self, scene: Scene) -> None:
        """Go on where the talk was closed for silence; what has passed meanwhile is forgotten."""
        if scene.talk.status == "abandoned":
            scene.open()
            tx = scene.tx
            forget_past(scene.known, now_local=tx.now.astimezone(tx.zone).replace(tzinfo=None))

    async def _hear_nothing(self, scene: Scene, *, is_first: bool) -> None:
        """A photo, an emoji, or not a word at all."""
        if scene.heard.media:
            scene.say("client-photo-thanks")
            scene.known.count("photo")
            if not scene.is_over:
                await advance(scene)
        elif is_first and not scene.heard.texts:
            scene.known.count("problem")
            scene.say("client-ask-problem")
        elif scene.live_job is not None and is_question(scene.heard.texts):  # "???"
            small_talk.tell_status(scene)
        elif scene.is_over or scene.live_job is not None:
            scene.say("client-fine")
        elif scene.known.faults:
            await advance(scene)
        else:
            scene.say("client-empty")

    async def _is_plain_answer(self, scene: Scene) -> bool:  # noqa: PLR0911 - one return an answer
        """Take a bare yes or no to what we asked last. Return whether it was one."""
        known, answer = scene.known, scene.said.answer
        meant, known.yes_means = known.yes_means, None
        if await underway.agrees_to_amount(scene):
            return True
        if meant == which.REQUEST and await which.answers(scene):
            return True
        if meant in several.WHICH and await small_talk.answers_which(scene, meant):
            return True
        if meant == booking.FIRST and answer is Answer.YES and not scene.said.times:
            scene.said = replace(scene.said, ordinal=1)
            return False
        if (
            meant not in (small_talk.CANCEL, small_talk.RESUME)
            or scene.said.frames
            or answer not in (Answer.YES, Answer.NO)
        ):
            return False
        if meant == small_talk.RESUME:
            if answer is Answer.NO:
                small_talk.ask_to_cancel(scene)
                return True
            known.asked = {}
            return False
        if answer is Answer.YES:
            await small_talk.cancel(scene, scene.live_job)
        else:
            scene.say("client-keep")
        return True

    async def _answer_late(self, scene: Scene) -> None:
        """Nothing is open; but a job whose time was let go waits for another one."""
        job = scene.live_job
        leaves = {Intent.CANCEL, Intent.COMPLAINT, Intent.PRICE, Intent.STATUS, Intent.THANKS} & scene.intents
        if job is None or job.state != JobState.QUOTED or leaves:
            await underway.answer(scene)
            return
        scene.open()
        await advance(scene)


def language_of(text_lang: str | None, heard: Heard) -> Lang:
    """Return the language a talk begins in: asked for, else heard, else Russian."""
    if text_lang in {lang.value for lang in Lang}:
        return Lang(text_lang)
    return heard.reading.lang if heard.texts and not heard.reading.is_empty else Lang.RU


def _take_language(scene: Scene) -> None:
    """Go on in the language that is asked for, else in that of a sentence; a name or an address is none."""
    talk, reading = scene.talk, scene.reading
    wished = scene.asides & {Aside.ENGLISH, Aside.RUSSIAN}
    if len(wished) == 1:
        talk.lang = (Lang.EN if Aside.ENGLISH in wished else Lang.RU).value
        scene.is_aside_answered = True
        return
    words = sum(word.strip(".,!?").isalpha() for text in scene.heard.texts for word in text.split())
    tells = bool(reading.intents or reading.times) and words >= SENTENCE_MIN
    if tells or (reading.frames and reading.confidence >= CONFIDENT):
        talk.lang = reading.lang.value


def _is_address(bare: Identity | None) -> bool:
    return bare is not None and bool(bare.street and bare.house)
