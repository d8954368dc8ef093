"""Where one thought ends and the next begins, and what only says where or when."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.language.lexicon import particles
from core.language.normalise import Token
from core.language.phrases import Found
from core.language.words import grammemes, is_cyrillic

DURING_MAX = 3  # words between "при" and its noun
CLAUSE_MAX = 60  # words; nobody's clause is longer

_SENTENCE = re.compile(r"[.!?;\n]")
_COMMA = re.compile(r"[,:()/]|\s-\s")
_AND, _ALSO, _BUT, _WHEN = particles("and"), particles("also"), particles("but"), particles("when")
_MORE = particles("more")  # "also" where a thought begins, else "still": "а ещё кран", "свет ещё горит"
_OF = particles("of")
_TO = particles("to")
_SAID = particles("said")
_DURING = frozenset({"при", "после", "after"})
_BESIDE, _AT, _BETWEEN = particles("beside"), particles("at"), particles("between")


IsPart = Callable[[str, str], bool]  # whether an object, named beside another, is only a part of it


@dataclass(frozen=True, slots=True)
class Clause:
    """Mentions between two commas or conjunctions."""

    objects: tuple[Found, ...]
    actions: tuple[Found, ...]
    opens: str  # how it begins: sentence, comma, and, also, but
    sentence: int = 0
    part: int = 0  # of the message; "also" begins a new one
    is_said: bool = False  # has a verb that we do not know


def clauses_of(mentions: Sequence[Found], tokens: Sequence[Token]) -> list[Clause]:
    """Divide mentions at commas, conjunctions and ends of sentences."""
    groups: list[tuple[str, list[Found]]] = []
    for hit in mentions:
        opens = border(tokens, groups[-1][1][-1].last, hit.first) if groups else "sentence"
        if opens:
            groups.append((opens, []))
        groups[-1][1].append(hit)
    clauses: list[Clause] = []
    sentence = part = 0
    for opens, hits in groups:
        sentence += opens == "sentence"
        part += opens == "also"
        objects = tuple(hit for hit in hits if hit.label.startswith("o:"))
        actions = tuple(hit for hit in hits if hit not in objects)
        is_said = bool(objects) and not actions and _is_said(objects[0].first, objects[-1].last, tokens)
        clauses.append(Clause(objects, actions, opens, sentence, part, is_said))
    return clauses


def _is_said(first: int, last: int, tokens: Sequence[Token]) -> bool:
    """Tell whether a verb stands in the clause: "диван закрывает", "the sofa is there"."""
    while first > 0 and not _is_cut(tokens[first]):
        first -= 1
    for place in range(first, len(tokens)):
        token = tokens[place]
        if place > last and _is_cut(token):
            return False
        if token.text in _SAID or (is_cyrillic(token.text) and "VERB" in grammemes(token.text)):
            return True
    return False


def _is_cut(token: Token) -> bool:
    return bool(_COMMA.search(token.gap) or _SENTENCE.search(token.gap)) or token.text in _AND


def border(tokens: Sequence[Token], last: int, first: int) -> str | None:
    """Return the strongest border between two mentions: also, sentence, but, and, comma, or None."""
    between = tokens[last + 1 : first + 1]
    words = {token.text for token in between[:-1]} | {
        token.text for token in between[-1:] if token.text in _AND
    }
    gaps = " ".join(token.gap for token in between)
    if words & _ALSO or "+" in gaps or any(_is_more(tokens, place) for place in range(last + 1, first)):
        return "also"
    if _SENTENCE.search(gaps):
        return "sentence"
    if words & _BUT:
        return "but"
    if words & _AND:
        return "and"
    return "comma" if _COMMA.search(gaps) else None


def _is_more(tokens: Sequence[Token], place: int) -> bool:
    """Tell "а ещё кран" and "Ещё кран" from "кран ещё капает"."""
    if tokens[place].text not in _MORE:
        return False
    is_first = bool(_COMMA.search(tokens[place].gap) or _SENTENCE.search(tokens[place].gap))
    return is_first or (place > 0 and tokens[place - 1].text in _AND | _BUT)


def outside_context(
    mentions: Sequence[Found], tokens: Sequence[Token], owners: frozenset[str], is_piece: IsPart
) -> list[Found]:
    """Drop objects that only say where, when or whose: "возле мойки", "когда включаю чайник".

    Args:
        owners: Labels of actions that name their object themselves ("выбивает автомат").
        is_piece: Tells parts, which come with their whole: "в стиралке сломалась дверца".
    """
    objects = [hit for hit in mentions if hit.label.startswith("o:")]
    aside = {
        hit
        for hit in objects
        if _is_beside(hit, objects, tokens, is_piece) or _is_whose(hit, objects, tokens, is_piece)
    }
    free = [hit for hit in objects if hit not in aside]
    if not free:
        free, aside = objects[:1], set(objects[1:])
    owning = [hit for hit in mentions if hit.label in owners]
    for hit in list(free):
        if _is_at(hit, tokens) and any(
            _same_clause(hit, other, tokens)
            for other in (*free, *owning)
            if other != hit and (_is_to(hit, tokens) or not _is_inside(other, hit, is_piece))
        ):
            aside.add(hit)
    if free and aside.issuperset(free):
        aside.discard(free[0])  # "one of the burners on my hob"
    hidden = {hit for hit in mentions if _is_circumstance(hit, mentions, tokens)}
    kept = [hit for hit in mentions if hit not in aside and hit not in hidden]
    return kept or [hit for hit in mentions if hit not in aside]


def _is_beside(hit: Found, objects: Sequence[Found], tokens: Sequence[Token], is_piece: IsPart) -> bool:
    """Tell whether an object only says where: "возле мойки"; "у стиралки не открывается люк" says whose."""
    for back in (1, 2, 3):
        place = hit.first - back
        if place < 0 or _COMMA.search(tokens[place + 1].gap) or _SENTENCE.search(tokens[place + 1].gap):
            return False
        if tokens[place].text in _BESIDE:
            if tokens[place].text in _OF and any(
                _same_clause(hit, other, tokens) and _is_inside(other, hit, is_piece) for other in objects
            ):
                return False
            # "у меня розетка" says whose it is, not where.
            return not (tokens[place].text == "у" and back > 1)
        if back > 1 and tokens[place].text not in _BETWEEN:
            return False
    return False


def _is_whose(hit: Found, objects: Sequence[Found], tokens: Sequence[Token], is_piece: IsPart) -> bool:
    """Tell whether an object only says whose the one beside it is: "шланг стиралки", "an IKEA wardrobe".

    A part is no job without its whole: "ручка крана", "oven door".
    """
    word = tokens[hit.first].text
    if is_cyrillic(word):
        before = next((other for other in objects if other.last + 1 == hit.first), None)
        return (
            before is not None
            and tokens[hit.first].gap == " "
            and "gent" in grammemes(word)
            and not is_piece(before.label[2:], hit.label[2:])
        )
    after = next((other for other in objects if other.first == hit.last + 1), None)
    return (
        after is not None and tokens[after.first].gap == " " and not is_piece(after.label[2:], hit.label[2:])
    )


def _is_at(hit: Found, tokens: Sequence[Token]) -> bool:
    back = hit.first - 1
    if back >= 0 and tokens[back].text in _BETWEEN:
        back -= 1
    return back >= 0 and tokens[back].text in _AT


def _is_to(hit: Found, tokens: Sequence[Token]) -> bool:
    """Tell "провод к плите", which is no part of it, from "дверца в стиралке"."""
    return hit.first > 0 and tokens[hit.first - 1].text in _TO


def _is_inside(hit: Found, whole: Found, is_piece: IsPart) -> bool:
    return hit.label.startswith("o:") and is_piece(hit.label[2:], whole.label[2:])


def _same_clause(one: Found, other: Found, tokens: Sequence[Token]) -> bool:
    first, second = sorted((one, other), key=lambda hit: hit.first)
    return border(tokens, first.last, second.first) is None


def _is_circumstance(hit: Found, mentions: Sequence[Found], tokens: Sequence[Token]) -> bool:
    """Tell whether a mention stands in a "when …" clause while another does not.

    Such a clause ends at a comma, or with its first object: "когда включаю чайник розетка трещит".
    """
    for place in range(hit.first - 1, max(hit.first - 1 - CLAUSE_MAX, -1), -1):
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
            return hit.first - place <= DURING_MAX
        return len(mentions) > 1
    return False


def _is_when(tokens: Sequence[Token], place: int) -> bool:
    """Tell "как только" and "каждый раз как" from a mere comparison."""
    before = tokens[place - 1].text if place else ""
    return tokens[place + 1].text == "только" or before in ("раз", "того")
