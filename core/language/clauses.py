"""Where one thought ends and the next begins, and what only says where or when."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.language.lexicon import particles
from core.language.normalise import Token
from core.language.phrases import Found
from core.language.words import grammemes, is_cyrillic

DURING_MAX = 3  # words between "при" and its noun

_SENTENCE = re.compile(r"[.!?;\n]")
_COMMA = re.compile(r"[,:()/]|\s-\s")
_AND, _BUT, _WHEN = particles("and"), particles("but"), particles("when")
_DURING = frozenset({"при", "после", "after"})
_BESIDE, _AT, _BETWEEN = particles("beside"), particles("at"), particles("between")


@dataclass(frozen=True, slots=True)
class Clause:
    """Mentions between two commas or conjunctions."""

    objects: tuple[Found, ...]
    actions: tuple[Found, ...]
    opens: str  # how it begins: sentence, comma, and, but


def clauses_of(mentions: Sequence[Found], tokens: Sequence[Token]) -> list[Clause]:
    """Divide mentions at commas, conjunctions and ends of sentences."""
    clauses: list[Clause] = []
    objects: list[Found] = []
    actions: list[Found] = []
    opens, last = "sentence", 0
    for hit in mentions:
        found = border(tokens, last, hit.first) if objects or actions else None
        if found:
            clauses.append(Clause(tuple(objects), tuple(actions), opens))
            objects, actions, opens = [], [], found
        (objects if hit.label.startswith("o:") else actions).append(hit)
        last = hit.last
    if objects or actions:
        clauses.append(Clause(tuple(objects), tuple(actions), opens))
    return clauses


def border(tokens: Sequence[Token], last: int, first: int) -> str | None:
    """Return the strongest border between two mentions: sentence, but, and, comma, or None."""
    between = tokens[last + 1 : first + 1]
    words = {token.text for token in between[:-1]} | {
        token.text for token in between[-1:] if token.text in _AND
    }
    gaps = " ".join(token.gap for token in between)
    if _SENTENCE.search(gaps):
        return "sentence"
    if words & _BUT:
        return "but"
    if words & _AND:
        return "and"
    return "comma" if _COMMA.search(gaps) else None


def outside_context(
    mentions: Sequence[Found], tokens: Sequence[Token], owners: frozenset[str]
) -> list[Found]:
    """Drop objects that only say where, when or whose: "возле мойки", "когда включаю чайник".

    Args:
        owners: Labels of actions that name their object themselves ("выбивает автомат").
    """
    objects = [hit for hit in mentions if hit.label.startswith("o:")]
    aside = {hit for hit in objects if _is_beside(hit, tokens) or _is_whose(hit, objects, tokens)}
    free = [hit for hit in objects if hit not in aside]
    if not free:
        free, aside = objects[:1], set(objects[1:])
    owning = [hit for hit in mentions if hit.label in owners]
    for hit in list(free):
        if _is_at(hit, tokens) and any(
            _same_clause(hit, other, tokens) for other in (*free, *owning) if other != hit
        ):
            aside.add(hit)
    hidden = {hit for hit in mentions if _is_circumstance(hit, mentions, tokens)}
    kept = [hit for hit in mentions if hit not in aside and hit not in hidden]
    return kept or [hit for hit in mentions if hit not in aside]


def _is_beside(hit: Found, tokens: Sequence[Token]) -> bool:
    for back in (1, 2, 3):
        place = hit.first - back
        if place < 0 or _COMMA.search(tokens[place + 1].gap) or _SENTENCE.search(tokens[place + 1].gap):
            return False
        if tokens[place].text in _BESIDE:
            # "у меня розетка" says whose it is, not where.
            return not (tokens[place].text == "у" and back > 1)
        if back > 1 and tokens[place].text not in _BETWEEN:
            return False
    return False


def _is_whose(hit: Found, objects: Sequence[Found], tokens: Sequence[Token]) -> bool:
    """Tell whether an object follows another at once in the genitive: "вилка стиралки"."""
    follows = any(other.last + 1 == hit.first for other in objects)
    word = tokens[hit.first].text
    if is_cyrillic(word):
        return follows and tokens[hit.first].gap == " " and "gent" in grammemes(word)
    # In English the thing itself comes last: "an IKEA wardrobe".
    return any(other.first == hit.last + 1 and tokens[other.first].gap == " " for other in objects)


def _is_at(hit: Found, tokens: Sequence[Token]) -> bool:
    back = hit.first - 1
    if back >= 0 and tokens[back].text in _BETWEEN:
        back -= 1
    return back >= 0 and tokens[back].text in _AT


def _same_clause(one: Found, other: Found, tokens: Sequence[Token]) -> bool:
    first, second = sorted((one, other), key=lambda hit: hit.first)
    return border(tokens, first.last, second.first) is None


def _is_circumstance(hit: Found, mentions: Sequence[Found], tokens: Sequence[Token]) -> bool:
    """Tell whether a mention stands in a "when …" clause while another does not.

    Such a clause ends at a comma, or with its first object: "когда включаю чайник розетка трещит".
    """
    for place in range(hit.first - 1, -1, -1):
        if _COMMA.search(tokens[place + 1].gap) or _SENTENCE.search(tokens[place + 1].gap):
            return False
        word = tokens[place].text
        if word in _AND or word == "то":
            return False
        if word not in _WHEN or (word == "как" and not _is_when(tokens, place)):
            continue
        inside = [other for other in mentions if place < other.first < hit.first]
        if any(other.label.startswith("o:") for other in inside):
            return False
        if word in _DURING:  # a preposition: what follows at once is the circumstance, no more
            return hit.label.startswith("o:") and hit.first - place <= DURING_MAX
        return len(mentions) > 1
    return False


def _is_when(tokens: Sequence[Token], place: int) -> bool:
    """Tell "как только" and "каждый раз как" from a mere comparison."""
    before = tokens[place - 1].text if place else ""
    return tokens[place + 1].text == "только" or before in ("раз", "того")
