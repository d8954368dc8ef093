"""One assignment among ten thousand masters: find who is free, write down why, hold his time, offer."""

import asyncio
from collections import Counter
from datetime import timedelta

from scripts.bench import floors, spending, town
from scripts.bench.driving import Driver, Tally, driven
from scripts.bench.figures import Found, Goal
from scripts.bench.grounds import Place

GOAL = Goal(p99_ms=100)
MASTERS = 10_000
DAYS = 4
BOOKINGS = 20_000  # of the masters' time, before anything is asked
AT_ONCE = 32  # decisions, for the rate
PER_SECOND_MOST = 400  # so many waiting jobs are prepared for each second
AHEAD = timedelta(hours=6)
QUESTION = "with best"


def measure(place: Place, *, seconds: float) -> Found:
    """Let waiting jobs look for a master: one at a time for the span, many at once for the rate."""
    count = max(100, round(PER_SECOND_MOST * seconds))
    masters_count = MASTERS if seconds >= 1 else MASTERS // 10  # a trial is no measurement
    with town.writing(place) as connection:
        masters = town.add_masters(connection, masters_count, days=DAYS)
        starts = town.half_hours(ahead=AHEAD, count=96)
        taken = min(BOOKINGS, 2 * masters_count)
        when = [starts[(7 * (n % masters_count) + n // masters_count * 40) % 80] for n in range(taken)]
        busy = town.add_jobs(connection, taken, name="busy", starts=when, state="quoted")
        whose = [masters[n % masters_count] for n in range(taken)]
        town.add_bookings(connection, busy, whose, starts=when)
        waiting = town.add_jobs(connection, count, name="job", starts=starts[: 96 - 8])
    return asyncio.run(_measure(place, waiting, masters_count, taken, seconds=seconds))


async def _measure(
    place: Place, waiting: list[str], masters_count: int, taken: int, *, seconds: float
) -> Found:
    prepared = len(waiting)
    async with driven(place) as driver:
        alone, one_by_one = await _decide(driver, waiting, at_once=1, seconds=seconds / 2)
        statements = driver.statements.told(len(alone.took_s), within_s=alone.seconds)
        busy = driver.busy.told(len(alone.took_s))
        sql, parameters = driver.statements.texts[QUESTION]
        together, _ = await _decide(driver, waiting, at_once=AT_ONCE, seconds=seconds / 2)
    floor = floors.question(
        place, sql, parameters, name="the question for candidates, bare driver", seconds=seconds / 5
    )
    return Found(
        bench="dispatch",
        ground=place.ground,
        goal=GOAL,
        measured=(
            alone.figure("decisions, one at a time"),
            together.figure(f"decisions, {AT_ONCE} at once"),
        ),
        floors=(floor, floors.letters(place, group=1, seconds=seconds / 5)),
        facts={
            "measured": "from the letter put to the offer on the disk",
            "among": f"{masters_count:,} masters of one city and trade, {taken:,} bookings; "
            f"{prepared:,} jobs that wait",
            **alone.facts(),
            **together.facts(),
            **busy,
        },
        time=spending.shares(one_by_one),
        statements=statements,
    )


async def _decide(
    driver: Driver, waiting: list[str], *, at_once: int, seconds: float
) -> tuple[Tally, Counter[str]]:
    stop = asyncio.Event()

    async def dispatcher() -> None:
        while waiting and not stop.is_set():
            job_id = waiting.pop()
            await driver.ask("job-retry", f"job:{job_id}", {"job_id": job_id})

    dispatchers = [asyncio.create_task(dispatcher()) for _ in range(at_once)]
    tally = await driver.count_for(seconds)
    stop.set()
    await asyncio.gather(*dispatchers)
    return tally, driver.samples
