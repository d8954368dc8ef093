"""A messenger in memory: people with chats, a channel of ours, and faults; real wires have their own tests.

It keeps updates until they are confirmed, tells them again, and carries every feature the suite of
channels knows, so that the suite and the running program can be tried without a service.
"""

import asyncio
import json
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.kernel.refusal import Outage, Shut, Unanswered, Unsayable
from core.knock import Forged, Knock, Thanks
from core.messages import (
    Address,
    Arrival,
    Attachment,
    Batch,
    Contact,
    Delivery,
    Fate,
    Inbound,
    Limits,
    Location,
    Reply,
    Role,
    Standing,
    Unread,
)
from core.ports import Clock
from core.wire import NotLetIn, is_same

SECRET_HEADER = "x-fake-secret"
TRIES = 5
POLL_S = 5.0
TOKEN, SECRET = "fake-token", "fake-secret"
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, RecursionError)

Post = Callable[[Knock], Awaitable[bool]]


@dataclass
class FakePerson:
    """Somebody at the service, and what he sees of ours."""

    name: str
    lang: str
    phone: str
    is_open: bool = True
    shown: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class FakeMessenger:
    """The service.

    Attributes:
        faults: Of the next sendings: refuse, or anything else that loses the answer after the effect.
        post: Where updates go; None: they wait to be asked for.
        sendings: How often anything was sent, whatever was answered.
    """

    clock: Clock
    limits: Limits = field(default_factory=Limits)
    people: dict[str, FakePerson] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    post: Post | None = None
    sendings: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    _updates: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    _place: int = 0
    _pushing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _last: dict[str, Any] | None = None
    _number: int = 0
    _sent_at: dict[str, list[datetime]] = field(default_factory=dict)
    _rang: asyncio.Event = field(default_factory=asyncio.Event)

    # The people

    def meet(self, *, name: str = "Анна", lang: str = "ru", phone: str = "+79110000001") -> str:
        """Make a person; returns the id of his chat."""
        chat = str(self.next())
        self.people[chat] = FakePerson(name, lang, phone)
        return chat

    async def says(self, chat: str, text: str, **parts: Any) -> str:
        """Let a person write; `parts` are further fields of the update."""
        message_id = f"m{self.next()}"
        await self.tell("message", chat, message=message_id, text=text, **parts)
        return message_id

    async def edits(self, chat: str, message_id: str, text: str) -> None:
        """Let a person change what he wrote."""
        await self.tell("edit", chat, message=message_id, text=text)

    async def presses(self, chat: str, label: str) -> None:
        """Let a person press the newest button labelled so."""
        choice = next(
            button["choice"]
            for shown in reversed(self.people[chat].shown)
            for button in shown["buttons"]
            if button["label"] == label
        )
        await self.tell("press", chat, message=f"m{self.next()}", choice=choice, press=f"p{self.next()}")

    async def sends(self, chat: str, kind: str, content: bytes, *, caption: str = "") -> str:
        """Let a person send a file."""
        ref = f"f{self.next()}"
        self.files[ref] = content
        files = [{"kind": kind, "ref": ref, "size": len(content)}]
        return await self.says(chat, caption, files=files)

    async def opens(self, chat: str, *, is_open: bool) -> None:
        """Let a person shut the door, or open it."""
        self.people[chat].is_open = is_open
        await self.tell("standing", chat, open=is_open)

    # Updates

    def next(self) -> int:
        """Return the next number."""
        self._number += 1
        return self._number

    async def tell(self, kind: str, chat: str, **parts: Any) -> None:
        """Make an update and have it told."""
        person = self.people[chat]
        at = self.clock.now().isoformat()
        told = {"id": self.next(), "kind": kind, "chat": chat, "at": at, "name": person.name}
        self._last = {**told, "lang": person.lang, **parts}
        await self.again()

    async def again(self) -> None:
        """Tell the last update, once more if it was told before."""
        assert self._last is not None
        self._place += 1
        self._updates.append((self._place, self._last))
        await self.push()

    async def push(self) -> None:
        """Post what waits, each until it is taken, or let it be asked for."""
        self._rang.set()
        async with self._pushing:
            while self.post is not None and self._updates:
                body = json.dumps(self._updates[0][1]).encode()
                if not await self._is_taken(Knock("POST", {}, {SECRET_HEADER: SECRET}, body, "127.0.0.1")):
                    return
                del self._updates[0]

    async def _is_taken(self, knock: Knock) -> bool:
        tries = 0
        while self.post is not None and tries < TRIES:
            if await self.post(knock):
                return True
            tries += 1
        return False

    async def waiting(self, after: int) -> Sequence[tuple[int, Mapping[str, Any]]]:
        """Forget updates up to the place `after`; return what is left by its place, waiting for some."""
        self._updates = [(place, told) for place, told in self._updates if place > after]
        if not self._updates:
            self._rang.clear()
            async with asyncio.timeout(POLL_S):
                await self._rang.wait()
        return tuple(self._updates)

    # Sending

    def take(self, chat: str, reply: Reply) -> str:
        """Take a message of ours, or raise what the service would answer."""
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "refuse":
            raise Outage("fake takes nothing now")
        person = self.people.get(chat)
        if person is None or not person.is_open:
            raise Shut("fake: no such chat, or it is blocked")
        if len(reply.text) > self.limits.text or not (reply.text or reply.papers):
            raise Unsayable("fake: too long, or empty")
        self._throttle(chat)
        self.sendings += 1
        message_id = f"m{self.next()}"
        person.shown.append(_shown(message_id, reply))
        if fault:
            raise Unanswered("fake did not answer")
        return message_id

    def _throttle(self, chat: str) -> None:
        now = self.clock.now()
        recent = [at for at in self._sent_at.get(chat, ()) if (now - at).total_seconds() < 1]
        if len(recent) >= self.limits.chat_burst:
            raise Outage("fake: too many", wait_s=self.limits.chat_interval_s)
        self._sent_at[chat] = [*recent, now]


