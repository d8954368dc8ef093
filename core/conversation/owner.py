"""The owner's own chat: he links it by a code, then answers what comes with one tap (L41).

What he does to another talk goes there as a letter in that talk's own lane, so that it keeps its order.
"""

import hashlib
import re
from datetime import datetime, timedelta
from typing import Any

from core.conversation.hearing import Heard
from core.conversation.script import Script, pressed
from core.flows import owner
from core.flows.owner import HOLD, RELEASE, SAY
from core.flows.replays import KIND as REPLAY
from core.flows.tickets import KIND as TICKET_CLOSE
from core.flows.tx import Tx
from core.messages import HELD_CHANNELS, NUMBERED_CHANNELS
from core.text.facts import Named
from storage.queries import owner as asked
from storage.tables import TalkRow

NOT_HIS = HELD_CHANNELS | NUMBERED_CHANNELS  # channels where no chat can be the owner's
_CODE = re.compile(r"\s*(\d{4})[ \-\u00a0]?(\d{4})\s*")


def digest(code: str) -> str:
    """Return what is kept of a code: eight digits."""
    return hashlib.sha256(f"owner:{code}".encode()).hexdigest()


class OwnerTalk:
    """Talks with the owner. Keeps in the talk only which other one he speaks in, and when he last did."""

    def __init__(self, script: Script) -> None:
        """Take what talks have at hand."""
        self._script = script

    async def takes_code(self, tx: Tx, talk: TalkRow, heard: Heard) -> bool:
        """Make a chat his if a code of his was written there. Return whether it was one.

        Only where we can write first, and where the door vouches for who writes: anybody can send an SMS or a
        mail in another's name.
        """
        found = _CODE.fullmatch(heard.texts[0]) if len(heard.texts) == 1 and not heard.choice else None
        if found is None or talk.channel in NOT_HIS or talk.step == owner.STEP:
            return False
        if not await asked.use_code(tx.session, digest=digest(found[1] + found[2]), now=tx.now):
            return False
        owner.link(tx, talk)
        return True

    async def hear(self, tx: Tx, talk: TalkRow, heard: Heard) -> None:
        """Take one turn of his."""
        talk.heard_at = tx.now
        elsewhere = talk.known.get("speaks_in")
        if heard.choice:
            await self._press(tx, talk, heard.choice)
        elif elsewhere and heard.texts and self._has_left(tx, talk):
            talk.known = _silent(talk)
            tx.say(talk, "owner-lapsed", choices={"hold": owner.choice("own-hold", str(elsewhere))})
        elif elsewhere and heard.texts:
            talk.known = {**talk.known, "spoke_at": tx.now.isoformat()}
            self._put(tx, str(elsewhere), SAY, text="\n".join(heard.texts))
        else:
            choices = {
                "digest": owner.choice("own-digest", "now"),
                "unlink": owner.choice("own-unlink", "chat"),
            }
            tx.say(talk, "owner-hint", choices=choices)
        tx.answer({"conversation_id": talk.id, "status": talk.status})

    async def relay(self, tx: Tx, talk: TalkRow, heard: Heard) -> None:
        """Tell him what a person says in the talk he speaks in."""
        words = "\n".join(heard.texts)
        for chat in await asked.chats(tx.session):
            if words and chat.known.get("speaks_in") == talk.id:
                name = talk.known.get("name") or Named("owner-person")
                choices = {"release": owner.choice("own-release", talk.id)}
                tx.say(chat, "owner-heard", choices=choices, news=True, name=name, words=words)

    def _has_left(self, tx: Tx, talk: TalkRow) -> bool:
        """Tell whether he was silent for so long that the talk he spoke in was handed back."""
        spoke_at = datetime.fromisoformat(str(talk.known["spoke_at"]))
        return tx.now - spoke_at >= self._script.market(talk).talk.owner_silent_at_most

    async def _press(self, tx: Tx, talk: TalkRow, made: str) -> None:
        verb, thing, _ = pressed(made)
        match verb:
            case "own-hold":
                self._put(tx, thing, HOLD)
                talk.known = {**talk.known, "speaks_in": thing, "spoke_at": tx.now.isoformat()}
                tx.say(talk, "owner-holds", choices={"release": owner.choice("own-release", thing)})
            case "own-release":
                self._put(tx, thing, RELEASE)
                talk.known = _silent(talk)
                tx.say(talk, "owner-released")
            case "own-close":
                payload = {"ticket_id": thing}
                lane = f"ticket:{thing}"
                tx.at(
                    key=f"{lane}:{tx.letter.id}", lane=lane, when=tx.now, kind=TICKET_CLOSE, payload=payload
                )
                tx.say(talk, "owner-closed")
            case "own-replay":
                payload, lane = {"letter_id": thing}, f"replay:{thing}"
                tx.at(key=f"{lane}:{tx.letter.id}", lane=lane, when=tx.now, kind=REPLAY, payload=payload)
                tx.say(talk, "owner-replayed")
            case "own-digest":
                day = tx.now.astimezone(tx.zone).date() - timedelta(days=1)
                await owner.say_digest(tx, self._script.market(talk), talk, day=day)
            case "own-unlink":
                owner.unlink(tx, talk)
            case _:
                tx.say(talk, "owner-old")

    def _put(self, tx: Tx, talk_id: str, kind: str, **told: object) -> None:
        lane = f"chat:{talk_id}"
        payload = {"talk_id": talk_id, **told}
        tx.at(key=f"{lane}:{kind}:{tx.letter.id}", lane=lane, when=tx.now, kind=kind, payload=payload)


def _silent(talk: TalkRow) -> dict[str, Any]:
    """Return what a chat of his knows once he speaks in no other talk."""
    return {name: value for name, value in talk.known.items() if name not in ("speaks_in", "spoke_at")}
