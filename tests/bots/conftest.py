"""The bare spine on each of its three grounds: a SQLite file, the same on the loop itself, PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.chance import SystemChance
from storage.engine import Engine, open_engine
from tests.databases import PostgresTemplate, SqliteTemplate
from tests.fakes.clock import FakeClock
from tests.fakes.mail import Spine


@pytest.fixture(params=["sqlite", "inline", "postgresql"])
async def ground(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Engine]:
    """Lend an engine over a fresh database."""
    is_inline = request.param == "inline"
    name = "sqlite" if is_inline else request.param
    template: SqliteTemplate | PostgresTemplate = request.getfixturevalue(f"{name}_template")
    with template.copy(tmp_path) as url:
        engine = open_engine(url, inline=is_inline)
        try:
            yield engine
        finally:
            await engine.dispose()


@pytest.fixture
async def spine(ground: Engine, clock: FakeClock, chance: SystemChance) -> AsyncIterator[Spine]:
    """Lend intake and pump with a handler that does what its letters say."""
    lent = Spine(ground, clock, chance)
    yield lent
    await lent.intake.settle()
