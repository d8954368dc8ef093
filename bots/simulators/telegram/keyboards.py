"""Keyboards: what may stand under a message, and Telegram's words where it may not."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from bots.simulators.telegram.no import bad

CHOICE_MAX, BUTTONS_MAX = 64, 100
_Row = dict[str, Any]


def markup(_: str, value: object) -> _Row:
    """Read a keyboard of any kind."""
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise bad("can't parse reply keyboard markup JSON object") from None
    if not isinstance(found, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in found:
        rows = _rows(found.pop("inline_keyboard"), "inline keyboard", "inline keyboard button", _inline)
        shown: _Row = {"inline_keyboard": rows}
    elif "keyboard" in found:
        rows = _rows(found.pop("keyboard"), "keyboard", "keyboard button", _key)
        shown = {"keyboard": rows}
        for flag in ("resize_keyboard", "one_time_keyboard", "is_persistent", "selective"):
            found.pop(flag, None)
        found.pop("input_field_placeholder", None)
    elif found.pop("remove_keyboard", False) is True:
        shown = {"remove_keyboard": True}
    else:
        shown = {}
    if found:
        raise bad(f'unknown field "{min(found)}" in reply markup')
    return shown


def _rows(rows: object, whole_name: str, one: str, check: Callable[[_Row], None]) -> list[list[_Row]]:
    if not isinstance(rows, list):
        raise bad(f'field "{whole_name.replace(" ", "_")}" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad(f'field "{whole_name.replace(" ", "_")}" must be an Array of Arrays')
    buttons = [button for row in rows for button in row]
    if len(buttons) > BUTTONS_MAX:
        raise bad("reply markup is too long")
    for button in buttons:
        if not isinstance(button, dict):
            raise bad(f"can't parse {one}: {one.title().replace(' ', '')} must be an Object")
        if not isinstance(button.get("text"), str):
            raise bad(f"can't parse {one}: Can't find field \"text\"")
        if not button["text"]:
            raise bad(f"{one} text is empty")
        check(button)
    return rows


def _inline(button: _Row) -> None:
    acts = button.keys() & {"url", "callback_data", "web_app"}
    if strange := button.keys() - acts - {"text"}:
        raise bad(f'can\'t parse inline keyboard button: unknown field "{min(strange)}"')
    if not any(button[act] for act in acts):
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(acts) > 1:
        raise bad("can't parse inline keyboard button: exactly one action must be used")
    if "callback_data" in button:
        told = button["callback_data"]
        if not isinstance(told, str) or len(told.encode()) > CHOICE_MAX:
            raise bad("BUTTON_DATA_INVALID")
    elif "url" in button:
        _check_url(button["url"], "inline keyboard button URL", {"http", "https", "tg"})
    else:
        app = button["web_app"]
        url = app.get("url") if isinstance(app, dict) else None
        _check_url(url, "inline keyboard button Web App URL", {"https"})


def _check_url(url: object, what: str, schemes: set[str]) -> None:
    parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
    if parts.scheme in {"http", "https"} and schemes == {"https"} and parts.scheme != "https":
        raise bad(f"{what} '{url}' is invalid: Only HTTPS links are allowed")
    if parts.scheme not in schemes or (parts.scheme != "tg" and "." not in (parts.hostname or "")):
        raise bad(f"{what} '{url}' is invalid: Wrong HTTP URL")


def _key(button: _Row) -> None:
    asks = button.keys() & {"request_contact", "request_location"}
    if strange := button.keys() - asks - {"text"}:
        raise bad(f'can\'t parse keyboard button: unknown field "{min(strange)}"')
    if len(asks) > 1 or not all(isinstance(button[each], bool) for each in asks):
        raise bad("can't parse keyboard button: at most one request can be made")
