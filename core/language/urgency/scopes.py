"""How far a denial or a fear reaches: the tokens that "не вижу", "what if" or "чтобы" govern."""

from collections.abc import Sequence

from core.language.lexicon import particles
from core.language.phrases import Found
from core.language.urgency.scene import Scene
from core.language.words import grammemes, is_cyrillic

DENIED_AHEAD = 5  # words after "not" that it may deny
DENIED_BACK = 4  # words before "не вижу" that it may deny
NO_AHEAD = 2  # words after "no"

_NAY = frozenset({"нет", "не", "no", "nope", "nah", "not"})
_NO = frozenset({"no", "without", "never"})
_SMALL = particles("small")


def fill(places: list[bool], span: Sequence[int]) -> None:
    """Mark tokens."""
    for place in span:
        places[place] = True


def answer_no(scene: Scene, untold: list[bool]) -> None:
    """Mark questions that are answered at once: "дымит? нет"."""
    for place, token in enumerate(scene.tokens[1:], start=1):
        if "?" in token.gap and token.text in _NAY:
            fill(untold, scene.sentence_of(place - 1))


def deny(scene: Scene, denied: list[bool]) -> None:
    """Mark what "не вижу", "nobody" and the English "not" govern within their clause."""
    goes_on = {mark.first for mark in scene.marks.get("goes_on", ())}
    for mark in scene.marks.get("sees_not", ()):
        clause = scene.clause_of(mark.first)
        if mark.last + 1 in goes_on and not is_cyrillic(scene.tokens[mark.first].text):
            continue
        fill(denied, range(mark.last + 1, min(mark.last + 1 + DENIED_AHEAD, clause.stop)))
        before = range(max(clause.start, mark.first - DENIED_BACK), mark.first)
        fill(denied, [place for place in before if is_governed(scene.tokens[place].text)])
    for mark in scene.marks.get("nobody", ()):
        fill(denied, range(mark.last + 1, scene.clause_of(mark.first).stop))
    for place, token in enumerate(scene.tokens):
        if token.text == "not" and not any(after in goes_on for after in (place + 1, place + 2)):
            fill(denied, range(place + 1, min(place + 1 + DENIED_AHEAD, scene.clause_of(place).stop)))
        elif token.text in _NO:
            fill(denied, range(place + 1, min(place + 1 + NO_AHEAD, scene.clause_of(place).stop)))


def is_governed(word: str) -> bool:
    """Tell whether a Russian noun may be the object of a denial: genitive or accusative."""
    tags = grammemes(word) if is_cyrillic(word) else frozenset[str]()
    return "NOUN" in tags and bool(tags & {"gent", "accs", "gen2"})


def fear(scene: Scene, *, feared: list[bool], aimed: list[bool]) -> None:
    """Mark what follows "боюсь", "what if" or "чтобы"; nothing behind it, and the next clause is meant."""
    spared = {place for mark in scene.marks.get("not_fear", ()) for place in range(mark.first, mark.last + 1)}
    for name, places in (("fear", feared), ("aim", aimed)):
        for mark in scene.marks.get(name, ()):
            if mark.first not in spared and not mark.is_negated:
                fill(places, _governed(scene, mark))


def _governed(scene: Scene, mark: Found) -> range:
    stop = scene.clause_of(mark.last).stop
    if stop >= len(scene.tokens):
        return range(mark.first, stop)
    rest = scene.tokens[mark.last + 1 : stop]
    is_bare = all(token.text in _SMALL for token in rest)
    if is_bare and scene.sentences[stop] == scene.sentences[mark.last]:
        stop = scene.clause_of(stop).stop
    return range(mark.first, stop)
