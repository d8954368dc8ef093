"""SMS.ru's HTTP API, played from its published description and recorded answers. It holds all in memory.

    POST /sms/send · /sms/status · /my/balance · /auth/check · /callback/add|del|get     always with json=1

Strict: unknown and missing parameters, the key, numbers, lengths, the stop-list, repeats, money. A no is 200
with `status: ERROR` and a code, for the whole or for one number. Statuses are told to the addresses of
`/callback/add` with a hash, and again while the answer is not 100. The other side:

    POST /_sim/people {phone} → {id} · /_sim/chats/{id}/block|unblock (the stop-list) · GET …/shown
    POST /_sim/again                 the last records are told once more
    POST /_sim/noes {code, whole}    the next message is answered so: to the whole or for its number
    POST /_sim/account {balance_minor?, final_code?}
    POST /_sim/records {url, records} any records are told, with the right hash
"""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from bots.simulators.smsru.books import RETRIES, Books, No
from bots.simulators.wire import Sender, Wire
from core.ports import Chance, Clock

FIELDS = {
    "sms/send": ({"to", "msg"}, {"from", "test", "ttl", "daytime", "translit", "ip", "time", "partner_id"}),
    "sms/status": ({"sms_id"}, set[str]()),
    "my/balance": (set[str](), set[str]()),
    "auth/check": (set[str](), set[str]()),
    "callback/add": ({"url"}, set[str]()),
    "callback/del": ({"url"}, set[str]()),
    "callback/get": (set[str](), set[str]()),
}
ALWAYS = {"api_id", "json"}


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PersonIn(_In):
    """A person; his number is his chat."""

    phone: str = Field(default="+79110000001", pattern=r"^\+[1-9]\d{6,14}$")
    name: str = ""
    lang: str = "ru"


class NoIn(_In):
    """How the next message is answered."""

    code: int
    whole: bool = False


class AccountIn(_In):
    """What is changed of the account."""

    balance_minor: int | None = None
    final_code: int | None = None


class RecordsIn(_In):
    """What is told to an address."""

    url: str
    records: list[str] = Field(min_length=1, max_length=100)


def build(
    *,
    clock: Clock,
    chance: Chance,  # noqa: ARG001 - every simulator is given one
    pace: float = 1.0,
    api_id: str = "SIM-API-ID",
    senders: frozenset[str] = frozenset({"Naryad"}),
    balance_minor: int = 100_000_00,
) -> FastAPI:
    """Build the app.

    Args:
        pace: What the spans between repeated knocks are multiplied by.
        senders: Names in which the customer may write.
    """
    app = FastAPI(openapi_url=None)
    sender = Sender(RETRIES, pace=pace, is_taken=lambda said: said.is_success and said.content == b"100")
    wire = Wire(sender)
    books = app.state.books = Books(
        clock=clock, api_id=api_id, senders=senders, balance_minor=balance_minor, sender=sender
    )

    wire.install(app)
    _install_people(app, books)  # before what takes any path

    @app.post("/{section}/{act}")
    async def serve(section: str, act: str, request: Request) -> Response:
        method = f"{section}/{act}"
        form = {name: str(value) for name, value in (await request.form()).items()}
        form |= dict(request.query_params)
        _check(method, form)
        try:
            return JSONResponse(await books.serve(method, form))
        except No as no:
            return JSONResponse(no.body)

    @app.get("/{section}/{act}")
    async def only_post(section: str, act: str) -> Response:  # noqa: ARG001 - whatever it is
        return JSONResponse(No(210).body)

    return app


def _check(method: str, form: dict[str, str]) -> None:
    """Turn away what the description does not know; the service itself would look past it."""
    needed, allowed = FIELDS.get(method, (set[str](), set(form)))
    missing, unknown = (needed | ALWAYS) - set(form), set(form) - needed - allowed - ALWAYS
    if missing or unknown or form.get("json") != "1":
        raise HTTPException(HTTPStatus.BAD_REQUEST, {"missing": sorted(missing), "unknown": sorted(unknown)})


def _install_people(app: FastAPI, books: Books) -> None:
    @app.post("/_sim/people")
    async def person(body: PersonIn) -> dict[str, str]:
        books.phone(body.phone)
        return {"id": body.phone}

    @app.post("/_sim/chats/{id}/{act}")
    async def act(id: str, act: str) -> Response:
        if act not in {"block", "unblock"}:
            raise HTTPException(HTTPStatus.CONFLICT, "SMS.ru hands over no incoming SMS")
        books.phone(id).is_stopped = act == "block"
        return _done()

    @app.get("/_sim/chats/{id}/shown")
    async def shown(id: str) -> list[dict[str, Any]]:
        return books.phone(id).shown

    @app.post("/_sim/again")
    async def again() -> Response:
        await books.again()
        return _done()

    @app.post("/_sim/noes")
    async def say_no(body: NoIn) -> Response:
        books.noes.append((body.code, body.whole))
        return _done()

    @app.post("/_sim/account")
    async def change(body: AccountIn) -> Response:
        if body.balance_minor is not None:
            books.balance_minor = body.balance_minor
        if body.final_code is not None:
            books.final_code = body.final_code
        return _done()

    @app.post("/_sim/records")
    async def tell(body: RecordsIn) -> Response:
        await books.knock(body.url, body.records)
        return _done()


def _done() -> Response:
    return Response(status_code=HTTPStatus.NO_CONTENT)
