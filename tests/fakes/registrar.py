"""A registrar of receipts in memory, whose faults are set word by word; real wires have their own tests."""

from dataclasses import dataclass, field, replace

from core.kernel.charge import RefundState
from core.kernel.refusal import Outage, Unanswered
from core.receipt import ReceiptOrder, Registered


@dataclass
class FakeRegistrar:
    """Registers at once. `faults`, call by call: down, lost (but done), slow (done when read), no.

    Attributes:
        registered: What was really registered, in order.
        asked: How often it was asked for anything.
    """

    name: str
    faults: list[str] = field(default_factory=list)
    receipts: dict[str, Registered] = field(default_factory=dict)
    registered: list[ReceiptOrder] = field(default_factory=list)
    asked: int = 0

    async def register(self, order: ReceiptOrder) -> Registered:
        fault = self._fault()
        if fault == "no":
            return Registered(order.id, RefundState.FAILED, reason="no such taxpayer")
        if order.id not in self.receipts:
            self.registered.append(order)
            state = RefundState.PENDING if fault == "slow" else RefundState.DONE
            number = f"n-{len(self.registered)}"
            self.receipts[order.id] = Registered(
                order.id, state, number=number, url=f"http://{self.name}.test/{number}"
            )
        if fault == "lost":
            raise Unanswered(self.name)
        return self.receipts[order.id]

    async def read(self, order: ReceiptOrder) -> Registered | None:
        self._fault()
        found = self.receipts.get(order.id)
        if found is not None:
            found = self.receipts[order.id] = replace(found, state=RefundState.DONE)
        return found

    async def close(self) -> None:
        pass

    def _fault(self) -> str | None:
        self.asked += 1
        fault = self.faults.pop(0) if self.faults else None
        if fault == "down":
            raise Outage(self.name)
        return fault
