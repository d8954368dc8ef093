"""Make a sloppy text readable: case, ё, stretched letters, wrong keyboard, translit, emoji, binary."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.language.lexicon import table
from core.language.respell import is_english, respell
from core.language.words import grammemes, is_known, lemmas
from core.meaning import Lang

LENGTH_MAX = 4_000  # characters that are read
GLUED_MIN = 5  # letters; a shorter word is a word of its own
DROPPED_G_MIN = 5  # letters; "workin" is longer
JUNK_MAX = 0.1  # share of control characters above which a text is binary

_NOT = "не"
_SAID_BY_SIGNS = table("talk")["signs"]
_WORD = re.compile(r"[a-zа-я]+(?:'[a-z]+)?|\d+")
_SIGNS = {ord(sign): "-" for sign in "‐‑‒–—―−"} | {
    ord("’"): "'", ord("`"): "'", ord("ʼ"): "'", 0xA0: " ", 0x202F: " ", 0x2009: " ",
    ord("«"): '"', ord("»"): '"', ord("“"): '"', ord("”"): '"', ord("„"): '"',
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
    plain = _clean(raw[:LENGTH_MAX], lang or Lang.RU)
    if plain is None or not _WORD.search(plain.lower().replace("ё", "е")):
        return Text(lang=lang or Lang.RU, is_empty=True)
    plain = respell(plain)
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
    blanked = {position for span in spans for position in range(*span)}
    tokens = []
    last = 0
    for token in text.tokens:
        if token.start not in blanked:
            gap = lower[last : token.start] if token.start >= last else token.gap
            tokens.append(token if gap == token.gap else replace(token, gap=gap))
            last = token.end
    return replace(text, lower=lower, plain=plain, tokens=tuple(tokens))


def _clean(raw: str, lang: Lang) -> str | None:
    """Drop what is not text; None for binary."""
    junk = sum(1 for sign in raw if sign == "\ufffd" or (sign < " " and sign not in "\n\r\t"))
    if junk > JUNK_MAX * len(raw):
        return None
    text = unicodedata.normalize("NFC", raw).translate(_SIGNS)
    if not any(sign.isalnum() for sign in text):
        text = _signs(text, lang)
    kept = (
        " " if sign == "\t" else sign if sign == "\n" or unicodedata.category(sign) not in _DROPPED else ""
        for sign in text
    )
    return "".join(kept).strip()


def _signs(text: str, lang: Lang) -> str:
    """Say in words what signs alone say: a thumb, a plus, a shrug."""
    for meaning, word in _SAID_BY_SIGNS[lang].items():
        if any(sign in _SAID_BY_SIGNS[meaning] for sign in text):
            return str(word)
    return text


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
    if word.startswith(_NOT) and len(word) > GLUED_MIN and not is_known(word):
        rest = word.removeprefix(_NOT)  # "неработает"
        if is_known(rest) and "VERB" in grammemes(rest):
            return (_NOT, rest)
    if "'" not in word:
        whole = word + "g"  # "workin"
        return (
            (whole,)
            if word.endswith("in")
            and len(word) > DROPPED_G_MIN
            and not is_english(word)
            and is_english(whole)
            else (word,)
        )
    head, _, tail = word.partition("'")
    if tail == "t" and head.endswith("n"):
        return (head[:-1], "not")
    return (
        (head,)
        if tail in ("s", "")
        else (head, {"re": "be", "m": "be", "ve": "have", "ll": "will"}.get(tail, tail))
    )
