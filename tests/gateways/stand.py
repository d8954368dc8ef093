"""An adapter under test, its simulator, and the client who pays: what the contract's tests stand on."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx

from bots.chance import SystemChance
from bots.simulators.wire import Wire
from core.charge import Charge, Line, Notice, Order, Receipt, RefundOrder
from core.kernel.money import Currency, Money
from core.kernel.payment import Method
from core.knock import Knock
from core.ports import Gateway, Paymaster
from core.wire import trust
from tests.fakes.clock import FakeClock
from tests.gateways.conftest import Door

PRICE = Money(4_200_00, Currency.RUB)
PART = Money(3_100_50, Currency.RUB)


def rub(minor: int) -> Money:
    return Money(minor, Currency.RUB)


@dataclass
class Stand(ABC):
    """An adapter, its simulator on a socket, and the client who pays.

    Attributes:
        url: Where the simulator listens.
        secret: What must stand in no sentence and no answer that is kept.
        closes_unpaid: `cancel` closes a charge that nobody has paid yet, or leaves it as it is.
        has_registry: It tells a day as a whole, and its adapter says so.
        is_registry_by_order: Its registry names our ids.
    """

    url: str
    wire: Wire
    door: Door
    clock: FakeClock
    chance: SystemChance
    secret: str
    closes_unpaid: bool = True
    has_registry: bool = True
    is_registry_by_order: bool = True
    gateway: Gateway = field(init=False)
    spare: list[Gateway] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.gateway = self.make()
        self.door.thanks = self.gateway.thanks

    @abstractmethod
    def make(
        self, *, url: str | None = None, secret: str | None = None, http: httpx.AsyncClient | None = None
    ) -> Gateway:
        """Make the adapter, with another address, secret or client if one is given."""

    @abstractmethod
    def forge(self, knock: Knock) -> Sequence[Knock]:
        """Return knocks that are not the provider's: wrong signature, sender, shape; another shop's."""

    def paymaster(self) -> Paymaster | None:
        """Return who pays masters through this provider."""
        return None

    # The client

    async def pay(self, charge: Charge) -> None:
        """Pay a charge, as its client would, and wait until its notices have gone."""
        await self._act(charge, "pay")

    async def decline(self, charge: Charge) -> None:
        """Let the client's bank say no for good."""
        await self._act(charge, "decline")

    async def expire(self, charge: Charge) -> None:
        """Let the time pass after which nobody can pay any more."""
        self.clock.advance(days=1)

    async def _act(self, charge: Charge, act: str) -> None:
        async with httpx.AsyncClient(verify=trust()) as client:
            answer = await client.post(
                f"{self.url}/_sim/charges/{charge.provider_id}/{act}",
                headers={"Authorization": f"Bearer {self.secret}"},
            )
        assert answer.is_success, answer.text
        await self.wire.sender.settled()

    # Builders

    def order(self, *, method: Method = Method.CARD, is_two_stage: bool = False, **changes: Any) -> Order:
        """Return an order of 4 200 ₽."""
        now = self.clock.now()
        order = Order(
            id=self.chance.id(now),
            amount=PRICE,
            method=method,
            description="Замена картриджа смесителя, № 2026-0001",
            is_two_stage=is_two_stage,
            return_url="http://127.0.0.1/jobs/1/page",
            notice_url=self.door.url,
            expires_at=now + timedelta(minutes=30),
            receipt=receipt(PRICE),
            facts={"job_number": "2026-0001"},
        )
        return replace(order, **changes)

    def refund_of(self, order: Order, charge: Charge, amount: Money | None = None) -> RefundOrder:
        """Return an order to give back all of a charge, or a part."""
        back = amount or charge.amount
        return RefundOrder(
            id=self.chance.id(self.clock.now()),
            charge_id=order.id,
            provider_id=charge.provider_id,
            amount=back,
            charged=charge.amount,
            method=order.method,
            reason="Клиент передумал",
            receipt=receipt(back),
        )

    async def again(self, order: Order, charge: Charge) -> Charge:
        """Read a charge anew."""
        found = await self.gateway.read(order_id=order.id, provider_id=charge.provider_id)
        assert found is not None
        return found

    async def paid(self, method: Method = Method.CARD) -> tuple[Order, Charge]:
        """Ask for a charge and pay it."""
        order = self.order(method=method)
        charge = await self.gateway.charge(order)
        await self.pay(charge)
        return order, await self.again(order, charge)

    async def held(self) -> tuple[Order, Charge]:
        """Ask for a charge of two stages and pay it."""
        order = self.order(is_two_stage=True)
        charge = await self.gateway.charge(order)
        await self.pay(charge)
        return order, await self.again(order, charge)

    def heard(self) -> list[Notice]:
        """Return what the adapter makes of all notices that came."""
        return [notice for knock in self.door.knocks if (notice := self.gateway.hear(knock)) is not None]

    async def close(self) -> None:
        """Close what was opened."""
        self.wire.heal()
        for gateway in (self.gateway, *self.spare):
            await gateway.close()
        await self.wire.sender.close()

    def lend(self, **changes: Any) -> Gateway:
        """Make another adapter, closed with the stand."""
        self.spare.append(self.make(**changes))
        return self.spare[-1]


def receipt(amount: Money) -> Receipt:
    return Receipt(
        lines=(
            Line(
                "Замена картриджа смесителя",
                amount,
                supplier_name="Смирнов Андрей Петрович",
                supplier_inn="390000000000",
                supplier_phone="+79110000001",
            ),
        ),
        phone="+79110000002",
        email="client@example.org",
    )
