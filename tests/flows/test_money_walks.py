"""Whatever happens to money, in whatever order: books and provider say the same, and nothing is stuck.

`NARYAD_MONEY_WALKS=200` walks as many seeds.
"""

import asyncio
import os
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.charge import RegistryLine, Subject
from core.flows import payments
from core.flows.charges import WATCHED_FOR
from core.flows.tx import Tx
from core.kernel.charge import ALIVE, ChargeState, RefundState
from core.kernel.money import Currency, Money
from core.kernel.payment import Method
from storage.engine import readers
from storage.queries import books
from storage.tables import (
    ChargeRow,
    EffectRow,
    EffectStatus,
    JobRow,
    LetterRow,
    LetterStatus,
    PaymentRow,
    PayoutRow,
    RefundRow,
    TransferRow,
)
from tests.databases import only_sqlite
from tests.flows.till import OWNER, Till

WALKS = int(os.environ.get("NARYAD_MONEY_WALKS", "3"))
STEPS = 60
MASTERS = ("boris", "victor")
JOBS = 4
CALLS = ("charge", "read", "capture", "cancel", "refund", "read_refund")
FAULTS = ("down", "lost", "unheard", "no", "slow")
SPANS: Sequence[Mapping[str, float]] = ({"seconds": 4}, {"seconds": 70}, {"minutes": 12}, {"minutes": 45})
UNDER_WAY = ("asked", "pending")


