"""VK over HTTP, as dev.vk.com and VKCOM/vk-api-schema have it: `/method/…`, Long Poll, uploads, Callback API.

Any number of communities, each known by its token. What VK does not publish is played so: an address is
confirmed before the call that names it is answered; an event that is not thanked for with `ok` comes again
after 1 s, ever more rarely; events of one community go in order.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus

import httpx
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import UploadFile

from bots.simulators.vk.books import VERSION, Books, File, Group, No, Row, Server
from bots.simulators.vk.methods import Call, Methods
from bots.simulators.vk.people import People, base_of
from bots.simulators.wire import Outgoing, Sender, Wire, as_json
from core.ports import Chance, Clock
from core.wire import trust

RETRIES = tuple(timedelta(seconds=each) for each in (1, 5, 30, 120, 600, 3_600))
GROUPS: Mapping[str, int] = {"vk-token": 1}
WAIT_MAX_S = 90
CONFIRM_S = 5.0
Act = Callable[[Request], Awaitable[Response]]

_FAILED_HISTORY, _FAILED_KEY, _FAILED_BOTH = 1, 2, 3


def build(
    *,
    clock: Clock,
    chance: Chance,
    pace: float = 1.0,
    groups: Mapping[str, int] = GROUPS,
    is_strict: bool = True,
    http: httpx.AsyncClient | None = None,
) -> FastAPI:
    """Build VK for some communities.

    Args:
        pace: Multiplies the waits before an event is sent again.
        groups: Ids of communities by their tokens; more can be made at `POST /_sim/groups`.
        is_strict: A parameter that no schema knows is refused; VK itself overlooks it.
        http: What events go through; a new client if none is given.
    """
    played = _Vk(Sender(RETRIES, pace=pace, is_taken=_is_thanked, http=http), is_strict=is_strict)
    played.books = Books(clock=clock, chance=chance, tell=played.note)
    played.methods = Methods(played.books, confirm=played.confirm)
    for token, group_id in groups.items():
        played.books.add_group(token, group_id)
    app = FastAPI(title="VK, played", docs_url=None, redoc_url=None, openapi_url=None)
    played.wire.install(app)
    played.install(app, People(played.books))
    app.state.books = played.books
    return app


class _Vk:
    books: Books
    methods: Methods

    def __init__(self, sender: Sender, *, is_strict: bool) -> None:
        self.wire = Wire(sender)
        self._is_strict = is_strict
        self._news: list[Outgoing] = []

    def install(self, app: FastAPI, people: People) -> None:
        """Give the app what VK shows to the world, and the other side of it.

        Routes are bare ones: FastAPI's cost each test that builds VK anew a tenth of a second.
        """
        both, post = ["GET", "POST"], ["POST"]
        for path, act, methods in (
            ("/method/{name}", self.method, both),
            ("/lp/{group_id:int}", self.poll, both),
            ("/upload/{token}", self.upload, post),
            ("/files/{token}", self.file, ["GET"]),
            ("/_sim/chats/{id:int}/shown", people.look, ["GET"]),
            ("/_sim/chats/{id:int}/{act}", people.act, post),
            ("/_sim/{name}", people.do, post),
        ):
            app.add_route(path, self._told(act), methods=methods, include_in_schema=False)

    def _told(self, act: Act) -> Act:
        """Send what has happened before the request that caused it is answered."""

        async def answer(request: Request) -> Response:
            response = await act(request)
            news, self._news = self._news, []
            for each in news:
                await self.wire.sender.tell(each)
            return response

        return answer

    # Methods

    async def method(self, request: Request) -> Response:
        """Play a method; even a no comes with 200."""
        name = request.path_params["name"]
        form = await request.form()
        asked = {**request.query_params, **{key: str(value) for key, value in form.items()}}
        token, version = asked.pop("access_token", ""), asked.pop("v", "")
        for common in ("lang", "test_mode"):
            asked.pop(common, None)
        try:
            call = Call(self._caller(name, token, version), base_of(request))
            answer = await self.methods.play(name, call, asked, is_strict=self._is_strict)
        except No as no:
            told = {"method": name, "oauth": "1", "v": version, **asked}
            params = [{"key": key, "value": value} for key, value in told.items()]
            error = {"error_code": no.code, "error_msg": no.message, "request_params": params}
            return JSONResponse({"error": error})
        return JSONResponse({"response": answer})

    def _caller(self, name: str, token: str, version: str) -> Group:
        """Let a community in. Raises No."""
        if name not in self.methods:
            raise No(3, "Unknown method passed")
        if not version.startswith("5."):
            raise No(8, "Invalid request: v (version) is required")
        if token not in self.books.tokens:
            raise No(5, "User authorization failed: invalid access_token (4).")
        group = self.books.groups[self.books.tokens[token]]
        self.books.call(group)
        return group

    # Long Poll

    async def poll(self, request: Request) -> Response:
        """Tell what came after `ts`, or wait for it."""
        asked = request.query_params
        group = self.books.groups.get(request.path_params["group_id"])
        if group is None or asked.get("act") != "a_check" or not asked.get("ts", "").isdecimal():
            return JSONResponse({"failed": _FAILED_BOTH})
        if asked.get("key") != group.key:
            return JSONResponse({"failed": _FAILED_KEY})
        ts, wait_s = int(asked["ts"]), min(int(asked.get("wait", "25")), WAIT_MAX_S)
        if group.since(ts) == []:
            with suppress(TimeoutError):
                await asyncio.wait_for(group.rang.wait(), wait_s)
        events = group.since(ts)
        if events is None:
            return JSONResponse({"failed": _FAILED_HISTORY, "ts": group.ts})
        return JSONResponse({"ts": str(ts + len(events)), "updates": events})

    # Callback API

    def note(self, group: Group, server: Server, event: Row) -> None:
        """Keep an event until the request that caused it is done."""
        body = as_json({**event, **({"secret": server.secret_key} if server.secret_key else {})})
        attempts = 0

        def make() -> httpx.Request:
            nonlocal attempts
            again = {"X-Retry-Counter": str(attempts)} if attempts else {}
            attempts += 1
            return httpx.Request(
                "POST", server.url, content=body, headers={"Content-Type": "application/json", **again}
            )

        self._news.append(Outgoing(server.url, event["event_id"], make, lane=f"{group.id}-{server.id}"))

    async def confirm(self, group: Group, server: Server) -> None:
        """Ask an address whether it is the community's; the word is another the next time."""
        asked = {"type": "confirmation", "group_id": group.id, "event_id": self.books.token(), "v": VERSION}
        try:
            async with httpx.AsyncClient(timeout=CONFIRM_S, verify=trust()) as client:
                answer = await client.post(server.url, content=as_json(asked))
            is_ours = answer.status_code == HTTPStatus.OK and answer.text.strip() == group.confirmation
        except httpx.HTTPError:
            is_ours = False
        server.status = "ok" if is_ours else "failed"
        group.confirmation = self.books.token()[:8]

    # Files

    async def upload(self, request: Request) -> Response:
        """Take a file at an address that was lent for it."""
        lent = self.books.uploads.pop(request.path_params["token"], None)
        async with request.form() as form:
            file = form.get(lent[1]) if lent else None
            if lent is None or not isinstance(file, UploadFile):
                return JSONResponse({"error": "no_file", "error_descr": "Файл не загружен"})
            name, type, content = file.filename or "file", file.content_type or "", await file.read()
        if name.endswith((".exe", ".mp3")):
            return JSONResponse({"error": "wrong_ext", "error_descr": "Недопустимое расширение"})
        id = self.books.token()
        self.books.files[id] = File(name, type, content)
        if lent[1] == "file":
            return JSONResponse({"file": id})
        seal = self.books.token()[:18]
        photo = json.dumps([{"file": id, "hash": seal}])
        return JSONResponse({"server": 858_132, "photo": photo, "hash": seal})

    async def file(self, request: Request) -> Response:
        """Give a file to whoever has its address."""
        file = self.books.files.get(request.path_params["token"])
        if file is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return Response(file.content, media_type=file.type)


def _is_thanked(response: httpx.Response) -> bool:
    return response.status_code == HTTPStatus.OK and response.text.strip() == "ok"
