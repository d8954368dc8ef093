"""T-Bank's internet acquiring (eacq v2), played from its published description. It holds all in memory.

Strict where the description is: the token of every request, required and unknown fields, sizes, sums, the
receipt's arithmetic, and which status may go where; a no is 200 with `Success: false` and the bank's code.
"""

from http import HTTPStatus

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from bots.simulators.buttons import pays, shown
from bots.simulators.tbank.books import RETRIES, Bank, No
from bots.simulators.wire import Sender, Wire
from core.gateways.wire import to_major
from core.kernel.money import Currency, Money
from core.ports import Clock


def build(
    *, terminal_key: str, password: str, clock: Clock, url: str, pace: float = 1.0, key: str | None = None
) -> FastAPI:
    """Build the app. Its methods stand at `/v2/{method}`, the client's form at `/new/{id}`.

    Args:
        url: Where the app is reached, for the form's address.
        pace: What the hours between repeated notices are multiplied by.
        key: Who sets faults and plays the client must bring it.
    """
    app = FastAPI(openapi_url=None)
    sender = Sender(RETRIES, pace=pace, is_taken=lambda said: said.is_success and said.content == b"OK")
    wire = Wire(sender, key=key)
    bank = app.state.bank = Bank(
        terminal_key=terminal_key, password=password, clock=clock, url=url, sender=sender
    )

    @app.post("/v2/{method}")
    async def serve(method: str, request: Request) -> Response:
        if method not in Bank.METHODS:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        try:
            raw = await request.json()
            return JSONResponse(await bank.serve(method, raw if isinstance(raw, dict) else {}))
        except ValueError:
            return JSONResponse(No("1", "Параметры не сопоставлены").body)
        except No as no:
            return JSONResponse(no.body)

    @app.get("/new/{payment_id}")
    async def form(payment_id: str) -> Response:
        payment = bank.show(payment_id)
        return shown(to_major(Money(payment.amount, Currency.RUB)), payment.status)

    @app.post("/new/{payment_id}")
    async def press(payment_id: str, request: Request) -> Response:
        done = await (bank.pay if await pays(request) else bank.decline)(payment_id)
        asked = bank.payments[payment_id].asked
        back = asked.SuccessURL if done["Status"] != "REJECTED" else asked.FailURL
        return RedirectResponse(back or "/", status_code=HTTPStatus.SEE_OTHER)

    wire.install(app, pay=bank.pay, decline=bank.decline)
    return app
