"""The client's talk: what happened, where, when, who; then a time with its price, held by one tap.

A turn is *hear → learn → warn → advance*. `advance` looks at what is missing and asks only that, so a
person may answer two questions at once, a later one first, or correct an earlier one.
"""

from dataclasses import replace
from typing import Any

from core.conversation import asking, booking, danger, small_talk, underway
from core.conversation.hearing import Heard
from core.conversation.known import Known
from core.conversation.learning import corrections, forget_past, learn
from core.conversation.scene import ASIDE, Scene
from core.conversation.script import Script, choice, pressed
from core.conversation.shown import show
from core.flows import jobs, payments
from core.flows.actor import Actor, ActorKind
from core.flows.refusals import told_in_words
from core.flows.tx import Tx
from core.kernel.job import JobState
from core.kernel.refusal import OldButton, QuoteExpired, Refusal, SlotGone, SlotTaken
from core.language.choose import Chosen, Question, choose
from core.meaning import Answer, Intent, Lang
from core.text.facts import Items
from storage.tables import JobRow, PersonRow, TalkRow

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
        if heard.choice:
            await self._press(scene, heard.choice)
            if talk.status == "abandoned":
                scene.open()
        else:
            await self._read(scene, is_first=is_first)
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

    def remind(self, tx: Tx, talk: TalkRow) -> bool:
        """Say that we are still here; one tap goes on, one ends it. Return whether that was said."""
        known = Known.of(talk.known)
        is_held = talk.job_id is not None  # the hold's own end is told by itself
        if talk.step == ASIDE or is_held:
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
        if scene.is_over and scene.live_job is None and known.earlier_job:
            scene.job = await tx.get(JobRow, known.earlier_job)  # the one that is still under way
        return scene

    # What is said in words

    async def _read(self, scene: Scene, *, is_first: bool) -> None:
        talk, known, reading, heard = scene.talk, scene.known, scene.reading, scene.heard
        if reading.confidence >= CONFIDENT:
            talk.lang = reading.lang.value
        self._come_back(scene)
        if is_first and reading.emergency is None:
            scene.say("client-hello", link=self._script.links.privacy)
        if reading.is_empty:
            await self._hear_nothing(scene, is_first=is_first)
            return
        question = Question(talk.step) if talk.step in set(Question) else None
        if scene.live_job is not None and question is None and reading.bare.address is not None:
            question = (
                Question.ADDRESS if reading.bare.address.street else None
            )  # "адрес другой: Горького 15"
        scene.said = choose(reading, question, choices=len(known.slots))
        is_over = scene.is_over or (scene.job is not None and scene.live_job is None)
        goes_on = not is_over or underway.begins_work(scene)
        before = known.model_copy(deep=True)
        learn(known, scene.said, heard)
        scene.corrected, scene.has_learnt = corrections(before, known), before != known
        if heard.media:
            scene.say("client-photo-thanks")
        must_wait = danger.warn(scene)
        if is_first and reading.emergency is not None:
            scene.say("client-consent", link=self._script.links.privacy)
        if must_wait or await self._is_plain_answer(scene):
            return
        if not goes_on:
            await self._answer_late(scene)
        elif not await small_talk.during(scene):
            await self.advance(scene)

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
            if not scene.is_over:
                await self.advance(scene)
        elif is_first and not scene.heard.texts:
            scene.known.count("problem")
            scene.say("client-ask-problem")
        elif scene.is_over:
            scene.say("client-fine")
        else:
            scene.say("client-empty")

    async def _is_plain_answer(self, scene: Scene) -> bool:
        """Take a bare yes or no to what we asked last. Return whether it was one."""
        known, answer = scene.known, scene.said.answer
        meant, known.yes_means = known.yes_means, None
        if await underway.agrees_to_amount(scene):
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
        await self.advance(scene)

    async def advance(self, scene: Scene) -> None:
        """Ask for the first thing that is missing; with nothing missing, seek a master."""
        if not asking.knows_problem(scene):
            return
        job, talk = scene.live_job, scene.talk
        if job is not None and job.state != JobState.QUOTED:
            await self._advance_underway(scene, job)
            return
        if scene.corrected:
            scene.say("client-noted", what=Items(scene.corrected))
        is_held = job is not None and await jobs.renew_quote(scene.tx, job)
        is_other_work = job is not None and scene.known.faults != list(job.faults)
        if not is_held or is_other_work:
            asking.tell_range(scene)
        if not is_held:
            if asking.is_elsewhere(scene) or not scene.known.has_address:
                asking.ask_address(scene)
            elif await booking.pick(scene):
                await self.settle(scene)
        elif is_other_work or talk.step == Question.SLOT or self._wants_other_time(scene):
            if await booking.pick(scene):
                await self.settle(scene)
        else:
            await self.settle(scene)

    async def _advance_underway(self, scene: Scene, job: JobRow) -> None:
        """A master is sought or found: another time was being chosen, or one more fault was told."""
        is_open = job.state == JobState.OPEN
        if is_open and scene.talk.step == Question.SLOT and scene.said.is_answer and not scene.said.frames:
            if await booking.pick(scene):
                await self.settle(scene)
        elif is_open and scene.known.faults != list(job.faults):
            asking.tell_range(scene)
            await booking.offer(scene)
        else:
            scene.close()
            await underway.answer(scene)

    def _wants_other_time(self, scene: Scene) -> bool:
        return Intent.MOVE in scene.intents or (bool(scene.said.times) and not scene.said.is_answer)

    # After the tap

    async def settle(self, scene: Scene) -> None:
        """Ask for what is still missing of a job whose time is held; with nothing missing, seek a master."""
        job, known, tx = scene.live_job, scene.known, scene.tx
        if job is None or job.state != JobState.QUOTED:
            return
        await jobs.learn(tx, job, name=known.name, phone=known.phone, address=known.address)
        await self._learn_person(scene)
        if not known.has_address:
            asking.ask_address(scene)
        elif needs := [part for part in ("name", "phone") if part in known.missing(has_time=True)]:
            asking.ask_contacts(scene, needs)
        else:
            scene.talk.step = "done"
            scene.close()
            await jobs.publish(tx, job, scene.talk)

    async def _learn_person(self, scene: Scene) -> None:
        known, talk = scene.known, scene.talk
        person = await scene.tx.get(PersonRow, talk.person_id) if talk.person_id else None
        if person is not None:
            person.name, person.phone = known.name or person.name, known.phone or person.phone
            person.email = known.email or person.email

    # What is pressed

    async def _press(self, scene: Scene, made: str) -> None:
        talk, known, tx = scene.talk, scene.known, scene.tx
        verb, thing, version = pressed(made)
        job = scene.live_job
        actor = Actor(ActorKind.CLIENT, talk.id)
        match verb:
            case "slot":
                await self._tap(scene, made)
            case "time":
                await self._tap_news(scene, thing)
            case "fault" if thing in self._script.library and (job is None or job.state == JobState.QUOTED):
                if job is None:
                    talk.job_id, scene.job = None, None
                booking.choose_fault(scene, thing)
                scene.open()
                await self.advance(scene)
            case "safe" if known.emergency is not None:
                scene.said = Chosen(is_answer=True, is_safe=True)
                if known.is_danger_over or not danger.be_safe(scene):
                    await self.advance(scene)
            case "notyet" if known.emergency is not None:
                danger.stay_out(scene)
            case "continue":
                known.asked = {}
                scene.open()
                scene.say("client-resume")
                await self.advance(scene)
            case "cancel":
                about = None if thing in ("talk", talk.id) else await tx.get(JobRow, thing)
                await small_talk.cancel(scene, about)
            case "keep":
                known.yes_means = None
                scene.say("client-keep")
            case "agree" if job is not None:
                payment = await payments.of_job(tx, thing, job.id)
                await payments.agree(
                    tx, payment=payment, job=job, is_agreed=version == "yes", actor=str(actor)
                )
            case _:
                raise OldButton

    async def _tap(self, scene: Scene, made: str) -> None:
        if await booking.take(scene, made):
            await self.settle(scene)
        elif scene.live_job is not None:
            scene.say("client-held-already", when=scene.live_job.starts_at)

    async def _tap_news(self, scene: Scene, thing: str) -> None:
        """A time that was offered in news: its job may not be the talk's last one."""
        actor = Actor(ActorKind.CLIENT, scene.talk.id)
        job = await jobs.take_time(scene.tx, object_id=thing, actor=actor)
        if job.id != scene.talk.job_id:
            return
        scene.known.slots = []
        if job.state == JobState.QUOTED:
            booking.say_held_job(scene, job)
            await self.settle(scene)
        else:
            scene.talk.step = "done"
            scene.close()


def language_of(text_lang: str | None, heard: Heard) -> Lang:
    """Return the language a talk begins in: asked for, else heard, else Russian."""
    if text_lang in {lang.value for lang in Lang}:
        return Lang(text_lang)
    return heard.reading.lang if heard.texts and not heard.reading.is_empty else Lang.RU
