"""A sketch on paper: the only part of the drawings that needs the PDF library's pages."""

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from core.documents.drawings.sketch import WIDTH, Disc, Letters, Shape, Sketch
from core.documents.fonts import BOLD, REGULAR


class Figure(Flowable):  # type: ignore[misc]  # the library has no types
    """A sketch on paper."""

    def __init__(self, sketch: Sketch) -> None:
        super().__init__()
        self.width, self.height = WIDTH, sketch.height
        self.hAlign = "CENTER"
        self._sketch = sketch

    def draw(self) -> None:
        """Draw it."""
        for mark in self._sketch.marks:
            match mark:
                case Shape():
                    self._shape(self.canv, mark)
                case Disc():
                    self._ink(self.canv, mark.stroke, mark.fill, mark.width, ())
                    x, y = mark.centre
                    self.canv.circle(
                        x,
                        self.height - y,
                        mark.radius,
                        stroke=int(bool(mark.stroke)),
                        fill=int(bool(mark.fill)),
                    )
                case Letters():
                    self._letters(self.canv, mark)

    def _shape(self, canvas: Canvas, mark: Shape) -> None:
        self._ink(canvas, mark.stroke, mark.fill, mark.width, mark.dash)
        path = canvas.beginPath()
        first, *others = mark.points
        path.moveTo(first[0], self.height - first[1])
        for x, y in others:
            path.lineTo(x, self.height - y)
        if mark.is_closed:
            path.close()
        canvas.drawPath(path, stroke=int(bool(mark.stroke)), fill=int(bool(mark.fill)))

    def _letters(self, canvas: Canvas, mark: Letters) -> None:
        canvas.setFont(BOLD if mark.is_bold else REGULAR, mark.size)
        canvas.setFillColor(HexColor(mark.colour))
        write = {
            "start": canvas.drawString,
            "middle": canvas.drawCentredString,
            "end": canvas.drawRightString,
        }[mark.anchor]
        write(mark.at[0], self.height - mark.at[1], mark.text)

    @staticmethod
    def _ink(
        canvas: Canvas, stroke: str | None, fill: str | None, width: float, dash: tuple[float, ...]
    ) -> None:
        canvas.setLineJoin(1)
        canvas.setLineCap(0)
        canvas.setDash(list(dash))
        if stroke:
            canvas.setStrokeColor(HexColor(stroke))
            canvas.setLineWidth(width)
        if fill:
            canvas.setFillColor(HexColor(fill))
