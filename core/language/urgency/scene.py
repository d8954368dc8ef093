"""What a text speaks of: its clauses, and the classes of words in them.

A class is a table of `senses.toml`, such as `smell` or `live`. Classes are found by words and short
phrases; what they mean together is for the rules of `danger.toml`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.language.jobs.typos import Typos
from core.language.lexicon import table
from core.language.normalise import Text, Token
from core.language.phrases import Found, Matcher
from core.language.words import grammemes, is_cyrillic, is_known

CLAUSE_MAX = 9  # words between two that belong together where nobody set a comma
BESIDE_MAX = 14
NEAR_MAX = 30
_REACH_MAX = {"clause": CLAUSE_MAX, "beside": BESIDE_MAX, "near": NEAR_MAX}

NUMBER = "number"  # the class of numbers that a detector may show
NUMBER_MIN = 30
_SORTS = ("thing", "said")
_SENTENCE = re.compile(r"[.!?;\n]")
_COMMA = re.compile(r"[,:()/]|\s-\s")
_MACRO = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Scene:
    """The tokens of a text, the clause and sentence of each, and what was found in it."""

    tokens: Sequence[Token]
    clauses: Sequence[int]
    sentences: Sequence[int]
    senses: Mapping[str, Sequence[Found]]  # by class, from left to right
    marks: Mapping[str, Sequence[Found]]  # of modality, likewise
    sorts: Mapping[str, str]  # of the classes that are not plain phenomena: thing, said
    lower: str = ""  # the text itself

    def sort_of(self, hit: Found) -> str | None:
        """Return the sort of a finding's class; None is what may be denied, over or feared."""
        return self.sorts.get(hit.label.partition(":")[2])

    def clause_of(self, place: int) -> range:
        """Return the tokens of the clause around a token."""
        return self._around(self.clauses, place)

    def sentence_of(self, place: int) -> range:
        """Return the tokens of the sentence around a token."""
        return self._around(self.sentences, place)

    def within(self, names: frozenset[str], around: Found, reach: str) -> Iterator[Found]:
        """Yield what belongs to some classes and stands within reach of another word."""
        for name in names:
            hits = self.senses.get(name, ())
            if reach == "text":
                yield from hits
                continue
            start = bisect_left(hits, around.first - NEAR_MAX, key=lambda hit: hit.first)
            for place in range(start, len(hits)):
                if hits[place].first > around.last + NEAR_MAX:
                    break
                if self._reaches(around, hits[place], reach):
                    yield hits[place]

    def _reaches(self, one: Found, other: Found, reach: str) -> bool:
        first, second = (one, other) if one.first <= other.first else (other, one)
        if second.first - first.last - 1 > _REACH_MAX[reach]:
            return False
        if reach == "near":
            return self.sentences[second.first] - self.sentences[first.last] <= 1
        if self.sentences[second.first] != self.sentences[first.last]:
            return False
        return self.clauses[second.first] - self.clauses[first.last] <= (reach == "beside")

    @staticmethod
    def _around(numbers: Sequence[int], place: int) -> range:
        number = numbers[place]
        return range(bisect_left(numbers, number), bisect_left(numbers, number + 1))


