"""A drawing as a list of plain shapes, and the pen that makes it. Shown as a PDF's vectors or as inline SVG.

Measured in points, from the left upper corner. The object stands in the middle; what its parts are called
stands in two columns beside it, each name with a line to its part. So names never cover the object, in
whatever language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth

from core.documents.fonts import BOLD, REGULAR, register

WIDTH = 500.0
COLUMN = 122.0  # of names, left and right
LEFT, RIGHT = COLUMN + 4, WIDTH - COLUMN - 4  # where the lines to the parts begin
SIZE, LEADING = 8.6, 10.2
INK, SOFT, PALE, WATER = "#000000", "#4a4a4a", "#e4e4e8", "#cfe3f5"
L, N, PE, PE_STRIPE, TRAVELLER = "#7a4a1e", "#1f5fbf", "#2e8b3a", "#f2d21b", "#222222"

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]
Said = tuple[str, str]  # in Russian, in English


@dataclass(frozen=True, slots=True)
class Shape:
    """A line through points, or an area."""

    points: tuple[Point, ...]
    stroke: str | None = INK
    width: float = 1.1
    fill: str | None = None
    dash: tuple[float, ...] = ()
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Disc:
    """A circle."""

    centre: Point
    radius: float
    stroke: str | None = INK
    width: float = 1.1
    fill: str | None = None


@dataclass(frozen=True, slots=True)
class Letters:
    """One line of text; `at` is on its baseline."""

    at: Point
    text: str
    anchor: Anchor = "start"
    size: float = SIZE
    is_bold: bool = False
    colour: str = INK

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Where it stands: left, top, right, bottom."""
        register()
        wide = stringWidth(self.text, BOLD if self.is_bold else REGULAR, self.size)
        left = self.at[0] - {"start": 0.0, "middle": wide / 2, "end": wide}[self.anchor]
        return left, self.at[1] - 0.72 * self.size, left + wide, self.at[1] + 0.2 * self.size


@dataclass(frozen=True, slots=True)
class Sketch:
    """A finished drawing."""

    height: float
    marks: tuple[Shape | Disc | Letters, ...]


