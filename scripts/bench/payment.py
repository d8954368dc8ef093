"""Payments a second: cash is confirmed, the money split, the transfers written, and both people hear it."""

import asyncio

from scripts.bench import floors, spending, town
from scripts.bench.driving import Driver, driven
from scripts.bench.figures import Found, Goal
from scripts.bench.grounds import Place

GOAL = Goal(per_second=500)
AT_ONCE = 128  # masters who confirm at the same time
PER_SECOND_MOST = 2_500  # so many payments are prepared for each second
PER_MASTER = 10  # below the cap of his debt from cash
JOBS_MOST = 30_000


def measure(place: Place, *, seconds: float) -> Found:
    """Confirm prepared cash payments by many masters at once, each letter waiting for its outcome."""
    count = min(JOBS_MOST, max(200, round(PER_SECOND_MOST * seconds)))
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
    work = list(zip(jobs, whose, strict=True))
    return asyncio.run(_measure(place, work, seconds=seconds))


async def _measure(place: Place, work: list[tuple[str, str]], *, seconds: float) -> Found:
    prepared = len(work)
    async with driven(place) as driver:
        people = [asyncio.create_task(_collect(driver, work)) for _ in range(AT_ONCE)]
        tally = await driver.count_for(seconds)
        statements = driver.statements.told(len(tally.took_s), within_s=tally.seconds)
        work.clear()
        await asyncio.gather(*people)
    figure = tally.figure("payments")
    group = floors.GROUP
    return Found(
        bench="payment",
        ground=place.ground,
        goal=GOAL,
        measured=(figure,),
        floors=(
            floors.transfers(place, group=1, seconds=seconds / 5),
            floors.transfers(place, group=group, seconds=seconds / 5),
        ),
        facts={
            "measured": f"payment-cash letters of {AT_ONCE} masters at once, {prepared:,} jobs prepared",
            **tally.facts(),
            **driver.busy.told(len(tally.took_s)),
        },
        time=spending.shares(driver.samples),
        statements=statements,
    )


async def _collect(driver: Driver, work: list[tuple[str, str]]) -> None:
    while work:
        job_id, master_id = work.pop()
        payload = {
            "payment_id": f"payment-{job_id}",
            "job_id": job_id,
            "amount_received_minor": town.PRICE_MINOR,
            "actor": {"kind": "master", "id": master_id},
        }
        await driver.ask("payment-cash", f"job:{job_id}", payload)
