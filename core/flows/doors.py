"""What doors tell beside words: somebody shut one or came back, a message arrived or did not."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from sqlalchemy import select, update

from core.flows.tx import Letter, Tx
from core.kernel.refusal import Refusal
from core.messages import NUMBERED_CHANNELS, Fate, Role, door_of
from storage import elsewhere
from storage.mail import LetterDraft
from storage.outbox import Effect
from storage.tables import EffectRow, MessageRow, Row, TalkRow

R = TypeVar("R", bound=Row)

STANDING, DELIVERY, UNREAD, FLOOD = "door-standing", "door-delivery", "door-unread", "door-flood"
KINDS = (STANDING, DELIVERY, UNREAD, FLOOD)
KEY_MAX = 300  # characters of a letter's key
AGAIN_AFTER = timedelta(seconds=30)  # a word on a message that we have not written down ourselves yet


class Have(Protocol):
    """Returns a loaded row, or None."""

    def __call__(self, kind: type[R], id: str, /) -> R | None:
        """Return the row of this kind and id if it is loaded."""
        ...


class CannotRead(Exception):  # noqa: N818 - whoever repairs our reading finds it by this name
    """An authentic update has a shape that our reading of the channel does not fit."""


def shut_letter(effect: Effect, *, now: datetime) -> LetterDraft:
    """Return the letter that tells that a person cannot be reached any more where something was to be said.

    That is the door of his talk, unless it was said elsewhere.
    """
    said = effect.payload
    talk_id, chat_id = str(said.get("talk_id", "")), str(said.get("chat_id", ""))
    where = {"channel": str(said.get("channel", "")), "chat_id": chat_id}
    return LetterDraft(
        lane=f"chat:{talk_id}",
        key=f"shut:{effect.id}:{effect.door}:{chat_id}"[:KEY_MAX],
        kind=STANDING,
        payload={"talk_id": talk_id, "is_open": False, "at": now.isoformat(), "where": where},
    )


class DoorHandler:
    """`door-standing` {talk_id, is_open}, `door-delivery` {door, message_id}, `door-unread`, `door-flood`."""

    def __init__(self, doors: Collection[str] = ()) -> None:
        """Take the names of the doors that are open."""
        self._doors = doors

    def needs(self, letter: Letter, have: Have) -> Mapping[type[Row], Collection[str]]:
        """Name the talk, if the letter is about one."""
        del have
        talk_id = letter.payload.get("talk_id")
        return {TalkRow: {str(talk_id)}} if talk_id else {}

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Nothing here is read."""
        del letter
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Note what the door told.

        Raises:
            CannotRead: for an update kept whole: it becomes a dead letter, for a person to see.
        """
        payload = turn[0].payload
        match turn[0].kind:
            case "door-standing":
                await self._stand(tx, payload)
            case "door-delivery":
                await self._deliver(tx, payload)
            case "door-flood":
                await self._ask_for_rest(tx, payload)
            case _:
                raise CannotRead(str(payload.get("reason")))

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """Nobody waits for an answer."""
        del turn, tx, refusal

    async def _stand(self, tx: Tx, payload: Mapping[str, Any]) -> None:
        talk = await tx.get(TalkRow, str(payload["talk_id"]))
        where = payload.get("where")
        if (
            talk is not None
            and where
            and (where["channel"], where["chat_id"]) != (talk.channel, talk.chat_id)
        ):
            talk = await _talk_at(tx, where, role=talk.role)
        if talk is None or (talk.shut_at is None) == bool(payload["is_open"]):
            return
        talk.shut_at = None if payload["is_open"] else tx.now
        action = "door-opened" if payload["is_open"] else "door-shut"
        tx.record("talk", talk.id, action, actor=f"{talk.role}:{talk.id}", parties=[talk.id])

    async def _ask_for_rest(self, tx: Tx, payload: Mapping[str, Any]) -> None:
        """Say once that not all of it was read. While the owner speaks there, he sees it himself."""
        talk = await tx.get(TalkRow, str(payload["talk_id"]))
        if talk is None:
            return
        if talk.held_at is None:
            tx.say(talk, "talk-too-much", news=True)
        tx.record("talk", talk.id, "flooded", actor=f"{talk.role}:{talk.id}")

    async def _deliver(self, tx: Tx, payload: Mapping[str, Any]) -> None:
        """Note what became of a message; what failed for good is said by another door, if there is one."""
        fate = Fate(payload["fate"])
        doors = _doors_of(str(payload["door"]))
        known = (MessageRow.door.in_(doors), MessageRow.message_id == payload["message_id"])
        effect_id = await tx.session.scalar(select(MessageRow.effect_id).where(*known))
        if effect_id is None:  # sent by hand in the provider's cabinet, long ago, or not written down yet
            if fate is Fate.FAILED and not payload.get("is_again"):
                _ask_again(tx, payload)
            return
        has_failed = await self._has_failed(tx, effect_id) if fate is Fate.FAILED else False
        values = {"fate": fate.value, "reason": str(payload.get("reason") or "")[:200] or None, "at": tx.now}
        await tx.session.execute(update(MessageRow).where(*known).values(**values))
        if fate is Fate.FAILED and not has_failed:
            await self._say_elsewhere(tx, effect_id)

    async def _has_failed(self, tx: Tx, effect_id: str) -> bool:
        """Tell whether another message of the same reply has failed, so that all of it was said elsewhere."""
        lock = select(EffectRow.id).where(EffectRow.id == effect_id).with_for_update()
        await tx.session.execute(lock)  # two of its messages may fail at once
        failed = (MessageRow.effect_id == effect_id, MessageRow.fate == Fate.FAILED.value)
        return await tx.session.scalar(select(MessageRow.message_id).where(*failed).limit(1)) is not None

    async def _say_elsewhere(self, tx: Tx, effect_id: str) -> None:
        row = await tx.session.scalar(select(EffectRow).where(EffectRow.id == effect_id))
        if row is None:
            return
        effect = Effect(
            row.id,
            row.seq,
            row.lane,
            row.cause,
            row.kind,
            row.payload,
            row.idem_key,
            row.attempts,
            door=row.door,
            priority=row.priority,
            is_news=row.is_news,
        )
        to = await elsewhere.other_address(tx.session, effect, doors=self._doors)
        if to is not None:
            tx.say_again(effect, to)


def _doors_of(door: str) -> list[str]:
    """Return by which doors a message may have gone; one number, one mailbox speaks to both roles."""
    channel, _, _ = door.rpartition("-")
    return [door_of(channel, role.value) for role in Role] if channel in NUMBERED_CHANNELS else [door]


async def _talk_at(tx: Tx, where: Mapping[str, str], *, role: str) -> TalkRow | None:
    """Return the talk of a chat, if it has one."""
    query = select(TalkRow.id).where(
        TalkRow.channel == where["channel"], TalkRow.chat_id == where["chat_id"], TalkRow.role == role
    )
    found = await tx.session.scalar(query.order_by(TalkRow.heard_at.desc()).limit(1))
    return await tx.get(TalkRow, found) if found else None


def _ask_again(tx: Tx, payload: Mapping[str, Any]) -> None:
    """Hear this once more in a moment: services may be quicker than our writing down what we sent."""
    key = f"delivery-again:{payload['door']}:{payload['message_id']}"[:KEY_MAX]
    again = {**payload, "is_again": True}
    tx.at(key=key, lane=tx.letter.lane, when=tx.now + AGAIN_AFTER, kind=DELIVERY, payload=again)
