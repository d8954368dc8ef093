"""ATOL Online (protocol v4, FFD 1.05), played from its published description.

    POST /getToken                    {login, pass} → a token for 24 hours; GET takes both in the query
    POST /{group}/sell · /sell_refund → uuid; the same `external_id` again: error 33 with the first one's
    GET  /{group}/report/{uuid}       → wait, done with what was printed, or fail
    GET  /receipt?fn=&i=&fp=…         the page that an operator would show: what the square code says

A document is printed after a moment. One with another company's INN, or while the machine is jammed, fails
for good. A result is told once to its `callback_url`, unsigned.
"""

from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import ValidationError

from bots.simulators.atol.books import OPERATIONS, Books, No
from bots.simulators.atol.page import page_of
from bots.simulators.atol.shapes import DocumentIn, LoginIn
from bots.simulators.slip import CSS
from bots.simulators.wire import Outgoing, Sender, Wire, as_json
from core.ports import Chance, Clock

PREFIX = "/possystem/v4"
JSON = "application/json"


def build(
    path: Path,
    *,
    login: str,
    password: str,
    group: str,
    inn: str,
    url: str,
    clock: Clock,
    chance: Chance,
    key: str | None = None,
    prints_in: timedelta = timedelta(),
) -> FastAPI:
    """Build the app over its file. Its methods stand under `PREFIX`; `app.state.close` ends it.

    Args:
        path: The SQLite file, made if there is none.
        inn: Of the company that the registers belong to.
        url: Where the app is reached, with its mount path: pages are addressed by it.
        key: Who sets faults must bring it.
        prints_in: How long a document waits to be printed.
    """
    books = Books(
        path,
        clock=clock,
        chance=chance,
        login=login,
        password=password,
        group=group,
        inn=inn,
        prints_in=prints_in,
    )
    app = FastAPI(openapi_url=None)
    wire = Wire(Sender(()), key=key)
    register = _Register(books, wire, url.rstrip("/"))
    app.add_api_route(f"{PREFIX}/getToken", register.enter, methods=["POST"])
    app.add_api_route(f"{PREFIX}/getToken", register.enter_by_query, methods=["GET"])
    app.add_api_route(f"{PREFIX}/{{group}}/report/{{uuid}}", register.report, methods=["GET"])
    app.add_api_route(f"{PREFIX}/{{group}}/{{operation}}", register.take, methods=["POST"])
    app.add_api_route("/receipt", register.page, methods=["GET"])
    app.add_api_route("/paper.css", _css, methods=["GET"])
    app.add_exception_handler(No, register.say_no)
    wire.install(app)
    app.state.books = books
    app.state.close = register.close
    return app


class _Register:
    def __init__(self, books: Books, wire: Wire, url: str) -> None:
        self._books = books
        self._wire = wire
        self._url = url

    async def enter(self, request: Request) -> Response:
        asked = self._read(LoginIn, await self._json(request), code=13)
        return self._token(asked.login, asked.password)

    async def enter_by_query(self, request: Request) -> Response:
        asked = self._read(LoginIn, dict(request.query_params), code=13)
        return self._token(asked.login, asked.password)

    async def take(self, group: str, operation: str, request: Request) -> Response:
        self._let_in(request, group)
        if operation not in OPERATIONS:
            raise No(400, 31, f'Операция "{operation}" не поддерживается.')
        asked = self._read(DocumentIn, await self._json(request), code=32)
        document = self._books.take(operation, asked)
        await self._tell()
        said = {"uuid": document["uuid"], "timestamp": self._books.now(), "error": None, "status": "wait"}
        return JSONResponse(said)

    async def report(self, group: str, uuid: str, request: Request) -> Response:
        self._let_in(request, group)
        return JSONResponse(self._books.report(uuid, url=self._url))

    async def page(self, i: int, fp: int) -> Response:
        document = self._books.printed(i, fp)
        if document is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return page_of(document, root=urlsplit(self._url).path)

    def say_no(self, request: Request, no: Exception) -> Response:
        del request
        assert isinstance(no, No)  # noqa: S101 - it is called for nothing else
        said: dict[str, Any] = {
            "timestamp": self._books.now(),
            "error": self._books.error(no.code, no.text),
            **({"status": no.status} if no.status else {}),
            **({"uuid": no.uuid} if no.uuid else {}),
        }
        return JSONResponse(said, status_code=no.http)

    async def close(self) -> None:
        await self._wire.sender.close()
        self._books.close()

    # Parts

    def _token(self, login: str, password: str) -> Response:
        said = {"error": None, "token": self._books.token(login, password), "timestamp": self._books.now()}
        return JSONResponse(said)

    def _let_in(self, request: Request, group: str) -> None:
        self._books.let_in(request.headers.get("token") or request.query_params.get("token"), group)

    async def _json(self, request: Request) -> Any:  # noqa: ANN401 - whatever was sent
        told = request.headers.get("content-type", "")
        if told.partition(";")[0].strip().lower() != JSON:
            raise No(415, 41, f"Некорректный Content-Type: {told}.")
        try:
            return await request.json()
        except ValueError:
            raise No(400, 40, "Некорректный запрос.") from None

    def _read(self, shape: Any, told: object, *, code: int) -> Any:  # noqa: ANN401 - any shape
        try:
            return shape.model_validate(told)
        except ValidationError as error:
            fields = ", ".join(sorted({".".join(map(str, each["loc"])) or "?" for each in error.errors()}))
            words = "входного чека" if code == 32 else "входящего запроса"  # noqa: PLR2004 - its own code
            status = "fail" if code == 32 else None  # noqa: PLR2004 - as above
            raise No(
                400, code, f"Ошибка валидации {words}. Ошибочные поля: {fields}", status=status
            ) from None

    async def _tell(self) -> None:
        for document in self._books.untold():
            body = as_json(self._books.report(document["uuid"], url=self._url))
            self._books.told(document["uuid"])
            await self._wire.sender.tell(_outgoing(document["callback_url"], document["uuid"], body))


def _outgoing(url: str, uuid: str, body: bytes) -> Outgoing:
    def make() -> httpx.Request:
        return httpx.Request("POST", url, content=body, headers={"Content-Type": JSON})

    return Outgoing(url=url, about=uuid, make=make)


async def _css() -> Response:
    return FileResponse(CSS, media_type="text/css")


__all__ = ["PREFIX", "build"]
