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


# A held channel has nobody to push to: one process holds the line and reads what is said (bots/held.py).
HELD_CHANNELS = frozenset({"web", "console", "call"})


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message. `ref` is the channel's own handle until it is stored."""

    kind: str  # photo, video, voice, file
    ref: str


@dataclass(frozen=True, slots=True)
class Button:
    """A choice under a reply. `choice` is `verb:object:version`, at most 64 bytes."""

    label: str
    choice: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What we say. `spoken` is the same for the ear."""

    text: str
    buttons: tuple[Button, ...] = ()
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """What a person sent through a channel, before anybody has read it.

    Attributes:
        key: The provider's own id of the update, prefixed by its door; the same update twice has
            the same key.
        choice: The pressed button's choice, or empty.
    """

    sender: Address
    role: Role
    key: str
    message_id: str
    sent_at: datetime
    text: str = ""
    choice: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A rendered text: for the eye, for the ear, and the labels of its buttons by attribute."""

    text: str
    spoken: str
    labels: Mapping[str, str]
