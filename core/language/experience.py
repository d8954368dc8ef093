"""Years of work: "лет пятнадцать", "since 2011", "стаж двадцать пять", "полгода"; never anybody's age."""

from collections.abc import Sequence
from datetime import datetime

from core.language import numbers
from core.language.lexicon import table
from core.language.normalise import Text, Token

FOUNDED_MIN = 1950  # "с 2010 года": years before this are no experience
YEARS_MAX = 70

_WORDS = {name: frozenset(words.split()) for name, words in table("talk")["experience"].items()}


def years(text: Text, now: datetime) -> int | None:
    """Return years of experience, or the number that is the whole message."""
    tokens = text.tokens
    if any(token.text in _WORDS["newcomer"] for token in tokens):
        return 0
    for place in range(len(tokens)):
        found = _since(tokens, place, now)
        found = _counted(tokens, place) if found is None else found
        if found is not None:
            return found
    return 0 if _is_none(tokens) else _bare(text)


def _bare(text: Text) -> int | None:
    """Return a number that is the whole message, "about" and the like aside."""
    if any(token.text in _WORDS["about"] for token in text.tokens):
        rest = [token for token in text.tokens if token.text not in _WORDS["about"]]
        number = numbers.cardinal(rest, 0)
        return number[0] if number and number[1] == len(rest) else None
    return numbers.bare_number(text)


def _since(tokens: Sequence[Token], place: int, now: datetime) -> int | None:
    if tokens[place].text not in _WORDS["since"] or place + 1 >= len(tokens):
        return None
    year = tokens[place + 1].text
    if year.isdigit() and FOUNDED_MIN <= int(year) <= now.year:
        return now.year - int(year)
    return None


def _counted(tokens: Sequence[Token], place: int) -> int | None:
    """Read the years that begin at a place, unless they are an age, a warranty or long ago."""
    token = tokens[place]
    if _is(token, "half") or (token.text == "half" and _is_half_a_year(tokens, place)):
        value, end = 0, place + 1
    elif _is(token, "year") or _is(token, "stage"):
        value, end = _number(tokens, place + 1) or (-1, place + 1)
        if value < 0 and not (token.text in _WORDS["single"] and _may_be_single(tokens, place)):
            return None
        value = 1 if value < 0 else value
    else:
        number = _number(tokens, place)
        if number is None or number[1] >= len(tokens) or not _is(tokens[number[1]], "year", "yrs"):
            return None
        value, end = number[0], number[1] + 1
    return value if value <= YEARS_MAX and not _is_other(tokens, place, end) else None


def _number(tokens: Sequence[Token], place: int) -> tuple[int, int] | None:
    """Return a number of years and the place behind it: "25", "двадцать пять", "пару", "полтора"."""
    if place >= len(tokens):
        return None
    if tokens[place].text in _WORDS["couple"]:
        return 2, place + 1 + (place + 1 < len(tokens) and tokens[place + 1].text == "of")
    if tokens[place].text in _WORDS["one_and_half"]:
        return 1, place + 1
    return numbers.cardinal(tokens, place)


def _is(token: Token, *names: str) -> bool:
    return any(token.text in _WORDS[name] or not token.lemmas.isdisjoint(_WORDS[name]) for name in names)


def _is_half_a_year(tokens: Sequence[Token], place: int) -> bool:
    return any(_is(token, "year") for token in tokens[place + 1 : place + 3])


def _may_be_single(tokens: Sequence[Token], place: int) -> bool:
    return place == 0 or tokens[place - 1].text in _WORDS["about"]


def _is_other(tokens: Sequence[Token], place: int, end: int) -> bool:
    """Tell whether the years are somebody's age, a warranty, or are counted back from today."""
    if end < len(tokens) and tokens[end].text in _WORDS["ago"]:
        return True
    while place > 0 and not tokens[place].gap.strip() and tokens[place - 1].text in _WORDS["about"]:
        place -= 1
    return place > 0 and tokens[place - 1].text in _WORDS["aged"]


def _is_none(tokens: Sequence[Token]) -> bool:
    """Tell whether no whole year of work was named: "без опыта", "новичок", "3 месяца"."""
    words = [token.text for token in tokens]
    is_denied = any(word in _WORDS["none_before"] for word in words)
    return any((is_denied and word in _WORDS["stage"]) or word in _WORDS["months"] for word in words)
