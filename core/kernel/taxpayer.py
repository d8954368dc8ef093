"""A Russian taxpayer number (INN): ten digits for a company, twelve for a person, with check digits."""

_WEIGHTS_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_WEIGHTS_11 = (7, *_WEIGHTS_10)
_WEIGHTS_12 = (3, *_WEIGHTS_11)
COMPANY, PERSON = 10, 12  # digits
_BASE, _DIGIT = 11, 10


def is_inn(text: str) -> bool:
    """Tell whether a text is a taxpayer number whose check digits agree."""
    if not text.isascii() or not text.isdecimal() or len(text) not in (COMPANY, PERSON):
        return False
    digits = [int(digit) for digit in text]
    if len(digits) == COMPANY:
        return _check(digits, _WEIGHTS_10) == digits[9]
    return _check(digits, _WEIGHTS_11) == digits[10] and _check(digits, _WEIGHTS_12) == digits[11]


def _check(digits: list[int], weights: tuple[int, ...]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False)) % _BASE % _DIGIT
