"""YooKassa over HTTP, as its OpenAPI description has it: Basic credentials, `Idempotence-Key`, its errors.

Notices go to the address set in the shop's cabinet (`notice_url`), unsigned, for 24 hours until a 200.
The client's part is `POST /_sim/charges/{payment id}/pay|decline`.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, Depends, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response

from bots.simulators.wire import Outgoing, Sender, Wire, as_json
from bots.simulators.yookassa.books import Books, No, Row, not_found, shown
from bots.simulators.yookassa.shapes import CancelIn, CaptureIn, Key, PaymentIn, PayoutIn, RefundIn
from core.ports import Chance, Clock
from core.wire import is_same

# For a day, ever more rarely; the exact steps are not described.
RETRIES = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 180, 360, 819))
IdempotenceKey = Annotated[Key, Header(alias="Idempotence-Key")]

_LIMIT, _LIMIT_MAX = 10, 100
_TIMES = ("gte", "gt", "lte", "lt")
_PAYMENT_FILTERS = {"created_at", "captured_at", "status", "payment_method"}
_REFUND_FILTERS = {"created_at", "status", "payment_id"}
_PAYOUT_FILTERS = {"created_at", "status", "payout_destination.type", "metadata"}


def build(
    *,
    shop_id: str,
    secret_key: str,
    url: str,
    notice_url: str,
    clock: Clock,
    chance: Chance,
    pace: float = 1.0,
    gateway_id: str = "",
    payout_key: str = "",
    http: httpx.AsyncClient | None = None,
) -> FastAPI:
    """Build YooKassa for one shop; its API is under `/v3`.

    Args:
        url: Where the app is reached.
        notice_url: Where the shop wants to hear.
        pace: Multiplies the waits before a notice is sent again.
        gateway_id: The payout gateway, which has credentials of its own.
        payout_key: Its key.
        http: What notices go through; a new client if none is given.
    """
    played = _YooKassa(
        {"shop": f"{shop_id}:{secret_key}", "payouts": f"{gateway_id}:{payout_key}"},
        Sender(RETRIES, pace=pace, http=http),
        notice_url,
    )
    played.books = Books(shop_id, url=url, clock=clock, chance=chance, tell=played.note)
    app = FastAPI(title="YooKassa, played", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(played.payments())
    app.include_router(played.refunds())
    app.include_router(played.payouts())
    app.add_exception_handler(No, _say_no)
    app.add_exception_handler(RequestValidationError, _say_malformed)
    played.wire.install(app, pay=played.pay, decline=played.decline)
    return app


class _YooKassa:
    books: Books

    def __init__(self, credentials: Mapping[str, str], sender: Sender, notice_url: str) -> None:
        self.wire = Wire(sender)
        self._credentials = {
            name: f"Basic {b64encode(pair.encode()).decode()}" for name, pair in credentials.items()
        }
        self._notice_url = notice_url
        self._news: list[Outgoing] = []

    # Notices

    def note(self, event: str, thing: Row) -> None:
        """Keep a notice until the request that caused it is done."""
        body = as_json({"type": "notification", "event": event, "object": shown(thing)})
        headers = {"Content-Type": "application/json"}

        def make() -> httpx.Request:
            return httpx.Request("POST", self._notice_url, content=body, headers=headers)

        self._news.append(Outgoing(self._notice_url, thing["id"], make))

    async def _said(self, thing: Mapping[str, Any]) -> Response:
        await self._tell()
        return JSONResponse(shown(thing))

    async def _tell(self) -> None:
        news, self._news = self._news, []
        for each in news:
            await self.wire.sender.tell(each)

    # The client

    async def pay(self, id: str) -> Mapping[str, Any]:
        """Confirm the payment."""
        paid = self.books.client_pays(id)
        await self._tell()
        return shown(paid)

    async def decline(self, id: str) -> Mapping[str, Any]:
        """Let the client's bank say no."""
        declined = self.books.client_is_declined(id)
        await self._tell()
        return shown(declined)

    # Routes

    def payments(self) -> APIRouter:
        """Build `/payments`."""
        router = APIRouter(prefix="/v3/payments", dependencies=[Depends(self._check("shop"))])
        books = self.books

        @router.post("")
        async def create(body: PaymentIn, key: IdempotenceKey) -> Response:
            return await self._said(books.once(key, "payments", body, lambda: books.pay_in(body)))

        @router.get("")
        async def page(request: Request) -> Response:
            found = [books.payment(id) for id in books.payments]
            return await self._said(_page(request, found, _PAYMENT_FILTERS))

        @router.get("/{id}")
        async def read(id: str) -> Response:
            return await self._said(books.payment(id))

        @router.post("/{id}/capture")
        async def capture(id: str, body: CaptureIn, key: IdempotenceKey) -> Response:
            return await self._said(books.once(key, f"capture {id}", body, lambda: books.capture(id, body)))

        @router.post("/{id}/cancel")
        async def cancel(id: str, body: CancelIn, key: IdempotenceKey) -> Response:
            return await self._said(books.once(key, f"cancel {id}", body, lambda: books.cancel(id)))

        return router

    def refunds(self) -> APIRouter:
        """Build `/refunds`."""
        router = APIRouter(prefix="/v3/refunds", dependencies=[Depends(self._check("shop"))])
        books = self.books

        @router.post("")
        async def create(body: RefundIn, key: IdempotenceKey) -> Response:
            return await self._said(books.once(key, "refunds", body, lambda: books.refund(body)))

        @router.get("")
        async def page(request: Request) -> Response:
            return await self._said(_page(request, list(books.refunds.values()), _REFUND_FILTERS))

        @router.get("/{id}")
        async def read(id: str) -> Response:
            return await self._said(_known(books.refunds, id, "refund_id"))

        return router

    def payouts(self) -> APIRouter:
        """Build `/payouts`, a gateway with credentials of its own."""
        router = APIRouter(prefix="/v3/payouts", dependencies=[Depends(self._check("payouts"))])
        books = self.books

        @router.post("")
        async def create(body: PayoutIn, key: IdempotenceKey) -> Response:
            return await self._said(books.once(key, "payouts", body, lambda: books.pay_out(body)))

        @router.get("")
        @router.get("/search")
        async def page(request: Request) -> Response:
            return await self._said(_page(request, list(books.payouts.values()), _PAYOUT_FILTERS))

        @router.get("/{id}")
        async def read(id: str) -> Response:
            return await self._said(_known(books.payouts, id, "payout_id"))

        return router

    def _check(self, who: str) -> Callable[[Request], None]:
        def check(request: Request) -> None:
            if not is_same(request.headers.get("authorization", ""), self._credentials[who]):
                raise No(
                    "Basic authentication failed: check the shop's id and its key",
                    "Authorization",
                    status=HTTPStatus.UNAUTHORIZED,
                    code="invalid_credentials",
                )

        return check


