"""MAX's bot API over HTTP, as its OpenAPI description has it: a bare token, updates, messages, uploads.

The bots are named when it is built or by `POST /_sim/bots`; the people are in `people`. Errors are
`{"code", "message"}`. Uploads and files, which MAX keeps on other hosts, are under `/_upload` and
`/_files`, and want no token.
"""

import asyncio
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Literal

import httpx
from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from bots.simulators.max.books import BYTES_MAX, Books, Bot, No, Row, Subscription, Upload, bad
from bots.simulators.max.hook import Postman, letter
from bots.simulators.max.people import People
from bots.simulators.max.shapes import AnswerIn, MessageIn, SubscriptionIn
from bots.simulators.wire import Outgoing, Wire
from core.ports import Chance, Clock
from core.wire import is_same

_DONE = {"success": True}


def build(
    *,
    clock: Clock,
    chance: Chance,
    url: str,
    bots: Mapping[str, str],
    pace: float = 1.0,
    not_ready: int = 1,
    http: httpx.AsyncClient | None = None,
) -> FastAPI:
    """Build MAX.

    Args:
        clock: The time of day; limits of calls a second go by it too.
        chance: Of tokens.
        url: Where the app is reached.
        bots: Tokens and the public names of their bots; the first is whom people talk to by default.
        pace: Multiplies the waits before an update is sent again and the 8 hours until a bot is forgotten.
        not_ready: How often an upload is refused before it may be sent.
        http: What updates go through; a new client if none is given.
    """
    played = _Max(Postman(pace=pace, http=http), url)
    played.books = Books(clock=clock, chance=chance, pace=pace, not_ready=not_ready, tell=played.note)
    for token, name in bots.items():
        played.books.add_bot(token, name)
    app = FastAPI(title="MAX, played", docs_url=None, redoc_url=None, openapi_url=None)
    for lay in (played.updates, played.messages, played.files):
        lay(app.router)
    People(played.books, url=url, told=played.told).lay(app.router)
    app.add_exception_handler(No, _say_no)
    app.add_exception_handler(HTTPException, _say_unknown)
    app.add_exception_handler(RequestValidationError, _say_malformed)
    played.wire.install(app)
    return app