class FakeChannel:
    """A door of ours at the messenger, for one role."""

    name = "fake"

    def __init__(
        self,
        messenger: FakeMessenger,
        *,
        role: Role = Role.CLIENT,
        token: str = TOKEN,
        post: Callable[[str], Post] | None = None,
        is_reachable: bool = True,
    ) -> None:
        """Speak to a messenger; `post` makes of an address what posts there, for webhooks."""
        self._messenger, self._role, self._token = messenger, role, token
        self._post, self._is_reachable = post, is_reachable
        self.acknowledged: list[str] = []

    @property
    def limits(self) -> Limits:
        return self._messenger.limits

    async def send(self, to: Address, reply: Reply, *, key: str) -> str:
        self._knock()
        message_id = self._messenger.take(to.chat_id, reply)
        await self._messenger.tell("delivery", to.chat_id, message=message_id, fate="delivered")
        return message_id

    async def fetch(self, attachment: Attachment) -> bytes:
        self._knock()
        content = self._messenger.files.get(attachment.ref)
        if content is None:
            raise Unsayable("fake: no such file")
        return content

    def hear(self, knock: Knock) -> tuple[Arrival, ...]:
        if not is_same(knock.headers.get(SECRET_HEADER, ""), SECRET):
            raise Forged("fake: wrong secret")
        try:
            told = json.loads(knock.body)
        except (ValueError, RecursionError):
            raise Forged("fake: no JSON") from None
        return self._read(told)

    def thanks(self, knock: Knock) -> Thanks:
        return Thanks()

    async def listen(self, mark: str | None) -> Batch:
        self._knock()
        after = int(mark or 0)
        try:
            waiting = await self._messenger.waiting(after)
        except TimeoutError:
            return Batch((), mark)
        arrivals = tuple(each for _, told in waiting for each in self._read(told))
        return Batch(arrivals, str(waiting[-1][0]) if waiting else mark)

    async def acknowledge(self, arrival: Inbound) -> None:
        self.acknowledged.append(arrival.press)

    async def stand(self, url: str | None) -> None:
        self._knock()
        self._messenger.post = self._post(url) if self._post is not None and url is not None else None
        await self._messenger.push()

    async def close(self) -> None:
        pass

    def _knock(self) -> None:
        if not self._is_reachable:
            raise Outage("fake cannot be reached")
        if self._token != TOKEN:
            raise NotLetIn("fake does not take our credentials")

    def _read(self, told: Any) -> tuple[Arrival, ...]:
        try:
            key = f"{self.name}-{self._role}:{int(told['id'])}"
            return self._arrival(key, told)
        except _UNREADABLE as error:
            return (Unread(f"{self.name}-{self._role}:{hash(str(told))}", str(told), type(error).__name__),)

    def _arrival(self, key: str, told: Mapping[str, Any]) -> tuple[Arrival, ...]:
        sender = Address(self.name, str(told["chat"]))
        at = datetime.fromisoformat(told["at"])
        match told["kind"]:
            case "standing":
                return (Standing(sender, self._role, key, bool(told["open"]), at),)
            case "delivery":
                return (Delivery(told["message"], key, Fate(told["fate"]), at),)
            case "message" | "edit" | "press" as kind:
                return (self._inbound(kind, told, sender=sender, key=key, at=at),)
            case _:
                return ()

    def _inbound(
        self, kind: str, told: Mapping[str, Any], *, sender: Address, key: str, at: datetime
    ) -> Inbound:
        contact, place = told.get("contact"), told.get("location")
        return Inbound(
            sender=sender,
            role=self._role,
            key=key,
            message_id=told["message"],
            sent_at=at,
            text=str(told.get("text", "")),
            choice=str(told.get("choice", "")),
            press=str(told.get("press", "")),
            attachments=tuple(
                Attachment(each["kind"], each["ref"], bytes=each["size"]) for each in told.get("files", ())
            ),
            contact=Contact(contact["phone"], is_own=contact["own"]) if contact else None,
            location=Location(float(place["lat"]), float(place["lon"])) if place else None,
            is_edit=kind == "edit",
            name=str(told["name"]),
            lang=str(told["lang"]),
            source=str(told.get("source", "")),
        )


