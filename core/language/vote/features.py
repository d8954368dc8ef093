"""What the classifier counts in a text: words, neighbours, and pieces of words that survive a typo."""

from collections import Counter
from collections.abc import Iterator, Sequence

from core.language.normalise import Token

PIECE = 5  # letters


def features(tokens: Sequence[Token]) -> Counter[str]:
    """Count the features of a text, or of a part of it.

    `w:течь` is a dictionary form, `w:кран течь` two neighbours, `кран ` and ` кран` are pieces of five signs
    with the word's borders.
    """
    return Counter(_features(tokens))


def _features(tokens: Sequence[Token]) -> Iterator[str]:
    before = ""
    for token in tokens:
        word = min(token.lemmas, default=token.text)
        yield f"w:{word}"
        if before:
            yield f"w:{before} {word}"
        before = word
        framed = f" {token.text} "
        for start in range(max(1, len(framed) - PIECE + 1)):
            yield framed[start : start + PIECE]
