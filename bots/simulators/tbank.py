"""T-Bank's internet acquiring (eacq v2), played from its published description. It holds all in memory.

Strict where the description is: the token of every request, required and unknown fields, sizes, sums, the
receipt's arithmetic, and which status may go where; a no is 200 with `Success: false` and the bank's code.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from itertools import count
from typing import Annotated, Any, ClassVar

import httpx
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from bots.simulators.wire import Outgoing, Sender, Wire, as_json
from core.gateways.tbank import token_of
from core.gateways.wire import is_same, to_major
from core.kernel.money import Currency, Money
from core.ports import Clock

RETRIES = (timedelta(hours=1),) * 24 + (timedelta(days=1),) * 30
SBP_MIN = 10_00
DUE_MIN, DUE_MAX = timedelta(minutes=1), timedelta(days=90)

_OPEN = frozenset({"NEW", "FORM_SHOWED"})
_TAKEN = frozenset({"CONFIRMED", "PARTIAL_REFUNDED"})
_DEAD = frozenset({"CANCELED", "REJECTED", "DEADLINE_EXPIRED"})

TerminalKey = Annotated[str, Field(min_length=1, max_length=20)]
PaymentId = Annotated[str, Field(pattern=r"^\d{1,20}$")]
Kopecks = Annotated[int, Field(strict=True, ge=1, le=9_999_999_999)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Supplier(_Body):
    Phones: list[str] = Field(min_length=1)
    Name: str = Field(min_length=1, max_length=239)
    Inn: str = Field(pattern=r"^(\d{10}|\d{12})$")


class _Agent(_Body):
    AgentSign: str = Field(pattern="^(attorney|commission_agent|another)$")  # the rest want operators


class _Item(_Body):
    Name: str = Field(min_length=1, max_length=128)
    Price: Kopecks
    Quantity: float = Field(gt=0)
    Amount: Kopecks
    Tax: str = Field(pattern="^(none|vat0|vat5|vat7|vat10|vat20|vat105|vat107|vat110|vat120)$")
    PaymentMethod: str = "full_payment"
    PaymentObject: str = "commodity"
    AgentData: _Agent | None = None
    SupplierInfo: _Supplier | None = None


class _Receipt(_Body):
    Items: list[_Item] = Field(min_length=1, max_length=100)
    Taxation: str = Field(pattern="^(osn|usn_income|usn_income_outcome|esn|patent)$")
    FfdVersion: str = Field(default="1.05", pattern=r"^1\.05$")
    Email: str | None = Field(default=None, max_length=64)
    Phone: str | None = Field(default=None, pattern=r"^\+\d{1,63}$")


class _Signed(_Body):
    TerminalKey: TerminalKey
    Token: str


class _Init(_Signed):
    Amount: Kopecks
    OrderId: str = Field(min_length=1, max_length=36)
    Description: str | None = Field(default=None, max_length=140)
    PayType: str = Field(default="O", pattern="^[OT]$")
    Language: str = Field(default="ru", pattern="^(ru|en)$")
    NotificationURL: str | None = None
    SuccessURL: str | None = None
    FailURL: str | None = None
    RedirectDueDate: AwareDatetime | None = None
    DATA: dict[Annotated[str, Field(max_length=20)], Annotated[str, Field(max_length=100)]] = Field(
        default_factory=dict, max_length=20
    )
    Receipt: _Receipt | None = None


class _OfPayment(_Signed):
    PaymentId: PaymentId
    IP: str | None = None


class _GetQr(_OfPayment):
    DataType: str = Field(default="PAYLOAD", pattern="^(PAYLOAD|IMAGE)$")


class _Confirm(_OfPayment):
    Amount: Kopecks | None = None
    Receipt: _Receipt | None = None


class _Cancel(_Confirm):
    ExternalRequestId: str | None = Field(default=None, max_length=100)


class _CheckOrder(_Signed):
    OrderId: str = Field(min_length=1, max_length=36)


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
    asked: _Init
    due: datetime
    amount: int
    left: int
    status: str = "NEW"
    is_sbp: bool = False
    error: tuple[str, str] = ("0", "OK")
    cancels: dict[str, None] = field(default_factory=dict)


class Bank:
    """The bank's side: payments by id, and what may be done to them."""

    METHODS: ClassVar[Mapping[str, type[_Signed]]] = {
        "Init": _Init,
        "GetState": _OfPayment,
        "CheckOrder": _CheckOrder,
        "GetQr": _GetQr,
        "Confirm": _Confirm,
        "Cancel": _Cancel,
    }

    def __init__(self, *, terminal_key: str, password: str, clock: Clock, url: str, sender: Sender) -> None:
        """Open for one terminal, at `url`."""
        self.payments: dict[str, Payment] = {}
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

    async def _init(self, asked: _Init) -> Mapping[str, Any]:
        now = self._clock.now()
        due = asked.RedirectDueDate or now + timedelta(days=1)
        if not DUE_MIN <= due - now <= DUE_MAX:
            raise No("12", "Неверный параметр RedirectDueDate")
        _check_receipt(asked.Receipt, asked.Amount)
        if any(self._now(each).status not in _DEAD for each in self._of(asked.OrderId)):
            raise No("20", "Ошибка повторного идентификатора заказа")
        payment = Payment(str(next(self._ids)), asked, due, amount=asked.Amount, left=asked.Amount)
        self.payments[payment.id] = payment
        return self._said(payment, PaymentURL=f"{self._url}/new/{payment.id}")

    async def _get_state(self, asked: _OfPayment) -> Mapping[str, Any]:
        payment = self._find(asked.PaymentId)
        source = "sbp" if payment.is_sbp else "cards"
        return self._said(
            payment, Params=[{"Key": "Route", "Value": "ACQ"}, {"Key": "Source", "Value": source}]
        )

    async def _check_order(self, asked: _CheckOrder) -> Mapping[str, Any]:
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

    async def _get_qr(self, asked: _GetQr) -> Mapping[str, Any]:
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

    async def _confirm(self, asked: _Confirm) -> Mapping[str, Any]:
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

    async def _cancel(self, asked: _Cancel) -> Mapping[str, Any]:
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


