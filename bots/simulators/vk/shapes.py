"""What VK's schema (VKCOM/vk-api-schema 5.199) lets a community ask. What is not played is refused too."""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

GroupId = Annotated[int, Field(ge=1)]
LABEL_MAX, PAYLOAD_MAX = 40, 255
ROW_MAX, INLINE_ROWS_MAX, INLINE_MAX, ROWS_MAX, BUTTONS_MAX = 5, 6, 10, 10, 40


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# Messages


class Send(_Asked):
    """messages.send. A text above VK's measure has an error of its own, so it is no matter of shape."""

    random_id: int = Field(ge=-(2**31), lt=2**31)
    peer_id: int | None = None
    user_id: int | None = None
    message: str = Field(default="", max_length=9_000)
    attachment: str = Field(default="", max_length=9_000)
    keyboard: str | None = None
    payload: str | None = Field(default=None, max_length=1_000)
    dont_parse_links: bool = False
    disable_mentions: bool = False

    @model_validator(mode="after")
    def _has_peer(self) -> "Send":
        if (self.peer_id is None) == (self.user_id is None):
            raise ValueError("peer_id is not set")
        return self

    @property
    def to(self) -> int:
        """Whom it goes to."""
        return self.peer_id if self.peer_id is not None else self.user_id or 0


class EventAnswer(_Asked):
    """messages.sendMessageEventAnswer."""

    event_id: str
    user_id: int
    peer_id: int
    event_data: str | None = Field(default=None, max_length=1_000)


class UsersGet(_Asked):
    """users.get."""

    user_ids: str = ""
    fields: str = ""


# The community


class OfGroup(_Asked):
    """A method of a community that asks nothing else."""

    group_id: GroupId


class GroupById(_Asked):
    """groups.getById; without ids it is whose token it is."""

    group_id: str | None = None
    group_ids: str | None = None
    fields: str = ""


class Server(OfGroup):
    """groups.addCallbackServer."""

    url: str = Field(pattern=r"^https?://")
    title: str = Field(min_length=1, max_length=14)
    secret_key: str = Field(default="", max_length=50)


class EditServer(Server):
    """groups.editCallbackServer."""

    server_id: int


class OfServer(OfGroup):
    """A method of one server."""

    server_id: int


class Servers(OfGroup):
    """groups.getCallbackServers."""

    server_ids: str = ""


class _Events(OfGroup):
    api_version: str | None = Field(default=None, pattern=r"^5\.\d+$")
    message_new: bool | None = None
    message_reply: bool | None = None
    message_edit: bool | None = None
    message_event: bool | None = None
    message_allow: bool | None = None
    message_deny: bool | None = None
    message_read: bool | None = None
    message_typing_state: bool | None = None

    def changes(self) -> dict[str, bool]:
        """Which events are switched, and how."""
        told = self.model_dump(exclude_none=True)
        return {name: value for name, value in told.items() if name.startswith("message_")}


class CallbackSettings(_Events):
    """groups.setCallbackSettings."""

    server_id: int


class LongPollSettings(_Events):
    """groups.setLongPollSettings."""

    enabled: bool | None = None


# Files


class UploadServer(_Asked):
    """photos.getMessagesUploadServer."""

    peer_id: int | None = None


class DocUploadServer(UploadServer):
    """docs.getMessagesUploadServer."""

    type: Literal["doc"] = "doc"


class SavePhoto(_Asked):
    """photos.saveMessagesPhoto."""

    photo: str
    server: int
    hash: str


class SaveDoc(_Asked):
    """docs.save."""

    file: str
    title: str = ""
    tags: str = ""


# Keyboards


def _payload(told: object) -> str:
    """Read what a button carries: JSON as a text, as VK describes it, or as it is, as VK takes it too."""
    text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
    if len(text) > PAYLOAD_MAX:
        raise ValueError(f"payload is longer than {PAYLOAD_MAX}")
    json.loads(text)
    return text


Label = Annotated[str, Field(min_length=1, max_length=LABEL_MAX)]
Payload = Annotated[str, BeforeValidator(_payload)]
_NARROW = ("text", "callback", "open_link")


class Text(_Asked):
    """Says its label, and brings the payload along."""

    type: Literal["text"]
    label: Label
    payload: Payload | None = None


class Callback(_Asked):
    """Tells us of the press and says nothing."""

    type: Literal["callback"]
    label: Label
    payload: Payload


class OpenLink(_Asked):
    """Opens a page."""

    type: Literal["open_link"]
    label: Label
    link: str = Field(pattern=r"^https?://")
    payload: Payload | None = None


class Place(_Asked):
    """Asks for a place. VK labels it itself."""

    type: Literal["location"]
    payload: Payload | None = None


class Key(_Asked):
    """A button."""

    action: Annotated[Text | Callback | OpenLink | Place, Field(discriminator="type")]
    color: Literal["primary", "secondary", "negative", "positive"] | None = None

    @model_validator(mode="after")
    def _is_coloured_rightly(self) -> "Key":
        if self.color is not None and self.action.type not in {"text", "callback"}:
            raise ValueError("color is not for this type")
        return self


class Keyboard(_Asked):
    """Rows of buttons, under the message or where people write."""

    buttons: list[Annotated[list[Key], Field(min_length=1, max_length=ROW_MAX)]]
    inline: bool = False
    one_time: bool = False

    @model_validator(mode="after")
    def _fits(self) -> "Keyboard":
        keys = sum(len(row) for row in self.buttons)
        if len(self.buttons) > (INLINE_ROWS_MAX if self.inline else ROWS_MAX):
            raise ValueError("too much rows")
        if keys > (INLINE_MAX if self.inline else BUTTONS_MAX):
            raise ValueError("too much buttons")
        if self.inline and self.one_time:
            raise ValueError("inline keyboard can't be one_time")
        if any(len(row) > 1 and any(key.action.type not in _NARROW for key in row) for row in self.buttons):
            raise ValueError("this button takes a whole row")
        return self

    def keys(self) -> list[dict[str, Any]]:
        """Return the actions in the order they are seen."""
        return [key.action.model_dump(exclude_none=True) for row in self.buttons for key in row]
