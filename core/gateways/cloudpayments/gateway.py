"""CloudPayments as a gateway: every call that changes something, and how what is read is translated."""

import base64
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

import httpx

from core.charge import Charge, Notice, Order, Receipt, Refund, RefundOrder, RegistryLine, Subject
from core.gateways.cloudpayments.speech import (
    REFUND_STATES,
    STATES,
    Ticket,
    fee_of,
    heard,
    moment_of,
    reason_of,
    refund_id_of,
    ticket_of,
)
from core.gateways.receipts import for_cloudkassir
from core.gateways.wire import MOSCOW, Wire, kept, moscow_day, to_major
from core.kernel.charge import ChargeState, RefundState
from core.kernel.money import Currency, Money
from core.kernel.payment import Method
from core.kernel.refusal import Outage
from core.knock import Knock, Thanks
from core.ports import Clock
from core.wire import Answer

API_URL = "https://api.cloudpayments.ru"
PAGE_SIZE = 100
PAGES_MAX = 1_000
LOOK_BACK = timedelta(days=8)  # what is held may be captured so much later
TTL_MAX_MIN = 129_600
GRACE = timedelta(minutes=5)  # a bank that has begun by SBP may end after the link has
CLOSED_MAX = 1_000

_S, _R = ChargeState, RefundState
_MAY_BE_PAID = frozenset({_S.WAITING, _S.HELD, _S.PAID})


