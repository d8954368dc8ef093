"""The open doors: which channels there are, how each is heard, and what it brings as letters."""

import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import Any

from bots.failures import where
from bots.floods import Floods, Verdict
from bots.gate import Gate, Gates
from bots.intake import Intake
from bots.saying import known
from core.conversation.manager import ARRIVE
from core.flows.doors import DELIVERY, FLOOD, STANDING, UNREAD
from core.kernel.refusal import Outage
from core.messages import (
    Address,
    Arrival,
    Attachment,
    Delivery,
    Inbound,
    Location,
    Role,
    Standing,
    Unread,
    door_of,
)
from core.ports import Channel, Clock
from core.wire import encoded

logger = logging.getLogger(__name__)

KINDS = {Role.CLIENT: "client_request", Role.MASTER: "master_onboarding"}
TEXT_MAX = 20_000  # characters that are kept of one message
# And of its parts, as rows keep them; what is longer than people's is nobody's.
RAW_MAX = 200_000
KEY_MAX, CHAT_ID_MAX, THREAD_MAX, NAME_MAX, REF_MAX = 300, 80, 300, 200, 4_096
CHOICE_MAX = 64
ATTACHMENTS_MAX = 20
LAT_MAX, LON_MAX = 90.0, 180.0
_CHATS = uuid.UUID("5d0f6b5c-5a53-4b43-9a5e-0a4b7c7ddf25")  # ours alone: ids of talks are made from it


@dataclass(frozen=True, slots=True)
class Door:
    """A channel that is open for people of one role.

    Attributes:
        name: As rows, settings and the address of its webhook name it: telegram-client, sms-client …
        is_asked: We ask it for what is new; else it knocks at `/webhooks/{name}`.
    """

    name: str
    channel: Channel
    role: Role
    is_asked: bool


@dataclass(frozen=True, slots=True)
class Doors:
    """All doors of a program.

    Attributes:
        ways_out: Door name → the channel by which its people are told something. A channel that is heard
            for one role may speak to both.
    """

    open: Sequence[Door] = ()
    ways_out: Mapping[str, Channel] = field(default_factory=dict)

    def gates(self, clock: Clock) -> Gates:
        """Return a gate for each way out; the two roles of one channel share theirs."""
        own = {id(channel): Gate(channel.limits, clock=clock) for channel in self.ways_out.values()}
        return Gates({name: own[id(channel)] for name, channel in self.ways_out.items()})

    def named(self, name: str) -> Door | None:
        """Return a door by its name."""
        return next((door for door in self.open if door.name == name), None)

    async def close(self) -> None:
        """Close every channel's connections."""
        for channel in {id(channel): channel for channel in self.ways_out.values()}.values():
            await channel.close()


def talk_id_of(sender: Address, role: Role) -> str:
    """Return the id of the one talk of a chat. It needs no looking up, so a letter finds its lane at once."""
    return str(uuid.uuid5(_CHATS, f"{sender.channel}:{role.value}:{sender.chat_id}"))


