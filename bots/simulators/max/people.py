"""The other side: people who write, press, share, leave and come back, as JSON under `/_sim`."""

import hmac
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Awaitable, Callable
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse, Response

from bots.simulators.max.books import START_MAX, Books, No, Person, Row, Said, user
from bots.simulators.max.shapes import (
    BotIn,
    ContactIn,
    EditIn,
    NotReadyIn,
    PersonIn,
    PlaceIn,
    PressIn,
    SayIn,
    SendIn,
    StartIn,
)

FRIEND = "+79210000000"

_TYPES = {"photo": "image", "video": "video", "voice": "audio", "file": "file"}
_MEDIA_TYPES = {
    "photo": "image/jpeg",
    "video": "video/mp4",
    "voice": "audio/ogg",
    "file": "application/octet-stream",
}
_ASKS = {"request_contact": "contact", "request_geo_location": "location"}


class People:
    """The people of a simulator. `told` sends what their deeds made happen, before they are answered."""

    def __init__(self, books: Books, *, url: str, told: Callable[[], Awaitable[None]]) -> None:
        self._books, self._url, self._told = books, url, told

    def lay(self, router: APIRouter) -> None:
        """Add the routes."""
        books = self._books

        @router.get("/_sim/bots")
        async def bots() -> Response:
            return JSONResponse([{"name": each.name} for each in books.bots.values()])

        @router.post("/_sim/bots")
        async def add_bot(body: BotIn) -> Response:
            return JSONResponse({"id": books.add_bot(body.token, body.name).user_id})

        @router.post("/_sim/people")
        async def add_person(body: PersonIn) -> Response:
            person = books.add_person(name=body.name, lang=body.lang, phone=body.phone, bot=body.bot)
            return JSONResponse({"id": str(person.user_id), "bot": person.bot.name})

        @router.get("/_sim/chats/{id}/shown")
        async def shown(id: int) -> Response:
            return JSONResponse([_shown(each) for each in self._person(id).shown])

        @router.post("/_sim/again")
        async def again() -> Response:
            books.again()
            return await self._done()

        @router.post("/_sim/not-ready")
        async def not_ready(body: NotReadyIn) -> Response:
            books.not_ready = body.times
            return await self._done()

        self._deeds(router)

    def _deeds(self, router: APIRouter) -> None:
        books = self._books

        @router.post("/_sim/chats/{id}/start")
        async def start(id: int, body: StartIn) -> Response:
            person = self._person(id)
            person.has_come, person.has_stopped = True, False
            self._stands(person, "bot_started", payload=body.payload[:START_MAX] or None)
            return await self._done()

        @router.post("/_sim/chats/{id}/say")
        async def say(id: int, body: SayIn) -> Response:
            return await self._done(books.write(self._person(id), body.text))

        @router.post("/_sim/chats/{id}/edit")
        async def edit(id: int, body: EditIn) -> Response:
            self._edit(self._person(id), body)
            return await self._done(body.message_id)

        @router.post("/_sim/chats/{id}/press")
        async def press(id: int, body: PressIn) -> Response:
            return await self._done(self._press(self._person(id), body))

        @router.post("/_sim/chats/{id}/send")
        async def send(id: int, body: SendIn) -> Response:
            return await self._done(books.write(self._person(id), body.caption, self._file(body)))

        @router.post("/_sim/chats/{id}/contact")
        async def contact(id: int, body: ContactIn) -> Response:
            return await self._done(self._share(self._person(id), own=body.own))

        @router.post("/_sim/chats/{id}/location")
        async def location(id: int, body: PlaceIn) -> Response:
            place = {"type": "location", "latitude": body.lat, "longitude": body.lon}
            return await self._done(books.write(self._person(id), "", place))

        @router.post("/_sim/chats/{id}/block")
        async def block(id: int) -> Response:
            self._person(id).has_stopped = True
            self._stands(self._person(id), "bot_stopped")
            return await self._done()

        @router.post("/_sim/chats/{id}/unblock")
        async def unblock(id: int) -> Response:
            self._person(id).has_stopped = False
            self._stands(self._person(id), "bot_started", payload=None)
            return await self._done()

    # Inside

    def _person(self, id: int) -> Person:
        try:
            return self._books.person(id)
        except No as no:
            raise HTTPException(no.status, no.message) from None

    async def _done(self, message_id: str = "") -> Response:
        await self._told()
        return JSONResponse({"message_id": message_id})

    def _stands(self, person: Person, kind: str, **more: Any) -> None:
        update = {"update_type": kind, "chat_id": person.chat_id, "user": user(person), **more}
        self._books.happen(person.bot, {**update, "user_locale": person.lang})

    def _edit(self, person: Person, body: EditIn) -> None:
        message = person.written.get(body.message_id)
        if message is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "he wrote no such message")
        edited = {**message, "body": {**message["body"], "text": body.text}}
        self._books.happen(person.bot, {"update_type": "message_edited", "message": edited})

    def _press(self, person: Person, body: PressIn) -> str:
        for said in reversed(person.shown):
            for button in reversed(said.buttons):
                wanted = button.get("payload") if body.choice else button["text"]
                if wanted == (body.choice or body.label):
                    return self._pressed(person, said, button)
        raise HTTPException(HTTPStatus.NOT_FOUND, "there is no such button")

    def _pressed(self, person: Person, said: Said, button: Row) -> str:
        if button["type"] == "request_contact":
            return self._share(person, own=True)
        if button["type"] != "callback":
            raise HTTPException(HTTPStatus.CONFLICT, "this button tells the bot nothing by itself")
        callback_id = self._books.chance.token()
        person.bot.callbacks.add(callback_id)
        message = self._books.message(person, said.id, said.text, sender=person.bot.user(), to=person.user_id)
        del message["recipient"]["chat_id"]  # as seen in real dialogs, against the description
        press = {
            "timestamp": self._books.ms(),
            "callback_id": callback_id,
            "payload": button["payload"],
            "user": user(person),
        }
        update = {"update_type": "message_callback", "callback": press, "message": message}
        self._books.happen(person.bot, {**update, "user_locale": person.lang})
        return said.id

    def _file(self, body: SendIn) -> Row:
        try:
            content = b64decode(body.content, validate=True)
        except Base64Error:
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "that is no base64") from None
        id, token = self._books.id(), self._books.chance.token()
        key = f"{id}-{token}"
        self._books.files[key] = (_MEDIA_TYPES[body.kind], content)
        address = f"{self._url}/_files/{key}"
        if body.kind == "video":  # its address in the message is a page; the film is asked for by token
            self._books.videos[token] = address
            address = f"{self._url}/_videos/{token}"
        payload: Row = {"url": address, "token": token}
        if body.kind == "photo":
            payload["photo_id"] = id
        more = {"filename": body.name or "file.bin", "size": len(content)} if body.kind == "file" else {}
        return {"type": _TYPES[body.kind], "payload": payload, **more}

    def _share(self, person: Person, *, own: bool) -> str:
        phone, name = (person.phone, person.name) if own else (FRIEND, "Борис")
        lines = (
            "BEGIN:VCARD",
            "VERSION:3.0",
            f"TEL;TYPE=cell:{phone.lstrip('+')}",
            f"FN:{name}",
            "END:VCARD",
        )
        card = "\r\n".join((*lines, ""))
        payload: Row = {"vcf_info": card}
        if own:  # only what the button shares is signed
            payload["hash"] = hmac.new(person.bot.token.encode(), card.encode(), sha256).hexdigest()
            payload["max_info"] = user(person)
        return self._books.write(person, "", {"type": "contact", "payload": payload})


def _shown(said: Said) -> Row:
    return {
        "id": said.id,
        "text": said.text,
        "buttons": [_button(each) for each in said.buttons],
        "files": [
            {"name": each.name, "type": each.media_type, "bytes": len(each.content or b"")}
            for each in said.files
        ],
        "at": said.at.isoformat(),
    }


def _button(button: Row) -> Row:
    shown: Row = {"label": button["text"]}
    if button["type"] in _ASKS:
        shown["asks"] = _ASKS[button["type"]]
    elif button["type"] == "link":
        shown["url"] = button["url"]
    elif button["type"] == "open_app":
        shown["app"] = button["web_app"]
    else:
        shown["choice"] = button["payload"]
    return shown
