"""Phrases that open a clause or fill it: "ну давайте" answers, "давайте я вам расскажу" does not.

A short word of answer is also a word of everything else: water "идет", the tap is on the "right". So it
counts by its place. A clause here ends at a punctuation mark or a turn ("but", "если"), and small words that
mean nothing by themselves may stand around what is said.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.language.lexicon import small
from core.language.normalise import Text
from core.language.phrases import Found, Matcher

OPENS, FILLS, HOLDS = "opens", "fills", "holds"
_CUT = re.compile(r"[.,!?;:\n()]|\s[-–]\s|\s-$")
_TURNS = small("turns")
FILLERS = small("around_reply")
ANSWERS_MAX = 40  # in one clause; more is noise


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens `first` to `end`, the end excluded.

    Attributes:
        is_turned: It stands behind a "but": a condition, no answer of its own.
        is_asked: It ends in a question mark.
    """

    first: int
    end: int
    is_turned: bool = False
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """A phrase in its place: what it stands for, and where."""

    label: str
    place: str
    hit: Found
    clause: Clause


def clauses(text: Text) -> list[Clause]:
    """Divide a text at its punctuation and its turns; empty clauses are left out."""
    found: list[Clause] = []
    first, is_turned = 0, False
    for place, token in enumerate(text.tokens):
        is_turn = token.text in _TURNS
        if place > first and (is_turn or _CUT.search(token.gap)):
            found.append(Clause(first, place, is_turned, is_asked="?" in token.gap and not is_turn))
            first, is_turned = place, False
        if is_turn and place == first:
            first, is_turned = place + 1, is_turned or bool(found)
    if first < len(text.tokens):
        rest = text.lower[text.tokens[-1].end :]
        found.append(Clause(first, len(text.tokens), is_turned, is_asked="?" in rest))
    return found


class ReplyFinder:
    """Finds the phrases of a table that open a clause, fill it, or stand anywhere in it.

    The phrases are of exact forms: "да" is no "дам".
    """

    def __init__(
        self,
        table: Mapping[str, Mapping[str, Any]],
        fillers: Mapping[str, frozenset[str]] | None = None,
        *,
        is_mixed: bool = False,
    ) -> None:
        """Compile the lists `opens`, `fills` and `holds` of each label; each may be missing.

        Args:
            fillers: Small words that may stand around a label's phrases, if not the common ones.
            is_mixed: Phrases of other labels may stand around as well: "да не надо".
        """
        self._is_mixed = is_mixed
        self._matcher = Matcher(
            (f"{label}:{place}", _exact(phrase))
            for label, entry in table.items()
            for place in (OPENS, FILLS, HOLDS)
            for phrase in entry.get(place, ())
        )
        self._fillers = fillers or {}

    def find(self, text: Text) -> list[Reply]:
        """Return what counts by its place, from left to right; one may stand within another."""
        hits = self._matcher.every(text)
        placed = list(self._placed(hits, text)) if hits else []
        wholes = [other.hit for other in placed if other.hit.weight > 1]
        return [reply for reply in placed if not any(_is_within(reply.hit, other) for other in wholes)]

    def _placed(self, hits: Sequence[Found], text: Text) -> Iterator[Reply]:
        for clause in clauses(text):
            inside = [hit for hit in hits if clause.first <= hit.first and hit.last < clause.end]
            if len(inside) > ANSWERS_MAX:
                continue
            for hit in inside:
                label, _, place = hit.label.partition(":")
                others = (other for other in inside if other.last < hit.first or hit.last < other.first)
                taken = _taken(other for other in others if self._is_mixed or other.label == hit.label)
                before = range(clause.first, hit.first) if place != HOLDS else ()
                behind = range(hit.last + 1, clause.end) if place == FILLS else ()
                fillers = self._fillers.get(label, FILLERS)
                if all(at in taken or text.tokens[at].text in fillers for at in (*before, *behind)):
                    yield Reply(label, place, hit, clause)


def _taken(hits: Iterable[Found]) -> set[int]:
    return {place for hit in hits for place in range(hit.first, hit.last + 1)}


def _is_within(hit: Found, other: Found) -> bool:
    """Tell whether a phrase is but a part of another: "can't say" of "can't say no"."""
    is_whole = other.last - other.first + 1 == other.weight > hit.weight
    return is_whole and other.first <= hit.first and hit.last <= other.last


def _exact(phrase: str) -> str:
    """Ask for the very forms that are written."""
    return " ".join(
        word
        if word == ".."
        else "|".join(form if form[-1] == "*" else f"={form}" for form in word.split("|"))
        for word in phrase.split()
    )
