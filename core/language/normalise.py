"""Make a sloppy text readable: case, ё, stretched letters, wrong keyboard, translit, emoji, binary."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz, process

from core.language.lexicon import english_words, table
from core.language.words import is_cyrillic, is_known, lemmas
from core.meaning import Lang

LENGTH_MAX = 4_000  # characters that are read
TIME_WORD_MIN = 5  # letters
TIME_WORD_CUTOFF = 82.0  # rapidfuzz ratio
JUNK_MAX = 0.1  # share of control characters above which a text is binary

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
_YES = re.compile("[👍✅👌🆗☑✔]")
_NO = re.compile("[👎❌🚫]")
_WORD = re.compile(r"[a-zа-я]+(?:'[a-z]+)?|\d+")
_STRETCHED = re.compile(r"([a-zа-я])\1{2,}")
_SIGNS = {ord(sign): "-" for sign in "‐‑‒–—―−"} | {
    ord("’"): "'", ord("`"): "'", ord("ʼ"): "'", 0xA0: " ", 0x202F: " ", 0x2009: " ", ord("«"): '"', ord("»"): '"',
    ord("“"): '"', ord("”"): '"', ord("„"): '"',
}  # fmt: skip
_SHORT = {  # English contractions, with and without their apostrophe
    "can't": ("can", "not"), "cant": ("can", "not"), "cannot": ("can", "not"), "won't": ("will", "not"),
    "wont": ("will", "not"), "dont": ("do", "not"), "doesnt": ("do", "not"), "didnt": ("do", "not"),
    "isnt": ("be", "not"), "arent": ("be", "not"), "wasnt": ("be", "not"), "hasnt": ("have", "not"),
    "havent": ("have", "not"), "aint": ("be", "not"), "im": ("i", "be"), "ive": ("i", "have"),
    "wouldnt": ("would", "not"), "couldnt": ("could", "not"), "shouldnt": ("should", "not"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a number. `gap` is what stands between it and the word before it."""

    text: str
    lemmas: frozenset[str]
    start: int
    end: int
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A text made readable.

    Attributes:
        plain: As written, without junk; case is kept. Phones, names and e-mails are read here.
        lower: Lower case, without ё; as long as `plain`, so that positions agree.
        tokens: Words and numbers of `lower`, in order.
    """

    lang: Lang
    plain: str = ""
    lower: str = ""
    tokens: tuple[Token, ...] = ()
    is_empty: bool = False


def normalise(raw: str, lang: Lang | None) -> Text:
    """Make a text readable.

    Args:
        lang: The language to assume where the text has no letters.
    """
    plain = _clean(raw[:LENGTH_MAX])
    if plain is None or not _WORD.search(plain.lower().replace("ё", "е")):
        return Text(lang=lang or Lang.RU, is_empty=True)
    plain = _respell(plain)
    # A few capitals grow when lowered (İ); positions must agree.
    lower = "".join(low if len(low := sign.lower()) == 1 else sign for sign in plain).replace("ё", "е")
    return Text(lang=_language(lower, lang), plain=plain, lower=lower, tokens=tuple(_tokens(lower)))


def without(text: Text, spans: Iterable[tuple[int, int]]) -> Text:
    """Blank phones, addresses and e-mails, so that their numbers are no hours and no jobs."""
    spans = [(start, end) for start, end in spans if end > start]
    if not spans:
        return text
    lower, plain = text.lower, text.plain
    for start, end in spans:
        blank = ";" + " " * (end - start - 1)
        lower, plain = lower[:start] + blank + lower[end:], plain[:start] + blank + plain[end:]
    tokens = []
    last = 0
    for token in text.tokens:
        if not any(start <= token.start < end for start, end in spans):
            gap = lower[last : token.start] if token.start >= last else token.gap
            tokens.append(replace(token, gap=gap))
            last = token.end
    return replace(text, lower=lower, plain=plain, tokens=tuple(tokens))


def _clean(raw: str) -> str | None:
    """Drop what is not text; None for binary."""
    junk = sum(1 for sign in raw if sign == "\ufffd" or (sign < " " and sign not in "\n\r\t"))
    if junk > JUNK_MAX * len(raw):
        return None
    text = unicodedata.normalize("NFC", raw).translate(_SIGNS)
    if not any(sign.isalnum() for sign in text):
        text = _NO.sub(" нет ", _YES.sub(" да ", text))
    kept = (
        " " if sign == "\t" else sign if sign == "\n" or unicodedata.category(sign) not in _DROPPED else ""
        for sign in text
    )
    return "".join(kept).strip()


_TIME_WORDS = table("calendar")["spelling"]["words"].split()
_DROPPED = frozenset({"So", "Sk", "Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me"})


def _language(lower: str, known: Lang | None) -> Lang:
    cyrillic = sum(1 for sign in lower if "а" <= sign <= "я")
    latin = sum(1 for sign in lower if "a" <= sign <= "z")
    if not cyrillic and not latin:
        return known or Lang.RU
    return Lang.RU if cyrillic >= latin / 2 else Lang.EN


def _tokens(lower: str) -> list[Token]:
    tokens: list[Token] = []
    last = 0
    for match in _WORD.finditer(lower):
        gap, start, end = lower[last : match.start()], match.start(), match.end()
        for piece in _pieces(match.group()):
            tokens.append(Token(piece, lemmas(piece), start, end, gap))
            gap = ""
        last = end
    return tokens


def _pieces(word: str) -> tuple[str, ...]:
    if word in _SHORT:
        return _SHORT[word]
    if "'" not in word:
        whole = word + "g"  # "workin"
        return (whole,) if word.endswith("in") and len(word) > 5 and not is_english(word) and is_english(whole) else (word,)
    head, _, tail = word.partition("'")
    if tail == "t" and head.endswith("n"):
        return (head[:-1], "not")
    return (head,) if tail in ("s", "") else (head, {"re": "be", "m": "be", "ve": "have", "ll": "will"}.get(tail, tail))


# --- respelling: stretched letters, lookalikes, wrong keyboard, translit -----------------------


def _respell(plain: str) -> str:
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
    if not _STRETCHED.search(lower) or len(set(lower)) == 1:
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
    english = sum(1 for piece in pieces if is_english(piece.strip(".,;!?'\"")))
    letters = sum(1 for piece in pieces if re.search("[a-z]", piece))
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
    return len(core) >= 3 and is_cyrillic(core) and is_known(core)


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
    english = sum(1 for piece in pieces if is_english(piece.lower().strip(".,;!?'\"()")))
    plainly = [piece.lower() for place, piece in enumerate(pieces) if not place or not piece[:1].isupper()]
    if _translit_score(plainly) <= english:  # a capital later on is a name, and names are alike
        return None
    return " ".join(
        piece if "@" in piece or is_english(core := piece.lower().strip(".,;!?'\"()")) and core not in _BOTH
        else _cased(piece, russian_spelling(piece.lower()))
        for piece in pieces
    )  # fmt: skip


_BOTH = frozenset({"on", "a", "i", "no", "do", "to", "not", "so", "by"})  # English and translit alike


def _translit_score(pieces: list[str]) -> int:
    score = 0
    for piece in pieces:
        core = piece.strip(".,;!?'\"()")
        if len(core) >= 2 and core.isascii() and core.isalpha() and not is_english(core):
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
    guesses += [core[:place] + "ь" + core[place:] for place in range(2, len(core)) if core[place - 1] in "лнтсдрзм"]
    guesses += [core.replace("е", "э", 1), core.replace("и", "й"), core.replace("ы", "й"), core.replace("ё", "е")]
    guesses += [core[:place] + new + core[place + 1 :] for place, old in enumerate(core) for new in _SWAPS.get(old, "")]
    return guesses


_SWAPS = {"ш": "щ", "ы": "йи", "и": "йы", "е": "эё", "х": "г", "ц": "кс", "з": "ж", "с": "ш", "щ": "ш", "ю": "у"}
