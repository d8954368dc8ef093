"""The Bot API over HTTP: `/bot<token>/<method>` and `/file/bot<token>/<path>`; its people are under `/_sim`.

Calls come as JSON, as a form or in the query, as with Telegram. Limits: about 30 messages a second of a bot,
one a second in a chat after a burst. Faults and their log: `bots.simulators.wire`.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import Response

from bots.simulators.telegram import shapes
from bots.simulators.telegram.books import CHAT_BURST, PER_SECOND, Books
from bots.simulators.telegram.calls import Calls
from bots.simulators.telegram.no import No, bad
from bots.simulators.telegram.people import People
from bots.simulators.telegram.post import Post
from bots.simulators.wire import Wire, as_json
from core.ports import Chance, Clock

CLIENT_TOKEN = "1000001:simulated-client-bot-of-no-worth"  # noqa: S105 - opens a simulator
MASTER_TOKEN = "1000002:simulated-master-bot-of-no-worth"  # noqa: S105


def build(
    *,
    clock: Clock,
    chance: Chance,
    pace: float = 1.0,
    tokens: Sequence[str] = (CLIENT_TOKEN, MASTER_TOKEN),
    per_second: float = PER_SECOND,
    chat_burst: int = CHAT_BURST,
    http: httpx.AsyncClient | None = None,
) -> FastAPI:
    """Build the app.

    Args:
        pace: Multiplies the waits before an update is sent to a webhook again.
        tokens: The bots there are, each `<id>:<secret>`; people talk to the first without `?bot=`.
        per_second: How many messages a bot may send, and how many at once after a rest.
        chat_burst: How many messages a chat takes at once before it is one a second.
        http: What goes to webhooks; a new client if none is given.
    """
    post = Post(clock, pace=pace, http=http)
    books = Books(
        tokens, clock=clock, chance=chance, tell=post.hand, per_second=per_second, chat_burst=chat_burst
    )
    calls = Calls(books)
    app = FastAPI(title="Telegram, played", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.books = books

    async def called(request: Request) -> Response:
        try:
            bot = books.bot(request.path_params["token"])
            method = request.path_params["method"]
            args = shapes.read(method, await _told(request))
            return _answer({"ok": True, "result": await calls.call(bot, method, args)})
        except No as no:
            return _refusal(no)

    async def downloaded(request: Request) -> Response:
        try:
            bot = books.bot(request.path_params["token"])
        except No as no:
            return _refusal(no)
        path, now = request.path_params["path"], clock.now()
        for file in bot.files.values():
            if file.path == path and file.link_until is not None and now < file.link_until:
                return Response(file.content, media_type="application/octet-stream")
        return _refusal(No("Not Found", HTTPStatus.NOT_FOUND))

    app.add_route("/bot{token}/{method}", called, methods=["GET", "POST"])
    app.add_route("/file/bot{token}/{path:path}", downloaded, methods=["GET"])
    Wire(post).install(app)
    app.include_router(People(books).routes())
    return app


async def _told(request: Request) -> Mapping[str, Any]:
    """Return what a call brings, whichever way it came; what is in the query too."""
    told: dict[str, Any] = dict(request.query_params)
    type = request.headers.get("content-type", "").partition(";")[0]
    if type == "application/json":
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError:
            raise bad("can't parse request: no JSON") from None
        if not isinstance(body, dict):
            raise bad("can't parse request: JSON object expected")
        return told | body
    if type in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        async with request.form() as form:
            return await shapes.attached(told | dict(form))
    return told


def _refusal(no: No) -> Response:
    body: dict[str, Any] = {"ok": False, "error_code": no.status, "description": no.description}
    headers = {}
    if no.retry_after is not None:
        body["parameters"] = {"retry_after": no.retry_after}
        headers["Retry-After"] = str(no.retry_after)
    return _answer(body, status=no.status, headers=headers)


def _answer(
    body: Mapping[str, Any], *, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(as_json(body), status_code=status, headers=headers, media_type="application/json")