class Pen:
    """Draws a sketch in one language."""

    def __init__(self, lang: str, *, height: float) -> None:
        """Begin with an empty sheet of this height."""
        register()
        self._lang, self._height = lang, height
        self._marks: list[Shape | Disc | Letters] = []

    def done(self) -> Sketch:
        """Return what was drawn."""
        return Sketch(self._height, tuple(self._marks))

    def line(
        self, *points: Point, stroke: str = INK, width: float = 1.1, dash: tuple[float, ...] = ()
    ) -> None:
        """Draw a line through points."""
        self._marks.append(Shape(points, stroke, width, None, dash))

    def area(
        self, *points: Point, fill: str | None = "#ffffff", stroke: str | None = INK, width: float = 1.1
    ) -> None:
        """Draw an area with an edge."""
        self._marks.append(Shape(points, stroke, width, fill, (), is_closed=True))

    def box(
        self,
        left: float,
        top: float,
        wide: float,
        high: float,
        *,
        fill: str | None = "#ffffff",
        stroke: str | None = INK,
        width: float = 1.1,
    ) -> None:
        """Draw a rectangle."""
        right, bottom = left + wide, top + high
        self.area((left, top), (right, top), (right, bottom), (left, bottom),
                  fill=fill, stroke=stroke, width=width)  # fmt: skip

    def disc(
        self, x: float, y: float, radius: float, *, fill: str | None = "#ffffff", stroke: str | None = INK
    ) -> None:
        """Draw a circle."""
        self._marks.append(Disc((x, y), radius, stroke, 1.1, fill))

    def wire(self, *points: Point, kind: str, width: float = 2.6) -> None:
        """Draw a conductor in its colour; the protective one is green with yellow."""
        self.line(*points, stroke=kind, width=width)
        if kind == PE:
            self.line(*points, stroke=PE_STRIPE, width=width * 0.55, dash=(5, 5))

    def arrow(self, start: Point, end: Point, *, is_both: bool = False) -> None:
        """Draw a dimension or a direction."""
        self.line(start, end, stroke=SOFT, width=0.9)
        for tip, tail in ((end, start), (start, end))[: 2 if is_both else 1]:
            run = max(abs(tip[0] - tail[0]), abs(tip[1] - tail[1])) or 1.0
            along = ((tail[0] - tip[0]) / run * 6, (tail[1] - tip[1]) / run * 6)
            across = (-along[1] * 0.42, along[0] * 0.42)
            base = (tip[0] + along[0], tip[1] + along[1])
            wings = [(base[0] + side * across[0], base[1] + side * across[1]) for side in (1, -1)]
            self.area(tip, *wings, fill=SOFT, stroke=None)

    def thread(self, left: float, top: float, wide: float, high: float) -> None:
        """Draw a threaded piece of pipe."""
        self.box(left, top, wide, high, fill=PALE)
        step = 3.2
        count = int(wide // step)
        for turn in range(1, count):
            x = left + turn * step
            self.line((x - 1, top), (x + 1, top + high), stroke=SOFT, width=0.6)

    def text(
        self,
        x: float,
        y: float,
        said: Said | str,
        *,
        anchor: Anchor = "middle",
        size: float = SIZE,
        is_bold: bool = False,
        wide: float = 0,
        colour: str = INK,
    ) -> None:
        """Write something; `wide` breaks it into lines."""
        words = said if isinstance(said, str) else self._word(said)
        font = BOLD if is_bold else REGULAR
        lines: Sequence[str] = simpleSplit(words, font, size, wide) if wide else [words]
        for number, line in enumerate(lines):
            self._marks.append(Letters((x, y + number * size * 1.19), line, anchor, size, is_bold, colour))

    def name(self, side: Literal["left", "right"], y: float, said: Said, *, to: Point) -> None:
        """Name a part: words in the column, a thin line to the part, a dot on it."""
        lines = simpleSplit(self._word(said), REGULAR, SIZE, COLUMN)
        top = y - (len(lines) - 1) * LEADING / 2
        x, anchor, start = (COLUMN, "end", LEFT) if side == "left" else (WIDTH - COLUMN, "start", RIGHT)
        self.line((start, y - 2.6), to, stroke=SOFT, width=0.6)
        self._marks.append(Disc(to, 1.5, None, 0, SOFT))
        for number, line in enumerate(lines):
            written = Letters((x, top + number * LEADING), line, "end" if anchor == "end" else "start")
            self._marks.append(written)

    def _word(self, said: Said) -> str:
        return said[0] if self._lang == "ru" else said[1]


def as_svg(sketch: Sketch, *, title: str) -> str:
    """Return a sketch as inline SVG: attributes only, no style, no script, so that a strict policy holds."""
    named = escape(title)
    height = f"{sketch.height:g}"
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-26 0 {WIDTH + 52:g} {height}" role="img" '
            'font-family="system-ui, sans-serif" '
            f'aria-label="{named}" class="drawing"><title>{named}</title>'
            f'<rect x="-26" y="0" width="{WIDTH + 52:g}" height="{height}" fill="#ffffff"/>'
        )
    ]
    parts += [_svg(mark) for mark in sketch.marks]
    return "".join(parts) + "</svg>"


def _svg(mark: Shape | Disc | Letters) -> str:
    match mark:
        case Shape():
            points = " ".join(f"{x:g},{y:g}" for x, y in mark.points)
            dash = f' stroke-dasharray="{" ".join(f"{each:g}" for each in mark.dash)}"' if mark.dash else ""
            tag = "polygon" if mark.is_closed else "polyline"
            return f'<{tag} points="{points}" {_paint(mark)}{dash} stroke-linejoin="round"/>'
        case Disc():
            x, y = mark.centre
            return f'<circle cx="{x:g}" cy="{y:g}" r="{mark.radius:g}" {_paint(mark)}/>'
        case Letters():
            weight = ' font-weight="600"' if mark.is_bold else ""
            return (
                f'<text x="{mark.at[0]:g}" y="{mark.at[1]:g}" font-size="{mark.size:g}"{weight} '
                f'text-anchor="{mark.anchor}" fill="{mark.colour}">{escape(mark.text)}</text>'
            )


def _paint(mark: Shape | Disc) -> str:
    return f'fill="{mark.fill or "none"}" stroke="{mark.stroke or "none"}" stroke-width="{mark.width:g}"'
