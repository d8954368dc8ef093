"""Sber's internet acquiring (gateway `ecomm`): cards in one or two stages, SBP by a code. Sums in kopecks.

An order is known by our number, which is taken once: asking twice finds the first. A refund is done once by
its `externalRefundId`. Errors come as 200 with an `errorCode`. It tells no day as a whole.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

import httpx

from core.charge import Charge, Notice, Order, Refund, RefundOrder, RegistryLine, Subject
from core.gateways.receipts import for_sber
from core.gateways.wire import MOSCOW, Wire, kept
from core.kernel.charge import ChargeState, RefundState
from core.kernel.money import Currency, Money
from core.kernel.payment import Method
from core.kernel.refusal import Outage, Unanswered
from core.knock import Forged, Knock, Thanks
from core.wire import encoded, is_same

API_URL = "https://ecommerce.sberbank.ru/ecomm/gw/partner/api/v1"
PAGE_URL = "https://payecom.ru/pay_ru"
ROUBLE = "643"
DESCRIPTION_MAX = 99
REASON_MAX = 200

_S, _R = ChargeState, RefundState

DECLINED = 6
STATES: Mapping[int, ChargeState] = MappingProxyType(
    {
        0: _S.WAITING,
        1: _S.HELD,
        2: _S.PAID,
        3: _S.CANCELLED,
        4: _S.PAID,  # something went back
        5: _S.WAITING,  # the client's bank asks who he is
        DECLINED: _S.FAILED,
    }
)
_NOBODY_PAID = frozenset({-100, -2007})  # action codes: nobody tried, the time is over
_SUM_OF = MappingProxyType({_S.HELD: "approvedAmount", _S.PAID: "depositedAmount"})
OPERATIONS = frozenset({"approved", "deposited", "reversed", "refunded", "declinedByTimeout"})

# Error codes
_DONE, _TAKEN, _DENIED, _UNKNOWN, _BROKEN = "0", "1", "5", "6", "7"
_WORDS_OF_DENIAL = ("доступ", "access", "парол", "password", "отключ", "disabled")
_WORDS_OF_BREAKAGE = ("системная", "system")


class Sber:
    """Sber as a gateway."""

    name = "sber"
    methods = frozenset({Method.CARD, Method.SBP})
    two_stage = frozenset({Method.CARD})
    has_registry = False
    thanks = Thanks()

    def __init__(
        self,
        *,
        user_name: str,
        password: str,
        callback_key: str,
        api_url: str = API_URL,
        page_url: str = PAGE_URL,
        company: Mapping[str, str] | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        """Connect a shop.

        Args:
            user_name: Of the API, which ends in `-api`.
            callback_key: The symmetric key that notices are signed with; without it they cannot be trusted.
            page_url: The page where orders are paid, for an order whose address was lost with an answer.
            company: For receipts: `email`, `sno`, `inn`, `paymentAddress`.
        """
        self._credentials = {"userName": user_name, "password": password}
        self._key = callback_key
        self._page_url = page_url
        self._company = company
        self._wire = Wire(provider="Sber", url=api_url, http=http)

    # Charges

    async def charge(self, order: Order) -> Charge:
        """Ask for a charge; if our number is taken, it is the one that was asked for before."""
        if order.amount.currency is not Currency.RUB:
            return self._no(order, {"errorMessage": f"No {order.amount.currency} here"})
        stages = (
            "registerPreAuth.do" if order.is_two_stage and order.method in self.two_stage else "register.do"
        )
        facts: dict[str, str] = dict(order.facts)
        if order.method is Method.SBP:
            facts |= {"qrType": "DYNAMIC_QR_SBP", "sbp.scenario": "C2B"}
        body: dict[str, Any] = {
            "orderNumber": order.id,
            "amount": order.amount.minor,
            "currency": ROUBLE,
            "returnUrl": order.return_url,
            "failUrl": order.return_url,
            "description": order.description[:DESCRIPTION_MAX],
            "language": "ru" if order.lang == "ru" else "en",
            "expirationDate": order.expires_at.astimezone(MOSCOW).strftime("%Y-%m-%dT%H:%M:%S"),
            "jsonParams": facts,
        }
        if order.receipt is not None:
            reach = {"phone": order.receipt.phone, "email": order.receipt.email}
            body |= {name: value for name, value in reach.items() if value}
            body["orderBundle"] = for_sber(order.receipt, company=self._company)
        said = await self._ask(stages, body)
        if _code(said) == _TAKEN:
            known = await self.read(order_id=order.id, provider_id=None)
            if known is not None:
                return known
        if _code(said) != _DONE:
            return self._no(order, said)
        more = said.get("externalParams") or {}
        return Charge(
            order_id=order.id,
            provider_id=self._wire.text(said, "orderId"),
            state=_S.WAITING,
            amount=order.amount,
            method=order.method,
            confirmation_url=self._wire.text(said, "formUrl"),
            qr_payload=more.get("sbpPayload") if order.method is Method.SBP else None,
            raw=kept(said),
        )

    async def read(self, *, order_id: str, provider_id: str | None) -> Charge | None:
        """Read a charge anew."""
        said = await self._status(order_id, provider_id)
        return None if said is None else self._charge(order_id, said)

    async def capture(self, *, order_id: str, provider_id: str, amount: Money) -> Charge:
        """Take what is held."""
        await self._ask("deposit.do", {"orderId": provider_id, "amount": amount.minor})
        return await self._as_it_stands(order_id, provider_id)

    async def cancel(self, *, order_id: str, provider_id: str) -> Charge:
        """Let go of what is held, or close what nobody has paid."""
        charge = await self._as_it_stands(order_id, provider_id)
        if charge.state not in {_S.WAITING, _S.HELD}:
            return charge
        method = "reverse.do" if charge.state is _S.HELD else "decline.do"
        await self._ask(method, {"orderId": provider_id})
        return await self._as_it_stands(order_id, provider_id)

    async def _as_it_stands(self, order_id: str, provider_id: str) -> Charge:
        charge = await self.read(order_id=order_id, provider_id=provider_id)
        if charge is None:
            raise Outage("Sber knows no such order any more")
        return charge

    async def _status(self, order_id: str, provider_id: str | None) -> Mapping[str, Any] | None:
        named = {"orderNumber": order_id} if provider_id is None else {"orderId": provider_id}
        said = await self._ask("getOrderStatusExtended.do", named)
        if _code(said) == _UNKNOWN:
            return None
        if _code(said) != _DONE:
            raise Outage(f"Sber reads no order: {_code(said)}")
        return said

    def _charge(self, order_id: str, said: Mapping[str, Any]) -> Charge:
        status = said.get("orderStatus")
        if not isinstance(status, int) or status not in STATES:
            raise self._wire.unreadable("orderStatus")
        state = STATES[status]
        if status == DECLINED and said.get("actionCode") in _NOBODY_PAID:
            state = _S.CANCELLED
        sums = said.get("paymentAmountInfo") or {}
        asked = said.get("amount")
        amount = self._wire.minor(sums.get(_SUM_OF.get(state), asked), Currency.RUB)
        refunded, fee = sums.get("refundedAmount"), sums.get("feeAmount")
        provider_id = _attribute(said, "mdOrder")
        if not provider_id:
            raise self._wire.unreadable("mdOrder")
        return Charge(
            order_id=str(said.get("orderNumber") or order_id),
            provider_id=provider_id,
            state=state,
            amount=amount,
            refunded=None if refunded is None else self._wire.minor(refunded, Currency.RUB),
            fee=None if fee is None else self._wire.minor(fee, Currency.RUB),
            confirmation_url=f"{self._page_url}?orderId={provider_id}" if state is _S.WAITING else None,
            reason=_reason(said) if status == DECLINED else None,
            raw=kept(said),
        )

    def _no(self, order: Order, said: Mapping[str, Any]) -> Charge:
        number = str(said.get("orderId") or "")
        return Charge.refused(order, reason=_reason(said), raw=kept(said), provider_id=number)

    # Refunds

    async def refund(self, order: RefundOrder) -> Refund:
        """Give money back; the refund's id makes it one, however often and however late it is asked."""
        body: dict[str, Any] = {
            "orderId": order.provider_id,
            "amount": order.amount.minor,
            "jsonParams": {"externalRefundId": order.id},
        }
        if order.receipt is not None:
            body["orderBundle"] = for_sber(order.receipt, company=self._company, kind="sell_refund")
        said = await self._ask("refund.do", body)
        return _refund(order, _R.DONE if _code(said) == _DONE else _R.FAILED, said)

    async def read_refund(self, order: RefundOrder, *, provider_id: str | None) -> Refund | None:
        """Read a refund among its order's operations, where the shop may see them."""
        said = await self._status(order.charge_id, order.provider_id)
        if said is None:
            return None
        operations = said.get("operations")
        if not isinstance(operations, list):  # what was taken once stays taken
            return None if provider_id is None else _refund(order, _R.DONE, said)
        for each in operations:
            if each.get("externalRefundId") == order.id:
                return _refund(order, _R.FAILED if each.get("actionCode") else _R.DONE, each)
        return None

    # Books and notices

    async def registry(self, day: date) -> Sequence[RegistryLine]:  # noqa: ARG002 - the port's shape
        """Return nothing: the gateway tells no day as a whole."""
        return ()

    def hear(self, knock: Knock) -> Notice | None:
        """Read a notice whose checksum is made with our key, by whichever way it came."""
        said = _said(knock)
        told = said.pop("checksum", "")
        if not is_same(told.upper(), checksum_of(said, self._key)):
            raise Forged("wrong checksum")
        provider_id, order_id, operation = (
            said.get(name) for name in ("mdOrder", "orderNumber", "operation")
        )
        if not provider_id or not order_id or not operation or "status" not in said:
            raise Forged("no order")
        if operation not in OPERATIONS:
            return None
        key = f"{provider_id}:{operation}:{said['status']}"
        return Notice(Subject.CHARGE, key, provider_id, order_id=order_id)

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()

    async def _ask(self, method: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send, and return the answer also if it is a definite no.

        Raises:
            Outage: our name or password is wrong.
            Unanswered: it failed inside.
        """
        answer = await self._wire.ask("POST", f"/{method}", body={**self._credentials, **body})
        said = answer.body
        code, words = _code(said), str(said.get("errorMessage") or "").lower()
        if code == _DENIED and any(word in words for word in _WORDS_OF_DENIAL):
            raise self._wire.stranger(code)
        if code == _BROKEN and any(word in words for word in _WORDS_OF_BREAKAGE):
            raise Unanswered("Sber failed inside")
        if not answer.is_good and code == _DONE:
            raise self._wire.unreadable("errorCode")
        return said


def checksum_of(said: Mapping[str, str], key: str) -> str:
    """Return the signature of a notice: HMAC-SHA256 over `name;value;` in order of name, in capital hex."""
    signed = sorted((name, value) for name, value in said.items() if name not in {"checksum", "sign_alias"})
    joined = "".join(f"{name};{value};" for name, value in signed)
    return hmac.digest(key.encode(), encoded(joined), "sha256").hex().upper()


def _said(knock: Knock) -> dict[str, str]:
    """Return a notice's plain values, from the address, a form or JSON. Raises Forged."""
    if knock.method == "GET":
        return dict(knock.query)
    try:
        if "json" not in knock.headers.get("content-type", ""):
            return dict(parse_qsl(knock.body.decode(), keep_blank_values=True))
        said = json.loads(knock.body)
    except (ValueError, RecursionError):
        raise Forged("no form") from None
    if not isinstance(said, dict):
        raise Forged("no object")
    return {name: str(value) for name, value in said.items() if isinstance(value, str | int)}


def _code(said: Mapping[str, Any]) -> str:
    return str(said.get("errorCode", _DONE))


def _attribute(said: Mapping[str, Any], name: str) -> str:
    """Return an attribute of an order, which come as an object or as pairs."""
    found = said.get("attributes")
    if isinstance(found, list):
        found = {each.get("name"): each.get("value") for each in found if isinstance(each, dict)}
    return str((found or {}).get(name) or "")


def _refund(order: RefundOrder, state: RefundState, said: Mapping[str, Any]) -> Refund:
    reason = _reason(said) if state is _R.FAILED else None
    return Refund(order.id, order.id, state, order.amount, reason=reason, raw=kept(said))


def _reason(said: Mapping[str, Any]) -> str:
    """Return why not in its words: of the payment, else of the request; else the code."""
    for name in ("actionCodeDescription", "actionCode", "errorMessage", "errorCode"):
        if word := str(said.get(name) or ""):
            return word[:REASON_MAX]
    return "unknown"
