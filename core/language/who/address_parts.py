"""The parts of an address that have a name: house, flat, building, entrance, floor, intercom.

A word for a part (a mark) takes the number after it, "кв 14", or the one before, "3 подъезд". Which of
the two is seen from the whole run of marks and numbers: "подъезд 1 этаж 9" begins with a mark, so each
takes the number after it; "1 подъезд 9 этаж" ends with one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.language.lexicon import table
from core.language.normalise import Text
from core.language.who.address_numbers import END, MARKS, METRES, Number, find_numbers, is_quantity
from core.language.who.pieces import Piece, at
from core.language.words import grammemes, is_cyrillic

_WORDS = table("addresses")
_NEEDS_NUMBER = frozenset(_WORDS["needs_number"].split())
FILLERS = frozenset(_WORDS["fillers"].split())
_CODE_FILLERS = frozenset(_WORDS["code_fillers"].split())
_OTHERS = tuple(_WORDS["others"].split())
_FAULTS = frozenset(_WORDS["fault_codes"].split())
_COUNTED = frozenset(_WORDS["counted"].split())
_FROM = frozenset({"с", "со", "из", "от", "до", "у", "возле"})
_IN = frozenset({"в", "во", "на", "in", "the"})
_CODE_FAR = 8  # words from "домофон" to its code
_FILLERS_MAX = 3
_FAR = 4  # words back to whoever else is meant
_WORD_MIN = 3  # letters of a mark that a letter may follow
_SURE_CODE = 3  # signs; a shorter code needs an address or an intercom beside it
_DIGITS_MAX = {"house": 4, "flat": 4, "building": 3, "structure": 3, "entrance": 2, "floor": 2}

CODE = re.compile(
    r"[\s:№#.-]*(?P<code>[кkвv]?[\d*#]{1,8}(?:\s?(?:ключ|key|[кkвvсc])\s?\d{1,6}|[а-яa-z](?![а-яa-z]))?[\d#*]*)"
    rf"{END}"
)
_LETTER = re.compile(rf"[\s.:\"]*([а-яa-z]){END}")


@dataclass(slots=True)
class Parts:
    """What the marks of a text named.

    Attributes:
        found: The parts by name.
        taken: The pieces used up.
        numbers: The numbers no mark took, by their first piece.
    """

    found: dict[str, str] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)
    spans: list[tuple[int, int]] = field(default_factory=list)
    numbers: dict[int, Number] = field(default_factory=dict)
    house_at: int | None = None  # the piece of the mark that named the house

    def take(self, part: str, value: str, first: int, last: int) -> None:
        """Keep a part, if it is the first of its name, and use its pieces up."""
        self.found.setdefault(part, value)
        self.taken.update(range(first, last + 1))


@dataclass(frozen=True, slots=True)
class _Mark:
    part: str
    first: int
    last: int


def find_parts(text: Text, words: Sequence[Piece]) -> Parts:
    """Return the parts of an address that are called by their names."""
    parts = Parts()
    _find_codes(text, words, parts)
    parts.numbers = {number.first: number for number in find_numbers(text, words, parts.taken)}
    for run in _runs(words, parts):
        _pair(run, words, parts)
    _find_letter(text, words, parts)
    return parts


# --- intercoms -----------------------------------------------------------------------------------


def _find_codes(text: Text, words: Sequence[Piece], parts: Parts) -> None:
    """Find "домофон 45к1290", "код подъезда 12#34"."""
    for place, word in enumerate(words):
        if MARKS.get(word.text) != "intercom" or place in parts.taken:
            continue
        last = place
        while last + 1 < min(len(words), place + _CODE_FAR) and words[last + 1].text in _CODE_FILLERS:
            last += 1
        code = CODE.match(text.lower, words[last].end)
        spoken = _spoken_code(words, last + 1)
        if spoken:
            parts.take("intercom", spoken[0], place, spoken[1])
            parts.spans.append((word.start, words[spoken[1]].end))
        elif code and _is_code(words, place, last, code["code"], at(words, code.end()) - 1):
            parts.take("intercom", code_value(code["code"]), place, at(words, code.end()) - 1)
            parts.spans.append((word.start, code.end()))


def code_value(code: str) -> str:
    """Return a code as it is dialled: "45 ключ 1290" is "45к1290"."""
    return re.sub(r"\s|ключ|key", lambda found: "к" if found.group().strip() else "", code)


def _is_code(words: Sequence[Piece], place: int, last: int, code: str, end: int) -> bool:
    """Tell a door's code from a count and from a device's: "furnace shows code 13"."""
    if is_quantity(words, end) or any(word.text in _FAULTS for word in words[max(place - _FAR, 0) : place]):
        return False
    is_door = last > place or not words[place].text.startswith(("код", "code"))
    return is_door or len(code) >= _SURE_CODE or any(word.text in MARKS for word in words[:place])


def _spoken_code(words: Sequence[Piece], place: int) -> tuple[str, int] | None:
    code, last = "", place
    while last < len(words) and words[last].is_spoken and not words[last].is_ordinal:
        code, last = code + str(words[last].digits), last + 1
    if not code or is_quantity(words, last - 1):
        return None
    return code, last - 1


# --- marks and their numbers -----------------------------------------------------------------------

_Item = _Mark | Number


def _runs(words: Sequence[Piece], parts: Parts) -> Iterator[list[_Item]]:
    """Return runs of marks and numbers that nothing else stands between."""
    run: list[_Item] = []
    place = passed = 0
    while place < len(words):
        word = words[place]
        item: _Item | None = None
        if place not in parts.taken:
            item = parts.numbers.get(place) or _mark(words, place)
        is_beside = bool(run) and isinstance(run[-1], _Mark) and re.fullmatch(r"\s*[-,]\s*", word.gap)
        if word.is_apart and not (is_beside and isinstance(item, Number) and "," not in word.gap):
            yield from _split(run)
            run = []
        if item:
            run.append(item)
            passed = 0
            place = item.last
        elif word.text not in FILLERS or place in parts.taken or passed >= _FILLERS_MAX:
            yield from _split(run)
            run = []
        else:
            passed += 1
        place += 1
    yield from _split(run)


def _mark(words: Sequence[Piece], place: int) -> _Mark | None:
    word = words[place]
    part = MARKS.get(word.text)
    if part is None or part in ("intercom", "letter"):
        return None
    ahead = words[place + 1] if place + 1 < len(words) else None
    if word.text == "кв" and ahead and ahead.text in METRES:
        return None
    if word.text in _NEEDS_NUMBER:
        has_after = (
            ahead is not None and not ahead.is_apart and (ahead.is_number or ahead.text in ("номер", "no"))
        )
        has_before = (
            place > 0 and words[place - 1].is_number and len(word.text) > 1 and not word.gap.strip(" .")
        )
        if not (has_after or (has_before and word.text not in ("под", "no"))):
            return None
    return _Mark(part, place, place)


def _split(run: list[_Item]) -> Iterator[list[_Item]]:
    """Cut a run where two marks or two numbers meet."""
    piece: list[_Item] = []
    for item in run:
        if piece and isinstance(piece[-1], Number) is isinstance(item, Number):
            yield piece
            piece = []
        piece.append(item)
    if piece:
        yield piece


def _pair(run: list[_Item], words: Sequence[Piece], parts: Parts) -> None:
    """Give each mark its number; in an alternating run all look the same way."""
    if len(run) == 1:
        return
    looks_back = _looks_back(run, words)
    for place, item in enumerate(run):
        other = place - 1 if looks_back else place + 1
        if isinstance(item, _Mark) and 0 <= other < len(run):
            number = run[other]
            assert isinstance(number, Number)  # noqa: S101 - they alternate
            fits = _fits_before if looks_back else _fits_after
            if fits(item, number, words) and not _is_others(words, min(item.first, number.first)):
                _give(item, number, words, parts)


def _looks_back(run: list[_Item], words: Sequence[Piece]) -> bool:
    first, last = run[0], run[-1]
    if isinstance(first, Number):
        return isinstance(last, _Mark) or first.is_ordinal
    is_place = first.first > 0 and words[first.first - 1].text in _IN  # "в подъезде 3 этаж"
    numbers = [item for item in run if isinstance(item, Number)]
    return isinstance(last, _Mark) and (is_place or all(number.is_ordinal for number in numbers))


def _fits_before(mark: _Mark, number: Number, words: Sequence[Piece]) -> bool:
    """Tell whether a number before a mark is its own: "3 подъезд", but "три подъезда" are counted."""
    word, said = words[mark.first], words[number.first]
    if mark.part == "house":
        return not said.is_spoken and not number.is_ordinal and word.text in ("дом", "доме")
    if number.is_ordinal:
        return True
    if not is_cyrillic(word.text):
        return not said.is_spoken and mark.part in ("floor", "entrance")
    is_from = number.first > 0 and words[number.first - 1].text in _FROM and not said.is_spoken
    return word.text not in _COUNTED or is_from


def _fits_after(mark: _Mark, number: Number, words: Sequence[Piece]) -> bool:
    if is_quantity(words, number.last) or (mark.part == "house" and number.is_ordinal):
        return False
    return not _is_counted(words, mark, words[number.first])


def _is_counted(words: Sequence[Piece], mark: _Mark, said: Piece) -> bool:
    """Tell whether a mark is what a number counts: "квартиры две: одна в центре", but "код квартиры два"."""
    if words[mark.first].text not in _COUNTED or not said.is_spoken or said.is_ordinal:
        return False
    is_first = mark.first == 0 or words[mark.first].is_apart
    return is_first or "NOUN" not in grammemes(words[mark.first - 1].text)


def _is_others(words: Sequence[Piece], first: int) -> bool:
    """Tell whether a part is somebody else's: "сосед с третьего этажа"."""
    back = first - 1
    while back >= 0 and first - back <= _FAR and not words[back + 1].is_apart:
        if words[back].text.startswith(_OTHERS):
            return True
        back -= 1
    return False


