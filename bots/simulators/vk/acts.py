"""What is told to let somebody at VK act."""

from typing import Literal

from pydantic import BaseModel, Field


class PersonIn(BaseModel):
    """Somebody new. His phone VK tells nobody."""

    name: str = "Анна"
    lang: str = "ru"
    phone: str = ""


class ActIn(BaseModel):
    """What all acts have: with which community; by itself the first one."""

    group: int | None = None


class SayIn(ActIn):
    """A text."""

    text: str


class PressIn(ActIn):
    """A button, by its label or by its choice."""

    label: str = ""
    choice: str = ""


class SendIn(ActIn):
    """A file."""

    kind: Literal["photo", "video", "voice", "file"]
    content: str
    caption: str = ""
    name: str = ""


class LocationIn(ActIn):
    """A place."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class EditIn(ActIn):
    """A text instead of the one before."""

    message_id: int
    text: str


class StartIn(ActIn):
    """A deep link."""

    payload: str = ""


class GroupIn(BaseModel):
    """A community of its own, or another token of one."""

    token: str
    group_id: int


class ForgetIn(ActIn):
    """What VK may lose: a session's key, its history, both, or its patience with our address."""

    what: Literal["key", "history", "session", "server"]
