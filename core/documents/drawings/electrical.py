"""Drawings for electricians, in the colours of the conductors: L brown, N blue, PE yellow-green."""

from core.documents.drawings.sketch import PALE, PE, SOFT, TRAVELLER, L, N, Pen, Sketch


def socket(lang: str) -> Sketch:
    """A flush socket from the front with its cover off, and the protective conductor branched."""
    pen = Pen(lang, height=212)
    pen.box(221, 4, 58, 26, fill=PALE)
    pen.text(250, 20, ("кабель 3×2,5", "3×2.5 cable"), size=7.6)
    pen.disc(250, 128, 76, fill="#fbfbfb")
    pen.disc(250, 128, 48)
    pen.wire((234, 30), (234, 60), (206, 88), (206, 118), kind=L)
    pen.wire((266, 30), (266, 60), (294, 88), (294, 118), kind=N)
    pen.wire((250, 30), (250, 66), kind=PE)
    pen.box(240, 62, 20, 14, fill=PALE)
    pen.wire((250, 76), (250, 98), kind=PE)
    pen.wire((258, 72), (318, 72), (318, 196), kind=PE)
    for x in (206, 294):
        pen.box(x - 8, 112, 16, 20, fill=PALE)
        pen.disc(x, 122, 4.4)
        pen.line((x - 3, 125), (x + 3, 119), width=0.9)
    for x in (230, 270):
        pen.disc(x, 130, 6.5, fill="#333333")
    for top in (92, 156):
        pen.box(244, top, 12, 13, fill=PALE)
    pen.text(219, 151, "L", is_bold=True)
    pen.text(281, 151, "N", is_bold=True)
    pen.text(250, 184, "PE", is_bold=True)
    name = pen.name
    name(
        "left",
        30,
        ("Кабель ВВГнг(А)-LS, запас 10–15 см в коробке", "Copper cable, 10–15 cm spare in the box"),
        to=(228, 18),
    )
    name(
        "left",
        84,
        (
            "L, фаза: коричневый (бывает белый, чёрный). Зачистить по шаблону, 10–13 мм",
            "L, line: brown (also white, black). Strip by the gauge, 10–13 mm",
        ),
        to=(207, 92),
    )
    name(
        "left",
        134,
        (
            "Винт: момент изготовителя, обычно 0,8–1,2 Н·м; провод дёрнуть",
            "Screw: the maker's torque, usually 0.8–1.2 N·m; tug the wire",
        ),
        to=(202, 122),
    )
    name("left", 186, ("Коробка 68 мм, глубже 42 мм", "Box 68 mm, deeper than 42 mm"), to=(198, 184))
    name("right", 34, ("N, ноль: синий", "N, neutral: blue"), to=(268, 50))
    name(
        "right",
        72,
        (
            "PE отводится клеммой: снятая розетка не рвёт землю дальше",
            "PE is branched by a connector: a socket taken off must not break the earth further on",
        ),
        to=(259, 66),
    )
    name(
        "right",
        122,
        ("PE: жёлто-зелёный, дольше остальных на 3–5 см", "PE: yellow-green, 3–5 cm longer than the others"),
        to=(250, 88),
    )
    name("right", 172, ("К следующей розетке", "To the next socket"), to=(318, 172))
    return pen.done()


_JOINTS = {"L": 226, "N": 262, "PE": 274}  # apart from each other: a crossing is no joint