def _give(mark: _Mark, number: Number, words: Sequence[Piece], parts: Parts) -> None:
    value = number.parts["house"]
    if mark.part in ("entrance", "floor"):
        value = value.partition("/")[0].rstrip("абвгдежзиклмнопрстуфхцчшщыэюя")
    if len(re.sub(r"/.*|\D", "", value)) > _DIGITS_MAX[mark.part]:
        return
    part = mark.part
    first, last = sorted((mark.first, number.first))
    last = max(mark.last, number.last)
    glued = {name: more for name, more in number.parts.items() if name != "house"}
    if part == "house":
        parts.house_at = mark.first
    parts.take(part, value, first, last)
    for name, more in glued.items():
        if part == "house" or (part in ("building", "structure") and name == "flat"):
            parts.found.setdefault(name, more)
    parts.numbers.pop(number.first, None)
    parts.spans.append((words[first].start, max(number.end, words[last].end)))


def _closes(text: Text, position: int) -> bool:
    return text.lower[position:].lstrip()[:1] in ("", ",", ";", ".")


def _find_letter(text: Text, words: Sequence[Piece], parts: Parts) -> None:
    """Find "литера Б", which belongs to the house, and "корпус Б"."""
    for place, word in enumerate(words):
        part = MARKS.get(word.text)
        if (
            part not in ("letter", "building", "structure")
            or part in parts.found
            or len(word.text) < _WORD_MIN
        ):
            continue
        match = _LETTER.match(text.lower, word.end)
        if match and (part == "letter" or text.plain[match.start(1)].isupper() or _closes(text, match.end())):
            parts.found[part] = match[1]
            parts.taken.update((place, place + 1))
            parts.spans.append((word.start, match.end()))
