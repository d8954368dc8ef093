"""What MAX tells, read tolerantly: its updates as arrivals.

MAX gives updates no ids of their own, so a key is made of what stays the same when one is told again: the
message's id, or the person, the kind and the millisecond. A person is addressed by his own id and not by
his dialog's: presses in dialogs come without the latter.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from channels.max import card
from channels.max.shapes import (
    Body,
    Card,
    File,
    MessageUpdate,
    Place,
    PressUpdate,
    Share,
    StandingUpdate,
    User,
)
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
from core.wire import is_same

CHANNEL = "max"
VIDEO = "video:"  # stands before the token of a video; other files are named by their address
START = "/start"

# What we ask to be told. Muting, clearing, removing of messages and whatever happens in groups is not ours.
KINDS = (
    "message_created",
    "message_edited",
    "message_callback",
    "bot_started",
    "bot_stopped",
    "dialog_removed",
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GROUPS = frozenset({"chat", "channel"})
_FILES = {"image": "photo", "audio": "voice", "file": "file"}


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a message carries beside its words."""

    attachments: tuple[Attachment, ...] = ()
    contact: Contact | None = None
    location: Location | None = None
    shared: str = ""  # the address of a page he shared


class Reader:
    """Reads the updates of one bot."""

    def __init__(self, role: Role, token: str) -> None:
        """Read for a role; the token is what MAX signs a shared contact with."""
        self._role, self._token = role, token
        self._door = door_of(CHANNEL, role)

    def read(self, told: object) -> tuple[Arrival, ...]:
        """Return what an authentic update says; nothing for kinds that hold no person's words."""
        kind = told.get("update_type") if isinstance(told, dict) else None
        if isinstance(told, dict) and isinstance(kind, str) and kind not in KINDS:
            return (self.unread(told, "words in a new kind of update"),) if _has_words(told) else ()
        try:
            match kind:
                case "message_created" | "message_edited":
                    return self._message(MessageUpdate.model_validate(told))
                case "message_callback":
                    return self._press(PressUpdate.model_validate(told))
                case _:
                    return self._standing(StandingUpdate.model_validate(told))
        except ValidationError as error:
            where = {".".join(str(step) for step in each["loc"]) for each in error.errors()}
            return (self.unread(told, f"cannot read {', '.join(sorted(where))}"),)

    def unread(self, told: object, reason: str) -> Unread:
        """Keep whole what cannot be read."""
        raw = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
        kept = raw.encode("utf-8", "replace")  # a stranger's JSON may hold halves of characters
        digest = sha256(kept).hexdigest()
        return Unread(key=f"{self._door}:unread:{digest}", raw=kept.decode(), reason=reason)

    def _message(self, update: MessageUpdate) -> tuple[Arrival, ...]:
        message = update.message
        if message.recipient.chat_type in _GROUPS or message.sender is None or message.sender.is_bot:
            return ()
        is_edit = update.update_type == "message_edited"
        body = message.body or Body()
        forwarded = message.link.message if message.link and message.link.type == "forward" else None
        parts = self._parts(body, message.sender)
        if forwarded is not None:
            parts = _joined(parts, self._parts(forwarded, None))
        text = body.text or (forwarded.text if forwarded else "") or parts.shared
        if not (text or parts.attachments or parts.contact or parts.location):  # a sticker: no words
            return ()
        id = body.mid or f"{message.sender.user_id}-{message.timestamp}"
        return (
            Inbound(
                sender=self._address(message.sender),
                role=self._role,
                key=f"{self._door}:edit:{id}:{update.timestamp}" if is_edit else f"{self._door}:{id}",
                message_id=id,
                sent_at=_at(update.timestamp if is_edit else message.timestamp),
                text=text,
                attachments=parts.attachments,
                contact=parts.contact,
                location=parts.location,
                is_edit=is_edit,
                name=message.sender.name,
                lang=_lang(update.user_locale),
            ),
        )

    def _press(self, update: PressUpdate) -> tuple[Arrival, ...]:
        press, message = update.callback, update.message
        if not press.payload or (message is not None and message.recipient.chat_type in _GROUPS):
            return ()
        return (
            Inbound(
                sender=self._address(press.user),
                role=self._role,
                key=f"{self._door}:press:{press.user.user_id}:{press.timestamp}:{_short(press.callback_id)}",
                message_id=message.body.mid if message is not None and message.body else "",
                sent_at=_at(press.timestamp),
                choice=press.payload,
                press=press.callback_id,
                name=press.user.name,
                lang=_lang(update.user_locale),
            ),
        )

    def _standing(self, update: StandingUpdate) -> tuple[Arrival, ...]:
        user = update.user
        key = f"{self._door}:{update.update_type}:{user.user_id}:{update.timestamp}"
        at, is_open = _at(update.timestamp), update.update_type == "bot_started"
        standing = Standing(self._address(user), self._role, key, is_open=is_open, at=at)
        if not is_open:
            return (standing,)
        started = Inbound(
            sender=standing.sender,
            role=self._role,
            key=f"{key}:said",
            message_id="",
            sent_at=at,
            text=START,
            name=user.name,
            lang=_lang(update.user_locale),
            source=update.payload,
        )
        return (standing, started)

    def _parts(self, body: Body, sender: User | None) -> _Parts:
        """Read attachments; a contact in what somebody else wrote is nobody's own."""
        parts = _Parts()
        for each in body.attachments:
            kind, payload = each.get("type"), each.get("payload")
            match kind:
                case "image" | "audio" | "file":
                    file = File.model_validate(payload)
                    found = Attachment(_FILES[kind], file.url, _name(each), _size(each))
                    parts = _joined(parts, _Parts((found,)))
                case "video":
                    file = File.model_validate(payload)
                    ref = f"{VIDEO}{file.token}" if file.token else file.url
                    parts = _joined(parts, _Parts((Attachment("video", ref),)))
                case "contact":
                    shared = self._contact(Card.model_validate(payload), sender)
                    parts = _joined(parts, _Parts(contact=shared))
                case "location":
                    place = Place.model_validate(each)
                    parts = _joined(parts, _Parts(location=Location(place.latitude, place.longitude)))
                case "share":
                    parts = _joined(parts, _Parts(shared=Share.model_validate(payload or {}).url))
                case _:  # stickers, keyboards, and what MAX has yet to invent
                    pass
        return parts

    def _contact(self, shared: Card, sender: User | None) -> Contact | None:
        """Read a contact: his own if MAX signed the card and says it is the sender's (L21)."""
        phone, name = card.read(shared.vcf_info)
        if not phone:
            return None
        expected = hmac.new(self._token.encode(), shared.vcf_info.encode("utf-8", "surrogatepass"), sha256)
        is_signed = is_same(shared.hash.lower(), expected.hexdigest())
        owner = shared.max_info.user_id if shared.max_info else None
        is_own = is_signed and sender is not None and owner == sender.user_id
        return Contact(phone, name, is_own=is_own)

    def _address(self, user: User) -> Address:
        return Address(CHANNEL, str(user.user_id))


def _has_words(told: Mapping[str, Any]) -> bool:
    message = told.get("message")
    body = message.get("body") if isinstance(message, dict) else None
    return isinstance(body, dict) and bool(body.get("text"))


def _joined(first: _Parts, second: _Parts) -> _Parts:
    return _Parts(
        first.attachments + second.attachments,
        first.contact or second.contact,
        first.location or second.location,
        first.shared or second.shared,
    )


def _name(told: Mapping[str, Any]) -> str:
    name = told.get("filename")
    return name if isinstance(name, str) else ""


def _size(told: Mapping[str, Any]) -> int | None:
    size = told.get("size")
    return size if isinstance(size, int) and size >= 0 else None


def _short(id: str) -> str:
    """Return what stands for an id of any length in a key."""
    return sha256(id.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _lang(locale: str) -> str:
    return locale.replace("_", "-").partition("-")[0].lower()


def _at(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)
