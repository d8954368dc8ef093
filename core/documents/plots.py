"""Plots as SVG: bars, stages and lines. Each has a title and a description, and no script.

Colours and letters come from the page's style sheet by class, so that a plot is right by day and by night.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 560, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 8, 18, 24
_LABELS_MAX = 8
_BAR_SHARE = 0.72
_ROW, _ROW_LABEL, _ROW_VALUE = 36, 178, 112


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a plot: what stands under it, what it is, and how it is told."""

    label: str
    value: float
    told: str
    floor: float = 0.0  # of it, what is certain already


def bars(name: str, points: Sequence[Point], *, title: str, about: str) -> str:
    """Draw upright bars, one a point; the certain part of a bar is darker."""
    top = max((point.value for point in points), default=0) or 1
    width = (WIDTH - _LEFT - _RIGHT) / max(1, len(points))
    room = HEIGHT - _TOP - _BOTTOM
    drawn = [_axis(HEIGHT - _BOTTOM)]
    best = max(range(len(points)), key=lambda n: points[n].value, default=-1)
    every = -(-len(points) // _LABELS_MAX)
    for number, point in enumerate(points):
        x = _LEFT + number * width
        middle = x + width / 2
        for part, look in ((point.value, "bar"), (point.floor, "bar sure")):
            if part > 0:
                tall = max(2.0, room * part / top)
                told = f"<title>{escape(point.label)}: {escape(point.told)}</title>"
                left = x + width * (1 - _BAR_SHARE) / 2
                drawn.append(
                    _rect(look, left, HEIGHT - _BOTTOM - tall, width * _BAR_SHARE, tall, inside=told)
                )
        if number == best and point.value > 0:
            drawn.append(_text(_inside(middle, point.told), HEIGHT - _BOTTOM - room - 5, point.told, "value"))
        if number % every == 0:
            drawn.append(_text(_inside(middle, point.label), HEIGHT - 7, point.label, "label"))
    return _svg(name, drawn, height=HEIGHT, title=title, about=about)


def stages(name: str, points: Sequence[Point], *, title: str, about: str) -> str:
    """Draw lying bars one under another, with their names before and their values behind."""
    top = max((point.value for point in points), default=0) or 1
    room = WIDTH - _ROW_LABEL - _ROW_VALUE
    drawn = []
    for number, point in enumerate(points):
        y = number * _ROW
        long = room * point.value / top
        drawn.append(_text(_ROW_LABEL - 10, y + _ROW * 0.62, point.label, "label end"))
        drawn.append(_rect("rail", _ROW_LABEL, y + 6, room, _ROW - 12))
        if point.value > 0:
            drawn.append(_rect("bar", _ROW_LABEL, y + 6, max(2.0, long), _ROW - 12))
        drawn.append(_text(_ROW_LABEL + room + 10, y + _ROW * 0.62, point.told, "value start"))
    return _svg(name, drawn, height=max(1, len(points)) * _ROW, title=title, about=about)


def line(name: str, points: Sequence[Point], *, title: str, about: str, top: float) -> str:
    """Draw a line through the points from nothing up to `top`; a point of NaN is a gap."""
    step = (WIDTH - 2 * _LEFT - 24) / max(1, len(points) - 1)
    room = HEIGHT - _TOP - _BOTTOM

    def place(number: int, value: float) -> tuple[float, float]:
        return _LEFT + 12 + number * step, HEIGHT - _BOTTOM - room * value / top

    drawn = [_axis(HEIGHT - _BOTTOM), _axis(HEIGHT - _BOTTOM - room)]
    there = [(number, point) for number, point in enumerate(points) if point.value == point.value]
    path = " ".join(
        f"{'L' if n else 'M'}{x:.1f} {y:.1f}"
        for n, (x, y) in enumerate(place(number, point.value) for number, point in there)
    )
    drawn.append(f'<path class="line" d="{path}"/>' if len(there) > 1 else "")
    every = -(-len(points) // _LABELS_MAX)
    for number, point in enumerate(points):
        if number % every == 0:
            x = place(number, 0)[0]
            drawn.append(_text(_inside(x, point.label), HEIGHT - 7, point.label, "label"))
    for number, point in there:
        x, y = place(number, point.value)
        drawn.append(
            f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4">'
            f"<title>{escape(point.label)}: {escape(point.told)}</title></circle>"
        )
    return _svg(name, drawn, height=HEIGHT, title=title, about=about)


def _axis(y: float) -> str:
    return f'<line class="axis" x1="{_LEFT}" y1="{y:.1f}" x2="{WIDTH - _RIGHT}" y2="{y:.1f}"/>'


def _rect(look: str, x: float, y: float, width: float, height: float, *, inside: str = "") -> str:
    size = f'width="{width:.1f}" height="{height:.1f}" rx="3"'
    return f'<rect class="{look}" x="{x:.1f}" y="{y:.1f}" {size}>{inside}</rect>'


def _text(x: float, y: float, words: str, look: str) -> str:
    return f'<text class="{look}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'


def _inside(x: float, words: str) -> float:
    """Keep a text that is centred at `x` within the picture."""
    half = len(words) * 5.2
    return min(max(x, _LEFT + half), WIDTH - _RIGHT - half)


def _svg(name: str, drawn: Sequence[str], *, height: float, title: str, about: str) -> str:
    ids = f'aria-labelledby="{name}-title {name}-about"'
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {height:g}" role="img" {ids}>'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-about">{escape(about)}</desc>'
        f"{''.join(drawn)}</svg>"
    )
