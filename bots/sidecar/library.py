"""The fault library as a page, for masters and the owner: all entries with a search, and one entry.

Written by the server whole, so that it works without JavaScript; nothing of it is public.
"""

from collections.abc import Callable, Sequence
from functools import cache
from html import escape
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from bots.sidecar.access import Anyone, Asker
from bots.sidecar.deps import Program
from bots.sidecar.errors import Problem, language
from core.kernel.money import Currency, Money
from core.library.fault import Fault
from core.library.library import load_library
from core.library.thing import PartLine
from core.meaning import Lang, Trade
from core.text import facts as told

router = APIRouter(include_in_schema=False)

QUERY_MAX = 100
ROOT_MIN = 4  # letters; a word asked for is cut to its root: "розетку" finds "розетка"
ENDING = 2
UNAUTHORIZED, FORBIDDEN = 401, 403

Say = Callable[..., str]
Asked = Annotated[str, Query(max_length=QUERY_MAX)]
Wished = Annotated[str | None, Query(max_length=5)]


@router.get("/library")
async def entries(
    request: Request, program: Program, asker: Anyone, q: Asked = "", lang: Wished = None
) -> Response:
    """Every entry by trade, or those in which all words of `q` are found."""
    shown = _lang(request, lang)
    say = _speaker(program, shown)
    if refused := _refusal(asker, say, shown):
        return refused
    found = [fault for fault in load_library().faults() if _has(fault, shown, q)]
    library = load_library()
    about = say("library-about", entries=len(library.by_id), version=library.version)
    head = f"<h1>{escape(say('library-title'))}</h1><p>{escape(about)}</p>{_search(say, shown, q)}"
    if q.strip():
        name = "library-found" if found else "library-nothing"
        head += f'<p role="status">{escape(say(name, entries=len(found)))}</p>'
    body = head + "".join(_of_trade(trade, found, say, shown) for trade in Trade)
    return _page(body, say, shown, title=say("library-title"), query={"q": q} if q else {})


@router.get("/library/{id}")
async def entry(id: str, request: Request, program: Program, asker: Anyone, lang: Wished = None) -> Response:
    """One entry, all of it."""
    shown = _lang(request, lang)
    say = _speaker(program, shown)
    if refused := _refusal(asker, say, shown):
        return refused
    if id not in load_library():
        raise Problem(404)
    fault = load_library().fault(id)
    return _page(_entry(fault, say, shown), say, shown, title=fault.text(shown).title, query={})


def _lang(request: Request, wished: str | None) -> Lang:
    return Lang(wished) if wished in tuple(Lang) else Lang(language(request))


def _speaker(program: Program, lang: Lang) -> Say:
    def say(name: str, **facts: object) -> str:
        now, zone = program.clock.now(), program.settings.zone
        return program.catalogue.line(lang, name, now=now, zone=zone, **facts)

    return say


def _refusal(asker: Asker, say: Say, lang: Lang) -> Response | None:
    """Return the page for who may not read; None for masters and the owner."""
    if asker.is_owner or asker.master_id:
        return None
    body = (
        f'<div class="empty"><h1>{escape(say("library-closed"))}</h1>'
        f"<p>{escape(say('library-closed-text'))}</p></div>"
    )
    status = UNAUTHORIZED if asker.is_nobody else FORBIDDEN
    return _page(body, say, lang, title=say("library-closed"), query={}, status=status)


def _has(fault: Fault, lang: Lang, query: str) -> bool:
    """Tell whether every word asked for is in the entry's title, symptoms or id."""
    text = _searched(fault.id, lang)
    words = query.lower().replace("ё", "е").split()
    return all(word[: max(ROOT_MIN, len(word) - ENDING)] in text for word in words)


@cache
def _searched(id: str, lang: Lang) -> str:
    text = load_library().fault(id).text(lang)
    return " ".join((id, text.title, *text.symptoms)).lower().replace("ё", "е")


def _search(say: Say, lang: Lang, query: str) -> str:
    label, hint = escape(say("library-search")), escape(say("library-search-hint"))
    return (
        f'<form class="pair" action="/library" role="search">'
        f'<input type="hidden" name="lang" value="{lang}">'
        f'<input type="search" name="q" value="{escape(query)}" placeholder="{hint}" aria-label="{label}" '
        f'maxlength="{QUERY_MAX}"><button class="button">{label}</button></form>'
    )


