"""E-mails as people write and dictate them: "olga точка k собака яндекс точка ру"."""

import re
from collections.abc import Iterator, Sequence

from core.language.lexicon import table
from core.language.normalise import Text
from core.language.who.pieces import Piece
from core.language.words import is_cyrillic

_MAIL = table("contacts")["mail"]
_AT, _DOT, _BEFORE = (frozenset(_MAIL[name].split()) for name in ("at", "dot", "before"))
_SIGNS: dict[str, str] = {
    word: sign for name, sign in (("dash", "-"), ("underscore", "_")) for word in _MAIL[name].split()
} | dict.fromkeys(_DOT, ".")
_SPELLING = {word: latin for latin, words in _MAIL["spelling"].items() for word in words.split()}
_WRITTEN = re.compile(  # not begun inside a name, so that a long one is gone through once
    r"(?<![a-z0-9])(?<![a-z0-9][._%+-])"
    r"[a-z0-9][a-z0-9._%+-]*+\s?@\s?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}"
)
_LETTERS = dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True)) | {
    "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
    "ю": "yu", "я": "ya", "ъ": "", "ь": "",
}  # fmt: skip
_APART_MAX = 2  # words side by side that may be one name

Found = tuple[str, tuple[int, int]]


def find_email(text: Text, words: Sequence[Piece]) -> Found | None:
    """Return the first e-mail of a text, and where it stands."""
    if match := _WRITTEN.search(text.lower):
        return re.sub(r"\s", "", match.group()), match.span()
    return next(_dictated(words), None)


def _dictated(words: Sequence[Piece]) -> Iterator[Found]:
    for place, word in enumerate(words):
        if word.text not in _AT:
            continue
        host, end = _host(words, place + 1)
        name, start = _name(words, place - 1)
        if host and name:
            yield f"{name}@{host}", (words[start].start, words[end].end)


def _host(words: Sequence[Piece], place: int) -> tuple[str, int]:
    """Read "яндекс точка ру"; without a dot it is no host."""
    host, end = "", place
    while place < len(words):
        host += _spelt(words[place])
        end = place
        ahead = words[place + 1] if place + 1 < len(words) else None
        if ahead and ahead.text in _DOT:
            place += 2
        elif ahead and ahead.gap == ".":
            place += 1
        else:
            break
        host += "."
    return (host, end) if "." in host and not host.endswith(".") else ("", end)


def _name(words: Sequence[Piece], last: int) -> tuple[str, int]:
    """Read the words before the "at" backwards, up to a comma or a word such as "почта"."""
    first = last
    while (
        first >= 0
        and words[first].text not in _BEFORE | _AT
        and not (first < last and words[first + 1].is_apart)
    ):
        first -= 1
    first += 1
    while last - first >= _APART_MAX and not any(word.text in _SIGNS for word in words[first : last + 1]):
        first += 1
    return "".join(_spelt(word) for word in words[first : last + 1]).strip("._-"), first


def _spelt(word: Piece) -> str:
    if word.text in _SIGNS:
        return _SIGNS[word.text]
    if word.is_number:
        return str(word.digits)
    if word.text in _SPELLING:
        return str(_SPELLING[word.text])
    if not is_cyrillic(word.text):
        return word.text
    return "".join(_LETTERS.get(sign, sign) for sign in word.text)
