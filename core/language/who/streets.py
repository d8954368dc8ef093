"""Names of streets: "маршала Борзова", "9 Апреля", "Большая Песочная", "1-я Советская", "Gorkogo".

A street is known by its type ("ул. Горького", "Ленинский проспект"), by the house after it
("Театральная 30"), or by standing alone where the address was asked for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.language.lexicon import table
from core.language.respell import is_english
from core.language.who.address_numbers import MARKS, MONTHS, TYPES, Number
from core.language.who.address_parts import Parts
from core.language.who.pieces import Piece
from core.language.who.street_names import called, is_oblique
from core.language.who.street_words import agrees, is_likely, is_name_number, judge, leads
from core.language.words import grammemes, is_cyrillic

_WORDS = table("addresses")
_LATIN_BEFORE = frozenset(_WORDS["street_types"]["latin_before"].split())
NEVER = frozenset(_WORDS["never"].split())
AROUND = frozenset(_WORDS["around"].split())
NO_NAME = frozenset({"PREP", "CONJ", "NPRO", "PRCL", "ADVB", "PRED", "VERB", "INFN", "GRND", "INTJ"})
_ALWAYS_STOP = frozenset({"PREP", "CONJ", "NPRO"})
_NAME_MAX = 4
_SHORT = 3  # letters; shorter words are no streets


@dataclass(frozen=True, slots=True)
class Street:
    """A street and where it stands, in pieces `first` to `last`, the word for a street included.

    Attributes:
        house: The piece at which a number may be its house, if it has no other.
        is_certain: It is a street even if nobody asked where.
        is_area: A neighbourhood or a garden society: a street only where there is no better one.
    """

    name: str
    first: int
    last: int
    house: int | None = None
    is_certain: bool = True
    is_area: bool = False


def find_streets(words: Sequence[Piece], parts: Parts) -> Iterator[Street]:
    """Return the streets of a text, the surest first."""
    types = [place for place, word in enumerate(words) if word.text in TYPES and place not in parts.taken]
    for place in types:
        if street := _with_type(words, parts, place):
            yield street
    for number in parts.numbers.values():
        if number.is_free and (street := _before_number(words, parts, number)):
            yield street
        if street := _after_number(words, parts, number):
            yield street
    if parts.house_at is not None and (street := _before_mark(words, parts, parts.house_at)):
        yield street
    yield from _alone(words, parts)
    yield from _only(words, parts)


# --- with a word for a street ------------------------------------------------------------------------


def _with_type(words: Sequence[Piece], parts: Parts, place: int) -> Street | None:
    """Read the name after "улица" or before it."""
    kind = words[place].text
    gender = TYPES[kind]
    is_latin = gender in ("latin", "latin_before")
    ahead = _ahead(words, parts, place)
    behind = _behind(words, parts, place, is_latin=is_latin)
    if is_latin and ahead and behind and not words[ahead.start].is_capital:
        ahead = None
    if is_latin and kind not in _LATIN_BEFORE:  # "St. Petersburg" is none
        ahead = None
    found = ahead or behind
    if found is None:
        return None
    first, last = found.start, found.stop - 1
    after = max(last, place) + 1
    beside = parts.numbers.get(after)
    house = after if beside and beside.is_free and not _is_far(words[after]) else None
    if house is None and is_latin:  # "10 Gorky street"
        before = (number.first for number in parts.numbers.values() if number.last == min(first, place) - 1)
        house = next(before, None)
    if (
        house is None
        and parts.house_at is None
        and not is_likely(words, first, last, is_oblique=is_oblique(kind))
    ):
        return None
    name = called(words[first : last + 1], gender, kind)
    return Street(name, min(first, place), max(last, place), house, is_area=gender == "area")


def _ahead(words: Sequence[Piece], parts: Parts, place: int) -> range | None:
    """Return the pieces of the name after a type word."""
    start = stop = place + 1
    if start >= len(words) or words[start].is_apart:
        return None
    is_short = len(words[place].text) < len("улица") or "-" in words[place].text
    if "." in words[start].gap and not is_short:  # "на улицу. До праздников…"
        return None
    if is_name_number(words, start):
        stop += 1
    limit = stop + _NAME_MAX
    while stop < min(len(words), limit) and _may_go_on(words, parts, start, stop):
        stop += 1
    if stop == start or (stop == start + 1 and words[start].is_number):
        return None
    is_housed = stop < len(words) and (stop in parts.numbers or stop in parts.taken)
    if not is_cyrillic(words[start].text) and not words[start].is_capital and not is_housed:
        return None  # "street lamps"
    if not is_housed:
        stop = _shortened(words, start, stop)
    if not is_housed and not words[start].is_capital and NO_NAME & grammemes(words[start].text):
        return None
    return range(start, stop)


def _shortened(words: Sequence[Piece], start: int, stop: int) -> int:
    """Keep of the words after a type only those that belong together, where no house ends them."""
    last = start
    while last + 1 < stop and (
        leads(words[last], words[last + 1])
        or (words[last + 1].is_capital and words[start].is_capital and is_cyrillic(words[start].text))
    ):
        last += 1
    return last + 1


def _may_go_on(words: Sequence[Piece], parts: Parts, start: int, place: int) -> bool:
    word = words[place]
    if place in parts.taken or word.is_number or word.text in MARKS or word.text in TYPES:
        return False
    is_initial = place > start and len(words[place - 1].text) <= _SHORT and "." in word.gap
    if place > start and (word.is_apart or ("." in word.gap and not is_initial)):
        return False
    if word.text in NEVER and not (word.is_capital and place == start):
        return False
    if len(word.text) == 1:
        return word.is_capital
    tags = grammemes(word.text)
    return not (_ALWAYS_STOP & tags and not word.is_capital) and (word.is_capital or "VERB" not in tags)


def _behind(words: Sequence[Piece], parts: Parts, place: int, *, is_latin: bool) -> range | None:
    """Return the pieces of the name before a type word."""
    last = place - 1
    if last < 0 or words[place].is_apart or last in parts.taken or words[last].is_number:
        return None
    word = words[last]
    if word.text in NEVER or word.text in MARKS or word.text in TYPES:
        return None
    if is_latin:
        is_name = not is_cyrillic(word.text) and (word.is_capital or not is_english(word.text))
        first = last
        while is_name and first and _is_latin_name(words, first - 1) and not words[first].is_apart:
            first -= 1
        return range(first, place) if is_name else None
    tags = grammemes(word.text)
    is_adjective = "ADJF" in tags and not tags & {"Apro", "Anum"}
    ahead = words[place + 1] if place + 1 < len(words) else None
    is_last = ahead is None or ahead.is_number or ahead.is_apart or ahead.text in MARKS
    is_named = is_adjective and (is_last or agrees(word.text, words[place].text))
    if not is_named and not (is_last and (word.is_capital or "Surn" in tags)):
        return None
    first = last
    while first and not words[first].is_apart and _extends(words, parts, first):
        first -= 1
    return range(first, place)


def _is_latin_name(words: Sequence[Piece], place: int) -> bool:
    word = words[place]
    return word.is_capital and not word.is_number and not is_cyrillic(word.text) and not is_english(word.text)


# --- before a house ----------------------------------------------------------------------------------


def _before_number(words: Sequence[Piece], parts: Parts, number: Number) -> Street | None:
    """Read "Театральная 30": a street for sure, perhaps one, or none."""
    last = number.first - 1
    if last < 0 or not _may_end(words, parts, last):
        return None
    if words[number.first].gap.strip(" ,\n:-."):
        return None
    first = _first_of(words, parts, last)
    is_street, is_certain = judge(words, first, last)
    if not is_street:
        return None
    is_certain = is_certain and "\n" not in words[number.first].gap
    if words[number.first].is_spoken and not parts.found:  # "конфорка индукционная одна"
        is_certain = False
    if parts.found and words[last].is_capital:  # another part of the address is there
        is_certain = True
    if words[last].text in MONTHS and words[first].is_number:
        is_certain = bool(parts.found)
    return Street(called(words[first : last + 1], None, None), first, last, number.first, is_certain)


def _after_number(words: Sequence[Piece], parts: Parts, number: Number) -> Street | None:
    """Read "12 Sadovaya", the English order; only a name that ends as streets do."""
    first = number.last + 1
    if number.is_ordinal or first >= len(words) or words[first].is_apart or is_cyrillic(words[first].text):
        return None
    if not _may_end(words, parts, first) or judge(words, first, first) != (True, True):
        return None
    return Street(called(words[first : first + 1], None, None), first, first, number.first)


def _before_mark(words: Sequence[Piece], parts: Parts, mark: int) -> Street | None:
    """Read "Искры дом 5": beside a house that is called one, any name will do."""
    last = mark - 1
    if last < 0 or last in parts.numbers or not _may_end(words, parts, last):
        return None
    first = _first_of(words, parts, last)
    tags = grammemes(words[last].text)
    is_street, is_certain = judge(words, first, last)
    is_named = words[last].is_capital and not tags & {"VERB", "PREP", "INFN"} and "Geox" not in tags
    if not is_street and not is_named and "gent" not in tags:
        return None
    is_certain = (is_street and is_certain) or (is_named and "gent" in tags)
    return Street(called(words[first : last + 1], None, None), first, last, is_certain=is_certain)


def _alone(words: Sequence[Piece], parts: Parts) -> Iterator[Street]:
    """Read words that stand alone between commas: "д. 17, кв. 3, Красносельская"."""
    for chunk in _chunks(words, parts):
        inside = [place for place in range(*chunk) if words[place].text not in AROUND]
        if not inside:
            continue
        first, last = inside[0], inside[-1]
        if last - first >= _NAME_MAX or not _may_end(words, parts, last):
            continue
        start = _first_of(words, parts, last)
        is_street, is_certain = judge(words, start, last)
        if start == first and is_street:
            has_house = parts.house_at is not None
            name = called(words[first : last + 1], None, None)
            yield Street(name, first, last, is_certain=is_certain and has_house)


def _only(words: Sequence[Piece], parts: Parts) -> Iterator[Street]:
    """Read whatever stands beside numbers in a text that is nothing else: "розы люксембург 7"."""
    numbers = {place for number in parts.numbers.values() for place in range(number.first, number.last + 1)}
    known = parts.taken | numbers
    rest = [
        place
        for place, word in enumerate(words)
        if place not in known and word.text not in AROUND and word.text not in MARKS
    ]
    if (
        not rest
        or not (numbers or parts.found)
        or len(rest) >= _NAME_MAX
        or rest[-1] - rest[0] != len(rest) - 1
    ):
        return
    if all(_may_end(words, parts, place) and not NO_NAME & grammemes(words[place].text) for place in rest):
        house = rest[-1] + 1 if rest[-1] + 1 in parts.numbers else None
        yield Street(
            called(words[rest[0] : rest[-1] + 1], None, None), rest[0], rest[-1], house, is_certain=False
        )


def _chunks(words: Sequence[Piece], parts: Parts) -> Iterator[tuple[int, int]]:
    """Return runs of words between commas, numbers and what is used up."""
    first: int | None = None
    for place, word in enumerate(words):
        is_cut = place in parts.taken or word.is_number
        if first is not None and (is_cut or word.is_apart or "." in word.gap):
            yield first, place
            first = None
        if first is None and not is_cut:
            first = place
    if first is not None:
        yield first, len(words)


def _may_end(words: Sequence[Piece], parts: Parts, place: int) -> bool:
    word = words[place]
    return not (
        place in parts.taken
        or word.is_number
        or word.text in NEVER
        or word.text in MARKS
        or word.text in TYPES
        or len(word.text) < _SHORT
    )


def _first_of(words: Sequence[Piece], parts: Parts, last: int) -> int:
    first = last
    while first and last - first < _NAME_MAX and not words[first].is_apart and _extends(words, parts, first):
        first -= 1
    return first


def _extends(words: Sequence[Piece], parts: Parts, first: int) -> bool:
    """Tell whether the piece before belongs to the name that begins at `first`."""
    before, word = words[first - 1], words[first]
    if first - 1 in parts.taken:
        return False
    if before.is_number:
        return is_name_number(words, first - 1)
    if before.text in NEVER or before.text in MARKS or before.text in TYPES or word.gap.strip(" ."):
        return False
    if "." in word.gap:  # "О. Кошевого", "Дм. Донского"
        return before.is_capital and len(before.text) <= _SHORT
    return len(before.text) > 1 and leads(before, word)


def _is_far(word: Piece) -> bool:
    return bool(word.gap.strip(" ,.:-№"))
