"""The built-in provider over HTTP: JSON, a bearer key, an `Idempotence-Key` on every change.

    POST /charges                     → 200 a charge; the same key and body answer the same charge
    GET  /charges/{id} · ?order_id=
    POST /charges/{id}/capture · /cancel
    POST /refunds · GET /refunds/{id} · ?refund_id=
    POST /payouts · GET /payouts/{id} · ?payout_id=
    GET  /registry?day=2026-03-02     → what moved on a day of Moscow time
    GET  /pay/{page}                  the page where the client pays; POST …/pay · /decline · /lose

Errors: `{"error": {"code", "message"}}` with 401, 404, 409 or 422. A notice is a POST of
`{"id", "subject", "thing_id", "order_id", "status"}` with `X-Notice-Time` (seconds) and
`X-Notice-Signature`: HMAC-SHA256 by the key over `<time>.<body>`, in hex; anything but 200 brings it again.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, Response

from bots.simulators.neutral.books import Books, No, Row
from bots.simulators.neutral.page import CSS, page_of, wants_json
from bots.simulators.neutral.shapes import CaptureIn, ChargeIn, PayoutIn, RefundIn
from bots.simulators.wire import Outgoing, Sender, Wire, as_json
from core.ports import Chance, Clock
from core.wire import is_same

RETRIES = tuple(timedelta(seconds=each) for each in (5, 30, 120, 600, 3_600, 6 * 3_600, 24 * 3_600))
Key = Annotated[str, Header(alias="Idempotence-Key", min_length=1, max_length=64)]


def build(
    path: Path,
    *,
    key: str,
    url: str,
    clock: Clock,
    chance: Chance,
    pace: float = 1.0,
    http: httpx.AsyncClient | None = None,
) -> FastAPI:
    """Build the provider over its file.

    `app.state.start` sends again what nobody took before a restart, and `app.state.close` ends all; a
    program that mounts the app awaits both, for a mounted app has no life of its own.

    Args:
        path: The SQLite file, made if there is none.
        key: The shop's bearer key; it signs the notices too.
        url: Where the app is reached, with its mount path: pages are addressed by it.
        pace: Multiplies the waits before a notice is sent again.
        http: What notices go through; a new client if none is given.
    """
    provider = _Provider(
        Books(path, clock=clock, chance=chance),
        key=key,
        url=url.rstrip("/"),
        clock=clock,
        pace=pace,
        http=http,
    )
    app = FastAPI(title="Naryad's built-in payment provider", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(provider.api())
    app.include_router(provider.pages())
    app.add_exception_handler(No, _say_no)
    app.add_exception_handler(RequestValidationError, _say_malformed)
    provider.wire.install(app, pay=provider.pay_by_id, decline=provider.decline_by_id)
    app.state.start = provider.start
    app.state.close = provider.close
    return app


class _Provider:
    def __init__(
        self,
        books: Books,
        *,
        key: str,
        url: str,
        clock: Clock,
        pace: float,
        http: httpx.AsyncClient | None,
    ) -> None:
        self.books = books
        self.wire = Wire(Sender(RETRIES, pace=pace, http=http), key=key)
        self._key = key
        self._url = url
        self._clock = clock
        self._on_their_way: set[str] = set()

    # Life and notices

    async def start(self) -> None:
        """Send what nobody has taken yet."""
        await self.tell()

    async def close(self) -> None:
        """Stop sending and close the file."""
        await self.wire.sender.close()
        self.books.close()

    async def tell(self) -> None:
        """Send every notice that is not on its way yet."""
        for notice in self.books.waiting_notices():
            if notice["id"] not in self._on_their_way:
                self._on_their_way.add(notice["id"])
                await self.wire.sender.tell(self._outgoing(notice))

    def _outgoing(self, notice: Row) -> Outgoing:
        body = as_json({name: notice[name] for name in ("id", "subject", "thing_id", "order_id", "status")})

        def make() -> httpx.Request:
            at = str(int(self._clock.now().timestamp()))
            headers = {
                "Content-Type": "application/json",
                "X-Notice-Time": at,
                "X-Notice-Signature": hmac.new(
                    self._key.encode(), at.encode() + b"." + body, hashlib.sha256
                ).hexdigest(),
            }
            return httpx.Request("POST", notice["url"], content=body, headers=headers)

        return Outgoing(
            notice["url"], notice["thing_id"], make, delivered=lambda: self.books.taken(notice["id"])
        )

    # The API

    def api(self) -> APIRouter:
        """Build the routes that need the key."""
        router = APIRouter(dependencies=[Depends(self._check)])
        self._charges(router)
        self._moves(router)
        return router

    def _charges(self, router: APIRouter) -> None:
        books, said = self.books, self._said

        @router.post("/charges")
        async def ask(body: ChargeIn, key: Key) -> Response:
            return await said(_charge, books.ask(key, body))

        @router.get("/charges")
        async def by_order(order_id: str) -> Response:
            return await said(_charge, books.charge("order_id", order_id))

        @router.get("/charges/{id}")
        async def read(id: str) -> Response:
            return await said(_charge, books.charge("id", id))

        @router.post("/charges/{id}/capture")
        async def capture(id: str, body: CaptureIn, key: Key) -> Response:
            return await said(_charge, books.capture(id, key, body))

        @router.post("/charges/{id}/cancel")
        async def cancel(id: str, _: Key) -> Response:
            return await said(_charge, books.cancel(id))

    def _moves(self, router: APIRouter) -> None:
        books, said = self.books, self._said

        @router.post("/refunds")
        async def refund(body: RefundIn, key: Key) -> Response:
            return await said(_refund, books.refund(key, body))

        @router.get("/refunds")
        async def by_refund(refund_id: str) -> Response:
            return await said(_refund, books.thing("refunds", "refund_id", refund_id))

        @router.get("/refunds/{id}")
        async def read_refund(id: str) -> Response:
            return await said(_refund, books.thing("refunds", "id", id))

        @router.post("/payouts")
        async def pay_out(body: PayoutIn, key: Key) -> Response:
            return await said(_payout, books.pay_out(key, body))

        @router.get("/payouts")
        async def by_payout(payout_id: str) -> Response:
            return await said(_payout, books.thing("payouts", "payout_id", payout_id))

        @router.get("/payouts/{id}")
        async def read_payout(id: str) -> Response:
            return await said(_payout, books.thing("payouts", "id", id))

        @router.get("/registry")
        async def registry(day: date) -> Response:
            return JSONResponse({"day": day.isoformat(), "lines": list(books.registry(day))})

    def _check(self, request: Request) -> None:
        if not is_same(request.headers.get("authorization", ""), f"Bearer {self._key}"):
            raise No(401, "stranger", "The key is not right.")

    async def _said(self, shape: Callable[[Row, str], Mapping[str, Any]], thing: Row) -> Response:
        await self.tell()
        return JSONResponse(shape(thing, self._url))

    # The page

    def pages(self) -> APIRouter:
        """Build the page of a charge, and its three buttons; whoever has the link may press them."""
        router = APIRouter()

        @router.get("/paper.css")
        async def css() -> Response:
            return FileResponse(CSS, media_type="text/css", headers={"Cache-Control": "no-cache"})

        @router.get("/pay/{page}")
        async def show(page: str, request: Request, lang: Annotated[str | None, Query()] = None) -> Response:
            return await self._shown(page, request, lang)

        def button(name: str, act: Callable[[str], Row]) -> None:
            @router.post(f"/pay/{{page}}/{name}", name=name)
            async def press(
                page: str, request: Request, lang: Annotated[str | None, Query()] = None
            ) -> Response:
                try:
                    act(page)
                except No as no:
                    if no.status != HTTPStatus.CONFLICT or wants_json(request):
                        raise
                    return await self._shown(page, request, lang, status=no.status)
                return await self._shown(page, request, lang)

        button("pay", self.books.pay)
        button("decline", self.books.decline)
        button("lose", lambda page: self.books.pay(page, is_mute=True))
        return router

    async def _shown(self, page: str, request: Request, lang: str | None, status: int = 200) -> Response:
        charge = self.books.charge("page", page)
        await self.tell()
        if wants_json(request):
            return JSONResponse(
                {name: charge[name] for name in ("status", "amount_minor", "currency", "method")}
            )
        return page_of(charge, root=urlsplit(self._url).path, lang=lang, status=status)

    async def pay_by_id(self, id: str) -> Mapping[str, Any]:
        """Pay the charge of this id, as its client would."""
        return await self._acted(self.books.pay, id)

    async def decline_by_id(self, id: str) -> Mapping[str, Any]:
        """Let the client's bank say no."""
        return await self._acted(self.books.decline, id)

    async def _acted(self, act: Callable[[str], Row], id: str) -> Mapping[str, Any]:
        charge = act(self.books.charge("id", id)["page"])
        await self.tell()
        return _charge(charge, self._url)


def _charge(row: Row, url: str) -> Mapping[str, Any]:
    said = {
        name: value for name, value in row.items() if name not in {"page", "said", "is_mute", "notice_url"}
    }
    page = f"{url}/pay/{row['page']}"
    code = row["id"].removeprefix("ch_").replace("-", "").upper()
    qr = f"https://qr.nspk.ru/SIM{code}?type=02&sum={row['amount_minor']}&cur={row['currency']}"
    return {
        **said,
        "two_stage": bool(row["two_stage"]),
        "confirmation_url": page,
        "qr_payload": qr if row["method"] == "sbp" else None,
    }


def _refund(row: Row, _: str) -> Mapping[str, Any]:
    return {name: value for name, value in row.items() if name != "said"}


_payout = _refund


async def _say_no(_: Request, no: Exception) -> Response:
    if not isinstance(no, No):
        raise no
    return JSONResponse({"error": {"code": no.code, "message": no.message}}, status_code=no.status)


async def _say_malformed(_: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return JSONResponse(
        {"error": {"code": "malformed", "message": f"{where}: {first['msg']}"}}, status_code=422
    )