def light(lang: str) -> Sketch:
    """A lamp with one switch: the switch breaks the line conductor, never the neutral."""
    pen = Pen(lang, height=190)
    pen.box(214, 16, 72, 56, fill="#fbfbfb")
    pen.text(250, 12, ("распаячная коробка", "junction box"), size=7.6, colour=SOFT)
    for y, kind, sign in ((28, L, "L"), (44, N, "N"), (60, PE, "PE")):
        pen.wire((140, y), (_JOINTS[sign], y), kind=kind)
        pen.text(135, y + 3, sign, is_bold=True, anchor="end", size=8)
    pen.wire((226, 28), (226, 128), kind=L)
    pen.wire((246, 128), (246, 28), (350, 28), (350, 104), kind=TRAVELLER)
    pen.wire((262, 44), (334, 44), (334, 104), kind=N)
    pen.wire((274, 60), (318, 60), (318, 104), kind=PE)
    for x, y in ((226, 28), (246, 28), (262, 44), (274, 60)):
        pen.disc(x, y, 3.4, fill=PALE)
    pen.box(208, 124, 56, 56)
    pen.line((226, 132), (226, 146), width=2)
    pen.line((226, 146), (243, 164), width=2)
    pen.line((246, 132), (246, 168), width=2)
    pen.disc(226, 146, 2.4, fill="#000000")
    pen.disc(334, 134, 30)
    pen.line((313, 113), (355, 155))
    pen.line((313, 155), (355, 113))
    name = pen.name
    name(
        "left",
        84,
        ("Фаза — на выключатель, и только она", "The line goes to the switch, and nothing else does"),
        to=(226, 94),
    )
    name("left", 122, ("Выключатель, 10 А. Нуля в нём нет", "Switch, 10 A. No neutral in it"), to=(209, 140))
    name(
        "left",
        166,
        (
            "Перед работой: автомат света отключить, отсутствие напряжения проверить",
            "Before work: lighting breaker off, prove dead",
        ),
        to=(214, 172),
    )
    name(
        "right",
        32,
        ("Фаза после выключателя — на середину патрона", "Switched line: to the centre of the lamp holder"),
        to=(350, 60),
    )
    name(
        "right",
        78,
        ("Ноль — прямо на лампу, на резьбу патрона", "Neutral: straight to the lamp, to the holder's shell"),
        to=(335, 82),
    )
    name(
        "right",
        122,
        (
            "PE — на корпус; нет места — изолировать и оставить",
            "PE: to the metal case; no place for it: insulate and leave it",
        ),
        to=(319, 96),
    )
    name("right", 166, ("Светильник", "Lamp"), to=(350, 158))
    return pen.done()


def two_way(lang: str) -> Sketch:
    """One lamp, two switches: two-way wiring."""
    pen = Pen(lang, height=176)
    for left in (152, 268):
        pen.box(left, 84, 66, 70)
    # From the first switch's common to the second one's, by two travellers.
    pen.wire((135, 30), (164, 30), (164, 112), kind=L)
    pen.wire((206, 100), (280, 100), kind=TRAVELLER)
    pen.wire((206, 138), (280, 138), kind=TRAVELLER)
    pen.line((164, 118), (203, 101), width=2.2)
    pen.line((322, 118), (283, 101), width=2.2)
    for x, y in ((164, 118), (206, 100), (206, 138), (280, 100), (280, 138), (322, 118)):
        pen.disc(x, y, 3.4, fill=PALE)
    pen.wire((322, 114), (322, 56), kind=TRAVELLER)
    pen.wire((135, 16), (310, 16), kind=N)
    pen.wire((135, 44), (298, 44), kind=PE)
    pen.disc(322, 34, 22)
    pen.line((307, 19), (337, 49))
    pen.line((307, 49), (337, 19))
    for y, sign in ((19, "N"), (33, "L"), (47, "PE")):
        pen.text(131, y, sign, is_bold=True, anchor="end", size=8)
    pen.text(173, 148, ("1", "1"), is_bold=True)
    pen.text(313, 148, ("2", "2"), is_bold=True)
    name = pen.name
    name(
        "left",
        76,
        (
            "Фаза — на общий зажим первого (L, стрелка или отдельный зажим)",
            "Line: to the common terminal of the first (L, an arrow, or the single one)",
        ),
        to=(164, 92),
    )
    name(
        "left",
        130,
        ("Проходной выключатель 1: три зажима", "Two-way switch 1: three terminals"),
        to=(156, 138),
    )
    name(
        "right", 20, ("Ноль и PE — прямо на светильник", "Neutral and PE: straight to the lamp"), to=(306, 16)
    )
    name(
        "right",
        66,
        ("От общего зажима второго — на светильник", "From the second one's common: to the lamp"),
        to=(322, 74),
    )
    name(
        "right",
        108,
        (
            "Два провода между выключателями равноправны: местами менять можно",
            "The two wires between the switches are equal: they may be swapped",
        ),
        to=(250, 100),
    )
    name("right", 152, ("Проходной выключатель 2", "Two-way switch 2"), to=(328, 144))
    return pen.done()


