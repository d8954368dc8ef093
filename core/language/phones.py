"""Phones as people write and dictate them."""

import re

import phonenumbers

from core.language.normalise import Text, Token
from core.language.numbers import word_value

REGION = "RU"
LOCAL_DIGITS = range(5, 8)  # a number without its area
NATIONAL_DIGITS = (10, 11)
_TEN, _HUNDRED = 10, 100


def find_phones(text: Text) -> tuple[list[str], list[tuple[int, int]]]:
    """Return the phones of a text in E.164, and where they stand."""
    if sum(1 for sign in text.plain if sign.isdigit()) >= LOCAL_DIGITS.stop:
        found, spans = [], []
        for match in phonenumbers.PhoneNumberMatcher(text.plain, REGION):
            found.append(phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164))
            spans.append((match.start, match.end))
        if found:
            return list(dict.fromkeys(found)), spans
    return _spoken_phone(text.tokens)


def _spoken_phone(tokens: tuple[Token, ...]) -> tuple[list[str], list[tuple[int, int]]]:
    """Read "восемь девятьсот одиннадцать 456 78 90": digits and number words in one run."""
    run: list[Token] = []
    for token in (*tokens, None):
        if token is not None and (
            token.text.isdigit() or word_value(token.text) is not None or token.text == "плюс"
        ):
            run.append(token)
            continue
        digits = _digits(run)
        if len(digits) in NATIONAL_DIGITS and any(not token.text.isdigit() for token in run):
            number = phonenumbers.parse(
                digits if len(digits) == NATIONAL_DIGITS[0] else "+7" + digits[1:], REGION
            )
            if phonenumbers.is_valid_number(number):
                e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
                return [e164], [(run[0].start, run[-1].end)]
        run = []
    return [], []


def _digits(run: list[Token]) -> str:
    """Join spoken numbers as they are dictated: nine hundred eleven is 911, twenty three is 23."""
    digits = ""
    room = 0  # how far the last spoken number may still grow: 900 by up to 99, 20 by up to 9
    for token in run:
        value = None if token.text.isdigit() else word_value(token.text)
        if value is None:
            digits, room = digits + (token.text if token.text.isdigit() else ""), 0
        elif 0 < value < room:
            places = len(str(room))
            digits = digits[:-places] + str(int(digits[-places:]) + value)
            room = _room(value) if room == _HUNDRED else 0
        else:
            digits += str(value)
            room = _room(value)
    return digits


def _room(value: int) -> int:
    """Return below what a number may be that goes on this one: 900 takes 1…99, 20 takes 1…9."""
    if value >= _HUNDRED and value % _HUNDRED == 0:
        return _HUNDRED
    return _TEN if value > _TEN and value % _TEN == 0 else 0


def local_phone(text: Text) -> str | None:
    """Return digits that may be a local number, if they are the whole message."""
    digits = re.sub(r"[\s()-]", "", text.plain)
    return text.plain if digits.isdigit() and len(digits) in LOCAL_DIGITS else None
