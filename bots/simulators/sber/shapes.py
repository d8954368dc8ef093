"""What Sber's methods take: required fields, sizes and words, and nothing else."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, NaiveDatetime
from pydantic.alias_generators import to_camel

Kopecks = Annotated[int, Field(strict=True, ge=1, le=999_999_999_999)]
Uuid = Annotated[str, Field(min_length=36, max_length=36)]


class Body(BaseModel):
    """A part of a request; nothing else may stand in it."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)  # type: ignore[pydantic-alias]


class Named(Body):
    """Who asks."""

    user_name: str = Field(max_length=30)
    password: str = Field(max_length=30)
    language: str = Field(default="ru", pattern="^(ru|en)$")


class Quantity(Body):
    """How much of an item."""

    value: float = Field(gt=0)
    measure: str | None = None


class Tax(Body):
    """The VAT of an item."""

    tax_type: int = Field(ge=0, le=7)


class Agent(Body):
    """As whom we sell."""

    type: str = Field(pattern="^(attorney|commission_agent|another)$")


class Supplier(Body):
    """For whom we sell."""

    phones: list[str] = Field(default_factory=list)
    name: str | None = None
    inn: str | None = Field(default=None, pattern=r"^(\d{10}|\d{12})$")


class Item(Body):
    """A line of a receipt."""

    position_id: str
    item_code: str
    name: str = Field(min_length=1, max_length=128)
    quantity: Quantity
    measurement_unit: str | None = None
    item_price: Kopecks
    item_amount: Kopecks
    payment_method: str
    payment_object: str
    tax: Tax
    agent_info: Agent | None = None
    supplier_info: Supplier | None = None


class Items(Body):
    """The lines of a receipt."""

    items: list[Item] = Field(min_length=1)


class PaidBy(Body):
    """How a receipt is paid."""

    type: int = Field(ge=1, le=4)
    sum: Kopecks


class Company(Body):
    """Who sells."""

    email: str
    sno: str = Field(pattern="^(osn|usn_income|usn_income_outcome|esn|patent)$")
    inn: str
    payment_address: str


class Bundle(Body):
    """A receipt."""

    ffd_version: str = Field(pattern=r"^1\.(2|05)$")
    receipt_type: str = Field(pattern="^(sell|sell_refund)$")
    company: Company | None = None
    cart_items: Items
    payments: list[PaidBy] = Field(min_length=1)
    total: Kopecks


class Register(Named):
    """`register.do` and `registerPreAuth.do`."""

    order_number: str = Field(min_length=1, max_length=36)
    amount: Kopecks
    currency: str = Field(default="643", pattern="^(643|810)$")
    return_url: str = Field(min_length=12, max_length=2048)
    fail_url: str | None = None
    description: str | None = Field(default=None, max_length=512)
    json_params: dict[str, str] = Field(default_factory=dict)
    expiration_date: NaiveDatetime | None = None
    session_timeout_secs: int | None = Field(default=None, ge=0)
    phone: str | None = Field(default=None, max_length=16)
    email: str | None = Field(default=None, max_length=128)
    order_bundle: Bundle | None = None


class Status(Named):
    """`getOrderStatusExtended.do`."""

    order_id: Uuid | None = None
    order_number: str | None = Field(default=None, max_length=36)


class OfOrder(Named):
    """`reverse.do` and `decline.do`."""

    order_id: Uuid
    json_params: dict[str, str] = Field(default_factory=dict)


class PartOf(OfOrder):
    """`deposit.do` and `refund.do`."""

    amount: Kopecks
    order_bundle: Bundle | None = None