class CloudPayments:
    """CloudPayments as a gateway."""

    name = "cloudpayments"
    methods = frozenset({Method.CARD, Method.SBP})
    two_stage = frozenset({Method.CARD})
    has_registry = True
    thanks = Thanks(body=b'{"code":0}')

    def __init__(
        self,
        *,
        public_id: str,
        api_secret: str,
        clock: Clock,
        api_url: str = API_URL,
        taxation: str = "usn_income",
        http: httpx.AsyncClient | None = None,
    ) -> None:
        """Connect a site.

        Args:
            api_secret: Opens the API, and signs what we are told.
            taxation: Our system of taxation, as receipts name it (tag 1055).
        """
        self._public_id = public_id
        self._secret = api_secret
        self._clock = clock
        self._taxation = taxation
        self._wire = Wire(provider="CloudPayments", url=api_url, http=http)
        self._closed: OrderedDict[str, None] = OrderedDict()
        pair = f"{public_id}:{api_secret}".encode()
        self._headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    # Charges

    async def charge(self, order: Order) -> Charge:
        """Ask for a charge; the request's id makes it one, however often within an hour it is asked."""
        if order.amount.currency is not Currency.RUB:
            return self._asked(order, {"Success": False, "Message": f"No {order.amount.currency} here"})
        form = {
            "Amount": to_major(order.amount),
            "Currency": order.amount.currency.value,
            "Description": order.description,
            "InvoiceId": order.id,
            "SuccessRedirectUrl": order.return_url,
            "JsonData": self._facts(order.facts, order.receipt),
        }
        if order.method is Method.SBP:
            minutes = ceil((order.expires_at - self._clock.now()) / timedelta(minutes=1))
            form |= {"PublicId": self._public_id, "Scheme": "charge"}
            form |= {"TtlMinutes": str(min(max(minutes, 1), TTL_MAX_MIN))}
            answer = await self._ask("/payments/qr/sbp/link", form, request_id=order.id)
        else:
            form |= {"FailRedirectUrl": order.return_url, "SendEmail": "false"}
            form |= {"CultureName": "ru-RU" if order.lang == "ru" else "en-US"}
            form |= {"RequireConfirmation": str(order.is_two_stage).lower()}
            answer = await self._ask("/orders/create", form, request_id=order.id)
        return self._asked(order, answer.body)

    def _asked(self, order: Order, said: Mapping[str, Any]) -> Charge:
        charge = Charge.refused(order, reason=reason_of(said), raw=kept(said))
        if not said["Success"]:
            return charge
        model = self._model(said)
        is_sbp = order.method is Method.SBP
        number = str(model.get("TransactionId" if is_sbp else "Id") or "")
        amount = self._wire.money(model.get("Amount"), order.amount.currency)
        if not number or is_sbp is not number.isdigit():
            raise self._wire.unreadable("a number")
        return replace(
            charge,
            provider_id=str(Ticket(number, amount, order.expires_at)),
            state=_S.WAITING,
            amount=amount,
            reason=None,
            qr_payload=self._wire.text(model, "QrUrl") if is_sbp else None,
            confirmation_url=None if is_sbp else self._wire.text(model, "Url"),
        )

    async def read(self, *, order_id: str, provider_id: str | None) -> Charge | None:
        """Read a charge anew. An order whose time has passed is closed on the way."""
        found = await self._payment(order_id, provider_id)
        ticket = None if provider_id is None else ticket_of(provider_id)
        if ticket is None:
            return None if found is None else await self._charge(order_id, str(found["TransactionId"]), found)
        charge = self._waiting(order_id, ticket)
        if found is not None:
            told = await self._charge(order_id, str(ticket), found)
            is_open = told.state is _S.FAILED and ticket.method is Method.CARD  # another card may do
            if told.state is not _S.WAITING and not is_open:
                return told
            charge = replace(charge, reason=told.reason, raw=told.raw)
        if ticket.number in self._closed:
            return replace(charge, state=_S.CANCELLED)
        if self._clock.now() < ticket.expires_at + (GRACE if ticket.method is Method.SBP else timedelta()):
            return charge
        return await self._close(order_id, ticket, charge)

    async def capture(self, *, order_id: str, provider_id: str, amount: Money) -> Charge:
        """Take what is held."""
        held = await self._as_it_stands(order_id, provider_id)
        if held.state is not _S.HELD:
            return held
        number = str(held.raw["TransactionId"])
        await self._ask("/payments/confirm", {"TransactionId": number, "Amount": to_major(amount)})
        return await self._as_it_stands(order_id, provider_id)

    async def cancel(self, *, order_id: str, provider_id: str) -> Charge:
        """Let go of what is held, or close an order that nobody has paid; an SBP link ends by itself."""
        charge = await self._as_it_stands(order_id, provider_id)
        if charge.state is _S.HELD:
            await self._ask("/payments/void", {"TransactionId": str(charge.raw["TransactionId"])})
            return await self._as_it_stands(order_id, provider_id)
        ticket = ticket_of(provider_id)
        if charge.state is _S.WAITING and ticket is not None and ticket.method is Method.CARD:
            return await self._close(order_id, ticket, charge)
        return charge

    async def _close(self, order_id: str, ticket: Ticket, charge: Charge) -> Charge:
        """Close an order, so that nobody can begin to pay it. Somebody may have been faster.

        A no means that it was closed or paid before; its transaction tells which.
        """
        if ticket.method is Method.CARD:
            await self._ask("/orders/cancel", {"Id": ticket.number})
            found = await self._payment(order_id, str(ticket))
            if found is not None and STATES.get(str(found.get("Status"))) in _MAY_BE_PAID:
                return await self._charge(order_id, str(ticket), found)
            self._closed[ticket.number] = None
            if len(self._closed) > CLOSED_MAX:
                self._closed.popitem(last=False)
        return replace(charge, state=_S.CANCELLED)

    def _waiting(self, order_id: str, ticket: Ticket) -> Charge:
        return Charge(
            order_id=order_id,
            provider_id=str(ticket),
            state=_S.WAITING,
            amount=ticket.amount,
            method=ticket.method,
            raw={"Id": ticket.number},
        )

    async def _as_it_stands(self, order_id: str, provider_id: str) -> Charge:
        charge = await self.read(order_id=order_id, provider_id=provider_id)
        if charge is None:
            raise Outage("CloudPayments knows no such payment any more")
        return charge

    async def _payment(self, order_id: str, provider_id: str | None) -> Mapping[str, Any] | None:
        """Return the transaction that pays a charge, if there is one yet."""
        ticket = None if provider_id is None else ticket_of(provider_id)
        if ticket is not None and ticket.method is Method.SBP:
            answer = await self._ask("/payments/get", {"TransactionId": ticket.number})
        elif ticket is None and provider_id is not None:
            answer = await self._ask("/payments/get", {"TransactionId": provider_id})
        else:
            answer = await self._ask("/payments/find", {"InvoiceId": order_id})
        return self._found(answer.body)

    async def _charge(self, order_id: str, provider_id: str, model: Mapping[str, Any]) -> Charge:
        """Translate a transaction; what went back of it is asked for."""
        status = str(model.get("Status"))
        if status not in STATES:
            raise self._wire.unreadable("Status")
        amount = self._wire.money(model.get("Amount"), model.get("Currency"))
        is_paid = STATES[status] is _S.PAID
        return Charge(
            order_id=str(model.get("InvoiceId") or order_id),
            provider_id=provider_id,
            state=STATES[status],
            amount=amount,
            refunded=await self._gone_back(model) if is_paid else None,
            fee=fee_of(model) if is_paid else None,
            reason=reason_of(model) if status in {"Declined", "Cancelled"} else None,
            raw=kept(model),
        )

    async def _gone_back(self, model: Mapping[str, Any]) -> Money:
        """Add up what was refunded of a transaction. It tells only that it was, not how much."""
        number = model.get("TransactionId")
        back = Money.zero(Currency(str(model.get("Currency"))))
        async for each in self._refunds(str(model.get("InvoiceId")), self._moment(model, "CreatedDate")):
            if each.get("OriginalTransactionId") == number and each.get("Status") == "Completed":
                back += self._wire.money(each.get("Amount"), each.get("Currency"))
        return back

    # Refunds

    async def refund(self, order: RefundOrder) -> Refund:
        """Give money back; the request's id makes it one within an hour, after that it is looked up."""
        paid = await self._payment(order.charge_id, order.provider_id)
        if paid is None:
            return self._refund(order, "", _R.FAILED, {"Message": "Not found"})
        form = {
            "TransactionId": str(paid["TransactionId"]),
            "Amount": to_major(order.amount),
            "JsonData": self._facts({"refund_id": order.id}, order.receipt),
        }
        known = await self._known_refund(order, paid)
        if known is not None:
            return known
        said = (await self._ask("/payments/refund", form, request_id=order.id)).body
        if not said["Success"]:
            return self._refund(order, "", _R.FAILED, said)
        number = str(self._model(said).get("TransactionId") or "")
        if not number:
            raise self._wire.unreadable("TransactionId")
        found = await self.read_refund(order, provider_id=number)
        return found or self._refund(order, number, _R.PENDING, said)

    async def read_refund(self, order: RefundOrder, *, provider_id: str | None) -> Refund | None:
        """Read a refund anew."""
        if not provider_id:
            paid = await self._payment(order.charge_id, order.provider_id)
            return None if paid is None else await self._known_refund(order, paid)
        found = self._found((await self._ask("/payments/get", {"TransactionId": provider_id})).body)
        return None if found is None else self._told_refund(order, found)

    async def _known_refund(self, order: RefundOrder, paid: Mapping[str, Any]) -> Refund | None:
        async for each in self._refunds(order.charge_id, self._moment(paid, "CreatedDate")):
            if refund_id_of(each) == order.id:
                return self._told_refund(order, each)
        return None

    def _told_refund(self, order: RefundOrder, model: Mapping[str, Any]) -> Refund:
        state = REFUND_STATES.get(str(model.get("Status")), _R.PENDING)
        return self._refund(order, str(model["TransactionId"]), state, model)

    def _refund(self, order: RefundOrder, number: str, state: RefundState, said: Mapping[str, Any]) -> Refund:
        reason = reason_of(said) if state is _R.FAILED else None
        return Refund(order.id, number, state, order.amount, reason=reason, raw=kept(said))

    async def _refunds(self, invoice_id: str, since: datetime) -> AsyncIterator[Mapping[str, Any]]:
        """Give what went back by an order. Its last operation tells at once if nothing has."""
        last = self._found((await self._ask("/v2/payments/find", {"InvoiceId": invoice_id})).body)
        if last is None or last.get("OriginalTransactionId") is None:
            return
        async for each in self._operations(since, self._clock.now() + timedelta(days=1)):
            if each.get("InvoiceId") == invoice_id and each.get("OriginalTransactionId") is not None:
                yield each

    # Books and notices

    async def registry(self, day: date) -> Sequence[RegistryLine]:
        """Return what was paid and went back on a day; it may have been begun up to eight days before."""
        begins, ends = moscow_day(day)
        lines = []
        async for each in self._operations(begins - LOOK_BACK, ends):
            if each.get("Status") != "Completed":
                continue
            name = "ConfirmDate" if each.get("ConfirmDate") is not None else "CreatedDate"
            at = self._moment(each, name)
            if begins <= at < ends:
                lines.append(self._line(each, at))
        return lines

    def _line(self, model: Mapping[str, Any], at: datetime) -> RegistryLine:
        amount = self._wire.money(model.get("Amount"), model.get("Currency"))
        is_refund = model.get("OriginalTransactionId") is not None
        return RegistryLine(
            subject=Subject.REFUND if is_refund else Subject.CHARGE,
            provider_id=str(model["TransactionId"]),
            order_id=refund_id_of(model) if is_refund else model.get("InvoiceId"),
            amount=amount,
            at=at,
            fee=fee_of(model),
        )

    async def _operations(self, since: datetime, until: datetime) -> AsyncIterator[Mapping[str, Any]]:
        """Give every operation that was begun in a span, page by page."""
        form = {
            "CreatedDateGte": since.astimezone(MOSCOW).isoformat(timespec="seconds"),
            "CreatedDateLte": until.astimezone(MOSCOW).isoformat(timespec="seconds"),
            "TimeZone": "MSK",
        }
        for page in range(1, PAGES_MAX):
            said = (await self._ask("/v2/payments/list", {**form, "PageNumber": str(page)})).body
            models = said.get("Model")
            if not said["Success"] or not isinstance(models, list):
                raise self._wire.unreadable("a list")
            for each in models:
                yield each
            if len(models) < PAGE_SIZE:
                return

    def hear(self, knock: Knock) -> Notice | None:
        """Read a notice that bears our secret's signature."""
        return heard(knock, secret=self._secret)

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()

    # The wire

    async def _ask(self, path: str, form: Mapping[str, str], *, request_id: str | None = None) -> Answer:
        headers = self._headers if request_id is None else {**self._headers, "X-Request-ID": request_id}
        answer = await self._wire.ask("POST", path, headers=headers, form=form)
        if not isinstance(answer.body.get("Success"), bool):
            raise self._wire.unreadable("Success")
        return answer

    def _model(self, said: Mapping[str, Any]) -> Mapping[str, Any]:
        model = said.get("Model")
        if not isinstance(model, dict):
            raise self._wire.unreadable("Model")
        return model

    def _found(self, said: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return a transaction, also one that was declined, whose `Success` is false."""
        model = said.get("Model")
        if isinstance(model, dict) and model.get("TransactionId"):
            return model
        if said["Success"]:
            raise self._wire.unreadable("Model")
        return None

    def _moment(self, model: Mapping[str, Any], name: str) -> datetime:
        found = moment_of(model, name)
        if found is None:
            raise self._wire.unreadable(name)
        return found

    def _facts(self, facts: Mapping[str, str], receipt: Receipt | None) -> str:
        more: dict[str, Any] = {}
        if receipt is not None:
            more["cloudpayments"] = {"customerReceipt": for_cloudkassir(receipt, taxation=self._taxation)}
        return json.dumps({**facts, **more}, ensure_ascii=False)
