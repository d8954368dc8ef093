"""What a sheet is built of: headings, boxes to tick, steps, a frame for dangers, photos, a QR code."""

from collections.abc import Iterable, Sequence
from io import BytesIO

import segno
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, Image, KeepTogether, Paragraph, Spacer, Table

from core.documents import layout
from core.documents.fonts import BOLD, printable
from core.documents.layout import ACCENT, INNER, RULE, SHADE, words
from core.documents.photos import Shrunk
from core.paper import Item

BOX = "☐"
_LABEL_WIDTH = 25 * mm
_PHOTO_HEIGHT_MAX = 92 * mm
_GUTTER = 6 * mm


class Code(Flowable):  # type: ignore[misc]  # the library has no types
    """A QR code, drawn as rectangles; no ink outside its modules."""

    def __init__(self, address: str, side: float) -> None:
        super().__init__()
        self.width = self.height = side
        self._matrix = segno.make(address, error="m", micro=False, boost_error=False).matrix

    def draw(self) -> None:
        """Draw it row by row, each run of dark modules as one rectangle."""
        module = self.width / len(self._matrix)
        path = self.canv.beginPath()
        for row, modules in enumerate(self._matrix):
            y = self.height - (row + 1) * module
            start = None
            for column, is_dark in enumerate((*modules, 0)):
                if is_dark and start is None:
                    start = column
                elif not is_dark and start is not None:
                    path.rect(start * module, y, (column - start) * module, module)
                    start = None
        self.canv.setFillColor(layout.INK)
        self.canv.drawPath(path, stroke=0, fill=1)


class Badge(Flowable):  # type: ignore[misc]  # the library has no types
    """A word or two in a frame; filled where it must be seen from afar."""

    def __init__(self, text: str, *, is_filled: bool) -> None:
        super().__init__()
        shown = layout.markup(text)
        self._text = layout.marked(f'<font color="white">{shown}</font>' if is_filled else shown, "badge")
        self._is_filled = is_filled
        self.width = stringWidth(printable(text), BOLD, 11) + 7 * mm
        self.height = 7 * mm

    def draw(self) -> None:
        """Draw the frame and the word."""
        canvas: Canvas = self.canv
        canvas.setStrokeColor(ACCENT)
        canvas.setFillColor(ACCENT)
        canvas.setLineWidth(1)
        canvas.roundRect(0, 0, self.width, self.height, 1.2 * mm, stroke=1, fill=int(self._is_filled))
        _, tall = self._text.wrapOn(canvas, self.width, self.height)
        self._text.drawOn(canvas, 3 * mm, (self.height - tall) / 2 + 0.3 * mm)


def heading(text: str) -> list[Flowable]:
    """Return a heading that never stands alone at the foot of a page."""
    return [CondPageBreak(24 * mm), words(text, "heading")]


def subheading(text: str) -> list[Flowable]:
    """Return a smaller heading."""
    return [CondPageBreak(18 * mm), words(text, "subheading")]


def ticks(lines: Iterable[str]) -> list[Flowable]:
    """Return lines with boxes to tick by hand."""
    return [words(line, "tick", bullet=BOX) for line in lines]


def columns_of_ticks(lines: Sequence[str]) -> list[Flowable]:
    """Return the same in two columns, read across: a first page has room for all there is to take."""
    boxes = [*ticks(lines), *([""] * (len(lines) % 2))]
    rows = [boxes[at : at + 2] for at in range(0, len(boxes), 2)]
    table = Table(rows, colWidths=[(INNER + _GUTTER) / 2, (INNER - _GUTTER) / 2], splitInRow=1)
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (0, -1), _GUTTER),
            ("RIGHTPADDING", (1, 0), (1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 0.6),
        ]
    )
    return [table]


def shopping(items: Sequence[Item]) -> list[Flowable]:
    """Return parts with boxes to tick, amounts and prices in columns of their own."""
    cells = [
        [words(item.words, "tick", bullet=BOX), words(item.amount, "amount"), words(item.price, "amount")]
        for item in items
    ]
    table = Table(cells, colWidths=[INNER - 57 * mm, 20 * mm, 37 * mm], splitInRow=1)
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
        ]
    )
    return [table]


def steps(lines: Iterable[str]) -> list[Flowable]:
    """Return numbered lines."""
    return [words(line, "step", bullet=f"{number}.") for number, line in enumerate(lines, start=1)]


def facts(rows: Sequence[tuple[str, Sequence[Paragraph]]]) -> Table:
    """Return names and what they are, line by line with hairlines between."""
    cells = [[words(name, "label"), list(values)] for name, values in rows]
    table = Table(cells, colWidths=[_LABEL_WIDTH, INNER - _LABEL_WIDTH], splitInRow=1)
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 3.2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.4),
            ("LINEABOVE", (0, 0), (-1, -1), 0.5, RULE),
            ("LINEBELOW", (0, -1), (-1, -1), 0.5, RULE),
        ]
    )
    return table


def framed(title: str, body: Sequence[Flowable]) -> list[Flowable]:
    """Return something in a frame with a thick edge; where it goes on over pages, no line stands alone."""
    table = Table([[words(title, "heading")], *[[each] for each in body]], colWidths=[INNER])
    table.setStyle(
        [
            ("BOX", (0, 0), (-1, -1), 1.2, layout.INK),
            ("LINEBEFORE", (0, 0), (0, -1), 4, layout.INK),
            ("BACKGROUND", (0, 0), (-1, -1), SHADE),
            ("LEFTPADDING", (0, 0), (-1, -1), 10),
            ("RIGHTPADDING", (0, 0), (-1, -1), 8),
            ("TOPPADDING", (0, 0), (-1, -1), 1),
            ("TOPPADDING", (0, 0), (0, 0), 5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
            ("BOTTOMPADDING", (0, -1), (-1, -1), 6),
            ("NOSPLIT", (0, 0), (0, min(2, len(body)))),
            ("NOSPLIT", (0, max(-2, -len(body))), (0, -1)),
        ]
    )
    return [Spacer(1, 8), CondPageBreak(36 * mm), table]


def photo_rows(shown: Sequence[tuple[Shrunk, str]]) -> list[Flowable]:
    """Return photos two a row, each with its caption."""
    width = (INNER - _GUTTER) / 2
    rows: list[Flowable] = []
    for at in range(0, len(shown), 2):
        cells = [_photo(photo, caption, width) for photo, caption in shown[at : at + 2]]
        table = Table([cells + [""] * (2 - len(cells))], colWidths=[width + _GUTTER / 2] * 2)
        table.setStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("LEFTPADDING", (1, 0), (1, -1), _GUTTER / 2),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
            ]
        )
        rows.append(table)
    return rows


def _photo(photo: Shrunk, caption: str, width: float) -> list[Flowable]:
    scale = min(width / photo.width, _PHOTO_HEIGHT_MAX / photo.height)
    picture = Image(BytesIO(photo.content), photo.width * scale, photo.height * scale)
    picture.hAlign = "LEFT"
    return [picture, Spacer(1, 2), words(caption[:200], "note")]


def drawn(title: str, drawing: Flowable) -> list[Flowable]:
    """Return a drawing under its title, on one page."""
    return [KeepTogether([words(title, "heading"), drawing, Spacer(1, 4)])]
