"""Payments a second: by card from the press to the books, and in cash; money split, both people told."""

import asyncio
from collections.abc import Awaitable, Callable

from scripts.bench import card, floors, spending, town
from scripts.bench.card import Memory, Settled
from scripts.bench.driving import Driver, Tally, driven
from scripts.bench.figures import Found, Goal
from scripts.bench.grounds import Place

GOAL = Goal(per_second=1_000)  # by card, end to end
AT_ONCE = 128  # masters who confirm cash at the same time
PER_SECOND_MOST = 2_500  # so many payments are prepared for each second
PER_MASTER = 10  # below the cap of his debt from cash
JOBS_MOST = 30_000
WAYS = ("card", "cash")

Work = list[tuple[str, str]]  # jobs that are done, each with its master


def measure(place: Place, *, seconds: float) -> Found:
    """Take prepared payments, first by card and then in cash, many masters at once."""
    count = min(JOBS_MOST, max(400, round(PER_SECOND_MOST * seconds)))
    done = _prepare(place, count)
    work = {way: done[n :: len(WAYS)] for n, way in enumerate(WAYS)}
    return asyncio.run(_measure(place, work, seconds=seconds / len(WAYS)))


def _prepare(place: Place, count: int) -> Work:
    people = count // PER_MASTER + 1
    with town.writing(place) as connection:
        masters = town.add_masters(connection, people, days=1)
        starts = town.half_hours(ahead=-town.WORK * 2 * PER_MASTER, count=4 * PER_MASTER)[::4]
        whose = [masters[n % people] for n in range(count)]
        when = [starts[n // people] for n in range(count)]
        jobs = town.add_jobs(connection, count, name="job", starts=when)
        town.add_bookings(connection, jobs, whose, starts=when)
        town.finish_jobs(connection, "job")
        town.add_payments(connection, jobs, whose)
    return list(zip(jobs, whose, strict=True))


async def _measure(place: Place, work: dict[str, Work], *, seconds: float) -> Found:
    prepared = {way: len(jobs) for way, jobs in work.items()}
    gateway = Memory()
    async with driven(place, providers=card.providers(gateway)) as driver:
        settled = Settled(driver)
        follower = asyncio.create_task(settled.follow(), name="bench")
        by_card = await _taken(
            driver,
            work["card"],
            lambda: card.pay(driver, gateway, settled, work["card"]),
            people=card.AT_ONCE,
            seconds=seconds,
        )
        follower.cancel()
        card_facts = _told(driver, by_card)
        time, statements = spending.shares(driver.samples), _statements(driver, by_card)
        in_cash = await _taken(
            driver, work["cash"], lambda: _collect(driver, work["cash"]), people=AT_ONCE, seconds=seconds
        )
        cash_facts = _told(driver, in_cash)
        more = _statements(driver, in_cash)
    return Found(
        bench="payment",
        ground=place.ground,
        goal=GOAL,
        measured=(by_card.figure("payments by card"), in_cash.figure("payments in cash")),
        floors=(
            floors.transfers(place, group=1, seconds=seconds / 5),
            floors.transfers(place, group=floors.GROUP, seconds=seconds / 5),
        ),
        facts={
            "measured": "from the press to the books; the provider answers from memory, receipts are off",
            "by card": (
                f"charge, answer, notice, reading, settlement; {card.AT_ONCE} clients at once, "
                f"{prepared['card']:,} jobs"
            ),
            **{f"by card: {name}": words for name, words in card_facts.items()},
            "in cash": f"one letter each; {AT_ONCE} masters at once, {prepared['cash']:,} jobs",
            **{f"in cash: {name}": words for name, words in cash_facts.items()},
        },
        time=time,
        statements={
            **{f"by card: {name}": words for name, words in statements.items()},
            **{f"in cash: {name}": words for name, words in more.items()},
        },
    )


async def _taken(
    driver: Driver, work: Work, collect: Callable[[], Awaitable[None]], *, people: int, seconds: float
) -> Tally:
    """Count payments for so long, taken by so many at once."""
    tasks = [asyncio.ensure_future(collect()) for _ in range(people)]
    tally = await driver.count_for(seconds)
    work.clear()
    await asyncio.gather(*tasks)
    return tally


def _told(driver: Driver, tally: Tally) -> dict[str, str]:
    return {**tally.facts(), **driver.busy.told(len(tally.took_s))}


def _statements(driver: Driver, tally: Tally) -> dict[str, str]:
    return dict(driver.statements.told(len(tally.took_s), within_s=tally.seconds))


async def _collect(driver: Driver, work: Work) -> None:
    while work:
        job_id, master_id = work.pop()
        payload = {
            "payment_id": f"payment-{job_id}",
            "job_id": job_id,
            "amount_received_minor": town.PRICE_MINOR,
            "actor": {"kind": "master", "id": master_id},
        }
        await driver.ask("payment-cash", f"job:{job_id}", payload)
