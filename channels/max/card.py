"""The card of a contact, in the form that address books exchange (VCF): the phone and the name."""

import re

import phonenumbers

_REGION = "RU"  # of numbers written without their country
_FOLD = re.compile(r"\r?\n[ \t]")  # a long line goes on in the next, after a blank
_DIGITS_MIN = 11  # with a country before them


def read(card: str) -> tuple[str, str]:
    """Return the first phone that can be one, in E.164, and the name; each may be empty."""
    phone = name = ""
    for line in _FOLD.sub("", card).splitlines():
        head, _, value = line.partition(":")
        field = head.partition(";")[0].rpartition(".")[2].upper()
        if field == "TEL" and not phone:
            phone = _phone(value)
        elif field == "FN" and not name:
            name = re.sub(r"\\(.)", r"\1", value).strip()
    return phone, name


def _phone(value: str) -> str:
    written = value.strip().removeprefix("tel:")
    digits = re.sub(r"\D", "", written)
    tries = [written] if written.startswith("+") or len(digits) < _DIGITS_MIN else [f"+{digits}", written]
    for each in tries:
        try:
            number = phonenumbers.parse(each, _REGION)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return ""
