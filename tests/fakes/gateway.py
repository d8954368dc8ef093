"""A payment provider in memory, whose faults are set word by word; the real wires have tests of their own."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from core.charge import Charge, Notice, Order, Payout, PayoutOrder, Refund, RefundOrder, RegistryLine
from core.kernel.charge import ChargeState, RefundState
from core.kernel.money import Money
from core.kernel.payment import Method
from core.kernel.refusal import Outage, Unanswered
from core.knock import Knock, Thanks


@dataclass
class FakeGateway:
    """Answers at once. `faults` says what goes wrong, call by call: down, lost (but done), unheard."""

    name: str = "fake"
    methods: Collection[Method] = frozenset({Method.CARD, Method.SBP})
    two_stage: Collection[Method] = frozenset()
    thanks: Thanks = field(default_factory=Thanks)
    has_registry: bool = True
    faults: dict[str, list[str]] = field(default_factory=dict)
    charges: dict[str, Charge] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    lines: list[RegistryLine] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    cancels: bool = True  # whether an unpaid charge can be closed
    orders: list[Order] = field(default_factory=list)  # every charge that was asked for, as it came
    refund_orders: list[RefundOrder] = field(default_factory=list)
    keeps_failed: bool = True  # whether it knows what it has refused; else the same id may be asked anew

    def _fault(self, call: str) -> str | None:
        self.asked[call] += 1
        waiting = self.faults.get(call) or []
        fault = waiting.pop(0) if waiting else None
        if fault == "down":
            raise Outage("fake")
        if fault == "unheard":
            raise Unanswered("fake")
        return fault

    def _answer(self, fault: str | None, charge: Charge) -> Charge:
        if fault == "lost":
            raise Unanswered("fake")
        return charge

    async def charge(self, order: Order) -> Charge:
        fault = self._fault("charge")
        self.orders.append(order)
        known = self.charges.get(order.id)
        if known is None:
            state = ChargeState.FAILED if fault == "no" else ChargeState.WAITING
            known = Charge(
                order_id=order.id,
                provider_id=f"p-{order.id}",
                state=state,
                amount=order.amount,
                method=order.method,
                confirmation_url=f"http://pay.test/{order.id}",
                qr_payload=f"https://qr.test/{order.id}" if order.method is Method.SBP else None,
                reason="no" if fault == "no" else None,
                raw={"id": f"p-{order.id}"},
            )
            self.charges[order.id] = known
        return self._answer(fault, known)

    async def read(self, *, order_id: str, provider_id: str | None) -> Charge | None:
        fault = self._fault("read")
        found = self.charges.get(order_id)
        return self._answer(fault, found) if found else None

    async def capture(self, *, order_id: str, provider_id: str, amount: Money) -> Charge:
        fault = self._fault("capture")
        if self.charges[order_id].state is ChargeState.HELD:
            self.put(order_id, ChargeState.PAID)
        return self._answer(fault, self.charges[order_id])

    async def cancel(self, *, order_id: str, provider_id: str) -> Charge:
        fault = self._fault("cancel")
        is_open = self.charges[order_id].state in (ChargeState.WAITING, ChargeState.HELD)
        if is_open and (self.cancels or self.charges[order_id].state is ChargeState.HELD):
            self.put(order_id, ChargeState.CANCELLED)
        return self._answer(fault, self.charges[order_id])

    async def refund(self, order: RefundOrder) -> Refund:
        fault = self._fault("refund")
        self.refund_orders.append(order)
        state = {"no": RefundState.FAILED, "slow": RefundState.PENDING}.get(fault or "", RefundState.DONE)
        known = self.refunds.setdefault(order.id, Refund(order.id, f"r-{order.id}", state, order.amount))
        if known.state is RefundState.FAILED and not self.keeps_failed:
            return self.refunds.pop(order.id)
        if fault == "lost":
            raise Unanswered("fake")
        return known

    async def read_refund(self, order: RefundOrder, *, provider_id: str | None) -> Refund | None:
        self._fault("read_refund")
        return self.refunds.get(order.id)

    async def registry(self, day: date) -> Sequence[RegistryLine]:
        self._fault("registry")
        return tuple(self.lines)

    def hear(self, knock: Knock) -> Notice | None:
        raise NotImplementedError

    async def close(self) -> None:
        pass

    # What the client does

    def put(self, order_id: str, state: ChargeState, *, amount: Money | None = None) -> None:
        """Change a charge, as the client or the bank does."""
        known = self.charges[order_id]
        self.charges[order_id] = replace(
            known, state=state, amount=known.amount if amount is None else amount
        )


@dataclass
class FakePaymaster:
    """Pays out at once. `faults`: down, lost (but done), slow, no."""

    name: str = "fake"
    faults: list[str] = field(default_factory=list)
    payouts: dict[str, Payout] = field(default_factory=dict)
    sent: Counter[str] = field(default_factory=Counter)  # how often money really left, by payout
    read_faults: list[str] = field(default_factory=list)  # down, or nothing
    keeps_failed: bool = True

    async def pay_out(self, order: PayoutOrder) -> Payout:
        fault = self.faults.pop(0) if self.faults else None
        if fault == "down":
            raise Outage("fake")
        if order.id not in self.payouts:
            states = {"no": RefundState.FAILED, "slow": RefundState.PENDING}
            state = states.get(fault or "", RefundState.DONE)
            self.sent[order.id] += state is not RefundState.FAILED
            self.payouts[order.id] = Payout(order.id, f"o-{order.id}", state, order.amount)
        if fault == "lost":
            raise Unanswered("fake")
        if self.payouts[order.id].state is RefundState.FAILED and not self.keeps_failed:
            return self.payouts.pop(order.id)
        return self.payouts[order.id]

    async def read(self, order: PayoutOrder, *, provider_id: str | None) -> Payout | None:
        if self.read_faults and self.read_faults.pop(0) == "down":
            raise Outage("fake")
        return self.payouts.get(order.id)

    async def close(self) -> None:
        pass