def _of_trade(trade: Trade, found: Sequence[Fault], say: Say, lang: Lang) -> str:
    of_trade = sorted(
        (fault for fault in found if fault.trade is trade), key=lambda fault: fault.text(lang).title
    )
    if not of_trade:
        return ""
    items = "".join(f"<li>{_link(fault, lang)}{_small(_brief(fault, say))}</li>" for fault in of_trade)
    title = f"{escape(say(f'library-trade-{trade}'))} <small>{len(of_trade)}</small>"
    return f'<section><h2>{title}</h2><ul class="entries">{items}</ul></section>'


def _entry(fault: Fault, say: Say, lang: Lang) -> str:
    words, shown = fault.text(lang), fault.instructions(lang)
    facts = [
        say(f"library-trade-{fault.trade}"),
        _brief(fault, say),
        say(f"library-risk-{fault.risk}"),
        say("library-version", version=fault.version),
    ]
    neighbours = [load_library().fault(id) for id in fault.neighbours]
    return "".join(
        (
            f'<header class="slip"><h1>{escape(words.title)}</h1>',
            f"<p>{escape(' · '.join(facts))}</p>",
            f"<p><strong>{escape(say(f'library-who-{fault.who}'))}</strong></p></header>",
            _section("diagnosis", f"<p>{escape(words.diagnosis)}</p>", say),
            _lines("safety", shown.safety, say),
            _lines("symptoms", words.symptoms, say),
            _lines("questions", shown.questions, say),
            _lines("tools", shown.tools, say),
            _lines("consumables", shown.consumables, say),
            _section("parts", _parts(shown.part_lines, say), say) if shown.part_lines else "",
            _lines("steps", shown.steps, say, tag="ol"),
            _lines("checks", shown.checks, say),
            _section("neighbours", _list([_link(each, lang) for each in neighbours]), say),
        )
    )


def _brief(fault: Fault, say: Say) -> str:
    minutes = say("library-minutes", minutes_low=fault.minutes_low, minutes_high=fault.minutes_high)
    return f"{say(f'library-kind-{fault.kind}')}, {minutes}"


def _parts(parts: Sequence[PartLine], say: Say) -> str:
    rows = []
    for part in parts:
        price = str(told.money(Money(part.price_minor, Currency.RUB)))
        note = f"{price}, {say('library-certain')}" if part.certain else price
        rows.append(f"{escape(part.text)}{_small(note)}")
    return _list(rows)


def _lines(name: str, lines: Sequence[str], say: Say, *, tag: str = "ul") -> str:
    return _section(name, _list([escape(line) for line in lines], tag=tag), say) if lines else ""


def _section(name: str, body: str, say: Say) -> str:
    return f'<section class="{name}"><h2>{escape(say(f"library-{name}"))}</h2>{body}</section>'


def _list(items: Sequence[str], *, tag: str = "ul") -> str:
    return f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>"


def _link(fault: Fault, lang: Lang) -> str:
    return f'<a href="/library/{fault.id}?lang={lang}">{escape(fault.text(lang).title)}</a>'


def _small(text: str) -> str:
    return f" <small>{escape(text)}</small>"


def _page(
    body: str, say: Say, lang: Lang, *, title: str, query: dict[str, str], status: int = 200
) -> HTMLResponse:
    other = Lang.EN if lang is Lang.RU else Lang.RU
    switch, name = escape("?" + urlencode({**query, "lang": other})), escape(say("library-other-language"))
    html = f"""<!doctype html>
<html lang="{lang}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
  <meta name="color-scheme" content="light dark">
  <meta name="theme-color" content="#f4eddf" media="(prefers-color-scheme: light)">
  <meta name="theme-color" content="#191714" media="(prefers-color-scheme: dark)">
  <title>{escape(title)}</title>
  <link rel="icon" href="/pages/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/pages/paper.css">
</head>
<body class="page-library">
  <header class="top">
    <a class="brand" href="/library?lang={lang}"><img src="/pages/icon.svg" alt="" width="28" height="28">
      <span>{escape(say("library-title"))}</span></a>
    <nav>
      <a class="plain" href="{switch}" hreflang="{other}" lang="{other}">{name}</a>
    </nav>
  </header>
  <main class="file library">{body}</main>
</body>
</html>
"""
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store"})
