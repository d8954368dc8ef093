"""An operator's SMS centre that speaks SMPP 3.4 over TCP, and an app to be the phones on its other side.

    POST   /_sim/people               {phone, name, lang} → {id}: the number
    POST   /_sim/chats/{id}/say       {text, parts?, order?} → {message_id}: it travels in parts if it is long
    POST   /_sim/chats/{id}/block     the operator takes nothing for this phone; …/unblock again
    GET    /_sim/chats/{id}/shown     what stands on its screen, long messages put together
    POST   /_sim/again                the last delivery's answer was lost: the session breaks, it comes again
    POST   /_sim/disconnect           every connection breaks; /_sim/unbind: the centre asks us to go
    POST   /_sim/faults               {kind, path, times, seconds}: of commands whose name begins with `path`;
                                      refuse: throttled · fail_after: taken, no response ·
                                      cut_after · garbage · slow; or {kind: notices, mode}; or
                                      {kind: receipts, state}
    DELETE /_sim/faults               all is well again
    GET    /_sim/log                  commands and statuses; no words
    GET    /_sim/port                 where SMPP is spoken

Strict where the description is: lengths and values of every field, headers of parts, who is bound and how,
the window, the rate. What is not answered is delivered again, in the next session or after a while.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Literal

from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from bots.simulators.smsc.books import PARTS, Centre
from bots.simulators.smsc.sessions import Server, Terms
from bots.simulators.wire import FaultIn, NoticeFaultIn
from core.ports import Chance, Clock

HOST, PORT = "127.0.0.1", 2775


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PersonIn(_In):
    """A person; his number is his chat."""

    phone: str = Field(default="+79110000001", pattern=r"^\+[1-9]\d{6,14}$")
    name: str = ""
    lang: str = "ru"


class SayIn(_In):
    """What a person writes."""

    text: str = Field(min_length=1)
    parts: PARTS = "header"
    order: list[int] | None = None


class ReceiptFaultIn(_In):
    """What receipts say from now on."""

    kind: Literal["receipts"]
    state: Literal["DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "REJECTD"]


def build(
    *,
    clock: Clock,
    chance: Chance,  # noqa: ARG001 - every simulator is given one
    pace: float = 1.0,
    system_id: str = "naryad",
    password: str = "secret",  # noqa: S107 - of a simulator
    number: str = "79990000000",
    senders: frozenset[str] = frozenset({"Naryad"}),
    terms: Terms | None = None,
    port: int = PORT,
) -> FastAPI:
    """Build the app; it listens for SMPP while it lives, or from `app.state.server.start` on.

    Args:
        pace: What delays of receipts and of deliveries repeated are multiplied by.
        number: Which people write to, without `+`.
        senders: Names in which the customer may write, beside that number.
        port: For SMPP; 0: any that is free.
    """
    centre = Centre(clock=clock, system_id=system_id, password=password, number=number, senders=senders)
    server = Server(centre, terms or Terms(), pace=pace)

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        await server.start(HOST, port)
        yield
        await server.close()

    app = FastAPI(openapi_url=None, lifespan=living)
    app.state.server = server
    app.include_router(_people(server))
    app.include_router(_troubles(server))
    return app


def _people(server: Server) -> APIRouter:
    router, centre = APIRouter(prefix="/_sim"), server.centre

    @router.post("/people")
    async def person(body: PersonIn) -> dict[str, str]:
        return {"id": centre.phone(body.phone).number}

    @router.post("/chats/{id}/say")
    async def say(id: str, body: SayIn) -> dict[str, str]:
        message_id = centre.say(centre.phone(id).number, body.text, parts=body.parts, order=body.order)
        server.ring()
        return {"message_id": message_id}

    @router.post("/chats/{id}/{act}")
    async def bar(id: str, act: str) -> Response:
        if act not in {"block", "unblock"}:
            raise HTTPException(HTTPStatus.CONFLICT, "SMS has words only")
        centre.phone(id).is_barred = act == "block"
        return _done()

    @router.get("/chats/{id}/shown")
    async def shown(id: str) -> list[dict[str, Any]]:
        return centre.phone(id).shown

    return router


def _troubles(server: Server) -> APIRouter:
    router, centre = APIRouter(prefix="/_sim"), server.centre

    @router.post("/again")
    async def again() -> Response:
        server.hang_up()
        centre.again()
        return _done()

    @router.post("/disconnect")
    async def disconnect() -> Response:
        server.hang_up()
        return _done()

    @router.post("/unbind")
    async def unbind() -> Response:
        for session in server.sessions:
            session.unbind()
        return _done()

    @router.post("/faults")
    async def set_fault(body: FaultIn | NoticeFaultIn | ReceiptFaultIn) -> Response:
        match body:
            case NoticeFaultIn():
                centre.mode = body.mode
            case ReceiptFaultIn():
                centre.receipt_state = body.state
            case _:
                server.faults.set(body)
        return _done()

    @router.delete("/faults")
    async def heal() -> Response:
        server.heal()
        return _done()

    @router.get("/log")
    async def log() -> Response:
        return JSONResponse({"received": list(centre.log)})

    @router.get("/port")
    async def port() -> dict[str, int]:
        return {"port": server.port}

    return router


def _done() -> Response:
    return Response(status_code=HTTPStatus.NO_CONTENT)
