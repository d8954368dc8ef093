"""Correct misspelt words to the lexicon's, with discipline: only words that no dictionary knows."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from rapidfuzz import fuzz, process

from core.language.normalise import Text, Token
from core.language.respell import is_english, russian_spelling
from core.language.words import is_cyrillic, is_known, lemmas

LENGTH_MIN = 5  # shorter words are too like one another
CUTOFF = 77.0  # rapidfuzz ratio; Russian, where the dictionary says that the word is not one
CUTOFF_ENGLISH = 84.0  # English, where we only know common words


class Typos:
    """Finds the lexicon's word that a misspelling stands for."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        """Remember the words that a misspelling may stand for, by their first letter."""
        words = sorted(word for word in set(vocabulary) if len(word) >= LENGTH_MIN)
        self._russian = [word for word in words if is_cyrillic(word)]
        self._all_russian = frozenset(self._russian)
        self._english = [word for word in words if not is_cyrillic(word)]
        self._guess = lru_cache(maxsize=4096)(self._look_up)

    def mend(self, text: Text) -> tuple[Text, bool]:
        """Return the text with guessed dictionary forms added, and whether any had to be guessed."""
        tokens = tuple(self._mended(token) for token in text.tokens)
        if tokens == text.tokens:
            return text, False
        return replace(text, tokens=tokens), True

    def guess(self, word: str) -> str | None:
        """Return the lexicon's word that a misspelling stands for, or None."""
        return self._guess(word) if len(word) >= LENGTH_MIN else None

    def _mended(self, token: Token) -> Token:
        guess = self.guess(token.text)
        return replace(token, lemmas=token.lemmas | {guess}) if guess else token

    def _look_up(self, word: str) -> str | None:
        if word.isdigit():
            return None
        if is_cyrillic(word):
            return None if is_known(word) else _closest(word, self._russian, CUTOFF)
        if is_english(word):
            return None
        return self._transliterated(word) or _closest(word, self._english, CUTOFF_ENGLISH)

    def _transliterated(self, word: str) -> str | None:
        """Return the Russian word spelt in Latin amid English: "the rozetka is dead"."""
        return next(iter(sorted(lemmas(russian_spelling(word)) & self._all_russian)), None)


def _closest(word: str, vocabulary: list[str], cutoff: float) -> str | None:
    """Return the closest word, or None. The first two letters may not both be wrong."""
    found = process.extractOne(
        word, [known for known in vocabulary if known[0] == word[0] or known[1] == word[1]],
        scorer=fuzz.ratio, score_cutoff=cutoff,
    )  # fmt: skip
    return found[0] if found else None
