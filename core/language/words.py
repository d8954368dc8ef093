"""Words to dictionary forms: Russian by pymorphy3, English by a small stemmer of our own.

The lexicon's phrases go through the same two functions, so a form matches whatever ending the
dictionary gives it; the English stem need not be a word.
"""

from functools import lru_cache

from pymorphy3 import MorphAnalyzer

SHORT = 3  # letters; an English word so short has no ending to cut
PARSE_MIN = 0.04  # parses rarer than this only add false readings

_IRREGULAR = {
    "broke": "break",
    "broken": "break",
    "burnt": "burn",
    "burst": "burst",
    "came": "come",
    "caught": "catch",
    "died": "die",
    "did": "do",
    "does": "do",
    "done": "do",
    "fallen": "fall",
    "fell": "fall",
    "froze": "freeze",
    "frozen": "freeze",
    "gone": "go",
    "went": "go",
    "got": "get",
    "gotten": "get",
    "has": "have",
    "had": "have",
    "is": "be",
    "are": "be",
    "am": "be",
    "was": "be",
    "were": "be",
    "been": "be",
    "knives": "knife",
    "made": "make",
    "paid": "pay",
    "shelves": "shelf",
    "shook": "shake",
    "stuck": "stick",
    "tore": "tear",
    "torn": "tear",
    "worn": "wear",
    "wore": "wear",
}
_VOWELS = frozenset("aeiouy")
_KEPT = frozenset(
    {"this", "his", "its", "us", "bus", "gas", "yes", "always", "gas's", "red", "need", "bed", "feed"}
)


@lru_cache(maxsize=1)
def morphology() -> MorphAnalyzer:
    """Return the Russian dictionary; read once, ~25 MB."""
    return MorphAnalyzer()


def is_cyrillic(word: str) -> bool:
    """Tell whether a word begins with a Cyrillic letter."""
    return "а" <= word[:1].lower() <= "я"


@lru_cache(maxsize=1 << 15)
def lemmas(word: str) -> frozenset[str]:
    """Return every likely dictionary form of a lower-case word, without ё."""
    if not is_cyrillic(word):
        return frozenset({stem(word)})
    parses = morphology().parse(word)
    likely = [parse for parse in parses if parse.score >= PARSE_MIN] or parses[:1]
    return frozenset(parse.normal_form.replace("ё", "е") for parse in likely)


@lru_cache(maxsize=1 << 14)
def is_known(word: str) -> bool:
    """Tell whether a Russian word is in the dictionary; one letter is always known."""
    return len(word) == 1 or morphology().word_is_known(word)


@lru_cache(maxsize=1 << 14)
def grammemes(word: str) -> frozenset[str]:
    """Return what a Russian word may be: `Name`, `Surn`, `Patr`, `Geox`, `NOUN`, `ADJF` and so on."""
    found: set[str] = set()
    for parse in morphology().parse(word):
        if parse.score >= PARSE_MIN:
            found |= parse.tag.grammemes
    return frozenset(found)


def stem(word: str) -> str:
    """Cut an English word's ending: plural, -ed, -ing and a few irregular verbs."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= SHORT or word in _KEPT:
        return word
    if word.endswith("s"):
        return _singular(word)
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) >= SHORT and _VOWELS & set(root):
            is_doubled = len(root) > SHORT and root[-1] == root[-2] and root[-1] not in "lsz"
            return root[:-1] if is_doubled else _without_e(root)
    return _without_e(word)


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith(("ss", "us", "is")):
        return word
    return stem(word[:-1])


def _without_e(word: str) -> str:
    """Drop a silent final e, so that `leaking`, `leaks` and `leak`, `wiring` and `wire` agree."""
    return word[:-1] if len(word) > SHORT and word.endswith("e") else word
