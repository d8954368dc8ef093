"""What MAX would know: bots, people, their dialogs, uploads; in memory, with the rules of each step."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from bots.simulators.max.shapes import Image, Keyboard, Media, MessageIn
from core.ports import Chance, Clock

CALLS_PER_S, SENDS_PER_S = 30, 2  # of a bot; into one chat
FORGOTTEN_AFTER = timedelta(hours=8)  # without a 200 from the bot
START_MAX = 512

_MB = 1024 * 1024
BYTES_MAX = {"image": 50 * _MB, "video": 250 * _MB, "audio": 256 * _MB, "file": 4_096 * _MB}
_SECOND = timedelta(seconds=1)

Row = dict[str, Any]


class No(Exception):  # noqa: N818 - it is an answer
    """MAX says no: status, the key of the error, a sentence."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def bad(message: str) -> No:
    """Return the no for what cannot be read or done."""
    return No(HTTPStatus.BAD_REQUEST, "proto.payload", message)


@dataclass(slots=True)
class Subscription:
    """Where a bot's updates go.

    Attributes:
        failing_since: Since when nothing was taken there; None: the last was.
    """

    url: str
    types: list[str] | None
    secret: str | None
    time: int
    failing_since: datetime | None = None


@dataclass(slots=True)
class Upload:
    """A file on its way into a message. `left`: so often it is not ready yet."""

    id: int
    type: str
    token: str
    left: int
    name: str = ""
    media_type: str = ""
    content: bytes | None = None


@dataclass(slots=True)
class Bot:
    """A bot, and what waits for it: updates by their place in line."""

    token: str
    name: str
    user_id: int
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    waiting: dict[int, Row] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    callbacks: set[str] = field(default_factory=set)
    calls: deque[datetime] = field(default_factory=deque)
    rang: asyncio.Event = field(default_factory=asyncio.Event)

    def user(self) -> Row:
        """Return the bot as others see it."""
        return {"user_id": self.user_id, "first_name": self.name, "username": self.name, "is_bot": True}


@dataclass(slots=True)
class Said:
    """A message of the bot's, as its person sees it."""

    id: str
    text: str
    buttons: list[Row]
    files: list[Upload]
    at: datetime


@dataclass(slots=True)
class Person:
    """Somebody with a dialog with one bot."""

    user_id: int
    chat_id: int
    bot: Bot
    name: str
    lang: str
    phone: str
    has_come: bool = False
    has_stopped: bool = False
    shown: list[Said] = field(default_factory=list)
    written: dict[str, Row] = field(default_factory=dict)
    sends: deque[datetime] = field(default_factory=deque)


