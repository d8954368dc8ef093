"""Addresses as people write them: "Театральная 30, кв 14", "ул. Горького 58а корпус 2", "10 Gorky street"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.language.lexicon import particles, table
from core.language.normalise import Text
from core.language.words import grammemes, is_cyrillic, is_known, morphology
from core.meaning import Identity

# The lexicon's alternatives, and what may follow a word for it to be a whole one.
_PLACES = table("places")
_MARK, _FULL_MARK, _ENGLISH_MARK = (
    f"(?:{_PLACES[name]})" for name in ("street_mark", "street_mark_after", "street_mark_en")
)
_END = r"(?![а-яa-z\d])"
_NO_LETTER = r"(?<![а-яa-z])"
_NOT_HOUSE = rf"(?!\s*(?:[:.]\d|ч{_END}|р{_END}|вт{_END}|{_PLACES['not_house']}))"

# A house is "30", "58а", "6/2"; a letter after a space only where nothing can follow it, else "5 в субботу".
_LETTER = r"(?:[а-я](?![а-яa-z])|[a-e](?![а-яa-z])|\s[аб](?=\s*(?:,|$|кв|корп|\.)))"
_HOUSE = rf"(?P<house>\d{{1,4}}(?:/\d{{1,4}})?(?:(?!\s?[кkв]\s?\d){_LETTER})?)"
_HOUSE_WORD = r"(?:(?:дом\w?|д|house|building no)\.?\s*№?\s*)?"
_TAIL = (
    r"(?:[\s,]*(?:корпус\w?|корп|к|bldg)\.?\s*(?P<building>\d{1,3}[а-я]?)(?![а-яa-z\d]))?"
    r"(?:[\s,]*(?:строение|стр)\.?\s*(?P<structure>\d{1,3}[а-я]?))?"
    r"(?:\s*-\s*(?P<flat>\d{1,4})(?![\d:.]))?"
)
_WORD = r"[а-яa-z][а-яa-z.-]*"
_NAME = rf"(?:\d{{1,4}}(?:-?[а-я]{{1,2}})?\s+)?{_WORD}(?:\s+{_WORD}){{0,3}}?"
_LATIN = r"[a-z][a-z-]+"

_MARKED = re.compile(  # "ул. Горького 58а"
    rf"(?<![а-яa-z-]){_MARK}\.?\s+(?P<street>{_NAME})(?=[\s,]*{_HOUSE_WORD}\d|\s*[,;\n]|\s*$)"
    rf"(?:[\s,]*{_HOUSE_WORD}{_HOUSE}{_TAIL})?"
)
_MARKED_AFTER = re.compile(  # "Ленинский проспект 81"
    rf"{_NO_LETTER}(?P<street>[а-я][а-я-]+(?:\s[а-я][а-я-]+)?)\s+{_FULL_MARK}{_END}\.?[\s,]*"
    rf"{_HOUSE_WORD}{_HOUSE}{_TAIL}"
)
_ENGLISH = re.compile(  # "10 Gorky street", "Gorky street 10"
    rf"(?P<house>\d{{1,4}}[a-e]?),?\s+(?P<street>{_LATIN}(?:\s{_LATIN})?)\s+{_ENGLISH_MARK}(?![a-z])"
    rf"|(?P<street2>{_LATIN})\s+{_ENGLISH_MARK}\.?,?\s+(?:house\s+)?(?P<house2>\d{{1,4}}[a-e]?)"
)
_UNMARKED = re.compile(  # "Театральная 30", "Театральная 30 14"
    r"(?:(?<=^)|(?<=[,.;:\n]\s)|(?<=[,.;:\n])|(?<=\s))"
    r"(?P<street>(?:[а-яa-z][а-яa-z-]+\s+){0,2}[а-яa-z][а-яa-z-]{2,})[\s,]+"
    rf"{_HOUSE_WORD}{_HOUSE}{_TAIL}(?:\s+(?P<flat2>\d{{1,4}})\s*$)?{_NOT_HOUSE}"
)
_DATE_STREET = re.compile(  # "9 апреля 15"
    rf"^\s*(?P<street>\d{{1,2}}\s+(?:{_PLACES['date_street']}))\s+{_HOUSE}{_TAIL}"
)
_HOUSE_ONLY = re.compile(rf"{_NO_LETTER}(?=дом|д|house){_HOUSE_WORD}{_HOUSE}{_TAIL}")
_BARE = re.compile(  # "30-14", "30, кв 14"
    rf"\s*{_HOUSE_WORD}{_HOUSE}{_TAIL}(?:[\s,]+(?:кв\w*\.?\s*)?(?P<flat2>\d{{1,4}}))?\s*[.!]?\s*"
)

_ORDINALS = {word: number for number, words in _PLACES["ordinal"].items() for word in words.split()}
_ORDINAL = "|".join(_ORDINALS)
_NTH = r"\s*-?\s*(?:й|ый|ий|ой|м|ом|ем|я|ая|ю|st|nd|rd|th)?\s*"
_NUMBER = r"(?:№|#|no\.?)?\s*"
_FLAT = re.compile(
    rf"{_NO_LETTER}(?:кв(?:артир[аеуы])?|apt|apartment|flat|unit|офис\w?|оф)\.?\s*{_NUMBER}(\d{{1,4}}[а-я]?){_END}"
)
_FLAT_AFTER = re.compile(rf"(?<![\d-])(\d{{1,4}}){_NTH}(?:кв|квартир[аеу]){_END}")
_ENTRANCE = re.compile(
    rf"(?:подъезд\w?|подьезд\w?|под\.|парадн\w+|entrance)\s*{_NUMBER}(\d{{1,2}}){_END}"
    rf"|(?<!\d)(\d{{1,2}}){_NTH}(?:подъезд|подьезд|парадн|entrance|под\.)"
    rf"|({_ORDINAL}) (?:подъезд|подьезд|entrance)"
)
_FLOOR = re.compile(
    rf"{_NO_LETTER}(?:этаж\w?|эт\.?|floor)\s*{_NUMBER}(\d{{1,2}}){_END}"
    rf"|(?<!\d)(\d{{1,2}}){_NTH}(?:этаж|эт{_END}|floor)"
    rf"|({_ORDINAL}) (?:этаж|floor)"
)
_INTERCOM = re.compile(
    r"(?:код домофона|код двери|код подъезда|домофон\w?|код|intercom|door code|entry code|gate code|code)"
    rf"\s*[:-]?\s*([\d*#]{{1,8}}[кkвv]?[\d#*]{{0,6}}){_END}"
)
_BUILDING = re.compile(rf"{_NO_LETTER}(?:корпус\w?|корп)\.?\s*(\d{{1,3}}[а-я]?){_END}")
_STRUCTURE = re.compile(rf"{_NO_LETTER}(?:строение|стр)\.?\s*(\d{{1,3}}[а-я]?){_END}")

_SHORT = 3  # letters; shorter words are no streets
# Endings that streets named for people or peoples have in the genitive.
_GENITIVE = (
    "ого", "его", "ова", "ева", "ина", "ына", "ича", "на", "ко", "ая", "ой", "да", "ра", "та",
)  # fmt: skip
_MASCULINE = ("ский", "цкий")  # "Ленинский 30": an avenue, if we asked where
_ON = re.compile(r"(?<![а-я])(?:на|по)\s+$")
_LATIN_ENDINGS = ("aya", "ogo", "eva", "ova", "ina", "skiy", "sky", "skaya", "oy")
_NOT_STREET = particles("not_street")


@dataclass(frozen=True, slots=True)
class Place:
    """An address found, and where in the text, so that nothing else is read from there."""

    identity: Identity
    spans: tuple[tuple[int, int], ...] = ()
    maybe: Identity | None = None  # more, but only if it answers "where?"


def find_address(text: Text) -> Place:
    """Return the address of a text; what was said without a marker may be uncertain."""
    spans: list[tuple[int, int]] = []
    parts: dict[str, str] = {}
    for name, pattern in (
        ("flat", _FLAT),
        ("entrance", _ENTRANCE),
        ("floor", _FLOOR),
        ("intercom", _INTERCOM),
    ):
        if match := pattern.search(text.lower):
            said = str(next(group for group in match.groups() if group))
            parts[name] = _ORDINALS.get(said, said)
            spans.append(match.span())
    if "flat" not in parts and (match := _FLAT_AFTER.search(text.lower)):
        parts["flat"] = match[1]
        spans.append(match.span())
    street, is_certain = _street(text)
    if street and not is_certain:
        return Place(_identity(parts), tuple(spans), _identity(_groups(street, text) | parts))
    if street:
        parts = _groups(street, text) | parts
        spans.append(street.span())
    elif match := _HOUSE_ONLY.search(text.lower):
        parts = _groups(match, text) | parts
        spans.append(match.span())
    for name, pattern in (("building", _BUILDING), ("structure", _STRUCTURE)):
        if name not in parts and (match := pattern.search(text.lower)):
            parts[name] = match[1]
            spans.append(match.span())
    return Place(_identity(parts), tuple(spans))


def bare_address(text: Text) -> Identity | None:
    """Return what a text is if it is nothing but an address: "30-14", "30, кв 14", "9 апреля 15"."""
    if match := _DATE_STREET.match(text.lower):
        return _identity(_groups(match, text))
    if not (match := _BARE.fullmatch(text.lower)):
        return None
    parts = {name: value for name, value in match.groupdict().items() if value}
    flat = parts.pop("flat2", None)
    if flat and "flat" not in parts:
        parts["flat"] = flat
    return _identity(parts)


def _identity(parts: dict[str, str]) -> Identity:
    """Make an identity of the address parts found; `cities` is the one field that is no text."""
    return Identity(
        street=parts.get("street"),
        house=parts.get("house"),
        building=parts.get("building"),
        structure=parts.get("structure"),
        flat=parts.get("flat"),
        entrance=parts.get("entrance"),
        floor=parts.get("floor"),
        intercom=parts.get("intercom"),
    )


def _street(text: Text) -> tuple[re.Match[str] | None, bool]:
    lower = text.lower
    for pattern in (_MARKED, _MARKED_AFTER, _ENGLISH):
        for match in pattern.finditer(lower):
            name = (match["street"] or match["street2"]) if pattern is _ENGLISH else match["street"]
            words = name.split()
            if words[0] not in _NOT_STREET and not (words[0][0].isdigit() and words[-1] in _NOT_STREET):
                return match, True
    place = 0
    while unmarked := _UNMARKED.search(lower, place):
        found, certain = _as_street(unmarked, text)
        if found:
            return found, certain
        place = unmarked.start("street") + len(unmarked["street"].split()[0])
    return None, True


def _as_street(match: re.Match[str], text: Text) -> tuple[re.Match[str] | None, bool]:
    """Judge words before a number: a street for sure, perhaps one, or none."""
    words = match["street"].split()
    for count in range(1, len(words)):  # "не работает, живу Киевская 25": keep the last words only
        if not _may_be_street(words[count - 1], text, match):
            shorter = _UNMARKED.match(text.lower, match.start("street") + len(" ".join(words[:count])) + 1)
            return _as_street(shorter, text) if shorter else (None, False)
    last = words[-1]
    if not _may_be_street(last, text, match):
        return None, False
    start = match.start("street")
    is_capital = text.plain[start].isupper()
    tags = grammemes(last)
    is_common_adjective = "Qual" in tags and not is_capital
    return match, not is_common_adjective and not last.endswith(_MASCULINE)


def _may_be_street(word: str, text: Text, match: re.Match[str]) -> bool:
    if word in _NOT_STREET or len(word) < _SHORT:
        return False
    place = text.lower.find(word, match.start("street"))
    is_capital = text.plain[place].isupper()
    if not is_cyrillic(word):
        return is_capital and word.endswith(_LATIN_ENDINGS)
    tags = grammemes(word)
    is_adjective = "ADJF" in tags and "Anum" not in tags
    is_feminine = is_adjective and "femn" in tags and word.endswith(("ая", "яя"))
    is_where = is_adjective and word.endswith("ой") and _ON.search(text.lower, 0, place) is not None
    is_of_person = bool("gent" in tags and tags & {"Surn", "Name", "Geox"}) and word.endswith(_GENITIVE)
    return (
        word in _STREETS
        or is_feminine
        or is_where
        or (is_adjective and word.endswith(_MASCULINE))
        or is_of_person
        or word.endswith(("ского", "цкого"))
        or (is_capital and not is_known(word))
    )


_STREETS = frozenset(table("places")["streets"].split())


def _groups(match: re.Match[str], text: Text) -> dict[str, str]:
    parts = {name.rstrip("2"): value for name, value in match.groupdict().items() if value}
    for name in ("street", "street2"):
        if name in match.groupdict() and match[name]:
            parts["street"] = _cased(_named(text.plain[match.start(name) : match.end(name)].strip(" .,")))
    if "house" in parts:
        parts["house"] = parts["house"].replace(" ", "")
    return parts


def _named(street: str) -> str:
    """Return "Театральная" for "на Театральной"; other streets keep their form."""
    if " " in street or not street.endswith("ой"):
        return street
    return next((str(form) for form in _feminine(street.lower())), street)


def _feminine(word: str) -> Iterator[str]:
    for parse in morphology().parse(word):
        if {"ADJF", "femn"} <= parse.tag.grammemes and (nominative := parse.inflect({"nomn"})):
            yield nominative.word


def _cased(street: str) -> str:
    """Write a street with capitals, except for words like "года" and "апреля"."""
    words = street.split()
    if words[0][0].isdigit():
        return " ".join(words)
    return " ".join(word[:1].upper() + word[1:] for word in words)
