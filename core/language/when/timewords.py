"""Cut a text into the pieces of which times are said: numbers, words of time, signs, other words.

The words are those of `calendar.toml`. Whatever is said about days and hours is then read by
grammars over pieces (`clocks`, `days`, `moments`), never over letters.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from core.language.lexicon import table

SHORT = 5  # letters; a full stop behind a shorter word of time only shortens it ("пн.")
MARGIN = 6  # empty pieces around a text, so that a grammar may look back and ahead

_TOKEN = re.compile(r"\d+|[a-zа-я]+(?:'[a-z]+)?|\.{2,}|…|\S")
_HALF_TO = "пол"  # "полдевятого" is said as "пол девятого"
_NOT_WORDS = frozenset({"spelling"})  # tables of calendar.toml for other readers
_SHORTENED = frozenset({"weekday", "month", "unit", "hourly", "which"})

Senses = Mapping[str, str]
_NONE: Senses = {}


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, a phrase, a number or a sign of a text.

    Attributes:
        start: Its first letter's place in the text; `end` is behind its last.
        senses: What it may be: `{"weekday": "4"}`, or `{"lead": "from"}`; "дня" is a unit and a half.
        digits: The digits of a number as written, else "".
        is_glued: Nothing stands between it and the piece before.
    """

    text: str = ""
    start: int = 0
    end: int = 0
    senses: Senses = field(default_factory=dict)
    digits: str = ""
    is_glued: bool = False

    def get(self, sense: str) -> str | None:
        """Return what the piece is in a sense, or None."""
        return self.senses.get(sense)

    def is_one(self, sense: str, *values: str) -> bool:
        """Tell whether the piece is one of these in a sense, or anything in it if none are named."""
        found = self.senses.get(sense)
        return found is not None and (not values or found in values)


Pieces = Sequence[Piece]
_EMPTY = Piece()


@dataclass(slots=True)
class _Node:
    """A place in the tree of phrases."""

    words: dict[str, "_Node"] = field(default_factory=dict)
    starts: dict[str, "_Node"] = field(default_factory=dict)
    senses: dict[str, str] = field(default_factory=dict)

    def step(self, word: str) -> Iterable["_Node"]:
        """Return the places that a word leads to."""
        if word in self.words:
            yield self.words[word]
        for start, node in self.starts.items():
            if word.startswith(start):
                yield node


class _Vocabulary:
    """All phrases of the calendar, as a tree of words."""

    def __init__(self) -> None:
        self._root = _Node()
        for sense, entries in table("calendar").items():
            if sense not in _NOT_WORDS:
                for value, phrases in entries.items():
                    for phrase in phrases:
                        self._plant(phrase, sense, value)
        self._first = lru_cache(maxsize=8192)(self._roots)

    def _plant(self, phrase: str, sense: str, value: str) -> None:
        nodes = [self._root]
        for part in phrase.split():
            is_optional = len(part) > 1 and part.endswith("?")
            choices = (part[:-1] if is_optional else part).split("|") if len(part) > 1 else [part]
            after = [self._branch(node, choice) for node in nodes for choice in choices]
            nodes = after + nodes if is_optional else after
        for node in nodes:
            if node is not self._root:
                node.senses.setdefault(sense, value)

    def _branch(self, node: _Node, choice: str) -> _Node:
        if len(choice) > 1 and choice.endswith("*"):
            return node.starts.setdefault(choice[:-1], _Node())
        return node.words.setdefault(choice, _Node())

    def _roots(self, word: str) -> tuple[_Node, ...]:
        return tuple(self._root.step(word))

    def longest(self, words: Sequence[str], place: int) -> tuple[int, Senses]:
        """Return how many words the longest phrase at a place takes, and its senses."""
        best, senses = 1, dict[str, str]()
        nodes: Sequence[_Node] = self._first(words[place])
        length = 1
        while nodes:
            found: dict[str, str] = {}
            for node in nodes:
                found = node.senses | found
            if found:
                best, senses = length, found
            if place + length >= len(words):
                break
            following = words[place + length]
            nodes = [after for node in nodes for after in node.step(following)]
            length += 1
        return best, senses


@lru_cache(maxsize=1)
def _vocabulary() -> _Vocabulary:
    return _Vocabulary()


@lru_cache(maxsize=4)
def cut(lower: str) -> tuple[Piece, ...]:
    """Return a text's pieces, with empty ones before and behind them."""
    vocabulary = _vocabulary()
    tokens = [token for match in _TOKEN.finditer(lower) for token in _tokens(match)]
    words = [text for text, _, _ in tokens]
    pieces = [_EMPTY] * MARGIN
    place, last = 0, -1
    while place < len(tokens):
        text, start, end = tokens[place]
        if text == "." and start == last and pieces[-1].senses.keys() & _SHORTENED and _is_short(pieces[-1]):
            place, last = place + 1, end
            continue
        length, senses = (
            (1, _NONE) if text.isdigit() and not _leads(words, place) else vocabulary.longest(words, place)
        )
        end = tokens[place + length - 1][2]
        digits = text if length == 1 and text.isdigit() and text.isascii() else ""
        phrase = " ".join(words[place : place + length])
        pieces.append(Piece(phrase, start, end, senses, digits, is_glued=start == last))
        place, last = place + length, end
    end = len(lower)
    return (*pieces, *[Piece(start=end, end=end)] * MARGIN)


def _leads(words: Sequence[str], place: int) -> bool:
    """Tell whether a number may begin a phrase, as in "24 / 7" and "1 / 2 часа"."""
    return place + 2 < len(words) and words[place + 1] in ("/", "noon", "days", "-")


def _is_short(piece: Piece) -> bool:
    return len(piece.text) < SHORT and " " not in piece.text


def _tokens(match: re.Match[str]) -> Iterable[tuple[str, int, int]]:
    """Cut "полдевятого" in two, and leave everything else whole."""
    word, start, end = match.group(), match.start(), match.end()
    rest = word.removeprefix(_HALF_TO)
    if rest != word and _is_ordinal(rest):
        middle = start + len(_HALF_TO)
        return ((_HALF_TO, start, middle), (rest, middle, end))
    return ((word, start, end),)


@lru_cache(maxsize=256)
def _is_ordinal(word: str) -> bool:
    return bool(word) and "ordinal" in _vocabulary().longest((word,), 0)[1]
