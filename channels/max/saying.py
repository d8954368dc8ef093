"""How a reply is said to MAX: its text plain, its buttons in rows that can be read, its paper by kind."""

from collections.abc import Iterator, Sequence
from typing import Any

from core.messages import Ask, Button, Limits, Paper

TEXT_MAX = 4_000
ROWS_MAX = 30
LABEL_MAX = 128
PAPER_BYTES_MAX = 50 * 1024 * 1024  # MAX takes 4 GB of a file; ours are made in memory

LIMITS = Limits(
    text=TEXT_MAX,
    caption=TEXT_MAX,
    buttons=ROWS_MAX,
    row=3,
    label=34,
    paper_bytes=PAPER_BYTES_MAX,
    per_second=27.0,  # of thirty calls in any second, presses answered among them: pace and burst stay below
    burst=3,
    chat_interval_s=0.5,
    chat_burst=2,
)

# How long a label can be and still be read whole beside so many others, by MAX's own advice.
_LABEL_BESIDE = {1: 20, 2: 10, 3: 5}
_IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff", "image/heic"})


def said(text: str, attachments: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the body of a message. No `format`: what people wrote is no markup."""
    return {"text": text or None, "attachments": list(attachments), "link": None}


def keyboard(buttons: Sequence[Button], *, app: str) -> dict[str, Any]:
    """Return the attachment that shows buttons.

    Args:
        buttons: What can be pressed.
        app: The public name of the bot whose mini app our pages open in; empty: they open in a browser.
    """
    rows = [[_button(each, app) for each in row] for row in _rows(buttons)]
    return {"type": "inline_keyboard", "payload": {"buttons": rows}}


def kind_of(paper: Paper) -> str:
    """Return what MAX calls a file of this type."""
    family = paper.type.partition("/")[0]
    if paper.type in _IMAGES:
        return "image"
    return family if family in {"video", "audio"} else "file"


def _rows(buttons: Sequence[Button]) -> Iterator[list[Button]]:
    """Put beside each other what can still be read there."""
    row: list[Button] = []
    for button in buttons:
        longest = max(len(each.label) for each in (*row, button))
        if row and longest > _LABEL_BESIDE.get(len(row) + 1, 0):
            yield row
            row = []
        row.append(button)
    if row:
        yield row


def _button(button: Button, app: str) -> dict[str, Any]:
    text = button.label[:LABEL_MAX]
    if button.asks is Ask.CONTACT:
        return {"type": "request_contact", "text": text}
    if button.asks is Ask.LOCATION:
        return {"type": "request_geo_location", "text": text}
    if button.url and button.is_app and app:
        return {"type": "open_app", "text": text, "web_app": app}
    if button.url:
        return {"type": "link", "text": text, "url": button.url}
    return {"type": "callback", "text": text, "payload": button.choice}
