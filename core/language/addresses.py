"""Addresses as people write them: "Театральная 30, кв 14", "ул. Горького 58а корпус 2", "10 Gorky street"."""

import re
from dataclasses import dataclass

from core.language.lexicon import particles, table
from core.language.normalise import Text
from core.language.words import grammemes, is_known
from core.meaning import Identity

STREET_WORDS_MAX = 4

_END = r"(?![а-яa-z\d])"
_MARK = (
    r"(?:улица|улице|улицу|улицы|ул|проспект\w{0,2}|просп|пр-т|пр-кт|пр|переулок|переулке|пер|бульвар\w{0,2}|бул|б-р|"
    r"шоссе|площадь|площади|пл|проезд\w{0,2}|пр-д|набережная|набережной|наб|аллея|аллее|тупик\w{0,2}|туп)"
)
_FULL_MARK = r"(?:улица|улице|улицу|ул|проспект\w{0,2}|просп|пр-т|переулок|переулке|пер|бульвар\w{0,2}|шоссе|площадь|проезд\w{0,2}|набережная|набережной|аллея|тупик)"
_LETTER = r"(?:[а-я](?![а-яa-z])|[a-e](?![а-яa-z])|\s[аб](?=\s*(?:,|$|кв|корп|\.)))"
_HOUSE = rf"(?P<house>\d{{1,4}}(?:/\d{{1,4}})?(?:(?!\s?[кkв]\s?\d){_LETTER})?)"
_HOUSE_WORD = r"(?:дом\w?|д|house|building no)\.?\s*№?\s*"
_TAIL = (
    r"(?:[\s,]*(?:корпус\w?|корп|к|bldg)\.?\s*(?P<building>\d{1,3}[а-я]?)(?![а-яa-z\d]))?"
    r"(?:[\s,]*(?:строение|стр)\.?\s*(?P<structure>\d{1,3}[а-я]?))?"
    r"(?:\s*-\s*(?P<flat>\d{1,4})(?![\d:.]))?"
)
_NAME = r"(?:\d{1,4}(?:-?[а-я]{1,2})?\s+)?[а-яa-z][а-яa-z.-]*(?:\s+[а-яa-z][а-яa-z.-]*){0,3}?"

_MARKED = re.compile(
    rf"(?<![а-яa-z-]){_MARK}\.?\s+(?P<street>{_NAME})(?=[\s,]*(?:{_HOUSE_WORD})?\d|\s*[,;\n]|\s*$)"
    rf"(?:[\s,]*(?:{_HOUSE_WORD})?{_HOUSE}{_TAIL})?"
)
_MARKED_AFTER = re.compile(
    rf"(?<![а-яa-z])(?P<street>[а-я][а-я-]+(?:\s[а-я][а-я-]+)?)\s+{_FULL_MARK}{_END}\.?[\s,]*(?:{_HOUSE_WORD})?{_HOUSE}{_TAIL}"
)
_ENGLISH = re.compile(
    r"(?P<house>\d{1,4}[a-e]?)\s+(?P<street>[a-z][a-z-]+(?:\s[a-z][a-z-]+)?)\s+(?:street|st|avenue|ave|road|rd|lane|prospekt|prospect|boulevard)(?![a-z])"
    r"|(?P<street2>[a-z][a-z-]+)\s+(?:street|st|avenue|ave|road|rd|lane|prospekt|prospect|boulevard)\.?,?\s+(?:house\s+)?(?P<house2>\d{1,4}[a-e]?)"
)
_UNMARKED = re.compile(
    rf"(?:(?<=^)|(?<=[,.;:\n]\s)|(?<=[,.;:\n])|(?<=\s))(?P<street>(?:[а-яa-z][а-яa-z-]+\s+){{0,2}}[а-яa-z][а-яa-z-]{{2,}})[\s,]+"
    rf"(?:{_HOUSE_WORD})?{_HOUSE}{_TAIL}(?!\s*(?:[:.]\d|час|ч{_END}|мин|руб|р{_END}|тыс|лет|год|шт|раз|дн|числ|метр|вольт|%|°|₽|am|pm|января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|розет|выключател|градус|квт|вт{_END}|ампер))"
)
_DATE_STREET = re.compile(
    rf"^\s*(?P<street>\d{{1,2}}\s+(?:января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря))\s+{_HOUSE}{_TAIL}"
)
_HOUSE_ONLY = re.compile(rf"(?<![а-яa-z]){_HOUSE_WORD}{_HOUSE}{_TAIL}")
_BARE = re.compile(
    rf"\s*(?:{_HOUSE_WORD})?{_HOUSE}{_TAIL}(?:[\s,]+(?:кв\w*\.?\s*)?(?P<flat2>\d{{1,4}}))?\s*[.!]?\s*"
)

