"""Drawings for plumbers: which seal sits where, what is shut first, what must never be shut."""

from core.documents.drawings.sketch import PALE, SOFT, WATER, N, Pen, Sketch

METAL, RUBBER, HOT = "#d5d5da", "#333333", "#b5443a"


def trap(lang: str) -> Sketch:
    """A bottle trap under a sink, cut open."""
    pen = Pen(lang, height=236)
    pen.area((150, 8), (350, 8), (350, 16), (330, 30), (270, 40), (230, 40), (170, 30), (150, 16), fill=METAL)
    pen.box(226, 40, 48, 7, fill=RUBBER)
    pen.box(232, 47, 36, 14, fill=PALE)
    pen.box(238, 61, 24, 30)
    pen.box(228, 91, 44, 14, fill=PALE)
    pen.area((234, 105), (266, 105), (263, 111), (237, 111), fill=RUBBER)
    pen.box(220, 111, 60, 64)
    pen.box(222, 140, 56, 32, fill=WATER, stroke=None)
    pen.box(240, 105, 20, 60, fill="#ffffff")
    pen.box(241, 140, 18, 30, fill=WATER, stroke=None)
    pen.box(214, 172, 72, 5, fill=RUBBER)
    pen.box(214, 177, 72, 12, fill=PALE)
    pen.area((222, 189), (278, 189), (270, 206), (230, 206), fill=PALE)
    pen.box(280, 122, 16, 26, fill=PALE)
    pen.area((296, 126), (344, 132), (344, 148), (296, 142))
    pen.box(344, 120, 10, 40, fill=RUBBER)
    pen.box(354, 116, 12, 48, fill=METAL)
    pen.arrow((208, 140), (208, 176), is_both=True)
    name = pen.name
    name("left", 24, ("Мойка или раковина", "Sink or basin"), to=(176, 22))
    name(
        "left",
        56,
        (
            "Плоская прокладка выпуска, снизу; сверху — герметик или своя прокладка",
            "Flat seal of the outlet, below; sealant or its own seal above",
        ),
        to=(230, 44),
    )
    name(
        "left",
        110,
        (
            "Коническая прокладка: плоской стороной к гайке, конусом внутрь",
            "Conical seal: flat side to the nut, taper inwards",
        ),
        to=(238, 108),
    )
    name(
        "left",
        158,
        ("Гидрозатвор: 50–60 мм воды держат запах", "Water seal: 50–60 mm of water keep the smell out"),
        to=(208, 158),
    )
    name(
        "left",
        206,
        (
            "Прокладка стакана: вынуть, протереть, не перекосить",
            "Seal of the cup: take out, wipe, seat it straight",
        ),
        to=(216, 175),
    )
    name(
        "right",
        72,
        (
            "Гайки — от руки и ещё четверть оборота; пластик ключом не тянуть",
            "Nuts: by hand and a quarter turn; no wrench on plastic",
        ),
        to=(270, 98),
    )
    name("right", 116, ("Отвод с уклоном 3 см на метр", "Outlet falling 3 cm per metre"), to=(322, 134))
    name(
        "right",
        158,
        ("Манжета 50/40 в раструбе канализации", "Rubber collar 50/40 in the waste socket"),
        to=(349, 152),
    )
    name(
        "right",
        206,
        ("Стакан: сначала ведро, потом отвернуть", "Cup: bucket first, then unscrew"),
        to=(274, 198),
    )
    return pen.done()


