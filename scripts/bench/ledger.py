"""Transfers a second, guards and all: one in a commit by many at once, many in a commit; and no drift."""

import asyncio
import random
import time
from collections import Counter
from itertools import count

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.chance import SystemChance
from bots.clock import SystemClock
from core.kernel import ledger, refund as refunds
from core.kernel.ledger import Account, Phase, Transfer
from core.kernel.money import Money
from core.kernel.payment import Method
from core.kernel.settlement import split
from core.markets.policy import load_market
from scripts.bench import floors
from scripts.bench.figures import Figure, Found, Goal
from scripts.bench.grounds import Place
from storage.engine import open_engine, sessions
from storage.queries import books
from storage.tables import TransferRow

GOAL = Goal(per_second=5_000)
BATCHED_GOAL = 30_000
BATCH = 512
AT_ONCE = 24  # connections on PostgreSQL; SQLite has one writer
OPERATIONS = 1_000_000


def measure(place: Place, *, seconds: float) -> Found:
    """Write transfers as the program does, then see that the books sum to nothing."""
    return asyncio.run(_measure(place, seconds=seconds))


async def _measure(place: Place, *, seconds: float) -> Found:
    engine = open_engine(place.settings.database)
    try:
        at_once = AT_ONCE if place.is_postgresql else 1
        single = await _write(engine, at_once=at_once, batch=1, seconds=seconds / 2)
        two = min(2, at_once)
        batched = await _write(engine, at_once=two, batch=BATCH, seconds=seconds / 2)
        async with sessions(engine).begin() as session:
            drift = sum((await books.balances(session)).values())
    finally:
        await engine.dispose()
    begun = time.perf_counter()
    kernel_drift = random_operations(OPERATIONS, seed=1)
    took = time.perf_counter() - begun
    verdict = "met" if batched.per_second >= BATCHED_GOAL else "missed"
    return Found(
        bench="ledger",
        ground=place.ground,
        goal=GOAL,
        measured=(single, batched),
        floors=(
            floors.transfers_alone(place, group=1, seconds=seconds / 5),
            floors.transfers_alone(place, group=BATCH, seconds=seconds / 5),
        ),
        facts={
            "measured": f"inserts with all guards, {at_once} at once",
            "batched goal": f"at least {BATCHED_GOAL:,} a second: {verdict}",
            "drift of these books": f"{drift} minor units",
            "random operations": f"{OPERATIONS:,} in {took:.0f} s, drift {kernel_drift} minor units",
        },
    )


async def _write(engine: AsyncEngine, *, at_once: int, batch: int, seconds: float) -> Figure:
    chance, clock = SystemChance(), SystemClock()
    numbers, took = count(), list[float]()
    ends = time.perf_counter() + seconds

    async def one() -> None:
        while (begun := time.perf_counter()) < ends:
            now = clock.now()
            rows = [
                {
                    "id": chance.id(now),
                    "kind": "bench",
                    "debit": Account.CLIENT,
                    "credit": Account.master(f"m{next(numbers) % 1_000}"),
                    "amount_minor": 100,
                    "currency": "RUB",
                    "phase": Phase.POSTED.value,
                    "cause": "bench",
                    "at": now,
                }
                for _ in range(batch)
            ]
            async with engine.begin() as connection:
                await connection.execute(insert(TransferRow), rows)
            took.append(time.perf_counter() - begun)

    begun = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(at_once)))
    within_s = time.perf_counter() - begun
    name = f"transfers, {batch} in a commit" if batch > 1 else "transfers, one in a commit"
    figure = Figure.of(name, took, within_s=within_s)
    rate, samples = figure.per_second * batch, figure.samples * batch
    return Figure(name, rate, samples, figure.p50_ms, figure.p95_ms, figure.p99_ms)


def random_operations(operations: int, *, seed: int) -> int:
    """Do random payments, refunds, debts and payouts by the kernel's rules; return what the books sum to."""
    market = load_market("home_services")
    chance = random.Random(seed)  # noqa: S311 - chance of a test, repeatable by its seed
    found: Counter[str] = Counter()
    rules, kept = market.settlement_rules, market.refund_rules
    for _ in range(operations):
        master = f"m{chance.randrange(100)}"
        amount = Money(chance.randint(1, 10**8), market.currency)
        method = chance.choice(tuple(Method))
        match chance.randrange(4):
            case 0 | 1:
                moved = ledger.settle(split(amount, method, rules), method=method, master_id=master)
            case 2:
                given = Money(chance.randint(0, amount.minor - 1), market.currency)
                some = Money(chance.randint(1, amount.minor - given.minor), market.currency)
                parts = refunds.parts(some, given_back=given, whole=amount, method=method, rules=rules)
                moved = refunds.give_back(parts, master_id=master, rules=kept)
            case _:
                held = Transfer("payout", Account.master(master), Account.BANK, amount, Phase.PENDING)
                ended = ledger.end(held, chance.choice((Phase.POST, Phase.VOID)))
                moved = (held, ended)
        for transfer in moved:
            if transfer.phase in ledger.MOVING:
                found[transfer.debit] -= transfer.amount.minor
                found[transfer.credit] += transfer.amount.minor
    return sum(found.values())
