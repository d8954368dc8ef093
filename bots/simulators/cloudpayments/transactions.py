"""Orders and transactions of CloudPayments, and how they look in an answer and in a notice."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bots.simulators.cloudpayments.shapes import Asked, OrderAsked
from core.gateways.wire import MOSCOW

FEE = Decimal("0.028")
_CENT = Decimal("0.01")


@dataclass
class Bill:
    """An order: a page that may be paid once."""

    id: str
    asked: OrderAsked
    created_at: datetime
    status: str = "Created"


@dataclass
class Transaction:
    """A payment or a refund of one.

    Attributes:
        due: When an SBP link is over. What it says of itself then is not described; here it stays as it was.
        left: What of it has not gone back.
    """

    number: int
    asked: Asked
    amount: Decimal
    created_at: datetime
    status: str
    method: str  # Card, Sbp
    original: int | None = None
    confirmed_at: datetime | None = None
    due: datetime | None = None
    left: Decimal = Decimal(0)
    reason: tuple[int, str] = (0, "Approved")
    facts: Mapping[str, Any] = field(default_factory=dict)


def told(transaction: Transaction, *, public_id: str) -> Mapping[str, Any]:
    """Return a transaction as payments/get shows it."""
    is_paid = transaction.status == "Completed" and transaction.original is None
    at = transaction.confirmed_at
    return {
        "ReasonCode": transaction.reason[0],
        "PublicId": public_id,
        "TransactionId": transaction.number,
        "Amount": number_of(transaction.amount),
        "Currency": transaction.asked.Currency,
        "PaymentAmount": number_of(transaction.amount),
        "PaymentCurrency": transaction.asked.Currency,
        "InvoiceId": transaction.asked.InvoiceId,
        "AccountId": transaction.asked.AccountId,
        "JsonData": json.dumps(transaction.facts, ensure_ascii=False),
        "CreatedDate": ticks(transaction.created_at),
        "CreatedDateIso": transaction.created_at.astimezone(MOSCOW).strftime("%Y-%m-%dT%H:%M:%S"),
        "ConfirmDate": None if at is None else ticks(at),
        "OriginalTransactionId": transaction.original,
        "CardFirstSix": "411111" if transaction.method == "Card" else None,
        "CardLastFour": "1111" if transaction.method == "Card" else None,
        "Status": transaction.status,
        "Reason": transaction.reason[1],
        "Type": 0 if transaction.original is None else 1,
        "Refunded": is_paid and not transaction.left,
        "TotalFee": number_of((transaction.amount * FEE).quantize(_CENT) if is_paid else Decimal(0)),
    }


def noticed(transaction: Transaction) -> dict[str, str]:
    """Return a transaction as a notice tells of it."""
    body = {
        "TransactionId": str(transaction.number),
        "Amount": f"{transaction.amount:.2f}",
        "Currency": transaction.asked.Currency,
        "DateTime": transaction.created_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "Status": transaction.status,
        "OperationType": "Payment" if transaction.original is None else "Refund",
        "InvoiceId": transaction.asked.InvoiceId or "",
        "PaymentMethod": transaction.method,
        "Data": json.dumps(transaction.facts, ensure_ascii=False),
    }
    if transaction.original is not None:
        body["PaymentTransactionId"] = str(transaction.original)
    if transaction.status == "Declined":
        body |= {"ReasonCode": str(transaction.reason[0]), "Reason": transaction.reason[1]}
    return body


def number_of(amount: Decimal) -> float:
    """Write a sum as the JSON number that it sends; so few digits come back as they went."""
    return float(amount)


def ticks(at: datetime) -> str:
    """Write a moment as it does."""
    return f"/Date({int(at.timestamp() * 1000)})/"
