"""What all simulators share: faults that can be set, notices and their retries, and a log of what came.

A simulator is a FastAPI app that holds one `Wire`. `POST /_sim/faults` sets a fault, `DELETE /_sim/faults`
takes all back and lets go whoever waits; `GET /_sim/log` tells what came and which notices went out;
`POST /_sim/charges/{id}/pay|decline` is the client who pays or declines.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Literal

import httpx
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.wire import is_same, trust

logger = logging.getLogger(__name__)

LOG_MAX = 1_000
NOTICE_TIMEOUT_S = 10.0
GARBAGE = b"<html><body>502 but as 200</body></html>"
_PAIR = 2


class FaultKind(StrEnum):
    """What may go wrong. Only REFUSE happens before the effect."""

    SLOW = "slow"  # it is done, and the answer comes after `seconds`
    REFUSE = "refuse"  # 503, nothing is done
    FAIL_AFTER = "fail_after"  # it is done, and the answer is 500
    CUT_AFTER = "cut_after"  # it is done, and the connection breaks within the answer
    GARBAGE = "garbage"  # it is done, and the answer is 200 with no JSON


class NoticeMode(StrEnum):
    """How notices are sent."""

    ONCE = "once"
    TWICE = "twice"
    REVERSED = "reversed"  # one is held back until the next has been sent
    BEFORE_ANSWER = "before_answer"  # delivered before the request that caused it is answered
    NEVER = "never"


class FaultIn(BaseModel):
    """A fault of requests: the next `times` whose path begins with `path`."""

    model_config = ConfigDict(extra="forbid")
    kind: FaultKind
    path: str = ""
    times: int = Field(default=1, ge=1)
    seconds: float = Field(default=60.0, ge=0, le=600)


class NoticeFaultIn(BaseModel):
    """How notices are sent from now on."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["notices"]
    mode: NoticeMode


# Notices


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A notice as it leaves. `make` signs it anew for every attempt, as some providers do.

    Attributes:
        about: Id of the charge, refund or payout, for the log.
        lane: Notices of one lane go in order, each once the one before is taken or given up.
    """

    url: str
    about: str
    make: Callable[[], httpx.Request]
    delivered: Callable[[], None] = lambda: None
    lane: str = ""


def is_200(response: httpx.Response) -> bool:
    """Take any 200 for thanks; providers that want a word bring their own test."""
    return response.status_code == HTTPStatus.OK


class Sender:
    """Sends notices, and again by the provider's schedule while nobody takes them.

    Attributes:
        sent: What was sent: `{"about", "url", "status"}`; status None: nobody answered.
    """

    def __init__(
        self,
        schedule: Sequence[timedelta],
        *,
        pace: float = 1.0,
        is_taken: Callable[[httpx.Response], bool] = is_200,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        """Try at once, then after each span of `schedule` times `pace`."""
        self.mode = NoticeMode.ONCE
        self.sent: deque[dict[str, Any]] = deque(maxlen=LOG_MAX)
        self._schedule = [span.total_seconds() * pace for span in schedule]
        self._is_taken = is_taken
        self._http = http
        self._held: list[Outgoing] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._lanes: dict[str, asyncio.Task[None]] = {}

    async def tell(self, notice: Outgoing) -> None:
        """Send a notice as the mode says."""
        match self.mode:
            case NoticeMode.NEVER:
                return
            case NoticeMode.BEFORE_ANSWER:
                await self._attempt(notice)
            case NoticeMode.TWICE:
                self._start([notice, notice])
            case NoticeMode.REVERSED:
                self._held.append(notice)
                if len(self._held) == _PAIR:
                    self._start(self._held[::-1])
                    self._held = []
            case NoticeMode.ONCE:
                self._start([notice])

    async def settled(self) -> None:
        """Return once every notice is taken or given up; with a `pace` of 0 that is at once."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        """Stop sending."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    def _start(self, notices: Sequence[Outgoing]) -> None:
        lane = notices[0].lane
        ahead = self._lanes.get(lane) if lane else None

        async def one_after_another() -> None:
            if ahead is not None:
                await asyncio.wait({ahead})
            for notice in notices:
                await self._deliver(notice)

        task = asyncio.create_task(one_after_another(), name="notice")
        if lane:
            self._lanes[lane] = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, notice: Outgoing) -> None:
        for wait_s in (0.0, *self._schedule):
            await asyncio.sleep(wait_s)
            if await self._attempt(notice):
                return
        logger.warning("simulator.notice-given-up about=%s", notice.about)

    async def _attempt(self, notice: Outgoing) -> bool:
        if self._http is None:
            self._http = httpx.AsyncClient(timeout=NOTICE_TIMEOUT_S, verify=trust())
        try:
            response = await self._http.send(notice.make())
        except httpx.HTTPError:
            self.sent.append({"about": notice.about, "url": notice.url, "status": None})
            return False
        self.sent.append({"about": notice.about, "url": notice.url, "status": response.status_code})
        if is_taken := self._is_taken(response):
            notice.delivered()
        return is_taken


# Faults, the log, and the client's part


@dataclass(slots=True)
class _Fault:
    asked: FaultIn
    left: int
    released: asyncio.Event = field(default_factory=asyncio.Event)


Act = Callable[[str], Awaitable[Mapping[str, Any]]]


