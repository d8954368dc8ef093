"""Shapes of what comes in and goes out: checked on the way in, documented on the way out."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from bots.sidecar.money import Amount

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


class _In(BaseModel):
    model_config = ConfigDict(extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _clean(cls, value: object) -> object:
        return clean(value)


Words = Annotated[str, Field(max_length=TEXT_CHARACTERS_MAX)]
Short = Annotated[str, Field(max_length=200)]
Id = Annotated[str, Field(min_length=1, max_length=36, pattern=r"^[0-9A-Za-z-]+$")]
Lang = Literal["ru", "en"]


# In


class Participant(_In):
    """Who talks, as far as the door knows."""

    name: Short | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    is_verified: bool = Field(
        default=False,
        description="The door knows the phone is his; believed of the owner's own programs only",
    )


class StartIn(_In):
    """Begin a talk."""

    channel: Annotated[str, Field(max_length=20, pattern=r"^[a-z_]+$")] = "web"
    kind: Literal["client_request", "master_onboarding"] = "client_request"
    market: Annotated[str, Field(max_length=40)] | None = None
    lang: Lang | None = None
    participant: Participant | None = None
    text: Words | None = None
    source: Annotated[str, Field(max_length=80)] | None = None


class OnboardIn(_In):
    """Begin a talk with somebody who wants to work as a master."""

    channel: Annotated[str, Field(max_length=20, pattern=r"^[a-z_]+$")] = "web"
    phone: Annotated[str, Field(max_length=40)] | None = None
    text: Words | None = None
    lang: Lang | None = None
    market: Annotated[str, Field(max_length=40)] | None = None


class MessageIn(_In):
    """Something said: words, or the choice of a button. An empty text is a message too."""

    text: Words | None = None
    choice: Annotated[str, Field(max_length=64)] | None = None
    message_id: Annotated[str, Field(min_length=1, max_length=100)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and not self.choice:
            raise PydanticCustomError("nothing_said", "text or choice is needed")
        return self


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


class HoursIn(_In):
    """New hours, in words or by day."""

    text: Annotated[str, Field(min_length=1, max_length=4_000)] | None = None
    days: Days | None = Field(default=None, examples=[{"2026-11-25": [["09:00", "18:00"]], "2026-11-26": []}])

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if (self.text is None) == (self.days is None):
            raise PydanticCustomError("nothing_said", "either text or days is needed")
        return self


class ConfirmIn(_In):
    """The answer to the morning's question."""

    confirmed: bool | None = Field(default=None, strict=True)
    text: Annotated[str, Field(min_length=1, max_length=4_000)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.confirmed is None and self.text is None:
            raise PydanticCustomError("nothing_said", "confirmed or text is needed")
        return self


class TerminalIn(_In):
    """Which terminal a master wants."""

    type: Literal["smartphone", "physical"]


class StepIn(_In):
    """A step of a job. `master_id` is for the owner: on whose behalf."""

    master_id: Id | None = None


class FileIn(_In):
    """Which job's file to make: by the job or by its talk."""

    job_id: Id | None = None
    conversation_id: Id | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.job_id is None) == (self.conversation_id is None):
            raise PydanticCustomError("nothing_said", "either job_id or conversation_id is needed")
        return self


class PaymentIn(_In):
    """Which job to collect for; without an amount, the price that was agreed."""

    job_id: Id
    amount: Amount | None = None


class CashIn(_In):
    """Cash that was handed over."""

    payment_id: Id
    amount_received: Amount


class MethodIn(_In):
    """A payment to collect by card or SBP."""

    payment_id: Id


class TicketIn(_In):
    """What the owner says to whoever waited for him."""

    text: Annotated[str, Field(max_length=1_000)] | None = None


class SessionIn(_In):
    """A token to begin a browser's session with."""

    token: Annotated[str, Field(min_length=1, max_length=300)]


# Out: documented shapes. Answers are made by core/flows/views.py and not filtered here.


class _Out(BaseModel):
    model_config = ConfigDict(extra="allow")


class ErrorBody(_Out):
    """What went wrong: a code for programs, one sentence for people, facts."""

    code: str
    message: str
    details: dict[str, Any]


class Error(_Out):
    """The envelope of every error."""

    success: Literal[False] = False
    error: ErrorBody


class MoneyOut(_Out):
    """An amount in minor units, with its text."""

    minor: int = Field(examples=[220500])
    currency: str = Field(examples=["RUB"])
    text: str = Field(examples=["2 205 ₽"])


class ButtonOut(_Out):
    """A choice under a reply; send `choice` back to choose it."""

    label: str
    choice: str


class ReplyOut(_Out):
    """One thing we say."""

    text: str
    buttons: list[ButtonOut]
    spoken: str


class LineOut(_Out):
    """One part of a price."""

    label: str
    amount: MoneyOut


class QuoteOut(_Out):
    """A price and how long it stands."""

    price: MoneyOut | None = None
    low: MoneyOut
    high: MoneyOut
    valid_until: str | None
    breakdown: list[LineOut] | None = None


