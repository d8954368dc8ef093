"""What may be asked of the built-in provider. Anything else is refused, to the letter."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from core.kernel.money import MINOR_MAX


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


Id = Annotated[str, Field(pattern=r"^[0-9a-zA-Z-]{1,64}$")]
Minor = Annotated[int, Field(strict=True, gt=0, le=MINOR_MAX)]
Code = Literal["RUB", "KZT"]
Url = Annotated[str, Field(pattern=r"^https?://", max_length=2_048)]
Phone = Annotated[str, Field(pattern=r"^\+[0-9]{7,15}$")]
At = Annotated[AwareDatetime, AfterValidator(_utc)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LineIn(_Asked):
    """One line of a receipt."""

    name: str = Field(min_length=1, max_length=128)
    amount_minor: int = Field(strict=True, ge=0, le=MINOR_MAX)
    supplier_name: str | None = None
    supplier_inn: str | None = Field(default=None, pattern=r"^([0-9]{10}|[0-9]{12})$")
    supplier_phone: Phone | None = None


class ReceiptIn(_Asked):
    """What a receipt says."""

    lines: list[LineIn] = Field(min_length=1, max_length=100)
    phone: Phone | None = None
    email: str | None = None


class _WithReceipt(_Asked):
    amount_minor: Minor
    receipt: ReceiptIn | None = None

    @model_validator(mode="after")
    def _adds_up(self) -> "_WithReceipt":
        if self.receipt and sum(line.amount_minor for line in self.receipt.lines) != self.amount_minor:
            raise ValueError("the receipt's lines do not add up to the amount")
        return self


class ChargeIn(_WithReceipt):
    """A charge."""

    order_id: Id
    currency: Code
    method: Literal["card", "sbp"]
    description: str = Field(max_length=255)
    two_stage: bool = Field(strict=True)
    return_url: Url
    notice_url: Url
    expires_at: At
    lang: str = Field(max_length=8)
    facts: dict[str, str] = Field(default_factory=dict, max_length=16)


class CaptureIn(_Asked):
    """How much of what is held is taken."""

    amount_minor: Minor


class RefundIn(_WithReceipt):
    """Money that goes back."""

    refund_id: Id
    charge_id: str = Field(max_length=64)
    reason: str = Field(max_length=255)


class PayoutIn(_Asked):
    """Money that goes to a person: by SBP to a phone at a bank, or by a token to a card."""

    payout_id: Id
    amount_minor: Minor
    currency: Code
    description: str = Field(max_length=255)
    destination: Literal["sbp", "card"]
    phone: Phone | None = None
    bank_id: str | None = Field(default=None, pattern=r"^[0-9a-zA-Z]{12}$")
    token: str | None = Field(default=None, min_length=1, max_length=255)

    @model_validator(mode="after")
    def _has_all(self) -> "PayoutIn":
        wanted = (self.phone, self.bank_id) if self.destination == "sbp" else (self.token,)
        if None in wanted:
            raise ValueError("the destination is not complete")
        return self
