"""The words of a text, and how like they are to each entry's own words in the library (tf-idf)."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from core.language.lexicon import particles, phrases, table
from core.language.normalise import Token
from core.language.phrases import is_negated
from core.language.words import lemmas
from core.library.fault import Fault
from core.meaning import Lang, Trade

ROOT, ROOT_LENGTH = "~", 5
DENIAL = "¬"  # before a word that was denied: "не греет"
DENIED_REACH = 2  # words behind "не" that it may deny
DANGER_RANK = 8  # of actions that tell of danger; see actions.toml
FEW = 30.0  # as if a message said some words more that no entry knows, so that a short one is like nothing
TITLE, SYMPTOM = 3, 2  # how often words of each section count; of marks once
_NEGATIONS = particles("negations")
_NOT = frozenset({"не", "not"})
_SIGNS = frozenset({"..", "не", "not"})
_WORD = re.compile(r"[a-zа-я]+|\d+")


class Likeness:
    """The words of the library, and how a message is like each entry in them."""

    def __init__(self, entries: Sequence[Fault]) -> None:
        """Weigh the words of the entries' own texts."""
        self.words: Mapping[str, _Known] = _weighed(entries)

    def like(self, words: Sequence[tuple[int, str]]) -> dict[int, float]:
        """Return the cosine between the message and each entry's own words."""
        counts = {word for word in _roots(word for _, word in words) if word in self.words}
        if not counts:
            return {}
        found: dict[int, float] = defaultdict(float)
        length = math.sqrt(FEW + sum(self.words[word].rarity ** 2 for word in counts))
        for word in counts:
            known = self.words[word]
            for place, weight in known.entries:
                found[place] += known.rarity * weight / length
        return found


@dataclass(frozen=True, slots=True)
class _Known:
    """A word of the library: how rare it is, and what it weighs in each entry."""

    rarity: float
    entries: tuple[tuple[int, float], ...]


@cache
def marks_of(trade: Trade) -> Mapping[str, Any]:
    """Return the table of the entries of a trade: marks, objects, actions."""
    return table(f"entries_{trade}")


@cache
def _dangers() -> frozenset[str]:
    """Return the words of danger: sparks, smoke, heat."""
    return single(entry for entry in table("actions").values() if entry["rank"] >= DANGER_RANK)


def single(actions: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the forms of what actions say in one word."""
    words = (phrase for entry in actions for phrase in phrases(entry) if " " not in phrase)
    return frozenset(form for word in words for choice in word.split("|") for form in forms(choice))


@cache
def forms(choice: str) -> frozenset[str]:
    """Return the dictionary forms of a word of a phrase."""
    if choice.startswith("="):
        return frozenset({choice[1:]})
    own = lemmas(choice)
    return frozenset({choice}) if choice in own else own


def features(tokens: Sequence[Token]) -> list[tuple[int, str]]:
    """Return the dictionary forms of a text with their places; denied ones also as denied."""
    found: list[tuple[int, str]] = []
    denied = 0
    for place, token in enumerate(tokens):
        if token.text in _NEGATIONS:
            denied = DENIED_REACH
            found.append((place, token.text))
            continue
        words = {token.text, *token.lemmas}
        is_denied = place > 0 and tokens[place - 1].text in _NOT and not token.gap.strip()
        if not is_denied and not (words & _dangers() and is_negated(tokens, place)):
            found.extend((place, word) for word in words)
        if denied:
            found.extend((place, DENIAL + word) for word in {token.text, *token.lemmas})
            denied -= 1
    return found


def _weighed(entries: Sequence[Fault]) -> dict[str, _Known]:
    """Weigh the words of the library: often in an entry, seldom in the others."""
    counts = [_counted(fault) for fault in entries]
    seen = Counter(word for words in counts for word in words)
    rarity = {word: math.log(1 + len(entries) / count) for word, count in seen.items()}
    known: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, words in enumerate(counts):
        weights = {word: math.log1p(count) * rarity[word] for word, count in words.items()}
        length = math.sqrt(sum(weight**2 for weight in weights.values())) or 1.0
        for word, weight in weights.items():
            known[word].append((place, weight / length))
    return {word: _Known(rarity[word], tuple(found)) for word, found in known.items()}


def _counted(fault: Fault) -> Counter[str]:
    """Count the words of an entry: of its title, its symptoms and the marks of the tables."""
    counts: Counter[str] = Counter()
    for lang in Lang:
        text = fault.text(lang)
        for often, lines in ((TITLE, (text.title,)), (SYMPTOM, text.symptoms)):
            for line in lines:
                counts.update(dict.fromkeys(_roots(word for _, word in features(_tokens(line))), often))
    for phrase in phrases(marks_of(fault.trade).get(fault.id, {})):
        choices = (choice for part in phrase.split() if part not in _SIGNS for choice in part.split("|"))
        counts.update(_roots(word for choice in choices for word in forms(choice)))
    return counts


def _tokens(line: str) -> list[Token]:
    """Divide a line of ours, which has no misspellings, into words."""
    words = _WORD.finditer(line.lower().replace("ё", "е"))
    return [Token(found.group(), lemmas(found.group()), found.start(), found.end()) for found in words]


def _roots(words: Iterable[str]) -> set[str]:
    """Return words with the roots of the long ones, so that "лампочка" is like "лампа"."""
    found = set(words)
    found |= {
        ROOT + word[:ROOT_LENGTH]
        for word in found
        if len(word) > ROOT_LENGTH and word[0] not in DENIAL + ROOT
    }
    return found
