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

_ABREAST = ((8, 3), (16, 2))  # so many letters of the longest label at most: so many can be read in a row


def keyboard(buttons: Sequence[Button]) -> str | None:
    """Write an inline keyboard; None if there is nothing to press.

    Buttons stand side by side as far as the longest label can be read, and closer only where rows run
    out. A button for a place takes a whole row, and VK labels it itself.
    """
    places = [_place() for button in buttons if button.asks is Ask.LOCATION]
    others = [_button(button) for button in buttons if button.asks is None]
    if not places and not others:
        return None
    needed = math.ceil(len(others) / max(ROWS_MAX - len(places), 1))
    longest = max((len(button.label) for button in buttons if button.asks is None), default=0)
    abreast = max(needed, next((count for letters, count in _ABREAST if longest <= letters), 1))
    rows = [others[start : start + abreast] for start in range(0, len(others), abreast)]
    told = {"inline": True, "buttons": rows + [[place] for place in places]}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def choice_of(payload: object) -> str:
    """Return the choice that a pressed button carried; empty for a payload that is not ours."""
    return _part(payload, "choice")


def is_start(payload: object) -> bool:
    """Tell whether it is VK's own button for beginning a talk."""
    return _part(payload, "command") == "start"


def _part(payload: object, name: str) -> str:
    told = payload
    if isinstance(payload, str):
        try:
            told = json.loads(payload)
        except (ValueError, RecursionError):
            return ""
    part = told.get(name) if isinstance(told, dict) else None
    return part if isinstance(part, str) else ""


def _button(button: Button) -> Mapping[str, Any]:
    if button.url:
        return {"action": {"type": "open_link", "label": button.label, "link": button.url}}
    payload = json.dumps({"choice": button.choice}, ensure_ascii=False, separators=(",", ":"))
    return {"action": {"type": "callback", "label": button.label, "payload": payload}}


def _place() -> Mapping[str, Any]:
    return {"action": {"type": "location", "payload": "{}"}}
