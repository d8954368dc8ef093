"""What is said between us and those who register receipts: fiscal data operators, and the tax on income.

A sale or its return is registered under 54-FZ by a cash register in the cloud; a self-employed master's
income, or its annulment, with the tax office's own service (NPD).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.charge import Line
from core.kernel.charge import RefundState
from core.kernel.money import Money


class ReceiptKind(StrEnum):
    """What a receipt is of."""

    SALE = "sale"
    SALE_RETURN = "sale_return"
    INCOME = "income"  # of a self-employed master
    ANNULMENT = "annulment"


@dataclass(frozen=True, slots=True)
class ReceiptOrder:
    """A receipt that is to be registered. `id` is ours (UUID), the same however often it is asked.

    Attributes:
        is_cash: Paid in hand, else without cash.
        at: When the money moved.
        inn: Of the master, for an income.
        refers_to: The number of the receipt that this one takes back.
    """

    id: str
    kind: ReceiptKind
    amount: Money
    lines: tuple[Line, ...]
    is_cash: bool
    at: datetime
    phone: str | None = None
    email: str | None = None
    inn: str | None = None
    refers_to: str | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """What a registrar says of a receipt: it is at it, has registered it with a number and a link, or not."""

    receipt_id: str
    state: RefundState
    number: str | None = None
    url: str | None = None
    reason: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)
