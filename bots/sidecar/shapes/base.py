"""What all shapes have in common: clean texts in, errors, money and pages out."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

TEXT_CHARACTERS_MAX = 100_000  # kept whole; the first 4,000 are read


def clean(value: object) -> object:
    """Replace what no database can keep (NUL, halves of surrogate pairs) by the sign for the unreadable."""
    if isinstance(value, str):
        return value.replace("\x00", "�").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {clean(key): clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [clean(inner) for inner in value]
    return value


class In(BaseModel):
    """What comes in: unknown fields are passed over, texts are made clean."""

    model_config = ConfigDict(extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _clean(cls, value: object) -> object:
        return clean(value)


Words = Annotated[str, Field(max_length=TEXT_CHARACTERS_MAX)]
Short = Annotated[str, Field(max_length=200)]
Id = Annotated[str, Field(min_length=1, max_length=36, pattern=r"^[0-9A-Za-z-]+$")]
Lang = Literal["ru", "en"]


class Out(BaseModel):
    """What goes out. Answers are made by `core/flows/views.py` and its like, and not filtered here."""

    model_config = ConfigDict(extra="allow")


class ErrorBody(Out):
    """What went wrong: a code for programs, one sentence for people, facts."""

    code: str
    message: str
    details: dict[str, Any]


class Error(Out):
    """The envelope of every error."""

    success: Literal[False] = False
    error: ErrorBody


class MoneyOut(Out):
    """An amount in minor units, with its text."""

    minor: int = Field(examples=[220500])
    currency: str = Field(examples=["RUB"])
    text: str = Field(examples=["2 205 ₽"])


class PageOut(Out):
    """A page of a list; `next` goes into `after`, null at the end."""

    items: list[dict[str, Any]]
    next: str | None


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Document which errors a call may answer with."""
    said = {
        202: "Still on its way; ask again with the same Idempotency-Key",
        401: "No token, or one that is not ours",
        403: "Not yours",
        404: "Unknown",
        409: "A rule said no; `code` names it, such as `KeyReused` or `StepNotAllowed`",
        413: "Too large",
        415: "A kind of file we cannot open",
        422: "Malformed; the sentence says what is wrong",
        429: "Too often; `Retry-After` says when again",
        503: "Cannot serve now",
    }
    return {
        status: {"description": said[status]} | ({} if status == 202 else {"model": Error})  # noqa: PLR2004
        for status in statuses
    }
