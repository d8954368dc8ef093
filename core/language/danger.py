"""The danger gate: looked at before anything else, because it is answered before anything else."""

from core.language.lexicon import table
from core.language.normalise import Text
from core.language.phrases import Found, Matcher, denied_behind
from core.meaning import Emergency

SENSOR_TAIL = 3  # words that may say what a sensor is for: "датчик угарного газа"
_BREAKS = ".!?;\n"


class DangerGate:
    """Finds dangers that are here and now: not denied, not over, not idioms, not sensors to be hung."""

    def __init__(self) -> None:
        """Compile the table `danger`."""
        rules = table("danger")
        self._dangers = {kind: _matcher(str(kind), rules[kind]) for kind in Emergency}
        self._over = _matcher("over", rules["over"], rules["ended"])
        self._still = _matcher("still", rules["still"])
        self._denied_after = _matcher("denied", rules["denied_after"])
        self._sensor = _matcher("sensor", rules["sensor"])
        self._idiom = _matcher("idiom", rules["idiom"])

    def find(self, text: Text) -> Emergency | None:
        """Return the gravest danger of a text, or None."""
        found = [(kind, hit) for kind, matcher in self._dangers.items() for hit in matcher.find(text)]
        if not found:
            return None
        harmless = _covered(self._idiom.find(text), tail=0) | _covered(
            self._sensor.find(text), tail=SENSOR_TAIL
        )
        over = [hit for hit in self._over.find(text) if not hit.is_negated]
        still = self._still.find(text)
        after = frozenset(hit.first for hit in self._denied_after.find(text))
        for kind, hit in found:
            if hit.is_negated or denied_behind(hit, after, text.tokens):
                continue
            if set(range(hit.first, hit.last + 1)) <= harmless:
                continue
            sentence = _sentence(text, hit.first)
            if any(old.first in sentence for old in over) and not any(now.first in sentence for now in still):
                continue
            return kind
        return None


def _matcher(label: str, *tables: dict[str, list[str]]) -> Matcher:
    return Matcher((label, phrase) for entry in tables for lang in ("ru", "en") for phrase in entry[lang])


def _covered(hits: list[Found], *, tail: int) -> set[int]:
    """Return the tokens of harmless words, and of some words after them."""
    return {place for hit in hits for place in range(hit.first, hit.last + 1 + tail)}


def _sentence(text: Text, place: int) -> range:
    """Return the tokens of the sentence around a token."""
    tokens, first, last = text.tokens, place, place
    while first > 0 and not any(sign in tokens[first].gap for sign in _BREAKS):
        first -= 1
    while last + 1 < len(tokens) and not any(sign in tokens[last + 1].gap for sign in _BREAKS):
        last += 1
    return range(first, last + 1)
