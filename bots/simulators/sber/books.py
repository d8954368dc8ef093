"""Sber's side: orders, what may be done to them, and the notices that tell of it."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx
from fastapi import HTTPException
from pydantic import ValidationError

from bots.simulators.sber.shapes import Bundle, Named, OfOrder, PartOf, Register, Status
from bots.simulators.wire import Outgoing, Sender
from core.gateways.sber import checksum_of
from core.gateways.wire import MOSCOW
from core.ports import Clock
from core.wire import is_same

RETRIES = (timedelta(seconds=60),) * 2
DEFAULT_LIFE = timedelta(minutes=20)
FEE_BP = 200

REGISTERED, HELD, PAID, REVERSED, REFUNDED, DECLINED = 0, 1, 2, 3, 4, 6
NAMES = {
    REGISTERED: "CREATED",
    HELD: "APPROVED",
    PAID: "DEPOSITED",
    REVERSED: "REVERSED",
    REFUNDED: "REFUNDED",
    DECLINED: "DECLINED",
}
NOT_TRIED, TIME_IS_OVER, NO_MONEY = -100, -2007, 116
_WORDS = {
    0: "Запрос успешно обработан",
    NOT_TRIED: "Не было попыток оплаты",
    TIME_IS_OVER: "Истёк срок ввода данных",
    NO_MONEY: "Недостаточно средств на карте",
}


class No(Exception):  # noqa: N818 - it is an answer
    """What the gateway says no with."""

    def __init__(self, code: int, message: str) -> None:
        """Say why."""
        super().__init__(message)
        self.body = {"errorCode": str(code), "errorMessage": message}


@dataclass
class Deal:
    """One order.

    Attributes:
        held: What is or was blocked.
        taken: What was deposited.
        operations: What was done to it, as its status tells.
    """

    id: str
    asked: Register
    is_two_stage: bool
    created_at: datetime
    due: datetime
    status: int = REGISTERED
    action: int = NOT_TRIED
    held: int = 0
    taken: int = 0
    operations: list[dict[str, Any]] = field(default_factory=list)

    @property
    def refunded(self) -> int:
        """How much went back."""
        return sum(each["amount"] for each in self.operations if each["type"] == "REFUND")


class Desk:
    """The gateway's side: orders, and what may be done to them."""

    def __init__(
        self,
        *,
        user_name: str,
        password: str,
        callback_key: str,
        clock: Clock,
        url: str,
        notice_url: str,
        sender: Sender,
    ) -> None:
        """Serve one shop, whose notices go to `notice_url`."""
        self.deals: dict[str, Deal] = {}
        self.by_get = False  # how notices come: in the address, or as JSON
        self._user_name, self._password, self._key = user_name, password, callback_key
        self._clock, self._url, self._notice_url, self._sender = clock, url, notice_url, sender
        self.acts: Mapping[str, tuple[type[Named], Callable[[Any], Awaitable[Mapping[str, Any]]]]] = {
            "register.do": (Register, partial(self._register, is_two_stage=False)),
            "registerPreAuth.do": (Register, partial(self._register, is_two_stage=True)),
            "getOrderStatusExtended.do": (Status, self._status),
            "deposit.do": (PartOf, self._deposit),
            "reverse.do": (OfOrder, self._reverse),
            "refund.do": (PartOf, self._refund),
            "decline.do": (OfOrder, self._decline),
        }

    async def serve(self, method: str, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer a request. Raises No."""
        shape, act = self.acts[method]
        for name, ours in (("userName", self._user_name), ("password", self._password)):
            if not is_same(str(raw.get(name)), ours):
                raise No(5, "Доступ запрещён")
        try:
            asked = shape.model_validate(raw)
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            if error.errors()[0]["type"] == "missing":
                raise No(4, f"Отсутствует обязательный параметр [{where}]") from None
            raise No(5, f"Неверное значение параметра [{where}]") from None
        return {
            "errorCode": "0",
            "errorMessage": "Обработка запроса прошла без системных ошибок",
            **await act(asked),
        }

    # Methods

    async def _register(self, asked: Register, *, is_two_stage: bool) -> Mapping[str, Any]:
        if any(each.asked.order_number == asked.order_number for each in self.deals.values()):
            raise No(1, "Заказ с таким номером уже обработан")
        now = self._clock.now()
        _check_bundle(asked.order_bundle, asked.amount)
        life = (
            DEFAULT_LIFE
            if asked.session_timeout_secs is None
            else timedelta(seconds=asked.session_timeout_secs)
        )
        due = now + life if asked.expiration_date is None else asked.expiration_date.replace(tzinfo=MOSCOW)
        if due <= now:
            raise No(5, "Неверное значение параметра [expirationDate]")
        is_sbp = asked.json_params.get("qrType") == "DYNAMIC_QR_SBP"
        if is_sbp and is_two_stage:
            raise No(5, "Неверное значение параметра [qrType]")
        deal = Deal(_bank_id(asked.order_number), asked, is_two_stage, now, due)
        self.deals[deal.id] = deal
        answer: dict[str, Any] = {"orderId": deal.id, "formUrl": f"{self._url}/pay_ru?orderId={deal.id}"}
        if is_sbp:
            code = _qrc(deal)
            link = f"https://qr.nspk.ru/{code}?type=02&bank=100000000111&sum={asked.amount}&cur=RUB&crc=A1B2"
            answer["externalParams"] = {"sbpPayload": link, "qrcId": code}
        return answer

    async def _status(self, asked: Status) -> Mapping[str, Any]:
        if asked.order_id is None and asked.order_number is None:
            raise No(1, "Ожидается [orderId] или [orderNumber]")
        for deal in self.deals.values():
            if asked.order_id in {None, deal.id} and asked.order_number in {None, deal.asked.order_number}:
                return self._told(self._now(deal))
        raise No(6, "Незарегистрированный orderId")

    async def _deposit(self, asked: PartOf) -> Mapping[str, Any]:
        deal = self._known(asked.order_id)
        if deal.status != HELD:
            raise No(7, "Платёж должен быть в корректном состоянии")
        if asked.amount > deal.held:
            raise No(5, "Неверная сумма")
        _check_bundle(asked.order_bundle, asked.amount)
        await self._take(deal, asked.amount)
        return {}

    async def _reverse(self, asked: OfOrder) -> Mapping[str, Any]:
        deal = self._known(asked.order_id)
        if deal.status != HELD:
            raise No(7, "Платёж должен быть в корректном состоянии")
        deal.status = REVERSED
        self._note(deal, "REVERSAL", deal.held)
        await self._tell(deal, "reversed")
        return {}

    async def _decline(self, asked: OfOrder) -> Mapping[str, Any]:
        deal = self._known(asked.order_id)
        if deal.status != REGISTERED:
            raise No(7, "Платёж должен быть в корректном состоянии")
        deal.status = DECLINED
        return {}

    async def _refund(self, asked: PartOf) -> Mapping[str, Any]:
        deal = self._known(asked.order_id)
        key = asked.json_params.get("externalRefundId")
        for each in deal.operations:
            if key and each.get("externalRefundId") == key:
                if each["amount"] != asked.amount:
                    raise No(5, "Неверное значение параметра [externalRefundId]")
                return {}
        if deal.status not in {PAID, REFUNDED}:
            raise No(7, "Платёж должен быть в корректном состоянии")
        if asked.amount > deal.taken - deal.refunded:
            raise No(5, "Сумма возврата превышает сумму списания")
        _check_bundle(asked.order_bundle, asked.amount)
        deal.status = REFUNDED
        self._note(deal, "REFUND", asked.amount, **({"externalRefundId": key} if key else {}))
        await self._tell(deal, "refunded")
        return {}

    # The client

    async def pay(self, order_id: str) -> Mapping[str, Any]:
        """Pay an order."""
        deal = self._payable(order_id)
        deal.held, deal.action = deal.asked.amount, 0
        if deal.is_two_stage:
            deal.status = HELD
            self._note(deal, "PREAUTHORIZATION", deal.held)
            await self._tell(deal, "approved")
        else:
            await self._take(deal, deal.held)
        return {"orderStatus": deal.status}

    async def decline(self, order_id: str) -> Mapping[str, Any]:
        """Let the client's bank say no, as often as he may try."""
        deal = self._payable(order_id)
        deal.status, deal.action = DECLINED, NO_MONEY
        await self._tell(deal, "approved" if deal.is_two_stage else "deposited")
        return {"orderStatus": deal.status}

    def _payable(self, order_id: str) -> Deal:
        deal = self.deals.get(order_id)
        if deal is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if self._now(deal).status != REGISTERED:
            raise HTTPException(HTTPStatus.CONFLICT, NAMES[deal.status])
        return deal

    # Orders and notices

    def _known(self, order_id: str) -> Deal:
        if order_id not in self.deals:
            raise No(6, "Незарегистрированный orderId")
        return self._now(self.deals[order_id])

    def _now(self, deal: Deal) -> Deal:
        if deal.status == REGISTERED and self._clock.now() >= deal.due:
            deal.status, deal.action = DECLINED, TIME_IS_OVER
        return deal

    async def _take(self, deal: Deal, amount: int) -> None:
        deal.status, deal.taken = PAID, amount
        self._note(deal, "COMPLETION" if deal.is_two_stage else "AUTHORIZATION", amount)
        await self._tell(deal, "deposited")

    def _note(self, deal: Deal, type: str, amount: int, **more: str) -> None:
        at = int(self._clock.now().timestamp() * 1000)
        deal.operations.append({"date": at, "type": type, "amount": amount, "actionCode": 0, **more})

    def _told(self, deal: Deal) -> Mapping[str, Any]:
        return {
            "orderNumber": deal.asked.order_number,
            "orderStatus": deal.status,
            "actionCode": deal.action,
            "actionCodeDescription": _WORDS[deal.action],
            "amount": deal.asked.amount,
            "currency": deal.asked.currency,
            "date": int(deal.created_at.timestamp() * 1000),
            "orderDescription": deal.asked.description,
            "attributes": [{"name": "mdOrder", "value": deal.id}],
            "merchantOrderParams": [{"name": n, "value": v} for n, v in deal.asked.json_params.items()],
            "cardAuthInfo": {"maskedPan": "411111******1111", "expiration": "203012"} if deal.held else {},
            "paymentAmountInfo": {
                "approvedAmount": deal.held,
                "depositedAmount": deal.taken,
                "refundedAmount": deal.refunded,
                "feeAmount": deal.taken * FEE_BP // 10_000,
                "paymentState": NAMES[deal.status],
            },
            "operations": deal.operations,
        }

    async def _tell(self, deal: Deal, operation: str) -> None:
        said = {
            "mdOrder": deal.id,
            "orderNumber": deal.asked.order_number,
            "operation": operation,
            "status": "0" if deal.status == DECLINED else "1",
        }
        said["checksum"] = checksum_of(said, self._key)
        if self.by_get:
            make = partial(httpx.Request, "GET", self._notice_url, params=said)
        else:
            body = json.dumps({**said, "status": int(said["status"])}).encode()
            headers = {"Content-Type": "application/json"}
            make = partial(httpx.Request, "POST", self._notice_url, content=body, headers=headers)
        await self._sender.tell(Outgoing(url=self._notice_url, about=deal.id, make=make))


def _bank_id(order_number: str) -> str:
    """Return the bank's own number of an order: it looks like chance, and is the same in every run."""
    return str(UUID(bytes=sha256(order_number.encode()).digest()[:16]))


def _qrc(deal: Deal) -> str:
    return f"AD{deal.id.replace('-', '').upper()[:30]}"


def _check_bundle(bundle: Bundle | None, amount: int) -> None:
    if bundle is None:
        return
    items = bundle.cart_items.items
    if any(each.item_amount != round(each.item_price * each.quantity.value) for each in items):
        raise No(5, "Неверное значение параметра [itemAmount]")
    sums = {sum(each.item_amount for each in items), sum(each.sum for each in bundle.payments), bundle.total}
    if sums != {amount}:
        raise No(5, "Сумма позиций корзины не равна сумме заказа")
