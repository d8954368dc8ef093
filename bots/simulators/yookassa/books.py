"""What YooKassa would know of one shop, in memory, and the rules of each step."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from bots.simulators.yookassa.shapes import Amount, CaptureIn, PaymentIn, PayoutIn, Qr, RefundIn
from core.gateways.wire import to_major
from core.kernel.money import Currency, Money, Rate
from core.ports import Chance, Clock

CONFIRM_WITHIN = timedelta(hours=1)  # for a card; how long other methods wait is not described
HOLD_LASTS = timedelta(days=7)  # of a card
KEY_LASTS = timedelta(hours=24)
FEE = Rate(280)
NOBODYS_PHONE = "0000"  # a payout to a phone that ends so finds nobody

Row = dict[str, Any]
Tell = Callable[[str, Row], None]


class No(Exception):  # noqa: N818 - it is an answer
    """YooKassa says no: status, code, description and the parameter meant."""

    def __init__(
        self,
        description: str,
        parameter: str | None = None,
        *,
        status: int = 400,
        code: str = "invalid_request",
    ) -> None:
        super().__init__(description)
        self.description, self.parameter, self.status, self.code = description, parameter, status, code


def not_found(parameter: str) -> No:
    """Return the no for an id that nothing has."""
    return No("Object not found", parameter, status=HTTPStatus.NOT_FOUND, code="not_found")


class Books:
    """One shop at YooKassa. `tell` is called with an event's name and its object."""

    def __init__(self, shop_id: str, *, url: str, clock: Clock, chance: Chance, tell: Tell) -> None:
        self.payments: dict[str, Row] = {}
        self.refunds: dict[str, Row] = {}
        self.payouts: dict[str, Row] = {}
        self._shop_id, self._url = shop_id, url
        self._clock, self._chance, self._tell = clock, chance, tell
        self._keys: dict[str, tuple[datetime, str, Row]] = {}

    def once(self, key: str, path: str, asked: BaseModel, act: Callable[[], Row]) -> Row:
        """Do a thing once per key: later the first answer comes again, for 24 hours.

        A refused request leaves no trace of its key.
        """
        body = f"{path} {asked.model_dump_json()}"
        now = self._clock.now()
        if key in self._keys and now - self._keys[key][0] < KEY_LASTS:
            _, known, answer = self._keys[key]
            if known != body:
                raise No("Idempotence key duplicated", "Idempotence-Key")
            return answer
        answer = _copy(act())
        self._keys[key] = (now, body, answer)
        return answer

    # Payments

    def pay_in(self, asked: PaymentIn) -> Row:
        """Make a payment that waits for its client."""
        method = asked.payment_method_data.type if asked.payment_method_data else "bank_card"
        if asked.confirmation is None:
            raise No("Confirmation is needed for this payment method", "confirmation")
        if method == "sbp" and not asked.capture:
            raise No("Payment method does not support two-stage payments", "capture")
        if isinstance(asked.confirmation, Qr) and method != "sbp":
            raise No("Confirmation type is not available for this payment method", "confirmation.type")
        if asked.receipt is not None:
            _adds_up([item.amount for item in asked.receipt.items], asked.amount)
        id = self._id()
        confirmation: Row = {"type": asked.confirmation.type}
        if asked.confirmation.return_url is not None:
            confirmation["return_url"] = asked.confirmation.return_url
        if isinstance(asked.confirmation, Qr):
            confirmation["confirmation_data"] = f"https://qr.nspk.ru/AS1000{id.replace('-', '').upper()[:26]}"
        else:
            confirmation["confirmation_url"] = f"{self._url}/checkout/payments/v2/contract?orderId={id}"
        payment: Row = {
            "id": id,
            "status": "pending",
            "amount": asked.amount.model_dump(),
            "recipient": {"account_id": self._shop_id, "gateway_id": "1"},
            "payment_method": {"type": method, "id": id, "saved": False, "status": "inactive"},
            "created_at": self._now(),
            "confirmation": confirmation,
            "test": True,
            "paid": False,
            "refundable": False,
            "metadata": dict(asked.metadata),
            "_capture": asked.capture,
        }
        if asked.description is not None:
            payment["description"] = asked.description
        if asked.receipt is not None:
            payment["receipt_registration"] = "pending"
        self.payments[id] = payment
        return payment

    def payment(self, id: str) -> Row:
        """Return a payment, closed if its time is over."""
        if id not in self.payments:
            raise not_found("payment_id")
        payment = self.payments[id]
        now = self._clock.now()
        if payment["status"] == "pending" and now >= _at(payment["created_at"]) + CONFIRM_WITHIN:
            self._cancel(payment, "yoo_money", "expired_on_confirmation")
        if payment["status"] == "waiting_for_capture" and now >= _at(payment["expires_at"]):
            self._cancel(payment, "yoo_money", "expired_on_capture")
        return payment

    def client_pays(self, id: str) -> Row:
        """The client confirms the payment."""
        payment = self._pending(id)
        payment.update(paid=True)
        if payment["payment_method"]["type"] == "bank_card":
            payment["payment_method"].update(
                title="Bank card *1111",
                card={
                    "first6": "411111",
                    "last4": "1111",
                    "expiry_year": "2030",
                    "expiry_month": "12",
                    "card_type": "Mir",
                },
            )
        if payment["_capture"]:
            return self._succeed(payment)
        payment.update(
            status="waiting_for_capture",
            expires_at=_text(self._clock.now() + HOLD_LASTS),
        )
        del payment["confirmation"]
        self._tell("payment.waiting_for_capture", payment)
        return payment

    def client_is_declined(self, id: str) -> Row:
        """The client's bank says no."""
        return self._cancel(self._pending(id), "payment_network", "insufficient_funds")

    def capture(self, id: str, asked: CaptureIn) -> Row:
        """Take what is held, all or a part."""
        payment = self._held(id)
        if asked.amount is not None:
            if asked.amount.minor > _minor(payment):
                raise No("Amount is more than authorized", "amount")
            payment["amount"] = asked.amount.model_dump()
        if asked.receipt is not None:
            _adds_up([item.amount for item in asked.receipt.items], Amount(**payment["amount"]))
        del payment["expires_at"]
        return self._succeed(payment)

    def cancel(self, id: str) -> Row:
        """Let go of what is held."""
        payment = self._held(id)
        del payment["expires_at"]
        return self._cancel(payment, "merchant", "canceled_by_merchant")

    # Refunds and payouts

    def refund(self, asked: RefundIn) -> Row:
        """Give money back. By SBP it takes a moment: the answer says pending."""
        if asked.payment_id not in self.payments:
            raise No("Payment not found", "payment_id")
        payment = self.payments[asked.payment_id]
        if payment["status"] != "succeeded":
            raise No("Payment is not succeeded", "payment_id")
        if asked.amount.minor + _refunded(payment) > _minor(payment):
            raise No("Refund amount is more than the payment has left", "amount")
        if asked.receipt is not None:
            _adds_up([item.amount for item in asked.receipt.items], asked.amount)
        refund: Row = {
            "id": self._id(),
            "payment_id": payment["id"],
            "status": "succeeded",
            "created_at": self._now(),
            "amount": asked.amount.model_dump(),
            "metadata": dict(asked.metadata),
        }
        if asked.description is not None:
            refund["description"] = asked.description
        payment["refunded_amount"] = _amount(_refunded(payment) + asked.amount.minor)
        payment["refundable"] = _refunded(payment) < _minor(payment)
        self.refunds[refund["id"]] = refund
        self._tell("refund.succeeded", refund)
        is_slow = payment["payment_method"]["type"] == "sbp"
        return {**refund, "status": "pending"} if is_slow else refund

    def pay_out(self, asked: PayoutIn) -> Row:
        """Send money to a person."""
        to = asked.payout_destination_data
        destination: Row = {"type": "bank_card", "card": {"last4": "1111", "card_type": "Mir"}}
        if to is not None:
            destination = {**to.model_dump(), "recipient_checked": False}
        is_nobody = to is not None and to.phone.endswith(NOBODYS_PHONE)
        payout: Row = {
            "id": f"po-{self._id()}",
            "amount": asked.amount.model_dump(),
            "status": "canceled" if is_nobody else "succeeded",
            "payout_destination": destination,
            "created_at": self._now(),
            "metadata": dict(asked.metadata),
            "test": True,
        }
        if asked.description is not None:
            payout["description"] = asked.description
        if is_nobody:
            payout["cancellation_details"] = {"party": "payout_network", "reason": "recipient_not_found"}
        else:
            payout["succeeded_at"] = self._now()
        self.payouts[payout["id"]] = payout
        self._tell(f"payout.{payout['status']}", payout)
        return payout

    # Parts

    def _succeed(self, payment: Row) -> Row:
        paid = Money(_minor(payment), Currency.RUB)
        _, income = paid.split(FEE)
        payment.pop("confirmation", None)
        payment.update(
            status="succeeded",
            captured_at=self._now(),
            income_amount=_amount(income.minor),
            refunded_amount=_amount(0),
            refundable=True,
        )
        if "receipt_registration" in payment:
            payment["receipt_registration"] = "succeeded"
        if payment["payment_method"]["type"] == "sbp":
            payment["payment_method"]["sbp_operation_id"] = payment["id"].replace("-", "").upper()
        self._tell("payment.succeeded", payment)
        return payment

    def _cancel(self, payment: Row, party: str, reason: str) -> Row:
        payment.pop("confirmation", None)
        payment.pop("expires_at", None)
        payment.update(status="canceled", paid=False, cancellation_details={"party": party, "reason": reason})
        self._tell("payment.canceled", payment)
        return payment

    def _pending(self, id: str) -> Row:
        payment = self.payment(id)
        if payment["status"] != "pending":
            raise No("Payment is not pending", "payment_id")
        return payment

    def _held(self, id: str) -> Row:
        payment = self.payment(id)
        if payment["status"] != "waiting_for_capture":
            raise No(f"Payment is in status {payment['status']}", "payment_id")
        return payment

    def _id(self) -> str:
        return self._chance.id(self._clock.now())

    def _now(self) -> str:
        return _text(self._clock.now())


def shown(row: Mapping[str, Any]) -> Row:
    """Return a thing without what only we know of it."""
    return {name: value for name, value in row.items() if not name.startswith("_")}


def _copy(row: Row) -> Row:
    copied: Row = json.loads(json.dumps(shown(row)))
    return copied


def _adds_up(items: Sequence[Amount], total: Amount) -> None:
    if sum(each.minor for each in items) != total.minor:
        raise No("Receipt items amount does not match the amount", "receipt.items")


def _amount(minor: int) -> Row:
    return {"value": to_major(Money(minor, Currency.RUB)), "currency": "RUB"}


def _minor(payment: Row) -> int:
    return int(payment["amount"]["value"].replace(".", ""))


def _refunded(payment: Row) -> int:
    return int(payment.get("refunded_amount", {"value": "0"})["value"].replace(".", ""))


def _text(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1_000:03d}Z"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
