"""What YooKassa's description lets a shop ask. What is described but not played here is refused too."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Phone = Annotated[str, Field(pattern=r"^[0-9]{4,15}$")]
Metadata = Annotated[
    dict[Annotated[str, Field(max_length=32)], Annotated[str, Field(max_length=512)]], Field(max_length=16)
]
Key = Annotated[str, Field(pattern=r"^[0-9a-zA-Z+\-_.]{1,64}$")]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Amount(_Asked):
    """Money in major units, always with two places."""

    value: str = Field(pattern=r"^[0-9]{1,10}\.[0-9]{2}$")
    currency: Literal["RUB"]

    @property
    def minor(self) -> int:
        """The same in kopecks."""
        return int(self.value.replace(".", ""))

    @model_validator(mode="after")
    def _is_something(self) -> "Amount":
        if not self.minor:
            raise ValueError("must be more than nothing")
        return self


class Customer(_Asked):
    """Whom a receipt goes to."""

    full_name: str | None = Field(default=None, max_length=256)
    inn: str | None = Field(default=None, pattern=r"^([0-9]{10}|[0-9]{12})$")
    email: str | None = None
    phone: Phone | None = None


class Item(_Asked):
    """A line of a receipt. `supplier` belongs to receipts made after the payment, and is unknown here."""

    description: str = Field(min_length=1, max_length=128)
    quantity: float = Field(gt=0)
    amount: Amount
    vat_code: int = Field(strict=True, ge=1, le=12)
    measure: str | None = None
    payment_subject: Literal["commodity", "job", "service", "payment", "another"] | None = None
    payment_mode: Literal["full_prepayment", "partial_prepayment", "advance", "full_payment"] | None = None


class Receipt(_Asked):
    """Data of a receipt under 54-FZ."""

    customer: Customer | None = None
    items: list[Item] = Field(min_length=1, max_length=80)
    tax_system_code: int | None = Field(default=None, strict=True, ge=1, le=6)
    internet: bool | None = None


class MethodData(_Asked):
    """How the client pays."""

    type: Literal["bank_card", "sbp"]


class Redirect(_Asked):
    """The client goes to YooKassa's page."""

    type: Literal["redirect"]
    return_url: str = Field(max_length=2_048)
    locale: Literal["ru_RU", "en_US"] | None = None
    enforce: bool | None = None


class Qr(_Asked):
    """The client takes a code with his bank's program."""

    type: Literal["qr"]
    return_url: str | None = Field(default=None, max_length=2_048)
    locale: Literal["ru_RU", "en_US"] | None = None


class PaymentIn(_Asked):
    """A payment."""

    amount: Amount
    description: str | None = Field(default=None, max_length=128)
    receipt: Receipt | None = None
    payment_method_data: MethodData | None = None
    confirmation: Annotated[Redirect | Qr, Field(discriminator="type")] | None = None
    capture: bool = Field(default=False, strict=True)
    client_ip: str | None = None
    merchant_customer_id: str | None = Field(default=None, max_length=200)
    metadata: Metadata = Field(default_factory=dict)


class CaptureIn(_Asked):
    """How much of what is held is taken; all of it if nothing is said."""

    amount: Amount | None = None
    receipt: Receipt | None = None


class CancelIn(_Asked):
    """Nothing is said with a cancellation."""


class RefundIn(_Asked):
    """Money that goes back."""

    payment_id: str = Field(min_length=36, max_length=36)
    amount: Amount
    description: str | None = Field(default=None, max_length=250)
    receipt: Receipt | None = None
    metadata: Metadata = Field(default_factory=dict)


class SbpDestination(_Asked):
    """A phone at a bank."""

    type: Literal["sbp"]
    phone: Phone
    bank_id: str = Field(pattern=r"^[a-zA-Z0-9]{12}$")


class PayoutIn(_Asked):
    """Money that goes to a person."""

    amount: Amount
    payout_destination_data: SbpDestination | None = None
    payout_token: str | None = Field(default=None, min_length=1, max_length=255)
    description: str | None = Field(default=None, max_length=128)
    metadata: Metadata = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_one_destination(self) -> "PayoutIn":
        if (self.payout_destination_data is None) == (self.payout_token is None):
            raise ValueError("one of payout_destination_data and payout_token is needed")
        return self
