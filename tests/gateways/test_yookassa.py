"""YooKassa: its adapters over its simulator, and what its description asks of both."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bots.chance import SystemChance
from bots.simulators.wire import FaultKind
from bots.simulators.yookassa import build
from core.charge import Destination, Subject
from core.gateways.wire import MOSCOW
from core.gateways.yookassa import YooKassa, YooKassaPaymaster
from core.kernel.charge import ChargeState, RefundState
from core.kernel.payment import Method
from core.kernel.refusal import Outage, Unanswered
from core.knock import Forged, Knock
from core.ports import Gateway, Paymaster
from core.wire import trust
from tests.fakes.clock import FakeClock
from tests.gateways.conftest import Door, served
from tests.gateways.contract import PART, PRICE, Contract, PaymasterContract, Stand, rub

SHOP, SECRET = "506751", "test-key-of-the-shop"
PAYOUTS, PAYOUT_SECRET = "507000", "test-key-of-the-payouts"
LOOPBACK = ("127.0.0.0/8",)


class YooKassaStand(Stand):
    def make(
        self, *, url: str | None = None, secret: str | None = None, http: httpx.AsyncClient | None = None
    ) -> Gateway:
        return YooKassa(
            shop_id=SHOP,
            secret_key=secret or self.secret,
            api_url=f"{url or self.url}/v3",
            networks=LOOPBACK,
            http=http,
        )

    def paymaster(self) -> Paymaster:
        self.payer = YooKassaPaymaster(gateway_id=PAYOUTS, secret_key=PAYOUT_SECRET, api_url=f"{self.url}/v3")
        return self.payer

    def forge(self, knock: Knock) -> Sequence[Knock]:
        said = json.loads(knock.body)
        other = {**said["object"], "recipient": {"account_id": "1", "gateway_id": "1"}}
        return [
            replace(knock, address="8.8.8.8"),
            replace(knock, address="::ffff:8.8.8.8"),
            replace(knock, address="localhost"),
            replace(knock, method="GET"),
            replace(knock, body=b"[]"),
            replace(knock, body=knock.body.replace(said["object"]["id"].encode(), b"../payouts/1?")),
            replace(knock, body=b'{"type":"notification","event":"payment.succeeded","object":[]}'),
            replace(knock, body=json.dumps({**said, "type": "error"}).encode()),
            replace(knock, body=json.dumps({**said, "object": other}).encode()),
        ]

    async def close(self) -> None:
        if hasattr(self, "payer"):
            await self.payer.close()
        await super().close()


@pytest.fixture
async def stand(door: Door, clock: FakeClock, chance: SystemChance) -> AsyncIterator[YooKassaStand]:
    where: list[str] = []

    def build_it(url: str) -> FastAPI:
        where.append(url)
        return build(
            shop_id=SHOP,
            secret_key=SECRET,
            url=url,
            notice_url=door.url,
            clock=clock,
            chance=chance,
            pace=0,
            gateway_id=PAYOUTS,
            payout_key=PAYOUT_SECRET,
        )

    async with served(build_it) as app:
        made = YooKassaStand(where[0], app.state.wire, door, clock, chance, SECRET, closes_unpaid=False)
        yield made
        await made.close()


class TestYooKassa(Contract):
    pass


class TestYooKassaPaymaster(PaymasterContract):
    async def test_nobody_at_that_phone_is_a_payout_that_failed(
        self, stand: YooKassaStand, payer: Paymaster
    ) -> None:
        order = self._order(stand, to={"phone": "+79110000000", "bank_id": "100000000111"})

        refused = await payer.pay_out(order)

        assert (refused.state, refused.reason) == (RefundState.FAILED, "recipient_not_found")

    async def test_a_payout_is_found_by_our_id(self, stand: YooKassaStand, payer: Paymaster) -> None:
        order = self._order(stand)
        await payer.pay_out(self._order(stand))
        paid = await payer.pay_out(order)

        found = await payer.read(order, provider_id=None)

        assert found is not None
        assert found.provider_id == paid.provider_id

    async def test_a_card_is_paid_by_its_token_and_an_account_not_at_all(
        self, stand: YooKassaStand, payer: Paymaster
    ) -> None:
        card = self._order(stand, destination=Destination.CARD, to={"token": "pt-1"})
        account = self._order(stand, destination=Destination.ACCOUNT, to={"account": "4", "bic": "0"})

        assert (await payer.pay_out(card)).state is RefundState.DONE
        assert (await payer.pay_out(account)).state is RefundState.FAILED

    async def test_the_shops_key_pays_nobody_out(self, stand: YooKassaStand) -> None:
        stranger = YooKassaPaymaster(gateway_id=SHOP, secret_key=SECRET, api_url=f"{stand.url}/v3")

        with pytest.raises(Outage, match="YooKassa does not take our credentials") as raised:
            await stranger.pay_out(self._order(stand))
        await stranger.close()

        assert SECRET not in str(raised.value)

    async def test_the_payouts_notice_names_ours(self, stand: YooKassaStand, payer: Paymaster) -> None:
        order = self._order(stand)
        await payer.pay_out(order)
        await stand.wire.sender.settled()

        assert [(heard.subject, heard.order_id) for heard in stand.heard()] == [(Subject.PAYOUT, order.id)]


# What is asked


async def test_a_payment_is_asked_as_described(stand: YooKassaStand) -> None:
    order = stand.order(lang="en")

    await stand.gateway.charge(order)

    asked = json.loads(stand.wire.received[0]["body"])
    assert asked == {
        "amount": {"value": "4200.00", "currency": "RUB"},
        "capture": True,
        "description": "Замена картриджа смесителя, № 2026-0001",
        "payment_method_data": {"type": "bank_card"},
        "confirmation": {"type": "redirect", "return_url": order.return_url, "locale": "en_US"},
        "metadata": {"order_id": order.id, "job_number": "2026-0001"},
        "receipt": {
            "customer": {"email": "client@example.org", "phone": "79110000002"},
            "items": [
                {
                    "description": "Замена картриджа смесителя",
                    "quantity": 1,
                    "amount": {"value": "4200.00", "currency": "RUB"},
                    "vat_code": 1,
                    "payment_subject": "service",
                    "payment_mode": "full_payment",
                }
            ],
        },
    }


async def test_what_is_too_long_is_cut_and_what_is_too_much_is_left_out(stand: YooKassaStand) -> None:
    facts = {f"fact-{number}": "ф" * 600 for number in range(20)}

    charge = await stand.gateway.charge(stand.order(description="д" * 300, facts=facts))

    assert charge.state is ChargeState.WAITING


# Fees, reasons, keys


async def test_the_fee_is_what_the_shop_does_not_get(stand: YooKassaStand) -> None:
    _, charge = await stand.paid()

    assert charge.fee == rub(117_60)  # 2.8 %


async def test_a_hold_that_ran_out_is_cancelled_and_not_declined(stand: YooKassaStand) -> None:
    order, held = await stand.held()
    stand.clock.advance(days=7)

    found = await stand.again(order, held)

    assert (found.state, found.reason) == (ChargeState.CANCELLED, "expired_on_capture")


async def test_sbp_is_never_held(stand: YooKassaStand) -> None:
    refused = await stand.gateway.charge(stand.order(method=Method.SBP, is_two_stage=True))

    assert (refused.state, refused.reason) == (ChargeState.FAILED, "invalid_request capture")


async def test_a_key_with_another_body_finds_the_first_payment(stand: YooKassaStand) -> None:
    order = stand.order()
    first = await stand.gateway.charge(order)

    second = await stand.gateway.charge(replace(order, description="other words"))

    assert second.provider_id == first.provider_id
    assert second.state is ChargeState.WAITING


async def test_a_repeated_answer_is_the_first_one_and_reading_tells_the_truth(stand: YooKassaStand) -> None:
    order, charge = await stand.paid()

    repeated = await stand.gateway.charge(order)

    assert (repeated.provider_id, repeated.state) == (charge.provider_id, ChargeState.WAITING)
    assert (await stand.again(order, charge)).state is ChargeState.PAID


async def test_an_order_is_found_among_many(stand: YooKassaStand) -> None:
    order = stand.order()
    charge = await stand.gateway.charge(order)
    for _ in range(105):
        stand.clock.advance(seconds=1)
        await stand.gateway.charge(stand.order(receipt=None))

    found = await stand.gateway.read(order_id=order.id, provider_id=None)

    assert found is not None
    assert found.provider_id == charge.provider_id


async def test_a_refund_is_found_by_our_id(stand: YooKassaStand) -> None:
    order, charge = await stand.paid()
    backs = [stand.refund_of(order, charge, rub(minor)) for minor in (100, 200)]
    made = [await stand.gateway.refund(back) for back in backs]

    found = await stand.gateway.read_refund(backs[0], provider_id=None)
    other = await stand.gateway.refund(replace(backs[0], reason="other words"))

    assert found is not None
    assert found.provider_id == other.provider_id == made[0].provider_id


# The registry by Moscow days


@pytest.mark.row("L32")
async def test_a_day_begins_at_midnight_in_moscow(stand: YooKassaStand) -> None:
    stand.clock.advance(hours=11, minutes=59)  # 20:59 UTC: a minute before midnight there
    _, evening = await stand.paid()
    day = stand.clock.now().astimezone(MOSCOW).date()
    stand.clock.advance(minutes=1)
    _, night = await stand.paid()

    today = await stand.gateway.registry(day)
    tomorrow = await stand.gateway.registry(day + timedelta(days=1))

    assert [line.provider_id for line in today] == [evening.provider_id]
    assert [line.provider_id for line in tomorrow] == [night.provider_id]
    assert today[0].fee == rub(117_60)


# Notices


@pytest.mark.row("A107")
@pytest.mark.parametrize(
    ("address", "is_theirs"),
    [
        ("185.71.76.1", True),
        ("185.71.77.31", True),
        ("77.75.153.127", True),
        ("77.75.154.128", True),
        ("77.75.156.11", True),
        ("77.75.156.35", True),
        ("2a02:5180::1", True),
        ("::ffff:185.71.76.1", True),
        ("185.71.76.32", False),
        ("77.75.153.128", False),
        ("77.75.156.12", False),
        ("127.0.0.1", False),
        ("", False),
    ],
)
async def test_only_their_networks_are_heard(address: str, is_theirs: bool) -> None:
    body = {"type": "notification", "event": "refund.succeeded", "object": {"id": "1"}}
    knock = Knock("POST", {}, {}, json.dumps(body).encode(), address)
    gateway = YooKassa(shop_id=SHOP, secret_key=SECRET)

    if is_theirs:
        heard = gateway.hear(knock)
        assert heard is not None
        assert (heard.subject, heard.key) == (Subject.REFUND, "refund.succeeded:1")
    else:
        with pytest.raises(Forged):
            gateway.hear(knock)
    await gateway.close()


@pytest.mark.parametrize("event", ["deal.closed", "payment_method.active", "payment.invented"])
async def test_other_events_tell_us_nothing(stand: YooKassaStand, event: str) -> None:
    body = {"type": "notification", "event": event, "object": {"id": "1"}}

    assert stand.gateway.hear(Knock("POST", {}, {}, json.dumps(body).encode(), "127.0.0.1")) is None


# Answers that are none


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (202, {"type": "processing", "retry_after": 1800}, Unanswered),
        (500, {"type": "error", "code": "internal_server_error"}, Unanswered),
        (502, {}, Unanswered),
        (429, {"type": "error", "code": "too_many_requests"}, Outage),
        (403, {"type": "error", "code": "forbidden"}, Outage),
        (200, {"id": "1", "status": "invented", "amount": {"value": "1.00", "currency": "RUB"}}, Unanswered),
        (200, {"id": "1", "status": "pending", "amount": {"value": "1.005", "currency": "RUB"}}, Unanswered),
        (200, {"id": "1", "status": "pending", "amount": {"value": 1.5, "currency": "EUR"}}, Unanswered),
        (200, {"id": "1", "status": "pending"}, Unanswered),
    ],
)
async def test_what_is_no_answer_raises(
    stand: YooKassaStand, status: int, body: dict[str, Any], error: type[Outage]
) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=body))
    deaf = stand.lend(http=httpx.AsyncClient(transport=transport))

    with pytest.raises(Outage) as raised:
        await deaf.charge(stand.order())

    assert isinstance(raised.value, error)
    assert isinstance(raised.value, Unanswered) is (error is Unanswered)


# The simulator keeps to the description


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        ({"amount": {"value": "4200", "currency": "RUB"}}, "amount.value"),
        ({"amount": {"value": "0.00", "currency": "RUB"}}, "amount"),
        ({"amount": {"value": "1.00", "currency": "USD"}}, "amount.currency"),
        ({"amount": None}, "amount"),
        ({"description": "д" * 129}, "description"),
        ({"invented": 1}, "invented"),
        ({"capture": "yes"}, "capture"),
        ({"confirmation": None}, "confirmation"),
        ({"confirmation": {"type": "redirect"}}, "confirmation.redirect.return_url"),
        ({"confirmation": {"type": "qr"}}, "confirmation.type"),
        ({"metadata": {str(number): "x" for number in range(17)}}, "metadata"),
    ],
)
async def test_the_simulator_refuses_what_is_not_described(
    stand: YooKassaStand, change: dict[str, object], parameter: str
) -> None:
    body: dict[str, object] = {
        "amount": {"value": "1.00", "currency": "RUB"},
        "confirmation": {"type": "redirect", "return_url": "https://x"},
        "capture": True,
    }
    async with httpx.AsyncClient(auth=(SHOP, SECRET), verify=trust()) as client:
        url, headers = f"{stand.url}/v3/payments", {"Idempotence-Key": "k"}
        refused = await client.post(url, json={**body, **change}, headers=headers)
        taken = await client.post(url, json=body, headers=headers)
        keyless = await client.post(url, json=body)

    said = refused.json()
    assert (refused.status_code, said["type"], said["code"], said["parameter"]) == (
        400,
        "error",
        "invalid_request",
        parameter,
    )
    assert taken.status_code == 200
    assert keyless.status_code == 400


async def test_a_partial_capture_refunds_no_more_than_was_taken(stand: YooKassaStand) -> None:
    order, held = await stand.held()
    taken = await stand.gateway.capture(order_id=order.id, provider_id=held.provider_id, amount=PART)

    much = await stand.gateway.refund(stand.refund_of(order, replace(taken, amount=PRICE)))

    assert much.state is RefundState.FAILED
    assert much.reason == "invalid_request amount"


async def test_a_refused_capture_is_answered_as_the_charge_stands(stand: YooKassaStand) -> None:
    order, held = await stand.held()

    much = await stand.gateway.capture(order_id=order.id, provider_id=held.provider_id, amount=PRICE + PRICE)

    assert (much.state, much.amount) == (ChargeState.HELD, PRICE)


async def test_faults_are_set_over_http(stand: YooKassaStand) -> None:
    async with httpx.AsyncClient(verify=trust()) as client:
        url = f"{stand.url}/_sim"
        set_one = await client.post(f"{url}/faults", json={"kind": "cut_after", "path": "/v3/refunds"})
        set_mode = await client.post(f"{url}/faults", json={"kind": "notices", "mode": "never"})
        wrong = await client.post(f"{url}/faults", json={"kind": "invented"})
        await stand.paid()
        log = (await client.get(f"{url}/log")).json()
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(f"{stand.url}/v3/refunds")
        await client.delete(f"{url}/faults")
        healed = await client.get(f"{stand.url}/v3/refunds")

    assert (set_one.status_code, set_mode.status_code, wrong.status_code) == (204, 204, 400)
    assert (len(log["received"]), log["notices"], stand.heard()) == (2, [], [])
    assert healed.status_code == 401
    assert FaultKind.CUT_AFTER in FaultKind
