"""What VK would know of its communities and the people who write to them, in memory."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core.ports import Chance, Clock

VERSION = "5.199"
CALLS_MAX, CALLS_WITHIN = 20, timedelta(seconds=1)
ANSWER_WITHIN = timedelta(minutes=1)
HISTORY_MAX = 1_000
ALL_EVENTS = (
    "message_new",
    "message_reply",
    "message_edit",
    "message_event",
    "message_allow",
    "message_deny",
    "message_read",
    "message_typing_state",
)

Row = dict[str, Any]


class No(Exception):  # noqa: N818 - it is an answer
    """VK says no: its code and its sentence."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def wrong(what: str) -> No:
    """Return the no for a parameter."""
    return No(100, f"One of the parameters specified was missing or invalid: {what}")


@dataclass(slots=True)
class Server:
    """An address of the Callback API. Only one that is confirmed (`ok`) is told of anything."""

    id: int
    url: str
    title: str
    secret_key: str
    status: str = "unconfigured"
    api_version: str = VERSION
    events: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Group:
    """A community. `history` is what Long Poll can still tell; the number of its last event is `ts`."""

    id: int
    confirmation: str
    key: str
    is_polled: bool = False
    poll_version: str = VERSION
    poll_events: set[str] = field(default_factory=set)
    history: deque[Row] = field(default_factory=lambda: deque(maxlen=HISTORY_MAX))
    ts: int = 0
    rang: asyncio.Event = field(default_factory=asyncio.Event)
    servers: dict[int, Server] = field(default_factory=dict)
    calls: deque[datetime] = field(default_factory=deque)
    last: Row | None = None
    messages: int = 0

    def since(self, ts: int) -> list[Row] | None:
        """Return the events after `ts`; None if some of them are forgotten, or it is of no time."""
        first = self.ts - len(self.history)
        return list(self.history)[ts - first :] if first <= ts <= self.ts else None


@dataclass(slots=True)
class Person:
    """Somebody with an account. `allows` are the communities that may write to him."""

    id: int
    name: str
    lang: str
    allows: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class File:
    """Bytes that lie somewhere at VK."""

    name: str
    type: str
    content: bytes


@dataclass(slots=True)
class Press:
    """A button that turns until somebody answers it."""

    group_id: int
    person_id: int
    at: datetime
    is_answered: bool = False


Tell = Callable[[Group, Server, Row], None]


class Books:
    """All communities. `tell` is called for every server that an event goes to."""

    def __init__(self, *, clock: Clock, chance: Chance, tell: Tell) -> None:
        self.groups: dict[int, Group] = {}
        self.tokens: dict[str, int] = {}
        self.people: dict[int, Person] = {}
        self.talks: dict[tuple[int, int], list[Row]] = {}
        self.files: dict[str, File] = {}
        self.uploads: dict[str, tuple[int, str]] = {}
        self.saved: dict[str, File] = {}
        self.presses: dict[str, Press] = {}
        self._repeats: dict[tuple[int, int, int], int] = {}
        self._clock, self._chance, self._tell = clock, chance, tell

    def now(self) -> datetime:
        """Return the time."""
        return self._clock.now()

    def token(self) -> str:
        """Return something nobody guesses."""
        return self._chance.token()[:40]

    def add_group(self, token: str, group_id: int) -> Group:
        """Make a community, or give one another token."""
        self.tokens[token] = group_id
        fresh = Group(group_id, confirmation=self.token()[:8], key=self.token())
        return self.groups.setdefault(group_id, fresh)

    def add_person(self, name: str, lang: str) -> Person:
        """Make a person, who knows nobody yet."""
        person = Person(1_001 + len(self.people), name, lang)
        self.people[person.id] = person
        return person

    def call(self, group: Group) -> None:
        """Count a call. Raises No above 20 within a second."""
        now = self.now()
        while group.calls and now - group.calls[0] >= CALLS_WITHIN:
            group.calls.popleft()
        if len(group.calls) >= CALLS_MAX:
            raise No(6, "Too many requests per second")
        group.calls.append(now)

    # Events

    def emit(self, group: Group, type: str, object: Row) -> None:
        """Let an event happen: whoever asked for its kind is told."""
        event = {
            "group_id": group.id,
            "type": type,
            "event_id": self.token().lower(),
            "v": VERSION,
            "object": json.loads(json.dumps(object)),  # as it was at that moment
        }
        group.last = event
        self.retell(group)

    def retell(self, group: Group) -> None:
        """Tell the last event, perhaps once more."""
        event = group.last
        if event is None:
            return
        if group.is_polled and event["type"] in group.poll_events:
            group.ts += 1
            group.history.append(event)
            group.rang.set()
            group.rang = asyncio.Event()
        for server in group.servers.values():
            if server.status == "ok" and event["type"] in server.events:
                self._tell(group, server, event)

    # Talks

    def talk(self, group: Group, person_id: int) -> list[Row]:
        """Return all messages between the two, oldest first."""
        return self.talks.setdefault((group.id, person_id), [])

    def write(self, group: Group, person_id: int, *, is_ours: bool, **parts: object) -> Row:
        """Add a message to a talk; `is_ours`: the community's."""
        talk = self.talk(group, person_id)
        group.messages += 1
        message: Row = {
            "id": group.messages,
            "date": int(self.now().timestamp()),
            "version": 10_000_000 + group.messages,
            "from_id": -group.id if is_ours else person_id,
            "peer_id": person_id,
            "out": int(is_ours),
            "conversation_message_id": len(talk) + 1,
            "text": "",
            "attachments": [],
            "fwd_messages": [],
            "important": False,
            "is_hidden": False,
            **parts,
        }
        talk.append(message)
        return message

    def say(self, group: Group, person: Person, **parts: object) -> Row:
        """Let a person write; who writes allows to be written to."""
        person.allows.add(group.id)
        message = self.write(group, person.id, is_ours=False, random_id=0, **parts)
        self.emit(group, "message_new", {"message": message, "client_info": client_info(person)})
        return message

    def once(self, group: Group, peer_id: int, random_id: int, act: Callable[[], int]) -> int:
        """Send once per number and talk; later the first message's id is answered. 0 is no number."""
        key = (group.id, peer_id, random_id)
        if random_id and key in self._repeats:
            return self._repeats[key]
        id = act()
        self._repeats[key] = id
        return id


def client_info(person: Person) -> Mapping[str, Any]:
    """Return what a person's program can do."""
    return {
        "button_actions": ["text", "vkpay", "open_app", "location", "open_link", "callback"],
        "keyboard": True,
        "inline_keyboard": True,
        "carousel": True,
        "lang_id": {"ru": 0, "uk": 1, "be": 2, "en": 3, "kk": 97}.get(person.lang, 3),
    }


def shown(message: Row) -> Row:
    """Return a message without what only we know of it."""
    return {name: value for name, value in message.items() if not name.startswith("_")}
