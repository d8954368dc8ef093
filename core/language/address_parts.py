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
from core.language.pieces import Piece
from core.language.words import grammemes, is_cyrillic, morphology

_WORDS = table("addresses")
MARKS = {word: part for part, words in _WORDS["marks"].items() for word in words.split()}
MONTHS = frozenset(_WORDS["months"].split())
_NEEDS_NUMBER = frozenset(_WORDS["needs_number"].split())
_FILLERS = frozenset(_WORDS["fillers"].split())
_CODE_FILLERS = frozenset(_WORDS["code_fillers"].split())
_TIME_BEFORE = frozenset(_WORDS["time_before"].split())
_UNITS = tuple(_WORDS["units"].split())
_FRACTION = frozenset({"дробь", "slash"})
_METRES = frozenset({"м", "метр", "метра", "метров", "м2"})
_FILLERS_MAX = 3
_DIGITS_MAX = {"house": 4, "flat": 4, "building": 3, "structure": 3, "entrance": 2, "floor": 2}
_TEENS, _TEN, _FEW = range(11, 15), 10, range(2, 5)

_END = r"(?![а-яa-z\d])"
# What may be glued to a house: "58а", "58 а,", "12/3", "12к2", "31с2", "12-5".
_HOUSE = re.compile(
    r"(?P<house>\d{1,4}(?:/\d{1,4})?"
    rf"(?:[а-яa-e]{_END}|\s?[абвгдежabc](?=\s*(?:[,;.\n]|$|-\s?\d|кв|корп|подъезд|под\.|эт|стр))|(?<!\d)\w)?)"
    rf"(?:[\s,]*(?:корпус|корп|[кk])\.?\s*(?P<building>\d{{1,3}}[а-я]?){_END})?"
    rf"(?:[\s,]*(?:строение|стр|с)\.?\s*(?P<structure>\d{{1,3}}[а-я]?){_END})?"
    r"(?:\s*-\s*(?P<flat>\d{1,4}[а-я]?)(?![а-яa-z\d:.%]))?"
)
_CODE = re.compile(
    r"[\s:№#.-]*(?P<code>[кkвv]?[\d*#]{1,8}(?:\s?(?:ключ|key|[кkвvсc])\s?\d{1,6}|[кkвv](?![а-яa-z]))?[\d#*]*)"
    rf"{_END}"
)
_LETTER = re.compile(rf"[\s.:\"]*([а-яa-z]){_END}")


@dataclass(slots=True)
class Number:
    """A number that may be part of an address, with what is glued to it.

    Attributes:
        first, last: Its pieces, both included.
        parts: What it is if it is a house: `house`, and perhaps `building`, `structure`, `flat`.
        is_free: It may be a house without a word for it.
    """

    first: int
    last: int
    end: int
    parts: dict[str, str]
    is_ordinal: bool = False
    is_free: bool = True


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
    parts.numbers = {number.first: number for number in _numbers(text, words, parts.taken)}
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
        while last + 1 < len(words) and words[last + 1].text in _CODE_FILLERS:
            last += 1
        code = _CODE.match(text.lower, words[last].end)
        spoken = _spoken_code(words, last + 1)
        if spoken:
            parts.take("intercom", spoken[0], place, spoken[1])
            parts.spans.append((word.start, words[spoken[1]].end))
        elif code and not _is_quantity(words, _at(words, code.end()) - 1):
            value = re.sub(r"\s|ключ|key", lambda found: "к" if found.group().strip() else "", code["code"])
            parts.take("intercom", value, place, _at(words, code.end()) - 1)
            parts.spans.append((word.start, code.end()))


def _spoken_code(words: Sequence[Piece], place: int) -> tuple[str, int] | None:
    code, last = "", place
    while last < len(words) and words[last].is_spoken and not words[last].is_ordinal:
        code, last = code + str(words[last].digits), last + 1
    if not code or _is_quantity(words, last - 1):
        return None
    return code, last - 1


def _at(words: Sequence[Piece], position: int) -> int:
    """Return the first piece at or after a position."""
    return next((place for place, word in enumerate(words) if word.start >= position), len(words))


