"""What doors tell beside words: somebody shut one or came back, a message arrived or did not."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
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

STANDING, DELIVERY, UNREAD = "door-standing", "door-delivery", "door-unread"
KINDS = (STANDING, DELIVERY, UNREAD)


class Have(Protocol):
    """Returns a loaded row, or None."""

    def __call__(self, kind: type[R], id: str, /) -> R | None:
        """Return the row of this kind and id if it is loaded."""
        ...


class CannotRead(Exception):  # noqa: N818 - whoever repairs our reading finds it by this name
    """An authentic update has a shape that our reading of the channel does not fit."""


def shut_letter(effect: Effect, *, now: datetime) -> LetterDraft:
    """Return the letter that tells that a person cannot be reached by the door of his talk any more."""
    talk_id = str(effect.payload.get("talk_id", ""))
    return LetterDraft(
        lane=f"chat:{talk_id}",
        key=f"shut:{effect.id}",
        kind=STANDING,
        payload={"talk_id": talk_id, "is_open": False, "at": now.isoformat()},
    )


class DoorHandler:
    """`door-standing` {talk_id, is_open}, `door-delivery` {door, message_id, fate, reason}, `door-unread`."""

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
            case _:
                raise CannotRead(str(payload.get("reason")))

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """Nobody waits for an answer."""
        del turn, tx, refusal

    async def _stand(self, tx: Tx, payload: Mapping[str, Any]) -> None:
        talk = await tx.get(TalkRow, str(payload["talk_id"]))
        if talk is None or (talk.shut_at is None) == bool(payload["is_open"]):
            return
        talk.shut_at = None if payload["is_open"] else tx.now
        action = "door-opened" if payload["is_open"] else "door-shut"
        tx.record("talk", talk.id, action, actor=f"{talk.role}:{talk.id}", parties=[talk.id])

    async def _deliver(self, tx: Tx, payload: Mapping[str, Any]) -> None:
        """Note what became of a message; what failed for good is said by another door, if there is one."""
        fate = Fate(payload["fate"])
        doors = _doors_of(str(payload["door"]))
        known = (MessageRow.door.in_(doors), MessageRow.message_id == payload["message_id"])
        effect_id = await tx.session.scalar(select(MessageRow.effect_id).where(*known))
        if effect_id is None:
            return  # sent by hand in the provider's cabinet, or longer ago than we remember
        values = {"fate": fate.value, "reason": str(payload.get("reason") or "")[:200] or None, "at": tx.now}
        await tx.session.execute(update(MessageRow).where(*known).values(**values))
        if fate is Fate.FAILED:
            await self._say_elsewhere(tx, effect_id)

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
