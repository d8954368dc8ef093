"""What Telegram tells, as arrivals: our own tolerant reading of its updates.

It reads the few fields we need and lets the rest be, so that what Telegram adds breaks nothing.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import phonenumbers
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.messages import (
    Address,
    Arrival,
    Attachment,
    Contact,
    Inbound,
    Location,
    Role,
    Standing,
    Unread,
    door_of,
)

KINDS = frozenset({"message", "edited_message", "callback_query", "my_chat_member"})
"""The kinds of updates we ask for."""

_SHUT = frozenset({"kicked", "left"})
_COMMAND = "/start"
_REGION = "RU"  # of numbers in people's own address books

Second = Annotated[int, Field(ge=0, lt=2**33)]


class _Of(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Chat(_Of):
    id: int
    type: str


class _User(_Of):
    id: int
    first_name: str = ""
    last_name: str = ""
    language_code: str = ""


class _File(_Of):
    file_id: str
    file_name: str = ""
    mime_type: str = ""
    file_size: int | None = None
    width: int = 0
    height: int = 0


class _Contact(_Of):
    phone_number: str
    first_name: str = ""
    last_name: str = ""
    user_id: int | None = None


class _Place(_Of):
    latitude: float
    longitude: float


class _Venue(_Of):
    title: str = ""
    address: str = ""


class _Sticker(_Of):
    emoji: str = ""


class _Message(_Of):
    message_id: int
    chat: _Chat
    date: Second
    sender: _User | None = Field(default=None, alias="from")
    edit_date: Second | None = None
    text: str = ""
    caption: str = ""
    photo: tuple[_File, ...] = ()
    video: _File | None = None
    video_note: _File | None = None
    animation: _File | None = None
    voice: _File | None = None
    audio: _File | None = None
    document: _File | None = None
    sticker: _Sticker | None = None
    contact: _Contact | None = None
    location: _Place | None = None
    venue: _Venue | None = None


class _Where(_Of):
    """A message of ours that was pressed; it may be too old to be told whole."""

    message_id: int
    chat: _Chat


class _Press(_Of):
    id: str
    sender: _User = Field(alias="from")
    message: _Where | None = None
    data: str = ""


class _Member(_Of):
    status: str


class _Membership(_Of):
    chat: _Chat
    sender: _User = Field(alias="from")
    date: Second
    new_chat_member: _Member


class _Update(_Of):
    update_id: int
    message: _Message | None = None
    edited_message: _Message | None = None
    callback_query: _Press | None = None
    my_chat_member: _Membership | None = None


class Reader:
    """Reads the updates of one bot."""

    def __init__(self, role: Role) -> None:
        self._role = role
        self._door = door_of("telegram", role.value)

    def arrivals(self, raw: object, *, now: datetime) -> tuple[Arrival, ...]:
        """Return what an update tells: nothing for groups and for kinds without a person's words.

        Args:
            raw: The update as JSON has it.
            now: For a press, whose moment Telegram does not tell.
        """
        try:
            update = _Update.model_validate(raw)
        except ValidationError as error:
            if _is_elsewhere(raw):
                return ()
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            return (self.unread(raw, f"{where}: {first['msg']}"),)
        return self._told(update, now) or self._new_kind(raw)

    def _told(self, update: _Update, now: datetime) -> tuple[Arrival, ...]:
        key = self._key(update.update_id)
        match update:
            case _Update(message=_Message() as message):
                return self._said(message, key)
            case _Update(edited_message=_Message() as message):
                return self._said(message, key, is_edit=True)
            case _Update(callback_query=_Press() as press):
                return self._pressed(press, key, now)
            case _Update(my_chat_member=_Membership() as membership):
                return self._stands(membership, key)
        return ()

    def _new_kind(self, raw: object) -> tuple[Arrival, ...]:
        """Keep what somebody says in an update of a kind that we do not know."""
        is_new = isinstance(raw, dict) and not KINDS & raw.keys() and not _is_elsewhere(raw)
        if is_new and any(body.get("text") or body.get("caption") for body in _bodies(raw)):
            return (self.unread(raw, "words in a new kind of update"),)
        return ()

    def unread(self, raw: object, reason: str) -> Unread:
        """Keep an update that cannot be read, for a person."""
        whole = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
        id = raw.get("update_id") if isinstance(raw, dict) else None
        digest = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return Unread(self._key(id if isinstance(id, int) else digest), whole, reason)

    def _key(self, update: int | str) -> str:
        return f"{self._door}:{update}"

    def _said(self, message: _Message, key: str, *, is_edit: bool = False) -> tuple[Arrival, ...]:
        if message.chat.type != "private" or message.sender is None:
            return ()
        if is_edit and message.location is not None:  # a place that is shared live moves by edits
            return ()
        text, source = _words(message)
        attachments = tuple(_attachments(message))
        contact = _contact(message)
        location = _location(message)
        if not (text or attachments or contact or location):  # a game, a poll, somebody joined: no words
            return ()
        inbound = Inbound(
            sender=_address(message.chat),
            role=self._role,
            key=key,
            message_id=str(message.message_id),
            sent_at=_moment((is_edit and message.edit_date) or message.date),
            text=text,
            attachments=attachments,
            contact=contact,
            location=location,
            is_edit=is_edit,
            name=_name(message.sender),
            lang=_lang(message.sender),
            source=source,
        )
        return (inbound,)

    def _pressed(self, press: _Press, key: str, now: datetime) -> tuple[Arrival, ...]:
        if press.message is None or press.message.chat.type != "private" or not press.data:
            return ()
        inbound = Inbound(
            sender=_address(press.message.chat),
            role=self._role,
            key=key,
            message_id=f"press-{press.id}",
            sent_at=now,
            choice=press.data,
            press=press.id,
            name=_name(press.sender),
            lang=_lang(press.sender),
        )
        return (inbound,)

    def _stands(self, membership: _Membership, key: str) -> tuple[Arrival, ...]:
        if membership.chat.type != "private":
            return ()
        is_open = membership.new_chat_member.status not in _SHUT
        return (Standing(_address(membership.chat), self._role, key, is_open, _moment(membership.date)),)


def _words(message: _Message) -> tuple[str, str]:
    """Return what a message says, and what the link that led here carried."""
    text = message.text or message.caption
    if message.sticker is not None:
        text = message.sticker.emoji
    if message.venue is not None:
        text = ", ".join(filter(None, (message.venue.title, message.venue.address)))
    command, _, payload = text.partition(" ")
    return (command, payload.strip()) if command == _COMMAND else (text, "")


def _attachments(message: _Message) -> Iterator[Attachment]:
    if message.photo:  # one picture in several sizes
        largest = max(message.photo, key=lambda size: (size.width * size.height, size.file_size or 0))
        yield _attachment("photo", largest)
    for video in (message.video, message.video_note, message.animation):
        if video is not None:
            yield _attachment("video", video)
    for voice in (message.voice, message.audio):
        if voice is not None:
            yield _attachment("voice", voice)
    if message.document is not None and message.animation is None:  # which is told as a document too
        yield _attachment(_kind(message.document.mime_type), message.document)


def _kind(type: str) -> str:
    """Return what a document is: a picture sent uncompressed is a picture."""
    match type.partition("/")[0]:
        case "image":
            return "photo"
        case "video":
            return "video"
        case _:
            return "file"


def _attachment(kind: str, file: _File) -> Attachment:
    return Attachment(kind, file.file_id, name=file.file_name, bytes=file.file_size)


def _contact(message: _Message) -> Contact | None:
    """Return a shared phone: his own if Telegram itself says whose account the number has."""
    told = message.contact
    if told is None or message.sender is None or not (phone := e164(told.phone_number)):
        return None
    name = f"{told.first_name} {told.last_name}".strip()
    return Contact(phone, name=name, is_own=told.user_id == message.sender.id)


def _location(message: _Message) -> Location | None:
    place = message.location
    return None if place is None else Location(place.latitude, place.longitude)


def e164(written: str) -> str:
    """Write a phone as E.164, or nothing if it is none.

    Telegram tells the numbers of accounts in full but often without the plus; those of an address book are
    as somebody typed them.
    """
    for number, region in ((f"+{written.lstrip('+')}", None), (written, _REGION)):
        try:
            found = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(found):
            return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
    return ""


def _address(chat: _Chat) -> Address:
    return Address("telegram", str(chat.id))


def _name(user: _User) -> str:
    return f"{user.first_name} {user.last_name}".strip()


def _lang(user: _User) -> str:
    return user.language_code.partition("-")[0]


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _bodies(raw: object) -> Iterator[dict[str, Any]]:
    """Yield what an update is about, whatever its kind."""
    if isinstance(raw, dict):
        yield from (body for body in raw.values() if isinstance(body, dict))


def _is_elsewhere(raw: object) -> bool:
    """Tell whether an update is surely of a group or a channel, which we do not hear."""
    chats = [body["chat"] for body in _bodies(raw) if isinstance(body.get("chat"), dict)]
    return bool(chats) and all(chat.get("type", "private") != "private" for chat in chats)
