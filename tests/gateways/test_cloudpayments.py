"""CloudPayments' adapter over its simulator."""

import base64
import hmac
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from bots.chance import SystemChance
from bots.simulators.cloudpayments import build
from bots.simulators.cloudpayments.books import Desk
from bots.simulators.wire import FaultKind
from core.charge import Charge, Notice, Order, Subject
from core.gateways.cloudpayments import CloudPayments
from core.gateways.wire import MOSCOW
from core.kernel.charge import ChargeState, RefundState
from core.kernel.money import Currency, Money
from core.kernel.payment import Method
from core.kernel.refusal import Unanswered
from core.knock import Knock
from tests.fakes.clock import FakeClock
from tests.gateways.conftest import Door, served
from tests.gateways.contract import PRICE, Contract, Stand, receipt, rub

PUBLIC_ID, SECRET = "test_api_00000000000000000000002", "api-secret-of-a-test"


class Remembering(CloudPayments):
    """Remembers under which name each order was given out."""

    names: dict[str, str]

    async def charge(self, order: Order) -> Charge:
        charge = await super().charge(order)
        self.names[order.id] = charge.provider_id
        return charge


def signed(body: bytes, *, type: str = "application/x-www-form-urlencoded", **query: str) -> Knock:
    mark = base64.b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode()
    return Knock("POST", query, {"content-type": type, "content-hmac": mark}, body, "127.0.0.1")


@dataclass
class CloudPaymentsStand(Stand):
    """A notice bears our number and a transaction's; a charge has a name of its own. `heard` matches them."""

    desk: Desk = field(init=False)
    names: dict[str, str] = field(default_factory=dict)

    def make(
        self, *, url: str | None = None, secret: str | None = None, http: httpx.AsyncClient | None = None
    ) -> CloudPayments:
        gateway = Remembering(
            public_id=PUBLIC_ID,
            api_secret=secret or SECRET,
            clock=self.clock,
            api_url=url or self.url,
            http=http,
        )
        gateway.names = self.names
        return gateway

    def forge(self, knock: Knock) -> Sequence[Knock]:
        unsigned = {name: value for name, value in knock.headers.items() if "hmac" not in name}
        other = base64.b64encode(hmac.digest(b"another", knock.body, "sha256")).decode()
        return [
            replace(knock, headers=unsigned),
            replace(knock, headers={**unsigned, "content-hmac": other}),
            replace(knock, headers={**unsigned, "content-hmac": ""}),
            replace(knock, body=knock.body.replace(b"Amount=4200.00", b"Amount=1.00")),
            replace(knock, body=b""),
            signed(b"a=1"),
            signed(b"\xff", type="application/json"),
            signed(b"[]", type="application/json"),
        ]

    def heard(self) -> list[Notice]:
        return [
            replace(each, provider_id=self.names[each.order_id or ""])
            if each.subject is Subject.CHARGE
            else each
            for each in super().heard()
        ]


