"""The built-in provider: its adapters over its simulator, its page, and what it remembers."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from bots.chance import SystemChance
from bots.simulators.neutral import build
from bots.simulators.wire import FaultKind
from core.charge import Charge, Destination, PayoutOrder
from core.gateways.neutral import Neutral, NeutralPaymaster
from core.kernel.charge import ChargeState, RefundState
from core.kernel.payment import Method
from core.kernel.refusal import Outage, Unanswered
from core.knock import Forged, Knock
from core.ports import Gateway, Paymaster
from core.wire import trust
from tests.fakes.clock import FakeClock
from tests.gateways.conftest import Door, served
from tests.gateways.contract import PART, PRICE, Contract, PaymasterContract, Stand

KEY = "key-of-a-shop"
JSON = {"Accept": "application/json"}


class NeutralStand(Stand):
    app: FastAPI
    file: Path

    def make(
        self, *, url: str | None = None, secret: str | None = None, http: httpx.AsyncClient | None = None
    ) -> Gateway:
        return Neutral(url=url or self.url, key=secret or self.secret, clock=self.clock, http=http)

    def paymaster(self) -> Paymaster:
        self.payer = NeutralPaymaster(url=self.url, key=self.secret)
        return self.payer

    def forge(self, knock: Knock) -> Sequence[Knock]:
        signature = knock.headers["x-notice-signature"]
        later = str(int(knock.headers["x-notice-time"]) + 1)
        return [
            replace(knock, headers={**knock.headers, "x-notice-signature": signature[::-1]}),
            replace(knock, headers={**knock.headers, "x-notice-time": later}),
            replace(knock, headers={}),
            replace(knock, body=knock.body.replace(b'"paid"', b'"held"')),
            replace(knock, method="GET"),
        ]

    async def close(self) -> None:
        if hasattr(self, "payer"):
            await self.payer.close()
        await super().close()
        await self.app.state.close()


@pytest.fixture
async def stand(
    tmp_path: Path, door: Door, clock: FakeClock, chance: SystemChance
) -> AsyncIterator[NeutralStand]:
    where: list[str] = []

    def build_it(url: str) -> FastAPI:
        where.append(url)
        return build(tmp_path / "p.sqlite", key=KEY, url=url, clock=clock, chance=chance, pace=0)

    async with served(build_it) as app:
        made = NeutralStand(where[0], app.state.wire, door, clock, chance, KEY)
        made.app, made.file = app, tmp_path / "p.sqlite"
        yield made
        await made.close()


class TestNeutral(Contract):
    pass


class TestNeutralPaymaster(PaymasterContract):
    async def test_nobody_at_that_phone_is_a_payout_that_failed(
        self, stand: NeutralStand, payer: Paymaster
    ) -> None:
        order = self._order(stand, to={"phone": "+79110000000", "bank_id": "100000000111"})

        refused = await payer.pay_out(order)

        assert (refused.state, refused.reason) == (RefundState.FAILED, "recipient_not_found")

    async def test_a_card_is_paid_by_its_token(self, stand: NeutralStand, payer: Paymaster) -> None:
        order: PayoutOrder = self._order(
            stand, destination=Destination.CARD, to={"token": "pt-1", "name": "А"}
        )

        assert (await payer.pay_out(order)).state is RefundState.DONE


# Notices


@pytest.mark.row("A107")
async def test_a_recorded_notice_is_old_after_five_minutes(stand: NeutralStand) -> None:
    await stand.paid()
    stand.clock.advance(minutes=6)

    with pytest.raises(Forged):
        stand.gateway.hear(stand.door.knocks[0])


async def test_a_notice_sent_again_later_is_fresh(stand: NeutralStand) -> None:
    stand.door.refusals = 100
    order, charge = await stand.paid()
    stand.clock.advance(hours=1)
    stand.door.refusals = 0

    again = build(stand.file, key=KEY, url=stand.url, clock=stand.clock, chance=stand.chance, pace=0)
    await again.state.start()
    await again.state.wire.sender.settled()
    await again.state.close()

    assert [notice.order_id for notice in stand.heard()] == [order.id]
    assert charge.state is ChargeState.PAID


async def test_another_shops_notice_is_forged(stand: NeutralStand) -> None:
    await stand.paid()

    with pytest.raises(Forged):
        stand.lend(secret="key-of-another-shop").hear(stand.door.knocks[0])


# Memory


async def test_a_restart_forgets_nothing(stand: NeutralStand) -> None:
    order, charge = await stand.paid()

    again = build(stand.file, key=KEY, url=stand.url, clock=stand.clock, chance=stand.chance)
    transport = httpx.ASGITransport(app=again)
    async with httpx.AsyncClient(transport=transport, headers={"Authorization": f"Bearer {KEY}"}) as client:
        found = (await client.get(f"{stand.url}/charges", params={"order_id": order.id})).json()
    await again.state.close()

    assert (found["id"], found["status"]) == (charge.provider_id, "paid")


async def test_what_was_asked_before_in_other_words_is_found(stand: NeutralStand) -> None:
    order, charge = await stand.paid()
    back = stand.refund_of(order, charge, PART)
    refund = await stand.gateway.refund(back)

    other = await stand.gateway.charge(replace(order, description="other"))
    other_refund = await stand.gateway.refund(replace(back, reason="other"))

    assert (other.provider_id, other.state) == (charge.provider_id, ChargeState.PAID)
    assert (other_refund.provider_id, other_refund.amount) == (refund.provider_id, PART)


async def test_a_refused_capture_leaves_the_hold_to_be_captured(stand: NeutralStand) -> None:
    order, held = await stand.held()
    ids = {"order_id": order.id, "provider_id": held.provider_id}

    much = await stand.gateway.capture(**ids, amount=PRICE + PRICE)
    part = await stand.gateway.capture(**ids, amount=PART)

    assert (much.state, much.amount) == (ChargeState.HELD, PRICE)
    assert (part.state, part.amount) == (ChargeState.PAID, PART)


async def test_sbp_is_never_held(stand: NeutralStand) -> None:
    refused = await stand.gateway.charge(stand.order(method=Method.SBP, is_two_stage=True))

    assert (refused.state, refused.reason) == (ChargeState.FAILED, "no_hold")


async def test_what_is_held_too_long_goes_back(stand: NeutralStand) -> None:
    order, held = await stand.held()
    stand.clock.advance(days=7)

    found = await stand.again(order, held)

    assert (found.state, found.reason) == (ChargeState.CANCELLED, "hold_expired")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount_minor", 0),
        ("amount_minor", "100"),
        ("amount_minor", 1.5),
        ("amount_minor", 10**9),
        ("currency", "USD"),
        ("method", "cash"),
        ("two_stage", "yes"),
        ("expires_at", "2026-03-02T10:00:00"),
        ("unknown", 1),
    ],
)
async def test_what_is_malformed_is_refused(stand: NeutralStand, name: str, value: object) -> None:
    body = {
        "order_id": "o-1",
        "amount_minor": 100,
        "currency": "RUB",
        "method": "card",
        "description": "",
        "two_stage": False,
        "return_url": "http://x",
        "notice_url": "http://x",
        "expires_at": (stand.clock.now() + timedelta(hours=1)).isoformat(),
        "lang": "ru",
    }
    headers = {"Authorization": f"Bearer {KEY}", "Idempotence-Key": "k"}
    async with httpx.AsyncClient(verify=trust()) as client:
        refused = await client.post(f"{stand.url}/charges", json={**body, name: value}, headers=headers)
        keyless = await client.post(
            f"{stand.url}/charges", json=body, headers=headers | {"Idempotence-Key": ""}
        )
        taken = await client.post(f"{stand.url}/charges", json=body, headers=headers)

    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "malformed")
    assert keyless.status_code == 422
    assert taken.status_code == 200


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (FaultKind.REFUSE, Outage),
        (FaultKind.CUT_AFTER, Unanswered),
        (FaultKind.FAIL_AFTER, Unanswered),
        (FaultKind.GARBAGE, Unanswered),
    ],
)
async def test_within_one_process_it_fails_as_over_a_socket(
    stand: NeutralStand, kind: FaultKind, error: type[Outage]
) -> None:
    """`make run` mounts the provider and speaks to it without a socket."""
    main = FastAPI()
    main.mount("/simulator", stand.app)
    inside = httpx.AsyncClient(transport=httpx.ASGITransport(app=main))
    near = stand.lend(url="http://naryad/simulator", http=inside)
    order = stand.order()
    stand.wire.fault(kind, path="/charges")

    with pytest.raises(Outage) as raised:
        await near.charge(order)

    assert type(raised.value) is error
    assert (await near.charge(order)).state is ChargeState.WAITING


# The page


async def page_of(stand: NeutralStand) -> tuple[Charge, str]:
    charge = await stand.gateway.charge(stand.order())
    assert charge.confirmation_url is not None
    return charge, charge.confirmation_url


async def test_the_page_shows_what_is_paid_for_in_two_languages(stand: NeutralStand) -> None:
    _, url = await page_of(stand)

    async with httpx.AsyncClient(verify=trust()) as client:
        page = await client.get(url)
        english = await client.get(url, params={"lang": "en"})
        css = await client.get(f"{stand.url}/paper.css")

    assert "4\u00a0200\u00a0₽" in page.text
    assert "Замена картриджа смесителя" in page.text
    assert page.text.count("<form") == 3
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "Оплатить" in page.text
    assert '<html lang="en">' in english.text
    assert css.headers["content-type"].startswith("text/css")


@pytest.mark.row("A78")
@pytest.mark.parametrize(("act", "state"), [("pay", "paid"), ("decline", "declined"), ("lose", "paid")])
async def test_a_button_ends_the_charge_once(stand: NeutralStand, act: str, state: str) -> None:
    charge, url = await page_of(stand)

    async with httpx.AsyncClient(verify=trust()) as client:
        pressed = await client.post(f"{url}/{act}", headers=JSON)
        again = await client.post(f"{url}/{act}", headers=JSON)
        page = await client.get(url)
    await stand.wire.sender.settled()

    assert (pressed.status_code, pressed.json()["status"]) == (200, state)
    assert (again.status_code, again.json()["status"]) == (200, state)
    assert "<form" not in page.text
    assert len(stand.heard()) == (0 if act == "lose" else 1)
    found = await stand.gateway.read(order_id=charge.order_id, provider_id=charge.provider_id)
    assert found is not None
    assert found.amount == PRICE


async def test_what_is_over_is_not_paid_any_more(stand: NeutralStand) -> None:
    _, url = await page_of(stand)

    async with httpx.AsyncClient(verify=trust()) as client:
        await client.post(f"{url}/decline")
        late = await client.post(f"{url}/pay", headers=JSON)
        shown = await client.post(f"{url}/pay")
        nobody = await client.post(f"{stand.url}/pay/guess/pay")

    assert (late.status_code, late.json()["error"]["code"]) == (409, "over")
    assert shown.status_code == 409
    assert "банк отказал" in shown.text
    assert nobody.status_code == 404


@pytest.mark.parametrize("what", ["/_sim/log", "/charges?order_id=x", "/registry?day=2026-03-02"])
async def test_strangers_see_nothing(stand: NeutralStand, what: str) -> None:
    async with httpx.AsyncClient(verify=trust()) as client:
        assert (await client.get(f"{stand.url}{what}")).status_code == 401