def _shown(message_id: str, reply: Reply) -> dict[str, Any]:
    return {
        "id": message_id,
        "text": reply.text,
        "buttons": [
            {"label": each.label, "choice": each.choice, "url": each.url, "asks": each.asks}
            for each in reply.buttons
        ],
        "files": [
            {"name": each.name, "type": each.type, "bytes": len(each.content)} for each in reply.papers
        ],
    }


async def acted(messenger: FakeMessenger, chat: str, act: str, told: Mapping[str, Any]) -> dict[str, str]:
    """Do what `/_sim/chats/{id}/{act}` of a simulator does."""
    match act:
        case "say":
            return {"message_id": await messenger.says(chat, told["text"])}
        case "edit":
            await messenger.edits(chat, told["message_id"], told["text"])
        case "press":
            await messenger.presses(chat, told["label"])
        case "send":
            content = b64decode(told["content"])
            return {"message_id": await messenger.sends(chat, told["kind"], content, caption=told["caption"])}
        case "contact":
            phone = messenger.people[chat].phone if told["own"] else "+79990000000"
            await messenger.says(chat, "", contact={"phone": phone, "own": told["own"]})
        case "location":
            await messenger.says(chat, "", location=dict(told))
        case "start":
            await messenger.says(chat, "/start", source=told["payload"])
        case "block" | "unblock":
            await messenger.opens(chat, is_open=act == "unblock")
        case _:
            raise LookupError(act)
    return {}