class TestCloudPayments(Contract):
    @pytest.fixture
    async def stand(self, door: Door, clock: FakeClock, chance: SystemChance) -> AsyncIterator[Stand]:
        urls: list[str] = []

        def made(url: str) -> FastAPI:
            urls.append(url)
            return build(
                public_id=PUBLIC_ID,
                api_secret=SECRET,
                clock=clock,
                url=url,
                notice_url=door.url,
                pace=0,
                key=SECRET,
            )

        async with served(made) as app:
            stand = CloudPaymentsStand(
                url=urls[0], wire=app.state.wire, door=door, clock=clock, chance=chance, secret=SECRET
            )
            stand.desk = app.state.desk
            yield stand
            await stand.close()

    @pytest.mark.row("A80")
    async def test_a_decline_is_a_charge_that_has_failed_with_a_reason(self, stand: Stand) -> None:
        """By SBP. A card that was declined may be followed by another on the same page."""
        order, by_card = stand.order(method=Method.SBP), stand.order()
        charge, open_still = await stand.gateway.charge(order), await stand.gateway.charge(by_card)

        await stand.decline(charge)
        await stand.decline(open_still)

        failed, waiting = await stand.again(order, charge), await stand.again(by_card, open_still)
        assert (failed.state, failed.reason) == (ChargeState.FAILED, "InsufficientFunds")
        assert (waiting.state, waiting.reason) == (ChargeState.WAITING, "InsufficientFunds")
        await stand.pay(open_still)
        assert (await stand.again(by_card, open_still)).state is ChargeState.PAID

    @pytest.mark.row("L32")
    async def test_the_registry_of_a_day_lists_what_moved_and_nothing_else(self, stand: Stand) -> None:
        """It names transactions, and our numbers with them."""
        day = stand.clock.now().astimezone(MOSCOW).date()
        order, charge = await stand.paid()
        back = stand.refund_of(order, charge, rub(100_00))
        given = await stand.gateway.refund(back)
        await stand.gateway.charge(stand.order())
        late, held = await stand.held()
        declined = stand.order()
        await stand.decline(await stand.gateway.charge(declined))
        stand.clock.advance(days=1)
        await stand.gateway.capture(order_id=late.id, provider_id=held.provider_id, amount=PRICE)

        lines = await stand.gateway.registry(day)
        next_day = await stand.gateway.registry(day + timedelta(days=1))

        assert [(line.subject, line.order_id, line.amount) for line in lines] == [
            (Subject.CHARGE, order.id, PRICE),
            (Subject.REFUND, back.id, rub(100_00)),
        ]
        assert lines[0].provider_id == str(charge.raw["TransactionId"])
        assert lines[0].fee == rub(117_60)
        assert lines[1].provider_id == given.provider_id
        assert [line.order_id for line in next_day] == [late.id]
        assert not await stand.gateway.registry(day - timedelta(days=1))

    async def test_a_day_of_many_pages_is_read_to_its_end(self, stand: Stand) -> None:
        assert isinstance(stand, CloudPaymentsStand)
        order, _ = await stand.paid()
        [first] = stand.desk.transactions.values()
        stand.desk.transactions |= {number: replace(first, number=number) for number in range(1, 150)}

        lines = await stand.gateway.registry(stand.clock.now().astimezone(MOSCOW).date())

        assert len({line.provider_id for line in lines}) == 150
        assert {line.order_id for line in lines} == {order.id}

    async def test_an_order_is_closed_when_its_time_has_passed(self, stand: Stand) -> None:
        assert isinstance(stand, CloudPaymentsStand)
        order = stand.order()
        charge = await stand.gateway.charge(order)
        stand.clock.advance(minutes=30)

        assert (await stand.again(order, charge)).state is ChargeState.CANCELLED
        assert [each.status for each in stand.desk.bills.values()] == ["Cancelled"]

    async def test_whoever_is_at_it_when_an_order_is_closed_may_end_it(self, stand: Stand) -> None:
        assert isinstance(stand, CloudPaymentsStand)
        order = stand.order()
        charge = await stand.gateway.charge(order)
        await stand.pay(charge)
        [attempt], [bill] = stand.desk.transactions.values(), stand.desk.bills.values()
        attempt.status, bill.status = "AwaitingAuthentication", "Created"

        closed = await stand.gateway.cancel(order_id=order.id, provider_id=charge.provider_id)
        attempt.status = "Completed"

        assert (closed.state, bill.status) == (ChargeState.WAITING, "Cancelled")
        assert (await stand.again(order, charge)).state is ChargeState.PAID

    async def test_an_order_that_was_closed_before_is_closed(self, stand: Stand) -> None:
        order = stand.order()
        charge = await stand.gateway.charge(order)
        await stand.gateway.cancel(order_id=order.id, provider_id=charge.provider_id)
        forgetful = stand.lend()

        closed = await forgetful.cancel(order_id=order.id, provider_id=charge.provider_id)

        assert closed.state is ChargeState.CANCELLED

    async def test_whoever_pays_faster_than_an_order_is_closed_has_paid(self, stand: Stand) -> None:
        order, charge = await stand.paid()
        stand.clock.advance(days=1)

        closed = await stand.gateway.cancel(order_id=order.id, provider_id=charge.provider_id)

        assert closed.state is ChargeState.PAID

    async def test_a_refund_is_known_by_our_id_after_an_hour(self, stand: Stand) -> None:
        assert isinstance(stand, CloudPaymentsStand)
        order, charge = await stand.paid()
        back = stand.refund_of(order, charge, rub(100_00))
        stand.wire.fault(FaultKind.CUT_AFTER, path="/payments/refund")
        with pytest.raises(Unanswered):
            await stand.gateway.refund(back)
        other = await stand.gateway.refund(stand.refund_of(order, charge, rub(1_00)))
        stand.clock.advance(hours=2)

        found = await stand.gateway.read_refund(back, provider_id=None)
        again = await stand.gateway.refund(back)

        assert found is not None
        assert (found.state, found.provider_id) == (RefundState.DONE, again.provider_id)
        assert found.provider_id != other.provider_id
        assert len([each for each in stand.desk.transactions.values() if each.original]) == 2

    async def test_notices_in_json_are_heard_too(self, stand: Stand) -> None:
        assert isinstance(stand, CloudPaymentsStand)
        stand.desk.is_json = True
        order, charge = await stand.paid()
        back = stand.refund_of(order, charge)
        given = await stand.gateway.refund(back)
        await stand.wire.sender.settled()

        paid, gone = stand.heard()

        assert (paid.subject, paid.order_id) == (Subject.CHARGE, order.id)
        assert (gone.subject, gone.order_id, gone.provider_id) == (
            Subject.REFUND,
            back.id,
            given.provider_id,
        )

    async def test_the_decoded_signature_will_do(self, stand: Stand) -> None:
        await stand.paid()
        knock = stand.door.knocks[0]
        headers = {name: value for name, value in knock.headers.items() if name != "content-hmac"}

        assert stand.gateway.hear(replace(knock, headers=headers)) is not None

    async def test_other_news_is_none(self, stand: Stand) -> None:
        assert stand.gateway.hear(signed(b"TransactionId=1&OperationType=CardPayout")) is None

    async def test_other_money_than_roubles_is_not_asked_for(self, stand: Stand) -> None:
        charge = await stand.gateway.charge(stand.order(amount=Money(100_00, Currency.KZT), receipt=None))

        assert (charge.state, charge.reason) == (ChargeState.FAILED, "No KZT here")
        assert not stand.wire.received

    @pytest.mark.parametrize(
        ("path", "form", "message"),
        [
            ("orders/create", {"Amount": "1.001", "Description": "x"}, "Invalid Amount value"),
            ("orders/create", {"Amount": "0", "Description": "x"}, "Invalid Amount value"),
            ("orders/create", {"Amount": "1"}, "Invalid Description value"),
            ("orders/create", {"Amount": "1", "Description": "x", "Colour": "red"}, "Invalid Colour value"),
            ("orders/create", {"Amount": "1", "Description": "x", "JsonData": "{"}, "Invalid JsonData value"),
            ("orders/cancel", {"Id": "nobody"}, "Order not found"),
            ("payments/get", {"TransactionId": "1"}, "Not found"),
            ("payments/find", {"InvoiceId": "1"}, "Not found"),
            ("payments/void", {"TransactionId": "1"}, "Not found"),
        ],
    )
    async def test_the_simulator_is_strict(
        self, stand: Stand, path: str, form: dict[str, str], message: str
    ) -> None:
        async with httpx.AsyncClient(auth=(PUBLIC_ID, SECRET)) as client:
            said = (await client.post(f"{stand.url}/{path}", data=form)).json()

        assert said == {"Success": False, "Message": message}

    async def test_an_order_it_refuses_has_failed(self, stand: Stand) -> None:
        charge = await stand.gateway.charge(stand.order(receipt=receipt(rub(1))))

        assert (charge.state, charge.reason) == (ChargeState.FAILED, "Invalid JsonData value")

    async def test_the_page_takes_the_money_in_a_browser(self, stand: Stand) -> None:
        order = stand.order()
        charge = await stand.gateway.charge(order)

        async with httpx.AsyncClient() as browser:
            shown = await browser.get(charge.confirmation_url or "")
            pressed = await browser.post(charge.confirmation_url or "", data={"act": "pay"})

        assert "4200.00" in shown.text
        assert pressed.headers["location"] == order.return_url
        assert (await stand.again(order, charge)).state is ChargeState.PAID
