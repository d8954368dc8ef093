"""HTTP between two apps of one process, without a network: our own web, and providers that are played."""

from collections.abc import Callable

import httpx
from fastapi import FastAPI


class Inside(httpx.AsyncBaseTransport):
    """Speaks HTTP to an app of this process, as if it were mounted at a path."""

    def __init__(self, app: Callable[[], FastAPI], *, at: str = "") -> None:
        """Take who makes the app, once it is first spoken to, and the path it is mounted at."""
        self._app = app
        self._at = at
        self._transport: httpx.ASGITransport | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hand the request over."""
        if self._transport is None:
            self._transport = httpx.ASGITransport(self._app(), root_path=self._at, raise_app_exceptions=False)
        return await self._transport.handle_async_request(request)
