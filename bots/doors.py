"""The open doors: which channels there are, how each is heard, and what it brings as letters."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bots.gate import Gate, Gates
from bots.intake import Intake
from core.conversation.manager import ARRIVE
from core.flows.doors import DELIVERY, STANDING, UNREAD
from core.messages import Address, Arrival, Delivery, Inbound, Role, Standing, door_of
from core.ports import Channel, Clock

KINDS = {Role.CLIENT: "client_request", Role.MASTER: "master_onboarding"}
TEXT_MAX = 20_000  # characters that are kept of one message
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

    def __init__(self, intake: Intake, *, market: str) -> None:
        """Take where letters are put, and the market of a talk that begins at a door."""
        self._intake = intake
        self._market = market

    async def take(self, door: Door, arrivals: Sequence[Arrival]) -> None:
        """Put a letter for each, in their order; on return all of them are on the disk.

        Raises:
            Outage: the database is away; the door shall bring them again.
        """
        await self._intake.put_all([self._letter(door, arrival) for arrival in arrivals])

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
                lane, kind = f"message:{door.name}:{arrival.message_id}"[:120], DELIVERY
                payload = {
                    "door": door_of(door.channel.name, door.role.value),
                    "message_id": arrival.message_id,
                    "fate": arrival.fate.value,
                    "reason": arrival.reason,
                }
            case _:
                lane, kind = f"unread:{door.name}", UNREAD
                payload = {"door": door.name, "reason": arrival.reason, "raw": arrival.raw}
        return {"lane": lane, "key": arrival.key[:300], "kind": kind, "payload": payload}

    def _told(self, door: Door, arrival: Inbound, talk_id: str) -> dict[str, Any]:
        contact = arrival.contact
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
            "message_id": arrival.message_id,
            "pushed": True,
            "text": arrival.text[:TEXT_MAX],
            "choice": arrival.choice,
            "source": arrival.source or None,
            "lang": arrival.lang or None,
            "thread": arrival.thread or None,
            "name": arrival.name or None,
            "participant": participant or None,
            "is_edit": arrival.is_edit or None,
            "attachments": [asdict(each) for each in arrival.attachments],
            "contact": asdict(contact) if contact is not None else None,
            "location": asdict(arrival.location) if arrival.location is not None else None,
        }
        return {name: value for name, value in told.items() if value not in (None, "", [])}
