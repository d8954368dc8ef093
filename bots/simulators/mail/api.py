"""A relay that takes our mail over SMTP, mailboxes, and an app to be the people behind them.

    POST   /_sim/people               {name, address?} → {id}: the mailbox
    POST   /_sim/chats/{id}/say       {text, subject?, charset?, html?, quotes?} → {message_id}; it answers
                                      our newest mail, if there is one, and quotes it
    POST   /_sim/chats/{id}/send      {kind, content, caption}: a file comes along
    POST   /_sim/chats/{id}/start     {payload}: the first mail to our address with `+payload` in it
    POST   /_sim/chats/{id}/state     {state}: open · unknown 550 · full 552 · grey 451 once · bouncing:
                                      taken, then returned; …/block is unknown, …/unblock open
    GET    /_sim/chats/{id}/shown     what is in the mailbox
    POST   /_sim/again                the last mail of a person's comes once more
    POST   /_sim/faults               {kind, path, times, seconds}: of mails of ours; refuse: 451 at `MAIL` ·
                                      fail_after: taken, and 421 · cut_after · garbage · slow; or
                                      {kind: notices, mode} of people's mail: once, twice, reversed, never
    DELETE /_sim/faults               all is well again
    GET    /_sim/log                  answers; no words and no addresses
    GET    /_sim/port                 where SMTP is spoken

Strict where the standards are: login, whose sender it is, lengths of lines, headers that must stand once,
MIME without a defect, RFC 3461 parameters. Mail for us is brought again by a mail server's usual schedule.
"""

from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from ssl import SSLContext
from typing import Any, Literal

from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from bots.simulators.mail.books import Mailbox, Post, State, Written
from bots.simulators.mail.carrier import Carrier
from bots.simulators.mail.relay import Relay
from bots.simulators.wire import FaultIn, NoticeFaultIn
from core.ports import Chance, Clock

HOST, PORT, INTAKE_PORT = "127.0.0.1", 2587, 2525
OURS = "jobs@naryad.example"


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PersonIn(_In):
    """A person; his mailbox is his chat."""

    name: str = "Анна"
    address: str = Field(default="", pattern=r"^$|^[^@\s<>]+@[^@\s<>]+$")
    phone: str = ""
    lang: str = "ru"


class SayIn(_In):
    """What a person writes, and how his program writes it down."""

    text: str
    subject: str = ""
    charset: Literal["utf-8", "koi8-r", "windows-1251"] = "utf-8"
    html: bool = False
    quotes: bool = True


class SendIn(_In):
    """A file that a person sends."""

    kind: Literal["photo", "video", "voice", "file"]
    content: str
    caption: str = ""


class StartIn(_In):
    """Where a person comes from."""

    payload: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")


class StateIn(_In):
    """How a mailbox takes mail from now on."""

    state: State


def build(
    *,
    clock: Clock,
    chance: Chance,  # noqa: ARG001 - every simulator is given one
    pace: float = 1.0,
    user: str = "naryad",
    password: str = "secret",  # noqa: S107 - of a simulator
    ours: str = OURS,
    per_minute: int = 30,
    intake_port: int = INTAKE_PORT,
    port: int = PORT,
    tls: SSLContext | None = None,
) -> FastAPI:
    """Build the app; it listens for mail while it lives, or from `app.state.relay.start` on.

    Args:
        pace: What the waits between two tries to bring us a mail are multiplied by.
        ours: The mailbox that people write to and that we write from.
        intake_port: Where our own server takes mail in.
        port: For SMTP; 0: any that is free.
        tls: For STARTTLS, which is demanded then.
    """
    post = Post(clock=clock, ours=ours)
    carrier = Carrier(host=HOST, port=intake_port, to=ours, pace=pace)
    relay = Relay(post, carrier, user, password, per_minute, tls)

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        await relay.start(HOST, port)
        yield
        await relay.close()

    app = FastAPI(openapi_url=None, lifespan=living)
    app.state.relay = relay
    app.include_router(_people(relay))
    app.include_router(_troubles(relay))
    return app


def _people(relay: Relay) -> APIRouter:
    router, post = APIRouter(prefix="/_sim"), relay.post

    def known(id: str) -> Mailbox:
        box = post.boxes.get(id)
        if box is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "no such mailbox")
        return box

    def written(id: str, said: Written) -> dict[str, str]:
        box = known(id)
        mail = post.write(box, said)
        relay.carrier.carry(box.address, mail.as_bytes(), lane=box.address, to=str(mail["To"]))
        return {"message_id": str(mail["Message-ID"])}

    @router.post("/people")
    async def person(body: PersonIn) -> dict[str, str]:
        return {"id": post.person(body.name, body.address).address}

    @router.post("/chats/{id}/say")
    async def say(id: str, body: SayIn) -> dict[str, str]:
        told = Written(body.text, body.subject, body.charset, is_html=body.html, quotes=body.quotes)
        return written(id, told)

    @router.post("/chats/{id}/send")
    async def send(id: str, body: SendIn) -> dict[str, str]:
        return written(id, Written(body.caption, kind=body.kind, content=b64decode(body.content)))

    @router.post("/chats/{id}/start")
    async def start(id: str, body: StartIn) -> dict[str, str]:
        return written(id, Written("Здравствуйте", tag=body.payload))

    @router.post("/chats/{id}/state")
    async def state(id: str, body: StateIn) -> Response:
        known(id).state = body.state
        return _done()

    @router.post("/chats/{id}/{act}")
    async def bar(id: str, act: str) -> Response:
        if act not in {"block", "unblock"}:
            raise HTTPException(HTTPStatus.CONFLICT, "mail has no such thing")
        known(id).state = State.UNKNOWN if act == "block" else State.OPEN
        return _done()

    @router.get("/chats/{id}/shown")
    async def shown(id: str) -> list[dict[str, Any]]:
        return known(id).shown

    return router


def _troubles(relay: Relay) -> APIRouter:
    router = APIRouter(prefix="/_sim")

    @router.post("/again")
    async def again() -> Response:
        relay.carrier.again()
        return _done()

    @router.post("/faults")
    async def set_fault(body: FaultIn | NoticeFaultIn) -> Response:
        if isinstance(body, NoticeFaultIn):
            relay.carrier.mode = body.mode
        else:
            relay.faults.set(body)
        return _done()

    @router.delete("/faults")
    async def heal() -> Response:
        relay.faults.heal()
        return _done()

    @router.get("/log")
    async def log() -> Response:
        return JSONResponse({"received": list(relay.log), "brought": list(relay.carrier.log)})

    @router.get("/port")
    async def port() -> dict[str, int]:
        return {"port": relay.port}

    return router


def _done() -> Response:
    return Response(status_code=HTTPStatus.NO_CONTENT)
