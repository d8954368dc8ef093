"""The methods we play: which parameters there are, of what type, and Telegram's words where they fail.

Telegram itself lets unknown parameters pass and reads a wrong type as none; here both are refused, for with
us they are defects.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.datastructures import UploadFile

from bots.simulators.telegram.keyboards import markup
from bots.simulators.telegram.no import No, bad

TEXT_MAX, CAPTION_MAX = 4_096, 1_024
Args = dict[str, Any]
Parse = Callable[[str, Any], object]


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that came with a call."""

    name: str
    type: str
    content: bytes


# Types: each reads what JSON has, or the same as a form's text


def whole(name: str, value: object) -> int:
    """Read an integer."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.removeprefix("-").isdecimal():
        return int(value)
    raise _wrong(name, "Integer")


def number(name: str, value: object) -> float:
    """Read a number."""
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(text(name, value))
    except ValueError:
        raise _wrong(name, "Float") from None


def yes(name: str, value: object) -> bool:
    """Read a boolean."""
    told = value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value).lower())
    if told is None:
        raise _wrong(name, "Boolean")
    return told


def text(name: str, value: object) -> str:
    """Read a string."""
    if not isinstance(value, str):
        raise _wrong(name, "String")
    return value


def chat(name: str, value: object) -> int:
    """Read the id of a chat; nobody here has a public name."""
    if value == "":
        raise bad("chat_id is empty")
    if isinstance(value, str) and value.startswith("@"):
        raise bad("chat not found")
    return whole(name, value)


def thing(name: str, value: object) -> object:
    """Read what JSON describes."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None


def names(name: str, value: object) -> list[str]:
    """Read a list of strings."""
    found = thing(name, value)
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise _wrong(name, "Array of String")
    return found


def file(name: str, value: object) -> Uploaded | str:
    """Read a file that came along, or the id of one that Telegram has."""
    return value if isinstance(value, Uploaded) else text(name, value)


def preview(name: str, value: object) -> Args:
    """Read `LinkPreviewOptions`."""
    found = thing(name, value)
    if not isinstance(found, dict):
        raise bad("object expected as link preview options")
    return found


def _wrong(name: str, type: str) -> No:
    return bad(f'parameter "{name}" must be of type {type}')


# Methods


@dataclass(frozen=True, slots=True)
class Method:
    """What a method takes; `needs` is what it cannot do without, with what Telegram says if it is missing."""

    takes: Mapping[str, Parse]
    needs: Mapping[str, str]


def _method(needs: Mapping[str, tuple[Parse, str]] | None = None, **takes: Parse) -> Method:
    needs = needs or {}
    return Method(
        {**{name: parse for name, (parse, _) in needs.items()}, **takes},
        {name: words for name, (_, words) in needs.items()},
    )


_CHAT = {"chat_id": (chat, "chat_id is empty")}
_SENDING: Mapping[str, Parse] = {
    "reply_markup": markup,
    "disable_notification": yes,
    "protect_content": yes,
    "reply_parameters": thing,
}
_CAPTION: Mapping[str, Parse] = {"caption": text, "parse_mode": text}
_EDITED = {**_CHAT, "message_id": (whole, "message identifier is not specified")}


def _sends(kind: str, **takes: Parse) -> Method:
    missing = f"there is no {kind} in the request"
    return _method({**_CHAT, kind: (file, missing)}, **_SENDING, **_CAPTION, **takes)


METHODS: Mapping[str, Method] = {
    method.lower(): what
    for method, what in {
        "getMe": _method(),
        "getUpdates": _method(offset=whole, limit=whole, timeout=whole, allowed_updates=names),
        "setWebhook": _method(
            url=text,
            secret_token=text,
            allowed_updates=names,
            max_connections=whole,
            drop_pending_updates=yes,
            ip_address=text,
        ),
        "deleteWebhook": _method(drop_pending_updates=yes),
        "getWebhookInfo": _method(),
        "sendMessage": _method(
            {**_CHAT, "text": (text, "message text is empty")},
            parse_mode=text,
            link_preview_options=preview,
            **_SENDING,
        ),
        "sendPhoto": _sends("photo"),
        "sendDocument": _sends("document", disable_content_type_detection=yes),
        "sendVideo": _sends("video", duration=whole, width=whole, height=whole, supports_streaming=yes),
        "sendVoice": _sends("voice", duration=whole),
        "sendAudio": _sends("audio", duration=whole, performer=text, title=text),
        "sendLocation": _method(
            {**_CHAT, "latitude": (number, "latitude is empty"), "longitude": (number, "longitude is empty")},
            **_SENDING,
        ),
        "sendContact": _method(
            {
                **_CHAT,
                "phone_number": (text, "phone number is empty"),
                "first_name": (text, "first name is empty"),
            },
            last_name=text,
            **_SENDING,
        ),
        "sendChatAction": _method({**_CHAT, "action": (text, "wrong parameter action in request")}),
        "editMessageText": _method(
            {**_EDITED, "text": (text, "message text is empty")},
            parse_mode=text,
            link_preview_options=preview,
            reply_markup=markup,
        ),
        "editMessageReplyMarkup": _method(_EDITED, reply_markup=markup),
        "deleteMessage": _method(_EDITED),
        "answerCallbackQuery": _method(
            {
                "callback_query_id": (
                    text,
                    "query is too old and response timeout expired or query ID is invalid",
                )
            },
            text=text,
            show_alert=yes,
            url=text,
            cache_time=whole,
        ),
        "getFile": _method({"file_id": (text, "invalid file_id")}),
        "getChat": _method(_CHAT),
        "setMyCommands": _method(
            {"commands": (thing, "can't parse commands: no commands")}, scope=thing, language_code=text
        ),
        "deleteMyCommands": _method(scope=thing, language_code=text),
        "getMyCommands": _method(scope=thing, language_code=text),
        "setMyDescription": _method(description=text, language_code=text),
        "setMyShortDescription": _method(short_description=text, language_code=text),
        "setChatMenuButton": _method(chat_id=chat, menu_button=thing),
        "leaveChat": _method(_CHAT),
        "logOut": _method(),
        "close": _method(),
    }.items()
}


def read(method: str, told: Mapping[str, Any]) -> Args:
    """Read the parameters of a call. Raises No where Telegram would, and for what it does not know."""
    known = METHODS.get(method.lower())
    if known is None:
        raise No("Not Found", HTTPStatus.NOT_FOUND)
    for name, words in known.needs.items():
        if told.get(name) in (None, ""):
            raise bad(words)
    args: Args = {}
    for name, value in told.items():
        if name not in known.takes:
            raise bad(f'unknown parameter "{name}"')
        args[name] = known.takes[name](name, value)
    if len(args.get("caption", "")) > CAPTION_MAX:
        raise bad("message caption is too long")
    return args


async def attached(told: Mapping[str, Any]) -> Args:
    """Put the files of a form where its parameters name them."""
    files = {name: value for name, value in told.items() if isinstance(value, UploadFile)}
    args: Args = {}
    for name, value in told.items():
        path = str(value).removeprefix("attach://")
        if isinstance(value, str) and path != value and path in files:
            args[name] = await _uploaded(files.pop(path))
        elif not isinstance(value, UploadFile):
            args[name] = value
    for name, part in files.items():  # a part may bear the parameter's own name
        args[name] = await _uploaded(part)
    return args


async def _uploaded(part: UploadFile) -> Uploaded:
    return Uploaded(part.filename or "file", part.content_type or "", await part.read())
