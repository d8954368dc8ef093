"""Undo sloppy spelling: stretched letters, the wrong keyboard layout, translit, misspelt words of time."""

import re
from collections.abc import Callable
from functools import lru_cache

from rapidfuzz import fuzz, process

from core.language.lexicon import english_words, table
from core.language.words import grammemes, is_cyrillic, is_known, lemmas

WORD_MIN = 3  # letters; shorter words are Russian and English alike
TIME_WORD_MIN = 5  # letters
TIME_WORD_CUTOFF = 82.0  # rapidfuzz ratio

_KEYS = dict(
    zip(
        "`qwertyuiop[]asdfghjkl;'zxcvbnm,.",
        "ёйцукенгшщзхъфывапролджэячсмитьбю",
        strict=True,
    )
)
_KEYS_BACK = {russian: latin for latin, russian in _KEYS.items()}
_LOOKALIKES = str.maketrans("aceopxykmtbh", "асеорхукмтвн")
_LATIN = (  # longest first
    ("shch", "щ"), ("sch", "щ"), ("yo", "ё"), ("jo", "ё"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"),
    ("ch", "ч"), ("sh", "ш"), ("yu", "ю"), ("ju", "ю"), ("iu", "ю"), ("ya", "я"), ("ja", "я"), ("ia", "я"),
    ("ye", "е"), ("ck", "к"), ("a", "а"), ("b", "б"), ("v", "в"), ("w", "в"), ("g", "г"), ("d", "д"),
    ("e", "е"), ("z", "з"), ("i", "и"), ("j", "й"), ("k", "к"), ("l", "л"), ("m", "м"), ("n", "н"),
    ("o", "о"), ("p", "п"), ("r", "р"), ("s", "с"), ("t", "т"), ("u", "у"), ("f", "ф"), ("h", "х"),
    ("c", "ц"), ("x", "кс"), ("q", "к"), ("'", "ь"), ("4", "ч"), ("6", "ш"),
)  # fmt: skip
_VOWELS = frozenset("аеёиоуыэюя")
_STRETCHED = re.compile(r"([a-zа-я])\1{2,}")
_TIME_WORDS = table("calendar")["spelling"]["words"].split()


def respell(plain: str) -> str:
    """Return a text as it was meant to be spelt."""
    plain = re.sub(r"[A-Za-zА-Яа-яЁё']+", _mend, plain)
    has_cyrillic = any(is_cyrillic(sign) or sign in "ёЁ" for sign in plain)
    if not has_cyrillic:
        return _from_keyboard(plain) or _from_translit(plain) or plain
    return _to_keyboard(plain) or plain


def _mend(match: re.Match[str]) -> str:
    """Undo stretched letters ("сееейчас") and Latin letters inside a Cyrillic word."""
    word = match.group()
    lower = word.lower()
    if re.search("[a-z]", lower) and re.search("[а-яё]", lower):
        swapped = lower.translate(_LOOKALIKES)
        if not re.search("[a-z]", swapped):
            word, lower = swapped, swapped
    if not _STRETCHED.search(lower) or len(set(lower)) == 1 or (is_cyrillic(lower) and is_known(lower)):
        return _time_word(lower) or word
    once, twice = _STRETCHED.sub(r"\1", lower), _STRETCHED.sub(r"\1\1", lower)
    known: Callable[[str], bool] = is_known if is_cyrillic(once) else is_english
    mended = twice if known(twice) and not known(once) else once
    return mended.capitalize() if word[0].isupper() else mended


@lru_cache(maxsize=4096)
def _time_word(word: str) -> str | None:
    """Correct a misspelt word of time ("заватра"): the grammar of times reads letters, not lemmas."""
    if len(word) < TIME_WORD_MIN or (is_known(word) if is_cyrillic(word) else is_english(word)):
        return None
    found = process.extractOne(word, _TIME_WORDS, scorer=fuzz.ratio, score_cutoff=TIME_WORD_CUTOFF)
    return found[0] if found else None


@lru_cache(maxsize=4096)
def is_english(word: str) -> bool:
    """Tell whether we know a word as common English or as part of the lexicon."""
    words = english_words()
    return word in words or next(iter(lemmas(word)), word) in words


def _from_keyboard(plain: str) -> str | None:
    """Russian typed with the English layout on: "ghbdtn" is "привет"."""
    pieces = plain.lower().split()
    typed = [_retype(piece) for piece in pieces]
    russian = sum(1 for word in typed if _reads_russian(word))
    english = sum(1 for piece in pieces if len(piece) > 1 and is_english(piece.strip(".,;!?'\"")))
    letters = sum(1 for piece in pieces if re.search(f"[a-z]{{{WORD_MIN}}}", piece))
    if russian > english and russian * 2 >= letters and russian > _translit_score(pieces):
        return " ".join(typed)
    return None


def _retype(piece: str) -> str:
    if not re.search("[a-z]", piece):
        return piece
    whole = "".join(_KEYS.get(sign, sign) for sign in piece)
    body = piece.rstrip(",.")
    if body == piece or is_known(whole):
        return whole
    shorter = "".join(_KEYS.get(sign, sign) for sign in body)
    return shorter + piece[len(body) :] if is_known(shorter) else whole


def _reads_russian(word: str) -> bool:
    core = word.strip(".,;!?'\"")
    return len(core) >= WORD_MIN and is_cyrillic(core) and is_known(core)


def _to_keyboard(plain: str) -> str | None:
    """English typed with the Russian layout on: "рудз" is "help"."""
    pieces = plain.lower().split()
    words = [piece.strip(".,!?") for piece in pieces if re.search("[а-яё]", piece)]
    if not words or sum(1 for word in words if is_known(word)) * 2 > len(words):
        return None
    typed = ["".join(_KEYS_BACK.get(sign, sign) for sign in word) for word in words]
    if sum(1 for word in typed if len(word) > 1 and is_english(word)) * 3 < len(typed) * 2:
        return None
    return "".join(_KEYS_BACK.get(sign, sign) for sign in plain.lower())


def _from_translit(plain: str) -> str | None:
    """Russian in Latin letters: "vyklyuchatel ne rabotaet"."""
    pieces = plain.split()
    cores = [piece.lower().strip(".,;!?'\"()") for piece in pieces]
    english = sum(1 for core in cores if is_english(core) or core in _ENGLISH_TOO)
    plainly = [
        piece.lower()
        for place, piece in enumerate(pieces)
        if not piece[:1].isupper() or (place == 0 and not _is_name(piece))
    ]
    # A capital later on is a name, and names are alike.
    if _is_only_names(pieces) or _translit_score(plainly) <= english:
        return None
    return " ".join(
        piece if _stays(piece) else _cased(piece, russian_spelling(piece.lower())) for piece in pieces
    )


def _is_only_names(pieces: list[str]) -> bool:
    """Tell whether all words are capitalised names: "Abdul Karimov" is as good in Latin letters."""
    pieces = [piece for piece in pieces if piece.isalpha()]
    if not pieces or not all(piece[:1].isupper() for piece in pieces):
        return False
    return all(_is_name(piece) for piece in pieces)


def _is_name(piece: str) -> bool:
    """Tell whether a word in Latin letters may be a Russian name of a person, a street or a town."""
    word = russian_spelling(piece.lower().strip(".,;!?'\"()"))
    return bool(grammemes(word) & {"Name", "Surn", "Geox", "ADJF"})


def _stays(piece: str) -> bool:
    """Tell whether a piece of a transliterated text is none itself: an e-mail, a number, plain English."""
    core = piece.lower().strip(".,;!?'\"()")
    return "@" in piece or not re.search("[A-Za-z]", piece) or (is_english(core) and core not in _BOTH)


# Words that people write in Latin letters in either language: names, streets, e-mails.
_STREET_TYPES, _MAIL = table("addresses")["street_types"], table("contacts")["mail"]
_RUSSIAN_TYPES = frozenset(_STREET_TYPES["latin_before"].split()) - {"street"}
_EITHER = frozenset(
    {
        *table("names")["english"].split(),
        *_STREET_TYPES["latin"].split(),
        *_MAIL["spelling"],
        *_MAIL["dot"].split(),
    }
)
_ENGLISH_TOO = _EITHER - _RUSSIAN_TYPES
_BOTH = frozenset({"on", "a", "i", "no", "do", "to", "not", "so", "by"})  # English and translit alike


def _translit_score(pieces: list[str]) -> int:
    score = 0
    for piece in pieces:
        core = piece.strip(".,;!?'\"()")
        is_latin = len(core) > 1 and core.isascii() and core.isalpha()
        if is_latin and core not in _EITHER and not is_english(core):
            score += _reads_russian(russian_spelling(core)) or core in ("ne", "ya", "na")
    return score


def _cased(model: str, word: str) -> str:
    return word.capitalize() if model[:1].isupper() else word


@lru_cache(maxsize=4096)
def russian_spelling(latin: str) -> str:
    """Spell a transliterated word in Cyrillic, trying what "y", "e" and a soft sign may stand for."""
    plain = _spell(latin)
    if is_known(plain.strip(".,;!?'\"()")):
        return plain
    core = plain.rstrip(".,;!?'\"()")
    tail = plain[len(core) :]
    for guess in _guesses(core):
        if is_known(guess):
            return guess + tail
    return plain


def _spell(latin: str) -> str:
    out: list[str] = []
    place = 0
    while place < len(latin):
        for source, target in _LATIN:
            if latin.startswith(source, place):
                out.append(target)
                place += len(source)
                break
        else:
            out.append(_y(out) if latin[place] == "y" else latin[place])
            place += 1
    return "".join(out)


def _y(before: list[str]) -> str:
    return "й" if before and before[-1][-1] in _VOWELS else "ы"


def _guesses(core: str) -> list[str]:
    guesses = [core + "ь"]
    guesses += [
        core[:place] + "ь" + core[place:] for place in range(2, len(core)) if core[place - 1] in "лнтсдрзм"
    ]
    guesses += [
        core.replace("е", "э", 1),
        core.replace("и", "й"),
        core.replace("ц", "тс", 1),
        core.replace("ы", "й"),
        core.replace("ё", "е"),
    ]
    guesses += [
        core[:place] + new + core[place + 1 :]
        for place, old in enumerate(core)
        for new in _SWAPS.get(old, "")
    ]
    return guesses


_SWAPS = {
    "ш": "щ",
    "ы": "йи",
    "и": "йы",
    "е": "эё",
    "х": "г",
    "ц": "кс",
    "з": "ж",
    "с": "ш",
    "щ": "ш",
    "ю": "у",
}
