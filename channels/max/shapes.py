"""The few fields of MAX's updates that we need; what else it adds breaks nothing."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

Text = Annotated[str, BeforeValidator(lambda told: "" if told is None else told)]
Ms = Annotated[int, Field(ge=0, le=253_402_300_799_000)]  # since 1970, to the end of the year 9999


class User(BaseModel):
    """Somebody, a bot or a person."""

    user_id: int
    first_name: Text = ""
    last_name: Text = ""
    is_bot: bool = False

    @property
    def name(self) -> str:
        """What he calls himself."""
        return f"{self.first_name} {self.last_name}".strip()


class Recipient(BaseModel):
    """Where a message was written."""

    chat_type: Text = ""


class Body(BaseModel):
    """What a message says and carries."""

    mid: Text = ""
    text: Text = ""
    attachments: Annotated[
        list[dict[str, Any]], BeforeValidator(lambda told: [] if told is None else told)
    ] = []


class Link(BaseModel):
    """What a message answers or hands on."""

    type: Text = ""
    message: Body | None = None


class Message(BaseModel):
    """A message; without a body it only hands another on."""

    sender: User | None = None
    recipient: Recipient
    timestamp: Ms
    body: Body | None = None
    link: Link | None = None


class Callback(BaseModel):
    """A press."""

    timestamp: Ms
    callback_id: str
    payload: Text = ""
    user: User


class Update(BaseModel):
    """What all updates have."""

    update_type: str
    timestamp: Ms
    user_locale: Text = ""


class MessageUpdate(Update):
    """A message was written or changed."""

    message: Message


class PressUpdate(Update):
    """A button was pressed; its message may have been removed meanwhile."""

    callback: Callback
    message: Message | None = None


class StandingUpdate(Update):
    """A person came, came back or left."""

    user: User
    payload: Text = ""


class File(BaseModel):
    """Where a file can be had; a video is asked for by its token."""

    url: str
    token: Text = ""


class Card(BaseModel):
    """A contact that was shared, and MAX's signature under it."""

    vcf_info: Text = ""
    hash: Text = ""
    max_info: User | None = None


class Place(BaseModel):
    """A place, in degrees."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class Share(BaseModel):
    """A page that was shared."""

    url: Text = ""
