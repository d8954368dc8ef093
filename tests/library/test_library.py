"""Each promise of each fault file, and the lint that keeps them."""

from pathlib import Path

import pytest

from core.library.fault import Fault
from core.library.library import Library, library_of, load_library
from core.library.lint import lint
from core.meaning import Lang, Trade, Urgency

LIBRARY = load_library()


def a_fault_like(fault: Fault, **changes: object) -> Library:
    """A library of one fault, changed."""
    return Library({fault.id: fault.model_copy(update=changes)})


def test_the_library_is_complete() -> None:
    assert lint(LIBRARY) == ()


def test_the_electrical_faults_are_there() -> None:
    found = {fault.id for fault in LIBRARY.faults(Trade.ELECTRICAL)}

    assert found >= {"switch_dead", "socket_dead", "socket_sparks", "breaker_trips", "light_out", "no_power"}


@pytest.mark.parametrize("fault", LIBRARY.faults(), ids=lambda fault: fault.id)
@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.row("A60")
def test_instructions_leave_no_section_empty(fault: Fault, lang: Lang) -> None:
    told = fault.instructions(lang).model_dump()

    assert all(told.values())


@pytest.mark.parametrize("fault", LIBRARY.faults(Trade.ELECTRICAL), ids=lambda fault: fault.id)
def test_an_electrician_proves_dead_before_touching(fault: Fault) -> None:
    everything_ru = " ".join(fault.ru.steps + fault.ru.safety)
    everything_en = " ".join(fault.en.steps + fault.en.safety)

    assert "указател" in everything_ru.lower()
    assert "отсутств" in everything_ru.lower()
    assert "prove" in everything_en.lower()
    assert any("Двухполюсный" in tool for tool in fault.ru.tools)


@pytest.mark.parametrize("fault", LIBRARY.faults(), ids=lambda fault: fault.id)
def test_a_fault_takes_a_believable_time(fault: Fault) -> None:
    assert 15 <= fault.minutes_low < fault.minutes_high <= 240


def test_only_certain_parts_enter_a_price() -> None:
    fault = LIBRARY.fault("switch_dead")
    parts = (fault.parts[0].model_copy(update={"certain": True}), *fault.parts[1:])

    assert fault.parts_minor == 0
    assert fault.model_copy(update={"parts": parts}).parts_minor == fault.parts[0].price_minor


def test_danger_and_darkness_are_urgent_by_themselves() -> None:
    urgent = {fault.id for fault in LIBRARY.faults() if fault.urgency is Urgency.URGENT}

    assert urgent >= {"socket_sparks", "no_power"}


def test_an_unknown_fault_is_a_key_error() -> None:
    assert "nothing" not in LIBRARY
    with pytest.raises(KeyError):
        LIBRARY.fault("nothing")


def test_the_lint_names_an_empty_section() -> None:
    fault = LIBRARY.fault("switch_dead")
    broken = a_fault_like(fault, en=fault.en.model_copy(update={"safety": ()}))

    assert "switch_dead.en: safety is empty" in lint(broken)
    assert "switch_dead: safety has 5 in ru and 0 in en" in lint(broken)


def test_the_lint_names_a_step_missing_in_one_language() -> None:
    fault = LIBRARY.fault("switch_dead")
    broken = a_fault_like(fault, ru=fault.ru.model_copy(update={"steps": fault.ru.steps[:-1]}))

    assert lint(broken) == ("switch_dead: steps has 7 in ru and 8 in en",)


def test_the_lint_names_missing_parts() -> None:
    assert lint(a_fault_like(LIBRARY.fault("switch_dead"), parts=())) == ("switch_dead: no parts",)


def test_a_file_in_the_wrong_place_stops_the_start(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "core/library/faults/electrical/switch_dead.toml"
    (tmp_path / "plumbing").mkdir()
    (tmp_path / "plumbing" / "switch_dead.toml").write_text(source.read_text("utf-8"), "utf-8")

    with pytest.raises(ValueError, match=r"plumbing/switch_dead\.toml holds electrical/switch_dead"):
        library_of(tmp_path)


def test_a_range_upside_down_is_refused() -> None:
    fault = LIBRARY.fault("switch_dead").model_dump()

    with pytest.raises(ValueError, match="minutes_low"):
        Fault.model_validate(fault | {"minutes_low": 90, "minutes_high": 40})