def mixer(lang: str) -> Sketch:
    """A single-lever mixer taken apart, and a ceramic tap valve beside it."""
    pen = Pen(lang, height=240)
    axis = 190.0
    pen.line((axis, 20), (axis, 226), stroke=SOFT, width=0.6, dash=(4, 3))
    pen.area(
        (axis - 16, 30),
        (axis + 16, 30),
        (axis + 52, 12),
        (axis + 54, 18),
        (axis + 18, 42),
        (axis - 16, 42),
        fill=METAL,
    )
    pen.disc(axis - 9, 36, 2.4, fill=RUBBER)
    pen.area((axis - 20, 64), (axis - 14, 52), (axis + 14, 52), (axis + 20, 64), fill=PALE)
    pen.box(axis - 20, 76, 40, 12, fill=METAL)
    for off in (-12, -4, 4, 12):
        pen.line((axis + off, 76), (axis + off, 88), width=0.6)
    pen.box(axis - 4, 98, 8, 9, fill=METAL)
    pen.box(axis - 17, 107, 34, 26, fill=PALE)
    for x in (-9, 9):
        pen.box(axis + x - 3, 133, 6, 5, fill="#8a8a90")
    pen.disc(axis, 136, 3, fill=RUBBER)
    pen.area(
        (axis - 24, 158),
        (axis + 24, 158),
        (axis + 24, 190),
        (axis + 20, 196),
        (axis - 20, 196),
        (axis - 24, 190),
        fill=METAL,
    )
    pen.box(axis - 17, 158, 34, 14)
    pen.area((axis - 24, 176), (axis - 52, 168), (axis - 52, 178), (axis - 24, 188), fill=METAL)
    pen.box(axis - 26, 196, 52, 4, fill=RUBBER)
    pen.wire((axis - 7, 200), (axis - 7, 226), kind=HOT)
    pen.wire((axis + 7, 200), (axis + 7, 226), kind=N)
    # The tap valve
    right = 318.0
    pen.line((right, 64), (right, 200), stroke=SOFT, width=0.6, dash=(4, 3))
    pen.box(right - 5, 72, 10, 20, fill=METAL)
    for y in (76, 80, 84, 88):
        pen.line((right - 5, y), (right + 5, y), width=0.6)
    pen.area(
        (right - 15, 96),
        (right - 10, 90),
        (right + 10, 90),
        (right + 15, 96),
        (right + 15, 104),
        (right - 15, 104),
        fill=PALE,
    )
    pen.thread(right - 11, 104, 22, 26)
    pen.box(right - 11, 130, 22, 5, fill=RUBBER)
    pen.box(right - 11, 135, 22, 18, fill=METAL)
    pen.box(right - 9, 155, 18, 4, fill="#ffffff")
    pen.box(right - 9, 160, 18, 4, fill="#ffffff")
    pen.box(right - 7, 166, 14, 7, fill=RUBBER)
    name = pen.name
    name(
        "left",
        40,
        (
            "Винт рычага под заглушкой: шестигранник 2,5 или 3 мм",
            "Lever screw under the cap: hex key 2.5 or 3 mm",
        ),
        to=(axis - 9, 36),
    )
    name(
        "left",
        84,
        (
            "Прижимная гайка: не перетянуть, рычаг ходит легко",
            "Clamping nut: not too tight, the lever moves easily",
        ),
        to=(axis - 16, 82),
    )
    name(
        "left",
        130,
        (
            "Картридж: 25, 35 или 40 мм, высота и выступы — как у старого",
            "Cartridge: 25, 35 or 40 mm, height and pins as the old one's",
        ),
        to=(axis - 13, 120),
    )
    name(
        "left",
        176,
        ("Гнездо: без песка и налёта, кольца на месте", "Seat: no sand or scale, rings in place"),
        to=(axis - 14, 166),
    )
    name(
        "left",
        222,
        ("Сначала закрыть обе воды и открыть рычаг: струи нет", "First both waters off, lever open: no flow"),
        to=(axis - 7, 214),
    )
    name(
        "right",
        66,
        ("Шток: 20 или 24 шлица — под маховик", "Spindle: 20 or 24 splines, to fit the handle"),
        to=(right + 2, 82),
    )
    name(
        "right",
        112,
        ("Кран-букса G1/2, ключ 17 или 19 мм", "Tap valve G1/2, 17 or 19 mm spanner"),
        to=(right + 9, 100),
    )
    name("right", 146, ("Кольцо на корпусе", "Ring on the body"), to=(right + 9, 132))
    name(
        "right",
        176,
        (
            "Пара керамических дисков: скол — букса в замену",
            "A pair of ceramic discs: chipped, replace the valve",
        ),
        to=(right + 8, 160),
    )
    name(
        "right",
        218,
        ("Седло под резинкой: гладкое, без каверн", "Seat under the rubber: smooth, without pits"),
        to=(right + 5, 171),
    )
    return pen.done()


