"""The client's talk: what happened, where, when, who; then a time with its price, held by one tap.

A turn is *hear → learn → advance*. `advance` looks at what is missing and asks only that, so a
person may answer two questions at once, a later one first, or correct an earlier one.
"""

from typing import Any

from core.conversation import booking, small_talk
from core.conversation.hearing import Heard
from core.conversation.known import Known
from core.conversation.learning import forget_problem, learn
from core.conversation.script import Script, choice, pressed, say_refusal, title
from core.conversation.shown import show
from core.flows import jobs
from core.flows.actor import Actor, ActorKind
from core.flows.tx import Choice, Tx
from core.kernel.job import FINAL, JobState
from core.kernel.refusal import OldButton, QuoteExpired, Refusal, SlotGone, SlotTaken, StepNotAllowed
from core.language.choose import Chosen, Question, choose
from core.meaning import Emergency, Lang
from core.text.facts import Named, PriceRange
from storage.tables import JobRow, PersonRow, TalkRow

CONFIDENT = 0.5  # below this a text does not change the talk's language
ASKED_MAX = 3  # the same thing is asked in other words at most this often, then shown as buttons

# After these words nobody is asked about sockets: people leave first.
_MUST_LEAVE = (Emergency.GAS, Emergency.CO, Emergency.FIRE)


