"""Calls to the Bot API: aiogram's typed methods over our own line, and one translation of failures.

aiogram's own line has one time-out for everything, cannot tell a message that never left from one whose
answer was lost, reads all updates or none, and puts the token into its exceptions. Requests go through the
transport below httpx's client: the client would write every address, and so the token, into the log.
"""

import asyncio
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import TelegramMethod

from core.kernel.refusal import Outage, Shut, Unanswered, Unsayable
from core.messages import Paper
from core.wire import CONNECT_S, READ_S, NotLetIn, trust

API_URL = "https://api.telegram.org"
FILE_BYTES_MAX = 20 * 1024 * 1024  # of one file that a bot can fetch
_WHOLE_S = 60.0  # for connecting and all bytes both ways: one now and then is no answer either
_IDLE_S = 20.0  # a connection is kept so long; Telegram keeps them longer

_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_GONE = ("chat not found", "user not found", "PEER_ID_INVALID", "upgraded to a supergroup")


class Refused(Unsayable):
    """Telegram will never take this, and says why."""


class Line:
    """The connections of one bot. No sentence of its exceptions holds the token."""

    def __init__(self, token: str, *, url: str = API_URL, proxy: str = "", read_s: float = READ_S) -> None:
        """Speak to `url`, through `proxy` (`http://…`, `socks5://…`) if there is one, `read_s` to answer."""
        self._token = token
        self._server = TelegramAPIServer.from_base(url)
        self._read_s = read_s
        self._transport = httpx.AsyncHTTPTransport(
            verify=trust(),
            proxy=httpx.Proxy(proxy) if proxy else None,
            limits=httpx.Limits(max_connections=100, keepalive_expiry=_IDLE_S),
            trust_env=False,
        )

    async def call(
        self, method: TelegramMethod[Any], *, files: Mapping[str, Paper] | None = None, wait_s: float = 0.0
    ) -> object:
        """Call a method and return its `result` as it came, unread.

        Args:
            files: What its parameters name as `attach://…`.
            wait_s: How long Telegram may hold the answer back, on top of the usual.

        Raises:
            Outage: it surely did not happen: no connection, 429, 503, another who asks for updates.
            NotLetIn: nor did this: the token is not taken.
            Unanswered: nobody knows.
            Shut: the person has blocked the bot, is gone, or has never written.
            Refused: it will never be taken.
        """
        url = self._server.api_url(self._token, method.__api_method__)
        told = method.model_dump(exclude_unset=True, exclude_none=True)
        if files:
            form = {name: _field(value) for name, value in told.items()}
            parts = {name: (paper.name, paper.content, paper.type) for name, paper in files.items()}
            request = httpx.Request("POST", url, data=form, files=parts, extensions=self._patience(wait_s))
        else:
            request = httpx.Request("POST", url, json=told, extensions=self._patience(wait_s))
        return _result(*await self._ask(request))

    async def fetch(self, path: str) -> bytes:
        """Return a file by the path that `getFile` told.

        Raises:
            Refused: it is not there any more.
            Outage, Unanswered, NotLetIn: as with calls.
        """
        request = httpx.Request(
            "GET", self._server.file_url(self._token, path), extensions=self._patience(0.0)
        )
        status, content = await self._ask(request)
        if status == HTTPStatus.OK:
            return content
        if status == HTTPStatus.NOT_FOUND:
            raise Refused("the file is not there any more")
        _result(status, content)
        raise _unreadable()

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def _ask(self, request: httpx.Request) -> tuple[int, bytes]:
        """Send a request once and return the status and the whole body of its answer."""
        try:
            async with asyncio.timeout(request.extensions["timeout"]["read"] + _WHOLE_S):
                response = await self._transport.handle_async_request(request)
                try:
                    content = bytearray()
                    async for part in response.aiter_bytes():
                        content += part
                        if len(content) > FILE_BYTES_MAX:
                            raise Refused("the answer is too large")
                finally:
                    await response.aclose()
        except _NEVER_SENT as error:
            raise Outage(f"Telegram cannot be reached: {type(error).__name__}") from None
        except (httpx.HTTPError, TimeoutError) as error:  # its text may quote the address
            raise Unanswered(f"Telegram did not answer: {type(error).__name__}") from None
        return response.status_code, bytes(content)

    def _patience(self, wait_s: float) -> dict[str, Any]:
        read_s = self._read_s + wait_s
        return {"timeout": {"connect": CONNECT_S, "pool": CONNECT_S, "read": read_s, "write": READ_S}}


def _result(status: int, content: bytes) -> object:
    """Return what a call brought, or raise what its answer means."""
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        raise Outage("Telegram takes nothing now: 503")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unanswered(f"Telegram failed: {status}")
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:  # from the server before its API, in words of its own
        raise Refused("Telegram: the file is too large")
    body = _object(content)
    if status == HTTPStatus.OK and body.get("ok") is True and "result" in body:
        return body["result"]
    if body.get("ok") is not False:  # a proxy's page, or a shape that the Bot API does not describe
        raise _unreadable()
    said = str(body.get("description", ""))
    match status:
        case HTTPStatus.TOO_MANY_REQUESTS:
            raise Outage("Telegram takes no more now: 429", wait_s=_wait_s(body))
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.NOT_FOUND:  # a token of no shape at all is "Not Found"
            raise NotLetIn(f"Telegram does not take our token: {status}. Look at its settings.")
        case HTTPStatus.CONFLICT:
            raise Outage(f"Telegram: {said}")
        case HTTPStatus.FORBIDDEN:
            raise Shut(f"Telegram: {said}")
        case HTTPStatus.BAD_REQUEST if any(word in said for word in _GONE):
            raise Shut(f"Telegram: {said}")
        case _:
            raise Refused(f"Telegram: {said or status}")


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise _unreadable() from None
    if not isinstance(found, dict):
        raise _unreadable()
    return found


def _unreadable() -> Unanswered:
    return Unanswered("Telegram answered what cannot be read")


def _wait_s(body: Mapping[str, Any]) -> float | None:
    parameters = body.get("parameters")
    told = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return float(told) if isinstance(told, int | float) else None


def _field(value: object) -> str:
    """Write a parameter as a field of a form."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
