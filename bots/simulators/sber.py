"""Sber's internet acquiring (gateway `ecomm`), played from its published description. It holds all in memory.

Every answer is 200 with an `errorCode`: 1 the number is taken, 4 something is missing, 5 a wrong value or
no access, 6 no such order, 7 it is not in the state for that.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any
from uuid import uuid4

import httpx
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field, NaiveDatetime, ValidationError
from pydantic.alias_generators import to_camel

from bots.simulators.wire import Outgoing, Sender, Wire
from core.gateways.sber import checksum_of
from core.gateways.wire import MOSCOW, is_same, to_major
from core.kernel.money import Currency, Money
from core.ports import Clock

PREFIX = "/ecomm/gw/partner/api/v1"
RETRIES = (timedelta(seconds=60),) * 2
DEFAULT_LIFE = timedelta(minutes=20)
FEE_BP = 200

REGISTERED, HELD, PAID, REVERSED, REFUNDED, DECLINED = 0, 1, 2, 3, 4, 6
_NAMES = {
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

Kopecks = Annotated[int, Field(strict=True, ge=1, le=999_999_999_999)]
Uuid = Annotated[str, Field(min_length=36, max_length=36)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


class _Named(_Body):
    user_name: str = Field(max_length=30)
    password: str = Field(max_length=30)
    language: str = Field(default="ru", pattern="^(ru|en)$")


class _Quantity(_Body):
    value: float = Field(gt=0)
    measure: str | None = None


class _Tax(_Body):
    tax_type: int = Field(ge=0, le=7)


class _Agent(_Body):
    type: str = Field(pattern="^(attorney|commission_agent|another)$")


class _Supplier(_Body):
    phones: list[str] = Field(default_factory=list)
    name: str | None = None
    inn: str | None = Field(default=None, pattern=r"^(\d{10}|\d{12})$")


class _Item(_Body):
    position_id: str
    item_code: str
    name: str = Field(min_length=1, max_length=128)
    quantity: _Quantity
    measurement_unit: str | None = None
    item_price: Kopecks
    item_amount: Kopecks
    payment_method: str
    payment_object: str
    tax: _Tax
    agent_info: _Agent | None = None
    supplier_info: _Supplier | None = None


class _Items(_Body):
    items: list[_Item] = Field(min_length=1)


class _Paid(_Body):
    type: int = Field(ge=1, le=4)
    sum: Kopecks


class _Company(_Body):
    email: str
    sno: str = Field(pattern="^(osn|usn_income|usn_income_outcome|esn|patent)$")
    inn: str
    payment_address: str


class _Bundle(_Body):
    ffd_version: str = Field(pattern=r"^1\.(2|05)$")
    receipt_type: str = Field(pattern="^(sell|sell_refund)$")
    company: _Company | None = None
    cart_items: _Items
    payments: list[_Paid] = Field(min_length=1)
    total: Kopecks


class _Register(_Named):
    order_number: str = Field(min_length=1, max_length=36)
    amount: Kopecks
    currency: str = Field(default="643", pattern="^(643|810)$")
    return_url: str = Field(min_length=12, max_length=2048)
    fail_url: str | None = None
    description: str | None = Field(default=None, max_length=512)
    json_params: dict[str, str] = Field(default_factory=dict)
    expiration_date: NaiveDatetime | None = None
    session_timeout_secs: int | None = Field(default=None, ge=0)
    phone: str | None = Field(default=None, max_length=16)
    email: str | None = Field(default=None, max_length=128)
    order_bundle: _Bundle | None = None


class _Status(_Named):
    order_id: Uuid | None = None
    order_number: str | None = Field(default=None, max_length=36)


class _Of(_Named):
    order_id: Uuid
    json_params: dict[str, str] = Field(default_factory=dict)


class _Part(_Of):
    amount: Kopecks
    order_bundle: _Bundle | None = None


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
    asked: _Register
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
        self.acts: Mapping[str, tuple[type[_Named], Callable[[Any], Awaitable[Mapping[str, Any]]]]] = {
            "register.do": (_Register, partial(self._register, is_two_stage=False)),
            "registerPreAuth.do": (_Register, partial(self._register, is_two_stage=True)),
            "getOrderStatusExtended.do": (_Status, self._status),
            "deposit.do": (_Part, self._deposit),
            "reverse.do": (_Of, self._reverse),
            "refund.do": (_Part, self._refund),
            "decline.do": (_Of, self._decline),
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

    async def _register(self, asked: _Register, *, is_two_stage: bool) -> Mapping[str, Any]:
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
        deal = Deal(str(uuid4()), asked, is_two_stage, now, due)
        self.deals[deal.id] = deal
        answer: dict[str, Any] = {"orderId": deal.id, "formUrl": f"{self._url}/pay_ru?orderId={deal.id}"}
        if is_sbp:
            code = _qrc(deal)
            link = f"https://qr.nspk.ru/{code}?type=02&bank=100000000111&sum={asked.amount}&cur=RUB&crc=A1B2"
            answer["externalParams"] = {"sbpPayload": link, "qrcId": code}
        return answer

    async def _status(self, asked: _Status) -> Mapping[str, Any]:
        if asked.order_id is None and asked.order_number is None:
            raise No(1, "Ожидается [orderId] или [orderNumber]")
        for deal in self.deals.values():
            if asked.order_id in {None, deal.id} and asked.order_number in {None, deal.asked.order_number}:
                return self._told(self._now(deal))
        raise No(6, "Незарегистрированный orderId")

    async def _deposit(self, asked: _Part) -> Mapping[str, Any]:
        deal = self._known(asked.order_id)
        if deal.status != HELD:
            raise No(7, "Платёж должен быть в корректном состоянии")
        if asked.amount > deal.held:
            raise No(5, "Неверная сумма")
        _check_bundle(asked.order_bundle, asked.amount)
        await self._take(deal, asked.amount)
        return {}

    async def _reverse(self, asked: _Of) -> Mapping[str, Any]:
        deal = self._known(asked.order_id)
        if deal.status != HELD:
            raise No(7, "Платёж должен быть в корректном состоянии")
        deal.status = REVERSED
        self._note(deal, "REVERSAL", deal.held)
        await self._tell(deal, "reversed")
        return {}

    async def _decline(self, asked: _Of) -> Mapping[str, Any]:
        deal = self._known(asked.order_id)
        if deal.status != REGISTERED:
            raise No(7, "Платёж должен быть в корректном состоянии")
        deal.status = DECLINED
        return {}

    async def _refund(self, asked: _Part) -> Mapping[str, Any]:
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
            raise HTTPException(HTTPStatus.CONFLICT, _NAMES[deal.status])
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
                "paymentState": _NAMES[deal.status],
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


def _qrc(deal: Deal) -> str:
    return f"AD{deal.id.replace('-', '').upper()[:30]}"


def _check_bundle(bundle: _Bundle | None, amount: int) -> None:
    if bundle is None:
        return
    items = bundle.cart_items.items
    if any(each.item_amount != round(each.item_price * each.quantity.value) for each in items):
        raise No(5, "Неверное значение параметра [itemAmount]")
    sums = {sum(each.item_amount for each in items), sum(each.sum for each in bundle.payments), bundle.total}
    if sums != {amount}:
        raise No(5, "Сумма позиций корзины не равна сумме заказа")


def simulator(
    *,
    user_name: str,
    password: str,
    callback_key: str,
    clock: Clock,
    url: str,
    notice_url: str,
    pace: float = 1.0,
    key: str | None = None,
) -> FastAPI:
    """Build the app. Its methods stand under `PREFIX`, the page of an order at `/pay_ru?orderId=`.

    Args:
        callback_key: What notices are signed with.
        url: Where the app is reached, for the page's address.
        notice_url: Where all notices go, as the cabinet would say.
        pace: What the seconds between repeated notices are multiplied by.
        key: Who sets faults and plays the client must bring it.
    """
    app = FastAPI(openapi_url=None)
    sender = Sender(RETRIES, pace=pace)
    wire = Wire(sender, key=key)
    desk = app.state.desk = Desk(
        user_name=user_name,
        password=password,
        callback_key=callback_key,
        clock=clock,
        url=url,
        notice_url=notice_url,
        sender=sender,
    )

    @app.post(PREFIX + "/{method}")
    async def serve(method: str, request: Request) -> Response:
        if method not in desk.acts:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        try:
            raw = await request.json()
            return JSONResponse(await desk.serve(method, raw if isinstance(raw, dict) else {}))
        except ValueError:
            return JSONResponse(No(5, "Неверный формат запроса").body)
        except No as no:
            return JSONResponse(no.body)

    @app.get("/pay_ru")
    async def page(orderId: str) -> Response:  # noqa: N803 - its name on the wire
        if orderId not in desk.deals:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        deal = desk.deals[orderId]
        buttons = "".join(f'<button name="act" value="{act}">{act}</button>' for act in ("pay", "decline"))
        words = f"{to_major(Money(deal.asked.amount, Currency.RUB))} ₽: {_NAMES[deal.status]}"
        return HTMLResponse(f'<meta charset="utf-8"><p>{words}</p><form method="post">{buttons}</form>')

    @app.post("/pay_ru")
    async def press(orderId: str, request: Request) -> Response:  # noqa: N803 - its name on the wire
        act = (await request.form()).get("act")
        done = await (desk.pay if act == "pay" else desk.decline)(orderId)
        asked = desk.deals[orderId].asked
        back = asked.return_url if done["orderStatus"] != DECLINED else asked.fail_url or asked.return_url
        return RedirectResponse(back, status_code=HTTPStatus.SEE_OTHER)

    wire.install(app, pay=desk.pay, decline=desk.decline)
    return app
