"""Drawings of what hangs on the pipes: radiators, hoses, washing machines, water heaters."""

from core.documents.drawings.sketch import PALE, SOFT, WATER, N, Pen, Sketch

METAL, RUBBER, HOT = "#d5d5da", "#333333", "#b5443a"


def radiator(lang: str) -> Sketch:
    """A radiator on a one-pipe riser with its bypass."""
    pen = Pen(lang, height=228)
    pen.line((146, 4), (146, 222), width=7, stroke=HOT)
    pen.line((146, 50), (232, 50), width=5, stroke=HOT)
    pen.line((146, 170), (232, 170), width=5, stroke=N)
    pen.line((170, 50), (170, 170), width=4, stroke=SOFT)
    for number in range(6):
        pen.box(240 + 18 * number, 34, 15, 152, fill=PALE)
    pen.box(232, 44, 122, 12, fill=METAL)
    pen.box(232, 164, 122, 12, fill=METAL)
    pen.area((190, 42), (214, 58), (214, 42), (190, 58), fill=METAL)
    pen.box(196, 24, 12, 18, fill=METAL)
    pen.area((190, 162), (214, 178), (214, 162), (190, 178), fill=METAL)
    pen.line((202, 162), (202, 152), (212, 152), width=2)
    pen.box(220, 43, 10, 14, fill="#b8b8c0")
    pen.box(220, 163, 10, 14, fill="#b8b8c0")
    pen.box(354, 43, 12, 14, fill=METAL)
    pen.disc(366, 50, 4, fill="#ffffff")
    pen.box(354, 163, 9, 14, fill=METAL)
    pen.arrow((156, 8), (156, 34))
    name = pen.name
    name(
        "left",
        28,
        ("Стояк. Закрывает только управляющая компания", "Riser. Only the building's company shuts it"),
        to=(146, 22),
    )
    name(
        "left",
        110,
        (
            "Байпас: без крана, на шаг тоньше стояка, до кранов",
            "Bypass: no valve in it, one size below the riser, before the valves",
        ),
        to=(170, 110),
    )
    name(
        "left",
        196,
        ("Кран обратки: шаровой или настроечный", "Return valve: ball or lockshield"),
        to=(196, 172),
    )
    name("right", 18, ("Термостат или кран на подаче", "Thermostat or valve on the supply"), to=(206, 30))
    name(
        "right",
        58,
        (
            "Воздушник: спускать до ровной струи, тряпка под ним",
            "Air vent: open until water runs evenly, cloth below",
        ),
        to=(366, 50),
    )
    name(
        "right",
        108,
        (
            "По уровню; край с воздушником может быть выше на 2–3 мм",
            "Level; the end with the vent may stand 2–3 mm higher",
        ),
        to=(330, 110),
    )
    name(
        "right",
        168,
        (
            "Заглушка: резьба правая и левая, прокладка по кругу",
            "Plug: right- and left-hand threads, flat seal",
        ),
        to=(360, 170),
    )
    name(
        "right",
        210,
        (
            "Разъёмная «американка»: краны закрыть, давление спустить, тазик",
            "Union: valves shut, pressure released, basin below",
        ),
        to=(226, 174),
    )
    return pen.done()


