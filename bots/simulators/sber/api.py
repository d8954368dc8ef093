"""Sber's internet acquiring (gateway `ecomm`), played from its published description. It holds all in memory.

Every answer is 200 with an `errorCode`: 1 the number is taken, 4 something is missing, 5 a wrong value or
no access, 6 no such order, 7 it is not in the state for that.
"""

from http import HTTPStatus

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from bots.simulators.buttons import pays, shown
from bots.simulators.sber.books import DECLINED, NAMES, RETRIES, Desk, No
from bots.simulators.wire import Sender, Wire
from core.gateways.wire import to_major
from core.kernel.money import Currency, Money
from core.ports import Clock

PREFIX = "/ecomm/gw/partner/api/v1"


def build(
    *,
    user_name: str,
    password: str,
    callback_key: str,
    clock: Clock,
    url: str,
    notice_url: str,
    pace: float = 1.0,
    key: str | None = None,
) -> FastAPI:
    """Build the app. Its methods stand under `PREFIX`, the page of an order at `/pay_ru?orderId=`.

    Args:
        callback_key: What notices are signed with.
        url: Where the app is reached, for the page's address.
        notice_url: Where all notices go, as the cabinet would say.
        pace: What the seconds between repeated notices are multiplied by.
        key: Who sets faults and plays the client must bring it.
    """
    app = FastAPI(openapi_url=None)
    sender = Sender(RETRIES, pace=pace)
    wire = Wire(sender, key=key)
    desk = app.state.desk = Desk(
        user_name=user_name,
        password=password,
        callback_key=callback_key,
        clock=clock,
        url=url,
        notice_url=notice_url,
        sender=sender,
    )

    @app.post(PREFIX + "/{method}")
    async def serve(method: str, request: Request) -> Response:
        if method not in desk.acts:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        try:
            raw = await request.json()
            return JSONResponse(await desk.serve(method, raw if isinstance(raw, dict) else {}))
        except ValueError:
            return JSONResponse(No(5, "Неверный формат запроса").body)
        except No as no:
            return JSONResponse(no.body)

    @app.get("/pay_ru")
    async def page(orderId: str) -> Response:  # noqa: N803 - its name on the wire
        if orderId not in desk.deals:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        deal = desk.deals[orderId]
        return shown(to_major(Money(deal.asked.amount, Currency.RUB)), NAMES[deal.status])

    @app.post("/pay_ru")
    async def press(orderId: str, request: Request) -> Response:  # noqa: N803 - its name on the wire
        done = await (desk.pay if await pays(request) else desk.decline)(orderId)
        asked = desk.deals[orderId].asked
        back = asked.return_url if done["orderStatus"] != DECLINED else asked.fail_url or asked.return_url
        return RedirectResponse(back, status_code=HTTPStatus.SEE_OTHER)

    wire.install(app, pay=desk.pay, decline=desk.decline)
    return app
