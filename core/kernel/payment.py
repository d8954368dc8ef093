"""The life of a payment, and which amounts may be asked for and taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from core.kernel.money import Money
from core.kernel.refusal import AmountAbsurd, CashTooLittle, StepNotAllowed


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


class PaymentAction(StrEnum):
    """What is done to a payment."""

    ASK = "ask"  # the client, about an amount outside the range
    AGREE = "agree"
    CHARGE = "charge"  # the provider was told
    LOSE = "lose"  # the provider did not answer: neither paid nor failed until it is asked again
    FIND = "find"  # the provider knows it and is still at it
    SUCCEED = "succeed"
    FAIL = "fail"
    CANCEL = "cancel"


_S, _A = PaymentState, PaymentAction

OPEN = frozenset({_S.CREATED, _S.AWAITING_CONSENT, _S.PENDING, _S.UNKNOWN})
FINAL = frozenset({_S.SUCCEEDED, _S.FAILED, _S.CANCELLED})  # after a failure another payment is opened (A80)

_TABLE = (  # action, from, to
    (_A.ASK, {_S.CREATED}, _S.AWAITING_CONSENT),
    (_A.AGREE, {_S.AWAITING_CONSENT}, _S.CREATED),
    (_A.CHARGE, {_S.CREATED, _S.PENDING}, _S.PENDING),  # again: the client takes another method
    (_A.LOSE, {_S.PENDING}, _S.UNKNOWN),
    (_A.FIND, {_S.UNKNOWN}, _S.PENDING),
    (_A.SUCCEED, {_S.CREATED, _S.PENDING, _S.UNKNOWN}, _S.SUCCEEDED),  # cash needs no provider
    (_A.FAIL, OPEN, _S.FAILED),
    (_A.CANCEL, OPEN, _S.CANCELLED),
)
STEPS: Mapping[tuple[PaymentState, PaymentAction], PaymentState] = MappingProxyType(
    {(state, action): to for action, sources, to in _TABLE for state in sources}
)


def step(state: PaymentState, action: PaymentAction) -> PaymentState:
    """Return the next state of a payment.

    Raises:
        StepNotAllowed: the table has no such step.
    """
    if (state, action) not in STEPS:
        raise StepNotAllowed(state=state, action=action)
    return STEPS[state, action]


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
