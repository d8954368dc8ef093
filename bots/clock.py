"""The only reader of the time."""

import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

SAMPLES = 5


class SystemClock:
    """The time of the machine, corrected to the database's, so that all processes agree."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """Return the present as an aware datetime in UTC."""
        return datetime.now(UTC) + self.offset

    async def agree(self, engine: AsyncEngine) -> timedelta:
        """Measure how far the clock of PostgreSQL is from ours and go by it from now on.

        Of a few questions the one that was answered quickest counts: it errs by half its way at
        most. SQLite lives on this machine and has no clock of its own.
        """
        if engine.dialect.name != "postgresql":
            return self.offset
        samples: list[tuple[float, timedelta]] = []
        async with engine.connect() as connection:
            for _ in range(SAMPLES):
                asked, begun = datetime.now(UTC), time.perf_counter()
                theirs: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
                took_s = time.perf_counter() - begun
                samples.append((took_s, theirs - asked - timedelta(seconds=took_s / 2)))
        self.offset = min(samples)[1]
        return self.offset
