"""A job's file as HTML: the same sections as on paper, with drawings and photos, without a script."""

import re
from collections.abc import Sequence
from html import escape
from typing import Any
from urllib.parse import quote, urlsplit

from core.documents import drawings
from core.flows.file_letters import pdf_path
from core.paper import Section, is_complete

_TICKED = ("tools", "consumables", "parts", "checks")
_LINK = re.compile(r"https?://[^\s<>\"«»]*[^\s<>\"«».,!?;:)]")


def sheet(view: dict[str, Any], sections: Sequence[Section], *, lang: str) -> str:
    """Return a job's file as the page's main part.

    Args:
        view: The job as it is shown to the one who asks.
    """
    parts = [_head(view), _pdf_button(view["id"]) if is_complete(sections) else ""]
    for section in sections:
        parts.append(_section(section))
        if section.name == "steps":
            parts += _drawings(view["faults"], lang)
    return f'<main id="file" class="file">{"".join(parts)}</main>'


def _head(view: dict[str, Any]) -> str:
    status = escape(str(view["status"]))
    number = escape(str(view["number"]))
    return (
        f'<header class="slip"><div class="slip-head"><h1 class="number">№ {number}</h1>'
        f'<span class="stamp stamp-{status}" data-t="status-{status}">{status}</span></div></header>'
    )


def _pdf_button(job_id: str) -> str:
    href = escape(pdf_path(job_id))
    return f'<p class="deeds"><a class="button quiet" href="{href}" data-t="job-pdf">Скачать PDF</a></p>'


def _drawings(faults: Sequence[str], lang: str) -> list[str]:
    """Return the drawings that belong to these faults, within the page."""
    drawn = [(drawings.title(name, lang), drawings.svg(name, lang)) for name in drawings.names_for(faults)]
    return [f'<section class="drawn"><h2>{escape(title)}</h2>{svg}</section>' for title, svg in drawn]


def _photo(line: str) -> str:
    """Return a photo with what was said of it; the line names where it is."""
    found = _LINK.search(line)
    caption = escape(line[: found.start()].strip() if found else line)
    if found is None:
        return f"<p>{caption}</p>"
    there = escape(quote(urlsplit(found.group()).path, safe="/-"))
    picture = f'<a href="{there}"><img src="{there}" alt="{caption}" loading="lazy"></a>'
    return f"<figure>{picture}<figcaption>{caption}</figcaption></figure>"


def _section(section: Section) -> str:
    if not section.lines:
        return ""
    title = escape(section.title)
    lines = [_linked(line) for line in section.lines]
    if section.name == "photos":
        shown = "".join(_photo(line) for line in section.lines)
        return f'<section class="photos"><h2>{title}</h2>{shown}</section>'
    if section.groups:
        groups = "".join(
            f"<h3>{escape(each.title)}</h3>{_items(each.lines, 'ol')}" for each in section.groups
        )
        return f'<section class="{escape(section.name)}"><h2>{title}</h2>{groups}</section>'
    if section.name in _TICKED:
        items = "".join(
            f'<li><label><input type="checkbox"><span>{line}</span></label></li>' for line in lines
        )
        body = f'<ul class="tick">{items}</ul>'
    elif len(lines) == 1:
        body = f"<p>{lines[0]}</p>"
    else:
        body = _items(section.lines, "ol" if section.is_ordered else "ul")
    if section.name == "transcript":
        return f"<details><summary>{title}</summary>{body}</details>"
    return f'<section class="{escape(section.name)}"><h2>{title}</h2>{body}</section>'


def _linked(text: str) -> str:
    """Escape a text, and make its addresses pressable."""
    parts, at = [], 0
    for found in _LINK.finditer(text):
        address = quote(found.group(), safe="/:?&=#%+,.~-_;@!'()*")
        parts.append(escape(text[at : found.start()]))
        parts.append(
            f'<a href="{escape(address)}" target="_blank" rel="noopener">{escape(found.group())}</a>'
        )
        at = found.end()
    return "".join(parts) + escape(text[at:])


def _items(lines: Sequence[str], tag: str) -> str:
    return f"<{tag}>{''.join(f'<li>{_linked(line)}</li>' for line in lines)}</{tag}>"
