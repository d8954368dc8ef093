"""The life of a payment, and which amounts may be asked for and taken."""

from dataclasses import dataclass
from enum import StrEnum

from core.kernel.money import Money
from core.kernel.refusal import AmountAbsurd, CashTooLittle


class Method(StrEnum):
    """How a client pays."""

    CASH = "cash"
    CARD = "card"
    SBP = "sbp"


class PaymentState(StrEnum):
    """Where a payment stands."""

    CREATED = "created"
    AWAITING_CONSENT = "awaiting_consent"
    PENDING = "pending"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = frozenset(
    {PaymentState.CREATED, PaymentState.AWAITING_CONSENT, PaymentState.PENDING, PaymentState.UNKNOWN}
)


@dataclass(frozen=True, slots=True)
class AmountRules:
    """Which amounts are believed."""

    amount_max_minor: int


def check_amount(amount: Money, rules: AmountRules) -> None:
    """Raise AmountAbsurd for nothing, less than nothing, or more than anybody pays."""
    if not 0 < amount.minor <= rules.amount_max_minor:
        raise AmountAbsurd


def needs_consent(amount: Money, low: Money, high: Money) -> bool:
    """Tell whether the client has to agree first: outside the quoted range, above or below (K64)."""
    return not low <= amount <= high


def change_of(amount: Money, received: Money) -> Money:
    """Return the change. Raises CashTooLittle."""
    if received < amount:
        raise CashTooLittle(amount=amount, received=received)
    return received - amount