_NTH = r"\s*-?\s*(?:й|ый|ий|ой|м|ом|ем|я|ая|ю|st|nd|rd|th)?\s*"
_FLAT = re.compile(
    r"(?<![а-яa-z])(?:кв(?:артир[аеуы])?|apt|apartment|flat|unit|офис\w?|оф)\.?\s*(?:№|#|no\.?)?\s*(\d{1,4}[а-я]?)(?![а-яa-z\d])"
)
_FLAT_AFTER = re.compile(rf"(?<![\d-])(\d{{1,4}}){_NTH}(?:кв|квартир[аеу]){_END}")
_ENTRANCE = re.compile(
    rf"(?:подъезд\w?|подьезд\w?|под\.|парадн\w+|entrance)\s*(?:№|#)?\s*(\d{{1,2}}){_END}|(?<!\d)(\d{{1,2}}){_NTH}(?:подъезд|подьезд|парадн|entrance|под\.)"
)
_FLOOR = re.compile(
    rf"(?<![а-яa-z])(?:этаж\w?|эт\.?|floor)\s*(?:№|#)?\s*(\d{{1,2}}){_END}|(?<!\d)(\d{{1,2}}){_NTH}(?:этаж|эт{_END}|floor)"
)
_INTERCOM = re.compile(
    r"(?:код домофона|код двери|код подъезда|домофон\w?|код|intercom|door code|entry code|gate code|code)\s*[:-]?\s*([\d*#]{1,8}[кkвv]?[\d#*]{0,6})(?![а-яa-z\d])"
)
_BUILDING = re.compile(r"(?<![а-яa-z])(?:корпус\w?|корп)\.?\s*(\d{1,3}[а-я]?)(?![а-яa-z\d])")
_STRUCTURE = re.compile(r"(?<![а-яa-z])(?:строение|стр)\.?\s*(\d{1,3}[а-я]?)(?![а-яa-z\d])")
_NOT_STREET = particles("not_street")


@dataclass(frozen=True, slots=True)
class Place:
    """An address found, and where in the text, so that nothing else is read from there."""

    identity: Identity
    spans: tuple[tuple[int, int], ...] = ()
    is_certain: bool = True  # False: only an answer to "where?"


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
            parts[name] = next(group for group in match.groups() if group)
            spans.append(match.span())
    if "flat" not in parts and (match := _FLAT_AFTER.search(text.lower)):
        parts["flat"] = match[1]
        spans.append(match.span())
    street, is_certain = _street(text)
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
    return Place(Identity(**parts), tuple(spans), is_certain)


def bare_address(text: Text) -> Identity | None:
    """Return what a text is if it is nothing but an address: "30-14", "30, кв 14", "9 апреля 15"."""
    if match := _DATE_STREET.match(text.lower):
        return Identity(**_groups(match, text))
    if not (match := _BARE.fullmatch(text.lower)):
        return None
    parts = {name: value for name, value in match.groupdict().items() if value}
    flat = parts.pop("flat2", None)
    if flat and "flat" not in parts:
        parts["flat"] = flat
    return Identity(**parts)


def _street(text: Text) -> tuple[re.Match[str] | None, bool]:
    lower = text.lower
    for pattern in (_MARKED, _MARKED_AFTER, _ENGLISH):
        for match in pattern.finditer(lower):
            name = (match["street"] or match["street2"]) if pattern is _ENGLISH else match["street"]
            words = name.split()
            if words[0] not in _NOT_STREET and not (words[0][0].isdigit() and words[-1] in _NOT_STREET):
                return match, True
    place = 0
    while match := _UNMARKED.search(lower, place):
        found, certain = _as_street(match, text)
        if found:
            return found, certain
        place = match.start("street") + max(len(match["street"].split()[0]), 1)
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
    return match, not is_common_adjective


def _may_be_street(word: str, text: Text, match: re.Match[str]) -> bool:
    if word in _NOT_STREET or len(word) < 3:
        return False
    if word in _STREETS:
        return True
    if word[0] <= "z":
        place = text.lower.find(word, match.start("street"))
        return text.plain[place].isupper() and word.endswith(
            ("aya", "ogo", "eva", "ova", "ina", "skiy", "sky", "skaya", "oy")
        )
    tags = grammemes(word)
    if "ADJF" in tags and "femn" in tags and word.endswith(("ая", "яя")) and "Anum" not in tags:
        return True
    if word.endswith(("ского", "цкого")):
        return True
    if "gent" in tags and tags & {"Surn", "Name", "Geox"}:
        return word.endswith(
            ("ого", "его", "ова", "ева", "ина", "ына", "ича", "на", "ко", "ая", "ой", "да", "ра", "та")
        )
    place = text.lower.find(word, match.start("street"))
    return text.plain[place].isupper() and not is_known(word)


_STREETS = frozenset(table("places")["streets"].split())


def _groups(match: re.Match[str], text: Text) -> dict[str, str]:
    parts = {name.rstrip("2"): value for name, value in match.groupdict().items() if value}
    for name in ("street", "street2"):
        if name in match.groupdict() and match[name]:
            parts["street"] = _cased(text.plain[match.start(name) : match.end(name)].strip(" .,"))
    if "house" in parts:
        parts["house"] = parts["house"].replace(" ", "")
    return parts


def _cased(street: str) -> str:
    """Write a street with capitals, except for words like "года" and "апреля"."""
    words = street.split()
    if words[0][0].isdigit():
        return " ".join(words)
    return " ".join(word[:1].upper() + word[1:] for word in words)
