"""Measures the bare spine: letters a second from put to handled, with a handler that records one event.

python -m tests.bots.spine_speed sqlite:////tmp/speed.sqlite [letters] [lanes] [inline]
"""

import asyncio
import sys
import time

from bots.chance import SystemChance
from bots.clock import SystemClock
from storage.engine import open_engine
from storage.tables import Row
from tests.fakes.mail import Spine, running


async def measure(url: str, *, letters: int, lanes: int, inline: bool = False) -> dict[str, float]:
    """Return letters per second: put, handled from a backlog, and both at once."""
    engine = open_engine(url, inline=inline)
    async with engine.begin() as connection:
        await connection.run_sync(Row.metadata.create_all)
    spine = Spine(engine, SystemClock(), SystemChance())

    async def put_all(run: str) -> None:
        async def put_some(sender: int) -> None:
            for n in range(sender, letters, 100):
                await spine.put(f"{run}:{n}", lane=f"chat:{n % lanes}", n=n)

        await asyncio.gather(*(put_some(sender) for sender in range(100)))

    start = time.perf_counter()
    await put_all("a")
    put = time.perf_counter()
    await spine.drain()
    drained = time.perf_counter()
    seen = len(spine.handler.seen) + letters
    async with running(spine.pump.run()):
        await put_all("b")
        while len(spine.handler.seen) < seen:
            await asyncio.sleep(0.01)
        end = time.perf_counter()
    await engine.dispose()
    return {
        "put": letters / (put - start),
        "handled": letters / (drained - put),
        "both": letters / (end - drained),
    }


if __name__ == "__main__":
    url, *rest = sys.argv[1:]
    sizes = [int(each) for each in rest if each.isdecimal()] or [5_000, 1_000]
    found = asyncio.run(measure(url, letters=sizes[0], lanes=sizes[-1], inline="inline" in rest))
    print({name: round(rate) for name, rate in found.items()})  # noqa: T201 - a command
