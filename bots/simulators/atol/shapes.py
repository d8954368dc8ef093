"""What ATOL Online takes (v4, FFD 1.05), as far as we sell: anything else is refused, to the letter."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

TIME = "%d.%m.%Y %H:%M:%S"
ROUNDED_MAX = Decimal("0.99")  # the total may be rounded by less than a rouble


def _is_time(value: str) -> str:
    datetime.strptime(value, TIME)  # noqa: DTZ007 - it has no zone on the wire
    return value


Text = Annotated[str, Field(strict=True)]
Sum = Annotated[Decimal, Field(ge=0, le=10_000_000_000, max_digits=13, decimal_places=2)]
Inn = Annotated[Text, Field(pattern=r"^([0-9]{10}|[0-9]{12})$")]
Phone = Annotated[Text, Field(pattern=r"^(\+[0-9]{1,18}|[0-9]{1,17})$")]
Mail = Annotated[Text, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=64)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LoginIn(_Asked):
    """Who asks for a token."""

    login: Text = Field(max_length=100)
    password: Text = Field(alias="pass", max_length=100)
    source: Text | None = Field(default=None, max_length=100, pattern=r"^[a-zA-Z0-9_\-@.]+$")


class ClientIn(_Asked):
    """The buyer: a phone or a mail at least."""

    email: Mail | None = None
    phone: Phone | None = None
    name: Text | None = Field(default=None, max_length=256)
    inn: Inn | None = None

    @model_validator(mode="after")
    def _is_reached(self) -> "ClientIn":
        if self.email is None and self.phone is None:
            raise ValueError("email or phone")
        return self


class CompanyIn(_Asked):
    """The seller."""

    email: Mail
    sno: Literal["osn", "usn_income", "usn_income_outcome", "envd", "esn", "patent"] | None = None
    inn: Inn
    payment_address: Text = Field(max_length=256)
    location: Text | None = Field(default=None, min_length=1, max_length=256)


class AgentIn(_Asked):
    """As what we sell."""

    type: Literal[
        "bank_paying_agent",
        "bank_paying_subagent",
        "paying_agent",
        "paying_subagent",
        "attorney",
        "commission_agent",
        "another",
    ]


class SupplierIn(_Asked):
    """For whom we sell."""

    phones: list[Phone] | None = None
    name: Text | None = None
    inn: Inn


class VatIn(_Asked):
    """The rate."""

    type: Literal["none", "vat0", "vat5", "vat7", "vat10", "vat20", "vat22", "vat105", "vat107", "vat110"]
    sum: Sum | None = None


class ItemIn(_Asked):
    """One line."""

    name: Text = Field(min_length=1, max_length=128)
    price: Sum
    quantity: Annotated[Decimal, Field(gt=0, le=99_999_999)]
    sum: Sum
    measurement_unit: Text | None = Field(default=None, max_length=16)
    payment_method: Literal[
        "full_prepayment",
        "prepayment",
        "advance",
        "full_payment",
        "partial_payment",
        "credit",
        "credit_payment",
    ] = "full_prepayment"
    payment_object: Literal["commodity", "job", "service", "payment", "another"] = "commodity"
    vat: VatIn
    agent_info: AgentIn | None = None
    supplier_info: SupplierIn | None = None

    @model_validator(mode="after")
    def _adds_up(self) -> "ItemIn":
        if self.price * self.quantity != self.sum:
            raise ValueError("price * quantity is not the sum")
        if self.agent_info is not None and self.supplier_info is None:
            raise ValueError("an agent without a supplier")
        return self


class PaymentIn(_Asked):
    """How it was paid: 0 in cash, 1 without."""

    type: Annotated[int, Field(strict=True, ge=0, le=9)]
    sum: Sum


class ReceiptIn(_Asked):
    """The receipt."""

    client: ClientIn
    company: CompanyIn
    items: list[ItemIn] = Field(min_length=1, max_length=100)
    payments: list[PaymentIn] = Field(min_length=1, max_length=10)
    total: Sum
    internet: bool | None = Field(default=None, strict=True)

    @model_validator(mode="after")
    def _adds_up(self) -> "ReceiptIn":
        sold = sum((item.sum for item in self.items), Decimal(0))
        if abs(sold - self.total) > ROUNDED_MAX:
            raise ValueError("total is not the sum of the items")
        if sum((payment.sum for payment in self.payments), Decimal(0)) != self.total:
            raise ValueError("payments are not the total")
        return self


class CallbackIn(_Asked):
    """Where the result is told."""

    callback_url: Text | None = Field(default=None, pattern=r"^https?://", max_length=256)


class DocumentIn(_Asked):
    """A sale or its return."""

    external_id: Text = Field(min_length=1, max_length=128)
    timestamp: Annotated[Text, AfterValidator(_is_time)]
    receipt: ReceiptIn
    service: CallbackIn | None = None