def _known(rows: Mapping[str, Row], id: str, parameter: str) -> Row:
    if id not in rows:
        raise not_found(parameter)
    return rows[id]


def _page(request: Request, rows: Sequence[Row], allowed: set[str]) -> Row:
    """Return a list, newest first, as the query filters it."""
    asked = dict(request.query_params)
    limit, cursor = asked.pop("limit", str(_LIMIT)), asked.pop("cursor", "")
    if not limit.isdigit() or not 1 <= int(limit) <= _LIMIT_MAX:
        raise No("Limit is out of range", "limit")
    found = [row for row in rows if all(_meets(row, name, value, allowed) for name, value in asked.items())]
    found.sort(key=lambda row: (row["created_at"], row["id"]), reverse=True)
    if cursor:
        ids = [row["id"] for row in found]
        if cursor not in ids:
            raise No("Cursor is unknown", "cursor")
        found = found[ids.index(cursor) :]
    page: Row = {"type": "list", "items": [shown(row) for row in found[: int(limit)]]}
    if len(found) > int(limit):
        page["next_cursor"] = found[int(limit)]["id"]
    return page


def _meets(row: Row, name: str, value: str, allowed: set[str]) -> bool:
    field, _, test = name.rpartition(".")
    if field in allowed and test in _TIMES:
        if field not in row:
            return False
        at, limit = datetime.fromisoformat(row[field]), _time(value, name)
        return {"gte": at >= limit, "gt": at > limit, "lte": at <= limit, "lt": at < limit}[test]
    if name.startswith("metadata[") and name.endswith("]") and "metadata" in allowed:
        return bool(row["metadata"].get(name[len("metadata[") : -1]) == value)
    if name not in allowed or name in {"created_at", "captured_at"}:
        raise No("Unknown filter", name)
    known = {"payment_method": row.get("payment_method", {}).get("type")}.get(name, row.get(name))
    return bool(known == value)


def _time(text: str, parameter: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise No("Not a time", parameter) from None
    if found.tzinfo is None:
        raise No("Not a time with offset", parameter)
    return found


async def _say_no(_: Request, no: Exception) -> Response:
    if not isinstance(no, No):
        raise no
    return _error(no.status, no.code, no.description, no.parameter)


async def _say_malformed(_: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return _error(HTTPStatus.BAD_REQUEST, "invalid_request", str(first["msg"]), where or "body")


def _error(status: int, code: str, description: str, parameter: str | None) -> Response:
    body = {
        "type": "error",
        "id": "ab5a11cd-13cc-4e33-af8b-75a74e18dd09",
        "code": code,
        "description": description,
    }
    return JSONResponse(body | ({"parameter": parameter} if parameter else {}), status_code=status)
