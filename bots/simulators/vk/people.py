"""Being the other side of VK: people, and what they do in a talk with a community."""

import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from fastapi import HTTPException, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ValidationError

from bots.simulators.vk.acts import (
    ActIn,
    EditIn,
    ForgetIn,
    GroupIn,
    LocationIn,
    PersonIn,
    PressIn,
    SayIn,
    SendIn,
    StartIn,
)
from bots.simulators.vk.books import Books, File, Group, Person, Press, Row, shown

Shape = TypeVar("Shape", bound=BaseModel)

START = "Начать"
PLACE_LABEL = "Отправить местоположение"


class People:
    """What people do, by the names under `/_sim`."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._acts: Mapping[str, tuple[type[ActIn], Callable[..., Row]]] = {
            "say": (SayIn, self.say),
            "press": (PressIn, self.press),
            "send": (SendIn, self.send),
            "location": (LocationIn, self.location),
            "edit": (EditIn, self.edit),
            "start": (StartIn, self.start),
            "read": (ActIn, self.read),
            "block": (ActIn, self.block),
            "unblock": (ActIn, self.unblock),
        }
        self._others: Mapping[str, tuple[type[BaseModel], Callable[..., Row]]] = {
            "people": (PersonIn, self.person),
            "groups": (GroupIn, self.group),
            "again": (ActIn, self.again),
            "forget": (ForgetIn, self.forget),
        }

    async def do(self, request: Request) -> Response:
        """Let somebody make a person or a community, or VK repeat or lose something."""
        name = request.path_params["name"]
        if name not in self._others:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        shape, act = self._others[name]
        return JSONResponse(act(_read(shape, await request.body())))

    async def act(self, request: Request) -> Response:
        """Let a person act in his talk; a phone he cannot share."""
        id, name = int(request.path_params["id"]), request.path_params["act"]
        if name not in self._acts:
            raise HTTPException(HTTPStatus.NOT_IMPLEMENTED, f"VK has no such act: {name}")
        shape, act = self._acts[name]
        body = _read(shape, await request.body())
        url = {"url": base_of(request)} if name == "send" else {}
        return JSONResponse(act(self._person(id), body, **url))

    async def look(self, request: Request) -> Response:
        """Show what a person sees of the community."""
        group = request.query_params.get("group")
        of = ActIn(group=int(group)) if group else ActIn()
        return JSONResponse(self.shown(self._person(int(request.path_params["id"])), of))

    def person(self, body: PersonIn) -> Row:
        """Make a person."""
        return {"id": self._books.add_person(body.name, body.lang).id}

    def group(self, body: GroupIn) -> Row:
        """Make a community."""
        return {"id": self._books.add_group(body.token, body.group_id).id}

    def again(self, body: ActIn) -> Row:
        """Tell the last event once more."""
        self._books.retell(self._group(body))
        return {}

    def forget(self, body: ForgetIn) -> Row:
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

    def say(self, person: Person, body: SayIn) -> Row:
        """Write."""
        return self._said(person, body, text=body.text)

    def press(self, person: Person, body: PressIn) -> Row:
        """Press the newest button that is meant."""
        group = self._group(body)
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

    def send(self, person: Person, body: SendIn, *, url: str) -> Row:
        """Send a file."""
        content = b64decode(body.content)
        attached = self._attached(body, content, url, person.id)
        return self._said(person, body, text=body.caption, attachments=[attached])

    def location(self, person: Person, body: LocationIn) -> Row:
        """Share a place."""
        point = {"latitude": body.lat, "longitude": body.lon}
        return self._said(person, body, geo={"type": "point", "coordinates": point})

    def edit(self, person: Person, body: EditIn) -> Row:
        """Change what he wrote."""
        group = self._group(body)
        for message in self._books.talk(group, person.id):
            if message["id"] == body.message_id and not message["out"]:
                message.update(text=body.text, update_time=int(self._books.now().timestamp()))
                self._books.emit(group, "message_edit", shown(message))
                return {"message_id": message["id"]}
        raise HTTPException(HTTPStatus.NOT_FOUND, "no such message of his")

    def start(self, person: Person, body: StartIn) -> Row:
        """Follow a link to the talk and begin it."""
        ref = {"ref": body.payload, "ref_source": ""} if body.payload else {}
        return self._said(person, body, text=START, payload='{"command":"start"}', **ref)

    def read(self, person: Person, body: ActIn) -> Row:
        """Read everything."""
        group = self._group(body)
        last = self._ours(group, person)[-1]
        event = {"from_id": person.id, "peer_id": person.id, "read_message_id": last["id"]}
        event["conversation_message_id"] = last["conversation_message_id"]
        self._books.emit(group, "message_read", event)
        return {"message_id": last["id"]}

    def block(self, person: Person, body: ActIn) -> Row:
        """Forbid to be written to."""
        group = self._group(body)
        person.allows.discard(group.id)
        self._books.emit(group, "message_deny", {"user_id": person.id})
        return {}

    def unblock(self, person: Person, body: ActIn) -> Row:
        """Allow it again."""
        group = self._group(body)
        person.allows.add(group.id)
        self._books.emit(group, "message_allow", {"user_id": person.id, "key": ""})
        return {}

    def shown(self, person: Person, body: ActIn) -> list[Row]:
        """Return the community's messages as he sees them."""
        found = self._ours(self._group(body), person)
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

    def _said(self, person: Person, body: ActIn, **parts: object) -> Row:
        message = self._books.say(self._group(body), person, **parts)
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


def base_of(request: Request) -> str:
    """Return the address at which the simulator was reached."""
    return str(request.base_url).rstrip("/")


def _read(shape: type[Shape], body: bytes) -> Shape:
    try:
        return shape.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from None


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
