"""Find the lexicon's phrases in a text: whole words by dictionary form, never parts of words.

A phrase is words separated by spaces. Each word stands for all its forms, and
  `a|b`   is either word,
  `=word` is this very form,
  `wor*`  is anything that begins so,
  `..`    leaps over at most three words (small ones are not counted), but not over a conjunction,
          a comma or the end of a sentence.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from core.language.lexicon import particles
from core.language.normalise import Text, Token
from core.language.words import lemmas

GAP_MAX = 3  # words a leap may pass over, small ones such as "the" not counted
REACH_MAX = 7  # and all words together
_LOOK_BACK = 4
_BREAK = re.compile(r"[.,!?;\n]")
_EITHER = frozenset({"or", "nor", "или"})
_STOP = re.compile(r"[.!?;\n]")
_NEGATIONS = particles("negations")
_ASIDES = particles("asides")
_JOINTS = particles("joints")
_SMALL = particles("small")
_SOFTENERS = particles("softeners")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a phrase."""

    forms: frozenset[str] = frozenset()
    stems: frozenset[str] = frozenset()
    starts: tuple[str, ...] = ()
    is_leap: bool = False

    def fits(self, token: Token) -> bool:
        """Tell whether a token is this word."""
        return (
            token.text in self.forms
            or not self.stems.isdisjoint(token.lemmas)
            or (bool(self.starts) and token.text.startswith(self.starts))
        )


@dataclass(frozen=True, slots=True)
class Phrase:
    """A compiled phrase and what it stands for."""

    label: str
    words: tuple[Word, ...]
    weight: int  # number of words, leaps aside


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase found in a text: tokens `first` to `last`, both included."""

    label: str
    first: int
    last: int
    weight: int
    is_negated: bool = False


def compile_phrase(label: str, phrase: str) -> Phrase:
    """Compile a phrase of the lexicon."""
    words = tuple(_word(part) for part in phrase.split())
    return Phrase(label, words, sum(1 for word in words if not word.is_leap))


@cache
def _word(part: str) -> Word:
    if part == "..":
        return Word(is_leap=True)
    forms, stems, starts = set[str](), set[str](), list[str]()
    for choice in part.split("|"):
        if choice.startswith("="):
            forms.add(choice[1:])
        elif choice.endswith("*"):
            starts.append(choice[:-1])
        else:
            forms.add(choice)
            own = lemmas(choice)  # a dictionary form stands for itself, whatever else it may be a form of
            stems |= {choice} if choice in own else own
    return Word(frozenset(forms), frozenset(stems), tuple(starts))


class Matcher:
    """Finds many phrases at once. Phrases are looked up by what their first word may be."""

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        """Compile `(label, phrase)` pairs."""
        self._by_word: dict[str, list[Phrase]] = {}
        self._by_start: dict[str, list[Phrase]] = {}
        vocabulary: set[str] = set()
        for label, source in phrases:
            phrase = compile_phrase(label, source)
            first = phrase.words[0]
            vocabulary.update(*(word.stems for word in phrase.words))
            for key in first.forms | first.stems:
                self._by_word.setdefault(key, []).append(phrase)
            for start in first.starts:
                self._by_start.setdefault(start[:3], []).append(phrase)
        self.vocabulary = frozenset(vocabulary)

    def find(self, text: Text) -> list[Found]:
        """Return the phrases of a text from left to right; of overlapping ones, the longest."""
        found = [hit for place in range(len(text.tokens)) for hit in self._at(text.tokens, place)]
        found.sort(key=lambda hit: (-hit.weight, hit.is_negated, hit.first, hit.last))
        kept: list[Found] = []
        taken: set[int] = set()
        for hit in found:
            span = range(hit.first, hit.last + 1)
            if taken.isdisjoint(span):
                kept.append(hit)
                taken.update(span)
        return sorted(kept, key=lambda hit: hit.first)

    def every(self, text: Text) -> list[Found]:
        """Return every phrase of a text, overlapping or not, by where it begins."""
        return [hit for place in range(len(text.tokens)) for hit in self._at(text.tokens, place)]

    def labels(self, text: Text) -> frozenset[str]:
        """Return the labels of every phrase of a text that is not negated."""
        tokens = text.tokens
        return frozenset(
            hit.label for place in range(len(tokens)) for hit in self._at(tokens, place) if not hit.is_negated
        )

    def _at(self, tokens: Sequence[Token], place: int) -> list[Found]:
        token = tokens[place]
        candidates: dict[int, Phrase] = {}
        for key in (token.text, *token.lemmas):
            for phrase in self._by_word.get(key, ()):
                candidates[id(phrase)] = phrase
        for phrase in self._by_start.get(token.text[:3], ()):
            candidates[id(phrase)] = phrase
        hits = []
        for phrase in candidates.values():
            match = _match(phrase.words, tokens, place)
            if match is not None:
                last, denied = match
                negated = denied or is_negated(tokens, place)
                hits.append(Found(phrase.label, place, last, phrase.weight, negated))
        return hits


def _match(words: Sequence[Word], tokens: Sequence[Token], place: int) -> tuple[int, bool] | None:
    """Return the last token of a phrase that begins at `place`, and whether a leap went over a "not"."""
    if not words[0].fits(tokens[place]):
        return None
    last, leap, denied = place, 0, False
    for word in words[1:]:
        if word.is_leap:
            leap = GAP_MAX
            continue
        passed = 0
        for ahead in range(last + 1, min(last + 2 + (REACH_MAX if leap else 0), len(tokens))):
            if _STOP.search(tokens[ahead].gap):
                return None
            if word.fits(tokens[ahead]):
                if _is_apart(tokens, last, ahead):
                    return None
                denied |= any(token.text in _NEGATIONS for token in tokens[last + 1 : ahead])
                last, leap = ahead, 0
                break
            passed += tokens[ahead].text not in _SMALL
            if passed > leap or tokens[ahead].text in _JOINTS or _is_apart(tokens, last, ahead):
                return None
        else:
            return None
    return last, denied


def _is_apart(tokens: Sequence[Token], last: int, ahead: int) -> bool:
    """Tell whether a comma stands between; "пахнет, кажется, газом" is together all the same."""
    if not any("," in token.gap or ":" in token.gap for token in tokens[last + 1 : ahead + 1]):
        return False
    return not any(token.text in _ASIDES for token in tokens[last + 1 : ahead + 1])


def is_negated(tokens: Sequence[Token], place: int) -> bool:
    """Tell whether "не", "без", "not" or the like stands before a word.

    Softeners may stand between ("не очень искрит"), and one "or" ("isn't sparking or hot").
    """
    back = place - 1
    for _ in range(_LOOK_BACK):
        if back < 0 or _BREAK.search(tokens[back + 1].gap):
            return False
        word = tokens[back].text
        if word in _NEGATIONS:
            return True
        if word in _EITHER:
            back -= 2
        elif word in _SOFTENERS:
            back -= 1
        else:
            return False
    return False


def denied_behind(hit: Found, denials: frozenset[int], tokens: Sequence[Token]) -> bool:
    """Tell whether a denial follows at once: "запаха газа нет", "искр больше не видно".

    Args:
        denials: The tokens at which the denials of the text begin.
    """
    for ahead in (hit.last + 1, hit.last + 2):
        if ahead >= len(tokens) or _BREAK.search(tokens[ahead].gap):
            return False
        if ahead in denials:
            return True
    return False
