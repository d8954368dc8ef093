"""The town's one port: every service below its name, and the page at `/`."""

import contextlib
import re
from collections.abc import AsyncIterator, Collection, Mapping
from http import HTTPStatus
from pathlib import Path

import httpx
from fastapi import FastAPI, HTTPException
from fastapi.responses import FileResponse, Response
from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from bots.simulators.town.others import Others
from bots.simulators.town.services import PLAYED, Ground, Service
from core.ports import Chance, Clock

PAGES = Path(__file__).parents[1] / "pages"
OURS = Path(__file__).parents[2] / "sidecar" / "pages"
_NAME = re.compile(r"(town[a-z-]*\.(?:js|css)|paper\.css|icon\.svg)")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Town:
    """An ASGI app of apps. Each is called as if it stood below a proxy, so that it knows its own address.

    Attributes:
        missing: Services that are not played, and the library each lacks.
    """

    front: ASGIApp  # everything but the services

    def __init__(self, services: Mapping[str, Service], *, missing: Mapping[str, str]) -> None:
        self.services, self.missing = services, missing

    @property
    def settings(self) -> list[tuple[Service, Mapping[str, str]]]:
        """What leads Naryad to each service; ports are known once the town lives."""
        return [(service, service.settings()) for service in self.services.values()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the service its path begins with."""
        name = scope["path"].split("/")[1] if scope["type"] == "http" else ""
        if name in self.services:
            await self.services[name].app({**scope, "root_path": f"/{name}"}, receive, send)
        else:
            await self.front(scope, receive, send)


def build(
    *,
    clock: Clock,
    chance: Chance,
    url: str,
    naryad: str,
    folder: Path,
    pace: float = 1.0,
    ports: Mapping[str, int] | None = None,
    only: Collection[str] = tuple(PLAYED),
) -> Town:
    """Build the town; its services live from its start-up to its shut-down.

    Args:
        url: Where it is reached.
        naryad: Where Naryad is reached.
        folder: For those services that keep a file.
        pace: Multiplies the waits before anything is sent again.
        ports: Of services that speak no HTTP, by name; any that is free without.
        only: The names of the services to play.
    """
    ground = Ground(clock, chance, url, naryad, folder, pace, ports or {})
    services: dict[str, Service] = {}
    missing: dict[str, str] = {}
    for name in (name for name in PLAYED if name in only):
        try:
            services[name] = PLAYED[name](ground)
        except ModuleNotFoundError as error:
            missing[name] = error.name or ""
    town = Town(services, missing=missing)
    http = httpx.AsyncClient(transport=httpx.ASGITransport(town), base_url=url)
    others = Others({name: each for name, each in services.items() if each.acts}, clock=clock, http=http)

    @contextlib.asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(http.aclose)
            for service in services.values():
                if service.close is not None:
                    stack.push_async_callback(service.close)
                if service.start is not None:
                    await service.start()
            yield

    front = FastAPI(openapi_url=None, lifespan=living)
    front.include_router(others.routes())
    _show(front, services)
    town.front = front
    return town


def _show(front: FastAPI, services: Mapping[str, Service]) -> None:
    @front.get("/")
    async def page() -> Response:
        return FileResponse(PAGES / "town.html", media_type="text/html; charset=utf-8")

    @front.get("/pages/{name}")
    async def file(name: str) -> Response:
        folder = PAGES if name.startswith("town") else OURS
        if not _NAME.fullmatch(name) or not (folder / name).is_file():
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return FileResponse(folder / name)

    @front.get("/town/services")
    async def told() -> list[dict[str, object]]:
        return [
            {
                "name": each.name,
                "acts": sorted(each.acts),
                "roles": [role.value for role in each.roles],
                "settings": each.settings(),
            }
            for each in services.values()
        ]

    @front.middleware("http")
    async def guard(request: Request, go_on: RequestResponseEndpoint) -> Response:
        response = await go_on(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response