def _check_receipt(receipt: _Receipt | None, amount: int) -> None:
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


def simulator(
    *, terminal_key: str, password: str, clock: Clock, url: str, pace: float = 1.0, key: str | None = None
) -> FastAPI:
    """Build the app. Its methods stand at `/v2/{method}`, the client's form at `/new/{id}`.

    Args:
        url: Where the app is reached, for the form's address.
        pace: What the hours between repeated notices are multiplied by.
        key: Who sets faults and plays the client must bring it.
    """
    app = FastAPI(openapi_url=None)
    sender = Sender(RETRIES, pace=pace, is_taken=lambda said: said.is_success and said.content == b"OK")
    wire = Wire(sender, key=key)
    bank = app.state.bank = Bank(
        terminal_key=terminal_key, password=password, clock=clock, url=url, sender=sender
    )

    @app.post("/v2/{method}")
    async def serve(method: str, request: Request) -> Response:
        if method not in Bank.METHODS:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        try:
            raw = await request.json()
            return JSONResponse(await bank.serve(method, raw if isinstance(raw, dict) else {}))
        except ValueError:
            return JSONResponse(No("1", "Параметры не сопоставлены").body)
        except No as no:
            return JSONResponse(no.body)

    @app.get("/new/{payment_id}")
    async def form(payment_id: str) -> Response:
        payment = bank.show(payment_id)
        buttons = "".join(f'<button name="act" value="{act}">{act}</button>' for act in ("pay", "decline"))
        words = f"{to_major(Money(payment.amount, Currency.RUB))} ₽: {payment.status}"
        return HTMLResponse(f'<meta charset="utf-8"><p>{words}</p><form method="post">{buttons}</form>')

    @app.post("/new/{payment_id}")
    async def press(payment_id: str, request: Request) -> Response:
        form = await request.form()
        done = await (bank.pay if form.get("act") == "pay" else bank.decline)(payment_id)
        asked = bank.payments[payment_id].asked
        back = asked.SuccessURL if done["Status"] != "REJECTED" else asked.FailURL
        return RedirectResponse(back or "/", status_code=HTTPStatus.SEE_OTHER)

    wire.install(app, pay=bank.pay, decline=bank.decline)
    return app
