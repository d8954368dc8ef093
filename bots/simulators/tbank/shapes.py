"""What T-Bank's methods take: required fields, sizes and words, and nothing else."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

TerminalKey = Annotated[str, Field(min_length=1, max_length=20)]
PaymentId = Annotated[str, Field(pattern=r"^\d{1,20}$")]
Kopecks = Annotated[int, Field(strict=True, ge=1, le=9_999_999_999)]


class Body(BaseModel):
    """A part of a request; nothing else may stand in it."""

    model_config = ConfigDict(extra="forbid")


class Supplier(Body):
    """For whom we sell."""

    Phones: list[str] = Field(min_length=1)
    Name: str = Field(min_length=1, max_length=239)
    Inn: str = Field(pattern=r"^(\d{10}|\d{12})$")


class Agent(Body):
    """As whom we sell."""

    AgentSign: str = Field(pattern="^(attorney|commission_agent|another)$")  # the rest want operators


class Item(Body):
    """A line of a receipt."""

    Name: str = Field(min_length=1, max_length=128)
    Price: Kopecks
    Quantity: float = Field(gt=0)
    Amount: Kopecks
    Tax: str = Field(pattern="^(none|vat0|vat5|vat7|vat10|vat20|vat105|vat107|vat110|vat120)$")
    PaymentMethod: str = "full_payment"
    PaymentObject: str = "commodity"
    AgentData: Agent | None = None
    SupplierInfo: Supplier | None = None


class Bill(Body):
    """A receipt of the format 1.05."""

    Items: list[Item] = Field(min_length=1, max_length=100)
    Taxation: str = Field(pattern="^(osn|usn_income|usn_income_outcome|esn|patent)$")
    FfdVersion: str = Field(default="1.05", pattern=r"^1\.05$")
    Email: str | None = Field(default=None, max_length=64)
    Phone: str | None = Field(default=None, pattern=r"^\+\d{1,63}$")


class Signed(Body):
    """What every request bears."""

    TerminalKey: TerminalKey
    Token: str


class Init(Signed):
    """`Init`."""

    Amount: Kopecks
    OrderId: str = Field(min_length=1, max_length=36)
    Description: str | None = Field(default=None, max_length=140)
    PayType: str = Field(default="O", pattern="^[OT]$")
    Language: str = Field(default="ru", pattern="^(ru|en)$")
    NotificationURL: str | None = None
    SuccessURL: str | None = None
    FailURL: str | None = None
    RedirectDueDate: AwareDatetime | None = None
    DATA: dict[Annotated[str, Field(max_length=20)], Annotated[str, Field(max_length=100)]] = Field(
        default_factory=dict, max_length=20
    )
    Receipt: Bill | None = None


class OfPayment(Signed):
    """`GetState`."""

    PaymentId: PaymentId
    IP: str | None = None


class GetQr(OfPayment):
    """`GetQr`."""

    DataType: str = Field(default="PAYLOAD", pattern="^(PAYLOAD|IMAGE)$")


class Confirm(OfPayment):
    """`Confirm`."""

    Amount: Kopecks | None = None
    Receipt: Bill | None = None


class Cancel(Confirm):
    """`Cancel`."""

    ExternalRequestId: str | None = Field(default=None, max_length=100)


class CheckOrder(Signed):
    """`CheckOrder`."""

    OrderId: str = Field(min_length=1, max_length=36)
