"""The page of a played receipt: what was sold, for how much, and what its square code says."""

import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from fastapi.responses import HTMLResponse

CSS = Path(__file__).parents[1] / "sidecar" / "pages" / "paper.css"
_PAGES = Path(__file__).parent / "pages"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def words_of(kind: str) -> Mapping[str, str]:
    """Return the words of a kind of receipt: `fiscal` or `income`."""
    return _words()[kind]


def slip(
    words: Mapping[str, str],
    *,
    number: str,
    state: str,
    total: Decimal,
    rows: Sequence[tuple[str, str]],
    code: str,
    root: str,
) -> HTMLResponse:
    """Show a receipt.

    Args:
        state: The name of the word that is stamped on it.
        rows: What stands in it, each with its label.
        code: What its square code says.
        root: The mount path of the app.
    """
    listed = "".join(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in rows)
    facts = {
        "title": words["title"],
        "number": number,
        "amount": roubles(total),
        "state": words[state],
        "stamp": "paid" if state in {"sell", "registered"} else "cancelled",
        "code": code,
        "played": words["played"],
        "root": root,
    }
    shown = {name: escape(value) for name, value in facts.items()}
    return HTMLResponse(_template().substitute(shown, rows=listed), headers=_HEADERS)


def roubles(total: Decimal) -> str:
    """Write a sum as people read it: `4 200,50 ₽`."""
    whole, _, minor = f"{total:.2f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", "\u00a0")
    return f"{grouped}{f',{minor}' if minor != '00' else ''}\u00a0₽"


@cache
def _template() -> Template:
    return Template((_PAGES / "slip.html").read_text("utf-8"))


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((_PAGES / "slip.toml").read_text("utf-8"))
