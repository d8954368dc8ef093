"""The page of a charge: what is to be paid, and three buttons that need no JavaScript."""

import tomllib
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from bots.simulators.neutral.books import Row

PAGES = Path(__file__).parents[1] / "pages"
CSS = Path(__file__).parents[2] / "sidecar" / "pages" / "paper.css"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_SIGNS = {"RUB": "₽", "KZT": "₸"}


def wants_json(request: Request) -> bool:
    """Tell whether a program asks, and not a browser."""
    return "application/json" in request.headers.get("accept", "")


def page_of(charge: Row, *, root: str, lang: str | None, status: int = 200) -> Response:
    """Show a charge in the language asked for, else in the order's own. `root` is the app's mount path."""
    words = _words().get(lang or charge["lang"], _words()["ru"])
    state = charge["status"]
    page = f"{root}/pay/{charge['page']}"
    facts = {
        "lang": words["lang"],
        "other": "en" if words["lang"] == "ru" else "ru",
        "root": root,
        "page": page,
        "amount": _amount(charge),
        "description": charge["description"],
        "return_url": charge["return_url"],
        "state": words[f"state-{state}"],
        "stamp": "cancelled" if state == "declined" else state,
        **{name: words[name] for name in ("title", "played", "back", "other-lang")},
    }
    shown = {name: escape(value) for name, value in facts.items()}
    forms = "".join(_form(page, act, words) for act in ("pay", "decline", "lose"))
    shown["forms"] = forms if state == "waiting" else ""
    return HTMLResponse(_Page(_template()).substitute(shown), status_code=status, headers=_HEADERS)


class _Page(Template):
    idpattern = r"[a-z][a-z_-]*"


def _form(page: str, act: str, words: dict[str, str]) -> str:
    style = {"pay": "button big", "decline": "button bad", "lose": "button quiet"}[act]
    return (
        f'<form method="post" action="{escape(page)}/{act}?lang={words["lang"]}">'
        f'<button class="{style}">{escape(words[act])}</button>'
        f"<p><small>{escape(words[f'{act}-means'])}</small></p></form>"
    )


def _amount(charge: Row) -> str:
    whole, minor = divmod(charge["amount_minor"], 100)
    grouped = f"{whole:,}".replace(",", "\u00a0")
    return f"{grouped}{f',{minor:02d}' if minor else ''}\u00a0{_SIGNS[charge['currency']]}"


@cache
def _template() -> str:
    return (PAGES / "charge.html").read_text("utf-8")


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((PAGES / "words.toml").read_text("utf-8"))
