"""CloudPayments' side: orders, transactions, what may be done to them, and the notices that tell of it."""

import asyncio
import base64
import hmac
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from http import HTTPStatus
from itertools import count
from typing import Any
from urllib.parse import unquote_plus, urlencode

import httpx
from fastapi import HTTPException
from pydantic import ValidationError

from bots.simulators.cloudpayments.shapes import (
    Asked,
    Body,
    Find,
    List,
    OfOrder,
    OfTransaction,
    OrderAsked,
    PartOf,
    SbpLink,
)
from bots.simulators.cloudpayments.transactions import Bill, Transaction, noticed, number_of, ticks, told
from bots.simulators.wire import Outgoing, Sender, as_json
from core.ports import Clock
from core.wire import is_same

RETRIES = tuple(timedelta(minutes=each) for each in (1, 2, 5, 10)) + (timedelta(minutes=30),) * 96
REMEMBERED_FOR = timedelta(hours=1)
PAGE_SIZE = 100


class No(Exception):  # noqa: N818 - it is an answer
    """What it says no with."""


class Desk:
    """CloudPayments' side: orders, transactions, and what may be done to them."""

    def __init__(
        self, *, public_id: str, api_secret: str, clock: Clock, url: str, notice_url: str, sender: Sender
    ) -> None:
        """Serve one site, whose notices go to `notice_url`."""
        self.bills: dict[str, Bill] = {}
        self.transactions: dict[int, Transaction] = {}
        self.is_json = False  # how notices are written; a form unless the cabinet says otherwise
        self._public_id, self._secret = public_id, api_secret
        self._clock, self._url, self._notice_url, self._sender = clock, url, notice_url, sender
        self._ids = count(897_749_645)
        self._answers: dict[tuple[str, str], tuple[datetime, Mapping[str, Any]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._acts: Mapping[str, tuple[type[Body], Callable[[Any], Awaitable[Mapping[str, Any]]]]] = {
            "orders/create": (OrderAsked, self._create),
            "orders/cancel": (OfOrder, self._cancel_order),
            "payments/qr/sbp/link": (SbpLink, self._link),
            "payments/confirm": (PartOf, self._confirm),
            "payments/void": (OfTransaction, self._void),
            "payments/refund": (PartOf, self._refund),
            "payments/get": (OfTransaction, self._get),
            "payments/find": (Find, self._find_payment),
            "v2/payments/find": (Find, self._find_any),
            "v2/payments/list": (List, self._list),
        }

    async def serve(self, path: str, raw: Mapping[str, Any], request_id: str | None) -> Mapping[str, Any]:
        """Answer a request; the same `request_id` within an hour is answered as the first time."""
        shape, act = self._acts[path]
        now = self._clock.now()
        if (
            request_id
            and (found := self._answers.get((path, request_id)))
            and now - found[0] < REMEMBERED_FOR
        ):
            return found[1]
        try:
            answer = await act(shape.model_validate(raw))
        except ValidationError as error:
            return no(f"Invalid {'.'.join(map(str, error.errors()[0]['loc']))} value")
        except No as why:
            return no(str(why))
        if request_id and answer["Success"]:
            self._answers[path, request_id] = (now, answer)
        return answer

    def knows(self, path: str, told: str) -> bool:
        """Tell whether the path is a method and the credentials are ours."""
        if path not in self._acts:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        pair = base64.b64encode(f"{self._public_id}:{self._secret}".encode()).decode()
        return is_same(told, f"Basic {pair}")

    # Methods

    async def _create(self, asked: OrderAsked) -> Mapping[str, Any]:
        _check_receipt(asked.JsonData, asked.Amount)
        number = next(self._ids)
        bill = Bill(f"g{number:x}Vg", asked, self._clock.now())
        self.bills[bill.id] = bill
        return _yes(
            {
                "Id": bill.id,
                "Number": number,
                "Amount": number_of(asked.Amount),
                "Currency": asked.Currency,
                "Email": asked.Email,
                "Description": asked.Description,
                "RequireConfirmation": asked.RequireConfirmation,
                "Url": f"{self._url}/d/{bill.id}",
                "CultureName": asked.CultureName,
                "CreatedDate": ticks(bill.created_at),
                "StatusCode": 0,
                "Status": bill.status,
            }
        )

    async def _cancel_order(self, asked: OfOrder) -> Mapping[str, Any]:
        bill = self.bills.get(asked.Id)
        if bill is None or bill.status != "Created":
            raise No("Order not found" if bill is None else f"Order is {bill.status}")
        bill.status = "Cancelled"
        return _yes()

    async def _link(self, asked: SbpLink) -> Mapping[str, Any]:
        if asked.PublicId != self._public_id:
            raise No("Invalid PublicId value")
        _check_receipt(asked.JsonData, asked.Amount)
        transaction = self._begin(asked, status="Created", method="Sbp")
        transaction.due = transaction.created_at + timedelta(minutes=asked.TtlMinutes)
        code = f"AD{transaction.number:030d}"
        kopecks = int(asked.Amount * 100)
        return _yes(
            {
                "QrUrl": f"https://qr.nspk.ru/{code}?type=02&bank=100000000004&sum={kopecks}&cur=RUB&crc=8DA8",
                "QrImage": None,
                "TransactionId": transaction.number,
                "MerchantOrderId": asked.InvoiceId,
                "ProviderQrId": code,
                "Amount": number_of(asked.Amount),
                "Message": "Created",
                "IsTest": False,
            }
        )

    async def _confirm(self, asked: PartOf) -> Mapping[str, Any]:
        transaction = self._known(asked.TransactionId)
        if transaction.status != "Authorized":
            raise No("Transaction is not authorized")
        if asked.Amount > transaction.amount:
            raise No("Invalid Amount value")
        transaction.amount = transaction.left = asked.Amount
        self._complete(transaction)
        await self._tell(transaction)
        return _yes()

    async def _void(self, asked: OfTransaction) -> Mapping[str, Any]:
        transaction = self._known(asked.TransactionId)
        if transaction.status != "Authorized":
            raise No("Transaction is not authorized")
        transaction.status = "Cancelled"
        await self._tell(transaction)
        return _yes()

    async def _refund(self, asked: PartOf) -> Mapping[str, Any]:
        paid = self._known(asked.TransactionId)
        if paid.status != "Completed" or paid.original is not None:
            raise No("Transaction is not completed")
        if asked.Amount > paid.left:
            raise No("Amount is greater than the rest")
        _check_receipt(asked.JsonData, asked.Amount)
        paid.left -= asked.Amount
        back = self._begin(paid.asked, status="Pending", method=paid.method)
        back.amount, back.original, back.facts = asked.Amount, paid.number, asked.JsonData
        if paid.method == "Sbp":
            self._later(partial(self._end_refund, back))
        else:
            await self._end_refund(back)
        return _yes({"TransactionId": back.number})

    async def _end_refund(self, back: Transaction) -> None:
        self._complete(back)
        await self._tell(back)

    async def _get(self, asked: OfTransaction) -> Mapping[str, Any]:
        return _yes(self._told(self._known(asked.TransactionId)))

    async def _find_payment(self, asked: Find) -> Mapping[str, Any]:
        return self._last([each for each in self._of(asked.InvoiceId) if each.original is None])

    async def _find_any(self, asked: Find) -> Mapping[str, Any]:
        return self._last(self._of(asked.InvoiceId))

    def _last(self, found: list[Transaction]) -> Mapping[str, Any]:
        if not found:
            raise No("Not found")
        return {**_yes(self._told(found[-1])), "Success": found[-1].status != "Declined"}

    async def _list(self, asked: List) -> Mapping[str, Any]:
        found = [
            self._told(each)
            for each in self.transactions.values()
            if asked.CreatedDateGte <= each.created_at <= asked.CreatedDateLte
        ]
        begin = (asked.PageNumber - 1) * PAGE_SIZE
        return _yes(found[begin : begin + PAGE_SIZE])

    # The client

    async def pay(self, id: str) -> Mapping[str, Any]:
        """Pay an order by card, or a link by SBP."""
        transaction = self._attempt(id)
        is_held = isinstance(transaction.asked, OrderAsked) and transaction.asked.RequireConfirmation
        if transaction.method == "Card":
            self.bills[id.partition("~")[0]].status = "Paid"
        if is_held:
            transaction.status = "Authorized"
        else:
            self._complete(transaction)
        await self._tell(transaction)
        return {"Status": transaction.status}

    async def decline(self, id: str) -> Mapping[str, Any]:
        """Let the client's bank say no; an order's page may be paid with another card."""
        transaction = self._attempt(id)
        transaction.status, transaction.reason = "Declined", (5051, "InsufficientFunds")
        await self._tell(transaction)
        return {"Status": transaction.status}

    def _attempt(self, id: str) -> Transaction:
        """Begin to pay what is named by its number or by our ticket."""
        number = id.partition("~")[0]
        if number in self.bills:
            bill = self.bills[number]
            if bill.status != "Created":
                raise HTTPException(HTTPStatus.CONFLICT, bill.status)
            return self._begin(bill.asked, status="AwaitingAuthentication", method="Card")
        found = self.transactions.get(int(number)) if number.isdigit() else None
        is_over = found is not None and found.due is not None and self._clock.now() >= found.due
        if found is None or found.status != "Created" or is_over:
            raise HTTPException(HTTPStatus.NOT_FOUND if found is None else HTTPStatus.CONFLICT)
        return found

    # Transactions

    def _begin(self, asked: Asked, *, status: str, method: str) -> Transaction:
        number, now = next(self._ids), self._clock.now()
        facts = asked.JsonData
        self.transactions[number] = Transaction(
            number, asked, asked.Amount, now, status, method, left=asked.Amount, facts=facts
        )
        return self.transactions[number]

    def _complete(self, transaction: Transaction) -> None:
        transaction.status, transaction.confirmed_at = "Completed", self._clock.now()

    def _known(self, number: int) -> Transaction:
        if number not in self.transactions:
            raise No("Not found")
        return self.transactions[number]

    def _of(self, invoice_id: str) -> list[Transaction]:
        return [each for each in self.transactions.values() if each.asked.InvoiceId == invoice_id]

    def _told(self, transaction: Transaction) -> Mapping[str, Any]:
        return told(transaction, public_id=self._public_id)

    # Notices

    async def _tell(self, transaction: Transaction) -> None:
        body = noticed(transaction)
        content = as_json(body) if self.is_json else urlencode(body).encode()
        plain = content if self.is_json else unquote_plus(content.decode()).encode()
        headers = {
            "Content-Type": "application/json" if self.is_json else "application/x-www-form-urlencoded",
            "Content-HMAC": self._sign(content),
            "X-Content-HMAC": self._sign(plain),
        }
        make = partial(httpx.Request, "POST", self._notice_url, content=content, headers=headers)
        await self._sender.tell(Outgoing(url=self._notice_url, about=str(transaction.number), make=make))

    def _sign(self, over: bytes) -> str:
        return base64.b64encode(hmac.digest(self._secret.encode(), over, "sha256")).decode()

    def _later(self, act: Callable[[], Awaitable[None]]) -> None:
        async def run() -> None:
            await act()

        task = asyncio.create_task(run(), name="sbp-refund")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _check_receipt(facts: Mapping[str, Any], amount: Decimal) -> None:
    """Add a receipt up, as CloudKassir would. Raises No."""
    receipt = facts.get("cloudpayments", {}).get("customerReceipt")
    if receipt is None:
        return
    try:
        sums = [Decimal(each["amount"]) for each in receipt["items"]]
        products = [Decimal(each["price"]) * Decimal(each["quantity"]) for each in receipt["items"]]
        told = Decimal(receipt["amounts"]["electronic"])
    except (KeyError, TypeError, ArithmeticError):
        raise No("Invalid JsonData value") from None
    if sums != products or not sum(sums) == told == amount:
        raise No("Invalid JsonData value")


def _yes(model: object = None) -> Mapping[str, Any]:
    return (
        {"Model": model, "Success": True, "Message": None}
        if model is not None
        else {
            "Success": True,
            "Message": None,
        }
    )


def no(message: str) -> Mapping[str, Any]:
    """Return an answer that says no."""
    return {"Success": False, "Message": message}
