"""Small numbers among the pieces of a text: "28", "двадцать один", "28-го", "twenty-eighth"."""

from core.language.when.timewords import Pieces
from core.language.words import grammemes, is_cyrillic

TENS = frozenset({"20", "30", "40", "50"})
DIGITS_MAX = 4

Number = tuple[int, int]  # the value, and the place behind it
_OBLIQUE = frozenset({"gent", "loct", "ablt", "datv"})
_NOT_PLURAL = frozenset(
    {
        "is",
        "was",
        "this",
        "thanks",
        "works",
        "sounds",
        "does",
        "suits",
        "has",
        "yes",
        "as",
        "us",
        "his",
        "its",
    }
)


def cardinal(p: Pieces, i: int) -> Number | None:
    """Read "28", "двадцать один", "9-ти" or "пара"."""
    if p[i].digits:
        return _behind_ending(p, i, "cardinal") if len(p[i].digits) <= DIGITS_MAX else None
    value = p[i].get("cardinal")
    if value is None or "." in value:
        return None
    after = i + 2 if p[i + 1].text == "-" and p[i + 1].is_glued else i + 1
    unit = p[after].get("cardinal")
    if value in TENS and unit is not None and "." not in unit and 0 < int(unit) < 10:  # noqa: PLR2004
        return int(value) + int(unit), after + 1
    return int(value), i + 1


def ordinal(p: Pieces, i: int) -> Number | None:
    """Read "28-го", "28th", "двадцать восьмого" or "twenty-eighth"; bare digits are no ordinal."""
    if p[i].digits:
        found = _behind_ending(p, i, "ordinal") if len(p[i].digits) <= 2 else None  # noqa: PLR2004
        return found if found and found[1] > i + 1 else None
    if (value := p[i].get("ordinal")) is not None:
        return int(value), i + 1
    tens = p[i].get("cardinal")
    after = i + 2 if p[i + 1].text == "-" and p[i + 1].is_glued else i + 1
    unit = p[after].get("ordinal")
    if tens in TENS and unit is not None and int(unit) < 10:  # noqa: PLR2004
        return int(str(tens)) + int(unit), after + 1
    return None


def amount(p: Pieces, i: int) -> tuple[float, int] | None:
    """Read how many: "3", "полтора", "1.5"."""
    if p[i].digits and p[i + 1].text in (".", ",") and p[i + 1].is_glued and p[i + 2].is_glued:
        if p[i + 2].digits:
            return float(f"{p[i].digits[:DIGITS_MAX]}.{p[i + 2].digits[:DIGITS_MAX]}"), i + 3
        return None
    if (value := p[i].get("cardinal")) is not None and "." in value:
        return float(value), i + 1
    return cardinal(p, i)


def is_counted(p: Pieces, i: int) -> bool:
    """Tell whether the piece at a place is a thing that the number before it counts, no hour then."""
    piece = p[i]
    if piece.get("counted"):
        return True
    if piece.senses or not piece.text[:1].isalpha():
        return False
    if is_cyrillic(piece.text):
        found = grammemes(piece.text)
        is_thing = "NOUN" in found and "ADVB" not in found and "VERB" not in found
        return is_thing and bool(found & _OBLIQUE) and ("anim" not in found or "plur" in found)
    return piece.text.endswith("s") and not piece.text.endswith("ss") and piece.text not in _NOT_PLURAL


def _behind_ending(p: Pieces, i: int, sort: str) -> Number:
    """Pass over an ending that is glued to digits: "28-го", "9ти", "28th"."""
    value, after = int(p[i].digits), i + 1
    if p[after].is_glued and p[after].is_one("ending", sort):
        return value, after + 1
    if p[after].text == "-" and p[after].is_glued and p[after + 1].is_one("ending", sort):
        return value, after + 2
    return value, after