class SceneFinder:
    """Finds classes of words and marks of modality, in one pass."""

    def __init__(self) -> None:
        """Compile the classes of `senses` and `urgency`, and the table `modality`."""
        senses, modality = table("senses") | table("urgency")["class"], table("modality")
        self._joints = frozenset(modality["joints"]["words"].split())
        self._goes_on = frozenset(modality["goes_on"]["words"].split())
        self._asides = frozenset(modality["asides"]["words"].split())
        self._covering = frozenset(f"s:{name}" for name, entry in senses.items() if entry.get("cover"))
        self._covering_things = self._covering | {
            f"c:{name}" for name, entry in modality["cover"].items() if entry.get("things")
        }
        self._sorts = {name: sort for name, entry in senses.items() for sort in _SORTS if entry.get(sort)}
        words = {name: _single_words(entry) for name, entry in senses.items()}
        groups = {"s": senses, "m": modality["mark"], "c": modality["cover"]}
        self._matcher = Matcher(
            (f"{group}:{name}", _expand(phrase, words))
            for group, entries in groups.items()
            for name, entry in entries.items()
            for phrase in (*entry["ru"], *entry["en"])
        )
        self._typos = Typos(
            word
            for name, entry in senses.items()
            for word in Matcher((name, phrase) for phrase in words[name].split("|") if phrase).vocabulary
            if name in table("senses") and (not entry.get("thing") or entry.get("respell"))
        )

    def find(self, text: Text) -> Scene:
        """Return the scene of a text. What a figure of speech covers is no sense at all."""
        mended = self._mended(text)
        senses, marks = dict[str, list[Found]](), dict[str, list[Found]]()
        found = self._matcher.every(mended)
        covers = [hit for hit in found if hit.label.startswith("c:") or hit.label in self._covering]
        for hit in found:
            group, _, name = hit.label.partition(":")
            if group == "m":
                marks.setdefault(name, []).append(hit)
            elif group == "s" and not self._is_covered(hit, covers):
                senses.setdefault(name, []).append(hit)
        senses[NUMBER] = [
            Found(f"s:{NUMBER}", place, place, 1)
            for place, token in enumerate(mended.tokens)
            if token.text.isdigit() and int(token.text) >= NUMBER_MIN
        ]
        clauses, sentences = self._divide(mended.tokens)
        return Scene(mended.tokens, clauses, sentences, senses, marks, self._sorts, text.lower)

    def _mended(self, text: Text) -> Text:
        """Correct misspelt words, and the dictionary forms that were guessed of them: "пахнит"."""
        tokens = tuple(
            replace(token, lemmas=token.lemmas | guesses) if (guesses := self._guesses(token)) else token
            for token in text.tokens
        )
        return replace(text, tokens=tokens)

    def _guesses(self, token: Token) -> frozenset[str]:
        words = {token.text, *token.lemmas} if is_cyrillic(token.text) else {token.text}
        if is_cyrillic(token.text) and is_known(token.text):
            return frozenset()
        return frozenset(guess for word in words if (guess := self._typos.guess(word)))

    def _is_covered(self, hit: Found, covers: Sequence[Found]) -> bool:
        """Tell whether a phrase holds a word without its meaning; a thing stays a thing in most."""
        if hit.label in self._covering:
            covers = [cover for cover in covers if cover.last - cover.first > hit.last - hit.first]
        able = self._covering_things if self._sorts.get(hit.label[2:]) == "thing" else None
        return any(
            cover.first <= hit.first and hit.last <= cover.last and (able is None or cover.label in able)
            for cover in covers
        )

    def _divide(self, tokens: Sequence[Token]) -> tuple[list[int], list[int]]:
        clauses, sentences = list[int](), list[int]()
        clause = sentence = 0
        for place, token in enumerate(tokens):
            if place and _SENTENCE.search(token.gap):
                sentence += 1
                clause += 1
            elif place and (self._parts(tokens, place) or self._joins(tokens, place)):
                clause += 1
            clauses.append(clause)
            sentences.append(sentence)
        return clauses, sentences

    def _joins(self, tokens: Sequence[Token], place: int) -> bool:
        """Tell whether a word begins a clause; "и греется" goes on with the same subject."""
        word = tokens[place].text
        if word not in self._joints:
            return False
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        if after and after.gap == "-":  # "что-то"
            return False
        if word not in ("и", "and") or after is None:
            return True
        if is_cyrillic(after.text):
            tags = grammemes(after.text)
            return "VERB" not in tags or "NOUN" in tags
        return after.text not in self._goes_on

    def _parts(self, tokens: Sequence[Token], place: int) -> bool:
        """Tell whether a comma parts two clauses; beside "кажется" it does not."""
        beside = {tokens[place].text, tokens[place - 1].text}
        return bool(_COMMA.search(tokens[place].gap)) and self._asides.isdisjoint(beside)


def _single_words(entry: Mapping[str, Any]) -> str:
    phrases = (phrase for lang in ("ru", "en") for phrase in entry[lang])
    return "|".join(phrase for phrase in phrases if " " not in phrase and "{" not in phrase)


def _expand(phrase: str, words: Mapping[str, str]) -> str:
    """Put the words of a class where a phrase names it: "{smell} .. {gas}"."""
    return _MACRO.sub(lambda match: words[match[1]], phrase)
