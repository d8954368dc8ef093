"""The second vote: what a text is about, judged by all its words at once.

A logistic regression over words and pieces of words, learnt by `scripts/train.py` from the texts in
`training/` and kept as plain numbers in `weights/`. It knows nothing of grammar; the rules know
nothing of words that are missing in the lexicon. Together they err less than either (`voting`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from core.language.normalise import Text, Token
from core.language.vote.features import features

NONE = "none"
SCALE = 100  # weights are kept as whole hundredths

_BUT = frozenset({"но", "а", "but"})
_ENDS = ".!?;:\n"

Chances = Mapping[str, float]  # of each class, by its name


@dataclass(frozen=True, slots=True)
class Vote:
    """How likely each class is, by this text's words alone.

    Attributes:
        trade: Of one trade, or `none`; sums to one.
        among: That a trade is among the jobs; each by itself.
        urgency: As it is in the end.
        emergency: Of one danger, or `none`.
        part: Likewise, by the gravest sentence alone: a danger may come last in a long story.
        words: How many there are.
    """

    trade: Chances
    among: Chances
    urgency: Chances
    emergency: Chances
    part: Chances
    words: int


@dataclass(frozen=True, slots=True)
class _Head:
    """One question that is voted on: its classes, and where their weights stand in a row."""

    name: str
    classes: tuple[str, ...]
    biases: tuple[float, ...]
    first: int


class Classifier:
    """Votes by the weights that were learnt."""

    def __init__(self) -> None:
        """Load the weights; a tenth of a second, once."""
        self._heads, self._weights = _load()

    def vote(self, text: Text) -> Vote:
        """Return how likely each class is; of dangers also what the gravest sentence alone says."""
        whole = self._vote(text.tokens)
        parts = (self._vote(part).emergency for part in _parts(text.tokens))
        return replace(whole, part=min(parts, key=lambda kinds: kinds[NONE], default=whole.emergency))

    def _vote(self, tokens: Sequence[Token]) -> Vote:
        sums = [0.0] * sum(len(head.classes) for head in self._heads)
        square = 0.0
        for feature, count in features(tokens).items():
            numbers = self._weights.get(feature)
            if numbers is None:
                continue
            row = _row(numbers)
            rarity = row[0] / SCALE * (1 + math.log(count))
            square += rarity * rarity
            sums = [known + rarity * weight for known, weight in zip(sums, row[1:], strict=True)]
        length = math.sqrt(square) * SCALE or 1.0
        told = {head.name: _chances(head, sums, length) for head in self._heads}
        return Vote(**told, part=told["emergency"], words=len(tokens))


def _chances(head: _Head, sums: Sequence[float], length: float) -> Chances:
    scores = [bias + sums[head.first + place] / length for place, bias in enumerate(head.biases)]
    if head.name == "among":
        return {name: 1 / (1 + math.exp(-score)) for name, score in zip(head.classes, scores, strict=True)}
    powers = [math.exp(score - max(scores)) for score in scores]
    return {name: power / sum(powers) for name, power in zip(head.classes, powers, strict=True)}


def _parts(tokens: Sequence[Token]) -> list[list[Token]]:
    """Cut a text into its sentences, and at "but"; nothing where there is only one."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if parts[-1] and (token.text in _BUT or any(sign in _ENDS for sign in token.gap)):
            parts.append([])
        parts[-1].append(token)
    return parts if len(parts) > 1 else []


@cache
def _row(numbers: str) -> tuple[int, ...]:
    return tuple(map(int, numbers.split("\t")))


@cache
def _load() -> tuple[tuple[_Head, ...], dict[str, str]]:
    """Read `weights/vote.tsv`: a line of biases per class, an empty line, then a line per feature.

    A feature's numbers stay text until they are wanted: most never are, and loading is quick.
    """
    kept = (files("core.language") / "weights" / "vote.tsv").read_text("utf-8")
    biases, _, rows = kept.partition("\n\n")
    heads: list[_Head] = []
    for line in biases.splitlines():
        name, *pairs = line.split("\t")
        classes, values = zip(*(pair.split("=") for pair in pairs), strict=True)
        first = sum(len(head.classes) for head in heads)
        heads.append(_Head(name, classes, tuple(int(value) / SCALE for value in values), first))
    split = (line.partition("\t") for line in rows.splitlines())
    return tuple(heads), {feature: numbers for feature, _, numbers in split}
