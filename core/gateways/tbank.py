"""T-Bank's internet acquiring (eacq v2): cards in one or two stages, SBP by a code. Sums in kopecks.

What it does not have shapes this adapter. It knows no idempotence key for Init, so an order is looked up
first. Nobody can read a refund by its id: Cancel with the same `ExternalRequestId` is done once, but not
by SBP. It tells no day as a whole, so each charge is read by itself.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import httpx

from core.charge import Charge, Notice, Order, Refund, RefundOrder, RegistryLine, Subject
from core.gateways.receipts import for_tbank
from core.gateways.wire import MOSCOW, Wire, kept
from core.kernel.charge import ChargeState, RefundState
from core.kernel.money import Currency, Money
from core.kernel.payment import Method
from core.kernel.refusal import Outage, Unanswered
from core.knock import Forged, Knock, Thanks
from core.wire import encoded, is_same

API_URL = "https://securepay.tinkoff.ru/v2"
DESCRIPTION_MAX = 140
FACT_NAME_MAX, FACT_MAX, FACTS_MAX = 20, 100, 20
REASON_MAX = 200
LINKS_MAX = 1_000  # links to the form that we remember, for an order that is asked again

_S, _R = ChargeState, RefundState

STATES: Mapping[str, ChargeState] = MappingProxyType(
    {
        "NEW": _S.WAITING,
        "FORM_SHOWED": _S.WAITING,
        "PREAUTHORIZING": _S.WAITING,
        "AUTHORIZING": _S.WAITING,
        "3DS_CHECKING": _S.WAITING,
        "3DS_CHECKED": _S.WAITING,
        "AUTHORIZED": _S.HELD,
        "CONFIRMING": _S.HELD,
        "REVERSING": _S.HELD,
        "PARTIAL_REVERSED": _S.HELD,
        "CONFIRMED": _S.PAID,
        "REFUNDING": _S.PAID,
        "ASYNC_REFUNDING": _S.PAID,
        "PARTIAL_REFUNDED": _S.PAID,
        "REFUNDED": _S.PAID,
        "REJECTED": _S.FAILED,
        "AUTH_FAIL": _S.FAILED,
        "CANCELED": _S.CANCELLED,
        "REVERSED": _S.CANCELLED,
        "DEADLINE_EXPIRED": _S.CANCELLED,
        "ATTEMPTS_EXPIRED": _S.CANCELLED,
    }
)
_BY_HOPE = (_S.PAID, _S.HELD, _S.WAITING, _S.FAILED, _S.CANCELLED)  # which of an order's payments counts

_GONE_BACK = frozenset({"REFUNDED", "PARTIAL_REFUNDED", "REVERSED", "PARTIAL_REVERSED"})
_GOING_BACK = frozenset({"REFUNDING", "ASYNC_REFUNDING", "REVERSING"})

# Error codes
_STRANGER = frozenset(
    {"202", "204", "205", "501"}
)  # the terminal is blocked or unknown, or the token is wrong
_UNSURE = frozenset({"3", "21", "401", "402", "999", "9999"})  # it failed inside
_NO_SUCH_ORDER = frozenset({"335"})
_ORDER_TAKEN = frozenset({"20"})


class TBank:
    """T-Bank as a gateway."""

    name = "tbank"
    methods = frozenset({Method.CARD, Method.SBP})
    two_stage = frozenset({Method.CARD})
    has_registry = False
    thanks = Thanks(type="text/plain", body=b"OK")

    def __init__(
        self,
        *,
        terminal_key: str,
        password: str,
        api_url: str = API_URL,
        taxation: str = "usn_income",
        http: httpx.AsyncClient | None = None,
    ) -> None:
        """Connect a terminal.

        Args:
            password: Signs what we send, and what we are told.
            taxation: Our system of taxation, as receipts name it (tag 1055).
        """
        self._terminal_key = terminal_key
        self._password = password
        self._taxation = taxation
        self._wire = Wire(provider="T-Bank", url=api_url, http=http)
        self._links: OrderedDict[str, str] = OrderedDict()

    # Charges

    async def charge(self, order: Order) -> Charge:
        """Ask for a charge, unless the order has a payment already."""
        if order.amount.currency is not Currency.RUB:
            return self._no(order, {"Message": f"No {order.amount.currency} here"})
        known = await self._of_order(order.id)
        if known is None:
            return await self._init(order)
        charge = self._charge(known)
        if known["Status"] == "NEW" and order.method is Method.CARD and charge.confirmation_url is None:
            # The form's address was in an answer that never came. Nobody has seen it, nobody can ask for it.
            said = await self._ask("Cancel", {"PaymentId": charge.provider_id})
            if said["Success"]:
                return await self._init(order)
            charge = await self._as_it_stands(order.id, charge.provider_id)
        return await self._shown(order, charge)

    async def _init(self, order: Order) -> Charge:
        body: dict[str, Any] = {
            "OrderId": order.id,
            "Amount": order.amount.minor,
            "Description": order.description[:DESCRIPTION_MAX],
            "PayType": "T" if order.is_two_stage and order.method in self.two_stage else "O",
            "Language": "ru" if order.lang == "ru" else "en",
            "NotificationURL": order.notice_url,
            "SuccessURL": order.return_url,
            "FailURL": order.return_url,
            "RedirectDueDate": order.expires_at.astimezone(MOSCOW).isoformat(timespec="seconds"),
            "DATA": _facts(order.facts),
        }
        if order.receipt is not None:
            body["Receipt"] = for_tbank(order.receipt, taxation=self._taxation)
        said = await self._ask("Init", body)
        if not said["Success"]:
            if str(said.get("ErrorCode")) in _ORDER_TAKEN:
                known = await self._of_order(order.id)
                if known is not None:
                    return await self._shown(order, self._charge(known))
            return self._no(order, said)
        if url := said.get("PaymentURL"):
            self._remember(str(said.get("PaymentId")), str(url))
        return await self._shown(order, self._charge(said))

    async def _shown(self, order: Order, charge: Charge) -> Charge:
        """Add where the client pays: the address of the form, or the text of an SBP code."""
        told: dict[str, Any] = {
            "method": order.method,
            "confirmation_url": self._links.get(charge.provider_id),
        }
        raw = charge.raw
        if order.method is Method.SBP and charge.state is _S.WAITING:
            said = await self._ask("GetQr", {"PaymentId": charge.provider_id, "DataType": "PAYLOAD"})
            if not said["Success"]:
                return self._no(order, said)
            told["qr_payload"] = self._wire.text(said, "Data")
            raw = {**raw, "GetQr": kept(said)}
        return replace(charge, raw=raw, **told)

    async def read(self, *, order_id: str, provider_id: str | None) -> Charge | None:
        """Read a charge anew."""
        if provider_id is None:
            known = await self._of_order(order_id)
            return None if known is None else self._charge(known)
        said = await self._ask("GetState", {"PaymentId": provider_id})
        return self._charge(said) if "Status" in said else None

    async def capture(self, *, order_id: str, provider_id: str, amount: Money) -> Charge:
        """Take what is held."""
        said = await self._ask("Confirm", {"PaymentId": provider_id, "Amount": amount.minor})
        if said["Success"]:
            return self._charge({**said, "Amount": amount.minor})
        return await self._as_it_stands(order_id, provider_id)

    async def cancel(self, *, order_id: str, provider_id: str) -> Charge:
        """Let go of what is held, or close what nobody has begun to pay; the rest expires by itself."""
        charge = await self._as_it_stands(order_id, provider_id)
        if charge.state not in {_S.WAITING, _S.HELD}:
            return charge
        said = await self._ask("Cancel", {"PaymentId": provider_id})
        if said["Success"]:
            return self._charge({**said, "Amount": said.get("OriginalAmount", charge.amount.minor)})
        return await self._as_it_stands(order_id, provider_id)

    async def _as_it_stands(self, order_id: str, provider_id: str) -> Charge:
        charge = await self.read(order_id=order_id, provider_id=provider_id)
        if charge is None:
            raise Outage("T-Bank knows no such payment any more")
        return charge

    async def _of_order(self, order_id: str) -> Mapping[str, Any] | None:
        """Return the payment of an order that counts most, shaped as GetState tells it."""
        said = await self._ask("CheckOrder", {"OrderId": order_id})
        if not said["Success"]:
            if str(said.get("ErrorCode")) in _NO_SUCH_ORDER:
                return None
            raise Outage(f"T-Bank looks up no order: {said.get('ErrorCode')}")
        payments = said.get("Payments")
        if not isinstance(payments, list):
            raise self._wire.unreadable("Payments")
        ranked = sorted(payments, key=lambda each: _BY_HOPE.index(self._state(each)))
        return {**ranked[0], "OrderId": order_id} if ranked else None

    # Refunds

    async def refund(self, order: RefundOrder) -> Refund:
        """Give money back. By SBP the state is read first, because Cancel would be done twice there."""
        if order.method is Method.SBP:
            known = await self.read_refund(order, provider_id=None)
            if known is not None:
                return known
        body: dict[str, Any] = {"PaymentId": order.provider_id, "Amount": order.amount.minor}
        if order.method is not Method.SBP:
            body["ExternalRequestId"] = order.id
        if order.receipt is not None and order.amount != order.charged:  # of a full one the bank knows it all
            body["Receipt"] = for_tbank(order.receipt, taxation=self._taxation)
        said = await self._ask("Cancel", body)
        status = str(said.get("Status", ""))
        state = _R.DONE if status in _GONE_BACK else _R.PENDING if status in _GOING_BACK else _R.FAILED
        return self._refund(order, state if said["Success"] else _R.FAILED, said)

    async def read_refund(self, order: RefundOrder, *, provider_id: str | None) -> Refund | None:
        """Read a refund by how its charge stands.

        Raises:
            Outage: a part went back by SBP, and nobody can tell whether it was this one.
        """
        said = await self._ask("GetState", {"PaymentId": order.provider_id})
        status = str(said.get("Status", ""))
        if status in _GOING_BACK:
            return self._refund(order, _R.PENDING, said)
        if status == "REFUNDED" or (provider_id is not None and status in _GONE_BACK):
            return self._refund(order, _R.DONE, said)
        if status == "PARTIAL_REFUNDED" and order.method is Method.SBP and order.amount != order.charged:
            raise Outage("T-Bank cannot tell which part went back by SBP. Look into its cabinet.")
        return None if provider_id is None else self._refund(order, _R.FAILED, said)

    def _refund(self, order: RefundOrder, state: RefundState, said: Mapping[str, Any]) -> Refund:
        return Refund(
            refund_id=order.id,
            provider_id=f"{order.provider_id}:{order.id}",  # it gives refunds no number of their own
            state=state,
            amount=order.amount,
            reason=_reason(said) if state is _R.FAILED else None,
            raw=kept(said),
        )

    # Books and notices

    async def registry(self, day: date) -> Sequence[RegistryLine]:  # noqa: ARG002 - the port's shape
        """Return nothing: the bank tells no day as a whole."""
        return ()

    def hear(self, knock: Knock) -> Notice | None:
        """Read a notice whose token is the bank's."""
        try:
            said = self._wire.read(knock.body)
        except Unanswered:
            raise Forged("no JSON object") from None
        token = said.get("Token")
        if not isinstance(token, str) or not is_same(token.lower(), token_of(said, self._password)):
            raise Forged("wrong token")
        if not is_same(str(said.get("TerminalKey")), self._terminal_key):
            raise Forged("another terminal")
        payment_id, order_id, status = said.get("PaymentId"), said.get("OrderId"), said.get("Status")
        if status not in STATES:  # a card was bound, a receipt was printed
            return None
        if not payment_id or not isinstance(order_id, str):
            raise Forged("no payment")
        key = f"{payment_id}:{status}:{token.lower()[:16]}"
        return Notice(subject=Subject.CHARGE, key=key, provider_id=str(payment_id), order_id=order_id)

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()

    # The wire

    async def _ask(self, method: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Sign and send. A definite no is returned; `Success` is there.

        Raises:
            Outage: our terminal or password is wrong.
            Unanswered: it failed inside, or its answer has no shape.
        """
        signed = {"TerminalKey": self._terminal_key, **body}
        signed["Token"] = token_of(signed, self._password)
        answer = await self._wire.ask("POST", f"/{method}", body=signed)
        said = answer.body
        if not isinstance(said.get("Success"), bool):
            raise self._wire.unreadable("Success")
        code = str(said.get("ErrorCode"))
        if not said["Success"] and "Status" not in said:
            if code in _STRANGER or "токен" in str(said.get("Details")).lower():  # it was 9999 once
                raise self._wire.stranger(code)
            if code in _UNSURE:
                raise Unanswered(f"T-Bank failed inside: {code}")
        return said

    def _state(self, said: Mapping[str, Any]) -> ChargeState:
        status = said.get("Status")
        if not isinstance(status, str) or status not in STATES:
            raise self._wire.unreadable("Status")
        return STATES[status]

    def _charge(self, said: Mapping[str, Any]) -> Charge:
        state = self._state(said)
        amount = self._wire.minor(said.get("Amount"), Currency.RUB)
        provider_id = str(said.get("PaymentId") or "")
        if not provider_id:
            raise self._wire.unreadable("PaymentId")
        refunded = {"REFUNDED": amount, "PARTIAL_REFUNDED": None}.get(
            said["Status"], Money.zero(amount.currency)
        )
        return Charge(
            order_id=self._wire.text(said, "OrderId"),
            provider_id=provider_id,
            state=state,
            amount=amount,
            refunded=refunded if state is _S.PAID else None,
            confirmation_url=self._links.get(provider_id) if state is _S.WAITING else None,
            reason=_reason(said) if state in {_S.FAILED, _S.CANCELLED} else None,
            raw=kept(said),
        )

    def _no(self, order: Order, said: Mapping[str, Any]) -> Charge:
        number = str(said.get("PaymentId") or "")
        return Charge.refused(order, reason=_reason(said), raw=kept(said), provider_id=number)

    def _remember(self, payment_id: str, url: str) -> None:
        self._links[payment_id] = url
        if len(self._links) > LINKS_MAX:
            self._links.popitem(last=False)


def token_of(body: Mapping[str, Any], password: str) -> str:
    """Return the signature of a request or a notice: SHA-256 over its own plain values in order of name."""
    plain = {
        name: _plain(value)
        for name, value in body.items()
        if name != "Token" and value is not None and not isinstance(value, Mapping | list)
    }
    joined = "".join(value for _, value in sorted({**plain, "Password": password}.items()))
    return hashlib.sha256(encoded(joined)).hexdigest()


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _facts(facts: Mapping[str, str]) -> Mapping[str, str]:
    return {name[:FACT_NAME_MAX]: value[:FACT_MAX] for name, value in list(facts.items())[:FACTS_MAX]}


def _reason(said: Mapping[str, Any]) -> str:
    """Return why not in the bank's words; else its code, else the status."""
    for name in ("Details", "Message", "ErrorCode", "Status"):
        word = str(said.get(name) or "")
        if word not in {"", "0", "OK", "None"}:
            return word[:REASON_MAX]
    return "unknown"
