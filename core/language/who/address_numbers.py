"""Numbers that may be a part of an address, and those that count, measure or tell the time."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from core.language.lexicon import table
from core.language.normalise import Text
from core.language.who.pieces import Piece, at
from core.language.words import grammemes, is_cyrillic, morphology

_WORDS = table("addresses")
MARKS = {word: part for part, words in _WORDS["marks"].items() for word in words.split()}
# Words for a street, by gender.
TYPES = {word: gender for gender, words in _WORDS["street_types"].items() for word in words.split()}
MONTHS = frozenset(_WORDS["months"].split())
END = r"(?![а-яa-z\d])"  # of a whole word or number
_TIME_BEFORE = frozenset(_WORDS["time_before"].split())
_UNITS, _THINGS = frozenset(_WORDS["units"].split()), tuple(_WORDS["counted_things"].split())
_FRACTION = frozenset(_WORDS["fraction"].split())
_BY = frozenset({"на", "х", "x", "by"})  # "6 на 8"
METRES = frozenset({"м", "метр", "метра", "метров", "м2"})
HOUSE_DIGITS_MAX = 4
_NOUN_MIN, _PLURAL_MIN = 3, 4  # letters of an English word that counts
_TEENS, _TEN, _FEW = range(11, 15), 10, range(2, 5)

# What may be glued to a house: "58а", "58 а,", "12/3", "12к2", "31с2", "12-5".
_LETTER = (  # "58а", "58-а", and "58 а" where nothing else can follow
    rf"(?:-?[абвгдеёж]{END}|[а-яa-f]{END}"
    r"|\s[абвгдежabc](?=\s*(?:[,;.\n]|$|-\s?\d))|\s[абгде](?=\s*(?:кв|корп|подъезд|под\.|эт|стр)))"
)
_NO_MARK = r"(?!\s*-?(?:й|ий|я|м|ом)?\s*(?:подъезд|этаж|эт\.?)(?![а-я]*\.?\s*\d))"  # "21 - 3 подъезд"
_HOUSE = re.compile(
    rf"(?P<house>\d{{1,4}}(?:\s?/\s?\d{{1,4}})?{_LETTER}?)"
    rf"(?:[\s,]*(?:корпус|корп|[кk])\.?\s*(?P<building>\d{{1,3}}[а-я]?){END})?"
    rf"(?:[\s,]*(?:строение|стр|с)\.?\s*(?P<structure>\d{{1,3}}[а-я]?){END})?"
    rf"(?:\s*-\s*(?P<flat>\d{{1,4}}[а-я]?)(?![а-яa-z\d:.%]){_NO_MARK})?"
)


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


def find_numbers(text: Text, words: Sequence[Piece], taken: Collection[int]) -> Iterator[Number]:
    """Return the numbers of a text that no code took."""
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
        parts, last, end = {"house": str(word.digits)}, place, word.end
    else:
        match = _HOUSE.match(text.lower, word.start)
        if match is None or len(word.text) > HOUSE_DIGITS_MAX:
            return None
        parts = {name: re.sub(r"[ -]", "", value) for name, value in match.groupdict().items() if value}
        end, last = match.end(), at(words, match.end()) - 1
    if last + 2 < len(words) and words[last + 1].text in _FRACTION and words[last + 2].is_number:
        last += 2  # "5 дробь 2"
        parts["house"] += f"/{words[last].digits}"
        end = words[last].end
    if _is_measure(text, words, place, last, end):
        return None
    before = words[place - 1].text if place and not word.is_apart else ""
    is_free = before not in _TIME_BEFORE and not is_quantity(words, last) and not word.is_ordinal
    if re.search(r"\d[чрмлтг]$", parts["house"]) and last == place + 1:  # "18ч", "500р"
        is_free = False
    is_day = last + 1 < len(words) and words[last + 1].text in MONTHS
    return Number(place, last, end, parts, word.is_ordinal, is_free and not is_day)


def _is_measure(text: Text, words: Sequence[Piece], place: int, last: int, end: int) -> bool:
    """Tell whether a number is a time, a date, a share or a size: "18:30", "2.70", "+9", "6 на 8"."""
    if re.match(r"[.:]\d|\s?[%°₽]", text.lower[end : end + 2]) or re.search(r"\d[.:]$|\+", words[place].gap):
        return True
    ahead = [word.text for word in words[last + 1 : last + 4]]
    is_sized = len(ahead) > 1 and ahead[0] in _BY and words[last + 2].is_number
    return is_sized and ahead[-1] not in MARKS


def is_quantity(words: Sequence[Piece], last: int) -> bool:
    """Tell whether a number counts what stands after it: "3 розетки", "9 этажей", "20 years"."""
    if last + 1 >= len(words) or words[last].digits is None:
        return False
    after, later = words[last + 1], words[last + 2].text if last + 2 < len(words) else ""
    if after.gap.strip() or after.is_number or after.text in TYPES:
        return False
    if after.text in MARKS:
        return after.text == "кв" and later in METRES
    if after.text in _UNITS or after.text.startswith(_THINGS):
        return True
    if not is_cyrillic(after.text):
        return after.text.endswith("s") and after.shown.islower() and len(after.text) >= _PLURAL_MIN
    # "Киевская 25 света нет" counts nothing.
    return (
        later != "нет" and len(after.text) >= _NOUN_MIN and _counts(int(str(words[last].digits)), after.text)
    )


def _counts(number: int, noun: str) -> bool:
    """Tell whether a noun has the form that a number asks for."""
    if grammemes(noun) & {"Name", "Surn", "Patr", "Geox", "VERB", "PREP"}:
        return False
    tags = [parse.tag for parse in morphology().parse(noun)]
    is_few = number % _TEN in _FEW and number not in _TEENS
    if is_few and any("ADJF" in tag and {"gent", "plur"} <= tag.grammemes for tag in tags):
        return True  # "три пожарных"
    is_one = number % _TEN == 1 and number not in _TEENS
    wanted = {"gent", "sing"} if is_few else {"nomn", "sing"} if is_one else {"gent", "plur"}
    return any("NOUN" in tag and wanted <= tag.grammemes for tag in tags)
