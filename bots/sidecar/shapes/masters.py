"""Shapes of masters: who they are, when they work, what they work with."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from bots.sidecar.shapes.base import In, Out


def _days(value: object) -> object:
    """Check days in the shape of contracts, section 3; the flow checks the times themselves."""
    if not isinstance(value, dict) or not value or len(value) > 62:  # noqa: PLR2004 - two months
        raise PydanticCustomError("bad_days", "days is an object from ISO dates to spans")
    for key, spans in value.items():
        is_list = isinstance(spans, list) and all(_is_span(span) for span in spans)
        if not isinstance(key, str) or not (spans == "day" or is_list):
            raise PydanticCustomError("bad_days", "a day is a list of spans, [] or 'day'")
    return value


def _is_span(span: object) -> bool:
    return isinstance(span, list) and len(span) == 2 and all(b is None or isinstance(b, str) for b in span)  # noqa: PLR2004


Days = Annotated[dict[str, Any], BeforeValidator(_days)]


class HoursIn(In):
    """New hours, in words or by day."""

    text: Annotated[str, Field(min_length=1, max_length=4_000)] | None = None
    days: Days | None = Field(default=None, examples=[{"2026-11-25": [["09:00", "18:00"]], "2026-11-26": []}])

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if (self.text is None) == (self.days is None):
            raise PydanticCustomError("nothing_said", "either text or days is needed")
        return self


class ConfirmIn(In):
    """The answer to the morning's question."""

    confirmed: bool | None = Field(default=None, strict=True)
    text: Annotated[str, Field(min_length=1, max_length=4_000)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.confirmed is None and self.text is None:
            raise PydanticCustomError("nothing_said", "confirmed or text is needed")
        return self


class TerminalIn(In):
    """Which terminal a master wants."""

    type: Literal["smartphone", "physical"]


class ActivateIn(In):
    """The code that came with a device."""

    code: Annotated[str, Field(pattern=r"^[0-9]{8}$", description="Eight digits", examples=["04821375"])]


class EnterIn(In):
    """What a messenger says of who opened the page: its init data, as the page got it."""

    init_data: Annotated[str, Field(min_length=1, max_length=8_192)]


class MasterOut(Out):
    """A master's profile."""

    id: str
    name: str | None
    phone: str | None
    city: str | None
    trades: list[str]
    status: str
    rating: float


class DaysOut(Out):
    """Hours by day."""

    days: dict[str, list[list[str]]] = Field(examples=[{"2026-11-25": [["09:00", "18:00"]]}])


class TodayOut(Out):
    """Today's hours."""

    date: str
    intervals: list[list[str]]
    confirmed: bool


class TerminalOut(Out):
    """A terminal."""

    terminal_id: str
    type: str
    link: str | None = None
    token: str | None = None
    pickup: dict[str, Any] | None = None


class TerminalsOut(Out):
    """A master's terminals."""

    items: list[dict[str, Any]]


class FreeMasterOut(Out):
    """A master who could start now."""

    id: str
    name: str | None
    rating: float
    until: str


class FreeMastersOut(Out):
    """Masters who could start now, best first."""

    masters: list[FreeMasterOut]
