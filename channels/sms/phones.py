"""Numbers as operators write them, and as we keep them: E.164."""

import re

import phonenumbers

REGION = "RU"  # of numbers that come without their country
INTERNATIONAL = 1  # the type of number (TON) of SMPP

_E164 = re.compile(r"\+[1-9]\d{6,14}")


def is_e164(chat_id: str) -> bool:
    """Whether this is a number that can be written to."""
    return _E164.fullmatch(chat_id) is not None


def e164(told: str, *, ton: int = 0) -> str | None:
    """Read a sender's number. None: nobody's phone, such as a name in letters or a short number.

    Args:
        ton: How the operator calls it; an international number comes with its country but without `+`.
    """
    digits = told.removeprefix("+")
    if not digits.isascii() or not digits.isdecimal():
        return None
    is_whole = ton == INTERNATIONAL or told.startswith("+")
    try:
        number = phonenumbers.parse(f"+{digits}" if is_whole else digits, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
