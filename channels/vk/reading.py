"""What VK tells of, read tolerantly: only what we need of an event, whatever else is in it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from channels.vk.keyboard import choice_of, is_start
from core.messages import (
    Address,
    Arrival,
    Attachment,
    Delivery,
    Fate,
    Inbound,
    Location,
    Role,
    Standing,
    Unread,
)

NAME = "vk"
START = "/start"  # as other messengers say it; VK's own button says it in the person's language
# What VK is asked to tell of; the rest, such as its own echo of what we said, is of no use to us.
EVENTS = ("message_new", "message_edit", "message_event", "message_allow", "message_deny", "message_read")

_LANGUAGES: Mapping[int, str] = MappingProxyType({0: "ru", 1: "uk", 2: "be", 3: "en", 97: "kk", 100: "ru"})
_REASON_MAX = 200
_ID_MAX = 100
_DEPTH_MAX = 3  # of what was forwarded within what was forwarded


class _Told(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


def _nothing(value: object) -> object:
    return () if value is None else value


class _Size(_Told):
    url: str = ""
    width: int = 0
    height: int = 0

    @property
    def area(self) -> int:
        return self.width * self.height


class _Photo(_Told):
    sizes: Annotated[tuple[_Size, ...], BeforeValidator(_nothing)] = ()
    orig_photo: _Size | None = None

    @property
    def largest(self) -> str:
        """Old photos tell no sizes; then the last one counts, for VK lists them growing."""
        sizes = [size for size in (*self.sizes, *((self.orig_photo,) if self.orig_photo else ())) if size.url]
        return max(reversed(sizes), key=lambda size: size.area).url if sizes else ""


class _Doc(_Told):
    title: str = ""
    url: str = ""
    size: int | None = None


class _Voice(_Told):
    link_ogg: str = ""
    link_mp3: str = ""


class _Video(_Told):
    id: int
    owner_id: int
    title: str = ""


class _Graffiti(_Told):
    url: str = ""


class _Attached(_Told):
    type: str
    photo: _Photo | None = None
    doc: _Doc | None = None
    audio_message: _Voice | None = None
    video: _Video | None = None
    graffiti: _Graffiti | None = None


class _Point(_Told):
    latitude: float
    longitude: float


class _Geo(_Told):
    coordinates: _Point


class _Forwarded(_Told):
    text: str = ""
    attachments: Annotated[tuple[_Attached, ...], BeforeValidator(_nothing)] = ()
    fwd_messages: Annotated[tuple["_Forwarded", ...], BeforeValidator(_nothing)] = ()


class _Message(_Forwarded):
    id: int = 0
    date: int
    from_id: int
    peer_id: int
    out: int = 0
    conversation_message_id: int = 0
    update_time: int = 0
    geo: _Geo | None = None
    payload: str | None = None
    ref: str = ""
    ref_source: str = ""


class _Client(_Told):
    lang_id: int | None = None


class _Spoken(_Told):
    message: _Message
    client_info: _Client = Field(default_factory=_Client)


class _Press(_Told):
    user_id: int
    peer_id: int
    event_id: str
    payload: Any = None
    conversation_message_id: int = 0


class _Permission(_Told):
    user_id: int


class _Seen(_Told):
    from_id: int
    peer_id: int
    read_message_id: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the events of one community.

    Attributes:
        door: What keys begin with.
    """

    door: str
    role: Role

    def read(self, event: Mapping[str, Any], *, at: datetime) -> Arrival | None:
        """Read an event; None for one that tells us nothing.

        Args:
            at: When it came; VK dates messages only.
        """
        # Halves of characters, which JSON may hold and no database does, become question marks.
        raw = json.dumps(event, ensure_ascii=False, default=float).encode("utf-8", "replace").decode()
        kind, id = str(event.get("type")), event.get("event_id")
        is_id = isinstance(id, str) and id.isascii() and 0 < len(id) <= _ID_MAX
        key = f"{self.door}:{id if is_id else sha256(raw.encode()).hexdigest()}"
        try:
            return self._read(kind, event.get("object"), key, at)
        except ValidationError as error:
            where = ", ".join(".".join(str(part) for part in each["loc"]) for each in error.errors())
            return Unread(key, raw, f"{kind}: {where or 'object'}"[:_REASON_MAX])
        except (ValueError, OverflowError, OSError):
            return Unread(key, raw, f"{kind}: a date that is none")

    def _read(self, kind: str, told: object, key: str, at: datetime) -> Arrival | None:
        match kind:
            case "message_new":
                return self._message(_Spoken.model_validate(told), key)
            case "message_edit":  # the message itself, with nothing around it
                return self._message(_Spoken(message=_Message.model_validate(told)), key, is_edit=True)
            case "message_event":
                return self._press(_Press.model_validate(told), key, at)
            case "message_allow" | "message_deny":
                person = _Permission.model_validate(told).user_id
                return Standing(self._from(person), self.role, key, kind == "message_allow", at)
            case "message_read":
                return self._seen(_Seen.model_validate(told), key, at)
        return None

    def _message(self, told: _Spoken, key: str, *, is_edit: bool = False) -> Inbound | None:
        message = told.message
        # A talk of many, and what the community itself says, are not addressed to us.
        if message.out or message.from_id != message.peer_id or message.from_id <= 0:
            return None
        texts, attached = _whole(message)
        place = message.geo.coordinates if message.geo else None
        return Inbound(
            sender=self._from(message.from_id),
            role=self.role,
            key=key,
            message_id=str(message.id or message.conversation_message_id),
            sent_at=datetime.fromtimestamp(message.update_time or message.date, UTC),
            text=START if is_start(message.payload) else "\n".join(text for text in texts if text),
            choice=choice_of(message.payload),  # programs that know no callback buttons send their payload so
            attachments=tuple(found for each in attached if (found := _attachment(each)) is not None),
            location=Location(place.latitude, place.longitude) if place else None,
            is_edit=is_edit,
            lang=_LANGUAGES.get(told.client_info.lang_id, "") if told.client_info.lang_id is not None else "",
            source=message.ref or message.ref_source,
        )

    def _press(self, press: _Press, key: str, at: datetime) -> Inbound | None:
        if press.user_id != press.peer_id:
            return None
        return Inbound(
            sender=self._from(press.user_id),
            role=self.role,
            key=key,
            message_id=str(press.conversation_message_id),
            sent_at=at,
            choice=choice_of(press.payload),
            press=press.event_id,
        )

    def _seen(self, told: _Seen, key: str, at: datetime) -> Delivery | None:
        """Everything up to this message is read; only the last one is named."""
        if told.from_id != told.peer_id or told.from_id <= 0:
            return None
        return Delivery(str(told.read_message_id), key, Fate.READ, at)

    def _from(self, person: int) -> Address:
        return Address(NAME, str(person))


def _whole(message: _Forwarded, depth: int = 0) -> tuple[list[str], list[_Attached]]:
    """Return words and attachments, also of what he forwarded to us: a photo often comes so."""
    texts, attached = [message.text], list(message.attachments)
    forwarded: Sequence[_Forwarded] = message.fwd_messages if depth < _DEPTH_MAX else ()
    for each in forwarded:
        more_texts, more_attached = _whole(each, depth + 1)
        texts += more_texts
        attached += more_attached
    return texts, attached


def _attachment(told: _Attached) -> Attachment | None:
    """Return a file; None for what is none, such as a sticker or the preview of a link."""
    if told.photo and told.photo.largest:
        return Attachment("photo", told.photo.largest)
    if told.graffiti and told.graffiti.url:
        return Attachment("photo", told.graffiti.url)
    if told.audio_message:
        return Attachment("voice", told.audio_message.link_ogg or told.audio_message.link_mp3)
    if told.doc:
        return Attachment("file", told.doc.url, told.doc.title, told.doc.size)
    if told.video:  # VK shows it and hands out no file: a name instead of an address says so
        return Attachment("video", f"video{told.video.owner_id}_{told.video.id}", told.video.title)
    return None