class Wire:
    """The wire of one simulator: stands in front of its app, breaks what it is told to, writes down all.

    Attributes:
        received: `{"method", "path", "query", "body"}` of every request but those to `/_sim`; no headers,
            for they hold keys.
    """

    def __init__(self, sender: Sender, *, key: str | None = None) -> None:
        """Let everybody set faults, or only who brings `key` as bearer."""
        self.sender = sender
        self.received: deque[dict[str, Any]] = deque(maxlen=LOG_MAX)
        self._key = key
        self._faults: list[_Fault] = []

    def install(self, app: FastAPI, *, pay: Act | None = None, decline: Act | None = None) -> None:
        """Give the app its `/_sim` routes and stand in front of it.

        Args:
            pay: Pays the charge of a provider's id, as its client would; HTTPException says why not. None:
                it takes no money.
            decline: The client's bank says no.
        """
        app.include_router(self._router({"pay": pay, "decline": decline}))
        app.add_middleware(_Breaker, wire=self)
        app.state.wire = self

    def fault(self, kind: FaultKind, *, path: str = "", times: int = 1, seconds: float = 60.0) -> None:
        """Let the next `times` requests whose path begins with `path` go wrong."""
        asked = FaultIn(kind=kind, path=path, times=times, seconds=seconds)
        self._faults.append(_Fault(asked, times))

    def heal(self) -> None:
        """Take every fault back; what waits is answered now."""
        for fault in self._faults:
            fault.released.set()
        self._faults = []
        self.sender.mode = NoticeMode.ONCE

    def take(self, path: str) -> _Fault | None:
        """Return the fault that meets this request, if one is set."""
        for fault in self._faults:
            if fault.left and path.startswith(fault.asked.path):
                fault.left -= 1
                return fault
        return None

    def _router(self, acts: Mapping[str, Act | None]) -> APIRouter:
        router = APIRouter(prefix="/_sim", include_in_schema=False, dependencies=[Depends(self._check)])

        @router.post("/faults", status_code=HTTPStatus.NO_CONTENT)
        async def set_fault(body: FaultIn | NoticeFaultIn) -> Response:
            if isinstance(body, NoticeFaultIn):
                self.sender.mode = body.mode
            else:
                self.fault(body.kind, path=body.path, times=body.times, seconds=body.seconds)
            return Response(status_code=HTTPStatus.NO_CONTENT)

        @router.delete("/faults", status_code=HTTPStatus.NO_CONTENT)
        async def heal() -> Response:
            self.heal()
            return Response(status_code=HTTPStatus.NO_CONTENT)

        @router.get("/log")
        async def log() -> Response:
            return JSONResponse({"received": list(self.received), "notices": list(self.sender.sent)})

        @router.post("/charges/{id}/{act}")
        async def act(id: str, act: Literal["pay", "decline"]) -> Response:
            deed = acts[act]
            if deed is None:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            return JSONResponse(await deed(id))

        return router

    def _check(self, request: Request) -> None:
        told = request.headers.get("authorization", "")
        if self._key is not None and not is_same(told, f"Bearer {self._key}"):
            raise HTTPException(HTTPStatus.UNAUTHORIZED)


class Cut(httpx.RemoteProtocolError):
    """The end of an answer that was cut: what httpx says over a socket, also to who speaks to us without."""


class _Breaker:
    """Writes a request down, lets it through, and breaks its answer if a fault is set."""

    def __init__(self, app: ASGIApp, *, wire: Wire) -> None:
        self._app = app
        self._wire = wire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", "")).removeprefix(str(scope.get("root_path", "")))
        if scope["type"] != "http" or path.startswith("/_sim"):
            await self._app(scope, receive, send)
            return
        body = await _whole(receive)
        self._wire.received.append(
            {
                "method": scope["method"],
                "path": path,
                "query": scope["query_string"].decode("latin-1"),
                "body": body.decode(errors="replace"),
            }
        )
        fault = self._wire.take(path)
        if fault is None:
            await self._app(scope, _again(body, receive), send)
        elif fault.asked.kind is FaultKind.REFUSE:
            await _answer(send, HTTPStatus.SERVICE_UNAVAILABLE, b"")
        else:
            await self._after(fault, scope, _again(body, receive), send)

    async def _after(self, fault: _Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """Do what was asked, then spoil the answer."""
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        await self._app(scope, receive, keep)
        match fault.asked.kind:
            case FaultKind.SLOW:
                with suppress(TimeoutError):
                    await asyncio.wait_for(fault.released.wait(), fault.asked.seconds)
                for message in answer:
                    await send(message)
            case FaultKind.FAIL_AFTER:
                await _answer(send, HTTPStatus.INTERNAL_SERVER_ERROR, b"{}")
            case FaultKind.GARBAGE:
                await _answer(send, HTTPStatus.OK, GARBAGE)
            case _:  # the server closes the connection of an app that fails within its answer
                await send(_start(HTTPStatus.OK, len(GARBAGE)))
                raise Cut("the answer was cut")


async def _whole(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Hand the body out once more, then whatever comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def read() -> Message:
        return waiting.pop() if waiting else await receive()

    return read


async def _answer(send: Send, status: int, body: bytes) -> None:
    await send(_start(status, len(body)))
    await send({"type": "http.response.body", "body": body})


def _start(status: int, length: int) -> Message:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(length).encode())]
    return {"type": "http.response.start", "status": int(status), "headers": headers}


def as_json(body: Mapping[str, Any]) -> bytes:
    """Write a notice's body."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
