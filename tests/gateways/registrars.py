"""What every registrar's adapter keeps, proved over its simulator on a real socket.

A test file names a `Stand` of its own and a class that inherits the suite, as with payment providers.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from bots.chance import SystemChance
from bots.simulators.wire import FaultKind, Wire
from core.charge import Line
from core.kernel.charge import RefundState
from core.kernel.money import Currency, Money
from core.kernel.refusal import Outage, Unanswered
from core.ports import Registrar
from core.receipt import ReceiptKind, ReceiptOrder, Registered
from tests.fakes.clock import FakeClock
from tests.gateways.conftest import free_address

PRICE = Money(4_200_50, Currency.RUB)
INN = "390000000001"
IMPATIENT = httpx.Timeout(5, read=0.05)


def line(amount: Money = PRICE) -> Line:
    return Line(
        "Замена картриджа смесителя",
        amount,
        supplier_name="Смирнов Андрей Петрович",
        supplier_inn=INN,
        supplier_phone="+79110000001",
    )


@dataclass
class Stand(ABC):
    """An adapter and its simulator on a socket.

    Attributes:
        effect: The path at which the thing itself is asked, for faults.
        secret: What must stand in no sentence and no answer that is kept.
    """

    url: str
    wire: Wire
    clock: FakeClock
    chance: SystemChance
    kind: ReceiptKind
    back: ReceiptKind
    effect: str
    secret: str
    registrar: Registrar = field(init=False)
    spare: list[Registrar] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.registrar = self.make()

    @abstractmethod
    def make(
        self, *, url: str | None = None, secret: str | None = None, http: httpx.AsyncClient | None = None
    ) -> Registrar:
        """Make the adapter, with another address, secret or client if one is given."""

    @abstractmethod
    def kept(self) -> int:
        """Return how many receipts the other side holds."""

    def lend(self, **changes: Any) -> Registrar:
        """Make another adapter, closed with the stand; it remembers nothing, as after a restart."""
        self.spare.append(self.make(**changes))
        return self.spare[-1]

    def order(self, **changes: Any) -> ReceiptOrder:
        """Return an order of 4 200,50 ₽."""
        order = ReceiptOrder(
            id=self.chance.id(self.clock.now()),
            kind=self.kind,
            amount=PRICE,
            lines=(line(),),
            is_cash=False,
            at=self.clock.now(),
            phone="+79110000002",
            inn=INN,
        )
        return replace(order, **changes)

    async def done(self, order: ReceiptOrder) -> Registered:
        """Register, and read until it is done."""
        told = await self.registrar.register(order)
        for _ in range(3):
            if told.state is RefundState.DONE:
                return told
            told = await self.registrar.read(order) or told
        raise AssertionError(told)

    def asked(self) -> list[Mapping[str, Any]]:
        """Return the requests for the thing itself."""
        return [each for each in self.wire.received if each["path"].startswith(self.effect)]

    async def close(self) -> None:
        """Close what was opened."""
        self.wire.heal()
        for registrar in (self.registrar, *self.spare):
            await registrar.close()


class Contract:
    """The suite."""

    @pytest.mark.row("L31")
    async def test_a_receipt_is_registered_and_shown(self, stand: Stand) -> None:
        told = await stand.done(stand.order())

        assert told.number
        assert told.url is not None
        async with httpx.AsyncClient() as browser:
            page = await browser.get(told.url)
        assert page.status_code == 200
        assert "Замена картриджа смесителя" in page.text
        assert "4\u00a0200,50\u00a0₽" in page.text

    async def test_asking_twice_is_asking_once(self, stand: Stand) -> None:
        order = stand.order()

        first = await stand.done(order)
        second = await stand.done(order)
        after_a_restart = await stand.lend().register(order)
        other = await stand.done(stand.order())

        assert first.number == second.number == after_a_restart.number != other.number
        assert after_a_restart.state is RefundState.DONE
        assert stand.kept() == 2

    @pytest.mark.parametrize("kind", [FaultKind.CUT_AFTER, FaultKind.FAIL_AFTER, FaultKind.GARBAGE])
    async def test_a_lost_answer_is_found_again_and_registers_once(
        self, stand: Stand, kind: FaultKind
    ) -> None:
        order = stand.order()
        stand.wire.fault(kind, path=stand.effect)

        with pytest.raises(Unanswered):
            await stand.registrar.register(order)

        told = await stand.registrar.read(order) or await stand.registrar.register(order)
        assert told.state is RefundState.DONE
        assert stand.kept() == 1

    async def test_a_slow_answer_is_lost(self, stand: Stand) -> None:
        slow = stand.lend(http=httpx.AsyncClient(timeout=IMPATIENT))
        order = stand.order()
        stand.wire.fault(FaultKind.SLOW, path=stand.effect, seconds=5)

        with pytest.raises(Unanswered):
            await slow.register(order)
        stand.wire.heal()

        assert (await stand.done(order)).state is RefundState.DONE
        assert stand.kept() == 1

    async def test_who_is_away_is_an_outage(self, stand: Stand) -> None:
        order = stand.order()
        stand.wire.fault(FaultKind.REFUSE, times=2)
        for registrar in (stand.registrar, stand.lend(url=free_address())):
            with pytest.raises(Outage) as outage:
                await registrar.register(order)
            assert not isinstance(outage.value, Unanswered)
        assert stand.kept() == 0

    async def test_wrong_credentials_are_an_outage_that_tells_no_secret(self, stand: Stand) -> None:
        stranger = stand.lend(secret="guessed-and-wrong")

        with pytest.raises(Outage) as outage:
            await stranger.register(stand.order())

        assert not isinstance(outage.value, Unanswered)
        assert "guessed" not in str(outage.value)

    async def test_a_token_that_has_run_out_is_fetched_anew(self, stand: Stand) -> None:
        await stand.done(stand.order())
        stand.clock.advance(days=2)

        assert (await stand.done(stand.order())).state is RefundState.DONE

    async def test_what_is_no_receipt_of_its_kind_is_refused(self, stand: Stand) -> None:
        kind = next(kind for kind in ReceiptKind if kind not in (stand.kind, stand.back))

        told = await stand.registrar.register(stand.order(kind=kind))

        assert told.state is RefundState.FAILED
        assert told.reason

    async def test_nothing_kept_holds_a_secret(self, stand: Stand) -> None:
        told = await stand.done(stand.order())

        assert stand.secret not in repr(told)
        assert stand.secret not in repr(stand.registrar)
