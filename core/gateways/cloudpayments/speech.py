"""How CloudPayments names things: states, moments, fees, our ids in what it sends back; and its notices."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote_plus

from core.charge import Notice, Subject
from core.gateways.wire import MINOR_PER_MAJOR
from core.kernel.charge import ChargeState, RefundState
from core.kernel.money import Currency, Money, half_up
from core.kernel.payment import Method
from core.knock import Forged, Knock
from core.wire import is_same

REASON_MAX = 200

_S, _R = ChargeState, RefundState

STATES: Mapping[str, ChargeState] = MappingProxyType(
    {
        "Created": _S.WAITING,
        "Pending": _S.WAITING,
        "AwaitingAuthentication": _S.WAITING,
        "Authorized": _S.HELD,
        "Completed": _S.PAID,
        "Cancelled": _S.CANCELLED,
        "Declined": _S.FAILED,
    }
)
REFUND_STATES: Mapping[str, RefundState] = MappingProxyType(
    {"Completed": _R.DONE, "Declined": _R.FAILED, "Cancelled": _R.FAILED}
)
_BEGINNING = datetime.fromtimestamp(0, UTC)
_TICKS = re.compile(r"/Date\((\d+)\)/")


@dataclass(frozen=True, slots=True)
class Ticket:
    """What `provider_id` of a charge carries: `number~kopecks~seconds`.

    Attributes:
        number: An order's id; all digits for an SBP link, which is a transaction from the start.
    """

    number: str
    amount: Money
    expires_at: datetime

    @classmethod
    def of(cls, provider_id: str) -> Self:
        """Read one. Raises ValueError."""
        number, minor, seconds = provider_id.split("~")
        return cls(number, Money(int(minor), Currency.RUB), datetime.fromtimestamp(int(seconds), UTC))

    def __str__(self) -> str:
        return f"{self.number}~{self.amount.minor}~{int(self.expires_at.timestamp())}"

    @property
    def method(self) -> Method:
        """How it is paid."""
        return Method.SBP if self.number.isdigit() else Method.CARD


def ticket_of(provider_id: str) -> Ticket | None:
    """Return what a charge's name carries; None for a transaction's, whose order was found by our number."""
    try:
        return Ticket.of(provider_id)
    except ValueError:
        return None


def fee_of(model: Mapping[str, Any]) -> Money | None:
    """Return what it keeps, to the kopeck; it may reckon finer."""
    fee = model.get("TotalFee")
    if isinstance(fee, bool) or not isinstance(fee, int | Decimal):
        return None
    return Money(half_up(Fraction(fee) * MINOR_PER_MAJOR), Currency(str(model.get("Currency"))))


def refund_id_of(model: Mapping[str, Any]) -> str | None:
    """Return our refund's id, which went along with it."""
    try:
        facts = json.loads(model.get("JsonData") or "")
    except (TypeError, ValueError):
        return None
    found = facts.get("refund_id") if isinstance(facts, dict) else None
    return found if isinstance(found, str) else None


def reason_of(said: Mapping[str, Any]) -> str:
    """Return why not in its words, such as `InsufficientFunds`."""
    for name in ("Reason", "Message", "ReasonCode", "Status"):
        if word := str(said.get(name) or ""):
            return word[:REASON_MAX]
    return "unknown"


def moment_of(model: Mapping[str, Any], name: str) -> datetime | None:
    """Read a moment of the form `/Date(milliseconds)/`."""
    found = _TICKS.fullmatch(str(model.get(name)))
    return None if found is None else _BEGINNING + timedelta(milliseconds=int(found[1]))


def sign(over: bytes, secret: str) -> str:
    """Return the signature of a notice."""
    return base64.b64encode(hmac.digest(secret.encode(), over, "sha256")).decode()


def heard(knock: Knock, *, secret: str) -> Notice | None:
    """Read a notice that bears our secret's signature."""
    body = knock.body
    is_form = "json" not in knock.headers.get("content-type", "")
    decoded = unquote_plus(body.decode(errors="replace")).encode() if is_form else body
    signed = {"content-hmac": body, "x-content-hmac": decoded}
    if not any(is_same(knock.headers.get(name, ""), sign(over, secret)) for name, over in signed.items()):
        raise Forged("wrong signature")
    try:
        said = dict(parse_qsl(body.decode(), keep_blank_values=True)) if is_form else json.loads(body)
    except ValueError:
        raise Forged("no form") from None
    if not isinstance(said, dict) or not said.get("TransactionId"):
        raise Forged("no transaction")
    number, kind = str(said["TransactionId"]), said.get("OperationType", "Payment")
    key = f"{number}:{hashlib.sha256(body).hexdigest()[:16]}"  # a Check and a Pay differ in little else
    if kind == "Refund":
        return Notice(Subject.REFUND, key, number, order_id=refund_id_of({"JsonData": said.get("Data")}))
    if kind != "Payment":
        return None
    return Notice(Subject.CHARGE, key, number, order_id=said.get("InvoiceId") or None)
