"""MAX's bot API as calls: the bare token in a header, its noes turned into ours, files up and down."""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from core.kernel.refusal import Outage, Shut, Unanswered, Unsayable
from core.messages import Paper
from core.wire import CONNECT_S, READ_S, Answer, Wire, fetched, trust

API_URL = "https://platform-api2.max.ru"
FETCHED_BYTES_MAX = 50 * 1024 * 1024  # of one file that a person sent: it is read into memory
BUSY_S = 1.0  # MAX counts calls by the second and names no wait of its own

_PROVIDER = "MAX"
_EXPLAINED = (HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)
_NOT_READY = "attachment.not.ready"
_BAD_TOKEN = "verify.token"  # noqa: S105 - a code
_GONE = "chat.denied"  # 403: the person stopped the bot or left, or the bot is not published yet
_NOT_FOUND = ".not.found"  # 404: chat.not.found, dialog.not.found
_VIDEO_SIZES = ("mp4_720", "mp4_480", "mp4_360", "mp4_1080", "mp4_240", "mp4_144")


@dataclass(frozen=True, slots=True)
class Reach:
    """How the outside is reached.

    Attributes:
        url: MAX's address, or what stands for it.
        proxy: Through whom, or empty.
        ca_file: Roots believed beside the system's: MAX's chain ends at the Минцифры's.
        read_s: Patience for an answer, in seconds.
    """

    url: str = API_URL
    proxy: str = ""
    ca_file: Path | None = None
    read_s: float = READ_S

    def client(self, *, read_s: float) -> httpx.AsyncClient:
        """Make a client that waits so long for an answer."""
        return httpx.AsyncClient(
            timeout=httpx.Timeout(read_s, connect=CONNECT_S),
            verify=self._trust(),
            proxy=self.proxy or None,
        )

    def _trust(self) -> ssl.SSLContext:
        if self.ca_file is None:
            return trust()
        believed = httpx.create_ssl_context()
        believed.load_verify_locations(cafile=self.ca_file)
        return believed


