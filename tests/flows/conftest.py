"""A city over each of the two databases."""

import pytest

from bots.chance import SystemChance
from storage.engine import Engine
from tests.fakes.clock import FakeClock
from tests.flows.city import City
from tests.flows.till import Till


@pytest.fixture
def city(engine: Engine, clock: FakeClock, chance: SystemChance) -> City:
    """Return an empty city on a Monday morning, 11:00 local."""
    return City(engine, clock, chance)


@pytest.fixture
def till(engine: Engine, clock: FakeClock, chance: SystemChance) -> Till:
    """Return a city with a payment provider."""
    return Till(engine, clock, chance)
