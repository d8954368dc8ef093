"""A form somebody filled in elsewhere becomes a talk that knows what it told (A10, A14, A34).

Whoever fills in a form types a number and proves nothing by it: a form never goes on in somebody's talk, and
never changes what is known there. Its own talk begins where he can be asked: by SMS or mail if nobody talks
with us at that address yet, else it waits on the web, and the owner is asked to call.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from core.conversation.arriving import ROLES, SOURCE_MAX
from core.conversation.client import language_of
from core.conversation.doors import first_step
from core.conversation.hearing import heard
from core.conversation.manager import Conversation, Have
from core.conversation.script import Script
from core.flows.tickets import TicketKind, open_ticket
from core.flows.tx import Letter, Tx
from core.kernel.refusal import Refusal
from core.meaning import Lang
from core.messages import Address, Role
from core.text.facts import phone as written
from storage.queries import forms
from storage.tables import PersonRow, Row, TalkRow

FORM = "form-arrive"
RESPONSE = "form-response"  # a site tells that somebody answered an advertisement; who, it tells if asked
READ = "form-read"  # the effect that asks
KINDS = (FORM, RESPONSE)
WEB = "web"
TOLD_ONCE_IN = timedelta(days=1)  # one number or mailbox is sent the way into one talk


class FormHandler:
    """`form-arrive` {talk_id, own_id, kind, channel, chat_id, source, participant, text …}: `bots/forms.py`.

    `form-response` {source, response_id}: is read by the effect `form-read`, which brings the form itself.
    """

    def __init__(self, script: Script, conversation: Conversation) -> None:
        """Take what talks have at hand, and who answers."""
        self._script = script
        self._conversation = conversation

    def needs(self, letter: Letter, have: Have) -> Mapping[type[Row], Collection[str]]:
        """Name the talk that the form would begin, and the one that is its own in any case."""
        del have
        ids = [letter.payload.get("talk_id"), letter.payload.get("own_id")]
        return {TalkRow: {str(id) for id in ids if id}}

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Return what the form says, and whose words they are."""
        text = str(letter.payload.get("text") or "")[: self._script.words_read]
        return (text, ROLES[str(letter.payload["kind"])].value) if text else None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Begin the form's talk; the same form again changes nothing and is told of the same talk."""
        for letter in turn:
            if letter.kind == RESPONSE:
                source, id = str(letter.payload["source"]), str(letter.payload["response_id"])
                tx.effect(READ, lane=f"form:{source}:{id}", payload={"source": source, "response_id": id})
            else:
                await self._begin(tx, letter)

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """Nobody waits for an answer: what was not taken is seen among the letters."""
        del turn, tx, refusal

    async def _begin(self, tx: Tx, letter: Letter) -> None:
        payload = letter.payload
        own = await tx.get(TalkRow, str(payload["own_id"]))
        if own is not None:
            tx.answer(_answer(own, payload))
            return
        # Somebody else's words at this number; in the moment between the look and the letter, too.
        is_taken = await tx.get(TalkRow, str(payload["talk_id"])) is not None
        talk = self._talk(tx, payload, letter, is_taken=is_taken)
        words = heard([letter], lang=Lang(talk.lang))
        await self._conversation.write_down(tx, talk, words)
        tx.say(talk, f"{talk.role}-form-received")
        if is_taken and words.media:
            tx.say(talk, "talk-media-lost")
        await self._conversation.answer(tx, talk, words)
        self._conversation.wait(tx, talk)
        if talk.channel == WEB:
            await self._call_for(tx, talk, payload)
        tx.answer(_answer(talk, payload))

    def _talk(self, tx: Tx, payload: Mapping[str, Any], letter: Letter, *, is_taken: bool) -> TalkRow:
        role = ROLES[str(payload["kind"])]
        own_id = str(payload["own_id"])
        id, channel, chat_id = str(payload["talk_id"]), str(payload["channel"]), str(payload["chat_id"])
        if is_taken:
            id, channel, chat_id = own_id, WEB, own_id
        words = heard([letter], lang=Lang.RU)
        lang = language_of(payload.get("lang"), words).value
        told = {part: str(value) for part, value in (payload.get("participant") or {}).items() if value}
        known = self._conversation.first_known(role, {part: told[part] for part in told if part != "email"})
        talk = TalkRow(
            id=id,
            kind=str(payload["kind"]),
            role=role.value,
            market=str(payload["market"]),
            lang=lang,
            channel=channel,
            chat_id=chat_id,
            source=str(payload["source"])[:SOURCE_MAX],
            status="active",
            step=first_step(role),
            known={**known, **({"email": told["email"]} if "email" in told else {})},
            heard_at=tx.now,
            created_at=tx.now,
        )
        if role is Role.CLIENT:  # the form carries its consent with it (152-FZ)
            person = PersonRow(id=tx.id(), lang=lang, consent_at=tx.now, created_at=tx.now)
            tx.add(person)
            talk.person_id = person.id
        tx.add(talk)
        tx.record("talk", id, "begun", actor=f"{role}:{id}", parties=[id], source=talk.source)
        return talk

    async def _call_for(self, tx: Tx, talk: TalkRow, payload: Mapping[str, Any]) -> None:
        """Nobody looks at this talk on the web: send the way into it, or ask the owner to call."""
        link = self._script.links.talk(Role(talk.role), talk.id)
        if (to := payload.get("link_to")) and link and not await self._is_told(tx, talk, str(to["chat_id"])):
            tx.say_at(talk, Address(str(to["channel"]), str(to["chat_id"])), "master-form-link", link=link)
            return
        told = payload.get("participant") or {}
        number = written(str(told["phone"])) if told.get("phone") else told.get("email")
        who = ", ".join(str(part) for part in (told.get("name"), number) if part)
        words = "\n".join(filter(None, (who, str(payload.get("text") or ""))))
        await open_ticket(tx, kind=TicketKind.CALL, talk=talk, words=words)

    async def _is_told(self, tx: Tx, talk: TalkRow, contact: str) -> bool:
        """Tell whether somebody was sent a link there lately: forms are no way to pester a stranger."""
        await tx.flush()
        return await forms.is_told(tx.session, contact=contact, but=talk.id, since=tx.now - TOLD_ONCE_IN)


def _answer(talk: TalkRow, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"conversation_id": talk.id, "by": talk.channel, "sender": payload.get("sender")}
