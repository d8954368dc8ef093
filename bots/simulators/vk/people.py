"""Being the other side of VK: people, and what they do in a talk with a community."""

import json
from base64 import b64decode
from http import HTTPStatus
from typing import Any, Literal

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field

from bots.simulators.vk.books import Books, File, Group, Person, Press, Row, shown

START = "Начать"
PLACE_LABEL = "Отправить местоположение"


class PersonIn(BaseModel):
    """Somebody new. His phone VK tells nobody."""

    name: str = "Анна"
    lang: str = "ru"
    phone: str = ""


class ActIn(BaseModel):
    """What all acts have: with which community; by itself the first one."""

    group: int | None = None


class SayIn(ActIn):
    """A text."""

    text: str


class PressIn(ActIn):
    """A button, by its label or by its choice."""

    label: str = ""
    choice: str = ""


class SendIn(ActIn):
    """A file."""

    kind: Literal["photo", "video", "voice", "file"]
    content: str
    caption: str = ""
    name: str = ""


class LocationIn(ActIn):
    """A place."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class EditIn(ActIn):
    """A text instead of the one before."""

    message_id: int
    text: str


class StartIn(ActIn):
    """A deep link."""

    payload: str = ""


class GroupIn(BaseModel):
    """A community of its own, or another token of one."""

    token: str
    group_id: int


class ForgetIn(ActIn):
    """What VK may lose: a session's key, its history, both, or its patience with our address."""

    what: Literal["key", "history", "session", "server"]


