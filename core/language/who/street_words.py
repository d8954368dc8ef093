"""Words that may be a street: what their names end with, and which words lead to the next one."""

from collections.abc import Sequence
from functools import lru_cache

from core.language.lexicon import table
from core.language.respell import is_english
from core.language.who.address_numbers import MARKS, MONTHS
from core.language.who.pieces import Piece
from core.language.who.street_names import DATED
from core.language.words import grammemes, is_cyrillic, is_known, morphology

_WORDS = table("addresses")
_RANKS = frozenset(_WORDS["rank"].split())
_GOES_ON = frozenset(_WORDS["goes_on"].split())
_COMMON = frozenset(_WORDS["streets"].split())
_VAGUE = frozenset(_WORDS["vague"].split())
# Endings that streets named for people or peoples have in the genitive.
_GENITIVE = (
    "ого", "его", "ова", "ева", "ина", "ына", "ича", "на", "ко", "ая", "ой", "да", "ра", "та",
)  # fmt: skip
_LIKE_GENITIVE = ("ого", "его", "ой", "а", "я", "и", "ы", "е", "о")  # or has no cases, "Фрунзе"
_LATIN_ENDINGS = ("aya", "ogo", "eva", "ova", "ina", "skiy", "sky", "skaya", "oy", "tsa", "ze", "mira")
_MASCULINE = ("ский", "цкий")  # "Ленинский 30": an avenue, if we asked where


def judge(words: Sequence[Piece], first: int, last: int) -> tuple[bool, bool]:
    """Return whether words before a house are a street, and whether for sure."""
    word = words[last]
    if words[first].is_number and word.text in DATED:
        return True, words[first].is_number and word.text not in MONTHS
    if not is_cyrillic(word.text):
        is_street = word.is_capital and not is_english(word.text)
        return is_street, is_street and word.text.endswith(_LATIN_ENDINGS)
    tags = grammemes(word.text)
    if word.text in _VAGUE and not word.is_capital:
        return False, False
    is_on = first > 0 and words[first - 1].text in ("на", "по", "с", "у", "в")
    is_adjective = "ADJF" in tags and not tags & {"Anum", "Apro"}
    is_feminine = is_adjective and word.text.endswith(("ая", "яя"))
    is_where = is_adjective and word.text.endswith("ой") and is_on
    is_of_person = bool("gent" in tags and tags & {"Surn", "Name", "Geox"}) and word.text.endswith(_GENITIVE)
    is_masculine = is_adjective and word.text.endswith(_MASCULINE)
    is_unknown = word.is_capital and not is_known(word.text)
    is_led = first < last and (
        "gent" in tags or is_feminine or words[first].is_number or words[last - 1].text in _RANKS
    )
    is_fixed = {"Surn", "Fixd"} <= tags  # "Фрунзе" has no cases
    is_sure = word.text in _COMMON or is_feminine or is_where or is_of_person or is_led
    is_sure = is_sure or (is_on and words[first - 1].text == "на" and _is_of_people(word.text))
    is_sure = is_sure or word.text.endswith(("ского", "цкого")) or (is_fixed and (is_on or word.is_capital))
    is_plain = "gent" in tags and "NOUN" in tags and not tags & {"VERB"}
    is_quality = "Qual" in tags and not word.is_capital
    return (
        is_sure or is_masculine or is_unknown or (is_plain and word.is_capital) or is_fixed,
        (is_sure or (is_unknown and is_on)) and not is_quality and not is_masculine,
    )


@lru_cache(maxsize=2048)
def _is_of_people(word: str) -> bool:
    """Tell whether a street may be called after people of one kind: "Чекистов", "Металлистов"."""
    tags = (parse.tag.grammemes for parse in morphology().parse(word))
    return any({"NOUN", "anim", "plur", "gent"} <= tag for tag in tags)


def is_likely(words: Sequence[Piece], first: int, last: int, *, is_oblique: bool) -> bool:
    """Tell whether a name beside a type word is one although no house follows."""
    word = words[last]
    if word.is_capital or first < last or not is_cyrillic(word.text):
        return True
    tags = grammemes(word.text)
    if tags & {"Surn", "Name"} and "gent" in tags and word.text.endswith(_LIKE_GENITIVE):
        return True
    is_adjective = "ADJF" in tags and "Qual" not in tags
    return word.text in _COMMON or (is_adjective and not (is_oblique and not word.text.endswith("ой")))


def leads(word: Piece, after: Piece) -> bool:
    """Tell whether a word of a street's name calls for the one after it."""
    if word.text in _RANKS or word.text in _GOES_ON or len(word.text) == 1:
        return True
    if word.is_number:
        return True
    tags, follows = grammemes(word.text), grammemes(after.text)
    if {"Name", "gent"} <= tags and "Surn" in follows and {"gent"} & follows:
        return True
    if "ADJF" in tags and not tags & {"Apro", "Anum"} and agrees(word.text, after.text):
        return True
    if not (word.is_capital and after.is_capital and "gent" in follows):
        return False
    return bool(tags & {"Name", "Surn"}) or {"NOUN", "gent"} <= tags  # "Обороны Севастополя"


def is_name_number(words: Sequence[Piece], place: int) -> bool:
    """Tell whether a number is a part of the name: "9 Апреля", "1-я Советская"."""
    if place + 1 >= len(words) or words[place + 1].is_apart or not words[place].is_number:
        return False
    after = words[place + 1]
    if after.text in DATED:
        return True
    return words[place].is_ordinal and "ADJF" in grammemes(after.text) and after.text not in MARKS


@lru_cache(maxsize=2048)
def agrees(adjective: str, noun: str) -> bool:
    """Tell whether an adjective can belong to the word after it."""
    for one in morphology().parse(adjective):
        if "ADJF" not in one.tag:
            continue
        for other in morphology().parse(noun):
            if other.tag.POS not in ("NOUN", "ADJF") or one.tag.case != other.tag.case:
                continue
            if one.tag.number == other.tag.number and one.tag.gender in (None, other.tag.gender):
                return True
    return False
