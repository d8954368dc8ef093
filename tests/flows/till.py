"""A city with a payment provider: jobs that are done, and everything that happens to their money."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from bots.charging import (
    CHARGE_KINDS,
    PAYOUT_KINDS,
    RECEIPT_KINDS,
    REFUND_KINDS,
    REGISTRY,
    Charging,
    PayingOut,
    ReadingRegistry,
    Registering,
)
from bots.courier import Courier, Performer
from bots.pump import Handler
from core.flows.charge_letters import KINDS as CHARGE_LETTERS, NOTICE, ChargeHandler, NoticeHandler
from core.flows.charges import Provider
from core.flows.fiscal import KINDS as FISCAL_LETTERS, FiscalHandler, FiscalRules
from core.flows.payments import PaymentHandler
from core.flows.payouts import KINDS as PAYOUT_LETTERS, PayoutHandler, PayoutRules
from core.flows.reconciliation import KINDS as BOOKS_LETTERS, ReconciliationHandler
from core.flows.refunds import KINDS as REFUND_LETTERS, RefundHandler
from core.kernel.charge import ChargeState
from core.ports import Gateway
from storage.engine import readers
from storage.mail import Outcome
from storage.queries import books
from storage.tables import ChargeRow, PaymentRow, RefundRow
from tests.fakes.gateway import FakeGateway, FakePaymaster
from tests.fakes.registrar import FakeRegistrar
from tests.flows.city import HOME, City

MARKETS = {HOME.name: HOME}
OWNER = {"kind": "owner", "id": "owner"}


class Till(City):
    """A city whose masters collect. Time stands still unless a test lets it pass."""

    def __post_init__(self) -> None:
        self.gateway = FakeGateway()
        self.paymaster = FakePaymaster()
        self.register, self.office = FakeRegistrar("register"), FakeRegistrar("office")
        self.fiscal_rules = FiscalRules()
        self.payout_rules = PayoutRules("fake", by_hand=False)
        self.with_receipts = False
        super().__post_init__()
        self.courier = self.another_courier()

    def handlers(self) -> Mapping[str, Handler]:
        provider = Provider(
            self.gateway.name,
            self.gateway.methods,
            self.gateway.two_stage,
            notice_url="http://shop.test/webhooks/fake",
            return_url="http://shop.test/chat",
            with_receipts=self.with_receipts,
            has_registry=self.gateway.has_registry,
        )
        payments = PaymentHandler(MARKETS, provider)
        return {
            **super().handlers(),
            **dict.fromkeys(("payment-open", "payment-cash", "payment-charge", "payment-remind"), payments),
            **dict.fromkeys(CHARGE_LETTERS, ChargeHandler(MARKETS)),
            **dict.fromkeys(REFUND_LETTERS, RefundHandler(MARKETS)),
            **dict.fromkeys(BOOKS_LETTERS, ReconciliationHandler(provider)),
            **dict.fromkeys(PAYOUT_LETTERS, PayoutHandler(MARKETS, self.payout_rules)),
            **dict.fromkeys(FISCAL_LETTERS, FiscalHandler(self.fiscal_rules)),
            NOTICE: NoticeHandler(),
        }

    def another_courier(self, *, gateways: Mapping[str, Gateway] | None = None) -> Courier:
        """Make a courier, as a restart does."""
        known = {self.gateway.name: self.gateway} if gateways is None else gateways
        charging = Charging(known, with_receipts=self.with_receipts)
        performers: dict[str, Performer] = {
            **dict.fromkeys((*CHARGE_KINDS, *REFUND_KINDS), charging),
            REGISTRY: ReadingRegistry({self.gateway.name: self.gateway}),
            **dict.fromkeys(PAYOUT_KINDS, PayingOut({"fake": self.paymaster})),
            **dict.fromkeys(
                RECEIPT_KINDS, Registering({each.name: each for each in (self.register, self.office)})
            ),
        }
        return Courier(self.engine, performers, clock=self.clock, chance=self.chance)

    def registers(self, rules: FiscalRules) -> None:
        """From now on receipts are registered so."""
        self.fiscal_rules = rules
        self.pump = self.another_pump()

    async def drain(self) -> None:
        """Handle everything that is due, and perform what comes of it."""
        for _ in range(100):
            if not await self.pump.tick() and not await self.courier.tick():
                return
        raise AssertionError("it never comes to rest")

    async def done_job(self) -> str:
        """Return a job that is done and waits for its money."""
        await self.master("boris")
        job_id = await self.ask(await self.client())
        for action in ("accept", "travel", "arrive", "start", "finish"):
            await self.step(job_id, action)
        return job_id

    async def letter(self, kind: str, job_id: str, **payload: Any) -> Outcome:
        """Put a letter as HTTP does, and let everything happen that follows at once."""
        receipt = await self.intake.put(
            lane=f"job:{job_id}",
            key=f"{kind}:{next(self._numbers)}",
            kind=kind,
            payload={"job_id": job_id, "actor": OWNER, **payload},
        )
        await self.drain()
        return await self.outcome(receipt.id)

    async def open_payment(self, job_id: str, **payload: Any) -> str:
        """Open the payment; returns its id."""
        outcome = await self.letter("payment-open", job_id, **payload)
        assert outcome.status == "ok", outcome
        return str(outcome.facts["payment_id"])

    async def charge(self, job_id: str, method: str = "card") -> tuple[str, str]:
        """Open a payment and ask for it this way; returns the payment's and the charge's id."""
        payment_id = await self.open_payment(job_id)
        outcome = await self.letter("payment-charge", job_id, payment_id=payment_id, method=method)
        assert outcome.status == "ok", outcome
        charge_id = (await self.payment(payment_id)).charge_id
        assert charge_id is not None
        return payment_id, charge_id

    async def told(self, charge_id: str, state: ChargeState | None = None, **how: Any) -> None:
        """The client or the bank acts, and the provider's notice comes."""
        if state is not None:
            self.gateway.put(charge_id, state, **how)
        await self.notice(charge_id)

    async def notice(self, charge_id: str, *, provider: str = "fake", subject: str = "charge") -> None:
        """A notice comes."""
        await self.intake.put(
            lane=f"notice:{charge_id}",
            key=f"notice:{next(self._numbers)}",
            kind=NOTICE,
            payload={
                "provider": provider,
                "subject": subject,
                "provider_id": f"p-{charge_id}",
                "order_id": charge_id,
            },
        )
        await self.drain()

    async def payment(self, id: str) -> PaymentRow:
        async with readers(self.engine)() as session:
            return (await session.scalars(select(PaymentRow).where(PaymentRow.id == id))).one()

    async def charge_row(self, id: str) -> ChargeRow:
        async with readers(self.engine)() as session:
            return (await session.scalars(select(ChargeRow).where(ChargeRow.id == id))).one()

    async def refunds(self) -> list[RefundRow]:
        return await self.all(RefundRow)

    async def balances(self) -> dict[str, int]:
        """Return every balance, and see that all together are nothing."""
        async with readers(self.engine)() as session:
            found = await books.balances(session)
            assert not await books.crooked_payments(session)
            assert not await books.crooked_jobs(session)
        assert sum(found.values()) == 0
        return {account: minor for (account, _), minor in found.items() if minor}