def board(lang: str) -> Sketch:
    """A flat's distribution board: main switch, RCD, breakers, bars."""
    pen = Pen(lang, height=232)
    pen.box(136, 4, 228, 204, fill="#fbfbfb")
    pen.box(146, 52, 40, 62)
    pen.box(206, 52, 44, 62)
    lefts = (272, 298, 324)
    for left in lefts:
        pen.box(left, 52, 24, 62)
    # Supply from above, the RCD fed from below the main switch, a comb of lines to the breakers.
    pen.wire((156, 4), (156, 52), kind=L)
    pen.wire((176, 4), (176, 52), kind=N)
    pen.wire((156, 114), (156, 132), (193, 132), (193, 42), (218, 42), (218, 52), kind=L)
    pen.wire((176, 114), (176, 124), (200, 124), (200, 34), (238, 34), (238, 52), kind=N)
    pen.wire((218, 114), (218, 130), (261, 130), (261, 40), (336, 40), kind=L)
    for left in lefts:
        pen.wire((left + 12, 40), (left + 12, 52), kind=L)
        pen.wire((left + 12, 114), (left + 12, 208), kind=L)
    for x, words in ((166, ("ввод", "main")), (228, ("УЗО", "RCD"))):
        pen.text(x, 80, words, is_bold=True, size=8)
    pen.text(166, 93, ("40 А", "40 A"), size=7.6)
    pen.text(228, 93, ("40 А 30 мА", "40 A 30 mA"), size=7)
    for left, rating in zip(lefts, ("C16", "C16", "C10"), strict=True):
        pen.text(left + 12, 86, rating, is_bold=True, size=8)
    pen.box(204, 150, 52, 11, fill="#dbe7f7")
    pen.text(210, 158.4, "N", is_bold=True, size=7.6)
    pen.box(150, 174, 46, 11, fill="#e5f2d8")
    pen.text(157, 182.4, "PE", is_bold=True, size=7.6)
    pen.wire((238, 114), (238, 150), kind=N)
    for number in range(3):
        pen.wire((220 + 14 * number, 161), (220 + 14 * number, 208), kind=N)
        pen.wire((166 + 11 * number, 185), (166 + 11 * number, 208), kind=PE)
    pen.wire((141, 4), (141, 180), (150, 180), kind=PE)
    pen.text(
        250,
        222,
        (
            "вниз, к группам: L, N и PE каждой — одним кабелем",
            "down to the circuits: L, N and PE of each in one cable",
        ),
        size=8,
        colour=SOFT,
    )
    name = pen.name
    name("left", 22, ("Питание сверху: PE, L, N", "Supply from above: PE, L, N"), to=(141, 20))
    name(
        "left", 66, ("Вводной 2P: рвёт L и N вместе", "Main switch 2P: breaks L and N together"), to=(147, 70)
    )
    name(
        "left",
        118,
        (
            "УЗО: номинал не ниже автомата перед ним. Кнопка «Тест» раз в месяц",
            "RCD: rated no lower than the breaker before it. Test button monthly",
        ),
        to=(208, 108),
    )
    name(
        "left",
        166,
        (
            "Шина N после УЗО: с другими нулями и с PE не соединять",
            "N bar after the RCD: joined neither to other neutrals nor to PE",
        ),
        to=(206, 155),
    )
    name(
        "left",
        206,
        ("Шина PE: до аппаратов, без разрыва", "PE bar: before all devices, unbroken"),
        to=(152, 183),
    )
    name("right", 34, ("Фазная гребёнка", "Busbar of the line"), to=(330, 40))
    name("right", 84, ("C16 — медь 2,5 мм², розетки", "C16: 2.5 mm² copper, sockets"), to=(318, 78))
    name("right", 122, ("C10 — медь 1,5 мм², свет", "C10: 1.5 mm² copper, lights"), to=(344, 104))
    name(
        "right",
        170,
        (
            "Отходящая фаза: момент по паспорту (обычно 2–2,5 Н·м), каждый провод дёрнуть",
            "Outgoing line: torque by the data sheet (usually 2–2.5 N·m), tug every wire",
        ),
        to=(336, 160),
    )
    return pen.done()
