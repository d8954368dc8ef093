"""Sber's adapter over its simulator."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI

from bots.chance import SystemChance
from bots.simulators.sber import build
from bots.simulators.sber.api import PREFIX
from bots.simulators.sber.books import Desk
from bots.simulators.wire import FaultKind
from core.gateways.sber import Sber, checksum_of
from core.kernel.charge import ChargeState, RefundState
from core.kernel.money import Currency, Money
from core.kernel.payment import Method
from core.kernel.refusal import Outage, Unanswered
from core.knock import Knock
from tests.fakes.clock import MORNING, FakeClock
from tests.gateways.conftest import Door, served
from tests.gateways.contract import PRICE, Contract, Stand, receipt, rub

USER, PASSWORD, KEY = "shop-api", "password-of-a-test", "callback-key-of-a-test"
COMPANY = {
    "email": "till@example.org",
    "sno": "usn_income",
    "inn": "3900000000",
    "paymentAddress": "https://example.org",
}


@dataclass
class SberStand(Stand):
    desk: Desk = field(init=False)

    def make(
        self, *, url: str | None = None, secret: str | None = None, http: httpx.AsyncClient | None = None
    ) -> Sber:
        return Sber(
            user_name=USER,
            password=secret or PASSWORD,
            callback_key=KEY,
            api_url=(url or self.url) + PREFIX,
            page_url=f"{self.url}/pay_ru",
            company=COMPANY,
            http=http,
        )

    def forge(self, knock: Knock) -> Sequence[Knock]:
        said = json.loads(knock.body)
        bodies: list[Any] = [
            {**said, "operation": "refunded"},
            {**said, "status": 0},
            {**said, "checksum": "0" * 64},
            {name: value for name, value in said.items() if name != "checksum"},
            signed({"mdOrder": "1"}),
            [],
        ]
        raw = [*(json.dumps(body).encode() for body in bodies), b"", b"\xff"]
        return [*(replace(knock, body=body) for body in raw), Knock("GET", {}, {}, b"", "127.0.0.1")]


def signed(said: dict[str, str]) -> dict[str, str]:
    return {**said, "checksum": checksum_of(said, KEY)}


class TestSber(Contract):
    @pytest.fixture
    async def stand(self, door: Door, clock: FakeClock, chance: SystemChance) -> AsyncIterator[Stand]:
        urls: list[str] = []

        def made(url: str) -> FastAPI:
            urls.append(url)
            return build(
                user_name=USER,
                password=PASSWORD,
                callback_key=KEY,
                clock=clock,
                url=url,
                notice_url=door.url,
                pace=0,
                key=PASSWORD,
            )

        async with served(made) as app:
            stand = SberStand(
                url=urls[0],
                wire=app.state.wire,
                door=door,
                clock=clock,
                chance=chance,
                secret=PASSWORD,
                has_registry=False,
            )
            stand.desk = app.state.desk
            yield stand
            await stand.close()

    @pytest.mark.parametrize("method", [Method.CARD, Method.SBP])
    async def test_a_lost_order_is_paid_on_its_page(self, stand: Stand, method: Method) -> None:
        assert isinstance(stand, SberStand)
        order = stand.order(method=method)
        stand.wire.fault(FaultKind.CUT_AFTER)
        with pytest.raises(Unanswered):
            await stand.gateway.charge(order)

        charge = await stand.gateway.charge(order)
        async with httpx.AsyncClient() as browser:
            shown = await browser.get(charge.confirmation_url or "")
            pressed = await browser.post(charge.confirmation_url or "", data={"act": "pay"})

        assert list(stand.desk.deals) == [charge.provider_id]
        assert "4200.00" in shown.text
        assert pressed.headers["location"] == order.return_url
        assert (await stand.again(order, charge)).state is ChargeState.PAID

    async def test_a_refund_is_found_among_the_operations(self, stand: Stand) -> None:
        assert isinstance(stand, SberStand)
        order, charge = await stand.paid()
        first, second = (stand.refund_of(order, charge, rub(minor)) for minor in (100_00, 50_00))

        await stand.gateway.refund(first)
        found = await stand.gateway.read_refund(first, provider_id=None)

        assert found is not None
        assert found.state is RefundState.DONE
        assert await stand.gateway.read_refund(second, provider_id=None) is None
        assert (await stand.again(order, charge)).fee == rub(84_00)

    async def test_a_refund_of_another_sum_under_the_same_id_has_failed(self, stand: Stand) -> None:
        order, charge = await stand.paid()
        back = stand.refund_of(order, charge, rub(100_00))
        await stand.gateway.refund(back)

        other = await stand.gateway.refund(replace(back, amount=rub(1_00), receipt=None))

        assert other.state is RefundState.FAILED

    async def test_a_notice_may_come_in_the_address_or_as_a_form(self, stand: Stand) -> None:
        assert isinstance(stand, SberStand)
        stand.desk.by_get = True
        order, charge = await stand.paid()
        [knock] = stand.door.knocks
        form = Knock("POST", {}, {}, urlencode(knock.query).encode(), "127.0.0.1")

        heard = [stand.gateway.hear(each) for each in (knock, form)]

        assert knock.method == "GET"
        assert heard[0] == heard[1]
        assert heard[0] is not None
        assert (heard[0].provider_id, heard[0].order_id) == (charge.provider_id, order.id)
        with pytest.raises(Outage):
            await stand.lend(secret="another").read(order_id=order.id, provider_id=None)

    async def test_other_news_is_none(self, stand: Stand) -> None:
        said = signed({"mdOrder": "1", "orderNumber": "2", "operation": "created", "status": "1"})

        assert stand.gateway.hear(Knock("GET", said, {}, b"", "127.0.0.1")) is None

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"receipt": receipt(rub(1))}, "корзины"),
            ({"expires_at": MORNING}, "expirationDate"),
            ({"return_url": "short"}, "returnUrl"),
        ],
    )
    async def test_an_order_it_refuses_has_failed(
        self, stand: Stand, changes: dict[str, Any], reason: str
    ) -> None:
        charge = await stand.gateway.charge(stand.order(**changes))

        assert charge.state is ChargeState.FAILED
        assert reason in (charge.reason or "")

    async def test_other_money_than_roubles_is_not_asked_for(self, stand: Stand) -> None:
        charge = await stand.gateway.charge(stand.order(amount=Money(100_00, Currency.KZT), receipt=None))

        assert (charge.state, charge.reason) == (ChargeState.FAILED, "No KZT here")
        assert not stand.wire.received

    @pytest.mark.parametrize(
        ("method", "changes", "code"),
        [
            ("register.do", {"amount": None}, "4"),
            ("register.do", {"amount": "420000"}, "5"),
            ("register.do", {"amount": 1, "colour": "red"}, "5"),
            ("register.do", {"amount": 1, "orderNumber": "x" * 37}, "5"),
            ("register.do", {"amount": 1, "userName": "another"}, "5"),
            ("getOrderStatusExtended.do", {}, "1"),
            ("getOrderStatusExtended.do", {"orderNumber": "nobody"}, "6"),
            ("deposit.do", {"orderId": "x" * 36, "amount": 1}, "6"),
            ("refund.do", {"orderId": "x" * 36, "amount": 1}, "6"),
            ("reverse.do", {"orderId": "x"}, "5"),
        ],
    )
    async def test_the_simulator_is_strict(
        self, stand: Stand, method: str, changes: dict[str, Any], code: str
    ) -> None:
        body: dict[str, Any] = {"userName": USER, "password": PASSWORD}
        body |= {"orderNumber": "1", "returnUrl": "http://127.0.0.1"} if method == "register.do" else {}
        body = {name: value for name, value in {**body, **changes}.items() if value is not None}

        async with httpx.AsyncClient() as client:
            said = (await client.post(f"{stand.url}{PREFIX}/{method}", json=body)).json()

        assert said["errorCode"] == code

    async def test_more_than_is_held_is_not_taken(self, stand: Stand) -> None:
        order, held = await stand.held()

        answered = await stand.gateway.capture(
            order_id=order.id, provider_id=held.provider_id, amount=PRICE + rub(1)
        )

        assert answered.state is ChargeState.HELD


def test_the_checksum_is_made_in_order_of_name() -> None:
    said = {"status": "1", "mdOrder": "3ff6962a", "operation": "deposited", "orderNumber": "10747"}
    other = dict(sorted(said.items())) | {"checksum": "x", "sign_alias": "y"}

    assert checksum_of(said, KEY) == checksum_of(other, KEY)
    assert checksum_of(said, KEY).isupper()
    assert checksum_of(said, "another") != checksum_of(said, KEY)
