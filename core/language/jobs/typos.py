"""Correct misspelt words to the lexicon's, with discipline: only words that no dictionary knows."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from core.language.normalise import Text, Token
from core.language.respell import is_english, russian_spelling
from core.language.words import is_cyrillic, is_known, lemmas

LENGTH_MIN = 4  # shorter words are too like one another
SHORT = 5  # letters; shorter words must be all but right
CUTOFF_SHORT = 88.0
CUTOFF = 77.0  # rapidfuzz ratio; Russian, where the dictionary says that the word is not one
CUTOFF_ENGLISH = 84.0  # English, where we only know common words


class Typos:
    """Finds the lexicon's word that a misspelling stands for."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        """Remember the words that a misspelling may stand for, by their first letter."""
        words = sorted(word for word in set(vocabulary) if len(word) >= LENGTH_MIN)
        self._russian = frozenset(word for word in words if is_cyrillic(word))
        self._by_letter: dict[tuple[int, str], list[str]] = {}  # by the place and the letter there
        self._by_letters: dict[str, list[str]] = {}  # by its letters in order
        for word in words:
            for place in (0, 1):
                self._by_letter.setdefault((place, word[place]), []).append(word)
            self._by_letters.setdefault("".join(sorted(word)), []).append(word)
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
            if is_known(word):
                return None
            forms = (word, *sorted(lemmas(word) - {word}))
            return next((found for form in forms if (found := self._closest(form, CUTOFF))), None)
        if is_english(word):
            return None
        return self._transliterated(word) or self._closest(word, CUTOFF_ENGLISH)

    def _transliterated(self, word: str) -> str | None:
        """Return the Russian word spelt in Latin amid English: "the rozetka is dead"."""
        return min(lemmas(russian_spelling(word)) & self._russian, default=None)

    def _closest(self, word: str, cutoff: float) -> str | None:
        """Return the closest word, or None. The first two letters may not both be wrong."""
        swapped = self._by_letters.get("".join(sorted(word)), [])
        if len(word) >= SHORT and swapped and min(OSA.distance(word, known) for known in swapped) == 1:
            return min(swapped, key=lambda known: OSA.distance(word, known))  # "sokcet"
        cutoff = cutoff if len(word) >= SHORT else CUTOFF_SHORT
        best: str | None = None
        for place in (0, 1):
            known = self._by_letter.get((place, word[place]), [])
            found = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=cutoff)
            if found and (best is None or found[1] > cutoff):
                best, cutoff = found[0], found[1]
        return best
