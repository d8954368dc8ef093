"""The people of the simulator: what they write, press, send and see, under `/_sim`."""

import hmac
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException

from bots.simulators.telegram.bodies import (
    ContactIn,
    EditIn,
    LocationIn,
    PersonIn,
    PressIn,
    SayIn,
    SendIn,
    StartIn,
)
from bots.simulators.telegram.books import Books, Bot, File, Person, Row, Talk
from bots.simulators.wire import as_json

_THUMB = {"width": 90, "height": 51}
_LARGE = {"width": 1280, "height": 720}
_TYPES = {
    "photo": "image/jpeg",
    "video": "video/mp4",
    "video_note": "video/mp4",
    "voice": "audio/ogg",
    "audio": "audio/mpeg",
    "file": "application/octet-stream",
}


class People:
    """What the people of one simulator do; each act is one update of the bot they talk to."""

    def __init__(self, books: Books) -> None:
        self.books = books

    def routes(self) -> APIRouter:
        """Build `/_sim/people`, `/_sim/chats/{id}/…`, `/_sim/again` and `/_sim/updates`.

        A chat's id is the person's. `?bot=` names the bot by its id; without it, it is the first one.
        """
        router = APIRouter(prefix="/_sim", include_in_schema=False)

        @router.post("/people")
        async def make(body: PersonIn) -> Row:
            return self._told(self.books.add_person(**body.model_dump()))

        @router.get("/people")
        async def people() -> list[Row]:
            return [self._told(person) for person in self.books.people.values()]

        @router.get("/bots")
        async def bots() -> list[Row]:
            return [{"id": bot.id, "name": bot.name} for bot in self.books.bots.values()]

        @router.post("/again", status_code=HTTPStatus.NO_CONTENT)
        async def again() -> None:
            self.books.again()

        @router.post("/updates")
        async def update(body: dict[str, Any], bot: int | None = None) -> Row:
            """Tell a bot of anything: `{"<kind>": {…}}`."""
            ((kind, what),) = body.items()
            chat_id = int((what.get("chat") or {}).get("id", 0))
            return self.books.note(self._bot(bot), kind, what, chat_id=chat_id)

        self._acts(router)

        @router.get("/chats/{id}/shown")
        async def shown(id: int, bot: int | None = None) -> list[Row]:
            there, talk = self._there(id, bot)
            return [self._shown(there, talk, row) for row in self.books.shown(there, talk)]

        return router

    def _acts(self, router: APIRouter) -> None:
        @router.post("/chats/{id}/say")
        async def say(id: int, body: SayIn, bot: int | None = None) -> Row:
            return self._write(*self._there(id, bot), text=body.text)

        @router.post("/chats/{id}/start")
        async def start(id: int, body: StartIn, bot: int | None = None) -> Row:
            return self._write(*self._there(id, bot), text=f"/start {body.payload}".strip())

        @router.post("/chats/{id}/edit")
        async def edit(id: int, body: EditIn, bot: int | None = None) -> Row:
            return self._edit(*self._there(id, bot), body)

        @router.post("/chats/{id}/press")
        async def press(id: int, body: PressIn, bot: int | None = None) -> Row:
            return self._press(*self._there(id, bot), body)

        @router.post("/chats/{id}/send")
        async def send(id: int, body: SendIn, bot: int | None = None) -> Row:
            return self._send(*self._there(id, bot), body)

        @router.post("/chats/{id}/contact")
        async def contact(id: int, body: ContactIn, bot: int | None = None) -> Row:
            there, talk = self._there(id, bot)
            return self._write(there, talk, contact=_contact(talk.person, body))

        @router.post("/chats/{id}/location")
        async def location(id: int, body: LocationIn, bot: int | None = None) -> Row:
            place = {"latitude": body.lat, "longitude": body.lon}
            return self._write(*self._there(id, bot), location=place)

        @router.post("/chats/{id}/block")
        async def block(id: int, bot: int | None = None) -> Row:
            return self._stand(*self._there(id, bot), is_blocked=True)

        @router.post("/chats/{id}/unblock")
        async def unblock(id: int, bot: int | None = None) -> Row:
            return self._stand(*self._there(id, bot), is_blocked=False)

    # Acts

    def _write(self, bot: Bot, talk: Talk, **content: Any) -> Row:
        if talk.is_blocked:
            raise HTTPException(HTTPStatus.CONFLICT, "he has blocked the bot and cannot write to it")
        talk.is_begun = True
        row = self.books.post(bot, talk, talk.person.user, **content)
        self.books.note(bot, "message", row, chat_id=talk.person.id)
        return {"message_id": row["message_id"]}

    def _edit(self, bot: Bot, talk: Talk, body: EditIn) -> Row:
        row = talk.messages.get(body.message_id)
        if row is None or row["from"]["id"] != talk.person.id:
            raise HTTPException(HTTPStatus.NOT_FOUND, "not a message of his")
        name = "text" if "text" in row else "caption"
        edited = {**row, name: body.text, "edit_date": int(self.books.clock.now().timestamp())}
        talk.messages[body.message_id] = edited
        self.books.note(bot, "edited_message", edited, chat_id=talk.person.id)
        return {"message_id": body.message_id}

    def _send(self, bot: Bot, talk: Talk, body: SendIn) -> Row:
        if body.kind == "sticker":
            sticker = {
                "type": "regular",
                "width": 512,
                "height": 512,
                "is_animated": False,
                "is_video": False,
            }
            file = self.books.keep(bot, b"sticker", name="", type="image/webp")
            return self._write(bot, talk, sticker={**_row(file), **sticker, "emoji": body.emoji or "👍"})
        if body.kind not in _TYPES:
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, f"no such kind: {body.kind}")
        content = b64decode(body.content)
        file = self.books.keep(
            bot, content, name=body.name, type=body.type or _TYPES[body.kind], size=body.bytes
        )
        row: Row = _row(file)
        if body.name and body.kind in {"video", "audio", "file"}:
            row["file_name"] = body.name
        if body.kind not in {"photo", "video_note"}:
            row["mime_type"] = file.type
        more: Row = {name: value for name, value in (("caption", body.caption),) if value}
        if body.album:
            more["media_group_id"] = body.album
        match body.kind:
            case "photo":
                thumb = self.books.keep(bot, content[:100], name="", type=file.type)
                return self._write(bot, talk, photo=[{**_row(thumb), **_THUMB}, {**row, **_LARGE}], **more)
            case "video":
                row |= {**_LARGE, "duration": 3}
            case "video_note":
                row |= {"length": 240, "duration": 3}
            case "voice" | "audio":
                row |= {"duration": 3}
        return self._write(bot, talk, **{{"file": "document"}.get(body.kind, body.kind): row}, **more)

    def _stand(self, bot: Bot, talk: Talk, *, is_blocked: bool) -> Row:
        if talk.is_blocked == is_blocked:
            raise HTTPException(HTTPStatus.CONFLICT, "he has done so already")
        talk.is_blocked = is_blocked
        was, now = ("member", "kicked") if is_blocked else ("kicked", "member")
        body = {
            "chat": talk.person.chat,
            "from": talk.person.user,
            "date": int(self.books.clock.now().timestamp()),
            "old_chat_member": _member(bot, was),
            "new_chat_member": _member(bot, now),
        }
        self.books.note(bot, "my_chat_member", body, chat_id=talk.person.id)
        return {}

    def _press(self, bot: Bot, talk: Talk, body: PressIn) -> Row:
        """Press the newest button that fits: a choice is told, a key says its label, a page is opened."""
        for row, button in self._buttons(bot, talk):
            told = button.get("callback_data", "")
            is_meant = told == body.choice if body.choice else button["text"] == body.label
            if not is_meant:
                continue
            if "callback_data" in button:
                return self._choose(bot, talk, row, told)
            if "web_app" in button:
                return {"url": button["web_app"]["url"], "init_data": self.init_data(bot, talk.person)}
            if "url" in button:
                return {"url": button["url"]}
            if button.get("request_contact"):
                return self._write(bot, talk, contact=_contact(talk.person, ContactIn()))
            if button.get("request_location"):
                raise HTTPException(HTTPStatus.CONFLICT, "say where he is: /location")
            return self._write(bot, talk, text=button["text"])
        raise HTTPException(HTTPStatus.NOT_FOUND, "no such button")

    def _buttons(self, bot: Bot, talk: Talk) -> Iterator[tuple[Row, Row]]:
        """Yield the buttons that can be pressed, of the newest message first."""
        is_newest_keyboard = True
        for row in reversed(list(self.books.shown(bot, talk))):
            for line in row.get("reply_markup", {}).get("inline_keyboard", ()):
                yield from ((row, button) for button in line)
            markup = talk.keyboards.get(row["message_id"])
            if markup is not None and is_newest_keyboard:
                is_newest_keyboard = False
                for line in markup.get("keyboard", ()):
                    yield from ((row, button) for button in line)

    def _choose(self, bot: Bot, talk: Talk, row: Row, told: str) -> Row:
        press = f"{talk.person.id}{len(bot.presses):08}"
        bot.presses[press] = self.books.clock.now()
        body = {
            "id": press,
            "from": talk.person.user,
            "message": row,
            "chat_instance": str(talk.person.id * 31),
            "data": told,
        }
        self.books.note(bot, "callback_query", body, chat_id=talk.person.id)
        return {"press": press}

    def init_data(self, bot: Bot, person: Person) -> str:
        """Return what a Mini App of this bot is given about who opened it, signed."""
        user = as_json({name: value for name, value in person.user.items() if name != "is_bot"}).decode()
        told = {
            "auth_date": str(int(self.books.clock.now().timestamp())),
            "query_id": f"AAH{person.id}",
            "user": user,
        }
        lines = "\n".join(f"{name}={told[name]}" for name in sorted(told))
        key = hmac.digest(b"WebAppData", bot.token.encode(), "sha256")
        return urlencode({**told, "hash": hmac.digest(key, lines.encode(), "sha256").hex()})

    # What there is

    def _bot(self, id: int | None) -> Bot:
        bots = self.books.bots.values()
        found = next((bot for bot in bots if id is None or bot.id == id), None)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "no such bot")
        return found

    def _there(self, id: int, bot: int | None) -> tuple[Bot, Talk]:
        if id not in self.books.people:
            raise HTTPException(HTTPStatus.NOT_FOUND, "no such person")
        there = self._bot(bot)
        return there, self.books.talk(there, self.books.people[id])

    def _told(self, person: Person) -> Row:
        return {"id": str(person.id), "name": person.name, "lang": person.lang, "phone": person.phone}

    def _shown(self, bot: Bot, talk: Talk, row: Row) -> Row:
        lines = (
            *row.get("reply_markup", {}).get("inline_keyboard", ()),
            *talk.keyboards.get(row["message_id"], {}).get("keyboard", ()),
        )
        kinds = ("document", "video", "voice", "audio")
        ids = [row[kind]["file_id"] for kind in kinds if kind in row]
        ids += [row["photo"][-1]["file_id"]] if "photo" in row else []
        return {
            "id": str(row["message_id"]),
            "text": row.get("text", row.get("caption", "")),
            "buttons": [_button(button) for line in lines for button in line],
            "files": [
                {"name": file.name, "type": file.type, "bytes": file.bytes}
                for file in (bot.files[id] for id in ids)
            ],
            "at": datetime.fromtimestamp(row["date"], UTC).isoformat(),
        }


def _button(button: Row) -> Row:
    shown: Row = {"label": button["text"]}
    if "callback_data" in button:
        shown["choice"] = button["callback_data"]
    if "url" in button:
        shown["url"] = button["url"]
    if "web_app" in button:
        shown |= {"url": button["web_app"]["url"], "is_app": True}
    if button.get("request_contact"):
        shown["asks"] = "contact"
    if button.get("request_location"):
        shown["asks"] = "location"
    return shown


def _row(file: File) -> Row:
    return {"file_id": file.id, "file_unique_id": file.id[-10:], "file_size": file.bytes}


def _contact(person: Person, body: ContactIn) -> Row:
    """Return `Contact`; whose account a number has is Telegram's own word."""
    if body.own:
        phone = person.phone.removeprefix("+")
        return {"phone_number": phone, "first_name": person.name, "user_id": person.id}
    return {"phone_number": body.phone, "first_name": body.name}


def _member(bot: Bot, status: str) -> Row:
    return {"user": bot.user, "status": status, **({"until_date": 0} if status == "kicked" else {})}