class Reception:
    """Makes letters of what doors bring."""

    def __init__(self, intake: Intake, *, market: str, clock: Clock, per_minute: int) -> None:
        """Take where letters are put, the market of a talk that begins at a door, and a chat's limit."""
        self._intake = intake
        self._market = market
        self._clock = clock
        self._floods = Floods(per_minute)

    async def take(self, door: Door, arrivals: Sequence[Arrival]) -> None:
        """Put a letter for each, in their order; on return all of them are on the disk.

        What a chat pours out beyond its limit is told so once and not written down.

        Raises:
            Outage: the database is away; the door shall bring them again.
        """
        letters = [letter for arrival in arrivals if (letter := self._taken(door, arrival)) is not None]
        try:
            await self._intake.put_all(letters)
        except Outage:
            raise
        except Exception as failure:  # noqa: BLE001 - one that does not fit shall not hold up its door for ever
            logger.error("door.unwritable door=%s error=%s", door.name, where(failure))  # noqa: TRY400
            for letter in letters:
                await self._put_apart(door, letter)

    async def _put_apart(self, door: Door, letter: Mapping[str, Any]) -> None:
        try:
            await self._intake.put_all([letter])
        except Outage:
            raise
        except Exception as failure:  # noqa: BLE001 - as above
            key = f"{door.name}:unwritable:{sha256(encoded(str(letter['key']))).hexdigest()}"
            payload = {
                "door": door.name,
                "reason": f"cannot be written: {type(failure).__name__}",
                "raw": ascii(letter)[:TEXT_MAX],
            }
            await self._intake.put(lane=f"unread:{door.name}", key=key, kind=UNREAD, payload=payload)

    def _taken(self, door: Door, arrival: Arrival) -> dict[str, Any] | None:
        """Return the letter of an arrival; None if its chat brings too much."""
        if not isinstance(arrival, Inbound):
            return self._letter(door, arrival)
        if len(arrival.sender.chat_id) > CHAT_ID_MAX:
            arrival = Unread(arrival.key, ascii(arrival), "nobody has such an address")
            return self._letter(door, arrival)
        talk_id = talk_id_of(arrival.sender, door.role)
        match self._floods.judge(talk_id, arrival, now=self._clock.now()):
            case Verdict.TAKEN:
                return self._letter(door, arrival)
            case Verdict.TOO_MUCH:
                logger.warning("door.flood door=%s talk_id=%s", door.name, talk_id)
                key = f"{door.name}:flood:{sha256(encoded(arrival.key)).hexdigest()}"
                return {"lane": f"chat:{talk_id}", "key": key, "kind": FLOOD, "payload": {"talk_id": talk_id}}
            case _:
                return None

    def _letter(self, door: Door, arrival: Arrival) -> dict[str, Any]:
        match arrival:
            case Inbound():
                talk_id = talk_id_of(arrival.sender, door.role)
                lane, kind, payload = f"chat:{talk_id}", ARRIVE, self._told(door, arrival, talk_id)
            case Standing():
                talk_id = talk_id_of(arrival.sender, door.role)
                lane, kind = f"chat:{talk_id}", STANDING
                payload = {"talk_id": talk_id, "is_open": arrival.is_open, "at": arrival.at.isoformat()}
            case Delivery():
                lane, kind = f"message:{door.name}:{known(arrival.message_id)}"[:120], DELIVERY
                payload = {
                    "door": door_of(door.channel.name, door.role.value),
                    "message_id": known(arrival.message_id),
                    "fate": arrival.fate.value,
                    "reason": arrival.reason,
                }
            case _:
                lane, kind = f"unread:{door.name}", UNREAD
                payload = {"door": door.name, "reason": arrival.reason, "raw": arrival.raw[:RAW_MAX]}
        return {"lane": lane, "key": _key(arrival.key), "kind": kind, "payload": payload}

    def _told(self, door: Door, arrival: Inbound, talk_id: str) -> dict[str, Any]:
        contact = arrival.contact
        taken = [each for each in arrival.attachments if len(each.ref) <= REF_MAX][:ATTACHMENTS_MAX]
        participant: dict[str, Any] = {}
        if contact is not None and contact.is_own:
            participant = {"phone": contact.phone, "is_verified": True}
        told: dict[str, Any] = {
            "talk_id": talk_id,
            "kind": KINDS[door.role],
            "role": door.role.value,
            "market": self._market,
            "channel": arrival.sender.channel,
            "chat_id": arrival.sender.chat_id,
            "door": door.name,
            "message_id": arrival.message_id[:KEY_MAX],
            # A correction that says nothing new is not answered, so it withdraws no answer.
            "pushed": not arrival.is_edit,
            "text": arrival.text[:TEXT_MAX],
            "choice": arrival.choice if len(arrival.choice) <= CHOICE_MAX else "-",
            "source": arrival.source[:NAME_MAX],
            "lang": arrival.lang[:NAME_MAX],
            "thread": arrival.thread if len(arrival.thread) <= THREAD_MAX else None,
            "name": arrival.name[:NAME_MAX],
            "participant": participant or None,
            "is_edit": arrival.is_edit or None,
            "attachments": [_kept(each) for each in taken],
            "lost": len(arrival.attachments) - len(taken) or None,
            "contact": asdict(replace(contact, name=contact.name[:NAME_MAX]))
            if contact is not None
            else None,
            "location": _place(arrival.location),
        }
        return {name: value for name, value in told.items() if value not in (None, "", [])}


def _kept(attachment: Attachment) -> dict[str, Any]:
    """Return an attachment as letters carry it: its name is shown to people, and is nothing else."""
    name = "".join(each for each in attachment.name if each.isprintable())[-NAME_MAX:]
    return asdict(replace(attachment, name=name))


def _place(told: Location | None) -> dict[str, float] | None:
    """Return a place on this Earth; what lies elsewhere was not shared by a person."""
    if told is None or not (abs(told.lat) <= LAT_MAX and abs(told.lon) <= LON_MAX):
        return None
    return asdict(told)


def _key(key: str) -> str:
    """Return a letter's key. A cut one would be that of another letter."""
    return key if len(key) <= KEY_MAX else f"{key[:200]}:{sha256(encoded(key)).hexdigest()}"
