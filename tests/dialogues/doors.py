"""People who come by a door that pushes: a chat of Telegram, an SMS, as the reception hands them on."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from bots.doors import Door, Reception, talk_id_of
from core.messages import Address, Attachment, Contact, Inbound, Limits, Location, Role
from tests.dialogues.stage import Person, Stage


@dataclass
class _Channel:
    """A channel as far as the reception looks at it."""

    name: str
    limits: Limits = field(default_factory=Limits)


class Street:
    """Doors beside the web on a stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._reception = Reception(
            stage.naryad.intake, market="home_services", clock=stage.clock, per_minute=20
        )
        self._updates = itertools.count(1)
        self._chats: dict[str, Address] = {}

    def enter(self, who: str, channel: str, *, role: Role = Role.CLIENT, chat_id: str = "") -> Person:
        """Let somebody stand at a door; his talk is that chat's from now on."""
        address = Address(channel, chat_id or f"chat-{who}")
        self._chats[who] = address
        person = self.stage.person(who)
        person.talk_id = talk_id_of(address, role)
        person.lang = role.value
        return person

    async def come(self, who: str, text: str = "", **more: Any) -> None:
        """Send something by his door: `phone` is his own contact, `place` a location, `start` a payload."""
        role = Role(self.stage.person(who).lang or Role.CLIENT.value)
        sender = self._chats[who]
        n = next(self._updates)
        door = Door(f"{sender.channel}-{role.value}", _Channel(sender.channel), role, is_asked=True)  # type: ignore[arg-type]
        contact = Contact(more["phone"], is_own=more.get("is_own", True)) if "phone" in more else None
        arrival = Inbound(
            sender=sender,
            role=role,
            key=f"{door.name}:{n}",
            message_id=str(more.get("message_id", n)),
            sent_at=self.stage.clock.now(),
            text=text,
            choice=more.get("choice", ""),
            attachments=tuple(Attachment("photo", ref) for ref in more.get("photos", ())),
            contact=contact,
            location=Location(*more["place"]) if "place" in more else None,
            is_edit=more.get("is_edit", False),
            source=more.get("start", ""),
        )
        await self._reception.take(door, [arrival])

    async def say(self, who: str, text: str = "", **more: Any) -> None:
        """Send something, and let it be answered."""
        await self.come(who, text, **more)
        self.stage.clock.advance(seconds=4)  # his breath ends
        await self.stage.settle()

    async def press(self, who: str, button: str, *, of: str | None = None) -> None:
        """Press a button that was shown at his door."""
        await self.say(who, choice=await self.stage._choice(who, button, of=of))
