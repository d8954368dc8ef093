"""The house's look on paper: sizes, colours, paragraphs, and pages that know how many they are."""

import re
from collections.abc import Sequence
from functools import cache
from html import escape
from io import BytesIO
from typing import Any
from urllib.parse import quote

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph

from core.documents.fonts import BOLD, REGULAR, printable, register
from core.paper import Printed

INK = HexColor("#000000")
ACCENT = HexColor("#3b3797")  # the one colour; prints as a dark grey
SOFT = HexColor("#4a4a4a")
RULE = HexColor("#9a9a9a")
SHADE = HexColor("#f1f1f5")

WIDTH, HEIGHT = A4
MARGIN = 16 * mm
HEAD = 10 * mm  # what a page's header takes
INNER = WIDTH - 2 * MARGIN

_LINK = re.compile(r"https?://[^\s<>\"«»]*[^\s<>\"«».,!?;:)]")
_SAFE_IN_LINKS = "/:?&=#%+,.~-_;@!'()*"
_LINK_COLOUR = ACCENT.hexval().replace("0x", "#")


@cache
def style(name: str) -> ParagraphStyle:
    """Return a style of the house by name."""
    register()
    return _STYLES[name]


def _made(name: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
    told: dict[str, Any] = {"fontName": REGULAR, "textColor": INK, "bulletFontName": REGULAR, **more}
    return ParagraphStyle(name, fontSize=size, leading=leading, splitLongWords=1, **told)


_TICK = {"leftIndent": 7.6 * mm, "bulletIndent": 0.4 * mm, "bulletFontSize": 13, "spaceAfter": 1.1}
_STYLES = {
    made.name: made
    for made in (
        _made("body", 10, 13.2, spaceAfter=2),
        _made("bold", 10, 13.2, fontName=BOLD, spaceAfter=2),
        _made("number", 30, 32, fontName=BOLD),
        _made("title", 13.5, 16.5, fontName=BOLD, spaceAfter=2),
        _made("badge", 11, 14, fontName=BOLD),
        _made("large", 13.5, 17, fontName=BOLD),
        _made("label", 9, 13.2, textColor=SOFT),
        _made("heading", 12.5, 15, fontName=BOLD, textColor=ACCENT, spaceBefore=9, spaceAfter=3.5),
        _made("subheading", 10, 13.2, fontName=BOLD, spaceBefore=3, spaceAfter=2),
        _made("tick", 10, 13.2, **_TICK),
        _made("step", 10, 13.4, leftIndent=7 * mm, bulletIndent=0, bulletFontName=BOLD, spaceAfter=3),
        _made("point", 10, 13.2, leftIndent=4 * mm, bulletIndent=0.6 * mm, spaceAfter=1.5),
        _made("small", 8, 10.2, spaceAfter=1.6),
        _made("note", 8.5, 11, textColor=SOFT),
        _made("amount", 10, 13.2, alignment=TA_RIGHT),
        _made("total", 10, 13.2, fontName=BOLD, alignment=TA_RIGHT),
        _made("cell", 8.6, 10.8),
        _made("cell-right", 8.6, 10.8, alignment=TA_RIGHT),
        _made("column", 8.5, 11, textColor=SOFT),
        _made("column-right", 8.5, 11, textColor=SOFT, alignment=TA_RIGHT),
    )
}


def words(text: str, name: str = "body", *, bullet: str | None = None) -> Paragraph:
    """Set a text as a paragraph. It is text, never markup; an address in it can be pressed."""
    return Paragraph(markup(text), style(name), bulletText=bullet)


def markup(text: str) -> str:
    """Return a text as markup that shows it word for word."""
    if "://" not in text:
        return _escaped(text)
    parts, at = [], 0
    for found in _LINK.finditer(text):
        parts += [_escaped(text[at : found.start()]), link(found.group(), found.group())]
        at = found.end()
    return "".join(parts) + _escaped(text[at:])


def link(address: str, shown: str) -> str:
    """Return markup of something that can be pressed on a screen."""
    there = escape(quote(address, safe=_SAFE_IN_LINKS), quote=True)  # a viewer follows plain ASCII only
    return f'<a href="{there}" color="{_LINK_COLOUR}">{_escaped(shown)}</a>'


def _escaped(text: str) -> str:
    return escape(printable(text), quote=False).replace("\n", "<br/>")


def marked(made: str, name: str = "body") -> Paragraph:
    """Set markup that we made ourselves."""
    return Paragraph(made, style(name))


class _Pages(Canvas):  # type: ignore[misc]  # the library has no types
    """A canvas that waits for the last page before it writes `x / y` on each."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._waiting: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - the library's name
        self._waiting.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for page, state in enumerate(self._waiting, start=1):
            self.__dict__.update(state)
            self.setFont(REGULAR, 8.5)
            self.setFillColor(SOFT)
            place = HEIGHT - MARGIN + 1.5 * mm
            self.drawRightString(WIDTH - MARGIN, place, f"{page} / {len(self._waiting)}")
            super().showPage()
        super().save()


def print_pages(story: Sequence[Flowable], *, title: str, head: str, lang: str, subject: str = "") -> Printed:
    """Set flowables on A4 pages and return the file.

    Args:
        title: Of the document, as a viewer's window shows it.
        head: What stands at the top of each page, left; the number of the page stands right.
        lang: Of the words, for those who have them read out.
    """
    register()
    out = BytesIO()
    shown_head = _fitting(printable(head), INNER - 20 * mm)

    def draw_head(canvas: Canvas, _: BaseDocTemplate) -> None:
        canvas.setFont(REGULAR, 8.5)
        canvas.setFillColor(SOFT)
        canvas.drawString(MARGIN, HEIGHT - MARGIN + 1.5 * mm, shown_head)
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN, HEIGHT - MARGIN - 0.6 * mm, WIDTH - MARGIN, HEIGHT - MARGIN - 0.6 * mm)

    document = BaseDocTemplate(
        out,
        pagesize=A4,
        title=title,
        author="Naryad",
        creator="Naryad",
        subject=subject,
        lang=lang,
        invariant=1,
    )
    frame = Frame(
        MARGIN, MARGIN - 3 * mm, INNER, HEIGHT - 2 * MARGIN - 0.4 * HEAD + 3 * mm,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip
    document.addPageTemplates([PageTemplate(frames=[frame], onPage=draw_head)])
    document.build(list(story), canvasmaker=_Pages)
    return Printed(out.getvalue(), pages=document.page)


def _fitting(text: str, width: float) -> str:
    """Shorten a page's header to one line; all of it stands on the first page anyway."""
    from reportlab.pdfbase.pdfmetrics import stringWidth  # noqa: PLC0415

    if stringWidth(text, REGULAR, 8.5) <= width:
        return text
    while text and stringWidth(text + "…", REGULAR, 8.5) > width:
        text = text[:-1]
    return text + "…"
