"""Phones as people write and dictate them.

Written ones are found by `phonenumbers`; the rest are runs of digits and number words, with what
people say between them ("восемь девятьсот шесть, э-э, двести…"), that add up to a number.
"""

import re
from collections.abc import Iterator, Sequence

import phonenumbers

from core.language.lexicon import table
from core.language.normalise import Text
from core.language.who.pieces import Piece, at

REGION = "RU"
NATIONAL_DIGITS, FULL_DIGITS, LOCAL_DIGITS = 10, 11, 6
RUN_MAX = 24  # pieces of one number being dictated, digit by digit
LOOK_BACK = 3  # words

_WORDS, _NUMERALS = table("contacts"), table("numerals")
_INSIDE, _PLUS, _PHONE, _LANDLINE, _OTHER = (
    frozenset(_WORDS[name].split()) for name in ("inside", "plus", "phone", "landline", "other")
)
_TIMES = {word: int(count) for count, words in _NUMERALS["times"].items() for word in words.split()}
_DIGIT = {word: digit for digit, words in _NUMERALS["digit"].items() for word in words.split()}
# Country codes with which people begin a number without its plus.
_ABROAD = ("375", "380", "998", "996", "994", "995", "992", "374", "370", "371", "372", "373")
_LETTER_O = re.compile(  # begun only where a run of digits begins, so that a long one is gone through once
    r"(?:(?<![a-zа-я\d])|(?<=[a-zа-я]\d))(?=[oо]*\d)\d*+[oо][\doо]*(?![a-zа-я])"
)
_WRITTEN_GAP = re.compile(r"[\s().+/-]*")

Span = tuple[int, int]


def find_phones(text: Text, words: Sequence[Piece]) -> tuple[list[str], list[Span]]:
    """Return the phones of a text in E.164 in their order, and where they stand."""
    found: dict[Span, str] = {}
    digits = _LETTER_O.sub(lambda match: re.sub("[oо]", "0", match.group()), text.lower)
    said = [word for word in words if not word.is_number]
    if sum(1 for sign in digits if sign.isdigit()) >= LOCAL_DIGITS:
        for match in phonenumbers.PhoneNumberMatcher(digits, REGION):
            if not _is_other(said, match.start):
                found[(match.start, match.end)] = _e164(match.number)
    if not any(word.is_number or word.text in _DIGIT for word in words):
        return [], []
    for run in _runs(words, found):
        if not _is_other(said, run[0].start):
            found |= {span: number for number, span in _numbers(run, words)}
    spans = sorted(found)
    return list(dict.fromkeys(found[span] for span in spans)), spans


def local_phone(words: Sequence[Piece]) -> str | None:
    """Return the number of a city phone given without its code, if it is all that was said."""
    if any(not word.is_number and word.text not in _PHONE for word in words):
        return None
    return _local("".join(_digits(words)))


# --- runs of digits ------------------------------------------------------------------------------


def _runs(words: Sequence[Piece], found: dict[Span, str]) -> Iterator[list[Piece]]:
    run: list[Piece] = []
    taken = {position for span in found for position in range(*span)}
    for word in words:
        is_found = word.start in taken
        is_glued = not run or word.is_spoken or run[-1].is_spoken or word.text in _INSIDE
        is_near = is_glued or _WRITTEN_GAP.fullmatch(word.gap) is not None
        if is_found or not is_near or not _is_part(word) or word.is_ordinal:
            yield from ([run] if run else [])
            run = []
        if not is_found and _is_part(word) and not word.is_ordinal:
            run.append(word)
    if run:
        yield run


def _is_part(word: Piece) -> bool:
    return word.is_number or word.text in _INSIDE or word.text in _TIMES or word.text in _DIGIT


def _numbers(run: Sequence[Piece], words: Sequence[Piece]) -> Iterator[tuple[str, Span]]:
    """Return the phones of a run, if all its digits belong to one; a number too long is none."""
    groups = _digits(run)
    if _is_landline(words, run[0]) and (number := _local("".join(groups))):
        yield number, (run[0].start, run[-1].end)
        return
    whole = list(_cut(run, groups))
    for number, first, last in whole or _single(groups):
        yield number, (run[first].start, run[last].end)


def _cut(run: Sequence[Piece], groups: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Cut a run into phones, with nothing left over."""
    cuts: list[tuple[str, int, int]] = []
    start = 0
    while start < len(run):
        if groups[start]:
            has_plus = "+" in run[start].gap or (start > 0 and run[start - 1].text in _PLUS)
            for stop in range(min(len(run), start + RUN_MAX), start, -1):
                number = _number("".join(groups[start:stop]), has_plus=has_plus)
                if number and groups[stop - 1]:
                    cuts.append((number, start, stop - 1))
                    start = stop - 1
                    break
            else:
                return
        start += 1
    yield from cuts


def _single(groups: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Return the phones that are written together, beside other numbers."""
    for place, digits in enumerate(groups):
        if number := _number(digits, has_plus=False):
            yield number, place, place


def _digits(run: Sequence[Piece]) -> list[str]:
    """Return what each piece adds: "double five" is 55, "три семёрки" 777."""
    groups = [str(word.digits or "") for word in run]
    for place, word in enumerate(run[:-1]):
        after = run[place + 1]
        is_latin_digit = word.text.isascii() and not word.is_number and after.is_number
        if word.text in _TIMES and (after.text in _DIGIT or is_latin_digit):
            digit = _DIGIT.get(after.text, str(after.digits))
            groups[place], groups[place + 1] = "", digit * _TIMES[word.text]
        elif after.text in _DIGIT and not after.is_number:
            groups[place + 1] = _DIGIT[after.text]
    return groups


def _number(digits: str, *, has_plus: bool) -> str | None:
    if digits.startswith("00"):
        written = "+" + digits[2:]
    elif has_plus or (digits.startswith(_ABROAD) and len(digits) > FULL_DIGITS):
        written = "+" + digits
    elif len(digits) == FULL_DIGITS and digits.startswith("80"):
        written = "+375" + digits[2:]  # as Belarus dials at home
    elif len(digits) == FULL_DIGITS and digits[0] in "78":
        written = "+7" + digits[1:]
    elif len(digits) == NATIONAL_DIGITS:
        written = "+7" + digits
    else:
        return None
    return _valid(written)


def _local(digits: str) -> str | None:
    return _valid(f"+7{_WORDS['area_code']}{digits}") if len(digits) == LOCAL_DIGITS else None


def _valid(written: str) -> str | None:
    try:
        number = phonenumbers.parse(written)
    except phonenumbers.NumberParseException:
        return None
    return _e164(number) if phonenumbers.is_valid_number(number) else None


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


# --- what stands before --------------------------------------------------------------------------


def _is_other(said: Sequence[Piece], position: int) -> bool:
    """Tell whether a number is said to be something else: an order, a card, a taxpayer's number.

    Args:
        said: The words of the text without its numbers.
    """
    place = at(said, position)
    for word in reversed(said[max(place - LOOK_BACK, 0) : place]):
        if word.text in _OTHER:
            return True
        if word.text in _PHONE and word.text != "номер":
            return False
    return False


def _is_landline(words: Sequence[Piece], first: Piece) -> bool:
    place = at(words, first.start)
    return any(word.text in _LANDLINE for word in words[max(place - 2, 0) : place])
