"""Drawings for whoever hangs things and changes locks."""

from core.documents.drawings.sketch import PALE, SOFT, Pen, Said, Sketch

STEEL, PLASTIC = "#8f8f98", "#c9c4b4"


def anchors(lang: str) -> Sketch:
    """Four walls, each with the anchor that holds in it."""
    pen = Pen(lang, height=180)
    walls: tuple[tuple[Said, Said], ...] = (
        (
            ("Бетон, полнотелый кирпич", "Concrete, solid brick"),
            (
                "Дюбель 6–10 мм с распором. Бур с ударом; отверстие продуть. Не ближе 5 см к краю",
                "Expanding plug 6–10 mm. Hammer drill; blow the hole out. 5 cm or more from an edge",
            ),
        ),
        (
            ("Пустотелый кирпич, блок", "Hollow brick, block"),
            (
                "Длинный дюбель на узел или химический анкер с гильзой. Сверлить без удара",
                "Long knotting plug, or resin anchor with a sleeve. Drill without hammer",
            ),
        ),
        (
            ("Газобетон", "Aerated concrete"),
            (
                "Винтовой дюбель для газобетона, до 10 кг на точку. Отверстие по паспорту, без удара",
                "Helical plug for aerated concrete, 10 kg a point. Hole by its data sheet, no hammer",
            ),
        ),
        (
            ("Гипсокартон", "Plasterboard"),
            (
                "«Молли» или «бабочка»: до 10 кг на точку; тяжелее — в стойку или закладную",
                "Molly or toggle: 10 kg a point at most; heavier: into a stud or a batten",
            ),
        ),
    )
    for number, (wall, anchor) in enumerate(walls):
        left = 12 + 122 * number
        _WALLS[number](pen, left + 18)
        pen.text(left + 55, 112, wall, is_bold=True, size=8.8, wide=112)
        pen.text(left + 55, 128, anchor, size=8.2, wide=112)
    return pen.done()


def _screw(pen: Pen, left: float, length: float) -> None:
    pen.box(left - 12, 44, 6, 16, fill=STEEL)
    pen.box(left - 6, 49, length + 6, 6, fill=STEEL)
    for turn in range(int(length / 5)):
        x = left + 4 + 5 * turn
        pen.line((x - 1.5, 49), (x + 1.5, 55), width=0.5)


def _solid(pen: Pen, left: float) -> None:
    pen.box(left, 10, 74, 84, fill=PALE)
    for x, y in ((10, 22), (52, 18), (28, 80), (62, 74), (40, 32), (14, 66)):
        pen.disc(left + x, y, 2, fill="#c4c4cc", stroke=None)
    pen.area(
        (left, 45),
        (left + 40, 43),
        (left + 46, 47),
        (left + 46, 57),
        (left + 40, 61),
        (left, 59),
        fill=PLASTIC,
    )
    _screw(pen, left, 40)


def _hollow(pen: Pen, left: float) -> None:
    pen.box(left, 10, 74, 84, fill=PALE)
    for x in (14, 44):
        pen.box(left + x, 14, 18, 22)
        pen.box(left + x, 68, 18, 22)
        pen.box(left + x, 40, 18, 24)
    pen.box(left, 46, 60, 12, fill=PLASTIC)
    for x in (19, 49):
        pen.area((left + x, 46), (left + x + 4, 41), (left + x + 8, 46), fill=PLASTIC)
        pen.area((left + x, 58), (left + x + 4, 63), (left + x + 8, 58), fill=PLASTIC)
    _screw(pen, left, 56)


def _aerated(pen: Pen, left: float) -> None:
    pen.box(left, 10, 74, 84, fill="#f4f4f6")
    for row in range(7):
        for column in range(6):
            pen.disc(left + 8 + column * 12 + (row % 2) * 4, 18 + row * 12, 1.5, fill="#dcdce2", stroke=None)
    pen.box(left, 46, 44, 12, fill=PLASTIC)
    for x in (6, 16, 26, 36):
        pen.area((left + x, 46), (left + x + 8, 46), (left + x + 2, 39), fill=PLASTIC)
        pen.area((left + x, 58), (left + x + 8, 58), (left + x + 2, 65), fill=PLASTIC)
    _screw(pen, left, 40)


def _board(pen: Pen, left: float) -> None:
    pen.box(left, 10, 13, 84, fill=PALE)
    pen.box(left + 13, 10, 8, 20, fill=STEEL)
    pen.line((left + 13, 30), (left + 52, 30), width=0.8)
    pen.area(
        (left + 13, 44),
        (left + 24, 32),
        (left + 34, 50),
        (left + 34, 54),
        (left + 24, 72),
        (left + 13, 60),
        (left + 20, 52),
        fill=PLASTIC,
    )
    _screw(pen, left, 38)
    pen.line((left + 13, 94), (left + 52, 94), stroke=SOFT, width=0.8)


_WALLS = (_solid, _hollow, _aerated, _board)


def cylinder(lang: str) -> Sketch:
    """A profile cylinder in a door leaf, with the measures to take."""
    pen = Pen(lang, height=204)
    top, bottom = 60.0, 92.0
    pen.box(164, 30, 172, 120, fill="#f3ecdf")
    pen.box(156, 44, 8, 92, fill=STEEL)
    pen.box(336, 44, 8, 92, fill=STEEL)
    pen.box(152, top, 196, 22, fill="#e6d9a8")
    pen.box(164, top + 22, 172, 14, fill="#e6d9a8")
    pen.box(232, top - 8, 36, 32, fill="#fbfbfb")
    pen.area(
        (240, top - 4),
        (260, top - 4),
        (260, top + 16),
        (256, top + 34),
        (244, top + 34),
        (240, top + 16),
        fill=STEEL,
    )
    pen.disc(250, bottom + 1, 4)
    pen.line((250, bottom + 1), (250, 182), stroke=SOFT, width=0.6, dash=(4, 3))
    for x in (152, 348):
        pen.line((x, top + 22), (x, 182), stroke=SOFT, width=0.6)
    pen.arrow((152, 170), (250, 170), is_both=True)
    pen.arrow((250, 170), (348, 170), is_both=True)
    pen.text(201, 166, "A", is_bold=True, size=11)
    pen.text(299, 166, "B", is_bold=True, size=11)
    pen.text(201, 184, ("снаружи", "outside"), size=8)
    pen.text(299, 184, ("изнутри", "inside"), size=8)
    name = pen.name
    name("left", 40, ("Дверное полотно с замком", "The leaf with the lock in it"), to=(182, 44))
    name(
        "left",
        84,
        (
            "Накладка. Цилиндр выступает не больше 2–3 мм",
            "Escutcheon. The cylinder stands out 2–3 mm at most",
        ),
        to=(154, 74),
    )
    name(
        "left",
        150,
        (
            "A и B — от центра винта до каждого торца: 30/40 — не то же, что 40/30",
            "A and B: from the screw's centre to each end; 30/40 is not 40/30",
        ),
        to=(190, 170),
    )
    name(
        "right",
        40,
        (
            "Кулачок: чтобы вынуть, повернуть ключ на 10–15°",
            "Cam: to draw it out, turn the key by 10–15°",
        ),
        to=(256, 60),
    )
    name(
        "right",
        104,
        (
            "Винт M5 с торца двери: вывернуть первым, завернуть последним",
            "M5 screw from the door's edge: out first, in last",
        ),
        to=(253, 94),
    )
    name(
        "right",
        160,
        (
            "Проверять при открытой двери, всеми ключами, с обеих сторон",
            "Try it with the door open, all keys, both sides",
        ),
        to=(318, 84),
    )
    return pen.done()
