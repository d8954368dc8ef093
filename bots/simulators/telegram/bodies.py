"""What is told to the people of the simulator."""

from pydantic import BaseModel, ConfigDict, Field


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PersonIn(_In):
    """Somebody new."""

    name: str = "Анна"
    last_name: str = ""
    lang: str = "ru"
    phone: str = "+79110000001"
    username: str = ""


class SayIn(_In):
    """A message."""

    text: str = Field(min_length=1)


class StartIn(_In):
    """A deep link that was followed."""

    payload: str = ""


class EditIn(_In):
    """A message changed."""

    message_id: int
    text: str


class PressIn(_In):
    """A button, by what it says or by what it carries."""

    label: str = ""
    choice: str = ""


class SendIn(_In):
    """A file: photo, video, video_note, voice, audio, file or sticker.

    Attributes:
        content: In base64.
        bytes: How large it is said to be, if not as large as it is.
        album: What is sent at once has the same.
    """

    kind: str
    content: str = ""
    caption: str = ""
    name: str = ""
    type: str = ""
    emoji: str = ""
    album: str = ""
    bytes: int | None = None


class ContactIn(_In):
    """A phone: one's own, or a friend's."""

    own: bool = True
    phone: str = "+79119999999"
    name: str = "Сосед"


class LocationIn(_In):
    """A place, in degrees."""

    lat: float
    lon: float
