"""Numbers said in words or digits: "три тысячи пятьсот", "полторы", "2 500", "3к", "взял 3000"."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from core.language.lexicon import table
from core.language.normalise import Text, Token
from core.language.words import grammemes, is_cyrillic

MINOR = 100
THOUSAND, HUNDRED = 1000, 100
WORDS_MAX = 4  # of a number that is spelt out and nothing else
BARE_AMOUNT_MIN = 100  # a number alone is an amount of money from here on
DIGITS_MAX = 9  # longer runs are phones and accounts

_TALK = table("talk")
_WORDS = {word: int(value) for value, words in _TALK["number"].items() for word in words}
_MONEY = {name: frozenset(words.split()) for name, words in _TALK["money"].items()}
_AMOUNT = re.compile(
    r"(?<![\d.,/-])(?P<whole>\d{1,3}(?:[ .,]\d{3})+(?!\d)|\d+)(?:[.,](?P<part>\d{1,2}))?(?![\d.,]*\d)"
    r"\s*(?P<thousand>тыс\w*\.?|т\.?\s?р\.?|тыщ\w*|косар\w*|[кk](?![a-zа-я])|thousand|grand)?"
    r"\s*(?P<currency>руб\w*|р(?![a-zа-я])|₽|rub\w*|roubl\w*|rur)?"
)
_ALONE = re.compile(
    r"\s*+([-+]?)\s*+(\d{1,3}(?:[.,]\d{3})+|\d[\d ]{0,17})(?:[.,](\d{1,2}))?\s*+(?:[.!?]\s*+)?"
)


def word_value(word: str) -> int | None:
    """Return the value of a number word or of digits."""
    return int(word) if word.isdigit() else _WORDS.get(word)


def value_of(token: Token) -> int | None:
    """Return the value of a number in any case: "пятнадцати", "15"."""
    if token.text.isdigit():
        return int(token.text) if len(token.text) <= DIGITS_MAX else None
    if (value := _WORDS.get(token.text)) is not None:
        return value
    return next((_WORDS[lemma] for lemma in token.lemmas if lemma in _WORDS), None)


def cardinal(tokens: Sequence[Token], place: int) -> tuple[int, int] | None:
    """Return the number that begins at a place, and the place behind it: "двадцать пять" is one number."""
    if place < len(tokens) and tokens[place].text.isdigit():
        value = value_of(tokens[place])
        return None if value is None else (value, place + 1)
    total, last, end = 0, 0, place
    while end < len(tokens) and not tokens[end].text.isdigit():
        value = value_of(tokens[end])
        if value is None or (end > place and not _goes_on(last, value)):
            break
        total, last, end = total + value, value, end + 1
    return (total, end) if end > place else None


def _goes_on(last: int, value: int) -> bool:
    """Tell whether a number word may follow another within one number: "двадцать" and "пять"."""
    return value > 0 and last % 10 == 0 and last >= 20 and value < (HUNDRED if last >= HUNDRED else 10)  # noqa: PLR2004


def bare_number(text: Text) -> int | None:
    """Return the number that is the whole message, minus sign included."""
    if match := _ALONE.fullmatch(text.lower):
        value = int(re.sub(r"\D", "", match[2]))
        return -value if match[1] == "-" else value
    if len(text.tokens) > WORDS_MAX:
        return None
    spelt = _spelt(text.tokens, 0)
    return spelt[0] if spelt and spelt[1] == len(text.tokens) else None


def amount_minor(text: Text) -> int | None:
    """Return an amount in minor units: one with its currency, in thousands, paid, or alone."""
    if match := _ALONE.fullmatch(text.lower):
        sign = -1 if match[1] == "-" else 1
        minor = int(re.sub(r"\D", "", match[2])) * MINOR + int((match[3] or "0").ljust(2, "0"))
        return sign * minor if sign < 0 or minor >= BARE_AMOUNT_MIN * MINOR or minor == 0 else None
    for match in _AMOUNT.finditer(text.lower):
        if match["thousand"] or match["currency"]:
            return _minor(match)
    return _spelt_amount(text.tokens) or _paid_amount(text)


def _minor(match: re.Match[str]) -> int:
    whole, part = int(re.sub(r"\D", "", match["whole"])), match["part"] or ""
    if match["thousand"]:
        return round(float(f"{whole}.{part or 0}") * THOUSAND) * MINOR
    return whole * MINOR + int(part.ljust(2, "0") or 0)


def _spelt_amount(tokens: Sequence[Token]) -> int | None:
    """Return an amount in words that has its thousands or its currency, or is all there is."""
    has_evidence = any(_is_money(token) for token in tokens)
    for place in range(len(tokens)):
        spelt = _spelt(tokens, place)
        if spelt is None:
            continue
        value, end, has_unit = spelt
        is_alone = place == 0 and end == len(tokens) and value >= HUNDRED
        if has_unit or is_alone or (has_evidence and value >= HUNDRED):
            return value * MINOR
        return None
    return None


def _paid_amount(text: Text) -> int | None:
    """Return digits that money words stand beside: "взял 3000", "total 3000"; "взял 200 гвоздей" is none."""
    tokens = text.tokens
    if not any(_is_money(token) for token in tokens):
        return None
    starts = [token.start for token in tokens]
    places = {start: place for place, start in enumerate(starts)}
    for match in _AMOUNT.finditer(text.lower):
        place, minor = places.get(match.start()), _minor(match)
        if place is None or minor < BARE_AMOUNT_MIN * MINOR:
            continue
        if _may_precede(tokens, place) and _may_follow(tokens, bisect_left(starts, match.end())):
            return minor
    return None


def _is_money(token: Token) -> bool:
    return token.text in _MONEY["paid"] | _MONEY["by"] or _is_one(token, "sum")


def _is_one(token: Token, *names: str) -> bool:
    return any(not token.lemmas.isdisjoint(_MONEY[name]) for name in names)


def _may_precede(tokens: Sequence[Token], place: int) -> bool:
    """Tell whether the word before a sum is no thing that is numbered: "квартиру 115", "заявку 4827"."""
    if place == 0 or tokens[place].gap.strip() or _is_money(tokens[place - 1]):
        return True
    word = tokens[place - 1].text
    return word in _MONEY["before"] or (is_cyrillic(word) and "NOUN" not in grammemes(word))


def _may_follow(tokens: Sequence[Token], place: int) -> bool:
    """Tell whether the word behind a sum is no thing that is counted: "200 метров", "200 nails"."""
    if place >= len(tokens) or tokens[place].gap.strip() or _is_money(tokens[place]):
        return True
    word = tokens[place].text
    return word in _MONEY["after"] or (is_cyrillic(word) and "NOUN" not in grammemes(word))


def _spelt(tokens: Sequence[Token], start: int) -> tuple[int, int, bool] | None:
    """Read a number of words from a place on: its value, the place behind it, and whether it had a unit.

    "две пятьсот" is 2,500, as people say it; so is "две с половиной тысячи" and "twenty five hundred".
    """
    total, group, has_unit, place = 0, None, False, start
    while place < len(tokens):
        token = tokens[place]
        value = None if token.text.isdigit() else value_of(token)
        if token.text in _MONEY["half_thousand"]:
            return int(1.5 * THOUSAND), _behind_unit(tokens, place + 1), True
        if value == HUNDRED and token.text == "hundred":
            group = (group or 1) * HUNDRED
        elif value is not None:
            if group is not None and 0 < group < HUNDRED <= value:  # "две пятьсот"
                total, group = total + group * THOUSAND, 0
            group = (group or 0) + value
        elif _is_one(token, "thousand"):
            total, group, has_unit = total + (1 if group is None else group) * THOUSAND, 0, True
        elif (half := _half(tokens, place)) and group is not None:
            return int((group + 0.5) * THOUSAND), half, True
        elif not (token.text in ("a", "and") and _goes_on_behind(tokens, place)):
            break
        place += 1
    if group is None and not has_unit:
        return None
    if place < len(tokens) and _is_one(tokens[place], "currency"):
        return total + (group or 0), place + 1, True
    return total + (group or 0), place, has_unit


def _half(tokens: Sequence[Token], place: int) -> int | None:
    """Return the place behind "с половиной тысячи", "and a half thousand"."""
    words = [token.text for token in tokens[place : place + 3]]
    length = 2 if words[:2] == ["с", "половиной"] else 3 if words == ["and", "a", "half"] else 0
    end = place + length
    is_unit = length and end < len(tokens) and _is_one(tokens[end], "thousand")
    return _behind_unit(tokens, end) if is_unit else None


def _behind_unit(tokens: Sequence[Token], place: int) -> int:
    while place < len(tokens) and not tokens[place].lemmas.isdisjoint(
        _MONEY["thousand"] | _MONEY["currency"]
    ):
        place += 1
    return place


def _goes_on_behind(tokens: Sequence[Token], place: int) -> bool:
    if place + 1 >= len(tokens):
        return False
    following = tokens[place + 1]
    is_unit = _is_one(following, "thousand")
    return is_unit if tokens[place].text == "a" else is_unit or _WORDS.get(following.text) is not None
