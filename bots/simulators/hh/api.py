"""HH.ru's API for employers, played from its published description. It holds all in memory.

    GET  /negotiations/{id}          an answer to an advertisement, its resume in short
    GET  /resumes/{id}?topic_id=     the whole resume, with contacts
    GET|POST /webhook/subscriptions · DELETE /webhook/subscriptions/{id}

Strict: the token (403 `oauth`), who we are (400 `bad_user_agent`), unknown and missing fields, addresses that
are not https (loopback may be plain here), a second subscription (409). A knock is unsigned, as the real one.
The other side:

    POST /_sim/people {first_name, last_name, phone …} → {id}     POST /_sim/people/{id}/answer → {id}
    POST /_sim/people/{id}/hide      its contacts are not ours to see   POST /_sim/again
"""

from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, Literal

import httpx
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bots.simulators.wire import Outgoing, Sender, Wire, as_json
from core.ports import Chance, Clock
from core.wire import is_same

TOKEN = "hh-simulated-and-of-no-worth"  # noqa: S105 - of no worth
VACANCY = "130000001"
_RETRIES = tuple(timedelta(seconds=each) for each in (5, 60, 600))
_LOOPBACK = ("http://127.0.0.1", "http://naryad.test")


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PersonIn(_In):
    """Somebody who looks for work."""

    first_name: str = "Андрей"
    middle_name: str | None = None
    last_name: str = "Соколов"
    title: str = "Электрик"
    city: str = "Калининград"
    months: int | None = Field(default=96, ge=0)
    phone: str = Field(default="+79110000042", pattern=r"^\+7\d{10}$")
    email: str | None = None


class ActionIn(_In):
    """What is to be told."""

    type: Literal[
        "NEW_NEGOTIATION_VACANCY", "NEW_RESPONSE_OR_INVITATION_VACANCY", "NEGOTIATION_EMPLOYER_STATE_CHANGE"
    ]
    settings: dict[str, Any] | None = None


class SubscriptionIn(_In):
    """Where it is to be told."""

    url: str = Field(max_length=2_048)
    actions: list[ActionIn] = Field(min_length=1)


class No(Exception):  # noqa: N818 - an answer
    """HH's own no."""

    def __init__(self, status: int, kind: str, value: str = "") -> None:
        """Make its body."""
        super().__init__(kind)
        self.status = status
        self.body = {"errors": [{"type": kind, **({"value": value} if value else {})}], "request_id": "sim"}


class Books:
    """What the site knows."""

    def __init__(self, *, clock: Clock, chance: Chance, sender: Sender) -> None:
        """Begin empty."""
        self._clock, self._chance, self._sender = clock, chance, sender
        self.people: dict[str, PersonIn] = {}
        self.hidden: set[str] = set()
        self.answers: dict[str, str] = {}  # number of an answer → id of a resume
        self.subscriptions: dict[str, SubscriptionIn] = {}
        self._last: list[tuple[str, dict[str, Any]]] = []
        self._number = 5_000_000_000

    def meet(self, person: PersonIn) -> str:
        """Publish a resume; return its id."""
        id = self._chance.id(self._clock.now()).replace("-", "")
        self.people[id] = person
        return id

    async def answer(self, resume_id: str) -> str:
        """Answer the advertisement, and tell whoever wants to know."""
        self._number += 1
        id = str(self._number)
        self.answers[id] = resume_id
        self._last = [
            (subscription.url, self._knock(number, action.type, id))
            for number, subscription in self.subscriptions.items()
            for action in subscription.actions
            if action.type.startswith("NEW_")
        ]
        await self.tell()
        return id

    async def tell(self) -> None:
        """Tell the last answer, perhaps once more."""
        for url, body in self._last:
            await self._sender.tell(Outgoing(url, body["payload"]["topic_id"], partial(_post, url, body)))

    def negotiation(self, id: str) -> dict[str, Any]:
        """Return an answer as an employer reads it."""
        if (resume_id := self.answers.get(id)) is None:
            raise No(404, "not_found")
        whole = self.resume(resume_id)
        whole.pop("contact", None)
        return {
            "id": id,
            "created_at": self._clock.now().strftime("%Y-%m-%dT%H:%M:%S+0300"),
            "state": {"id": "response", "name": "Отклик"},
            "employer_state": {"id": "response", "name": "Отклик"},
            "has_updates": True,
            "resume": {**whole, "url": f"/resumes/{resume_id}?topic_id={id}"},
        }

    def resume(self, id: str) -> dict[str, Any]:
        """Return a whole resume."""
        if (person := self.people.get(id)) is None:
            raise No(404, "not_found")
        phone = person.phone
        contacts: list[dict[str, Any]] = [
            {
                "type": {"id": "cell", "name": "Мобильный телефон"},
                "preferred": True,
                "verified": True,
                "comment": None,
                "value": {"country": "7", "city": phone[2:5], "number": phone[5:], "formatted": phone},
            }
        ]
        if person.email:
            contacts.append(
                {"type": {"id": "email", "name": "Эл. почта"}, "preferred": False, "value": person.email}
            )
        return {
            "id": id,
            "title": person.title,
            "first_name": person.first_name,
            "middle_name": person.middle_name,
            "last_name": person.last_name,
            "area": {"id": "41", "name": person.city},
            "total_experience": {"months": person.months} if person.months is not None else None,
            "can_view_full_info": id not in self.hidden,
            "contact": contacts,
        }

    def _knock(self, subscription: str, action: str, topic: str) -> dict[str, Any]:
        return {
            "id": self._chance.id(self._clock.now()),
            "subscription_id": subscription,
            "action_type": action,
            "user_id": "1000001",
            "payload": {
                "topic_id": topic,
                "resume_id": self.answers[topic],
                "vacancy_id": VACANCY,
                "employer_id": "2000002",
                "response_date": self._clock.now().strftime("%Y-%m-%dT%H:%M:%S+0300"),
            },
        }


