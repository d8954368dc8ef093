"""What arrives by a door: who it is, where he came from, a place, a corrected message; then it is heard.

A door that has verified a phone itself (a call, an SMS, a contact shared in a messenger) says whose it is, at
any time of a talk; a number that was merely typed proves nothing (L21).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from core.conversation import recognising, sharing
from core.conversation.client import language_of
from core.conversation.doors import first_step
from core.conversation.hearing import Heard, heard
from core.conversation.known import Known
from core.conversation.linking import LINK
from core.conversation.recognising import Recognising
from core.conversation.script import Script, choice
from core.flows.owner import STEP as OWNER
from core.flows.tx import Letter, Tx
from core.meaning import Lang, LookContext, Reading
from core.messages import Role
from storage.queries import joinings
from storage.tables import PersonRow, TalkRow

ARRIVE = "talk-arrive"  # by a door that pushes: the first one begins the talk
FETCH = "fetch"  # the effect that gets a file which came by such a door
ROLES = {"client_request": Role.CLIENT, "master_onboarding": Role.MASTER}
SOURCE_MAX = 80  # characters


class House(Protocol):
    """Who hears what has arrived."""

    def first_known(self, role: Role, participant: dict[str, str]) -> dict[str, Any]:
        """Return what a talk knows when it begins."""
        ...

    async def hear(self, tx: Tx, talk: TalkRow, words: Heard, *, is_first: bool = False) -> None:
        """Write down what was said and answer it."""
        ...


class Arrivals:
    """Begins talks, and hears what came by doors that push."""

    def __init__(self, script: Script, house: House, recognising: Recognising) -> None:
        """Take what talks have at hand, who hears, and who knows people again."""
        self._script = script
        self._house = house
        self._recognising = recognising

    async def begin(self, tx: Tx, turn: Sequence[Letter]) -> None:
        """Begin a talk with its first words, or where an earlier one of the same person stands."""
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
            source=_source(payload),
            thread=payload.get("thread"),
            status="active",
            step=first_step(role),
            known=self._house.first_known(role, _participant(payload)),
            heard_at=tx.now,
            created_at=tx.now,
        )
        if role is Role.CLIENT:
            talk.person_id = _meet(tx, talk)
        tx.add(talk)
        tx.record("talk", talk.id, "begun", actor=f"{role}:{talk.id}", parties=[talk.id], source=talk.source)
        if not await self._recognising.know(tx, talk, turn, words, is_first=True):
            await self._take_place(tx, talk, turn)
            await self._house.hear(tx, talk, words, is_first=True)

    async def arrive(self, tx: Tx, turn: Sequence[Letter]) -> None:
        """Hear what came by a door that pushes. Files are fetched first and come again once they are kept."""
        for letter in turn:
            if letter.payload.get("attachments"):
                lane = f"fetch:{letter.payload['talk_id']}"
                tx.effect(FETCH, lane=lane, payload={**letter.payload, "message": letter.id})
        rest = [letter for letter in turn if not letter.payload.get("attachments")]
        if not rest:
            return
        talk = await tx.get(TalkRow, str(rest[0].payload["talk_id"]))
        if talk is None:
            await self.begin(tx, rest)
            return
        last = rest[-1].payload
        talk.thread, talk.shut_at = last.get("thread") or talk.thread, None
        self._note_source(tx, talk, rest)
        words = heard(rest, lang=Lang(talk.lang))
        if await self._recognising.know(tx, talk, rest, words):
            return
        if any(letter.payload.get("lost") for letter in rest):
            tx.say(talk, "talk-media-lost")
            if not words.texts and not words.media:
                return
        if words.is_edit and not await self._is_news(tx, talk, rest, words):
            return
        if await self._take_place(tx, talk, rest) and words.is_silent:
            return
        if words.is_silent:  # he pressed "start" again, or shared a place
            is_place = any(letter.payload.get("location") for letter in rest)
            verb = recognising.NEXT if is_place and talk.role == Role.CLIENT else "continue"
            words = replace(words, choice=choice(verb, talk.id))
        await self._house.hear(tx, talk, words)

    def _note_source(self, tx: Tx, talk: TalkRow, turn: Sequence[Letter]) -> None:
        """Keep in the history that he came once more by a link; the talk keeps where he came from first."""
        for letter in turn:
            if (source := _source(letter.payload)) is not None:
                actor = f"{talk.role}:{talk.id}"
                tx.record("talk", talk.id, "came_by", actor=actor, parties=[talk.id], source=source)

    async def _take_place(self, tx: Tx, talk: TalkRow, turn: Sequence[Letter]) -> bool:
        """Keep a place that was shared. Return whether the turn ends with what was said to it."""
        shared = next((at for letter in reversed(turn) if (at := letter.payload.get("location"))), None)
        if shared is None or talk.held_at is not None or talk.step == OWNER:
            return False
        if talk.role == Role.MASTER:
            tx.say(talk, "talk-place-noted")
            return True
        lat, lon = float(shared["lat"]), float(shared["lon"])
        return await sharing.take_place(tx, self._script, talk, lat=lat, lon=lon)

    async def _is_news(self, tx: Tx, talk: TalkRow, turn: Sequence[Letter], words: Heard) -> bool:
        """Look at what a corrected message said before: what is not said any more is not meant any more.

        Return whether it says anything else now; messengers tell of changes that no word is part of.
        """
        for letter in turn:
            if not letter.payload.get("is_edit"):
                continue
            id = str(letter.payload.get("message_id"))
            before = await joinings.told_before(tx.session, talk_id=talk.id, message_id=id, but=letter.id)
            if before is not None and before == str(letter.payload.get("text")):
                return False
            if before is not None and talk.role == Role.CLIENT and talk.job_id is None:
                _unlearn(talk, before, self._read(tx, talk, before), words.reading)
        return True

    def _read(self, tx: Tx, talk: TalkRow, text: str) -> Reading:
        lang = Lang(talk.lang)
        if self._script.looker is None:
            return Reading(lang=lang, is_empty=True)
        now = tx.now.astimezone(tx.zone).replace(tzinfo=None)
        context = LookContext(now=now, role=Role(talk.role), lang=lang)
        return self._script.looker.look(text[: self._script.words_read], context)


def _unlearn(talk: TalkRow, text: str, before: Reading, now: Reading) -> None:
    """Forget the work that a message spoke of before it was corrected, unless it still does."""
    known = Known.of(talk.known)
    said = {(frame.trade, frame.fault) for frame in before.frames}
    says = {(frame.trade, frame.fault) for frame in now.frames}
    if not now.frames:
        return
    gone = said - says
    known.wanted = [each for each in known.wanted if (each.trade, each.fault) not in gone]
    known.later = [each for each in known.later if (each.trade, each.fault) not in gone]
    if known.words == text:
        known.words = ""
    talk.known = known.model_dump(mode="json")


def _meet(tx: Tx, talk: TalkRow) -> str:
    """Make the client's own row, with the moment of the consent that the first words carry (152-FZ)."""
    person = PersonRow(id=tx.id(), lang=talk.lang, consent_at=tx.now, created_at=tx.now)
    tx.add(person)
    return person.id


def _source(payload: Mapping[str, Any]) -> str | None:
    """Return where somebody came from (A30); a link code is a secret, and no source."""
    told = str(payload.get("source") or "").strip()
    return told[:SOURCE_MAX] if told and not told.startswith(LINK) else None


def _participant(payload: Mapping[str, Any]) -> dict[str, str]:
    given = payload.get("participant") or {}
    return {part: str(given[part]) for part in ("name", "phone") if given.get(part)}
