"""Which drawing belongs to which faults: the one table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from core.documents.drawings import electrical, fastening, plumbing, water
from core.documents.drawings.sketch import Said, Sketch, as_svg

MOST = 3  # a job of many faults is not an album


@dataclass(frozen=True, slots=True)
class _Entry:
    title: Said
    draw: Callable[[str], Sketch]
    faults: frozenset[str]


def _entry(title: Said, draw: Callable[[str], Sketch], faults: str) -> _Entry:
    return _Entry(title, draw, frozenset(faults.split()))


_TABLE: Mapping[str, _Entry] = {
    "socket": _entry(
        ("Розетка с защитным проводником", "A socket with its protective conductor"),
        electrical.socket,
        "socket_dead socket_sparks socket_install socket_move shock_from_case half_flat_dead cooker_connect",
    ),
    "light": _entry(
        ("Светильник и выключатель", "A lamp and its switch"),
        electrical.light,
        "light_out switch_dead switch_install dimmer_install chandelier_install spotlights_install "
        "motion_sensor_install street_light_install bath_fan_install lights_flicker",
    ),
    "two_way": _entry(
        ("Управление с двух мест", "Switching from two places"),
        electrical.two_way,
        "switch_dead switch_install",
    ),
    "board": _entry(
        ("Щиток квартиры", "A flat's distribution board"),
        electrical.board,
        "breaker_trips no_power rcd_trips panel_overheats breaker_replace panel_replace rcd_install "
        "line_new half_flat_dead overvoltage electrical_inspection cooker_connect",
    ),
    "trap": _entry(
        ("Сифон: прокладки и порядок сборки", "A trap: its seals and how it goes together"),
        plumbing.trap,
        "trap_leaks trap_replace sink_blocked bath_blocked sewer_smell sink_install bath_install",
    ),
    "mixer": _entry(
        ("Смеситель: картридж и кран-букса", "A mixer: cartridge and tap valve"),
        plumbing.mixer,
        "tap_drips tap_replace mixer_base_leaks shower_faulty no_hot_water_at_tap hygienic_shower_install",
    ),
    "cistern": _entry(
        ("Бачок унитаза", "A toilet cistern"),
        plumbing.cistern,
        "toilet_runs cistern_not_filling toilet_base_leaks toilet_install",
    ),
    "radiator": _entry(
        ("Радиатор в однотрубной системе", "A radiator in a one-pipe system"),
        water.radiator,
        "radiator_leaks radiator_cold radiator_replace",
    ),
    "hose": _entry(
        ("Кран и гибкая подводка", "Stop valve and flexible hose"),
        water.hose,
        "hose_replace stop_valve_stuck low_pressure tap_replace filter_install water_meter_replace "
        "hygienic_shower_install sink_install",
    ),
    "washer": _entry(
        ("Подключение стиральной машины", "Connecting a washing machine"),
        water.washer,
        "washer_connect washer_no_drain washer_leaks washer_shakes dishwasher_no_drain dishwasher_leaks",
    ),
    "heater": _entry(
        ("Накопительный водонагреватель", "A storage water heater"),
        water.heater,
        "water_heater_no_heat water_heater_leaks water_heater_service water_heater_install",
    ),
    "anchors": _entry(
        ("Крепёж по материалу стены", "The anchor for the wall"),
        fastening.anchors,
        "shelf_hang picture_hang tv_mount curtain_rail_install kitchen_cabinet_fix mirror_hang "
        "bath_accessories_install clothes_dryer_install blinds_install hood_install water_heater_install",
    ),
    "cylinder": _entry(
        ("Цилиндр замка: какие размеры снять", "A lock cylinder: what to measure"),
        fastening.cylinder,
        "lock_replace lock_opening",
    ),
}


def names_for(faults: Sequence[str]) -> tuple[str, ...]:
    """Return the drawings that belong to these faults: those of the first fault first, at most three."""
    found = [name for fault in faults for name, entry in _TABLE.items() if fault in entry.faults]
    return tuple(dict.fromkeys(found))[:MOST]


def all_names() -> tuple[str, ...]:
    """Return the names of all drawings."""
    return tuple(_TABLE)


def faults_drawn() -> frozenset[str]:
    """Return the ids of all faults that have a drawing."""
    return frozenset().union(*(entry.faults for entry in _TABLE.values()))


def title(name: str, lang: str) -> str:
    """Return what a drawing shows."""
    russian, english = _TABLE[name].title
    return russian if lang == "ru" else english


@cache
def sketch_of(name: str, lang: str) -> Sketch:
    """Return a drawing as plain shapes."""
    return _TABLE[name].draw(lang)


@cache
def svg(name: str, lang: str) -> str:
    """Return a drawing for a page."""
    return as_svg(sketch_of(name, lang), title=title(name, lang))