class Books:
    """All of it. `tell` is called with a bot, an update's place and the update."""

    def __init__(
        self,
        *,
        clock: Clock,
        chance: Chance,
        pace: float,
        not_ready: int,
        tell: Callable[[Bot, int, Row], None],
    ) -> None:
        self.bots: dict[str, Bot] = {}
        self.people: dict[int, Person] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.videos: dict[str, str] = {}
        self.not_ready = not_ready
        self.last: tuple[Bot, Row] | None = None
        self.clock, self.chance = clock, chance
        self._forgotten_after = FORGOTTEN_AFTER * (pace or 1.0)  # a pace of 0 only does without waits
        self._tell, self._ms, self._ids = tell, 0, 1_000

    def ms(self) -> int:
        """Return the present in milliseconds, each time a later one."""
        self._ms = max(self._ms + 1, int(self.clock.now().timestamp() * 1_000))
        return self._ms

    def id(self) -> int:
        """Return a new number."""
        self._ids += 1
        return self._ids

    # Bots and people

    def add_bot(self, token: str, name: str) -> Bot:
        """Register a bot."""
        self.bots[token] = bot = Bot(token, name, self.id())
        return bot

    def add_person(self, *, name: str, lang: str, phone: str, bot: str) -> Person:
        """Make a person who may talk to a bot: the one named so, or the first."""
        found = [each for each in self.bots.values() if bot in {"", each.name}]
        if not found:
            raise No(HTTPStatus.NOT_FOUND, "bot.not.found", "There is no such bot")
        person = Person(self.id(), -self.id(), found[0], name, lang, phone)
        self.people[person.user_id] = person
        return person

    def person(self, user_id: int) -> Person:
        """Return somebody known."""
        if user_id not in self.people:
            raise No(HTTPStatus.NOT_FOUND, "chat.not.found", f"Chat with user {user_id} not found")
        return self.people[user_id]

    def count(self, bot: Bot) -> None:
        """Count a call against the bot's thirty a second. Long polls are not: each waits by itself."""
        self._allow(bot.calls, CALLS_PER_S)

    def _allow(self, seen: deque[datetime], most: int) -> None:
        now = self.clock.now()
        while seen and now - seen[0] >= _SECOND:
            seen.popleft()
        if len(seen) >= most:
            text = f"Too many requests. Limit is: {most} calls per second."
            raise No(HTTPStatus.TOO_MANY_REQUESTS, "too.many.requests", text)
        seen.append(now)

    # Updates

    def happen(self, bot: Bot, update: Mapping[str, Any]) -> None:
        """Write an update down for the bot, and send it if it has subscribed to its kind."""
        place = self.id()
        told = {**update, "timestamp": self.ms()} if "timestamp" not in update else dict(update)
        bot.waiting[place] = told
        self.last = (bot, told)
        bot.rang.set()
        self._tell(bot, place, told)

    def again(self) -> None:
        """Tell the last update once more."""
        if self.last is not None:
            self.happen(*self.last)

    def read(self, bot: Bot, marker: int | None, limit: int) -> tuple[list[Row], int]:
        """Return what waits from a place on, and the next place; what stands before it is forgotten.

        Without a place only the last update is told, and all are left where they are.
        """
        if marker is None:
            found = list(bot.waiting)[-1:]
        else:
            for place in [each for each in bot.waiting if each < marker]:
                del bot.waiting[place]
            found = list(bot.waiting)[:limit]
        return [bot.waiting[place] for place in found], found[-1] + 1 if found else marker or self._ids + 1

    def subscription(self, bot: Bot, kind: str) -> Subscription | None:
        """Return where updates of a kind go, if anywhere; who was silent too long is forgotten."""
        now = self.clock.now()
        for url, each in list(bot.subscriptions.items()):
            if each.failing_since is not None and now - each.failing_since > self._forgotten_after:
                del bot.subscriptions[url]
        found = [each for each in bot.subscriptions.values() if each.types is None or kind in each.types]
        return found[0] if found else None

    # What the bot does

    def say(self, bot: Bot, user_id: int, asked: MessageIn) -> Row:
        """Put a message into a dialog."""
        person = self.person(user_id)
        if person.bot is not bot or not person.has_come:
            raise No(HTTPStatus.NOT_FOUND, "chat.not.found", f"Chat with user {user_id} not found")
        if person.has_stopped:
            raise No(HTTPStatus.FORBIDDEN, "chat.denied", "error.dialog.suspended")
        files = self._ready(bot, asked)
        self._allow(person.sends, SENDS_PER_S)
        boards = [each for each in asked.attachments or () if isinstance(each, Keyboard)]
        buttons = [button.model_dump() for board in boards for row in board.payload.buttons for button in row]
        said = Said(self._mid(), asked.text or "", buttons, files, self.clock.now())
        person.shown.append(said)
        return self.message(person, said.id, said.text, sender=bot.user(), to=person.user_id)

    def _ready(self, bot: Bot, asked: MessageIn) -> list[Upload]:
        found = []
        for each in asked.attachments or ():
            for token in each.tokens if isinstance(each, Image | Media) else ():
                upload = bot.uploads.get(token)
                if upload is None or upload.content is None or upload.type != each.type:
                    raise bad("Invalid token of an attachment")
                found.append(upload)
        for upload in found:
            if upload.left:
                upload.left -= 1
                key = f"Key: errors.process.attachment.{upload.type}.not.processed"
                raise No(HTTPStatus.BAD_REQUEST, "attachment.not.ready", key)
        return found

    def answer(self, bot: Bot, callback_id: str) -> None:
        """Take note of a press."""
        if callback_id not in bot.callbacks:
            raise No(HTTPStatus.NOT_FOUND, "callback.not.found", "There was no such press")

    def upload(self, bot: Bot, type: str) -> Upload:
        """Open a place for one file."""
        upload = Upload(self.id(), type, self.chance.token(), self.not_ready)
        bot.uploads[upload.token] = upload
        return upload

    def uploading(self, id: int) -> Upload:
        """Return an open place."""
        for bot in self.bots.values():
            for upload in bot.uploads.values():
                if upload.id == id and upload.content is None:
                    return upload
        raise bad("Upload url is unknown or used")

    # Messages

    def _mid(self) -> str:
        return f"mid.{self.id():032x}"

    def message(self, person: Person, mid: str, text: str, *, sender: Row, to: int) -> Row:
        """Return a message as MAX shows it."""
        return {
            "sender": {"last_activity_time": self.ms(), "name": sender["first_name"], **sender},
            "recipient": {"chat_id": person.chat_id, "chat_type": "dialog", "user_id": to},
            "timestamp": self.ms(),
            "body": {"mid": mid, "seq": self.id(), "text": text},
        }

    def write(self, person: Person, text: str, *attachments: Row) -> str:
        """Let a person write to his bot; returns the message's id."""
        person.has_come, person.has_stopped = True, False
        mid = self._mid()
        message = self.message(person, mid, text, sender=user(person), to=person.bot.user_id)
        if attachments:
            message["body"]["attachments"] = list(attachments)
        person.written[mid] = message
        self.happen(
            person.bot, {"update_type": "message_created", "message": message, "user_locale": person.lang}
        )
        return mid


def user(person: Person) -> Row:
    """Return a person as a bot sees him."""
    return {"user_id": person.user_id, "first_name": person.name, "last_name": "", "is_bot": False}
