"""Payments by card, end to end, through a provider in memory: what is ours of the way, and nothing else.

A master asks for the charge; the provider answers where it is paid; the client pays at once; the notice
comes; the charge is read anew, the money split, both people told. It counts when the history says so.
"""

import asyncio
import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import NoReturn

from sqlalchemy import func, select

from bots.providers import Providers
from core.charge import Charge, Notice, Order
from core.kernel.charge import ChargeState
from core.kernel.payment import Method
from core.knock import Knock, Thanks
from scripts.bench.driving import Driver
from storage.mail import Outcome
from storage.tables import EventRow

NAME = "memory"
AT_ONCE = 64  # clients who pay at the same time
LOOK_S = 0.02  # between looks into the history, as a terminal that follows it would have it


class Memory:
    """A provider that answers at once and whose clients pay at once."""

    name = NAME
    methods: Collection[Method] = frozenset({Method.CARD})
    two_stage: Collection[Method] = frozenset()
    has_registry = True
    thanks = Thanks()

    def __init__(self) -> None:
        """Begin with no charge."""
        self._charges: dict[str, Charge] = {}
        self._asked: dict[str, asyncio.Event] = {}

    async def charge(self, order: Order) -> Charge:
        """Make a charge that waits for its client."""
        charge = Charge(
            order_id=order.id,
            provider_id=f"m-{order.id}",
            state=ChargeState.WAITING,
            amount=order.amount,
            method=order.method,
            confirmation_url=f"https://pay.invalid/{order.id}",
            raw={"id": f"m-{order.id}", "status": "pending"},
        )
        self._charges[order.id] = charge
        self._seen(order.facts["job_id"]).set()
        self._charges[order.facts["job_id"]] = charge
        return charge

    async def pay(self, job_id: str) -> str:
        """Pay a job's charge once it is there; returns our id of it."""
        await self._seen(job_id).wait()
        charge = self._charges[job_id]
        self._charges[charge.order_id] = replace(charge, state=ChargeState.PAID)
        return charge.order_id

    def _seen(self, job_id: str) -> asyncio.Event:
        return self._asked.setdefault(job_id, asyncio.Event())

    async def read(self, *, order_id: str, provider_id: str | None) -> Charge | None:  # noqa: ARG002
        """Read a charge."""
        return self._charges.get(order_id)

    async def _beside(self, *_asked: object, **_more: object) -> NoReturn:
        """Nothing is held, let go or given back here, and no day ends."""
        raise LookupError("the bench's provider takes money at once and does nothing else with it")

    capture = cancel = refund = read_refund = registry = _beside

    def hear(self, knock: Knock) -> Notice | None:
        """Hear nothing: the bench puts notices where a door would put them."""
        del knock
        return None

    async def close(self) -> None:
        """Nothing is open."""


class Settled:
    """Follows the history, and tells who waits that a payment has succeeded."""

    def __init__(self, driver: Driver) -> None:
        """Follow what this program writes."""
        self._driver = driver
        self._waiting: dict[str, asyncio.Future[None]] = {}

    def wait(self, payment_id: str) -> asyncio.Future[None]:
        """Return what is done once the payment has succeeded."""
        return self._waiting.setdefault(payment_id, asyncio.get_running_loop().create_future())

    async def follow(self) -> None:
        """Look every few milliseconds, until cancelled."""
        readers = self._driver.naryad.readers
        async with readers() as session:
            upto = int(await session.scalar(select(func.coalesce(func.max(EventRow.seq), 0))) or 0)
        while True:
            await asyncio.sleep(LOOK_S)
            query = select(EventRow.seq, EventRow.object, EventRow.action, EventRow.object_id)
            async with readers() as session:
                rows = (await session.execute(query.where(EventRow.seq > upto).order_by(EventRow.seq))).all()
            for seq, thing, action, id in rows:
                upto = seq
                if (thing, action) == ("payment", "succeeded") and not (done := self.wait(id)).done():
                    done.set_result(None)


def providers(gateway: Memory) -> Providers:
    """Connect nothing but this provider."""
    return Providers({NAME: gateway})


async def pay(driver: Driver, gateway: Memory, settled: Settled, work: list[tuple[str, str]]) -> None:
    """Take card payments one after the other, from the master's press to the money in the books."""
    while work:
        job_id, master_id = work.pop()
        begun = time.perf_counter()
        payment_id = f"payment-{job_id}"
        actor: Mapping[str, str] = {"kind": "master", "id": master_id}
        await driver.put(
            "payment-charge",
            f"job:{job_id}",
            {"payment_id": payment_id, "job_id": job_id, "method": "card", "actor": actor},
        )
        charge_id = await gateway.pay(job_id)
        provider_id = f"m-{charge_id}"
        told = {
            "provider": NAME,
            "subject": "charge",
            "provider_id": provider_id,
            "order_id": charge_id,
        }
        await driver.put("notice", f"notice:{NAME}:{provider_id}", told)
        await settled.wait(payment_id)
        driver.tally.add("card", time.perf_counter() - begun, Outcome(payment_id, "ok"))
