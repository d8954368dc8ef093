"""A text as typed pieces, words and numbers, for the grammars of who and where.

Unlike the tokens of `normalise`, pieces keep hyphens ("пр-т", "Иванова-Петрова"), and numbers that
are said in words ("сорок пятая") are numbers already.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from operator import attrgetter

from core.language.lexicon import table
from core.language.normalise import Text

_PIECE = re.compile(r"\d+|[a-zà-öø-ɏа-я]+(?:['-][a-zà-öø-ɏа-я]+)*")  # "Ayşe", "Müller"
_GLUED = re.compile(r"(?<=[а-яёa-z])(?=[А-ЯЁ])")  # "улГорького"
_NTH = re.compile(  # "3-й", "3й"; but "49е" is a house
    r"(?:-(?:[юехя]|ми)|-?(?:ого|его|ый|ий|ой|го|му|ом|ем|ая|ую|ое|й|м|я|st|nd|rd|th))(?![а-яa-z\d])"
)
_BREAK = re.compile(r"[,;\n!?()\"|]|\s-\s|\s/\s|/(?=\D)")
_NO_BREAK = frozenset({"", " ", "-", "."})  # nearly every gap
SHOUTED_MIN = 2  # words
_TEN, _HUNDRED = 10, 100


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or a number of a text.

    Attributes:
        text: Lower case, without ё.
        shown: As written.
        gap: What stands between it and the piece before it.
        digits: The number's digits, or None for a word.
        is_ordinal: Said or written as "третий", "3-й", "3rd".
        is_spoken: Said in words.
    """

    text: str
    shown: str
    start: int
    end: int
    gap: str
    digits: str | None = None
    is_ordinal: bool = False
    is_spoken: bool = False

    def spelt(self, shown: str) -> "Piece":
        """Return the piece with other letters in the same place."""
        return replace(self, text=shown.lower().replace("ё", "е"), shown=shown)

    @property
    def is_number(self) -> bool:
        """Tell a number from a word."""
        return self.digits is not None

    @property
    def is_capital(self) -> bool:
        """Tell whether it was written with a capital letter."""
        return self.shown[:1].isupper()

    @property
    def is_apart(self) -> bool:
        """Tell whether a comma, a bracket or the like stands before it."""
        return self.gap not in _NO_BREAK and _BREAK.search(self.gap) is not None


@dataclass(frozen=True, slots=True)
class _Spoken:
    value: int
    is_ordinal: bool


def pieces(text: Text) -> tuple[Piece, ...]:
    """Return a text's words and numbers, in order."""
    if text.plain.isupper() and len(text.tokens) > SHOUTED_MIN:  # capitals tell nothing there
        text = replace(text, plain=text.lower)
    return tuple(_join(list(_split(text))))


def at(words: Sequence[Piece], position: int) -> int:
    """Return the place of the first piece at or after a position."""
    return bisect_left(words, position, key=attrgetter("start"))


def _room(value: int) -> int:
    """Return below what a number may be that goes on this one: 900 takes 1…99, 20 takes 1…9."""
    if value >= _HUNDRED and value % _HUNDRED == 0:
        return _HUNDRED
    return _TEN if value > _TEN and value % _TEN == 0 else 0


def _split(text: Text) -> Iterator[Piece]:
    last = 0
    for match in _PIECE.finditer(text.lower):
        start, end = match.span()
        if start < last:  # the ending of "3-й"
            continue
        if match.group()[0].isdigit():
            nth = _NTH.match(text.lower, end)
            stop = nth.end() if nth else end
            gap = text.lower[last:start]
            yield Piece(
                match.group(), text.plain[start:stop], start, stop, gap,
                digits=match.group(), is_ordinal=nth is not None,
            )  # fmt: skip
            last = stop
            continue
        for cut in (*_cuts(text, start, end), end):
            word = text.lower[start:cut].lstrip("-")
            start = cut - len(word)
            yield Piece(word, text.plain[start:cut], start, cut, text.lower[last:start])
            start = last = cut


def _cuts(text: Text, start: int, end: int) -> Iterator[int]:
    """Return where words were written together: "улГорького", "twenty-five"."""
    shown, word = text.plain[start:end], text.lower[start:end]
    if not shown[1:].islower():
        yield from (start + glue.start() for glue in _GLUED.finditer(shown))
    if "-" not in word:
        return
    parts = word.split("-")
    if all(part in _numerals() for part in parts):
        for part in parts[:-1]:
            start += len(part) + bool(text.lower[start] == "-")
            yield start


def _join(split: Sequence[Piece]) -> Iterator[Piece]:
    """Join number words that make one number: "сто двадцать шестая" is 126."""
    place = 0
    while place < len(split):
        piece = split[place]
        first = None if piece.is_number else _numerals().get(piece.text)
        if first is None:
            yield piece
            place += 1
            continue
        value, last, spoken = first.value, place, first
        while not spoken.is_ordinal and last + 1 < len(split) and not split[last + 1].is_apart:
            spoken = _numerals().get(split[last + 1].text, _Spoken(0, is_ordinal=False))
            if split[last + 1].text == "hundred" and value < _TEN:
                value, last = value * _HUNDRED, last + 1
                continue
            if not 0 < spoken.value < _room(value):
                break
            value, last = value + spoken.value, last + 1
        end, shown = split[last].end, " ".join(each.shown for each in split[place : last + 1])
        is_ordinal = _numerals()[split[last].text].is_ordinal
        yield Piece(
            piece.text, shown, piece.start, end, piece.gap,
            digits=str(value), is_ordinal=is_ordinal, is_spoken=True,
        )  # fmt: skip
        place = last + 1


@cache
def _numerals() -> dict[str, _Spoken]:
    numerals = table("numerals")
    found = {
        word: _Spoken(int(value), is_ordinal=False)
        for value, words in numerals["cardinal"].items()
        for word in words.split()
    }
    endings = numerals["ordinal_endings"].split()
    for value, words in numerals["ordinal"].items():
        russian, *english = words.split()
        for word in (*(russian + ending for ending in endings), *english):
            found.setdefault(word, _Spoken(int(value), is_ordinal=True))
    return found
