"""What answers a question for one part of an address: "127", "на пятом", "45к1290", "Чернышевского"."""

from collections.abc import Sequence

from core.language.normalise import Text
from core.language.who.address_numbers import MARKS
from core.language.who.address_parts import CODE, FILLERS, code_value
from core.language.who.pieces import Piece
from core.language.who.street_names import called
from core.language.who.streets import AROUND, NEVER, NO_NAME
from core.language.words import grammemes, is_cyrillic, is_known

_SAID_MAX = 3  # pieces besides "у нас", "это"
_SIGNS = "#*"


def asked_number(text: Text, words: Sequence[Piece]) -> str | None:
    """Return the number or the code that a text is, if it says nothing else."""
    said = _said(words)
    if not said or not any(word.is_number for word in said):
        return None
    if len(said) == 1 and (said[0].is_spoken or said[0].is_ordinal):
        return said[0].digits
    match = CODE.fullmatch(text.lower, said[0].start, _end(text, said[-1]))
    return code_value(match["code"]) if match else None


def asked_street(words: Sequence[Piece]) -> str | None:
    """Return the street that a text is, if its words can be one."""
    said = _said(words)
    if not said or not all(_may_name(word) for word in said):
        return None
    is_masculine = said[-1].text.endswith("ом") and "ADJF" in grammemes(said[-1].text)  # "на Ленинском"
    return called(said, "masc" if is_masculine else None, None)


def _said(words: Sequence[Piece]) -> Sequence[Piece]:
    """Return what is left of a short text without what people say around an answer."""
    said = [word for word in words if word.text not in AROUND and word.text not in FILLERS]
    return said if len(said) <= _SAID_MAX else ()


def _end(text: Text, last: Piece) -> int:
    """Return where a code ends, with its glued letter and the signs of a keypad: "12а", "45#"."""
    end = last.end
    while end < len(text.lower) and (text.lower[end].isalnum() or text.lower[end] in _SIGNS):
        end += 1
    return end


def _may_name(word: Piece) -> bool:
    if word.is_number or word.text in NEVER or word.text in MARKS or len(word.text) == 1:
        return False
    if not is_cyrillic(word.text):
        return word.is_capital
    tags = grammemes(word.text)
    is_name = bool({"gent", "ADJF"} & tags) or (word.is_capital and "nomn" in tags)
    return not tags & NO_NAME and (is_name or not is_known(word.text))