def build(*, clock: Clock, chance: Chance, pace: float = 1.0, token: str = TOKEN) -> FastAPI:
    """Build the app.

    Args:
        pace: What the spans between repeated knocks are multiplied by.
    """
    app = FastAPI(openapi_url=None)
    wire = Wire(Sender(_RETRIES, pace=pace))
    books = app.state.books = Books(clock=clock, chance=chance, sender=wire.sender)
    wire.install(app)
    _install_people(app, books)

    def check(request: Request) -> None:
        if not is_same(request.headers.get("authorization", ""), f"Bearer {token}"):
            raise No(403, "oauth", "bad_authorization")
        if "(" not in request.headers.get("hh-user-agent", request.headers.get("user-agent", "")):
            raise No(400, "bad_user_agent")

    app.include_router(_reading(books), dependencies=[Depends(check)])
    app.include_router(_webhooks(books), dependencies=[Depends(check)])

    @app.exception_handler(No)
    async def no(_: Request, told: No) -> Response:
        return JSONResponse(told.body, status_code=told.status)

    return app


def _reading(books: Books) -> APIRouter:
    router = APIRouter()

    @router.get("/negotiations/{id}")
    async def negotiation(id: str) -> Response:
        return JSONResponse(books.negotiation(id))

    @router.get("/resumes/{id}")
    async def resume(id: str, request: Request) -> Response:
        topic = request.query_params.get("topic_id")
        if set(request.query_params) - {"topic_id"}:
            raise No(400, "bad_argument")
        if id in books.hidden or books.answers.get(topic or "") != id:
            raise No(403, "api_access_payment", "action_must_be_payed")
        return JSONResponse(books.resume(id))

    return router


def _webhooks(books: Books) -> APIRouter:
    router = APIRouter(prefix="/webhook/subscriptions")

    @router.get("")
    async def subscriptions() -> Response:
        items = [{"id": id, **each.model_dump()} for id, each in books.subscriptions.items()]
        return JSONResponse({"items": items})

    @router.post("", status_code=HTTPStatus.CREATED)
    async def subscribe(request: Request) -> Response:
        try:
            asked = SubscriptionIn.model_validate_json(await request.body())
        except ValidationError:
            raise No(400, "bad_argument") from None
        if not asked.url.startswith(("https://", *_LOOPBACK)):
            raise No(400, "bad_argument", "url")
        if any(each.url == asked.url for each in books.subscriptions.values()):
            raise No(409, "webhook", "already_exist")
        id = str(len(books.subscriptions) + 1)
        books.subscriptions[id] = asked
        return JSONResponse({"id": id}, status_code=HTTPStatus.CREATED)

    @router.delete("/{id}")
    async def unsubscribe(id: str) -> Response:
        if books.subscriptions.pop(id, None) is None:
            raise No(404, "not_found")
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return router


def _install_people(app: FastAPI, books: Books) -> None:
    @app.post("/_sim/people")
    async def meet(person: PersonIn) -> Response:
        return JSONResponse({"id": books.meet(person)})

    @app.post("/_sim/people/{id}/answer")
    async def answer(id: str) -> Response:
        _must_be(id, books)
        return JSONResponse({"id": await books.answer(id)})

    @app.post("/_sim/people/{id}/hide")
    async def hide(id: str) -> Response:
        _must_be(id, books)
        books.hidden.add(id)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    @app.post("/_sim/again")
    async def again() -> Response:
        await books.tell()
        return Response(status_code=HTTPStatus.NO_CONTENT)


def _must_be(id: str, books: Books) -> None:
    if id not in books.people:
        raise HTTPException(HTTPStatus.NOT_FOUND)


def _post(url: str, body: dict[str, Any]) -> httpx.Request:
    return httpx.Request("POST", url, content=as_json(body), headers={"Content-Type": "application/json"})
