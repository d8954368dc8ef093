"""The bank's side: payments, what may be done to them, and the notices that tell of it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from itertools import count
from typing import Any, ClassVar

import httpx
from fastapi import HTTPException
from pydantic import ValidationError

from bots.simulators.tbank.shapes import Bill, Cancel, CheckOrder, Confirm, GetQr, Init, OfPayment, Signed
from bots.simulators.wire import Outgoing, Sender, as_json
from core.gateways.tbank import token_of
from core.ports import Clock
from core.wire import is_same

RETRIES = (timedelta(hours=1),) * 24 + (timedelta(days=1),) * 30
SBP_MIN = 10_00
DUE_MIN, DUE_MAX = timedelta(minutes=1), timedelta(days=90)

_OPEN = frozenset({"NEW", "FORM_SHOWED"})
_TAKEN = frozenset({"CONFIRMED", "PARTIAL_REFUNDED"})
_DEAD = frozenset({"CANCELED", "REJECTED", "DEADLINE_EXPIRED"})


class No(Exception):  # noqa: N818 - it is an answer
    """What the bank says no with."""

    def __init__(self, code: str, message: str, details: str = "") -> None:
        """Say why."""
        super().__init__(code)
        self.body = {"Success": False, "ErrorCode": code, "Message": message, "Details": details or message}


@dataclass
class Payment:
    """One payment of an order.

    Attributes:
        amount: What was asked for; what was taken, once it is.
        left: What has not gone back.
        cancels: The answers to Cancel by `ExternalRequestId`.
    """

    id: str
    asked: Init
    due: datetime
    amount: int
    left: int
    status: str = "NEW"
    is_sbp: bool = False
    error: tuple[str, str] = ("0", "OK")
    cancels: dict[str, None] = field(default_factory=dict)


class Bank:
    """The bank's side: payments by id, and what may be done to them."""

    METHODS: ClassVar[Mapping[str, type[Signed]]] = {
        "Init": Init,
        "GetState": OfPayment,
        "CheckOrder": CheckOrder,
        "GetQr": GetQr,
        "Confirm": Confirm,
        "Cancel": Cancel,
    }

    def __init__(self, *, terminal_key: str, password: str, clock: Clock, url: str, sender: Sender) -> None:
        """Open for one terminal, at `url`."""
        self.payments: dict[str, Payment] = {}
        self.takes_numbers_again = True  # of an order whose payments are all dead; the description is silent
        self._terminal_key, self._password = terminal_key, password
        self._clock, self._url, self._sender = clock, url, sender
        self._ids = count(3_093_639_567)
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, method: str, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer a request. Raises No."""
        if not raw:
            raise No("203", "Параметры запроса не должны быть пустыми")
        if raw.get("TerminalKey") != self._terminal_key:
            raise No(
                "205", "Неверный токен. Проверьте пару TerminalKey/SecretKey", "Указанный терминал не найден"
            )
        if not is_same(str(raw.get("Token")), token_of(raw, self._password)):
            raise No("204", "Неверный токен. Проверьте пару TerminalKey/SecretKey")
        try:
            asked = self.METHODS[method].model_validate(raw)
        except ValidationError as error:
            kinds = {each["type"] for each in error.errors()}
            where = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
            if "missing" in kinds:
                raise No("2", "Отсутствуют обязательные параметры", where) from None
            if "extra_forbidden" in kinds:
                raise No("1", "Параметры не сопоставлены", where) from None
            raise No("17", "Неверные введенные данные", where) from None
        acts: Mapping[str, Callable[[Any], Awaitable[Mapping[str, Any]]]] = {
            "Init": self._init,
            "GetState": self._get_state,
            "CheckOrder": self._check_order,
            "GetQr": self._get_qr,
            "Confirm": self._confirm,
            "Cancel": self._cancel,
        }
        return await acts[method](asked)

    # Methods

    async def _init(self, asked: Init) -> Mapping[str, Any]:
        now = self._clock.now()
        due = asked.RedirectDueDate or now + timedelta(days=1)
        if not DUE_MIN <= due - now <= DUE_MAX:
            raise No("12", "Неверный параметр RedirectDueDate")
        _check_receipt(asked.Receipt, asked.Amount)
        dead = _DEAD if self.takes_numbers_again else frozenset()
        if any(self._now(each).status not in dead for each in self._of(asked.OrderId)):
            raise No("20", "Ошибка повторного идентификатора заказа")
        payment = Payment(str(next(self._ids)), asked, due, amount=asked.Amount, left=asked.Amount)
        self.payments[payment.id] = payment
        return self._said(payment, PaymentURL=f"{self._url}/new/{payment.id}")

    async def _get_state(self, asked: OfPayment) -> Mapping[str, Any]:
        payment = self._find(asked.PaymentId)
        source = "sbp" if payment.is_sbp else "cards"
        return self._said(
            payment, Params=[{"Key": "Route", "Value": "ACQ"}, {"Key": "Source", "Value": source}]
        )

    async def _check_order(self, asked: CheckOrder) -> Mapping[str, Any]:
        payments = self._of(asked.OrderId)
        if not payments:
            raise No("335", f"OrderId {asked.OrderId} не найден для TerminalKey {self._terminal_key}")
        return {
            "TerminalKey": self._terminal_key,
            "OrderId": asked.OrderId,
            "Success": True,
            "ErrorCode": "0",
            "Message": "OK",
            "Payments": [
                {
                    "PaymentId": each.id,
                    "Amount": each.amount,
                    "Status": self._now(each).status,
                    "Success": "false" if each.status == "REJECTED" else "true",
                    "ErrorCode": int(each.error[0]),
                    "Message": each.error[1],
                }
                for each in payments
            ],
        }

    async def _get_qr(self, asked: GetQr) -> Mapping[str, Any]:
        payment = self._find(asked.PaymentId)
        if payment.status not in _OPEN:
            raise No("8", "Неверный статус транзакции")
        if payment.asked.PayType == "T":
            raise No("11", "Невозможно выполнить платеж", "По СБП нет двухстадийной оплаты")
        if payment.amount < SBP_MIN:
            raise No("251", f"Неверная сумма. Сумма должна быть больше или равна {SBP_MIN} копеек")
        payment.is_sbp = True
        code = f"AS{int(payment.id):030d}"
        link = f"https://qr.nspk.ru/{code}?type=02&bank=100000000004&sum={payment.amount}&cur=RUB&crc=C08B"
        return {
            "TerminalKey": self._terminal_key,
            "OrderId": payment.asked.OrderId,
            "Success": True,
            "Data": link,
            "PaymentId": int(payment.id),
            "ErrorCode": "0",
            "Message": "OK",
        }

    async def _confirm(self, asked: Confirm) -> Mapping[str, Any]:
        payment = self._find(asked.PaymentId)
        if payment.status != "AUTHORIZED":
            raise No("8", "Неверный статус транзакции")
        amount = asked.Amount or payment.amount
        if amount > payment.amount:
            raise No("17", "Неверные введенные данные", "Сумма подтверждения больше суммы авторизации")
        _check_receipt(asked.Receipt, amount)
        payment.amount = payment.left = amount
        await self._become(payment, "CONFIRMED")
        return self._said(payment, without="Amount", Params=[{"Key": "Route", "Value": "ACQ"}])

    async def _cancel(self, asked: Cancel) -> Mapping[str, Any]:
        payment = self._find(asked.PaymentId)
        if asked.ExternalRequestId in payment.cancels and not payment.is_sbp:
            return self._cancelled(payment, payment.left, asked.ExternalRequestId)
        if payment.status not in {"NEW", "AUTHORIZED", *_TAKEN}:
            raise No("8", "Неверный статус транзакции")
        before = payment.left
        back = before if payment.status == "NEW" or asked.Amount is None else asked.Amount
        if back > before:
            raise No("17", "Неверные введенные данные", "Сумма возврата больше суммы платежа")
        if payment.status != "NEW":
            _check_receipt(asked.Receipt, back)
            payment.left -= back
        if asked.ExternalRequestId:
            payment.cancels[asked.ExternalRequestId] = None
        part = "PARTIAL_" if payment.left and payment.status != "NEW" else ""
        gone = f"{part}REFUNDED"
        if payment.status == "NEW":
            await self._become(payment, "CANCELED")
        elif payment.status == "AUTHORIZED":
            await self._become(payment, f"{part}REVERSED")
        elif payment.is_sbp:
            payment.status = "ASYNC_REFUNDING"
            self._later(partial(self._become, payment, gone))
        else:
            await self._become(payment, gone)
        return self._cancelled(payment, before, asked.ExternalRequestId)

    def _cancelled(self, payment: Payment, before: int, request_id: str | None) -> Mapping[str, Any]:
        extra = {"ExternalRequestId": request_id} if request_id else {}
        left = 0 if payment.status == "CANCELED" else payment.left
        return self._said(payment, without="Amount", OriginalAmount=before, NewAmount=left, **extra)

    # The client

    async def pay(self, payment_id: str) -> Mapping[str, Any]:
        """Pay by card, or by SBP if its code was asked for."""
        payment = self._payable(payment_id)
        await self._become(payment, "AUTHORIZED")
        if payment.asked.PayType == "O":
            await self._become(payment, "CONFIRMED")
        return {"Status": payment.status}

    async def decline(self, payment_id: str) -> Mapping[str, Any]:
        """Let the client's bank say no."""
        payment = self._payable(payment_id)
        payment.error = ("116", "Недостаточно средств на карте")
        await self._become(payment, "REJECTED")
        return {"Status": payment.status}

    def show(self, payment_id: str) -> Payment:
        """Open the form in a browser."""
        payment = self.payments.get(payment_id)
        if payment is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if self._now(payment).status == "NEW":
            payment.status = "FORM_SHOWED"
        return payment

    def _payable(self, payment_id: str) -> Payment:
        payment = self.payments.get(payment_id)
        if payment is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if self._now(payment).status not in _OPEN:
            raise HTTPException(HTTPStatus.CONFLICT, payment.status)
        return payment

    # States and notices

    def _of(self, order_id: str) -> list[Payment]:
        return [each for each in self.payments.values() if each.asked.OrderId == order_id]

    def _find(self, payment_id: str) -> Payment:
        if payment_id not in self.payments:
            raise No("63", "Не найдена операция")
        return self._now(self.payments[payment_id])

    def _now(self, payment: Payment) -> Payment:
        if payment.status in _OPEN and self._clock.now() >= payment.due:
            payment.status = "DEADLINE_EXPIRED"
        return payment

    async def _become(self, payment: Payment, status: str) -> None:
        payment.status = status
        url = payment.asked.NotificationURL
        if not url:
            return
        body = self._said(payment, PaymentId=int(payment.id))
        if not payment.is_sbp:
            body |= {"CardId": 322264, "Pan": "430000******0777", "ExpDate": "1230"}
        body["Token"] = token_of(body, self._password)
        headers = {"Content-Type": "application/json"}
        make = partial(httpx.Request, "POST", url, content=as_json(body), headers=headers)
        await self._sender.tell(Outgoing(url=url, about=payment.id, make=make))

    def _said(self, payment: Payment, *, without: str = "", **more: object) -> dict[str, Any]:
        code, message = payment.error
        body: dict[str, Any] = {
            "TerminalKey": self._terminal_key,
            "OrderId": payment.asked.OrderId,
            "Success": payment.status != "REJECTED",
            "Status": payment.status,
            "PaymentId": payment.id,
            "ErrorCode": code,
            "Amount": payment.amount,
            "Message": message,
            **more,
        }
        body.pop(without, None)
        return body

    def _later(self, act: Callable[[], Awaitable[None]]) -> None:
        async def run() -> None:
            await act()

        task = asyncio.create_task(run(), name="sbp-refund")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _check_receipt(receipt: Bill | None, amount: int) -> None:
    if receipt is None:
        return
    if not receipt.Email and not receipt.Phone:
        raise No("2", "Отсутствуют обязательные параметры", "Receipt.Email, Receipt.Phone")
    if any(item.Amount != round(item.Price * item.Quantity) for item in receipt.Items):
        raise No("17", "Неверные введенные данные", "Amount не равен Price * Quantity")
    if any(item.AgentData is not None and item.SupplierInfo is None for item in receipt.Items):
        raise No("319", "Поле SupplierInfo не должно быть пустым")
    if sum(item.Amount for item in receipt.Items) != amount:
        raise No("334", "Суммы в чеке и в платеже не совпадают")
