"""Numbers said in words or digits: "три тысячи пятьсот", "полторы", "2 500", "3к"."""

import re
from collections.abc import Sequence

from core.language.lexicon import table
from core.language.normalise import Text, Token

MINOR = 100
WORDS_MAX = 4  # of a number that is spelt out and nothing else
BARE_AMOUNT_MIN = 100  # a number alone is an amount of money from here on

_WORDS = {word: int(value) for value, words in table("talk")["number"].items() for word in words}
_THOUSANDS = frozenset({"тысяча", "тыща", "тыс", "thousand", "k", "к", "тр", "косарь", "штука"})
_CURRENCY = frozenset(
    {"рубль", "руб", "р", "rub", "ruble", "rubl", "roubl", "rouble", "rur", "рублик", "целковый"}
)
_HALVES = {"полторы": 1.5, "полтора": 1.5}
_AMOUNT = re.compile(
    r"(?<![\d.,/-])(?P<whole>\d{1,3}(?: \d{3})+|\d+)(?:[.,](?P<part>\d{1,2}))?(?![\d.,]*\d)"
    r"\s*(?P<thousand>тыс\w*\.?|т\.?\s?р\.?|тыщ\w*|[кk](?![a-zа-я])|thousand|grand)?"
    r"\s*(?P<currency>руб\w*|р(?![a-zа-я])|₽|rub\w*|roubl\w*|rur)?"
)
_ALONE = re.compile(r"\s*([-+]?)\s*(\d[\d ]{0,17})(?:[.,](\d{1,2}))?\s*[.!?]?\s*")


def word_value(word: str) -> int | None:
    """Return the value of a number word or of digits."""
    return int(word) if word.isdigit() else _WORDS.get(word)


def bare_number(text: Text) -> int | None:
    """Return the number that is the whole message, minus sign included."""
    if match := _ALONE.fullmatch(text.lower):
        value = int(match[2].replace(" ", ""))
        return -value if match[1] == "-" else value
    values = _spelt(text.tokens)
    return values if values is not None and len(text.tokens) <= WORDS_MAX else None


def amount_minor(text: Text) -> int | None:
    """Return an amount of money in minor units: one with its currency, in thousands, or alone."""
    if match := _ALONE.fullmatch(text.lower):
        sign = -1 if match[1] == "-" else 1
        minor = int(match[2].replace(" ", "")) * MINOR + int((match[3] or "0").ljust(2, "0"))
        return sign * minor if sign < 0 or minor >= BARE_AMOUNT_MIN * MINOR or minor == 0 else None
    for match in _AMOUNT.finditer(text.lower):
        if match["thousand"] or match["currency"]:
            return _minor(match)
    return _spelt_amount(text.tokens)


def _minor(match: re.Match[str]) -> int:
    whole, part = int(match["whole"].replace(" ", "")), match["part"] or ""
    minor = whole * MINOR + int(part.ljust(2, "0") or 0)
    return minor * 1000 if match["thousand"] else minor


def _spelt_amount(tokens: Sequence[Token]) -> int | None:
    for place, token in enumerate(tokens):
        if token.text in _HALVES and place + 1 < len(tokens) and tokens[place + 1].lemmas & _THOUSANDS:
            return int(_HALVES[token.text] * 1000 * MINOR)
    value, has_unit = _spelt_run(tokens)
    return value * MINOR if value is not None and has_unit else None


def _spelt(tokens: Sequence[Token]) -> int | None:
    value, _ = _spelt_run(tokens)
    return value if value is not None and all(_is_numeral(token) for token in tokens) else None


def _is_numeral(token: Token) -> bool:
    return word_value(token.text) is not None or bool(token.lemmas & (_THOUSANDS | _CURRENCY))


def _spelt_run(tokens: Sequence[Token]) -> tuple[int | None, bool]:
    """Add up the first run of number words; also whether thousands or a currency were named."""
    total, group, seen, has_unit = 0, 0, False, False
    for token in tokens:
        value = None if token.text.isdigit() else _WORDS.get(token.text)
        if value is not None:
            seen, group = True, group + value
        elif token.lemmas & _THOUSANDS and token.text not in ("к", "k"):
            seen, has_unit = True, True
            total, group = total + max(group, 1) * 1000, 0
        elif seen:
            has_unit |= bool(token.lemmas & _CURRENCY)
            break
    return (total + group, has_unit) if seen else (None, False)
