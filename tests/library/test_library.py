"""Each promise of each fault file, and the lint that keeps them."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from core.library.fault import Fault
from core.library.library import Library, Lists, library_of, load_library
from core.library.lint import lint, lint_whole, numbers_at_odds
from core.library.thing import Need, Part, Tool, Unit
from core.meaning import Lang, Trade, Urgency

LIBRARY = load_library()
SOURCE = Path(__file__).parents[2] / "core/library"


def gaps_of(fault: Fault, **changes: object) -> list[str]:
    """What the lint says of one entry of the library, changed."""
    changed = fault.model_copy(update=changes)
    library = Library({**LIBRARY.by_id, fault.id: changed}, LIBRARY.lists)
    return [gap for gap in lint(library) if gap.startswith(fault.id)]


@pytest.mark.row("L25")
def test_the_library_is_complete() -> None:
    assert (*lint(LIBRARY), *lint_whole(LIBRARY)) == ()


def test_the_electrical_faults_are_there() -> None:
    found = {fault.id for fault in LIBRARY.faults(Trade.ELECTRICAL)}

    assert found >= {"switch_dead", "socket_dead", "socket_sparks", "breaker_trips", "light_out", "no_power"}


@pytest.mark.parametrize("fault", LIBRARY.faults(), ids=lambda fault: fault.id)
@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.row("A60")
def test_instructions_leave_no_section_empty(fault: Fault, lang: Lang) -> None:
    told = fault.instructions(lang).model_dump()
    spare = {"parts", "part_lines"} if fault.is_sold else {"parts", "part_lines", "tools", "consumables"}

    assert [name for name, value in told.items() if not value and name not in spare] == []


@pytest.mark.parametrize(
    "fault",
    [fault for fault in LIBRARY.faults(Trade.ELECTRICAL) if "electricity" in fault.hazards],
    ids=lambda fault: fault.id,
)
def test_an_electrician_proves_dead_before_touching(fault: Fault) -> None:
    everything_ru = " ".join(fault.ru.steps + fault.ru.safety)
    everything_en = " ".join(fault.en.steps + fault.en.safety)

    assert "указател" in everything_ru.lower()
    assert "отсутств" in everything_ru.lower()
    assert "prove" in everything_en.lower()
    assert "two_pole_tester" in {tool.id for tool in fault.tools}


@pytest.mark.parametrize("fault", LIBRARY.faults(), ids=lambda fault: fault.id)
def test_a_fault_takes_a_believable_time(fault: Fault) -> None:
    assert 15 <= fault.minutes_low < fault.minutes_high <= 480


def test_only_certain_parts_enter_a_price() -> None:
    fault = LIBRARY.fault("switch_dead")
    switch, *others = fault.parts
    pair = switch.model_copy(update={"certain": True, "count": Decimal(2)})

    assert fault.parts_minor == 0
    assert fault.model_copy(update={"parts": (pair, *others)}).parts_minor == 2 * switch.part.price_minor


def test_danger_and_darkness_are_urgent_by_themselves() -> None:
    urgent = {fault.id for fault in LIBRARY.faults() if fault.urgency is Urgency.URGENT}

    assert urgent >= {"socket_sparks", "no_power"}


def test_an_unknown_fault_is_a_key_error() -> None:
    assert "nothing" not in LIBRARY
    with pytest.raises(KeyError):
        LIBRARY.fault("nothing")


def test_the_lint_names_an_empty_section() -> None:
    fault = LIBRARY.fault("switch_dead")
    gaps = gaps_of(fault, en=fault.en.model_copy(update={"safety": ()}))

    assert "switch_dead.en: safety is empty" in gaps
    assert "switch_dead: safety has 5 in ru and 0 in en" in gaps


def test_the_lint_names_a_step_missing_in_one_language() -> None:
    fault = LIBRARY.fault("switch_dead")

    assert gaps_of(fault, ru=fault.ru.model_copy(update={"steps": fault.ru.steps[:-1]})) == [
        "switch_dead: steps has 7 in ru and 8 in en"
    ]


@pytest.mark.parametrize(
    ("changes", "gap"),
    [
        ({"parts": ()}, ": no parts"),
        ({"minutes_high": 1_000}, ": 40–1000 minutes are no visit"),
        ({"risk": "high", "who": "anyone"}, ": a high risk is not for anyone"),
        ({"neighbours": ("nothing",)}, ": no neighbour nothing"),
        ({"neighbours": ()}, ": 0 neighbours"),
        ({"hazards": ("asbestos",)}, ".en: safety has no line for asbestos"),
        ({"hazards": ()}, ": hazards [] make no sense"),
        ({"who": "gas_service", "parts": ()}, ".ru: does not say to call 104 or 112"),
        ({"who": "gas_service"}, ": the gas service brings its own parts"),
    ],
)
def test_the_lint_names_what_is_missing(changes: dict[str, object], gap: str) -> None:
    assert f"switch_dead{gap}" in gaps_of(LIBRARY.fault("switch_dead"), **changes)


@pytest.mark.parametrize(
    ("ru", "en", "odd"),
    [
        ("кабель 2,5 мм²", "2.5 mm² cable", []),
        ("нагрузка 2 500 Вт", "a load of 2,500 W", []),
        ("нагрузка 2 500 Вт", "a load of 2500 W", []),
        ("5 минут при 3 барах", "5 minutes at 4 bar", ["3 is in ru alone", "4 is in en alone"]),
    ],
)
def test_numbers_are_the_same_in_both_languages(ru: str, en: str, odd: list[str]) -> None:
    assert list(numbers_at_odds(ru, en)) == odd


def test_the_lint_names_a_title_told_twice_and_a_tool_nobody_brings() -> None:
    fault = LIBRARY.fault("switch_dead")
    lists = Lists({"common": {"wand": Tool(id="wand", ru="Палочка", en="Wand")}}, {})
    gaps = lint_whole(Library({"one": fault, "two": fault}, lists))

    assert f"en: two entries are called {fault.en.title.lower()}" in gaps
    assert "tools/common: no entry names wand" in gaps


@pytest.mark.parametrize(
    ("count", "unit", "ru", "en"),
    [
        ("3", Unit.METRE, "Кабель — 3 м", "Cable — 3 m"),
        ("0.5", Unit.KILOGRAM, "Кабель — 0,5 кг", "Cable — 0.5 kg"),
        ("2", Unit.PIECE, "Кабель — 2 шт.", "Cable — 2 pcs"),
        ("1", Unit.PIECE, "Кабель", "Cable"),
        ("1", Unit.SET, "Кабель", "Cable"),
        ("10", Unit.METRE, "Кабель — 10 м", "Cable — 10 m"),
        ("1.50", Unit.SQUARE_METRE, "Кабель — 1,5 м²", "Cable — 1.5 m²"),
    ],
)
def test_a_part_is_told_with_its_amount(count: str, unit: Unit, ru: str, en: str) -> None:
    part = Part(id="cable", ru="Кабель", en="Cable", unit=unit, price_minor=12_000)
    need = Need(part=part, count=Decimal(count))

    assert need.line(Lang.RU).text == ru
    assert need.line(Lang.EN).text == en
    assert need.price_minor == 12_000 * Decimal(count)


def copied(tmp_path: Path) -> Path:
    """A library of one entry in a folder of its own; returns the entry's file."""
    for folder in ("tools", "parts", "faults/electrical"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("tools/common.toml", "tools/electrical.toml", "parts/electrical.toml"):
        shutil.copy(SOURCE / name, tmp_path / name)
    place = tmp_path / "faults/electrical/switch_dead.toml"
    shutil.copy(SOURCE / "faults/electrical/switch_dead.toml", place)
    return place


def test_a_file_in_the_wrong_place_stops_the_start(tmp_path: Path) -> None:
    place = copied(tmp_path)
    (tmp_path / "faults/plumbing").mkdir()
    place.rename(tmp_path / "faults/plumbing/switch_dead.toml")

    with pytest.raises(ValueError, match=r"plumbing/switch_dead\.toml: holds electrical/switch_dead"):
        library_of(tmp_path)


@pytest.mark.parametrize(
    ("known", "unknown", "said"),
    [
        ('"two_pole_tester"', '"magic_wand"', "no tool magic_wand"),
        ('part = "switch_10a"', 'part = "gold_bar"', "no part gold_bar"),
        ('risk = "medium"', 'risk = "grave"', "risk"),
    ],
)
def test_what_no_list_has_stops_the_start(tmp_path: Path, known: str, unknown: str, said: str) -> None:
    place = copied(tmp_path)
    place.write_text(place.read_text("utf-8").replace(known, unknown), "utf-8")

    with pytest.raises(ValueError, match=said):
        library_of(tmp_path)


def test_the_version_changes_with_a_price(tmp_path: Path) -> None:
    copied(tmp_path)
    before = library_of(tmp_path).version
    prices = tmp_path / "parts/electrical.toml"
    prices.write_text(
        prices.read_text("utf-8").replace("price_minor = 35000", "price_minor = 35001"), "utf-8"
    )

    assert library_of(tmp_path).version != before


def test_a_range_upside_down_is_refused() -> None:
    fault = LIBRARY.fault("switch_dead").model_dump()

    with pytest.raises(ValueError, match="minutes_low"):
        Fault.model_validate(fault | {"minutes_low": 90, "minutes_high": 40})
