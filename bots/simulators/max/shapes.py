"""What MAX's description lets a bot ask. What is described but not played here is refused too."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Token = Annotated[str, Field(min_length=1, max_length=1_024)]

ROWS_MAX, ROW_MAX, NARROW_ROW_MAX = 30, 7, 3
_NARROW = frozenset({"link", "open_app", "request_contact", "request_geo_location"})
_ALONE = frozenset({"audio", "file"})  # beside a keyboard, which is no content of its own


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


# Buttons


class _Button(_Asked):
    text: str = Field(min_length=1, max_length=128)


class Callback(_Button):
    """Tells the bot its payload."""

    type: Literal["callback"]
    payload: str = Field(max_length=1_024)
    intent: Literal["positive", "negative", "default"] = "default"


class Link(_Button):
    """Opens a page."""

    type: Literal["link"]
    url: str = Field(max_length=2_048, pattern=r"^(https?|max)://")


class AskContact(_Button):
    """Shares the person's own phone."""

    type: Literal["request_contact"]


class AskPlace(_Button):
    """Shares where he is."""

    type: Literal["request_geo_location"]
    quick: bool = False


class OpenApp(_Button):
    """Opens a bot's mini app. The description lets `web_app` be left out; MAX itself does not."""

    type: Literal["open_app"]
    web_app: str = Field(min_length=1)
    contact_id: int | None = None
    payload: str | None = Field(default=None, max_length=512)


Button = Annotated[Callback | Link | AskContact | AskPlace | OpenApp, Field(discriminator="type")]


# Attachments


class Keys(_Asked):
    """Rows of buttons."""

    buttons: list[Annotated[list[Button], Field(min_length=1, max_length=ROW_MAX)]] = Field(
        min_length=1, max_length=ROWS_MAX
    )

    @model_validator(mode="after")
    def _can_be_seen(self) -> "Keys":
        if any(
            len(row) > NARROW_ROW_MAX and any(each.type in _NARROW for each in row) for row in self.buttons
        ):
            raise ValueError("at most 3 buttons in a row where one opens or shares something")
        return self


class Keyboard(_Asked):
    """Buttons under a message."""

    type: Literal["inline_keyboard"]
    payload: Keys


class Photo(_Asked):
    """The token of an image."""

    token: Token


class PhotoPayload(_Asked):
    """An image by one of three; addresses elsewhere are described, but not taken here."""

    token: Token | None = None
    photos: dict[str, Photo] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _is_one(self) -> "PhotoPayload":
        if (self.token is None) == (self.photos is None):
            raise ValueError("exactly one of token and photos")
        return self


class Image(_Asked):
    """An image that was uploaded."""

    type: Literal["image"]
    payload: PhotoPayload

    @property
    def tokens(self) -> list[str]:
        """Return what was uploaded."""
        if self.payload.photos is not None:
            return [each.token for each in self.payload.photos.values()]
        return [self.payload.token or ""]


class Uploaded(_Asked):
    """The token of an upload."""

    token: Token


class Media(_Asked):
    """A video, a sound or another file that was uploaded."""

    type: Literal["video", "audio", "file"]
    payload: Uploaded

    @property
    def tokens(self) -> list[str]:
        """Return what was uploaded."""
        return [self.payload.token]


Attachment = Annotated[Keyboard | Image | Media, Field(discriminator="type")]


# Requests


class MessageIn(_Asked):
    """A message of the bot. Answers, quotes and forwards (`link`) are not played."""

    text: str | None = Field(default=None, max_length=4_000)
    attachments: list[Attachment] | None = None
    link: None = None
    notify: bool = True
    format: Literal["markdown", "html"] | None = None

    @model_validator(mode="after")
    def _is_something(self) -> "MessageIn":
        kinds = [each.type for each in self.attachments or ()]
        files = [each for each in kinds if each != "inline_keyboard"]
        if kinds.count("inline_keyboard") > 1:
            raise ValueError("one keyboard only")
        if len(files) > 1 and _ALONE & set(files):
            raise ValueError("a sound or a file is the only attachment of its message")
        if not (self.text or files):
            raise ValueError("an empty message")
        return self


class AnswerIn(_Asked):
    """What is shown to who pressed a button; changing the message itself is not played."""

    message: None = None
    notification: str | None = None


class SubscriptionIn(_Asked):
    """Where updates go. MAX takes `https://` only; here plain HTTP on loopback will do as well."""

    url: str = Field(pattern=r"^(https://[^:/]+(/|$)|http://127\.0\.0\.1[:/])")
    update_types: list[Annotated[str, Field(min_length=1)]] | None = None
    secret: str | None = Field(default=None, pattern=r"^[a-zA-Z0-9_-]{5,256}$")


# The other side


class PersonIn(_Asked):
    """A person with MAX on his phone; `bot` is the name of the bot he will talk to, if not the first."""

    name: str = "Анна"
    lang: str = "ru"
    phone: str = Field(default="+79110000001", pattern=r"^\+[0-9]{7,15}$")
    bot: str = ""


class BotIn(_Asked):
    """Another bot."""

    token: Token
    name: str = Field(min_length=1)


class SayIn(_Asked):
    """What he writes."""

    text: str = Field(min_length=1, max_length=4_000)


class StartIn(_Asked):
    """What the link carried by which he came."""

    payload: str = ""


class PressIn(_Asked):
    """The newest button of this label or this payload."""

    label: str = ""
    choice: str = ""


class SendIn(_Asked):
    """A file of his."""

    kind: Literal["photo", "video", "voice", "file"]
    content: str  # base64
    caption: str = ""
    name: str = ""


class ContactIn(_Asked):
    """His own phone by the button, or a friend's out of his address book."""

    own: bool = True


class PlaceIn(_Asked):
    """A place, in degrees."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class EditIn(_Asked):
    """A message of his, and what it says now."""

    message_id: str
    text: str = Field(min_length=1, max_length=4_000)


class NotReadyIn(_Asked):
    """How often every later upload is refused before it may be sent."""

    times: int = Field(ge=0, le=100)
