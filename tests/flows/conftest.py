"""A city over each of the two databases."""

from collections.abc import AsyncIterator

import pytest

from bots.chance import SystemChance
from storage.engine import Engine, open_engine
from tests.fakes.clock import FakeClock
from tests.flows.city import City
from tests.flows.till import Till


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[Engine]:
    """Open the fresh database; SQLite without its thread, for a third of the time went into waking it.

    `tests/bots` proves the spine on either, and `test_races.py` asks the one with its thread.
    """
    opened = open_engine(database_url, inline=database_url.startswith("sqlite"))
    try:
        yield opened
    finally:
        await opened.dispose()


@pytest.fixture
def city(engine: Engine, clock: FakeClock, chance: SystemChance) -> City:
    """Return an empty city on a Monday morning, 11:00 local."""
    return City(engine, clock, chance)


@pytest.fixture
def till(engine: Engine, clock: FakeClock, chance: SystemChance) -> Till:
    """Return a city with a payment provider."""
    return Till(engine, clock, chance)
