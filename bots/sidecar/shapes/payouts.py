"""Shapes of earnings, payouts and refunds."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from bots.sidecar.money import Amount
from bots.sidecar.shapes.base import In, MoneyOut, Out, PageOut
from core.kernel.taxpayer import is_inn
from core.markets.banks import is_account_of

_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_BANK = re.compile(r"1\d{11}")
_ACCOUNT = re.compile(r"\d{20}")
_BIC = re.compile(r"0[0-4]\d{7}")


def _phone(value: str) -> str:
    """Return a number in E.164; blanks, hyphens, brackets and the Russian 8 are forgiven."""
    plain = re.sub(r"[\s()-]", "", value)
    plain = f"+7{plain[1:]}" if re.fullmatch(r"8\d{10}", plain) else plain
    if not _PHONE.fullmatch(plain):
        raise PydanticCustomError("bad_phone", "a phone is in E.164, such as +79111234567")
    return plain


def _bank(value: str) -> str:
    if not _BANK.fullmatch(value.strip()):
        raise PydanticCustomError("bad_bank", "a bank of the SBP is 12 digits, such as 100000000111")
    return value.strip()


def _account(value: str) -> str:
    plain = re.sub(r"\s", "", value)
    if not _ACCOUNT.fullmatch(plain):
        raise PydanticCustomError("bad_account", "an account is 20 digits")
    return plain


def _bic(value: str) -> str:
    if not _BIC.fullmatch(value.strip()):
        raise PydanticCustomError("bad_bic", "a BIC is 9 digits and begins with 0")
    return value.strip()


def _inn(value: str) -> str:
    plain = re.sub(r"\s", "", value)
    if not is_inn(plain):
        raise PydanticCustomError("bad_inn", "a taxpayer number is 10 or 12 digits, the last ones check it")
    return plain


Phone = Annotated[str, Field(max_length=40), AfterValidator(_phone)]
BankId = Annotated[str, Field(max_length=20), AfterValidator(_bank)]
AccountNumber = Annotated[str, Field(max_length=40), AfterValidator(_account)]
Bic = Annotated[str, Field(max_length=20), AfterValidator(_bic)]


class PayoutAccountIn(In):
    """Where a master's money goes: by SBP to a phone at a bank, or to an account."""

    destination: Literal["sbp", "account"]
    phone: Phone | None = None
    bank_id: BankId | None = Field(default=None, description="The bank's member id of the SBP, 12 digits")
    account: AccountNumber | None = Field(default=None, description="20 digits")
    bic: Bic | None = Field(default=None, description="9 digits")

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        wanted = (self.phone, self.bank_id) if self.destination == "sbp" else (self.account, self.bic)
        if None in wanted:
            raise PydanticCustomError("half_said", "phone and bank_id for sbp, account and bic for account")
        if self.destination == "account" and not is_account_of(str(self.account), str(self.bic)):
            raise PydanticCustomError("bad_key", "there is no such account at this bank")
        return self

    def to(self) -> dict[str, str]:
        """Return what is kept of it."""
        names = ("phone", "bank_id") if self.destination == "sbp" else ("account", "bic")
        return {"destination": self.destination, **{name: str(getattr(self, name)) for name in names}}


class TaxIn(In):
    """How a master is taxed."""

    inn: Annotated[str, Field(max_length=20), AfterValidator(_inn)]
    status: Literal["npd", "entrepreneur"] = Field(description="npd: self-employed")


class TaxOut(Out):
    """How a master is taxed; of his number the last four digits."""

    inn: str
    status: str


class PayoutAccountOut(Out):
    """Where a master's money goes; of numbers the last four digits."""

    payout_to: dict[str, str] | None = Field(
        examples=[{"destination": "sbp", "phone": "•••• 4567", "bank_id": "100000000111", "bank": "Сбербанк"}]
    )


class PayoutOut(Out):
    """What was paid out to a master."""

    payout_id: str
    master_id: str
    day: str
    status: Literal["asked", "pending", "done", "failed"]
    amount: MoneyOut
    goes_to: dict[str, str]
    reason: str | None = None


class PayoutsOut(PageOut):
    """A page of payouts."""

    items: list[PayoutOut]  # type: ignore[assignment]  # a narrower item


class PayoutEndIn(In):
    """What became of a payout made by hand."""

    done: bool = Field(strict=True)
    reason: Annotated[str, Field(max_length=200)] | None = None


class EarningsOut(Out):
    """What a master earned from one day to another, both included, by the ledger."""

    first: str = Field(alias="from")
    to: str
    total: MoneyOut
    days: list[dict[str, Any]] = Field(
        examples=[[{"date": "2026-11-23", "earned": {"minor": 220500}, "jobs": 1}]]
    )
    jobs: list[dict[str, Any]]
    today: MoneyOut
    week: MoneyOut
    balance: MoneyOut
    debt: MoneyOut
    next_payout: dict[str, Any]
    payout_to: dict[str, str] | None


class RefundAskIn(In):
    """How much goes back, and why; without an amount, whatever is left."""

    amount: Amount | None = None
    words: Annotated[str, Field(min_length=1, max_length=500)]


class RefundOut(Out):
    """Money that goes back to a client."""

    refund_id: str
    payment_id: str
    status: Literal["asked", "pending", "done", "failed"]
    amount: MoneyOut
    is_surplus: bool
    words: str
    reason: str | None = None


class RefundsOut(Out):
    """What went back of a payment."""

    items: list[RefundOut]
