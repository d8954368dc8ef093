"""How adapters speak to the outside over HTTP: one client, its time-outs, one translation of failures."""

import asyncio
import json
import ssl
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from hmac import compare_digest
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any

import httpx

from core.kernel.refusal import Outage, Unanswered, Unsayable

CONNECT_S = 3.0
READ_S = 15.0

# It was turned away at the door, so nothing happened.
_TURNED_AWAY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_NO_ANSWER = frozenset({HTTPStatus.REQUEST_TIMEOUT})
_STRANGER = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class NotLetIn(Outage):
    """Our credentials are not taken, or a provider's own token has run out. Nothing happened."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider answered: a status that is no outage, and a JSON object."""

    status: int
    body: Mapping[str, Any]

    @property
    def is_good(self) -> bool:
        """Whether the provider took it."""
        return self.status < HTTPStatus.BAD_REQUEST


class Wire:
    """The connections to one provider.

    Attributes:
        provider: How the provider is called in sentences.
        url: The address its paths are added to.
    """

    def __init__(
        self,
        *,
        provider: str,
        url: str,
        http: httpx.AsyncClient | None = None,
        explained: Collection[int] = (),
    ) -> None:
        """Speak through `http`, which brings its own time-outs and is closed with us, or a new client.

        Args:
            explained: Statuses that the provider explains in a JSON object: with one they are answers.
        """
        self.provider = provider
        self.url = url.rstrip("/")
        self._explained = frozenset(explained)
        self._http = http or httpx.AsyncClient(
            timeout=httpx.Timeout(READ_S, connect=CONNECT_S), verify=trust()
        )

    async def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request once, `body` as JSON or `form` as a form, and return the JSON object answered.

        A definite no, such as 400 or 404, is an answer. Floating-point numbers come as `Decimal`.

        Raises:
            Outage: it surely did not happen: no connection, 429, 503.
            NotLetIn: nor did this: our credentials are not taken.
            Unanswered: nobody knows: no answer in time, a cut connection, another 5xx, an unreadable answer.
        """
        try:
            response = await self._http.request(
                method, f"{self.url}{path}", headers=headers, params=params, json=body, data=form
            )
        except _NEVER_SENT as error:
            raise Outage(f"{self.provider} cannot be reached: {type(error).__name__}") from None
        except httpx.HTTPError as error:  # its text may quote an address with a secret in it
            raise Unanswered(f"{self.provider} did not answer: {type(error).__name__}") from None
        status = response.status_code
        if status in self._explained:
            with suppress(Unanswered):
                return Answer(status, self.read(response.content))
        if status in _STRANGER:
            raise self.stranger(status)
        if status in _TURNED_AWAY:
            wait_s = _seconds(response.headers.get("retry-after"))
            raise Outage(f"{self.provider} takes nothing now: {status}", wait_s=wait_s)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _NO_ANSWER:
            raise Unanswered(f"{self.provider} failed: {status}")
        if response.is_redirect:  # its address is not the provider's any more, or a proxy answers for it
            raise self.unreadable(f"a redirect, {status}")
        return Answer(status, self.read(response.content))

    def read(self, content: bytes) -> Mapping[str, Any]:
        """Read a JSON object. Raises Unanswered for anything else."""
        try:
            found = json.loads(content, parse_float=Decimal)
        except (ValueError, RecursionError):
            raise self.unreadable() from None
        if not isinstance(found, dict):
            raise self.unreadable()
        return found

    def stranger(self, code: int | str) -> NotLetIn:
        """Return the outage of wrong credentials; providers that say it with 200 call it themselves."""
        return NotLetIn(f"{self.provider} does not take our credentials: {code}. Look at its settings.")

    def unreadable(self, what: str = "its answer") -> Unanswered:
        """Return what to raise for an answer of a shape that the provider does not describe."""
        return Unanswered(f"{self.provider} answered what cannot be read: {what}")

    def text(self, body: Mapping[str, Any], name: str) -> str:
        """Return a text that the provider always gives. Raises Unanswered if it does not."""
        value = body.get(name)
        if not isinstance(value, str) or not value:
            raise self.unreadable(name)
        return value

    def time(self, value: object) -> datetime:
        """Read a moment with its offset, in UTC. Raises Unanswered for anything else."""
        try:
            found = datetime.fromisoformat(str(value))
        except ValueError:
            raise self.unreadable("a time") from None
        if found.tzinfo is None:
            raise self.unreadable("a time")
        return found.astimezone(UTC)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


@cache
def trust() -> ssl.SSLContext:
    """Return whom we believe over TLS; read once, for it costs more than a request."""
    return httpx.create_ssl_context()


def is_same(told: str | bytes, expected: str | bytes) -> bool:
    """Compare secrets without telling by the time it takes how much was right."""
    return compare_digest(_bytes(told), _bytes(expected))


def _bytes(text: str | bytes) -> bytes:
    return encoded(text) if isinstance(text, str) else text


def encoded(text: str) -> bytes:
    """Return what is signed or compared; a stranger's JSON may hold halves of characters."""
    return text.encode("utf-8", "surrogatepass")


def _seconds(told: str | None) -> float | None:
    return float(told) if told is not None and told.isdecimal() else None


HOPS_MAX = 4


async def is_outside(url: httpx.URL, *, home: str) -> bool:
    """Tell whether a file may be fetched there: not from this machine or the network around it.

    Args:
        home: The service's own address, which may be anywhere.
    """
    if url.scheme not in ("http", "https") or not url.host:
        return False
    if url.host == httpx.URL(home).host:
        return True
    try:
        found = await asyncio.get_running_loop().getaddrinfo(url.host, None)
    except (OSError, UnicodeError):
        return True  # behind a proxy names may mean nothing here; else the client will not find it either
    return all(ip_address(str(each[4][0]).partition("%")[0]).is_global for each in found)


async def fetched(http: httpx.AsyncClient, url: str, *, home: str, most: int) -> tuple[httpx.Response, bytes]:
    """Get a file that somebody sent, wherever its address leads outside; nothing of ours goes along.

    Args:
        home: The service's own address.
        most: Bytes that are read.

    Returns:
        The answer, and its body if it is good.

    Raises:
        Unsayable: that is no address of a file, or it is too large.
        httpx.HTTPError: no answer.
    """
    try:
        at = httpx.URL(url)
        for _ in range(HOPS_MAX):
            if not await is_outside(at, home=home):
                break
            async with http.stream("GET", at, follow_redirects=False) as response:
                if response.is_redirect:
                    at = at.join(response.headers["location"])
                    continue
                return response, await _read(response, most) if response.is_success else b""
    except httpx.InvalidURL:
        pass
    raise Unsayable("that is no address of a file")


async def _read(response: httpx.Response, most: int) -> bytes:
    told = response.headers.get("content-length", "0")
    content = bytearray()
    if not told.isdecimal() or int(told[:20]) <= most:
        async for part in response.aiter_bytes():
            content += part
            if len(content) > most:
                break
        else:
            return bytes(content)
    raise Unsayable("the file is too large")
