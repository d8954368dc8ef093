"""The owner steps into a talk and hands it back: one of the two speaks at a time (L8).

His letters stand in the talk's own lane and change the talk's own row, so a person's words are either
before his step or after it: before, the answer that was not sent yet is withdrawn with the step itself;
after, nobody but the owner answers, until he hands back or is silent for too long.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.conversation.hearing import Heard, merged
from core.conversation.manager import Conversation, Have
from core.conversation.script import Script
from core.flows.actor import OWNER, TIMER, Actor
from core.flows.owner import HOLD, RELEASE, SAY
from core.flows.tx import Letter, Tx
from core.flows.views import time_view
from core.kernel.refusal import Refusal, UnknownThing
from core.meaning import Lang, LookContext, Reading
from core.messages import Role
from storage.queries import floor as spoken
from storage.tables import Row, TalkRow, UtteranceRow

KINDS = (HOLD, SAY, RELEASE)


class FloorHandler:
    """Handles `talk-hold` {talk_id}, `talk-say` {talk_id, text} and `talk-release` {talk_id, by_timer?}."""

    def __init__(self, script: Script, conversation: Conversation) -> None:
        """Take what talks have at hand, and who goes on when the owner has left."""
        self._script = script
        self._conversation = conversation

    def needs(self, letter: Letter, have: Have) -> Mapping[type[Row], Collection[str]]:
        """The talk and all that hangs on it: whoever takes it back may need any of that."""
        return self._conversation.needs(letter, have)

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Nothing to be read: the owner's words go on as they are."""
        del letter
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Step in, say something, or hand back. Once more of the same is fine."""
        letter = turn[-1]
        talk = await tx.get(TalkRow, str(letter.payload["talk_id"]))
        if talk is None:
            raise UnknownThing(thing="talk")
        if letter.kind == RELEASE:
            by_timer = bool(letter.payload.get("by_timer"))
            await self._release(tx, talk, by=TIMER if by_timer else OWNER)
        else:
            await self._hold(tx, talk)
            if letter.kind == SAY:
                tx.pass_on(talk, str(letter.payload["text"]))
                tx.record("talk", talk.id, "owner_said", actor=str(OWNER), parties=[talk.id])
        tx.answer(floor_view(talk, tx))

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """The owner reads it in the answer."""

    async def _hold(self, tx: Tx, talk: TalkRow) -> None:
        """Take the floor, or keep it a while longer; what the program has not sent yet is not said."""
        if talk.held_at is None:
            await tx.flush()  # an answer of this very commit is withdrawn as well
            await spoken.withdraw(tx.session, lane=f"chat:{talk.id}", now=tx.now)
            talk.held_at = tx.now
            self._conversation.stop_waiting(tx, talk)
            tx.record("talk", talk.id, "held", actor=str(OWNER), parties=[talk.id])
        tx.at(
            key=f"talk:{talk.id}:release",
            lane=f"chat:{talk.id}",
            when=tx.now + self._script.market(talk).talk.owner_silent_at_most,
            kind=RELEASE,
            payload={"talk_id": talk.id, "by_timer": True},
        )

    async def _release(self, tx: Tx, talk: TalkRow, *, by: Actor) -> None:
        """Hand the floor back: what was said meanwhile is read and answered as one turn."""
        if talk.held_at is None:
            return
        await tx.flush()
        since = talk.held_at
        said = await spoken.said_since(tx.session, talk_id=talk.id, author=talk.role, since=since)
        words = self._heard(tx, talk, said)
        talk.held_at = None
        tx.cancel(f"talk:{talk.id}:release")
        tx.record("talk", talk.id, "released", actor=str(by), parties=[talk.id])
        has_spoken = await spoken.has_owner_spoken(tx.session, talk_id=talk.id, since=since)
        if words is None and not has_spoken:  # he looked in and left: the answer that waited goes out
            for told in await spoken.withdrawn(tx.session, lane=f"chat:{talk.id}", at=since):
                tx.send(talk, told)
        await self._conversation.go_on(tx, talk, words)

    def _heard(self, tx: Tx, talk: TalkRow, said: Sequence[UtteranceRow]) -> Heard | None:
        """Read once more what a person said while nobody answered; None if he said nothing."""
        texts = tuple(line.text for line in said if line.text.strip(" …"))
        media = tuple(item for line in said for item in line.media)
        if not texts and not media:
            return None
        readings = [self._read(tx, talk, line) for line in said if line.text in texts]
        lang = Lang(talk.lang)
        return Heard(texts=texts, choice="", reading=merged(readings, lang=lang), media=media)

    def _read(self, tx: Tx, talk: TalkRow, line: UtteranceRow) -> Reading:
        lang = Lang(talk.lang)
        if self._script.looker is None:
            return Reading(lang=lang, is_empty=True)
        local = line.at.astimezone(tx.zone).replace(tzinfo=None)
        context = LookContext(now=local, role=Role(talk.role), lang=lang)
        return self._script.looker.look(line.text[: self._script.words_read], context)


def floor_view(talk: TalkRow, tx: Tx) -> dict[str, Any]:
    """Show who has the floor: `{"conversation_id", "status", "held_at"}`."""
    return {
        "conversation_id": talk.id,
        "status": talk.status,
        "held_at": time_view(talk.held_at, tx.zone),
    }
