"""CloudPayments, played from its published description: orders, SBP links, transactions, signed notices.

It holds all in memory. A transaction is born when a client begins to pay an order, and with an SBP link at
once. Refunds are transactions too; those by SBP end a moment later. Check notices are not sent, as in a
cabinet where nobody has switched them on.
"""

from http import HTTPStatus

import httpx
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from bots.simulators.buttons import pays, shown
from bots.simulators.cloudpayments.books import RETRIES, Desk, no
from bots.simulators.wire import Sender, Wire
from core.ports import Clock


def build(
    *,
    public_id: str,
    api_secret: str,
    clock: Clock,
    url: str,
    notice_url: str,
    pace: float = 1.0,
    key: str | None = None,
) -> FastAPI:
    """Build the app; an order's page stands at `/d/{id}`.

    Args:
        url: Where the app is reached, for the page's address.
        notice_url: Where all notices go, as the cabinet would say.
        pace: What the minutes between repeated notices are multiplied by.
        key: Who sets faults and plays the client must bring it.
    """
    app = FastAPI(openapi_url=None)
    sender = Sender(RETRIES, pace=pace, is_taken=_is_taken)
    wire = Wire(sender, key=key)
    desk = app.state.desk = Desk(
        public_id=public_id,
        api_secret=api_secret,
        clock=clock,
        url=url,
        notice_url=notice_url,
        sender=sender,
    )

    @app.get("/d/{id}")
    async def page(id: str) -> Response:
        if id not in desk.bills:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        bill = desk.bills[id]
        return shown(f"{bill.asked.Amount:.2f}", bill.status)

    @app.post("/d/{id}")
    async def press(id: str, request: Request) -> Response:
        done = await (desk.pay if await pays(request) else desk.decline)(id)
        asked = desk.bills[id].asked
        back = asked.FailRedirectUrl if done["Status"] == "Declined" else asked.SuccessRedirectUrl
        return RedirectResponse(back or "/", status_code=HTTPStatus.SEE_OTHER)

    wire.install(app, pay=desk.pay, decline=desk.decline)

    @app.post("/{path:path}")
    async def serve(path: str, request: Request) -> Response:
        if not desk.knows(path, request.headers.get("authorization", "")):
            return Response(status_code=HTTPStatus.UNAUTHORIZED)
        try:
            is_json = "json" in request.headers.get("content-type", "")
            raw = await request.json() if is_json else dict(await request.form())
        except ValueError:
            return JSONResponse(no("Invalid request"))
        return JSONResponse(await desk.serve(path, raw, request.headers.get("x-request-id")))

    return app


def _is_taken(said: httpx.Response) -> bool:
    try:
        return said.is_success and said.json() == {"code": 0}
    except ValueError:
        return False
