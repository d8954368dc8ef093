"""The conversation: takes every letter of a talk and hands it to the talk of its person."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from core.conversation.arriving import ARRIVE, FETCH, ROLES, Arrivals
from core.conversation.client import ClientTalk
from core.conversation.hearing import Heard, heard, shared
from core.conversation.master import MasterTalk
from core.conversation.owner import OwnerTalk
from core.conversation.recognising import Recognising
from core.conversation.scene import ASIDE
from core.conversation.script import Script, pressed
from core.conversation.typed import typed_button
from core.flows.owner import STEP as OWNER
from core.flows.tx import Letter, Tx
from core.kernel.offer import may_offer_at
from core.kernel.refusal import Refusal, UnknownThing
from core.meaning import Lang
from core.messages import HELD_CHANNELS, Role
from storage.queries import talks
from storage.tables import (
    BookingRow,
    JobRow,
    MasterRow,
    OfferRow,
    PaymentRow,
    PersonRow,
    Row,
    TalkRow,
)

R = TypeVar("R", bound=Row)

START, MESSAGE, REMIND, ABANDON = "talk-start", "talk-message", "talk-remind", "talk-abandon"
__all__ = ["ABANDON", "ARRIVE", "FETCH", "KINDS", "MESSAGE", "REMIND", "START", "Conversation", "Have"]

KINDS = (START, MESSAGE, REMIND, ABANDON, ARRIVE)


# What a button's object is, by its verb; the rest are on jobs or on nothing that must be loaded.
_ABOUT: Mapping[str, type[Row]] = {
    "accept": OfferRow,
    "decline": OfferRow,
    "agree": PaymentRow,
    "travel": JobRow,
    "arrive": JobRow,
    "start": JobRow,
    "finish": JobRow,
    "cancel": JobRow,
    "keep": JobRow,
    "rate": JobRow,
}
# What is done also while the owner has the floor: others wait for a deed, and a danger waits for nobody.
_DEEDS = frozenset({*_ABOUT, "safe", "notyet"})


class Have(Protocol):
    """Returns a loaded row, or None."""

    def __call__(self, kind: type[R], id: str, /) -> R | None:
        """Return the row of this kind and id if it is loaded."""
        ...


class _Talk(Protocol):
    """The talk of one of the two people."""

    def first_known(self, participant: dict[str, str]) -> dict[str, Any]:
        """Return what a talk knows when it begins."""
        ...

    async def hear(self, tx: Tx, talk: TalkRow, heard: Heard, *, is_first: bool = False) -> None:
        """Take one turn and answer it."""
        ...

    async def refuse(self, tx: Tx, talk: TalkRow, refusal: Refusal, heard: Heard) -> None:
        """Say why not."""
        ...

    async def overhear(self, tx: Tx, talk: TalkRow, heard: Heard) -> None:
        """Take a turn while the owner has the floor: only a danger is answered."""
        ...

    def remind(self, tx: Tx, talk: TalkRow) -> bool:
        """Say that we are still here. Return whether there was anything to say."""
        ...


class Conversation:
    """Handles letters of talks: begin, message, remind, abandon. Keeps nothing itself."""

    def __init__(self, script: Script) -> None:
        """Take what talks have at hand."""
        self._script = script
        self._talks: Mapping[Role, _Talk] = {Role.CLIENT: ClientTalk(script), Role.MASTER: MasterTalk(script)}
        self._owner = OwnerTalk(script)
        self._recognising = Recognising(script, self)
        self._arrivals = Arrivals(script, self, self._recognising)

    # What the pump asks before the transaction

    def needs(self, letter: Letter, have: Have) -> Mapping[type[Row], Collection[str]]:
        """Name the talk, then what hangs on it: the person, the master, the job, what a button is about."""
        talk_id = str(letter.payload["talk_id"])
        wanted: dict[type[Row], set[str]] = {TalkRow: {talk_id}}
        talk = have(TalkRow, talk_id)
        if talk is not None:
            _want(wanted, PersonRow, talk.person_id)
            _want(wanted, MasterRow, talk.master_id)
            _want(wanted, JobRow, talk.job_id)
        verb, thing, _ = pressed(str(letter.payload.get("choice") or ""))
        if kind := _ABOUT.get(verb):
            _want(wanted, kind, thing)
            about = have(kind, thing)
            if isinstance(about, OfferRow | PaymentRow | BookingRow):
                _want(wanted, JobRow, about.job_id)
                _want(wanted, MasterRow, about.master_id)
        for job in [have(JobRow, id) for id in sorted(wanted.get(JobRow, ()))]:
            if job is not None:
                _want(wanted, TalkRow, job.talk_id)
                _want(wanted, MasterRow, job.master_id)
                _want(wanted, PersonRow, job.client_id)
        return wanted

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Return what is to be looked at, and whose words they are."""
        payload = letter.payload
        words = str(payload.get("text") or "") or shared(payload)
        role = ROLES.get(str(payload.get("kind"))) or Role(payload.get("role") or Role.CLIENT)
        return (words[: self._script.words_read], role.value) if words else None

    # What it does in it

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Take one turn: begin a talk, hear a person, remind him, or close the talk."""
        letter = turn[0]
        if letter.kind == START:
            await self._arrivals.begin(tx, turn)
            return
        if letter.kind == ARRIVE:
            await self._arrivals.arrive(tx, turn)
            return
        talk = await self._talk(tx, letter)
        if letter.kind == REMIND:
            self._remind(tx, talk)
        elif letter.kind == ABANDON:
            self._abandon(tx, talk)
        else:
            await self.hear(tx, talk, heard(turn, lang=Lang(talk.lang)))

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """Say in the talk why not, and what can be done instead."""
        talk = await tx.get(TalkRow, str(turn[0].payload["talk_id"]))
        if talk is None:
            return
        words = heard(turn, lang=Lang(talk.lang))
        await self.write_down(tx, talk, words)
        await self._talks[Role(talk.role)].refuse(tx, talk, refusal, words)

    async def apologise(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Say that something of ours broke; the talk goes on."""
        talk = await tx.get(TalkRow, str(turn[0].payload["talk_id"]))
        if talk is not None:
            tx.say(talk, "talk-sorry")

    # Whoever arrives (arriving.py) and is known again (recognising.py) is heard here

    def first_known(self, role: Role, participant: dict[str, str]) -> dict[str, Any]:
        """Return what a talk knows when it begins with these contacts."""
        return self._talks[role].first_known(participant)

    async def hear(self, tx: Tx, talk: TalkRow, words: Heard, *, is_first: bool = False) -> None:
        """Write down what was said and answer it; while the owner has the floor only a deed is done."""
        await self.write_down(tx, talk, words)
        if talk.step == OWNER:
            await self._owner.hear(tx, talk, words)
            return
        if await self._owner.takes_code(tx, talk, words):
            self.stop_waiting(tx, talk)
            return
        if talk.held_at is not None and pressed(words.choice)[0] not in _DEEDS:
            await self.overhear(tx, talk, words)
            await self._owner.relay(tx, talk, words)
            tx.record("talk", talk.id, "heard", actor=f"{talk.role}:{talk.id}")
            talk.heard_at = tx.now
            return
        if not await self._recognising.before(tx, talk, words):
            await self.answer(tx, talk, words, is_first=is_first)
        talk.heard_at = tx.now
        self.wait(tx, talk)

    async def answer(self, tx: Tx, talk: TalkRow, words: Heard, *, is_first: bool = False) -> None:
        """Take a turn that is written down already."""
        words = words if is_first else await typed_button(tx, talk, words)
        await self._talks[Role(talk.role)].hear(tx, talk, words, is_first=is_first)

    async def overhear(self, tx: Tx, talk: TalkRow, words: Heard) -> None:
        """Take a turn while the owner has the floor: only a danger is answered."""
        await self._talks[Role(talk.role)].overhear(tx, talk, words)

    async def refuse_in(self, tx: Tx, talk: TalkRow, refusal: Refusal, words: Heard) -> None:
        """Say why not, in a turn that has changed something before."""
        await self._talks[Role(talk.role)].refuse(tx, talk, refusal, words)

    async def go_on(self, tx: Tx, talk: TalkRow, words: Heard | None) -> None:
        """Have the floor again: answer what was said meanwhile, if anything was, and wait as before."""
        if words is not None and not await self._recognising.before(tx, talk, words):
            await self.answer(tx, talk, words)
        self.wait(tx, talk)

    def stop_waiting(self, tx: Tx, talk: TalkRow) -> None:
        """Leave the floor to the owner: silence is his to break."""
        for kind in (REMIND, ABANDON):
            tx.cancel(f"talk:{talk.id}:{kind}")

    async def write_down(self, tx: Tx, talk: TalkRow, words: Heard) -> None:
        """Write down what was said; a press is told by its button's label, a correction as one."""
        for text in words.texts:
            tx.hear(talk, tx.words(talk.lang, "talk-edited", words=text) if words.is_edit else text)
        if words.choice and not words.texts:
            buttons = await talks.recent_buttons(tx.session, talk_id=talk.id)
            label = next((each["label"] for each in buttons if each["choice"] == words.choice), None)
            tx.hear(talk, label or "…")
        if words.media:
            tx.hear(talk, "", media=words.media)

    # Silence

    def wait(self, tx: Tx, talk: TalkRow) -> None:
        """Set the timers of silence anew; a talk that is over waits for nothing (L17)."""
        policy = self._script.market(talk).talk
        for kind, after in ((REMIND, policy.remind_after), (ABANDON, policy.abandon_after)):
            key = f"talk:{talk.id}:{kind}"
            if talk.status == "active" and talk.held_at is None:
                payload = {"talk_id": talk.id}
                tx.at(key=key, lane=f"chat:{talk.id}", when=tx.now + after, kind=kind, payload=payload)
            else:
                tx.cancel(key)

    def _remind(self, tx: Tx, talk: TalkRow) -> None:
        if talk.status != "active" or talk.held_at is not None:
            return
        morning = self._rings_at(tx, talk)
        if morning > tx.now:  # a messenger would wake him
            key = f"talk:{talk.id}:{REMIND}"
            tx.at(key=key, lane=f"chat:{talk.id}", when=morning, kind=REMIND, payload={"talk_id": talk.id})
            return
        self._talks[Role(talk.role)].remind(tx, talk)

    def _rings_at(self, tx: Tx, talk: TalkRow) -> datetime:
        """Return when something that can wait may ring at a person's: now, or after the quiet hours."""
        if talk.channel in HELD_CHANNELS:
            return tx.now
        rules = self._script.market(talk).offer_rules
        return may_offer_at(rules, now=tx.now, works_nights=False, zone=tx.zone)

    def _abandon(self, tx: Tx, talk: TalkRow) -> None:
        """Close a talk for silence. Who has left hears nothing more, and a job tells its own end."""
        if talk.status != "active" or talk.held_at is not None:
            return
        talk.status, talk.closed_at = "abandoned", tx.now
        tx.record("talk", talk.id, "abandoned", actor="timer", parties=[talk.id])
        has_left = talk.step == ASIDE or bool(talk.known.get("has_left"))
        if not has_left and talk.job_id is None and self._rings_at(tx, talk) == tx.now:
            tx.say(talk, "talk-abandoned", news=True)

    async def _talk(self, tx: Tx, letter: Letter) -> TalkRow:
        talk = await tx.get(TalkRow, str(letter.payload["talk_id"]))
        if talk is None:
            raise UnknownThing(thing="talk")
        return talk


def _want(wanted: dict[type[Row], set[str]], kind: type[Row], id: str | None) -> None:
    if id:
        wanted.setdefault(kind, set()).add(id)
