"""Buttons as VK shows them inside a message: at most five in a row, six rows, ten in all."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from core.messages import Ask, Button

BUTTONS_MAX = 10
ROWS_MAX = 6
ROW_MAX = 5
LABEL_MAX = 40


def keyboard(buttons: Sequence[Button]) -> str | None:
    """Write an inline keyboard; None if there is nothing to press.

    One button per row keeps long labels readable; only when rows run out do they stand side by side. A
    button for a place takes a whole row, and VK labels it itself. VK cannot ask for a phone: such a
    button is left out, and the person writes it in words.
    """
    places = [_place() for button in buttons if button.asks is Ask.LOCATION]
    others = [_button(button) for button in buttons if button.asks is None]
    if not places and not others:
        return None
    abreast = math.ceil(len(others) / max(ROWS_MAX - len(places), 1)) or 1
    rows = [others[start : start + abreast] for start in range(0, len(others), abreast)]
    told = {"inline": True, "buttons": rows + [[place] for place in places]}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def choice_of(payload: object) -> str:
    """Return the choice that a pressed button carried; empty for a payload that is not ours."""
    told = payload
    if isinstance(payload, str):
        try:
            told = json.loads(payload)
        except (ValueError, RecursionError):
            return ""
    choice = told.get("choice") if isinstance(told, dict) else None
    return choice if isinstance(choice, str) else ""


def _button(button: Button) -> Mapping[str, Any]:
    if button.url:
        return {"action": {"type": "open_link", "label": button.label, "link": button.url}}
    payload = json.dumps({"choice": button.choice}, ensure_ascii=False, separators=(",", ":"))
    return {"action": {"type": "callback", "label": button.label, "payload": payload}}


def _place() -> Mapping[str, Any]:
    return {"action": {"type": "location", "payload": "{}"}}
