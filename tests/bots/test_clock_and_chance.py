"""Time and chance: one source each."""

import uuid
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from bots.chance import SystemChance
from bots.clock import SystemClock
from tests.fakes.clock import FakeClock


def test_ids_are_uuids_that_sort_by_time(clock: FakeClock) -> None:
    chance = SystemChance()
    ids = []
    for _ in range(50):
        ids += [chance.id(clock.now()) for _ in range(20)]
        clock.advance(milliseconds=1)

    assert ids == sorted(ids)
    assert len(set(ids)) == 1_000
    assert {uuid.UUID(id).version for id in ids} == {7}


def test_many_ids_of_one_millisecond_differ(clock: FakeClock) -> None:
    chance = SystemChance()

    assert len({chance.id(clock.now()) for _ in range(20_000)}) == 20_000


def test_the_same_seed_gives_the_same_chance(clock: FakeClock) -> None:
    one, two, other = (SystemChance(seed) for seed in (1, 1, 2))

    def draw(chance: SystemChance) -> tuple[str, int, str]:
        return chance.id(clock.now()), chance.between(1, 10**9), chance.token()

    assert draw(one) == draw(two) != draw(other)


async def test_the_clock_agrees_with_the_database(engine: AsyncEngine) -> None:
    is_shared = engine.dialect.name == "postgresql"
    clock = SystemClock(timedelta(hours=1) if is_shared else timedelta())

    assert abs(await clock.agree(engine)) < timedelta(seconds=1)