def hose(lang: str) -> Sketch:
    """A stop valve, a flexible hose and the tap's tail."""
    pen = Pen(lang, height=214)
    pen.box(136, 172, 44, 18, fill=METAL)
    pen.thread(180, 170, 20, 22)
    pen.area((200, 166), (240, 166), (240, 196), (200, 196), fill=METAL)
    pen.box(214, 150, 12, 16, fill=METAL)
    pen.box(206, 142, 40, 8, fill=HOT)
    pen.thread(240, 170, 18, 22)
    pen.box(258, 172, 4, 18, fill=RUBBER)
    pen.box(262, 166, 22, 30, fill=PALE)
    points = [
        (284, 181),
        (304, 181),
        (320, 176),
        (330, 166),
        (336, 152),
        (336, 96),
        (332, 80),
        (322, 68),
        (308, 62),
        (292, 60),
    ]
    pen.line(*points, width=9, stroke="#8a8a90")
    pen.line(*points, width=5, stroke="#e9e9ee", dash=(3, 2))
    pen.box(268, 52, 24, 16, fill=PALE)
    pen.thread(246, 55, 22, 10)
    pen.disc(250, 60, 2.6, fill=RUBBER)
    pen.area((206, 40), (246, 40), (246, 80), (206, 80), fill=METAL)
    pen.box(192, 22, 68, 12, fill="#ececf0")
    pen.text(226, 31, ("столешница", "worktop"), size=7.6, colour=SOFT)
    name = pen.name
    name(
        "left",
        64,
        (
            "Хвост смесителя, M10×1: короткий и длинный штуцер",
            "The mixer's tails, M10×1: one short, one long fitting",
        ),
        to=(226, 60),
    )
    name(
        "left",
        112,
        (
            "Штуцер M10: рукой до упора кольца, ключом не больше 1/8 оборота",
            "M10 fitting: by hand until its ring stops, then 1/8 turn at most",
        ),
        to=(252, 62),
    )
    name(
        "left",
        150,
        ("Кран вдоль трубы — открыт, поперёк — закрыт", "Lever along the pipe: open; across: shut"),
        to=(212, 146),
    )
    name(
        "left",
        198,
        ("Резьба G1/2 к трубе: лён с пастой или нить", "G1/2 to the pipe: hemp with paste, or thread seal"),
        to=(190, 188),
    )
    name(
        "right",
        40,
        ("Длина с запасом: без натяга и скручивания", "Long enough: no pull, no twist"),
        to=(324, 68),
    )
    name(
        "right",
        110,
        ("Изгиб не круче 6 см, не у самой гильзы", "No bend tighter than 6 cm, none right at the sleeve"),
        to=(336, 120),
    )
    name(
        "right",
        160,
        ("Накидная гайка G1/2: от руки и 1/4–1/2 оборота", "Union nut G1/2: by hand and 1/4–1/2 turn"),
        to=(276, 172),
    )
    name("right", 204, ("Плоская прокладка — здесь лён не нужен", "Flat washer: no hemp here"), to=(260, 188))
    return pen.done()


def washer(lang: str) -> Sketch:
    """A washing machine from behind: water, drain, mains."""
    pen = Pen(lang, height=232)
    pen.line((130, 216), (370, 216), width=1.6)
    pen.box(228, 66, 116, 142, fill="#fbfbfb")
    for x in (240.0, 320.0):
        pen.box(x, 208, 12, 8, fill=RUBBER)
    for x, y in ((246.0, 96), (326, 96), (246, 186), (326, 186)):
        pen.disc(x, y, 4.5, fill="#ffffff")
        pen.line((x - 3, y), (x + 3, y), width=0.8)
        pen.line((x, y - 3), (x, y + 3), width=0.8)
    pen.box(252, 66, 12, 10, fill=METAL)
    pen.wire((258, 66), (258, 44), (176, 44), (176, 92), kind=N, width=3.2)
    pen.box(164, 92, 24, 14, fill=METAL)
    pen.line((140, 99), (164, 99), width=4, stroke=N)
    drain = ((262, 190), (210, 190), (210, 60), (196, 54), (190, 66), (190, 130))
    pen.line(*drain, width=4, stroke="#7a7a82")
    pen.area((180, 130), (200, 130), (200, 150), (190, 158), (180, 150), fill=PALE)
    pen.line((190, 158), (190, 176), (140, 182), width=5, stroke="#a8a8b0")
    pen.arrow((219, 214), (219, 62), is_both=True)
    pen.wire((312, 66), (312, 34), (340, 34), kind="#444444", width=2.2)
    pen.box(340, 22, 24, 24, fill=PALE)
    pen.disc(352, 34, 7.5)
    for x in (349.4, 354.6):
        pen.disc(x, 34, 1.1, fill="#000000")
    name = pen.name
    name(
        "left",
        44,
        (
            "Кран с резьбой G3/4, только холодная; сетку промыть",
            "Stop valve with G3/4 thread, cold only; rinse the strainer",
        ),
        to=(172, 94),
    )
    name(
        "left",
        122,
        (
            "Слив в сифон с обратным клапаном; шланг с хомутом",
            "Drain into a trap with a check valve; hose clamped",
        ),
        to=(184, 140),
    )
    name(
        "left",
        194,
        ("К канализации, уклон 3 см на метр", "To the waste pipe, falling 3 cm per metre"),
        to=(158, 180),
    )
    name(
        "right",
        24,
        ("Розетка 16 А с PE, УЗО 30 мА, не над водой", "16 A socket with PE, RCD 30 mA, not over water"),
        to=(360, 26),
    )
    name(
        "right",
        76,
        ("Заливной шланг: гайка от руки, прокладка внутри", "Inlet hose: nut by hand, washer inside"),
        to=(262, 72),
    )
    name(
        "right",
        124,
        (
            "Транспортные болты (4): вывернуть, отверстия закрыть",
            "Transit bolts (4): take out, plug the holes",
        ),
        to=(330, 98),
    )
    name(
        "right",
        172,
        (
            "Петля слива: 60–100 см от пола, иначе вода уходит сама",
            "Drain loop 60–100 cm above the floor, or the water siphons off",
        ),
        to=(219, 150),
    )
    name(
        "right", 216, ("Ножки: по уровню, контргайки затянуть", "Feet: level, lock nuts tight"), to=(330, 211)
    )
    return pen.done()


