"""What the tests of gateways share: an app on a real socket, and a door where notices arrive."""

import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import Response

from core.knock import Knock, Thanks

pytest.register_assert_rewrite("tests.gateways.contract", "tests.gateways.registrars", "tests.gateways.stand")

ONE_RETRY = (timedelta(seconds=1),)


@asynccontextmanager
async def served(build: Callable[[str], FastAPI]) -> AsyncIterator[FastAPI]:
    """Serve the app that `build` makes of its address, on loopback and in this loop, until the block ends."""
    door = socket.socket(proto=socket.IPPROTO_TCP)  # else asyncio waits 40 ms for each acknowledgement
    door.bind(("127.0.0.1", 0))
    app = build(f"http://127.0.0.1:{door.getsockname()[1]}")
    config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off", ws="none")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[door])  # without its loop of ticks: it would cost each test 100 ms
    try:
        yield app
    finally:
        for listening in server.servers:  # its own shutdown naps 100 ms
            listening.close()
        for connection in list(server.server_state.connections):
            connection.transport.close()
        door.close()


class Door:
    """Where a provider's notices arrive: takes them down as our own door would, and thanks.

    Attributes:
        knocks: What came, in order.
        refusals: So many are answered 500 before one is taken.
    """

    def __init__(self, url: str) -> None:
        self.url = f"{url}/webhooks/x"
        self.knocks: list[Knock] = []
        self.thanks = Thanks()
        self.refusals = 0

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.api_route("/webhooks/x", methods=["GET", "POST"])
        async def take(request: Request) -> Response:
            if self.refusals:
                self.refusals -= 1
                return Response(status_code=500)
            self.knocks.append(await as_knock(request))
            return Response(self.thanks.body, status_code=self.thanks.status, media_type=self.thanks.type)

        return app


async def as_knock(request: Request) -> Knock:
    """Take a request down as it came."""
    return Knock(
        method=request.method,
        query=dict(request.query_params),
        headers=dict(request.headers),
        body=await request.body(),
        address=request.client.host if request.client else "",
    )


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    doors: list[Door] = []

    def build(url: str) -> FastAPI:
        doors.append(Door(url))
        return doors[0].app()

    async with served(build):
        yield doors[0]


def free_address() -> str:
    """Return an address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


__all__: Sequence[str] = ("ONE_RETRY", "Door", "as_knock", "free_address", "served")
