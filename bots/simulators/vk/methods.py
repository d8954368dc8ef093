"""VK's methods: what each asks, and what it does to the books."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ValidationError

from bots.simulators.vk import shapes
from bots.simulators.vk.books import ALL_EVENTS, ANSWER_WITHIN, Books, Group, No, Server, wrong

TEXT_MAX = 4_096
SERVERS_MAX = 10


@dataclass(frozen=True, slots=True)
class Call:
    """One call: whose it is, and where the simulator was reached."""

    group: Group
    url: str


class Methods:
    """Plays each method by its published name."""

    def __init__(self, books: Books, *, confirm: Callable[[Group, Server], Any]) -> None:
        """Confirm an address by `confirm`, awaited once the settings are changed."""
        self._books, self._confirm = books, confirm
        self._table: Mapping[str, tuple[type[BaseModel], Callable[..., Any]]] = {
            "messages.send": (shapes.Send, self._send),
            "messages.sendMessageEventAnswer": (shapes.EventAnswer, self._answer),
            "users.get": (shapes.UsersGet, self._users),
            "groups.getById": (shapes.GroupById, self._group),
            "groups.getLongPollServer": (shapes.OfGroup, self._session),
            "groups.getLongPollSettings": (shapes.OfGroup, self._poll_settings),
            "groups.setLongPollSettings": (shapes.LongPollSettings, self._set_poll_settings),
            "groups.getCallbackServers": (shapes.Servers, self._servers),
            "groups.addCallbackServer": (shapes.Server, self._add_server),
            "groups.editCallbackServer": (shapes.EditServer, self._edit_server),
            "groups.deleteCallbackServer": (shapes.OfServer, self._delete_server),
            "groups.getCallbackSettings": (shapes.OfServer, self._settings),
            "groups.setCallbackSettings": (shapes.CallbackSettings, self._set_settings),
            "groups.getCallbackConfirmationCode": (shapes.OfGroup, self._confirmation),
            "photos.getMessagesUploadServer": (shapes.UploadServer, self._photo_server),
            "photos.saveMessagesPhoto": (shapes.SavePhoto, self._save_photo),
            "docs.getMessagesUploadServer": (shapes.DocUploadServer, self._doc_server),
            "docs.save": (shapes.SaveDoc, self._save_doc),
        }

    def __contains__(self, name: str) -> bool:
        return name in self._table

    async def play(self, name: str, call: Call, asked: Mapping[str, str], *, is_strict: bool) -> Any:  # noqa: ANN401 - each answers its own
        """Do what a method does. Raises No."""
        shape, act = self._table[name]
        told = asked if is_strict else {key: asked[key] for key in asked if key in shape.model_fields}
        try:
            read = shape.model_validate(told)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise wrong(f"{where or 'parameters'}: {first['msg']}") from None
        if isinstance(read, shapes.OfGroup) and read.group_id != call.group.id:
            raise No(15, "Access denied: group access is denied")
        answer = act(call, read)
        return await answer if hasattr(answer, "__await__") else answer

    # Messages

    def _send(self, call: Call, asked: shapes.Send) -> int:
        person = self._books.people.get(asked.to)
        if person is None or call.group.id not in person.allows:
            raise No(901, "Can't send messages for users without permission")
        if not asked.message and not asked.attachment:
            raise wrong("message is empty or invalid")
        if len(asked.message) > TEXT_MAX:
            raise No(914, "Message is too long")
        keyboard = _keyboard(asked.keyboard)
        names = [name for name in asked.attachment.split(",") if name]
        if missing := [name for name in names if name not in self._books.saved]:
            raise wrong(f"attachment is invalid: {missing[0]}")

        def write() -> int:
            message = self._books.write(
                call.group,
                person.id,
                is_ours=True,
                random_id=asked.random_id,
                text=asked.message,
                _keys=keyboard.keys() if keyboard else [],
                _files=[self._books.saved[name] for name in names],
            )
            self._books.emit(call.group, "message_reply", {k: v for k, v in message.items() if k[0] != "_"})
            return int(message["id"])

        return self._books.once(call.group, person.id, asked.random_id, write)

    def _answer(self, call: Call, asked: shapes.EventAnswer) -> int:
        press = self._books.presses.get(asked.event_id)
        if press is None or (press.group_id, press.person_id) != (call.group.id, asked.user_id):
            raise wrong("event_id is invalid")
        if press.is_answered or self._books.now() - press.at > ANSWER_WITHIN:
            raise wrong("event_id is expired")
        press.is_answered = True
        return 1

    def _users(self, _: Call, asked: shapes.UsersGet) -> list[dict[str, Any]]:
        wanted = [int(id) for id in asked.user_ids.split(",") if id.isdecimal()]
        found = [self._books.people[id] for id in wanted if id in self._books.people]
        return [
            {"id": each.id, "first_name": each.name, "last_name": "", "is_closed": False} for each in found
        ]

    # The community

    def _group(self, call: Call, _: shapes.GroupById) -> dict[str, Any]:
        id = call.group.id
        group = {"id": id, "name": f"club{id}", "screen_name": f"club{id}", "is_closed": 0, "type": "group"}
        return {"groups": [group], "profiles": []}

    def _session(self, call: Call, _: shapes.OfGroup) -> dict[str, str]:
        group = call.group
        if not group.is_polled:
            raise wrong("longpoll for this group is not enabled")
        return {"key": group.key, "server": f"{call.url}/lp/{group.id}", "ts": str(group.ts)}

    def _poll_settings(self, call: Call, _: shapes.OfGroup) -> dict[str, Any]:
        group = call.group
        return {
            "is_enabled": group.is_polled,
            "api_version": group.poll_version,
            "events": _chosen(group.poll_events),
        }

    def _set_poll_settings(self, call: Call, asked: shapes.LongPollSettings) -> int:
        group = call.group
        group.is_polled = group.is_polled if asked.enabled is None else asked.enabled
        group.poll_version = asked.api_version or group.poll_version
        _choose(group.poll_events, asked.changes())
        return 1

    def _servers(self, call: Call, asked: shapes.Servers) -> dict[str, Any]:
        wanted = {int(id) for id in asked.server_ids.split(",") if id.isdecimal()}
        found = [server for server in call.group.servers.values() if not wanted or server.id in wanted]
        items = [
            {
                "id": each.id,
                "title": each.title,
                "creator_id": 1,
                "url": each.url,
                "secret_key": each.secret_key,
                "status": each.status,
            }
            for each in found
        ]
        return {"count": len(items), "items": items}

    async def _add_server(self, call: Call, asked: shapes.Server) -> dict[str, int]:
        servers = call.group.servers
        if len(servers) >= SERVERS_MAX:
            raise No(2_000, "Servers number limit is reached")
        server = Server(max(servers, default=0) + 1, asked.url, asked.title, asked.secret_key)
        servers[server.id] = server
        await self._confirm(call.group, server)
        return {"server_id": server.id}

    async def _edit_server(self, call: Call, asked: shapes.EditServer) -> int:
        server = self._server(call, asked.server_id)
        server.url, server.title, server.secret_key = asked.url, asked.title, asked.secret_key
        await self._confirm(call.group, server)
        return 1

    def _delete_server(self, call: Call, asked: shapes.OfServer) -> int:
        del call.group.servers[self._server(call, asked.server_id).id]
        return 1

    def _settings(self, call: Call, asked: shapes.OfServer) -> dict[str, Any]:
        server = self._server(call, asked.server_id)
        return {"api_version": server.api_version, "events": _chosen(server.events)}

    def _set_settings(self, call: Call, asked: shapes.CallbackSettings) -> int:
        server = self._server(call, asked.server_id)
        server.api_version = asked.api_version or server.api_version
        _choose(server.events, asked.changes())
        return 1

    def _confirmation(self, call: Call, _: shapes.OfGroup) -> dict[str, str]:
        return {"code": call.group.confirmation}

    def _server(self, call: Call, id: int) -> Server:
        if id not in call.group.servers:
            raise No(104, "Not found")
        return call.group.servers[id]

    # Files

    def _photo_server(self, call: Call, asked: shapes.UploadServer) -> dict[str, Any]:
        url = self._upload(call, "photo", asked)
        return {"album_id": -64, "upload_url": url, "user_id": 0, "group_id": call.group.id}

    def _doc_server(self, call: Call, asked: shapes.DocUploadServer) -> dict[str, Any]:
        return {"upload_url": self._upload(call, "file", asked)}

    def _upload(self, call: Call, field: str, asked: shapes.UploadServer) -> str:
        person = self._books.people.get(asked.peer_id or 0)
        if person is not None and call.group.id not in person.allows:
            raise No(901, "Can't send messages for users without permission")
        token = self._books.token()
        self._books.uploads[token] = (call.group.id, field)
        return f"{call.url}/upload/{token}"

    def _save_photo(self, call: Call, asked: shapes.SavePhoto) -> list[dict[str, Any]]:
        told = json.loads(asked.photo) if asked.photo.startswith("[") else []
        if not told or asked.hash != told[0]["hash"]:
            raise wrong("photo is undefined")
        saved = self._save(call, "photo", told[0]["file"])
        return [{**saved, "album_id": -64, "date": int(self._books.now().timestamp()), "sizes": []}]

    def _save_doc(self, call: Call, asked: shapes.SaveDoc) -> dict[str, Any]:
        file = self._books.files.get(asked.file)
        title = asked.title or (file.name if file else "")
        saved = self._save(call, "doc", asked.file, title)
        content = self._books.files[asked.file].content
        date = int(self._books.now().timestamp())
        ext = title.rpartition(".")[2]
        doc = {**saved, "title": title, "size": len(content), "ext": ext, "date": date, "type": 1}
        return {"type": "doc", "doc": {**doc, "url": f"{call.url}/files/{asked.file}"}}

    def _save(self, call: Call, kind: str, token: str, title: str = "") -> dict[str, Any]:
        file = self._books.files.get(token)
        if file is None:
            raise No(105, "Couldn't save file")
        id, key = 457_239_000 + len(self._books.saved), self._books.token()[:18]
        self._books.saved[f"{kind}-{call.group.id}_{id}_{key}"] = replace(file, name=title or file.name)
        return {"id": id, "owner_id": -call.group.id, "access_key": key}


def _keyboard(told: str | None) -> shapes.Keyboard | None:
    if told is None:
        return None
    try:
        return shapes.Keyboard.model_validate_json(told)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise No(911, f"Keyboard format is invalid: {where} {first['msg']}") from None


def _chosen(events: set[str]) -> dict[str, int]:
    return {event: int(event in events) for event in ALL_EVENTS}


def _choose(events: set[str], changes: Mapping[str, bool]) -> None:
    for event, is_on in changes.items():
        (events.add if is_on else events.discard)(event)
