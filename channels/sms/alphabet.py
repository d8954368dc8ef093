"""The two alphabets of SMS, and into how many segments a text falls (GSM 03.38, 3GPP TS 23.038 and 23.040).

A segment carries 140 octets: 160 septets of the GSM alphabet or 70 units of UCS-2. Segments of a longer
text begin with a header of six octets that says how they are put together: 153 septets or 67 units are left.
One character outside the GSM alphabet, such as any Cyrillic letter, puts the whole text in UCS-2.
"""

from enum import IntEnum
from types import MappingProxyType

SEPTETS, SEPTETS_OF_MANY = 160, 153
UCS2_OCTETS, UCS2_OCTETS_OF_MANY = 140, 134

_ESCAPE = 0x1B
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = MappingProxyType(
    {0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\"}
    | {0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|", 0x65: "€"}
)
_SEPTETS = MappingProxyType(
    {letter: bytes((code,)) for code, letter in enumerate(_BASIC) if code != _ESCAPE}
    | {letter: bytes((_ESCAPE, code)) for code, letter in _EXTENSION.items()}
)


class Coding(IntEnum):
    """How the octets of a message are to be read: the `data_coding` of SMPP that we send."""

    GSM = 0  # the centre's own alphabet, by agreement GSM's, one septet an octet
    UCS2 = 8


def coding_of(text: str) -> Coding:
    """Return the cheaper alphabet that holds every character of the text."""
    return Coding.GSM if all(letter in _SEPTETS for letter in text) else Coding.UCS2


def octets(text: str, coding: Coding) -> bytes:
    """Write a text; half a character out of a stranger's JSON becomes a question mark."""
    if coding is Coding.GSM:
        return b"".join(_SEPTETS[letter] for letter in text)
    return text.encode("utf-16-be", "replace")


def read_gsm(body: bytes) -> str:
    """Read the GSM alphabet, one septet an octet; what it does not have becomes the mark of replacement."""
    letters = []
    codes = iter(body)
    for code in codes:
        if code == _ESCAPE:
            after = next(codes, None)
            letters.append(" " if after is None else _EXTENSION.get(after, _plain(after)))
        else:
            letters.append(_plain(code))
    return "".join(letters)


def _plain(code: int) -> str:
    return _BASIC[code] if code < len(_BASIC) and code != _ESCAPE else "\ufffd"


def split(text: str, coding: Coding) -> tuple[bytes, ...]:
    """Part a text into the octets of its segments, headers not counted; no character is torn in two."""
    one, of_many = (SEPTETS, SEPTETS_OF_MANY) if coding is Coding.GSM else (UCS2_OCTETS, UCS2_OCTETS_OF_MANY)
    whole = octets(text, coding)
    if len(whole) <= one:
        return (whole,) if whole else ()
    found, segment = [], b""
    for letter in text:
        piece = octets(letter, coding)
        if len(segment) + len(piece) > of_many:
            found.append(segment)
            segment = b""
        segment += piece
    return (*found, segment)


def segments(text: str) -> int:
    """Return how many segments a text is paid as; each costs what one message costs. Nothing: 0."""
    return len(split(text, coding_of(text)))
