"""What is said between us and a payment provider, whoever it is: the closed types every adapter speaks.

Money is ours (integer minor units); times are aware UTC; ids are ours unless a name says `provider_`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

from core.kernel.charge import ChargeState, RefundState
from core.kernel.money import Money
from core.kernel.payment import Method

T = TypeVar("T")

_SHAPES: dict[type, TypeAdapter[Any]] = {}


def stored(value: object) -> dict[str, Any]:
    """Return one of the values below as JSON, for an effect or a letter."""
    return cast("dict[str, Any]", _shape(type(value)).dump_python(value, mode="json"))


def restored(kind: type[T], value: Mapping[str, Any]) -> T:
    """Return what `stored` was given."""
    return cast("T", _shape(kind).validate_python(value))


def _shape(kind: type) -> TypeAdapter[Any]:
    if kind not in _SHAPES:  # making one takes far longer than using it
        _SHAPES[kind] = TypeAdapter(kind)
    return _SHAPES[kind]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a receipt: what was sold, for how much, and by whom.

    Attributes:
        name: At most 128 characters, as a fiscal printer takes it.
        amount: The whole line.
        supplier_name: For whom we sell as an agent, such as the master's full name; None: for ourselves.
        supplier_inn: His taxpayer number, 10 or 12 digits.
        supplier_phone: E.164.
    """

    name: str
    amount: Money
    supplier_name: str | None = None
    supplier_inn: str | None = None
    supplier_phone: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a fiscal receipt (54-FZ) says. The lines add up to the amount; phone or e-mail is the client's."""

    lines: tuple[Line, ...]
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A charge that is asked of a provider.

    Attributes:
        id: Our charge's id (UUID with hyphens): the order number at the provider, the same however often
            it is asked. A provider that takes 32 characters gets it without hyphens.
        is_two_stage: The money is held first and captured once we have compared.
        return_url: Where the client's browser goes after paying.
        notice_url: Where the provider tells us; some take it with the order, others from their cabinet.
        expires_at: After this nobody can pay it any more, as far as the provider supports it.
    """

    id: str
    amount: Money
    method: Method
    description: str
    is_two_stage: bool
    return_url: str
    notice_url: str
    expires_at: datetime
    lang: str = "ru"
    receipt: Receipt | None = None
    facts: Mapping[str, str] = field(
        default_factory=dict
    )  # job_id, job_number: shown in the provider's cabinet


@dataclass(frozen=True, slots=True)
class Charge:
    """What a provider says of a charge.

    Attributes:
        amount: What it was asked for; what was really taken, once it is paid.
        refunded: How much of it went back.
        qr_payload: The text of an SBP code, such as https://qr.nspk.ru/…
        reason: Why not, in the provider's own word, such as `insufficient_funds`.
        raw: The provider's answer, without card numbers; kept with the payment (A84).
    """

    order_id: str
    provider_id: str
    state: ChargeState
    amount: Money
    method: Method | None = None
    refunded: Money | None = None
    fee: Money | None = None
    confirmation_url: str | None = None
    qr_payload: str | None = None
    reason: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def refused(
        cls, order: Order, *, reason: str | None, raw: Mapping[str, Any], provider_id: str = ""
    ) -> "Charge":
        """Return a provider's definite no to an order; it seldom gives a number to what it refused."""
        return cls(
            order_id=order.id,
            provider_id=provider_id,
            state=ChargeState.FAILED,
            amount=order.amount,
            method=order.method,
            reason=reason,
            raw=raw,
        )


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Money that is to go back: all of a charge or a part of it. `id` is our refund's id (UUID)."""

    id: str
    charge_id: str
    provider_id: str  # the charge's
    amount: Money
    charged: Money  # the whole charge
    method: Method
    reason: str
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """What a provider says of a refund."""

    refund_id: str
    provider_id: str
    state: RefundState
    amount: Money
    reason: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)


class Subject(StrEnum):
    """What a notice or a line of a registry is about."""

    CHARGE = "charge"
    REFUND = "refund"
    PAYOUT = "payout"


@dataclass(frozen=True, slots=True)
class Notice:
    """An authentic word of a provider. It is only a reason to read the thing anew: nothing in it is believed.

    Attributes:
        key: The same for repeats of one notice, and different for another state of the thing.
        order_id: Our id of the charge, refund or payout, if the notice names it.
    """

    subject: Subject
    key: str
    provider_id: str
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class RegistryLine:
    """One line of a provider's registry of a day: what it says it has moved.

    Attributes:
        order_id: Our id, if the provider kept it.
        at: When it moved, by the provider.
        fee: What the provider keeps of it.
    """

    subject: Subject
    provider_id: str
    order_id: str | None
    amount: Money
    at: datetime
    fee: Money | None = None


class Destination(StrEnum):
    """Where a payout may go."""

    SBP = "sbp"  # by phone and bank
    CARD = "card"  # by a provider's token of a card; we never see its number
    ACCOUNT = "account"  # by account and BIC, from a file


@dataclass(frozen=True, slots=True)
class PayoutOrder:
    """Money that goes to a master. `id` is our payout's id (UUID), the same however often it is asked.

    Attributes:
        to: `phone` (E.164) and `bank_id` (of the SBP), or `token`, or `account` and `bic`; and `name`, `inn`.
    """

    id: str
    amount: Money
    destination: Destination
    to: Mapping[str, str]
    description: str


@dataclass(frozen=True, slots=True)
class Payout:
    """What a provider says of a payout."""

    payout_id: str
    provider_id: str
    state: RefundState  # a payout has the states of a refund
    amount: Money
    reason: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)
