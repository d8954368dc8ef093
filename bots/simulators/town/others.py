"""The other side: people in messengers, and each chat as its person sees it, both sides in their order.

A simulator tells only what came to a person. What he did himself is kept here, put behind all that had come
by then, so that the page shows the talk as his own phone would.
"""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx
from fastapi import APIRouter, HTTPException
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from bots.simulators.town.services import GROUPS, Service
from core.messages import Role
from core.ports import Clock

Row = dict[str, Any]
UNDOES = {"block": "unblock", "unblock": "block"}
_ANSWERED_S = 30.0


class PersonIn(BaseModel):
    """Somebody to be."""

    model_config = ConfigDict(extra="forbid")
    service: str
    role: Role = Role.CLIENT
    name: str = Field(default="Анна", min_length=1, max_length=80)
    phone: str = Field(default="+79110000001", pattern=r"^\+[1-9]\d{6,14}$")


class ActIn(BaseModel):
    """Something he does; what it needs besides is the simulator's own."""

    model_config = ConfigDict(extra="allow")


@dataclass(slots=True)
class Chat:
    """A chat of a person. `rows` are its messages as he sees them, by id; his own are `own-<number>`."""

    id: str
    service: str
    role: Role
    name: str
    phone: str
    there: str  # its id at the simulator
    is_blocked: bool = False
    own: int = 0
    rows: dict[str, Row] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)


class Others:
    """Everybody whom one can be on the page."""

    def __init__(self, services: Mapping[str, Service], *, clock: Clock, http: httpx.AsyncClient) -> None:
        """Take the services that have chats; `http` reaches all of them."""
        self._services, self._clock, self._http = services, clock, http
        self.chats: dict[str, Chat] = {}

    def routes(self) -> APIRouter:
        """Build `/town`: who there is, and what he sees and does."""
        router = APIRouter(prefix="/town", include_in_schema=False)

        @router.get("/chats")
        async def chats() -> list[Row]:
            return [_told(chat) for chat in self.chats.values()]

        @router.post("/chats", status_code=HTTPStatus.CREATED)
        async def make(body: PersonIn) -> Row:
            return _told(await self.make(body))

        @router.get("/chats/{id}")
        async def seen(id: str) -> Row:
            chat = self._chat(id)
            await self._look(chat)
            return {**_told(chat), "messages": list(chat.rows.values())}

        @router.get("/chats/{id}/files/{name}")
        async def file(id: str, name: str) -> Response:
            if name not in self._chat(id).files:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            type, content = self._chat(id).files[name]
            return Response(content, media_type=type, headers={"Content-Security-Policy": "sandbox"})

        @router.post("/chats/{id}/{act}")
        async def do(id: str, act: str, body: ActIn) -> Row:
            return await self.do(self._chat(id), act, body.model_dump())

        return router

    async def make(self, asked: PersonIn) -> Chat:
        """Make a person at a service."""
        service = self._services.get(asked.service)
        if service is None or asked.role not in service.roles:
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "nobody can be that")
        told = {"name": asked.name, "lang": "ru", "phone": asked.phone}
        if asked.service == "max":
            told["bot"] = asked.role.value
        if asked.service == "mail":
            told["address"] = f"{asked.phone.removeprefix('+')}@people.example"
        made = await self._ask("POST", f"/{asked.service}/_sim/people", json=told)
        there = str(made["id"])
        id = f"{asked.service}-{asked.role}-{there.removeprefix('+')}"
        return self.chats.setdefault(id, Chat(id, asked.service, asked.role, asked.name, asked.phone, there))

    async def do(self, chat: Chat, act: str, told: Row) -> Row:
        """Do something in a chat and keep how it looks there."""
        if (UNDOES[act] if act == "unblock" else act) not in self._services[chat.service].acts:
            raise HTTPException(HTTPStatus.CONFLICT, f"{chat.service} has no {act}")
        await self._look(chat)
        to, query = f"/{chat.service}/_sim/chats/{chat.there}/{act}", {}
        if chat.service == "vk":
            told = {**told, "group": GROUPS[chat.role]}
        if chat.service == "mail":
            told.pop("name", None)
        if chat.service == "telegram":
            query = {"bot": await self._bot(chat)}
        done = await self._ask("POST", to, json=told, params=query)
        if act in UNDOES:
            chat.is_blocked = act == "block"
        elif not (done or {}).get("url"):  # a page that was opened is no message
            self._keep(chat, act, told)
        return done or {}

    # How it looks

    async def _look(self, chat: Chat) -> None:
        """Bring what came since; what was changed or taken back there is so here too."""
        query = {}
        if chat.service == "vk":
            query = {"group": GROUPS[chat.role]}
        if chat.service == "telegram":
            query = {"bot": await self._bot(chat)}
        shown = await self._ask("GET", f"/{chat.service}/_sim/chats/{chat.there}/shown", params=query)
        came = {str(row["id"]): row for row in shown}
        for id in [id for id, row in chat.rows.items() if not row["is_own"] and id not in came]:
            del chat.rows[id]
        for id, row in came.items():
            at = chat.rows[id]["at"] if id in chat.rows else self._clock.now().isoformat()
            chat.rows[id] = {**row, "id": id, "is_own": False, "at": at}

    def _keep(self, chat: Chat, act: str, told: Row) -> None:
        chat.own += 1
        id = f"own-{chat.own}"
        row: Row = {"id": id, "is_own": True, "act": act, "at": self._clock.now().isoformat(), "files": []}
        row["text"] = (
            told.get("text") or told.get("caption") or told.get("label") or told.get("payload") or ""
        )
        if act == "contact":
            row["text"] = chat.phone
        elif act == "location":
            row["text"] = f"{told['lat']}, {told['lon']}"
        elif act == "send":
            self._keep_file(chat, row, told)
        chat.rows[id] = row

    def _keep_file(self, chat: Chat, row: Row, told: Row) -> None:
        content = b64decode(told["content"])
        type = "image/jpeg" if told["kind"] == "photo" else "application/octet-stream"
        chat.files[row["id"]] = (type, content)
        file = {"name": told.get("name") or told["kind"], "type": type, "bytes": len(content)}
        row["files"] = [{**file, "url": f"/town/chats/{chat.id}/files/{row['id']}"}]

    # What is asked for

    def _chat(self, id: str) -> Chat:
        if id not in self.chats:
            raise HTTPException(HTTPStatus.NOT_FOUND, "no such chat")
        return self.chats[id]

    async def _bot(self, chat: Chat) -> int:
        bots: list[Row] = await self._ask("GET", "/telegram/_sim/bots")
        return int(bots[list(GROUPS).index(chat.role)]["id"])

    async def _ask(self, method: str, path: str, **more: Any) -> Any:  # noqa: ANN401 - as it was answered
        answer = await self._http.request(method, path, timeout=_ANSWERED_S, **more)
        if answer.is_error:
            raise HTTPException(answer.status_code, answer.text[:300])
        return answer.json() if answer.content else {}


def _told(chat: Chat) -> Row:
    who = {"id": chat.id, "service": chat.service, "role": chat.role.value, "name": chat.name}
    return {**who, "phone": chat.phone, "is_blocked": chat.is_blocked}
