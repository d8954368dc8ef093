"""What CloudPayments' methods take: required fields, sizes and words, and nothing else."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, Json

Roubles = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2)]


class Body(BaseModel):
    """A part of a request; nothing else may stand in it."""

    model_config = ConfigDict(extra="forbid")


class Asked(Body):
    """What an order and a link have in common."""

    Amount: Roubles
    Currency: Literal["RUB"] = "RUB"
    InvoiceId: str | None = Field(default=None, max_length=100)
    AccountId: str | None = None
    Email: str | None = None
    JsonData: Json[dict[str, Any]] = Field(default_factory=dict)
    SuccessRedirectUrl: str | None = Field(default=None, max_length=1024)


class OrderAsked(Asked):
    """`orders/create`."""

    Description: str = Field(min_length=1)
    RequireConfirmation: bool = False
    SendEmail: bool = False
    FailRedirectUrl: str | None = None
    CultureName: Literal["ru-RU", "en-US"] = "ru-RU"


class SbpLink(Asked):
    """`payments/qr/sbp/link`."""

    PublicId: str
    Scheme: Literal["charge"]
    Currency: Literal["RUB"]
    Description: str | None = None
    TtlMinutes: int = Field(default=72 * 60, ge=1, le=129_600)


class OfOrder(Body):
    """`orders/cancel`."""

    Id: str


class OfTransaction(Body):
    """`payments/get` and `payments/void`."""

    TransactionId: int


class PartOf(OfTransaction):
    """`payments/confirm` and `payments/refund`."""

    Amount: Roubles
    JsonData: Json[dict[str, Any]] = Field(default_factory=dict)


class Find(Body):
    """`payments/find`, old and new."""

    InvoiceId: str


class List(Body):
    """`v2/payments/list`."""

    CreatedDateGte: AwareDatetime
    CreatedDateLte: AwareDatetime
    PageNumber: int = Field(ge=1)
    TimeZone: str = "UTC"
