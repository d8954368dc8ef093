"""What the classifier counts in a text: words, neighbours, and pieces of words that survive a typo."""

from collections import Counter
from collections.abc import Iterator

from core.language.normalise import Text

PIECE = 4  # letters


def features(text: Text) -> Counter[str]:
    """Count the features of a text.

    `w:течь` is a dictionary form, `w:кран течь` two neighbours, `кран` and ` кра` are pieces of four signs
    with the word's borders.
    """
    return Counter(_features(text))


def _features(text: Text) -> Iterator[str]:
    before = ""
    for token in text.tokens:
        word = min(token.lemmas, default=token.text)
        yield f"w:{word}"
        if before:
            yield f"w:{before} {word}"
        before = word
        framed = f" {token.text} "
        for start in range(max(1, len(framed) - PIECE + 1)):
            yield framed[start : start + PIECE]
