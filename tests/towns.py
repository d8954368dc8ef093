"""The played services of `naryad simulators`, served in the test's own loop."""

import socket
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn

from bots.chance import SystemChance
from bots.clock import SystemClock
from bots.simulators.town import build
from bots.simulators.town.front import Town


@asynccontextmanager
async def town(folder: Path, *, only: Collection[str]) -> AsyncIterator[tuple[Town, str]]:
    """Serve these services on loopback until the block ends; lends them and their address."""
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{door.getsockname()[1]}"
    made = build(
        clock=SystemClock(),
        chance=SystemChance(),
        url=url,
        naryad="http://127.0.0.1:1",
        folder=folder,
        only=only,
    )
    config = uvicorn.Config(made, log_level="critical", access_log=False, ws="none")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[door])
    try:
        yield made, url
    finally:
        await server.shutdown(sockets=[door])