class People:
    """The routes under `/_sim`; `tell` sends what has happened meanwhile."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def router(self) -> APIRouter:
        """Build the routes."""
        router = APIRouter(prefix="/_sim", include_in_schema=False)
        router.post("/people")(self.person)
        router.post("/groups")(self.group)
        router.post("/again")(self.again)
        router.post("/forget")(self.forget)
        router.post("/chats/{id}/say")(self.say)
        router.post("/chats/{id}/press")(self.press)
        router.post("/chats/{id}/send")(self.send)
        router.post("/chats/{id}/contact")(self.contact)
        router.post("/chats/{id}/location")(self.location)
        router.post("/chats/{id}/edit")(self.edit)
        router.post("/chats/{id}/start")(self.start)
        router.post("/chats/{id}/read")(self.read)
        router.post("/chats/{id}/block")(self.block)
        router.post("/chats/{id}/unblock")(self.unblock)
        router.get("/chats/{id}/shown")(self.shown)
        return router

    async def person(self, body: PersonIn) -> Row:
        """Make a person."""
        return {"id": self._books.add_person(body.name, body.lang).id}

    async def group(self, body: GroupIn) -> Row:
        """Make a community."""
        return {"id": self._books.add_group(body.token, body.group_id).id}

    async def again(self, body: ActIn | None = None) -> Row:
        """Tell the last event once more."""
        self._books.retell(self._group(body or ActIn()))
        return {}

    async def forget(self, body: ForgetIn) -> Row:
        """Lose something."""
        group = self._group(body)
        if body.what in {"key", "session"}:
            group.key = self._books.token()
        if body.what in {"history", "session"}:
            group.history.clear()
        if body.what == "server":
            for server in group.servers.values():
                server.status = "failed"
        return {}

    async def say(self, id: int, body: SayIn) -> Row:
        """Write."""
        return self._said(id, body, text=body.text)

    async def press(self, id: int, body: PressIn) -> Row:
        """Press the newest button that is meant."""
        group, person = self._group(body), self._person(id)
        for message in reversed(self._ours(group, person)):
            for key in message["_keys"]:
                if body.label == key.get("label") or (body.choice and body.choice == _choice(key)):
                    return self._pressed(group, person, message, key)
        raise HTTPException(HTTPStatus.NOT_FOUND, "no such button")

    def _pressed(self, group: Group, person: Person, message: Row, key: Row) -> Row:
        if key["type"] == "text":
            told = self._books.say(group, person, text=key["label"], payload=key.get("payload", "{}"))
            return {"message_id": told["id"]}
        if key["type"] != "callback":
            raise HTTPException(HTTPStatus.BAD_REQUEST, "this button tells the community nothing")
        event_id = self._books.token()[:12]
        self._books.presses[event_id] = Press(group.id, person.id, self._books.now())
        event = {
            "user_id": person.id,
            "peer_id": person.id,
            "event_id": event_id,
            "payload": json.loads(key["payload"]),
            "conversation_message_id": message["conversation_message_id"],
        }
        self._books.emit(group, "message_event", event)
        return {"event_id": event_id}

    async def send(self, id: int, body: SendIn, request: Request) -> Row:
        """Send a file."""
        content = b64decode(body.content)
        attached = self._attached(body, content, str(request.base_url).rstrip("/"), id)
        return self._said(id, body, text=body.caption, attachments=[attached])

    async def contact(self, id: int) -> Row:
        """Share a phone, which VK cannot."""
        raise HTTPException(
            HTTPStatus.NOT_IMPLEMENTED, f"VK shares no phones, nor that of {self._person(id).id}"
        )

    async def location(self, id: int, body: LocationIn) -> Row:
        """Share a place."""
        point = {"latitude": body.lat, "longitude": body.lon}
        return self._said(id, body, geo={"type": "point", "coordinates": point})

    async def edit(self, id: int, body: EditIn) -> Row:
        """Change what he wrote."""
        group, person = self._group(body), self._person(id)
        for message in self._books.talk(group, person.id):
            if message["id"] == body.message_id and not message["out"]:
                message.update(text=body.text, update_time=int(self._books.now().timestamp()))
                self._books.emit(group, "message_edit", shown(message))
                return {"message_id": message["id"]}
        raise HTTPException(HTTPStatus.NOT_FOUND, "no such message of his")

    async def start(self, id: int, body: StartIn) -> Row:
        """Follow a link to the talk and begin it."""
        ref = {"ref": body.payload, "ref_source": ""} if body.payload else {}
        return self._said(id, body, text=START, payload='{"command":"start"}', **ref)

    async def read(self, id: int, body: ActIn | None = None) -> Row:
        """Read everything."""
        group, person = self._group(body or ActIn()), self._person(id)
        last = self._ours(group, person)[-1]
        event = {"from_id": person.id, "peer_id": person.id, "read_message_id": last["id"]}
        event["conversation_message_id"] = last["conversation_message_id"]
        self._books.emit(group, "message_read", event)
        return {"message_id": last["id"]}

    async def block(self, id: int, body: ActIn | None = None) -> Row:
        """Forbid to be written to."""
        group, person = self._group(body or ActIn()), self._person(id)
        person.allows.discard(group.id)
        self._books.emit(group, "message_deny", {"user_id": person.id})
        return {}

    async def unblock(self, id: int, body: ActIn | None = None) -> Row:
        """Allow it again."""
        group, person = self._group(body or ActIn()), self._person(id)
        person.allows.add(group.id)
        self._books.emit(group, "message_allow", {"user_id": person.id, "key": ""})
        return {}

    async def shown(self, id: int, group: int | None = None) -> list[Row]:
        """Return the community's messages as he sees them."""
        found = self._ours(self._group(ActIn(group=group)), self._person(id))
        return [
            {
                "id": str(message["id"]),
                "text": message["text"],
                "buttons": [_button(key) for key in message["_keys"]],
                "files": [
                    {"name": file.name, "type": file.type, "bytes": len(file.content)}
                    for file in message["_files"]
                ],
                "at": message["date"],
            }
            for message in found
        ]

    # Parts

    def _said(self, id: int, body: ActIn, **parts: object) -> Row:
        message = self._books.say(self._group(body), self._person(id), **parts)
        return {"message_id": message["id"]}

    def _attached(self, body: SendIn, content: bytes, url: str, owner: int) -> Row:
        """Write a file as it stands in a message; each kind has its address elsewhere."""
        number = 456_239_000 + len(self._books.files)
        common: Row = {"id": number, "owner_id": owner, "access_key": self._books.token()[:18]}
        match body.kind:
            case "photo":
                small = self._keep("s.jpg", "image/jpeg", content[: len(content) // 2], url)
                large = self._keep("w.jpg", "image/jpeg", content, url)
                sizes = [
                    {"type": "w", "width": 1_280, "height": 960, "url": large},
                    {"type": "s", "width": 75, "height": 56, "url": small},
                ]
                return {"type": "photo", "photo": {**common, "album_id": -3, "date": 1, "sizes": sizes}}
            case "voice":
                ogg = self._keep("voice.ogg", "audio/ogg", content, url)
                mp3 = self._keep("voice.mp3", "audio/mpeg", b"mp3", url)
                voice = {**common, "duration": 2, "waveform": [0], "link_ogg": ogg, "link_mp3": mp3}
                return {"type": "audio_message", "audio_message": voice}
            case "video":
                return {"type": "video", "video": {**common, "title": body.name or "video", "duration": 5}}
            case "file":
                name = body.name or "file.pdf"
                doc = {**common, "title": name, "size": len(content), "date": 1, "type": 1}
                doc |= {
                    "ext": name.rpartition(".")[2],
                    "url": self._keep(name, "application/pdf", content, url),
                }
                return {"type": "doc", "doc": doc}

    def _keep(self, name: str, type: str, content: bytes, url: str) -> str:
        token = self._books.token()
        self._books.files[token] = File(name, type, content)
        return f"{url}/files/{token}"

    def _ours(self, group: Group, person: Person) -> list[Row]:
        return [message for message in self._books.talk(group, person.id) if message["out"]]

    def _group(self, body: ActIn) -> Group:
        id = body.group if body.group is not None else next(iter(self._books.groups), 0)
        if id not in self._books.groups:
            raise HTTPException(HTTPStatus.NOT_FOUND, "no such community")
        return self._books.groups[id]

    def _person(self, id: int) -> Person:
        if id not in self._books.people:
            raise HTTPException(HTTPStatus.NOT_FOUND, "nobody of this id")
        return self._books.people[id]


def _choice(key: Row) -> str:
    """Return what a button carries, whatever its sender made of it."""
    payload = json.loads(key.get("payload") or "null")
    if isinstance(payload, dict) and isinstance(payload.get("choice"), str):
        return str(payload["choice"])
    return str(key.get("payload") or "")


def _button(key: Row) -> dict[str, Any]:
    match key["type"]:
        case "open_link":
            return {"label": key["label"], "url": key["link"]}
        case "location":
            return {"label": PLACE_LABEL, "asks": "location"}
    return {"label": key["label"], "choice": _choice(key)}
