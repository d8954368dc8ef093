"""The conversation: takes every letter of a talk and hands it to the talk of its person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from core.conversation import doors
from core.conversation.client import ClientTalk, language_of
from core.conversation.hearing import Heard, heard, shared
from core.conversation.master import MasterTalk
from core.conversation.scene import ASIDE
from core.conversation.script import Script, choice, pressed
from core.flows.tx import Letter, Tx
from core.kernel.refusal import Refusal, UnknownThing
from core.meaning import Lang
from core.messages import NUMBERED_CHANNELS, Role
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
ARRIVE = "talk-arrive"  # by a door that pushes: the first one begins the talk
KINDS = (START, MESSAGE, REMIND, ABANDON, ARRIVE)
FETCH = "fetch"  # the effect that gets a file which came by such a door

LABEL_MAX = 32  # characters of a button's label
PART_MIN = 5  # of a part of it
_NOT = frozenset({"не", "нет", "not", "cannot"})

ROLES = {"client_request": Role.CLIENT, "master_onboarding": Role.MASTER}

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
            await self._begin(tx, turn)
            return
        if letter.kind == ARRIVE:
            await self._arrive(tx, turn)
            return
        talk = await self._talk(tx, letter)
        if letter.kind == REMIND:
            self._remind(tx, talk)
        elif letter.kind == ABANDON:
            self._abandon(tx, talk)
        else:
            await self._hear(tx, talk, heard(turn, lang=Lang(talk.lang)))

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """Say in the talk why not, and what can be done instead."""
        talk = await tx.get(TalkRow, str(turn[0].payload["talk_id"]))
        if talk is None:
            return
        words = heard(turn, lang=Lang(talk.lang))
        await self._write_down(tx, talk, words)
        await self._talks[Role(talk.role)].refuse(tx, talk, refusal, words)

    async def apologise(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Say that something of ours broke; the talk goes on."""
        talk = await tx.get(TalkRow, str(turn[0].payload["talk_id"]))
        if talk is not None:
            tx.say(talk, "talk-sorry")

    async def _arrive(self, tx: Tx, turn: Sequence[Letter]) -> None:
        """Hear what came by a door that pushes. Files are fetched first, and come again once they are kept."""
        for letter in turn:
            if letter.payload.get("attachments"):
                lane = f"fetch:{letter.payload['talk_id']}"
                tx.effect(FETCH, lane=lane, payload={**letter.payload, "message": letter.id})
        rest = [letter for letter in turn if not letter.payload.get("attachments")]
        if not rest:
            return
        talk = await tx.get(TalkRow, str(rest[0].payload["talk_id"]))
        if talk is None:
            await self._begin(tx, rest)
            return
        last = rest[-1].payload
        talk.thread, talk.shut_at = last.get("thread") or talk.thread, None
        words = heard(rest, lang=Lang(talk.lang))
        if any(letter.payload.get("lost") for letter in rest):
            tx.say(talk, "talk-media-lost")
            if not words.texts and not words.media:
                return
        if not words.texts and not words.media and not words.choice:  # he pressed "start" again
            words = replace(words, choice=choice("continue", talk.id))
        await self._hear(tx, talk, words)

    async def _begin(self, tx: Tx, turn: Sequence[Letter]) -> None:
        payload = turn[0].payload
        words = heard(turn, lang=Lang.RU)
        role = ROLES[str(payload["kind"])]
        talk = TalkRow(
            id=str(payload["talk_id"]),
            kind=str(payload["kind"]),
            role=role.value,
            market=str(payload["market"]),
            lang=language_of(payload.get("lang"), words).value,
            channel=str(payload["channel"]),
            chat_id=str(payload["chat_id"]),
            source=payload.get("source"),
            thread=payload.get("thread"),
            status="active",
            step="problem" if role is Role.CLIENT else "name_phone",
            known=self._talks[role].first_known(_participant(payload)),
            heard_at=tx.now,
            created_at=tx.now,
        )
        earlier = await self._earlier(tx, payload) if role is Role.CLIENT else None
        if earlier is not None:
            await doors.move(tx, earlier, talk)
        elif role is Role.CLIENT:
            talk.person_id = self._meet(tx, talk)
        tx.add(talk)
        tx.record("talk", talk.id, "begun", actor=f"{role}:{talk.id}", parties=[talk.id], source=talk.source)
        if earlier is None:
            await self._hear(tx, talk, words, is_first=True)
            return
        tx.say(talk, "client-continued", link=self._script.links.privacy)
        goes_on = words if words.texts or words.media else replace(words, choice=choice("continue", talk.id))
        await self._write_down(tx, talk, words)
        await self._talks[role].hear(tx, talk, goes_on)
        self._wait(tx, talk)

    async def _earlier(self, tx: Tx, payload: Mapping[str, Any]) -> TalkRow | None:
        """Return the talk that goes on here: its phone is the one this door has verified."""
        given = payload.get("participant") or {}
        phone, market = given.get("phone"), str(payload["market"])
        if not given.get("is_verified") or not phone:
            return None
        since = tx.now - doors.REMEMBERED
        found = await talks.latest_of_phone(tx.session, phone=str(phone), market=market, since=since)
        return await tx.get(TalkRow, found) if found else None

    def _meet(self, tx: Tx, talk: TalkRow) -> str:
        """Make the client's own row, with the moment of the consent that the first words carry (152-FZ)."""
        person = PersonRow(id=tx.id(), lang=talk.lang, consent_at=tx.now, created_at=tx.now)
        tx.add(person)
        return person.id

    async def _hear(self, tx: Tx, talk: TalkRow, words: Heard, *, is_first: bool = False) -> None:
        await self._write_down(tx, talk, words)
        if talk.held_at is not None and pressed(words.choice)[0] not in _DEEDS:
            await self._talks[Role(talk.role)].overhear(tx, talk, words)
            tx.record("talk", talk.id, "heard", actor=f"{talk.role}:{talk.id}")
            talk.heard_at = tx.now
            return
        words = words if is_first else await self._typed_button(tx, talk, words)
        await self._talks[Role(talk.role)].hear(tx, talk, words, is_first=is_first)
        talk.heard_at = tx.now
        self._wait(tx, talk)

    async def go_on(self, tx: Tx, talk: TalkRow, words: Heard | None) -> None:
        """Have the floor again: answer what was said meanwhile, if anything was, and wait as before."""
        if words is not None:
            words = await self._typed_button(tx, talk, words)
            await self._talks[Role(talk.role)].hear(tx, talk, words)
        self._wait(tx, talk)

    def stop_waiting(self, tx: Tx, talk: TalkRow) -> None:
        """Leave the floor to the owner: silence is his to break."""
        for kind in (REMIND, ABANDON):
            tx.cancel(f"talk:{talk.id}:{kind}")

    async def _write_down(self, tx: Tx, talk: TalkRow, words: Heard) -> None:
        """Write down what was said; a press is told by its button's label."""
        for text in words.texts:
            tx.hear(talk, text)
        if words.choice and not words.texts:
            buttons = await talks.recent_buttons(tx.session, talk_id=talk.id)
            label = next((each["label"] for each in buttons if each["choice"] == words.choice), None)
            tx.hear(talk, label or "…")
        if words.media:
            tx.hear(talk, "", media=words.media)

    async def _typed_button(self, tx: Tx, talk: TalkRow, words: Heard) -> Heard:
        """Take the label of a button that was written by hand as a press of it."""
        if words.choice or len(words.texts) != 1 or not 0 < len(words.texts[0]) <= LABEL_MAX:
            return words
        typed = _plain(words.texts[0])
        buttons = await talks.last_buttons(tx.session, talk_id=talk.id)
        if talk.channel in NUMBERED_CHANNELS and typed.isdecimal() and 0 < int(typed) <= len(buttons):
            return replace(words, choice=buttons[int(typed) - 1]["choice"])
        meant = {each["choice"] for each in buttons if _plain(each["label"]) == typed}
        if not meant and talk.role == Role.MASTER:  # "начинаю" is enough of a step
            meant = {each["choice"] for each in buttons if _is_part(typed, _plain(each["label"]))}
        return replace(words, choice=meant.pop()) if len(meant) == 1 else words

    # Silence

    def _wait(self, tx: Tx, talk: TalkRow) -> None:
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
        if talk.status == "active" and talk.held_at is None:
            self._talks[Role(talk.role)].remind(tx, talk)

    def _abandon(self, tx: Tx, talk: TalkRow) -> None:
        """Close a talk for silence. Who has left hears nothing more, and a job tells its own end."""
        if talk.status != "active" or talk.held_at is not None:
            return
        talk.status, talk.closed_at = "abandoned", tx.now
        tx.record("talk", talk.id, "abandoned", actor="timer", parties=[talk.id])
        has_left = talk.step == ASIDE or bool(talk.known.get("has_left"))
        if not has_left and talk.job_id is None:
            tx.say(talk, "talk-abandoned", news=True)

    async def _talk(self, tx: Tx, letter: Letter) -> TalkRow:
        talk = await tx.get(TalkRow, str(letter.payload["talk_id"]))
        if talk is None:
            raise UnknownThing(thing="talk")
        return talk


def _want(wanted: dict[type[Row], set[str]], kind: type[Row], id: str | None) -> None:
    if id:
        wanted.setdefault(kind, set()).add(id)


def _plain(label: str) -> str:
    return label.strip(" .!").casefold().replace("ё", "е")


def _is_part(typed: str, label: str) -> bool:
    """Tell whether somebody wrote the telling part of a label, and did not leave out its "not"."""
    said, whole = typed.split(), label.split()
    is_inside = any(whole[n : n + len(said)] == said for n in range(len(whole)))
    return is_inside and len(typed) >= PART_MIN and _NOT.isdisjoint(said) == _NOT.isdisjoint(whole)


def _participant(payload: Mapping[str, Any]) -> dict[str, str]:
    given = payload.get("participant") or {}
    return {part: str(given[part]) for part in ("name", "phone") if given.get(part)}