class SlotOut(_Out):
    """A free time with its price."""

    start: str
    end: str
    choice: str
    quote: QuoteOut


class UnderstoodOut(_Out):
    """Everything known so far, and what is missing."""

    category: str | None
    urgency: str | None
    emergency: str | None
    requests: list[dict[str, Any]]
    identity: dict[str, Any]
    time: list[dict[str, Any]]
    missing: list[str]


class TalkOut(_Out):
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


class MediaOut(_Out):
    """A file that was taken in."""

    id: str
    kind: str
    findings: list[dict[str, Any]]


class MediaTalkOut(TalkOut):
    """What a talk answers to a file."""

    media: MediaOut


class MessageOut(_Out):
    """One line of a transcript."""

    seq: int
    at: str
    from_: Literal["client", "master", "naryad"] = Field(alias="from")
    text: str
    media: list[dict[str, Any]]
    buttons: list[ButtonOut]


class TranscriptOut(_Out):
    """A talk as it was said."""

    conversation_id: str
    kind: str
    channel: str
    status: str
    messages: list[MessageOut]
    transcript: str


class OfferOut(_Out):
    """Who is asked now, and until when."""

    master_id: str
    until: str


class SplitOut(_Out):
    """How an amount is divided."""

    fee: MoneyOut
    net: MoneyOut
    platform: MoneyOut
    master: MoneyOut


class PaymentOut(_Out):
    """A payment."""

    payment_id: str
    status: Literal["created", "awaiting_consent", "pending", "unknown", "succeeded", "failed", "cancelled"]
    method: str | None = None
    amount: MoneyOut
    methods: list[str] | None = None
    split: SplitOut
    change: MoneyOut | None = None
    confirmation_url: str | None = Field(default=None, description="Where the client pays")
    qr_payload: str | None = Field(default=None, description="The text of the SBP code")
    qr_svg_url: str | None = Field(default=None, description="The SBP code as a picture")
    expires_at: str | None = None
    reason: str | None = Field(default=None, description="Why it failed, in the provider's word")


class JobOut(_Out):
    """A job."""

    id: str
    number: str
    status: str = Field(description="The state's public name in its market")
    state: str
    market: str
    trade: str | None
    urgency: str
    title: str | None = None
    diagnosis: str | None
    client: dict[str, Any] | None = Field(description="null for a master who was only offered the job")
    address: dict[str, Any]
    start: str | None
    end: str | None
    quote: QuoteOut | None
    master_id: str | None
    offer: OfferOut | None
    payment: PaymentOut | None = None
    split_preview: SplitOut | None


class PageOut(_Out):
    """A page of a list; `next` goes into `after`, null at the end."""

    items: list[dict[str, Any]]
    next: str | None


class JobsOut(PageOut):
    """A page of jobs."""

    items: list[JobOut]  # type: ignore[assignment]  # a narrower item


class SectionOut(_Out):
    """A section of a job file and whether there is something in it."""

    name: str
    title: str
    filled: bool


class FileOut(_Out):
    """A job file."""

    job_id: str
    pdf_url: str | None
    page_url: str
    complete: bool
    sections: list[SectionOut]


class InstructionsOut(_Out):
    """A job file's sections with what is in them."""

    job_id: str
    number: str
    complete: bool
    sections: list[dict[str, Any]]


class DeliveriesOut(_Out):
    """Where something was sent."""

    deliveries: list[dict[str, Any]]


class TimelineOut(_Out):
    """What happened to a job, oldest first."""

    items: list[dict[str, Any]]


class MasterOut(_Out):
    """A master's profile."""

    id: str
    name: str | None
    phone: str | None
    city: str | None
    trades: list[str]
    status: str
    rating: float


class DaysOut(_Out):
    """Hours by day."""

    days: dict[str, list[list[str]]] = Field(examples=[{"2026-11-25": [["09:00", "18:00"]]}])


class TodayOut(_Out):
    """Today's hours."""

    date: str
    intervals: list[list[str]]
    confirmed: bool


class TerminalOut(_Out):
    """A terminal."""

    terminal_id: str
    type: str
    link: str | None = None
    token: str | None = None
    pickup: dict[str, Any] | None = None


class FreeMasterOut(_Out):
    """A master who could start now."""

    id: str
    name: str | None
    rating: float
    until: str


class FreeMastersOut(_Out):
    """Masters who could start now, best first."""

    masters: list[FreeMasterOut]


class BalanceOut(_Out):
    """What is on an account."""

    account: str
    balance: MoneyOut


class BalancesOut(_Out):
    """The books."""

    accounts: list[BalanceOut]
    total: MoneyOut


class HealthOut(_Out):
    """How the program is."""

    status: Literal["healthy", "unhealthy"]
    active_jobs: int
    active_tasks: int
    ai_screening: str
    channels: dict[str, str]
    queue: dict[str, Any]


class SessionOut(_Out):
    """Who this browser is."""

    owner: bool
    master_id: str | None
    conversations: list[str]


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