class Api:
    """The calls we make. Each raises Outage, NotLetIn and Unanswered as `Wire` does."""

    def __init__(self, token: str, reach: Reach, *, listen_s: int, not_ready_s: Sequence[float]) -> None:
        """Ask with this token.

        Args:
            token: The bot's.
            reach: How MAX is reached.
            listen_s: How long one long poll lasts; MAX takes 0 to 90.
            not_ready_s: The waits between tries while an upload is being worked on.
        """
        self._headers = {"Authorization": token}
        self._listen_s, self._not_ready_s = listen_s, not_ready_s
        self._files = reach.client(read_s=reach.read_s)  # uploads and downloads live on other hosts
        self._wire = _wire(reach, reach.read_s)
        self._ear = _wire(reach, reach.read_s + listen_s)

    # People

    async def say(self, user_id: str, body: Mapping[str, Any]) -> str:
        """Send a message and return its id.

        While an attachment is being worked on MAX refuses the whole message, so it may be asked again.

        Raises:
            Shut: the person cannot be reached.
            Unsayable: MAX will never take this message.
        """
        params = {"user_id": user_id, "disable_link_preview": "true"}
        for wait_s in self._not_ready_s:
            answer = await self._ask("POST", "/messages", params=params, body=body)
            if answer.body.get("code") != _NOT_READY:
                return self._id(answer)
            await asyncio.sleep(wait_s)
        answer = await self._ask("POST", "/messages", params=params, body=body)
        if answer.body.get("code") == _NOT_READY:
            raise Outage("MAX is still working on an attachment", wait_s=BUSY_S)
        return self._id(answer)

    def _id(self, answer: Answer) -> str:
        _raise_no(answer)
        message = answer.body.get("message")
        told = message.get("body") if isinstance(message, dict) else None
        return self._wire.text(told if isinstance(told, dict) else {}, "mid")

    async def answer(self, callback_id: str) -> None:
        """Take note of a press, saying nothing. A press that MAX has forgotten is no trouble."""
        await self._ask("POST", "/answers", params={"callback_id": callback_id}, body={})

    # Updates

    async def updates(self, marker: str | None, *, types: str) -> Mapping[str, Any]:
        """Ask once for what came after the marker; without one MAX tells the last thing only."""
        params = {"timeout": str(self._listen_s), "types": types}
        if marker is not None:
            params["marker"] = marker
        return self._good(await self._ask("GET", "/updates", params=params, wire=self._ear))

    async def subscriptions(self) -> list[str]:
        """Return the addresses that updates go to."""
        body = self._good(await self._ask("GET", "/subscriptions"))
        found = body.get("subscriptions")
        if not isinstance(found, list):
            raise self._wire.unreadable("subscriptions")
        return [str(each.get("url")) for each in found if isinstance(each, dict)]

    async def subscribe(self, url: str, *, secret: str, types: Sequence[str]) -> None:
        """Have updates of these kinds sent to an address, with our secret in a header."""
        body = {"url": url, "update_types": list(types), "secret": secret}
        self._sure(await self._ask("POST", "/subscriptions", body=body))

    async def unsubscribe(self, url: str) -> None:
        """Have none sent there any more."""
        self._sure(await self._ask("DELETE", "/subscriptions", params={"url": url}))

    # Files

    async def upload(self, paper: Paper, kind: str) -> dict[str, Any]:
        """Bring a file to MAX and return what an attachment of it carries.

        Nothing has been said to anybody yet, so whatever fails here surely did not happen.

        Raises:
            Unsayable: MAX does not take such a file.
        """
        try:
            place = self._good(await self._ask("POST", "/uploads", params={"type": kind}))
            url = self._wire.text(place, "url")
            taken = await self._files.post(url, files={"data": (paper.name, paper.content, paper.type)})
        except (Unanswered, httpx.HTTPError, httpx.InvalidURL) as error:
            raise Outage(f"MAX did not take a file: {type(error).__name__}") from None
        if taken.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or taken.status_code in _EXPLAINED:
            raise Outage(f"MAX did not take a file: {taken.status_code}")
        if not taken.is_success:
            raise Unsayable(f"MAX does not take such a file: {taken.status_code}")
        return _payload(place, _object(taken))

    async def video_url(self, token: str) -> str:
        """Return where a video that somebody sent can be had. Raises Unsayable if it is gone."""
        answer = await self._ask("GET", f"/videos/{token}")
        urls = answer.body.get("urls")
        if answer.is_good and isinstance(urls, dict):
            for size in _VIDEO_SIZES:
                if isinstance(urls.get(size), str):
                    return str(urls[size])
        raise Unsayable("MAX does not hand the video over")

    async def download(self, url: str) -> bytes:
        """Return a file that somebody sent; our token does not go there.

        Raises:
            Unsayable: it is gone, or larger than `FETCHED_BYTES_MAX`.
        """
        try:
            response, content = await fetched(self._files, url, home=self._wire.url, most=FETCHED_BYTES_MAX)
        except (httpx.UnsupportedProtocol, httpx.InvalidURL):
            raise Unsayable("that is no address of a file") from None
        except httpx.HTTPError as error:  # its text may quote the address, which is a key to the file
            raise Outage(f"MAX did not hand a file over: {type(error).__name__}") from None
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or response.status_code in (
            HTTPStatus.TOO_MANY_REQUESTS,
            HTTPStatus.REQUEST_TIMEOUT,
        ):
            raise Outage(f"MAX did not hand a file over: {response.status_code}")
        if not response.is_success:
            raise Unsayable(f"MAX does not hand the file over: {response.status_code}")
        return content

    async def close(self) -> None:
        """Close the connections."""
        for each in (self._wire.close, self._ear.close, self._files.aclose):
            await each()

    # Inside

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        wire: Wire | None = None,
    ) -> Answer:
        answer = await (wire or self._wire).ask(method, path, headers=self._headers, params=params, body=body)
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise Outage("MAX takes nothing now: 429", wait_s=BUSY_S)
        if answer.body.get("code") == _BAD_TOKEN:
            raise self._wire.stranger(answer.status)
        return answer

    def _good(self, answer: Answer) -> Mapping[str, Any]:
        """Return the answer to what MAX has no reason to refuse."""
        if not answer.is_good:
            raise Outage(f"MAX refuses: {answer.status} {_code(answer)}")
        return answer.body

    def _sure(self, answer: Answer) -> None:
        if self._good(answer).get("success") is not True:
            raise Outage("MAX did not change where updates go")


def _wire(reach: Reach, read_s: float) -> Wire:
    http = reach.client(read_s=read_s)
    return Wire(provider=_PROVIDER, url=reach.url, http=http, explained=_EXPLAINED)


def _raise_no(answer: Answer) -> None:
    if answer.is_good:
        return
    code = _code(answer)
    if code == _GONE or (answer.status == HTTPStatus.NOT_FOUND and code.endswith(_NOT_FOUND)):
        raise Shut(f"MAX: {code}")
    if answer.status == HTTPStatus.FORBIDDEN:
        raise Outage(f"MAX refuses: {code}")
    raise Unsayable(f"MAX does not take it: {answer.status} {code}")


def _code(answer: Answer) -> str:
    """Return the key of an error; its sentence may quote what was sent, so it is left behind."""
    code = answer.body.get("code")
    return code[:60] if isinstance(code, str) else ""


def _object(response: httpx.Response) -> Mapping[str, Any]:
    """Return a JSON object; for sound and video the upload answers XML, which tells nothing."""
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _payload(place: Mapping[str, Any], taken: Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(taken.get("photos"), dict) and taken["photos"]:
        return {"photos": taken["photos"]}
    for told in (taken, place):
        if isinstance(told.get("token"), str):
            return {"token": told["token"]}
    raise Outage("MAX took a file and named no token")
