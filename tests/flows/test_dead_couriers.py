"""A courier that dies with an answer in hand: the provider is asked again, and has done it once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bots.chance import SystemChance
from bots.courier import Courier
from bots.simulators.neutral import build
from core.flows.payouts import PayoutRules
from core.gateways.neutral import Neutral, NeutralPaymaster
from storage.engine import Engine
from tests.fakes.clock import FakeClock
from tests.flows.till import OWNER, Till

URL, KEY = "http://provider.test", "key-of-a-shop"


class Shop(Till):
    """A till whose provider is the built-in one, over HTTP without a network."""

    app: FastAPI

    def __post_init__(self) -> None:
        super().__post_init__()
        wire = httpx.ASGITransport(self.app)
        self.gateway: Any = Neutral(
            url=URL, key=KEY, clock=self.clock, http=httpx.AsyncClient(transport=wire)
        )
        self.paymaster: Any = NeutralPaymaster(url=URL, key=KEY, http=httpx.AsyncClient(transport=wire))
        self.payout_rules = PayoutRules("fake", by_hand=False)
        self.payout_to = {"destination": "sbp", "phone": "+79110000001", "bank_id": "100000000111"}
        self.pump, self.courier = self.another_pump(), self.another_courier()
        headers = {"Authorization": f"Bearer {KEY}"}
        self.people = httpx.AsyncClient(transport=wire, base_url=URL, headers=headers)

    async def dies(self) -> None:
        """Whatever is due is done out there, and nobody here writes down that it was."""
        dying: Courier = self.courier
        assert await dying._begin()
        await asyncio.gather(*dying._flying)
        assert dying._landed
        self.courier, self.pump = self.another_courier(), self.another_pump()
        await self.drain()
        self.clock.advance(seconds=61)
        await self.drain()

    async def press(self, job_id: str, payment_id: str) -> None:
        """The master asks for the card; nobody goes out yet."""
        await self.put_letter("payment-charge", job_id, payment_id=payment_id, method="card")

    async def put_letter(self, kind: str, job_id: str, **payload: Any) -> None:
        told = {"job_id": job_id, "actor": OWNER, **payload}
        await self.put(f"job:{job_id}", kind, told)

    async def put_payout(self, day: str) -> None:
        to = {"master_id": "boris", "actor": OWNER, "to": self.payout_to}
        await self.put("master:boris", "payout-to", to)
        await self.put("master:boris", "payout", {"master_id": "boris", "day": day})

    async def put_notice(self, charge_id: str) -> None:
        named = {"provider_id": "of-no-use", "order_id": charge_id}
        await self.put("notice", "notice", {"provider": "simulator", "subject": "charge", **named})

    async def put(self, lane: str, kind: str, payload: dict[str, Any]) -> None:
        """Put a letter and handle it, without what follows outside."""
        key = f"{kind}:{next(self._numbers)}"
        await self.intake.put(lane=lane, key=key, kind=kind, payload=payload)
        while await self.pump.tick():
            pass

    async def asked(self, method: str, part: str) -> int:
        """Return how often the provider was asked for this."""
        log = (await self.people.get("/_sim/log")).json()["received"]
        return sum(line["method"] == method and line["path"].endswith(part) for line in log)

    async def has(self, what: str, **named: str) -> dict[str, Any]:
        """Return what the provider has under our id."""
        answer = await self.people.get(f"/{what}", params=named)
        assert answer.is_success, answer.text
        return dict(answer.json())

    async def client_pays(self, charge_id: str) -> None:
        provider_id = (await self.has("charges", order_id=charge_id))["id"]
        assert (await self.people.post(f"/_sim/charges/{provider_id}/pay")).is_success

    async def close(self) -> None:
        await self.gateway.close()
        await self.paymaster.close()
        await self.people.aclose()


@pytest.fixture
async def shop(engine: Engine, clock: FakeClock, chance: SystemChance, tmp_path: Path) -> AsyncIterator[Shop]:
    nowhere = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(500)))
    Shop.app = build(
        tmp_path / "simulator.db", key=KEY, url=URL, clock=clock, chance=chance, pace=0, http=nowhere
    )
    lent = Shop(engine, clock, chance)
    yield lent
    await lent.close()
    await Shop.app.state.close()


@pytest.mark.row("L5")
async def test_every_effect_of_money_is_done_once(shop: Shop) -> None:
    job_id = await shop.done_job()
    payment_id = await shop.open_payment(job_id)
    await shop.press(job_id, payment_id)

    await shop.dies()  # with the charge
    charge_id = (await shop.payment(payment_id)).charge_id or ""
    assert await shop.asked("POST", "/charges") == 2
    assert (await shop.has("charges", order_id=charge_id))["status"] == "waiting"
    assert (await shop.charge_row(charge_id)).state == "waiting"

    await shop.client_pays(charge_id)
    await shop.put_notice(charge_id)
    await shop.courier.tick()  # it is held
    while await shop.pump.tick():
        pass
    await shop.dies()  # with the capture
    assert await shop.asked("POST", "/capture") == 2
    payment = await shop.payment(payment_id)
    assert payment.state == "succeeded"
    assert (await shop.has("charges", order_id=charge_id))["paid_minor"] == payment.amount_minor

    await shop.put_letter("refund", job_id, payment_id=payment_id, amount_minor=100)
    await shop.dies()  # with the refund
    (refund,) = await shop.refunds()
    assert refund.state == "done"
    assert (await shop.has("charges", order_id=charge_id))["refunded_minor"] == 100

    left = (await shop.balances())["master:boris"]
    await shop.put_payout("2026-03-06")
    await shop.dies()  # with the payout
    assert await shop.asked("POST", "/payouts") == 2
    balances = await shop.balances()
    assert "master:boris" not in balances
    assert balances["bank"] == left