@dataclass
class Walk:
    """One walk: a till, its jobs, and what may happen next."""

    till: Till
    chance: random.Random
    jobs: list[str] = field(default_factory=list)
    days: int = 0

    async def begin(self) -> None:
        """Have a few jobs done by two masters."""
        till, chance = self.till, self.chance
        till.gateway.cancels = chance.random() < 0.5
        till.gateway.two_stage = frozenset({Method.CARD}) if chance.random() < 0.5 else frozenset()
        till.gateway.keeps_failed = till.paymaster.keeps_failed = chance.random() < 0.5
        till.pump = till.another_pump()
        for name in MASTERS:
            await till.master(name)
        for number in range(JOBS):
            job_id = await till.ask(await till.client(f"client{number}"))
            for action in ("accept", "travel", "arrive", "start", "finish"):
                await till.step(job_id, action)
            assert (await till.job(job_id)).state == "done"
            self.jobs.append(job_id)

    async def step(self) -> str:
        """Let one thing happen; returns its name. Letters may wait together in one group."""
        deeds: Sequence[tuple[int, Callable[[], Awaitable[None]]]] = (
            (8, self.press),
            (5, self.client_acts),
            (2, self.notice),
            (1, self.break_something),
            (2, self.refund),
            (1, self.payday),
            (1, self.dispute),
            (1, self.books),
            (2, self.time),
            (1, self.crash),
        )
        (deed,) = self.chance.choices([each for _, each in deeds], [weight for weight, _ in deeds])
        await deed()
        match self.chance.randint(0, 3):
            case 0:
                await self.till.pump.tick()
            case 1:
                await self.till.courier.tick()
            case 2:
                await self.till.drain()
        return deed.__name__

    async def letter(self, kind: str, job_id: str, **payload: Any) -> None:
        """Put a letter; whoever comes handles it."""
        number = next(self.till._numbers)
        payload = {"job_id": job_id, "actor": OWNER, **payload}
        await self.till.intake.put(lane=f"job:{job_id}", key=f"{kind}:{number}", kind=kind, payload=payload)

    # What may happen

    async def press(self) -> None:
        """Somebody presses a button at the till, old or new."""
        unpaid = [row.id for row in await self.till.all(JobRow) if row.state != "completed"]
        job_id = self.chance.choice(unpaid if unpaid and self.chance.random() < 0.8 else self.jobs)
        price = (await self.till.job(job_id)).price_minor or 0
        known = await self.till.all(PaymentRow, job_id=job_id)
        is_open = bool(known) and known[-1].state not in ("succeeded", "failed", "cancelled")
        if not known or self.chance.random() < (0.1 if is_open else 0.8):
            amount = self.chance.choice((None, None, None, price, price + 100, price * 10))
            await self.letter("payment-open", job_id, amount_minor=amount)
            return
        payment = known[-1] if self.chance.random() < 0.8 else self.chance.choice(known)
        if payment.state == "awaiting_consent":
            await self.agree(payment.id, job_id)
        elif self.chance.random() < 0.15:
            received = self.chance.choice((payment.amount_minor, payment.amount_minor + 5_000, 1))
            await self.letter("payment-cash", job_id, payment_id=payment.id, amount_received_minor=received)
        else:
            for _ in range(self.chance.choice((1, 1, 2))):
                method = self.chance.choice(("card", "sbp"))
                await self.letter("payment-charge", job_id, payment_id=payment.id, method=method)

    async def agree(self, payment_id: str, job_id: str) -> None:
        """The client says yes or no to another amount."""
        is_agreed = self.chance.random() < 0.7

        async def say(tx: Tx) -> None:
            payment, job = await tx.get(PaymentRow, payment_id), await tx.get(JobRow, job_id)
            assert payment is not None
            assert job is not None
            await payments.agree(tx, payment=payment, job=job, is_agreed=is_agreed, actor="client")

        await self.till.begin(say, lane=f"job:{job_id}")

    async def client_acts(self) -> None:
        """The client pays, is declined or too late, at any charge that he may still pay."""
        gateway = self.till.gateway
        open_ones = [
            id
            for id, charge in gateway.charges.items()
            if charge.state in (ChargeState.WAITING, ChargeState.FAILED)
        ]
        if not open_ones:
            return
        id = self.chance.choice(open_ones)
        known = gateway.charges[id]
        is_held = known.method in gateway.two_stage and known.state is ChargeState.WAITING
        paid = ChargeState.HELD if is_held else ChargeState.PAID
        state = self.chance.choice((paid, paid, paid, ChargeState.FAILED, ChargeState.CANCELLED))
        amounts = (None,) * 9 + (Money(known.amount.minor + 7, Currency.RUB),)
        amount = self.chance.choice(amounts) if state in (ChargeState.PAID, ChargeState.HELD) else None
        gateway.put(id, state, amount=amount)
        if self.chance.random() < 0.6:
            await self.put_notice(id)

    async def notice(self) -> None:
        """A notice comes, of anything, perhaps for the fifth time."""
        ids = [*self.till.gateway.charges, "nobody's"]
        await self.put_notice(self.chance.choice(ids))

    async def put_notice(self, id: str, subject: str = "charge") -> None:
        payload = {"provider": "fake", "subject": subject, "provider_id": f"p-{id}", "order_id": id}
        key = f"notice:{next(self.till._numbers)}"
        await self.till.intake.put(lane=f"notice:{id}", key=key, kind="notice", payload=payload)

    async def break_something(self) -> None:
        """The provider will fail once or twice."""
        call = self.chance.choice(CALLS)
        faults = [self.chance.choice(FAULTS) for _ in range(self.chance.choice((1, 1, 2, 5)))]
        self.till.gateway.faults.setdefault(call, []).extend(faults)

    async def refund(self) -> None:
        """The owner gives something back, perhaps what he may not; a slow refund comes to its end."""
        await self.come_through()
        paid = await self.till.all(PaymentRow, state="succeeded")
        known = paid if paid and self.chance.random() < 0.8 else await self.till.all(PaymentRow)
        payment: PaymentRow = self.chance.choice(known or [None])
        if payment is not None:
            amount = self.chance.choice((None, 1, payment.amount_minor // 2, payment.amount_minor))
            for _ in range(self.chance.choice((1, 1, 2))):
                await self.letter("refund", payment.job_id, payment_id=payment.id, amount_minor=amount)

    async def payday(self) -> None:
        """It is Friday, and perhaps another one at once."""
        await self.come_through()
        self.till.paymaster.faults.extend(self.chance.choices((*FAULTS, "", ""), k=1))
        for _ in range(self.chance.choice((1, 2))):
            self.days += 1
            day = (self.till.clock.now() + timedelta(days=self.days)).date().isoformat()
            master = self.chance.choice(MASTERS)
            payload = {"master_id": master, "day": day}
            key = f"payout:{master}:{day}"
            await self.till.intake.put(lane=f"master:{master}", key=key, kind="payout", payload=payload)

    async def dispute(self) -> None:
        """A job is disputed, or the owner rules that it is paid after all."""
        job_id = self.chance.choice(self.jobs)

        async def change(tx: Tx) -> None:
            job = await tx.get(JobRow, job_id)
            assert job is not None
            if job.state in ("done", "disputed"):
                job.state = "disputed" if job.state == "done" and self.chance.random() < 0.5 else "done"

        await self.till.begin(change, lane=f"job:{job_id}")

    async def books(self) -> None:
        """The morning's registry tells all that the provider has moved."""
        gateway, at = self.till.gateway, self.till.clock.now()
        amounts = {order.id: order.amount for order in gateway.refund_orders}
        gateway.lines = [
            RegistryLine(Subject.CHARGE, charge.provider_id, id, charge.amount, at)
            for id, charge in gateway.charges.items()
            if charge.state is ChargeState.PAID
        ] + [
            RegistryLine(Subject.REFUND, refund.provider_id, id, amounts[id], at)
            for id, refund in gateway.refunds.items()
            if refund.state is RefundState.DONE
        ]
        payload = {"provider": "fake", "day": at.date().isoformat()}
        key = f"reconcile:{next(self.till._numbers)}"
        await self.till.intake.put(lane="books:fake", key=key, kind="reconcile", payload=payload)

    async def time(self) -> None:
        """Time passes."""
        await self.till.wait(**self.chance.choice(SPANS))

    async def crash(self) -> None:
        """Everything dies at once, perhaps with answers in hand that nobody has written down."""
        courier = self.till.courier
        if self.chance.random() < 0.7:
            await courier._begin()
            await asyncio.gather(*courier._flying)
        self.till.courier, self.till.pump = self.till.another_courier(), self.till.another_pump()

    # The end

    async def end(self) -> None:
        """All faults are over, every link dies, and the last registry comes."""
        till = self.till
        till.gateway.faults.clear()
        till.paymaster.faults.clear()
        await till.drain()
        await till.wait(minutes=3)  # what a dead courier had in hand is taken up by now
        for id, charge in till.gateway.charges.items():
            if charge.state is ChargeState.WAITING:
                till.gateway.put(id, ChargeState.CANCELLED)
        await self.come_through()
        await till.wait(minutes=10)
        await self.books()
        await till.wait(minutes=20)
        await self.come_through()
        await till.wait(hours=2)

    async def come_through(self) -> None:
        """What the provider is at, it does."""
        refunds, payouts = self.till.gateway.refunds, self.till.paymaster.payouts
        for id, refund in refunds.items():
            if refund.state is RefundState.PENDING:
                refunds[id] = replace(refund, state=RefundState.DONE)
        for id, payout in payouts.items():
            if payout.state is RefundState.PENDING:
                payouts[id] = replace(payout, state=RefundState.DONE)


# What must be true


async def check(walk: Walk) -> None:
    """What must be true at every moment, in the middle of everything."""
    till = walk.till
    async with readers(till.engine)() as session:
        found = await books.balances(session)
        dead = [*(await session.scalars(select(LetterRow.kind).filter_by(status=LetterStatus.DEAD)))]
        dead += [*(await session.scalars(select(EffectRow.kind).filter_by(status=EffectStatus.DEAD)))]
        assert dead == []
        assert not await books.crooked_payments(session)
        assert not await books.crooked_jobs(session)
        waiting = select(LetterRow.key).where(LetterRow.status == LetterStatus.WAITING)
        timers = set(await session.scalars(waiting))
        earned = await session.execute(
            select(TransferRow.credit, TransferRow.amount_minor).filter_by(kind="earning")
        )
        earnings: Counter[str] = Counter()
        for account, minor in earned:
            earnings[account] += minor
    for currency in Currency:
        assert sum(minor for (_, code), minor in found.items() if code == currency) == 0
    assert not await till.stuck()
    charges, refunds = await till.all(ChargeRow), await till.all(RefundRow)
    payouts, paid = await till.all(PayoutRow), await till.all(PaymentRow, state="succeeded")
    assert len({payment.job_id for payment in paid}) == len(paid)
    _check_charges(walk, charges, refunds, {payment.id: payment for payment in paid}, timers)
    _check_back(refunds, paid, timers)
    gone: Counter[str] = Counter()
    for payout in payouts:
        assert payout.state not in UNDER_WAY or f"payout:{payout.id}:poll" in timers
        gone[f"master:{payout.master_id}"] += payout.amount_minor if payout.state != "failed" else 0
    assert all(minor <= earnings[account] for account, minor in gone.items())
    assert all(count <= 1 for count in till.paymaster.sent.values())


def _check_charges(
    walk: Walk,
    charges: Sequence[ChargeRow],
    refunds: Sequence[RefundRow],
    paid: Mapping[str, PaymentRow],
    timers: set[str],
) -> None:
    surplus = {refund.charge_id for refund in refunds if refund.is_surplus}
    for charge in charges:
        told = walk.till.gateway.charges.get(charge.id)
        if charge.state == "paid":
            assert told is not None
            assert told.state is ChargeState.PAID
            is_as_asked = told.amount.minor == charge.amount_minor
            assert (charge.settles is not None) + (charge.id in surplus) == is_as_asked
            assert charge.settles is None or paid[charge.settles].charge_id == charge.id
        elif charge.state in ALIVE and walk.till.clock.now() < charge.expires_at + WATCHED_FOR:
            assert f"charge:{charge.id}:poll" in timers, charge.state


def _check_back(refunds: Sequence[RefundRow], paid: Sequence[PaymentRow], timers: set[str]) -> None:
    back: defaultdict[str, int] = defaultdict(int)
    for refund in refunds:
        assert refund.state not in UNDER_WAY or f"refund:{refund.id}:poll" in timers
        if not refund.is_surplus and refund.state != "failed":
            back[refund.payment_id] += refund.amount_minor
    amounts = {payment.id: payment.amount_minor for payment in paid}
    assert all(minor <= amounts[id] for id, minor in back.items())


async def check_end(walk: Walk) -> None:
    """At the end the provider has exactly what our books say, and nothing is under way."""
    till = walk.till
    charges, refunds = await till.all(ChargeRow), await till.all(RefundRow)
    for charge in charges:
        told = till.gateway.charges.get(charge.id)
        assert (charge.state == "paid") == (told is not None and told.state is ChargeState.PAID)
        assert charge.state not in ALIVE
    assert {row.state for row in (*refunds, *await till.all(PayoutRow))} <= {"done", "failed"}
    amounts = {order.id: order.amount.minor for order in till.gateway.refund_orders}
    done = {id for id, refund in till.gateway.refunds.items() if refund.state is RefundState.DONE}
    assert done == {refund.id for refund in refunds if refund.state == "done" and refund.charge_id}
    has = sum(c.amount.minor for c in till.gateway.charges.values() if c.state is ChargeState.PAID)
    has -= sum(amounts[id] for id in done)
    cash = sum(row.amount_minor for row in await till.all(PaymentRow, state="succeeded", method="cash"))
    async with readers(till.engine)() as session:
        found = await books.balances(session)
    assert -found.get(("client", "RUB"), 0) - cash == has
    sums = {id: charge.amount.minor for id, charge in till.gateway.charges.items()}
    kept = sum(sums[row.id] for row in charges if row.state == "paid" and row.settles is None)
    kept -= sum(row.amount_minor for row in refunds if row.is_surplus and row.state == "done")
    assert found.get(("suspense", "RUB"), 0) == kept
    sent = sum(row.amount_minor for row in await till.all(PayoutRow, state="done"))
    back_in_cash = sum(row.amount_minor for row in refunds if row.charge_id is None)
    assert found.get(("bank", "RUB"), 0) == sent + back_in_cash


@only_sqlite
@pytest.mark.row("L4", "L17", "L18")
@pytest.mark.parametrize("seed", range(WALKS))
async def test_any_walk_of_money_leaves_the_books_exact(till: Till, seed: int) -> None:
    walk = Walk(till, random.Random(seed))
    await walk.begin()
    happened = []
    for _ in range(STEPS):
        happened.append(await walk.step())
        await check(walk)
    await walk.end()
    await check(walk)
    await check_end(walk)
