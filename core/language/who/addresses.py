"""Addresses as people write them: "Театральная 30, кв 14", "ул. Горького 58а корпус 2", "10 Gorky street".

Parts that have a name come first, in any order (`address_parts`), then the street (`streets`); a number
right after the street is its house. What was said without any mark may be uncertain: it counts only
where the address was asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.language.normalise import Text
from core.language.who.address_numbers import MARKS, TYPES, Number
from core.language.who.address_parts import Parts, find_parts
from core.language.who.pieces import Piece
from core.language.who.streets import AROUND, Street, find_streets
from core.meaning import Identity


@dataclass(frozen=True, slots=True)
class Place:
    """An address found, and where in the text, so that nothing else is read from there."""

    identity: Identity
    spans: tuple[tuple[int, int], ...] = ()
    maybe: Identity | None = None  # more, but only if it answers "where?"


def find_address(text: Text, words: Sequence[Piece]) -> Place:
    """Return the address of a text; what was said without a marker may be uncertain."""
    parts = find_parts(text, words)
    streets = sorted(find_streets(words, parts), key=lambda found: (not found.is_certain, found.is_area))
    sure = next((street for street in streets if street.is_certain), None)
    known = dict(parts.found)
    spans = list(parts.spans)
    used: set[int] = set()
    if sure:
        spans += _settle(sure, words, parts, known, used)
    more = dict(known)
    if not sure and streets:
        _settle(streets[0], words, parts, more, used)
    _add_bare(words, parts, more, used, has_street=bool(streets))
    if sure and _is_all(words, parts, used, list(parts.numbers.values()), has_street=False):
        known |= more  # nothing but an address: "ул. Гагарина, 12, 45"
    identity = _identity(known)
    maybe = _identity(more) if more != known else identity
    return Place(identity, tuple(spans), maybe if maybe != identity else None)


def _settle(
    street: Street, words: Sequence[Piece], parts: Parts, known: dict[str, str], used: set[int]
) -> list[tuple[int, int]]:
    """Add a street and the house that stands beside it; return where they stand."""
    known["street"] = street.name
    used.update(range(street.first, street.last + 1))
    spans = [(words[street.first].start, words[street.last].end)]
    number = parts.numbers.get(street.house) if street.house is not None else None
    if number and "house" not in known:
        known.update({name: value for name, value in number.parts.items() if name not in known})
        used.update(range(number.first, number.last + 1))
        spans.append((words[number.first].start, number.end))
    return spans


def _add_bare(
    words: Sequence[Piece], parts: Parts, known: dict[str, str], used: set[int], *, has_street: bool
) -> None:
    """Take numbers that stand alone, "30, 14", for house and flat: that is how "where?" is answered."""
    rest = [number for number in parts.numbers.values() if number.first not in used and number.is_free]
    if not rest or not _is_all(words, parts, used, rest, has_street=has_street):
        return
    for number in rest:
        if "house" not in known:
            known.update({name: value for name, value in number.parts.items() if name not in known})
        elif "flat" not in known:
            known["flat"] = number.parts["house"]


def _is_all(
    words: Sequence[Piece], parts: Parts, used: set[int], numbers: Sequence[Number], *, has_street: bool
) -> bool:
    """Tell whether a text is nothing but an address."""
    inside = {place for number in numbers for place in range(number.first, number.last + 1)}
    inside |= used | parts.taken
    odd = [
        word
        for place, word in enumerate(words)
        if place not in inside
        and word.text not in AROUND
        and word.text not in MARKS
        and word.text not in TYPES
    ]
    return len(odd) <= (1 if has_street else 0)


def _identity(parts: dict[str, str]) -> Identity:
    """Make an identity of the address parts found; `cities` is the one field that is no text."""
    house, building = parts.get("house"), parts.get("building")
    if house is None and building is not None and parts.get("street"):
        house, building = building, None  # "building 4, Ozernaya street"
    if house and house.isdigit() and "letter" in parts:
        house += parts["letter"]
    return Identity(
        street=parts.get("street"),
        house=house,
        building=building,
        structure=parts.get("structure"),
        flat=parts.get("flat"),
        entrance=parts.get("entrance"),
        floor=parts.get("floor"),
        intercom=parts.get("intercom"),
    )