# --- numbers -------------------------------------------------------------------------------------


def _numbers(text: Text, words: Sequence[Piece], taken: set[int]) -> Iterator[Number]:
    place = 0
    while place < len(words):
        if place in taken or not words[place].is_number or str(words[place].digits).startswith("0"):
            place += 1
            continue
        number = _number(text, words, place)
        if number:
            yield number
            place = number.last
        place += 1


def _number(text: Text, words: Sequence[Piece], place: int) -> Number | None:
    word = words[place]
    if word.is_spoken or word.is_ordinal:
        parts, last = {"house": str(word.digits)}, place
        if last + 2 < len(words) and words[last + 1].text in _FRACTION and words[last + 2].is_number:
            parts["house"] += f"/{words[last + 2].digits}"
            last += 2
        end = words[last].end
    else:
        match = _HOUSE.match(text.lower, word.start)
        if match is None or len(word.text) > _DIGITS_MAX["house"]:
            return None
        parts = {name: value.replace(" ", "") for name, value in match.groupdict().items() if value}
        end, last = match.end(), _at(words, match.end()) - 1
    if re.match(r"[.:]\d|\s?[%°₽]", text.lower[end : end + 2]) or re.search(r"\d[.:]$", word.gap):
        return None
    before = words[place - 1].text if place and not word.is_apart else ""
    is_free = before not in _TIME_BEFORE and not _is_quantity(words, last) and not word.is_ordinal
    if re.search(r"\d[чрмлтг]$", parts["house"]) and last == place + 1:  # "18ч", "500р"
        is_free = False
    is_day = last + 1 < len(words) and words[last + 1].text in MONTHS
    return Number(place, last, end, parts, word.is_ordinal, is_free and not is_day)


def _is_quantity(words: Sequence[Piece], last: int) -> bool:
    """Tell whether a number counts what stands after it: "3 розетки", "9 этажей", "20 years"."""
    if last + 1 >= len(words) or words[last].digits is None:
        return False
    after, later = words[last + 1], words[last + 2].text if last + 2 < len(words) else ""
    if after.gap.strip() or after.is_number:
        return False
    if after.text in MARKS:
        return after.text == "кв" and later in _METRES
    if after.text.startswith(_UNITS):
        return True
    if not is_cyrillic(after.text):
        return after.text.endswith("s") and after.shown.islower() and len(after.text) > _FEW.stop - 1
    # "Киевская 25 света нет" counts nothing.
    return later != "нет" and _counts(int(str(words[last].digits)), after.text)


def _counts(number: int, noun: str) -> bool:
    """Tell whether a noun has the form that a number asks for."""
    wanted = {"gent", "plur"}
    if number % _TEN in _FEW and number not in _TEENS:
        wanted = {"gent", "sing"}
    elif number % _TEN == 1 and number not in _TEENS:
        wanted = {"nomn", "sing"}
    tags = [parse.tag for parse in morphology().parse(noun)]
    if grammemes(noun) & {"Name", "Surn", "Patr", "Geox", "VERB", "PREP"}:
        return False
    return any("NOUN" in tag and wanted <= tag.grammemes for tag in tags)


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
        elif word.text not in _FILLERS or place in parts.taken or passed >= _FILLERS_MAX:
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
    first, last = run[0], run[-1]
    if len(run) == 1:
        return
    looks_back = isinstance(first, Number) and (isinstance(last, _Mark) or first.is_ordinal)
    for place, item in enumerate(run):
        other = place - 1 if looks_back else place + 1
        if isinstance(item, _Mark) and 0 <= other < len(run):
            number = run[other]
            assert isinstance(number, Number)  # noqa: S101 - they alternate
            if looks_back or not _is_quantity(words, number.last):
                _give(item, number, words, parts)


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


def _find_letter(text: Text, words: Sequence[Piece], parts: Parts) -> None:
    """Find "литера Б", which belongs to the house."""
    for place, word in enumerate(words):
        if MARKS.get(word.text) == "letter" and (match := _LETTER.match(text.lower, word.end)):
            parts.found["letter"] = match[1]
            parts.taken.update((place, place + 1))
            parts.spans.append((word.start, match.end()))
