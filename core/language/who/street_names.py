"""How a street is written on an envelope: "на Большой Песочной" is "Большая Песочная"."""

from collections.abc import Sequence
from functools import lru_cache

from core.language.lexicon import table
from core.language.who.pieces import Piece
from core.language.words import grammemes, is_cyrillic, morphology

DATED = frozenset(table("addresses")["dated"].split())
_NAMED_FOR = frozenset({"имени", "им"})
_FEMININE, _MASCULINE, _NEUTER = ("ой", "ей", "ую", "юю"), ("ом", "ем"), ("ом", "ем", "ого")


def called(name: Sequence[Piece], gender: str | None, kind: str | None) -> str:
    """Return the name of a street with capitals, its adjectives in the nominative.

    Args:
        gender: Of the word for the street: `femn`, `masc`, `neut`; None where it has none.
        kind: That word as it was written, "проспекте".
    """
    if len(name) > 1 and name[0].text in _NAMED_FOR:
        name = name[1:]
    shown = [_numbered(name, place, gender) for place in range(len(name))]
    if is_cyrillic(name[-1].text) and "ADJF" in grammemes(name[-1].text):
        shown = [
            part if word.is_number else _nominative(part, gender, kind)
            for part, word in zip(shown, name, strict=True)
        ]
    if not name[0].is_number:
        shown = [_capital(part) for part in shown]
    street = ""
    for place, (word, part) in enumerate(zip(name, shown, strict=True)):
        is_second_initial = len(word.text) == 1 and street.endswith(".")
        is_short = place + 1 < len(name) and "." in name[place + 1].gap
        glue = "" if not street or is_second_initial else "-" if word.gap == "-" else " "
        street += glue + part + ("." if is_short else "")
    return street


def _numbered(name: Sequence[Piece], place: int, gender: str | None) -> str:
    """Return a word as written, a spoken number in digits, "1-й Советской" as "1-я"."""
    word = name[place]
    is_dated = place + 1 < len(name) and name[place + 1].text in DATED
    if word.is_spoken:
        return str(word.digits) + ("-я" if word.is_ordinal and not is_dated else "")
    if word.is_ordinal and is_dated:
        return str(word.digits)
    if word.is_ordinal and gender in (None, "femn") and word.shown.endswith(("-й", "-ой", "-ю")):
        return f"{word.digits}-я"
    return word.shown


def _capital(word: str) -> str:
    return "-".join(part[:1].upper() + part[1:] for part in word.split("-"))


def _nominative(word: str, gender: str | None, kind: str | None) -> str:
    lower = word.lower()
    is_said_oblique = kind is None or is_oblique(kind)
    match gender:
        case None | "femn":
            is_turned = lower.endswith(_FEMININE) and (is_said_oblique or lower.endswith(_FEMININE[2:]))
        case "masc":
            is_turned = lower.endswith(_MASCULINE) or (lower.endswith("ого") and is_said_oblique)
        case _:
            is_turned = gender == "neut" and lower.endswith(_NEUTER)
    turned = _inflected(lower, gender or "femn") if is_turned else None
    return (turned.capitalize() if word[0].isupper() else turned) if turned else word


def is_oblique(kind: str) -> bool:
    """Tell whether a type word stands in another case: "улице", "проспекте"."""
    return kind.endswith(("е", "у", "ы", "и", "ей", "ом")) or kind in (
        "проспекта",
        "переулка",
        "бульвара",
        "проезда",
    )


@lru_cache(maxsize=1024)
def _inflected(word: str, gender: str) -> str | None:
    for parse in morphology().parse(word):
        tags = parse.tag.grammemes
        if "ADJF" in tags and "Poss" not in tags and gender in tags:
            nominative = parse.inflect({"nomn"})
            return str(nominative.word) if nominative else None
    return None
