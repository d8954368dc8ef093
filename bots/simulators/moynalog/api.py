"""The tax office's service for the self-employed, played as its clients know it: nobody published it.

    POST /auth/token                  {refreshToken, deviceInfo} → a token for an hour
    POST /auth/lkfl                   {username, password, deviceInfo} → the same
    POST /income                      → {approvedReceiptUuid}; each time another one
    GET  /incomes?from=&to=&sortBy=&offset=&limit=
    POST /cancel                      {receiptUuid, comment, …} → {incomeInfo}; once
    GET  /receipt/{inn}/{uuid}/print · /json

Times are moments with their offset: a bare date breaks it (500), as it does the real one.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import ValidationError

from bots.simulators.moynalog.books import Books, No, told
from bots.simulators.moynalog.shapes import CancelIn, IncomeIn, PasswordIn, RefreshIn
from bots.simulators.slip import CSS, roubles, slip, words_of
from bots.simulators.wire import Sender, Wire
from core.gateways.wire import MOSCOW
from core.ports import Chance, Clock

PREFIX = "/api/v1"
SORTS = {"operation_time:asc": True, "operation_time:desc": False}
LIMIT_MAX = 100


def build(
    path: Path, *, key: str, url: str, clock: Clock, chance: Chance, sim_key: str | None = None
) -> FastAPI:
    """Build the app over its file. Its methods stand under `PREFIX`; `app.state.close` ends it.

    Args:
        path: The SQLite file, made if there is none.
        key: Makes every account's tokens and passwords: `refresh_token_of`, `password_of`.
        url: Where the app is reached, with its mount path.
        sim_key: Who sets faults must bring it.
    """
    books = Books(path, key=key, clock=clock, chance=chance)
    app = FastAPI(openapi_url=None)
    wire = Wire(Sender(()), key=sim_key)
    office = _Office(books, url)
    for method, way, deed in (
        ("POST", "/auth/token", office.refresh),
        ("POST", "/auth/lkfl", office.enter),
        ("POST", "/income", office.register),
        ("GET", "/incomes", office.incomes),
        ("POST", "/cancel", office.annul),
        ("GET", "/receipt/{inn}/{id}/print", office.page),
        ("GET", "/receipt/{inn}/{id}/json", office.receipt),
    ):
        app.add_api_route(PREFIX + way, deed, methods=[method])
    app.add_api_route("/paper.css", _css, methods=["GET"])
    app.add_exception_handler(No, _say_no)
    wire.install(app)

    async def close() -> None:
        await wire.sender.close()
        books.close()

    app.state.books = books
    app.state.close = close
    return app


class _Office:
    def __init__(self, books: Books, url: str) -> None:
        self._books = books
        self._root = urlsplit(url).path.rstrip("/")

    async def refresh(self, request: Request) -> Response:
        asked = await _read(RefreshIn, request)
        return JSONResponse(
            self._books.by_refresh_token(asked.refresh_token, asked.device_info.source_device_id)
        )

    async def enter(self, request: Request) -> Response:
        asked = await _read(PasswordIn, request)
        device = asked.device_info.source_device_id
        return JSONResponse(self._books.by_password(asked.username, asked.password, device))

    async def register(self, request: Request) -> Response:
        inn, device = self._who(request)
        asked = await _read(IncomeIn, request)
        return JSONResponse({"approvedReceiptUuid": self._books.register(inn, device, asked)})

    async def incomes(self, request: Request) -> Response:
        inn, _ = self._who(request)
        asked = dict(request.query_params)
        sort, offset = asked.get("sortBy", "operation_time:desc"), _count(asked, "offset", 0)
        if sort.count(":") != 1:
            raise No(400, "validation.failed", "Требуется два параметра для сортировки")
        limit = _count(asked, "limit", LIMIT_MAX)
        if sort not in SORTS or not 1 <= limit <= LIMIT_MAX:
            raise No(400, "validation.failed", "Неверный параметр")
        since, until = (_moment(asked, name) for name in ("from", "to"))
        found = self._books.incomes(inn, since=since, until=until, is_rising=SORTS[sort])
        page = found[offset : offset + limit]
        said = {
            "content": [told(row) for row in page],
            "hasMore": len(found) > offset + limit,
            "currentOffset": offset,
            "currentLimit": limit,
        }
        return JSONResponse(said)

    async def annul(self, request: Request) -> Response:
        inn, _ = self._who(request)
        asked = await _read(CancelIn, request)
        return JSONResponse({"incomeInfo": self._books.annul(inn, asked)})

    async def receipt(self, inn: str, id: str) -> Response:
        return JSONResponse(told(self._books.income(inn, id)))

    async def page(self, inn: str, id: str) -> Response:
        income = told(self._books.income(inn, id))
        words = words_of("income")
        at = datetime.fromisoformat(income["operationTime"]).astimezone(MOSCOW)
        rows = [(each["name"], roubles(Decimal(str(each["amount"])))) for each in income["services"]]
        rows += [
            (words["at"], f"{at:%d.%m.%Y %H:%M}"),
            (words["seller"], inn),
            (words["number"], id),
        ]
        annulled = income["cancellationInfo"]
        if annulled:
            rows.append((words["why"], annulled["comment"]))
        return slip(
            words,
            number=id,
            state="annulled" if annulled else "registered",
            total=Decimal(str(income["totalAmount"])),
            rows=rows,
            code=f"{self._root}{PREFIX}/receipt/{inn}/{id}/print",
            root=self._root,
        )

    def _who(self, request: Request) -> tuple[str, str]:
        return self._books.who(request.headers.get("authorization", ""))


async def _read(shape: Any, request: Request) -> Any:  # noqa: ANN401 - any shape
    try:
        return shape.model_validate(await request.json())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise No(400, "validation.failed", f"{where}: {first['msg']}") from None
    except ValueError:
        raise No(400, "validation.failed", "Неверный формат запроса") from None


def _count(asked: Mapping[str, str], name: str, usual: int) -> int:
    try:
        return int(asked.get(name, usual))
    except ValueError:
        raise No(400, "validation.failed", f"Неверный параметр {name}") from None


def _moment(asked: Mapping[str, str], name: str) -> datetime:
    try:
        found = datetime.fromisoformat(asked.get(name, ""))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise No(500, "internal", "Внутренняя ошибка. Попробуйте еще раз")
    return found


async def _say_no(_: Request, no: Exception) -> Response:
    if not isinstance(no, No):
        raise no
    said = {"message": no.message, "code": no.code, "additionalInfo": None}
    return JSONResponse(said, status_code=HTTPStatus(no.status))


async def _css() -> Response:
    return FileResponse(CSS, media_type="text/css")
