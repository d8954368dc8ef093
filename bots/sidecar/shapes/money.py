"""Shapes of prices, payments and the books."""

from typing import Literal

from pydantic import Field

from bots.sidecar.money import Amount
from bots.sidecar.shapes.base import Id, In, MoneyOut, Out


class PaymentIn(In):
    """Which job to collect for; without an amount, the price that was agreed."""

    job_id: Id
    amount: Amount | None = None


class CashIn(In):
    """Cash that was handed over."""

    payment_id: Id
    amount_received: Amount


class MethodIn(In):
    """A payment to collect by card or SBP."""

    payment_id: Id


class LineOut(Out):
    """One part of a price."""

    label: str
    amount: MoneyOut


class QuoteOut(Out):
    """A price and how long it stands."""

    price: MoneyOut | None = None
    low: MoneyOut
    high: MoneyOut
    valid_until: str | None
    breakdown: list[LineOut] | None = None


class SplitOut(Out):
    """How an amount is divided."""

    fee: MoneyOut
    net: MoneyOut
    platform: MoneyOut
    master: MoneyOut


class PaymentOut(Out):
    """A payment."""

    payment_id: str
    status: Literal["created", "awaiting_consent", "pending", "unknown", "succeeded", "failed", "cancelled"]
    method: str | None = None
    amount: MoneyOut
    methods: list[str] | None = None
    split: SplitOut | None = Field(description="null in a job that its client reads")
    change: MoneyOut | None = None
    confirmation_url: str | None = Field(default=None, description="Where the client pays")
    qr_payload: str | None = Field(default=None, description="The text of the SBP code")
    qr_svg_url: str | None = Field(default=None, description="The SBP code as a picture")
    expires_at: str | None = None
    reason: str | None = Field(default=None, description="Why it failed, in the provider's word")


class BalanceOut(Out):
    """What is on an account."""

    account: str
    balance: MoneyOut


class BalancesOut(Out):
    """The books."""

    accounts: list[BalanceOut]
    total: MoneyOut