def cistern(lang: str) -> Sketch:
    """A close-coupled cistern, cut open."""
    pen = Pen(lang, height=232)
    pen.area((146, 30), (354, 30), (344, 178), (156, 178), fill="#fbfbfb")
    pen.area((148, 62), (352, 62), (344, 176), (156, 176), fill=WATER, stroke=None)
    pen.box(140, 20, 220, 10, fill=METAL)
    pen.line((148, 62), (352, 62), stroke=N, width=1.2)
    # Filling valve with its float
    pen.box(184, 70, 12, 114, fill=PALE)
    pen.box(176, 52, 28, 18, fill=PALE)
    pen.box(172, 74, 36, 24)
    pen.box(180, 176, 20, 6, fill=RUBBER)
    pen.box(180, 184, 20, 12, fill=METAL)
    pen.line((190, 196), (190, 214), (150, 214), width=4, stroke=SOFT)
    # Flush valve with its overflow
    pen.box(262, 80, 36, 84, fill=PALE)
    pen.box(302, 50, 10, 116, fill="#ffffff")
    pen.box(270, 8, 20, 12, fill=METAL)
    pen.line((280, 20), (280, 80), width=1.6)
    pen.box(258, 164, 44, 5, fill=RUBBER)
    pen.box(254, 169, 56, 8, fill=METAL)
    pen.box(266, 177, 32, 30, fill=METAL)
    pen.box(246, 183, 72, 14, fill=RUBBER)
    pen.area((206, 200), (364, 200), (354, 224), (226, 224), fill="#fbfbfb")
    pen.box(266, 197, 32, 27, fill=METAL)
    name = pen.name
    name(
        "left",
        30,
        ("Уровень: на 20–25 мм ниже края перелива", "Level: 20–25 mm below the top of the overflow"),
        to=(166, 62),
    )
    name(
        "left",
        86,
        ("Поплавок: ходит свободно, стенки не касается", "Float: moves freely, touches no wall"),
        to=(175, 86),
    )
    name(
        "left",
        136,
        ("Наливной клапан. Сетку на входе промыть", "Filling valve. Rinse the strainer in its inlet"),
        to=(186, 130),
    )
    name(
        "left",
        176,
        ("Прокладка клапана — внутри бачка", "The valve's seal: inside the cistern"),
        to=(183, 179),
    )
    name("left", 214, ("Кран подводки закрыть первым", "Shut the supply's stop valve first"), to=(156, 214))
    name(
        "right",
        20,
        ("Кнопка: запас хода 2–3 мм, иначе клапан висит", "Button: 2–3 mm of play, or the valve hangs"),
        to=(288, 14),
    )
    name(
        "right",
        68,
        (
            "Перелив: вода уходит сюда — виноват наливной клапан",
            "Overflow: water runs off here, the filling valve is to blame",
        ),
        to=(307, 56),
    )
    name(
        "right",
        124,
        (
            "Сливной клапан: поворот на четверть оборота, вынимается вверх",
            "Flush valve: a quarter turn, lifts out",
        ),
        to=(292, 118),
    )
    name(
        "right",
        168,
        (
            "Мембрана клапана: налёт стереть, изношенную заменить",
            "The valve's seal: wipe off scale, replace a worn one",
        ),
        to=(300, 166),
    )
    name(
        "right",
        212,
        (
            "Прокладка бачка; болты тянуть поочерёдно, по пол-оборота",
            "Cistern seal; tighten the bolts in turn, half a turn each",
        ),
        to=(316, 191),
    )
    return pen.done()
