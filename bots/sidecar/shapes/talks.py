"""Shapes of talks."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bots.sidecar.shapes.base import In, Lang, Out, Short, Words
from bots.sidecar.shapes.money import QuoteOut

OWNER_WORDS_MAX = 2_000  # characters of one message of the owner


class Participant(In):
    """Who talks, as far as the door knows."""

    name: Short | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    is_verified: bool = Field(
        default=False,
        description="The door knows the phone is his; believed of the owner's own programs only",
    )


class StartIn(In):
    """Begin a talk."""

    channel: Annotated[str, Field(max_length=20, pattern=r"^[a-z_]+$")] = "web"
    kind: Literal["client_request", "master_onboarding"] = "client_request"
    market: Annotated[str, Field(max_length=40)] | None = None
    lang: Lang | None = None
    participant: Participant | None = None
    text: Words | None = None
    source: Annotated[str, Field(max_length=80)] | None = None


class OnboardIn(In):
    """Begin a talk with somebody who wants to work as a master."""

    channel: Annotated[str, Field(max_length=20, pattern=r"^[a-z_]+$")] = "web"
    phone: Annotated[str, Field(max_length=40)] | None = None
    text: Words | None = None
    lang: Lang | None = None
    market: Annotated[str, Field(max_length=40)] | None = None
    source: Annotated[str, Field(max_length=80)] | None = None


class MessageIn(In):
    """Something said: words, or the choice of a button. An empty text is a message too."""

    text: Words | None = None
    choice: Annotated[str, Field(max_length=64)] | None = None
    message_id: Annotated[str, Field(min_length=1, max_length=100)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and not self.choice:
            raise PydanticCustomError("nothing_said", "text or choice is needed")
        return self


class WordsIn(In):
    """What the owner says himself."""

    text: Annotated[str, Field(min_length=1, max_length=OWNER_WORDS_MAX)]

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text.strip():
            raise PydanticCustomError("nothing_said", "text is needed")
        return self


class FloorOut(Out):
    """Who has the floor in a talk: the owner since `held_at`, or the program."""

    conversation_id: str
    status: str
    held_at: str | None


class ButtonOut(Out):
    """A choice under a reply; send `choice` back to choose it."""

    label: str
    choice: str


class ReplyOut(Out):
    """One thing we say."""

    text: str
    buttons: list[ButtonOut]
    spoken: str


class SlotOut(Out):
    """A free time with its price."""

    start: str
    end: str
    choice: str
    quote: QuoteOut


class UnderstoodOut(Out):
    """Everything known so far, and what is missing."""

    category: str | None
    urgency: str | None
    emergency: str | None
    requests: list[dict[str, Any]]
    identity: dict[str, Any]
    time: list[dict[str, Any]]
    missing: list[str]


class TalkOut(Out):
    """What a talk answers."""

    conversation_id: str
    replies: list[ReplyOut]
    status: Literal["active", "completed", "abandoned"]
    understood: UnderstoodOut
    quote: QuoteOut | None = None
    slots: list[SlotOut] | None = None
    job_id: str | None = None
    job_number: str | None = None
    master_id: str | None = None


class StartedOut(TalkOut):
    """A talk that has begun; the token is needed for everything after."""

    token: str


class MediaOut(Out):
    """A file that was taken in."""

    id: str
    kind: str
    findings: list[dict[str, Any]]


class MediaTalkOut(TalkOut):
    """What a talk answers to a file."""

    media: MediaOut


class MessageOut(Out):
    """One line of a transcript."""

    seq: int
    at: str
    from_: Literal["client", "master", "naryad", "owner"] = Field(alias="from")
    text: str
    media: list[dict[str, Any]]
    buttons: list[ButtonOut]


class TranscriptOut(Out):
    """A talk as it was said."""

    conversation_id: str
    kind: str
    channel: str
    status: str
    messages: list[MessageOut]
    transcript: str