class _Max:
    books: Books

    def __init__(self, postman: Postman, url: str) -> None:
        self.wire = Wire(postman)
        self._url = url
        self._news: list[Outgoing] = []

    def note(self, bot: Bot, place: int, update: Row) -> None:
        """Keep an update until what caused it is done."""
        if (leaving := letter(self.books, bot, place, update)) is not None:
            self._news.append(leaving)

    async def told(self) -> None:
        """Send what was kept."""
        news, self._news = self._news, []
        for each in news:
            await self.wire.sender.tell(each)

    # Who asks

    async def _bot(self, request: Request) -> Bot:
        told = request.headers.get("authorization", "")
        found = [bot for token, bot in self.books.bots.items() if is_same(told, token)]
        if not found:
            raise No(HTTPStatus.UNAUTHORIZED, "verify.token", "Invalid access_token")
        return found[0]

    async def _counted(self, request: Request) -> Bot:
        bot = await self._bot(request)
        self.books.count(bot)
        return bot

    # Routes

    def updates(self, router: APIRouter) -> None:
        """Add `/me`, `/subscriptions` and `/updates`."""
        books = self.books

        @router.get("/me", dependencies=[Depends(_only())])
        async def me(bot: Annotated[Bot, Depends(self._counted)]) -> Response:
            return JSONResponse({**bot.user(), "name": bot.name, "last_activity_time": books.ms()})

        @router.get("/subscriptions", dependencies=[Depends(_only())])
        async def subscriptions(bot: Annotated[Bot, Depends(self._counted)]) -> Response:
            books.subscription(bot, "")  # forgets who was silent too long
            found = bot.subscriptions.values()
            shown = [{"url": each.url, "time": each.time, "update_types": each.types} for each in found]
            return JSONResponse({"subscriptions": shown})

        @router.post("/subscriptions", dependencies=[Depends(_only())])
        async def subscribe(bot: Annotated[Bot, Depends(self._counted)], body: SubscriptionIn) -> Response:
            kept = Subscription(body.url, body.update_types, body.secret, books.ms())
            bot.subscriptions[body.url] = kept
            return JSONResponse(_DONE)

        @router.delete("/subscriptions", dependencies=[Depends(_only("url"))])
        async def unsubscribe(bot: Annotated[Bot, Depends(self._counted)], url: str) -> Response:
            if bot.subscriptions.pop(url, None) is None:
                return JSONResponse({"success": False, "message": "There is no such subscription"})
            return JSONResponse(_DONE)

        @router.get("/updates", dependencies=[Depends(_only("limit", "timeout", "marker", "types"))])
        async def poll(
            bot: Annotated[Bot, Depends(self._bot)],
            limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
            timeout: Annotated[int, Query(ge=0, le=90)] = 30,  # noqa: ASYNC109 - MAX's own word
            marker: int | None = None,
            types: str = "",
        ) -> Response:
            return JSONResponse(
                await self._poll(bot, marker, limit, timeout, set(filter(None, types.split(","))))
            )

    async def _poll(self, bot: Bot, marker: int | None, limit: int, wait_s: float, types: set[str]) -> Row:
        if bot.subscriptions:
            raise No(HTTPStatus.METHOD_NOT_ALLOWED, "method.not.allowed", "A webhook is subscribed")
        bot.rang.clear()
        found, following = self.books.read(bot, marker, limit)
        if not found:
            try:
                await asyncio.wait_for(bot.rang.wait(), wait_s)
            except TimeoutError:
                return {"updates": [], "marker": following}
            found, following = self.books.read(bot, following, limit)
        kept = [each for each in found if not types or each["update_type"] in types]
        return {"updates": kept, "marker": following}

    def messages(self, router: APIRouter) -> None:
        """Add `/messages`, `/answers` and `/videos`."""
        books = self.books
        to = _only("user_id", "disable_link_preview")  # chats of many are not played

        @router.post("/messages", dependencies=[Depends(to)])
        async def say(
            bot: Annotated[Bot, Depends(self._counted)],
            body: MessageIn,
            user_id: int,
            disable_link_preview: Literal["true", "false"] = "false",  # noqa: ARG001 - there are no previews here
        ) -> Response:
            return JSONResponse({"message": books.say(bot, user_id, body)})

        @router.post("/answers", dependencies=[Depends(_only("callback_id"))])
        async def answer(
            bot: Annotated[Bot, Depends(self._counted)],
            body: AnswerIn,  # noqa: ARG001 - it is checked
            callback_id: Annotated[str, Query(min_length=1)],
        ) -> Response:
            books.answer(bot, callback_id)
            return JSONResponse(_DONE)

        @router.get("/videos/{token}", dependencies=[Depends(self._counted), Depends(_only())])
        async def video(token: str) -> Response:
            if token not in books.videos:
                raise No(HTTPStatus.NOT_FOUND, "not.found", "There is no such video")
            shown = {"token": token, "urls": {"mp4_480": books.videos[token], "hls": None}}
            return JSONResponse({**shown, "width": 640, "height": 480, "duration": 3})

    def files(self, router: APIRouter) -> None:
        """Add `/uploads` and what MAX keeps on other hosts."""
        books = self.books

        @router.post("/uploads", dependencies=[Depends(_only("type"))])
        async def place(
            bot: Annotated[Bot, Depends(self._counted)], type: Literal["image", "video", "audio", "file"]
        ) -> Response:
            upload = books.upload(bot, type)
            answer = {"url": f"{self._url}/_upload/{upload.id}"}
            return JSONResponse(answer | ({"token": upload.token} if type in {"video", "audio"} else {}))

        @router.post("/_upload/{id}")
        async def take(id: int, request: Request) -> Response:
            upload = books.uploading(id)
            async with request.form() as form:
                file = form.get("data")
                if not isinstance(file, UploadFile) or len(form) != 1:
                    raise bad("One file, in the part called data")
                content = await file.read()
                name, type = file.filename or "", file.content_type or ""
            if not 0 < len(content) <= BYTES_MAX[upload.type]:
                raise bad("The size of the file is out of range")
            upload.name, upload.media_type, upload.content = name, type, content
            return _taken(upload)

        @router.get("/_files/{key}")
        async def file(key: str) -> Response:
            if key not in books.files:
                raise No(HTTPStatus.NOT_FOUND, "not.found", "There is no such file")
            type, content = books.files[key]
            return Response(content, media_type=type)


def _taken(upload: Upload) -> Response:
    if upload.type == "image":
        return JSONResponse({"photos": {str(upload.id): {"token": upload.token}}})
    if upload.type == "file":
        return JSONResponse({"fileId": upload.id, "token": upload.token})
    return Response("<retval>1</retval>", media_type="text/xml")


def _only(*known: str) -> Callable[[Request], None]:
    """Refuse parameters that the description does not know."""

    def check(request: Request) -> None:
        if unknown := set(request.query_params) - set(known):
            raise bad(f"Unknown parameter: {min(unknown)}")

    return check


async def _say_no(_: Request, no: Exception) -> Response:
    if not isinstance(no, No):
        raise no
    return JSONResponse({"code": no.code, "message": no.message}, status_code=no.status)


async def _say_unknown(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    code = HTTPStatus(error.status_code).name.lower().replace("_", ".")
    return await _say_no(_, No(HTTPStatus(error.status_code), code, str(error.detail)))


async def _say_malformed(_: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return await _say_no(_, bad(f"{where}: {first['msg']}"))
