"""The one shape of talk: what comes in from any channel and what goes out to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """Which of the two people is talking."""

    CLIENT = "client"
    MASTER = "master"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person can be reached: a channel and the chat's id in it."""

    channel: str  # web, telegram, max, …
    chat_id: str


def door_of(channel: str, role: str) -> str:
    """Return the name of the door by which people of a role are reached in a channel."""
    return f"{channel}-{role}"


# A held channel has nobody to push to: one process holds the line and reads what is said (bots/held.py).
HELD_CHANNELS = frozenset({"web", "console", "call"})
# Without buttons: choices are numbered, and a bare number is a press.
NUMBERED_CHANNELS = frozenset({"sms", "email"})
PICTURELESS_CHANNELS = frozenset({"sms"})  # nobody can send a photo there


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message and is not fetched yet.

    Attributes:
        ref: The channel's own handle; whatever `Channel.fetch` needs, as text.
        name: What the sender called it, or empty.
        bytes: Its size, if the channel tells it.
    """

    kind: str  # photo, video, voice, file
    ref: str
    name: str = ""
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A phone somebody shared. It is his own only where the channel itself vouches for that (L21)."""

    phone: str  # E.164
    name: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Location:
    """A place somebody shared, in degrees."""

    lat: float
    lon: float


class Ask(StrEnum):
    """What a button asks the messenger for, with the person's consent."""

    CONTACT = "contact"
    LOCATION = "location"


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press under a reply: a choice, a link, or a thing to share; exactly one of them.

    Attributes:
        choice: `verb:object:version`, at most 64 bytes.
        url: Opens a page.
        is_app: The page is ours and may be opened inside the messenger, where it has that.
        asks: Shares something.
    """

    label: str
    choice: str = ""
    url: str = ""
    is_app: bool = False
    asks: Ask | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A file of ours that goes with a reply."""

    name: str  # what the person sees, such as "Заказ К-4827.pdf"
    type: str  # media type
    content: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What we say. `spoken` is the same for the ear."""

    text: str
    buttons: tuple[Button, ...] = ()
    spoken: str = ""
    papers: tuple[Paper, ...] = ()
    lang: str = "ru"  # of what a channel has to add by itself, such as "answer with a number"
    thread: str = ""  # what it answers, for channels with threads


@dataclass(frozen=True, slots=True)
class Inbound:
    """What a person sent through a channel, before anybody has read it.

    Attributes:
        key: The provider's own id of the *update*, prefixed by its door; the same update twice has
            the same key, an edit of a message another one.
        choice: The pressed button's choice, or empty.
        press: The channel's handle of the press, to be acknowledged once it is written down.
        is_edit: The person changed what he wrote before under the same `message_id`.
        name: What the sender calls himself there.
        lang: The language his messenger speaks, such as "ru", if told.
        source: Where he came from: what the link he followed carried (A30), or empty.
        thread: What it answers, for channels with threads (the Message-ID of a mail).
    """

    sender: Address
    role: Role
    key: str
    message_id: str
    sent_at: datetime
    text: str = ""
    choice: str = ""
    attachments: tuple[Attachment, ...] = ()
    contact: Contact | None = None
    location: Location | None = None
    press: str = ""
    is_edit: bool = False
    name: str = ""
    lang: str = ""
    source: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A person shut the door (blocked the bot, unsubscribed) or opened it again."""

    sender: Address
    role: Role
    key: str
    is_open: bool
    at: datetime


class Fate(StrEnum):
    """What became of something we sent."""

    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A channel's word on what became of a message of ours."""

    message_id: str  # as `Channel.send` returned it
    key: str
    fate: Fate
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """An authentic update that our reading of the channel does not fit: kept whole, for a person."""

    key: str
    raw: str
    reason: str


Arrival = Inbound | Standing | Delivery | Unread


@dataclass(frozen=True, slots=True)
class Batch:
    """What one look at a channel brought, and where to go on once all of it is written down."""

    arrivals: tuple[Arrival, ...]
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel can show and how fast it takes things, by its published rules (docs/channels.md).

    Attributes:
        text: Characters of one message.
        caption: Characters beside a file; 0: the text goes apart.
        buttons: How many under one message; 0: choices are numbered.
        row: How many buttons stand side by side at most.
        label: Characters of a button that can be read.
        asks: What a button can ask the person to share; else it is asked in words.
        papers: Whether files can be sent; else their link is.
        paper_bytes: Of one file.
        per_second: Messages of the whole door.
        burst: How many of them at once after a rest.
        chat_interval_s: Between two messages of one chat.
        chat_burst: How many of them at once after a rest.
        is_repeatable: The other side knows our keys: asking twice says it once.
    """

    text: int = 4_096
    caption: int = 1_024
    buttons: int = 100
    row: int = 3
    label: int = 64
    asks: frozenset[Ask] = frozenset(Ask)
    papers: bool = True
    paper_bytes: int = 50 * 1024 * 1024
    per_second: float = 30.0
    burst: int = 30
    chat_interval_s: float = 1.0
    chat_burst: int = 3
    is_repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A rendered text: for the eye, for the ear, and the labels of its buttons by attribute."""

    text: str
    spoken: str
    labels: Mapping[str, str]
