"""The life of a charge: one attempt to take a payment's money through a provider, and of its refunds.

A payment may need several charges: a card is declined, the client takes another method. A charge that
was given up is still watched until the provider says that nobody can pay it any more.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from core.kernel.money import Money
from core.kernel.payment import PaymentState
from core.kernel.refusal import StepNotAllowed


class ChargeState(StrEnum):
    """Where a charge stands at its provider."""

    ASKED = "asked"  # we asked, and have no answer yet
    WAITING = "waiting"  # the client may pay
    HELD = "held"  # the money is blocked on the client's card
    PAID = "paid"
    FAILED = "failed"  # declined
    CANCELLED = "cancelled"  # voided or expired


class RefundState(StrEnum):
    """Where money stands that goes back to a client, or to a master."""

    ASKED = "asked"
    PENDING = "pending"  # the provider is at it
    DONE = "done"
    FAILED = "failed"


_C = ChargeState

ALIVE = frozenset({_C.ASKED, _C.WAITING, _C.HELD})  # the client may still lose money by it

_TABLE = (  # to, from: a provider may skip steps, and tell of them late, but never goes back
    (_C.WAITING, {_C.ASKED}),
    (_C.HELD, {_C.ASKED, _C.WAITING}),
    # On some pages a client may try another card after a refusal, so money may come late.
    (_C.PAID, {_C.ASKED, _C.WAITING, _C.HELD, _C.FAILED, _C.CANCELLED}),
    (_C.FAILED, {_C.ASKED, _C.WAITING, _C.HELD}),
    (_C.CANCELLED, {_C.ASKED, _C.WAITING, _C.HELD}),
)
STEPS: Mapping[tuple[ChargeState, ChargeState], bool] = MappingProxyType(
    {(source, to): True for to, sources in _TABLE for source in sources}
)

_R = RefundState
REFUND_STEPS: Mapping[tuple[RefundState, RefundState], bool] = MappingProxyType(
    {
        (_R.ASKED, _R.PENDING): True,
        (_R.ASKED, _R.DONE): True,
        (_R.ASKED, _R.FAILED): True,
        (_R.PENDING, _R.DONE): True,
        (_R.PENDING, _R.FAILED): True,
    }
)


def is_news(known: ChargeState, told: ChargeState) -> bool:
    """Tell whether what a provider says is a step forward; what is late, repeated or out of order is not."""
    return (known, told) in STEPS


def step(known: ChargeState, told: ChargeState) -> ChargeState:
    """Return the charge's next state.

    Raises:
        StepNotAllowed: the provider would go back, which none does.
    """
    if not is_news(known, told):
        raise StepNotAllowed(state=known, action=told)
    return told


def is_as_asked(asked: Money, told: Money) -> bool:
    """Tell whether a provider took what it was asked for: amount and currency, to the kopeck (L19)."""
    return asked == told


def takes_late(state: PaymentState, *, asked: Money, late: Money) -> bool:
    """Tell whether late money, of an earlier payment of the same job, settles the one that waits now."""
    return state in (PaymentState.CREATED, PaymentState.PENDING) and asked == late
