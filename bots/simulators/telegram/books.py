"""What Telegram remembers: bots, people, chats, messages, files, and updates until they are confirmed."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from math import ceil
from typing import Any

from bots.simulators.telegram.no import No, bad
from core.ports import Chance, Clock

KEPT = timedelta(hours=24)  # an update nobody has taken
FILE_LINK = timedelta(hours=1)
PRESS = timedelta(minutes=15)  # a press waits so long for its answer
PER_SECOND = 30.0
CHAT_BURST = 20
_FIRST_PERSON = 7_000_000_001  # ids have more than 32 bits
Row = dict[str, Any]


@dataclass(slots=True)
class Bucket:
    """So much at once, and then so much a second."""

    per_second: float
    burst: float
    left: float = field(init=False)
    at: datetime | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.left = self.burst

    def missing_s(self, now: datetime) -> float:
        """Fill up and return how long to wait for one more; 0: it can be taken."""
        if self.at is not None:
            self.left = min(self.burst, self.left + (now - self.at).total_seconds() * self.per_second)
        self.at = now
        return max(0.0, (1 - self.left) / self.per_second)


@dataclass(slots=True)
class Person:
    """Somebody with an account."""

    id: int
    name: str
    last_name: str = ""
    lang: str = "ru"
    phone: str = ""
    username: str = ""

    @property
    def user(self) -> Row:
        """The person as `User`."""
        row: Row = {"id": self.id, "is_bot": False, "first_name": self.name}
        optional = {"last_name": self.last_name, "username": self.username, "language_code": self.lang}
        return row | {name: value for name, value in optional.items() if value}

    @property
    def chat(self) -> Row:
        """The private chat with him as `Chat`."""
        row: Row = {"id": self.id, "type": "private", "first_name": self.name}
        optional = {"last_name": self.last_name, "username": self.username}
        return row | {name: value for name, value in optional.items() if value}


@dataclass(slots=True)
class Talk:
    """A private chat of a bot with a person."""

    person: Person
    bucket: Bucket
    messages: dict[int, Row] = field(default_factory=dict)
    keyboards: dict[int, Row] = field(default_factory=dict)  # those that stand instead of the letters
    is_begun: bool = False  # the person has written or pressed Start
    is_blocked: bool = False


@dataclass(slots=True)
class Update:
    """An update as it is told, and since when it waits."""

    body: Row
    kind: str
    chat_id: int
    at: datetime
    taken_by: object = None  # the letter that brought it

    @property
    def id(self) -> int:
        """Its number."""
        return int(self.body["update_id"])


@dataclass(slots=True)
class Webhook:
    """Where a bot wants its updates."""

    url: str
    secret: str
    last_error: str = ""
    last_error_at: datetime | None = None


@dataclass(slots=True)
class File:
    """A file that Telegram keeps."""

    id: str
    name: str
    type: str
    content: bytes
    bytes: int
    path: str = ""
    link_until: datetime | None = None


@dataclass(slots=True)
class Bot:
    """A bot: its chats, its updates, and who waits for them."""

    id: int
    token: str
    name: str
    bucket: Bucket
    next_update_id: int
    next_message_id: int = 1
    talks: dict[int, Talk] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    pending: dict[int, Update] = field(default_factory=dict)
    repeats: list[Update] = field(default_factory=list)
    allowed: frozenset[str] = frozenset()  # empty: all
    webhook: Webhook | None = None
    presses: dict[str, datetime] = field(default_factory=dict)
    answered: dict[str, str] = field(default_factory=dict)
    commands: list[Row] = field(default_factory=list)
    poll: "asyncio.Future[None] | None" = None

    @property
    def user(self) -> Row:
        """The bot as `User`."""
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": f"bot{self.id}_bot"}

    def waiting(self, offset: int, limit: int, now: datetime) -> list[Row]:
        """Confirm what is below `offset` and return what waits."""
        if offset < 0:
            keep = sorted(self.pending)[offset:]
            self.pending = {id: self.pending[id] for id in keep}
        for id in [id for id, update in self.pending.items() if id < offset or update.at + KEPT <= now]:
            del self.pending[id]
        repeats, self.repeats = self.repeats, []
        found = [*repeats, *(self.pending[id] for id in sorted(self.pending))]
        return [update.body for update in found[:limit]]

    def ring(self) -> None:
        """Wake who waits for updates."""
        if self.poll is not None and not self.poll.done():
            self.poll.set_result(None)

    def end_poll(self, words: str) -> None:
        """Send away who waits for updates."""
        if self.poll is not None and not self.poll.done():
            self.poll.set_exception(No(words, HTTPStatus.CONFLICT))
        self.poll = None


class Books:
    """All bots and people."""

    def __init__(
        self,
        tokens: Sequence[str],
        *,
        clock: Clock,
        chance: Chance,
        tell: Callable[[Bot, Update], None],
        per_second: float = PER_SECOND,
        chat_burst: int = CHAT_BURST,
    ) -> None:
        """Know the bots of `tokens`; `tell` is called for every update of a bot with a webhook."""
        self.bots: dict[str, Bot] = {}
        self.people: dict[int, Person] = {}
        self.last: tuple[Bot, Update] | None = None
        self.clock = clock
        self._chance = chance
        self._tell = tell
        self._per_second = per_second
        self._chat_burst = chat_burst
        for token in tokens:
            self.add_bot(token)

    def add_bot(self, token: str) -> Bot:
        """Make a bot, as BotFather does."""
        id = int(token.partition(":")[0])
        first = self._chance.between(100_000_000, 900_000_000)
        self.bots[token] = Bot(
            id, token, f"Bot {id}", Bucket(self._per_second, self._per_second), next_update_id=first
        )
        return self.bots[token]

    def bot(self, token: str) -> Bot:
        """Return the bot of a token."""
        if token in self.bots:
            return self.bots[token]
        if not token.partition(":")[0].isdecimal():
            raise No("Not Found", HTTPStatus.NOT_FOUND)
        raise No("Unauthorized", HTTPStatus.UNAUTHORIZED)

    def add_person(self, **told: str) -> Person:
        """Make an account."""
        person = Person(_FIRST_PERSON + len(self.people), **told)
        self.people[person.id] = person
        return person

    def talk(self, bot: Bot, person: Person) -> Talk:
        """Return the chat of a bot with a person, as the person sees it."""
        if person.id not in bot.talks:
            bot.talks[person.id] = Talk(person, Bucket(1.0, self._chat_burst))
        return bot.talks[person.id]

    def reached(self, bot: Bot, chat_id: int) -> Talk:
        """Return the chat a bot wants to write to, if it may."""
        talk = bot.talks.get(chat_id)
        if talk is None or not (talk.is_begun or talk.is_blocked):
            raise bad("chat not found")
        if talk.is_blocked:
            raise No("Forbidden: bot was blocked by the user", HTTPStatus.FORBIDDEN)
        return talk

    def pay(self, bot: Bot, talk: Talk) -> None:
        """Take one message off what a bot may send, or say how long to wait."""
        now = self.clock.now()
        buckets = (bot.bucket, talk.bucket)
        missing_s = max(bucket.missing_s(now) for bucket in buckets)
        if missing_s > 0:
            wait_s = max(1, ceil(missing_s))
            words = f"Too Many Requests: retry after {wait_s}"
            raise No(words, HTTPStatus.TOO_MANY_REQUESTS, retry_after=wait_s)
        for bucket in buckets:
            bucket.left -= 1

    # Messages

    def post(self, bot: Bot, talk: Talk, sender: Row, **content: Any) -> Row:
        """Put a message into a chat and return it as `Message`."""
        id, bot.next_message_id = bot.next_message_id, bot.next_message_id + 1
        row = {
            "message_id": id,
            "from": sender,
            "chat": talk.person.chat,
            "date": int(self.clock.now().timestamp()),
            **content,
        }
        talk.messages[id] = row
        return row

    def keep(self, bot: Bot, content: bytes, *, name: str, type: str, size: int | None = None) -> File:
        """Keep a file for a bot; `size`: what it is said to have."""
        size = len(content) if size is None else size
        file = File(f"AgACAgIAAxk{bot.id}-{len(bot.files):06}", name, type, content, size)
        bot.files[file.id] = file
        return file

    # Updates

    def note(self, bot: Bot, kind: str, body: Row, *, chat_id: int) -> Row:
        """Tell a bot of something, if it wants to hear of that kind; return the update."""
        id, bot.next_update_id = bot.next_update_id, bot.next_update_id + 1
        update = Update({"update_id": id, kind: body}, kind, chat_id, self.clock.now())
        if bot.allowed and kind not in bot.allowed:
            return update.body
        bot.pending[id] = update
        self.last = bot, update
        self._hand(bot, update)
        return update.body

    def again(self) -> None:
        """Tell the last update once more."""
        if self.last is None:
            raise bad("nothing was told yet")
        bot, update = self.last
        if bot.webhook is None:
            bot.repeats.append(update)
        self._hand(bot, update)

    def hand_over(self, bot: Bot) -> None:
        """Tell all that waits to a webhook that has just been set."""
        for update in list(bot.pending.values()):
            self._hand(bot, update)

    def _hand(self, bot: Bot, update: Update) -> None:
        if bot.webhook is None:
            bot.ring()
        else:
            self._tell(bot, update)

    def shown(self, bot: Bot, talk: Talk) -> Iterator[Row]:
        """Yield the messages of a bot in a chat, oldest first."""
        yield from (row for row in talk.messages.values() if row["from"]["id"] == bot.id)