def heater(lang: str) -> Sketch:
    """A storage water heater with its safety valve."""
    pen = Pen(lang, height=236)
    pen.line((150, 8), (350, 8), width=3)
    pen.area(
        (196, 16),
        (304, 16),
        (310, 26),
        (310, 128),
        (304, 138),
        (196, 138),
        (190, 128),
        (190, 26),
        fill="#fbfbfb",
    )
    pen.area(
        (198, 19),
        (302, 19),
        (307, 27),
        (307, 127),
        (302, 135),
        (198, 135),
        (193, 127),
        (193, 27),
        fill=WATER,
        stroke=None,
    )
    pen.line((236, 138), (236, 96), (264, 96), (264, 138), width=3, stroke=HOT)
    pen.line((250, 138), (250, 60), width=4, stroke="#9a9aa2")
    pen.line((220, 138), (220, 216), width=4, stroke=N)
    pen.line((280, 30), (280, 210), width=4, stroke=HOT)
    pen.box(211, 152, 18, 18, fill=METAL)
    pen.box(194, 155, 17, 10, fill=METAL)
    pen.line((194, 160), (184, 160), (184, 212), width=3, stroke="#8a8a90")
    pen.area((178, 212), (190, 212), (187, 226), (181, 226), fill=PALE)
    pen.area((211, 190), (229, 204), (229, 190), (211, 204), fill=METAL)
    pen.area((271, 176), (289, 190), (289, 176), (271, 190), fill=METAL)
    pen.box(242, 138, 16, 10, fill=PALE)
    pen.wire((250, 148), (250, 166), (340, 166), kind="#444444", width=2.2)
    pen.box(340, 154, 24, 24, fill=PALE)
    pen.disc(352, 166, 7.5)
    for x in (349.4, 354.6):
        pen.disc(x, 166, 1.1, fill="#000000")
    name = pen.name
    name(
        "left",
        40,
        (
            "Крюки в несущую стену: вес бака с водой, вдвое с запасом",
            "Hooks into a bearing wall: the full tank's weight, twice over",
        ),
        to=(196, 20),
    )
    name(
        "left",
        96,
        (
            "Магниевый анод: смотреть раз в год, осталась треть — менять",
            "Magnesium anode: look yearly, a third left, replace",
        ),
        to=(250, 80),
    )
    name(
        "left",
        148,
        (
            "Предохранительный клапан: у самого бака, крана между ними нет",
            "Safety valve: right at the tank, no stop valve between",
        ),
        to=(214, 156),
    )
    name(
        "left",
        206,
        (
            "Слив клапана: открытый, в канализацию, не заглушать",
            "The valve's drain: open, to the waste, never plugged",
        ),
        to=(184, 196),
    )
    name("right", 40, ("Горячая: труба до верха бака", "Hot: the pipe reaches the top"), to=(280, 50))
    name(
        "right",
        96,
        ("ТЭН: включать только полный бак", "Element: switched on only with the tank full"),
        to=(264, 112),
    )
    name("right", 146, ("Розетка 16 А с PE, УЗО 30 мА", "16 A socket with PE, RCD 30 mA"), to=(360, 158))
    name(
        "right",
        196,
        (
            "Горячая к смесителям; ввод горячей от стояка при этом закрыт",
            "Hot to the taps; the hot valve of the riser stays shut meanwhile",
        ),
        to=(284, 183),
    )
    name(
        "right",
        228,
        ("Кран холодной; выше 5 бар — редуктор", "Cold stop valve; above 5 bar a reducer"),
        to=(226, 198),
    )
    return pen.done()