class ClientTalk:
    """Talks with a client. Holds no state: everything known is in the talk's row."""

    def __init__(self, script: Script) -> None:
        """Take the script: markets, faults, links."""
        self._script = script

    async def hear(self, tx: Tx, talk: TalkRow, heard: Heard, *, is_first: bool = False) -> None:
        """Take one turn of the client and answer it."""
        known = Known.of(talk.known)
        job = await tx.get(JobRow, talk.job_id) if talk.job_id else None
        booking.renew(self._script, tx, talk, known)
        if heard.choice:
            await self._press(tx, talk, known, job, heard.choice)
        else:
            await self._read(tx, talk, known, job, heard, is_first=is_first)
        if is_first:
            tx.say(talk, "client-consent", link=self._script.links.privacy)
        talk.known = known.model_dump(mode="json")
        job = await tx.get(JobRow, talk.job_id) if talk.job_id else None
        tx.answer(show(self._script, tx, talk, known, job))

    # What is said in words

    async def _read(
        self, tx: Tx, talk: TalkRow, known: Known, job: JobRow | None, heard: Heard, *, is_first: bool
    ) -> None:
        reading = heard.reading
        if reading.confidence >= CONFIDENT:
            talk.lang = reading.lang.value
        if is_first and reading.is_empty and not heard.texts:
            tx.say(talk, "client-hello")
            return
        if heard.media:
            tx.say(talk, "client-photo-thanks")
        if reading.is_empty and heard.texts:
            tx.say(talk, "client-empty")
            return
        question = _question(talk)
        said = choose(reading, question, choices=len(known.slots))
        if talk.status != "active" and not said.frames:
            await small_talk.after(self._script, tx, talk, known, job, reading)
            return
        if talk.status != "active" or (job is not None and JobState(job.state) in FINAL):
            forget_problem(known)
            talk.status, talk.job_id, talk.closed_at, job = "active", None, None, None
        learn(known, said, heard, question=question)
        if await small_talk.during(self._script, tx, talk, known, job, reading, said):
            return
        await self._advance(tx, talk, known, job, said, is_news=reading.emergency is not None)

    async def _advance(
        self,
        tx: Tx,
        talk: TalkRow,
        known: Known,
        job: JobRow | None,
        said: Chosen,
        *,
        is_news: bool = False,
    ) -> None:
        if self._warn(tx, talk, known, said, is_news=is_news):
            return
        if not self._knows_problem(tx, talk, known, said):
            return
        if job is None or job.starts_at is None:
            self._tell_range(tx, talk, known)
            if not known.has_address:
                self._ask_address(tx, talk, known)
                return
            if await booking.pick(self._script, tx, talk, known, said):
                await self.settle(tx, talk, known)
            return
        is_other_work = job.state == JobState.QUOTED and known.faults != list(job.faults)
        if is_other_work:
            self._tell_range(tx, talk, known)
        if is_other_work or (said.times and job.state == JobState.QUOTED):
            await booking.offer(self._script, tx, talk, known)
            return
        await self.settle(tx, talk, known)

    # Danger first

    def _warn(self, tx: Tx, talk: TalkRow, known: Known, said: Chosen, *, is_news: bool) -> bool:
        """Say the safety words. Return whether the talk must wait until people are safe."""
        danger = known.emergency
        if danger is None or known.is_danger_over:
            return False
        if danger not in _MUST_LEAVE:
            if is_news:
                tx.say(talk, f"danger-{danger}")
            return False
        if said.is_safe is True and talk.step == Question.SAFE:
            return self._is_safe(tx, talk, known)
        name = f"danger-{danger}" if is_news or talk.step != Question.SAFE else "danger-still"
        tx.say(talk, name, choices={"safe": choice("safe", talk.id), "not_yet": choice("notyet", talk.id)})
        talk.step = Question.SAFE
        return True

    def _is_safe(self, tx: Tx, talk: TalkRow, known: Known) -> bool:
        known.is_danger_over = True
        talk.step = Question.PROBLEM
        if not known.wanted or known.trade is None:
            tx.say(talk, "danger-no-job")
            return True
        return False

    # What is broken

    def _knows_problem(self, tx: Tx, talk: TalkRow, known: Known, said: Chosen) -> bool:
        talk.step = talk.step if known.faults else Question.PROBLEM
        if self._drop_unserved(tx, talk, known):
            talk.step = Question.PROBLEM
            return False
        if known.faults:
            return True
        return self._ask_problem(tx, talk, known, said)

    def _drop_unserved(self, tx: Tx, talk: TalkRow, known: Known) -> bool:
        """Say what nobody here can do yet. Return whether that was all that was wanted."""
        served = self._script.market(talk).trades.served
        ours = [wanted for wanted in known.wanted if wanted.trade is None or wanted.trade in served]
        if len(ours) == len(known.wanted):
            return False
        tx.say(talk, "client-trade-not-yet")
        known.wanted = ours
        return not ours

    def _ask_problem(self, tx: Tx, talk: TalkRow, known: Known, said: Chosen) -> bool:
        before = known.count("problem")
        if known.wanted and known.wanted[0].object and not before:
            self._show_faults(tx, talk, "client-choose-fault")
        elif known.wanted:
            self._show_faults(tx, talk, "client-fault-not-yet")
        elif before == 0 and talk.status == "active" and not known.words:
            if said.is_answer or not known.asked.get("hello"):
                tx.say(talk, "client-ask-problem")
        else:
            self._show_faults(tx, talk, "client-ask-problem-again")
        return False

    def _show_faults(self, tx: Tx, talk: TalkRow, name: str) -> None:
        faults = self._script.faults_of(talk)
        buttons = [
            Choice("client-fault-button", choice("fault", fault.id), {"fault": title(fault, talk)})
            for fault in faults
        ]
        tx.say(talk, name, buttons=buttons)

    # What it costs, roughly; where it is

    def _tell_range(self, tx: Tx, talk: TalkRow, known: Known) -> None:
        before = (known.low_minor, known.high_minor)
        estimate = booking.estimate(self._script, talk, known)
        if before == (known.low_minor, known.high_minor):
            return
        titles = [title(self._script.library.fault(fault), talk) for fault in known.faults]
        tx.say(
            talk,
            "client-range-several" if len(titles) > 1 else "client-range",
            fault=", ".join(titles),
            range=PriceRange(estimate.low, estimate.high),
            shortest=estimate.shortest,
            longest=estimate.longest,
        )

    def _ask_address(self, tx: Tx, talk: TalkRow, known: Known) -> None:
        talk.step = Question.ADDRESS
        before = known.count("address")
        if street := known.address.get("street"):
            tx.say(talk, "client-ask-house", street=street)
        elif before:
            tx.say(talk, "client-ask-address-again")
        else:
            tx.say(talk, "client-ask-address-only" if known.wishes else "client-ask-address")

    # After the tap

    async def settle(self, tx: Tx, talk: TalkRow, known: Known) -> None:
        """Ask for what is still missing of a job whose time is held; with nothing missing, seek a master."""
        job = await tx.get(JobRow, talk.job_id) if talk.job_id else None
        if job is None or job.state != JobState.QUOTED:
            return
        await jobs.learn(tx, job, name=known.name, phone=known.phone, address=known.address)
        await self._learn_person(tx, talk, known)
        await jobs.renew_quote(tx, job)
        needs = [part for part in ("name", "phone") if part in known.missing(has_time=True)]
        if not known.has_address:
            self._ask_address(tx, talk, known)
            return
        if needs:
            talk.step = Question.NAME_PHONE if len(needs) > 1 else Question(needs[0])
            name = "client-ask-contacts-again" if known.count("contacts") else "client-ask-contacts"
            tx.say(talk, name, needs=needs[0] if len(needs) == 1 else "both")
            return
        talk.step = "done"
        talk.status, talk.closed_at = "completed", tx.now
        await jobs.publish(tx, job, talk)

    async def _learn_person(self, tx: Tx, talk: TalkRow, known: Known) -> None:
        person = await tx.get(PersonRow, talk.person_id) if talk.person_id else None
        if person is not None:
            person.name, person.phone = known.name or person.name, known.phone or person.phone
            person.email = known.email or person.email

    # What cannot be

    async def refuse(self, tx: Tx, talk: TalkRow, refusal: Refusal) -> None:
        """Say why not; where a time or a price is gone, offer fresh ones at once."""
        known = Known.of(talk.known)
        job = await tx.get(JobRow, talk.job_id) if talk.job_id else None
        match refusal:
            case QuoteExpired():
                again = {"again": choice("times", talk.id)}
                tx.say(talk, refusal.template, choices=again, expired_at=refusal.expired_at)
            case SlotTaken() | SlotGone():
                name = "client-slots-taken" if isinstance(refusal, SlotTaken) else "client-slots-stale"
                await booking.offer(self._script, tx, talk, known, name=name)
                talk.known = known.model_dump(mode="json")
            case StepNotAllowed():
                state = Named(f"status-{self._script.market(talk).public_name(JobState(refusal.state))}")
                tx.say(talk, refusal.template, state=state)
            case _:
                say_refusal(tx, talk, refusal)
        tx.answer(show(self._script, tx, talk, known, job))

    def remind(self, tx: Tx, talk: TalkRow) -> None:
        """Say that we are still here; one tap goes on, one ends it."""
        choices = {"continue": choice("continue", talk.id), "cancel": choice("cancel", talk.job_id or "talk")}
        tx.say(talk, "client-remind", news=True, choices=choices)

    def first_known(self, participant: dict[str, str]) -> dict[str, Any]:
        """Return what a talk knows when it begins with these contacts."""
        return Known.model_validate(participant).model_dump(mode="json")

    # What is pressed

    async def _press(
        self, tx: Tx, talk: TalkRow, known: Known, job: JobRow | None, pressed_choice: str
    ) -> None:
        verb, thing, _version = pressed(pressed_choice)
        nothing = Chosen(is_answer=False)
        match verb:
            case "slot":
                await booking.take(self._script, tx, talk, known, pressed_choice)
                await self.settle(tx, talk, known)
            case "time":
                await jobs.take_time(tx, object_id=thing, actor=Actor(ActorKind.CLIENT, talk.id))
            case "times" if known.faults:
                await booking.offer(self._script, tx, talk, known)
            case "fault" if talk.job_id is None and thing in self._script.library:
                booking.choose_fault(self._script, known, thing)
                await self._advance(tx, talk, known, job, nothing)
            case "safe" if known.emergency is not None:
                talk.step = Question.SAFE
                await self._advance(tx, talk, known, job, Chosen(is_answer=True, is_safe=True))
            case "notyet" if known.emergency is not None:
                tx.say(
                    talk,
                    "danger-still",
                    choices={"safe": choice("safe", talk.id), "not_yet": choice("notyet", talk.id)},
                )
            case "continue":
                tx.say(talk, "client-resume")
                await self._advance(tx, talk, known, job, nothing)
            case _:
                if not await small_talk.press(self._script, tx, talk, known, job, pressed_choice):
                    raise OldButton


def _question(talk: TalkRow) -> Question | None:
    return Question(talk.step) if talk.step in set(Question) else None


def language_of(text_lang: str | None, heard: Heard) -> Lang:
    """Return the language a talk begins in: asked for, else heard, else Russian."""
    if text_lang in {lang.value for lang in Lang}:
        return Lang(text_lang)
    return heard.reading.lang if heard.texts and not heard.reading.is_empty else Lang.RU
