"""Names that no table knows, where a name is sure to stand: "Баир Цыренов", and misspelt ones: "Алексанр"."""

from collections.abc import Sequence
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.language.lexicon import table
from core.language.who.names import Found, joined, readings_of
from core.language.who.pieces import Piece
from core.language.words import grammemes, is_cyrillic, is_known
from core.meaning import Identity

_NAMES = table("names")
_NOT_NAME = frozenset(_NAMES["not_name"].split())
_LIKE_SURNAME = tuple(_NAMES["like_surname"].split())
_LETTERS_MIN = 6  # of a misspelt name; a shorter one may be another
_SINGLE_MIN = 4
_PAIR = 2


def read_unlisted_name(run: Sequence[Piece]) -> Found | None:
    """Return the first name and the surname that two words with capitals are, in either order."""
    words = joined(run)[:_PAIR]
    if len(words) < _PAIR or not all(word.is_capital and is_cyrillic(word.text) for word in words):
        return None
    first, last = words
    if not _is_surname(last):
        first, last = last, first
    if not (_is_surname(last) and _may_name(first)):
        return None
    return Found(Identity(first=_capital(first), last=_capital(last)), _PAIR)


def read_single_name(words: Sequence[Piece]) -> Found | None:
    """Return the first name that a word with a capital is, if it is no word of the dictionary."""
    if len(words) != 1 or len(words[0].text) < _SINGLE_MIN or not _may_name(words[0]):
        return None
    is_said = {"VERB", "INFN", "INTJ", "PRED"} & grammemes(words[0].text)  # "Незнаю"
    return None if is_said else Found(Identity(first=_capital(words[0])), 1)


def mended(word: Piece) -> Piece:
    """Return a frequent first name for a word that misspells it by one letter, else the word itself."""
    meant = _meant(word.text)
    return word.spelt(meant if word.shown.islower() else meant.capitalize()) if meant else word


@lru_cache(maxsize=4096)
def _meant(word: str) -> str | None:
    if len(word) < _LETTERS_MIN or not is_cyrillic(word) or not _is_unheard(word):
        return None
    near = process.extract(word, _frequent(), scorer=OSA.distance, score_cutoff=1, limit=_PAIR)
    return str(near[0][0]) if len(near) == 1 else None


def _is_unheard(word: str) -> bool:
    """Tell whether a word is no word, or one that the dictionary has only for its misspellings of names."""
    return not is_known(word) or ("Name" in grammemes(word) and not readings_of(word))


@cache
def _frequent() -> list[str]:
    return [full.lower().replace("ё", "е") for sex in ("men", "women") for full in _NAMES[sex]]


def _may_name(word: Piece) -> bool:
    if not word.is_capital or not is_cyrillic(word.text) or word.text in _NOT_NAME:
        return False
    return not is_known(word.text) or bool({"Name", "Surn", "Patr"} & grammemes(word.text))


def _is_surname(word: Piece) -> bool:
    return word.text.endswith(_LIKE_SURNAME) or "Surn" in grammemes(word.text)


def _capital(word: Piece) -> str:
    return "-".join(part.capitalize() for part in word.shown.split("-"))
