"""What goes over the wire of SMPP 3.4: frames, and what a `deliver_sm` says. Pure.

The bodies of messages are written and read by smpp34; the headers, which is all that binding, enquiring and
answering need, are written here.
"""

import hashlib
import re
import struct
from dataclasses import dataclass
from enum import IntEnum

import smpp34

HEADER = struct.Struct(">IIII")  # length, command, status, sequence
FRAME_MAX = 70_000  # a `message_payload` is at most 64 KiB
VERSION = 0x34
RESPONSE = 0x8000_0000


class Command(IntEnum):
    """The commands that we know; a response has `RESPONSE` added."""

    SUBMIT_SM = 0x04
    DELIVER_SM = 0x05
    UNBIND = 0x06
    BIND_TRANSCEIVER = 0x09
    ENQUIRE_LINK = 0x15
    GENERIC_NACK = RESPONSE


class Status(IntEnum):
    """The statuses that we tell apart."""

    OK = 0x00
    WRONG_COMMAND = 0x03
    NOT_BOUND_SO = 0x04
    SYSTEM_ERROR = 0x08
    WRONG_SOURCE = 0x0A
    WRONG_DESTINATION = 0x0B
    QUEUE_FULL = 0x14
    SUBMIT_FAILED = 0x45
    THROTTLED = 0x58
    TEMPORARY = 0x64
    UNKNOWN = 0xFF


class Tag(IntEnum):
    """The optional parameters that we read or write."""

    RECEIPTED_MESSAGE_ID = 0x001E
    SAR_MSG_REF_NUM = 0x020C
    SAR_TOTAL_SEGMENTS = 0x020E
    SAR_SEGMENT_SEQNUM = 0x020F
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


UDHI = 0x40  # of `esm_class`: the message begins with a header
_KIND = 0x3C  # of `esm_class`: what kind of message
_RECEIPT = 0x04


class _Element(IntEnum):
    """The elements of a message's header that we know."""

    CONCATENATED = 0x00
    CONCATENATED_LONG = 0x08


_LATIN, _ASCII, _UCS2 = 3, 1, 8
_RECEIPT_TEXT = re.compile(r"\b(id|stat|err):(\S+)", re.IGNORECASE)
_STATES = ("", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD")


class Unreadable(ValueError):  # noqa: N818 - an answer about a message
    """An authentic message of a shape that we do not know."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One PDU as it came."""

    command: int
    status: int
    sequence: int
    raw: bytes
    heard_s: float = 0.0  # by the loop's clock

    @property
    def body(self) -> bytes:
        """What follows the header."""
        return self.raw[HEADER.size :]

    @property
    def digest(self) -> str:
        """The same for the same message however often it is delivered: all but its header."""
        return hashlib.sha256(self.body).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The centre's word on what became of a message of ours.

    Attributes:
        state: As the text of receipts abbreviates it, such as DELIVRD.
    """

    message_id: str
    state: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A message of a person, or one of the `of` parts of it."""

    sender: str
    ton: int
    recipient: str
    coding: int
    octets: bytes
    reference: int = 0
    number: int = 1
    of: int = 1
    id: str = ""  # the centre's own, where it gives one


def frame(command: int, sequence: int, *, status: int = Status.OK, body: bytes = b"") -> bytes:
    """Write a PDU."""
    return HEADER.pack(HEADER.size + len(body), command, status, sequence) + body


def c_string(text: str) -> bytes:
    """Write a C-octet string."""
    return text.encode("ascii") + b"\0"


def first_string(body: bytes) -> str:
    """Read the C-octet string that a body begins with: the message id of a response."""
    return body.split(b"\0", 1)[0].decode("ascii", "replace")


def header_of_part(reference: int, number: int, *, of: int) -> bytes:
    """Return the header of a part: concatenation with a reference of one octet."""
    return bytes((5, _Element.CONCATENATED, 3, reference & 0xFF, of, number))


def read(raw: bytes) -> Receipt | Piece:
    """Read a `deliver_sm`. Raises Unreadable."""
    try:
        found = smpp34.decode(raw)
    except (smpp34.SmppError, ValueError) as error:
        raise Unreadable(str(error)) from None
    if not isinstance(found, smpp34.DeliverSm):
        raise Unreadable("not a deliver_sm")
    tlvs = {tlv.tag: tlv.value for tlv in found.tlvs}
    octets = bytes(tlvs.get(Tag.MESSAGE_PAYLOAD, b"") or found.short_message)
    id = _id(tlvs)
    if found.esm_class & _KIND == _RECEIPT:
        return _receipt(octets, id, tlvs)
    reference, number, of = 0, 1, 1
    if found.esm_class & UDHI:
        (reference, number, of), octets = _header(octets)
    elif Tag.SAR_TOTAL_SEGMENTS in tlvs:
        reference = int.from_bytes(tlvs.get(Tag.SAR_MSG_REF_NUM, b""))
        number = int.from_bytes(tlvs.get(Tag.SAR_SEGMENT_SEQNUM, b""))
        of = int.from_bytes(tlvs[Tag.SAR_TOTAL_SEGMENTS])
    if not 1 <= number <= of:
        raise Unreadable(f"part {number} of {of}")
    return Piece(
        sender=found.source_addr,
        ton=found.source_addr_ton,
        recipient=found.destination_addr,
        coding=found.data_coding,
        octets=octets,
        reference=reference,
        number=number,
        of=of,
        id=id,
    )


def encoding_of(coding: int) -> str:
    """Return `gsm` or the codec of a `data_coding`. Raises Unreadable for octets that are no text."""
    if coding in {_ASCII, _LATIN}:
        return "latin-1"
    if coding in {0, _UCS2}:
        return "utf-16-be" if coding else "gsm"
    group, alphabet = coding & 0xF0, coding >> 2 & 0x03
    if group in {0x10, 0x30, 0x50, 0x70}:  # with a message class, such as a flash message
        alphabets = {0: "gsm", 2: "utf-16-be"}
        if alphabet in alphabets:
            return alphabets[alphabet]
    if group in {0xC0, 0xD0} or coding & 0xF4 == 0xF0:  # noqa: PLR2004 - groups of TS 23.038
        return "gsm"
    if group == 0xE0:  # noqa: PLR2004
        return "utf-16-be"
    raise Unreadable(f"data_coding 0x{coding:02x}")


def _id(tlvs: dict[int, bytes]) -> str:
    return first_string(tlvs.get(Tag.RECEIPTED_MESSAGE_ID, b""))


def _receipt(octets: bytes, id: str, tlvs: dict[int, bytes]) -> Receipt:
    told = {name.lower(): value for name, value in _RECEIPT_TEXT.findall(octets.decode("latin-1"))}
    state = int.from_bytes(tlvs.get(Tag.MESSAGE_STATE, b""))
    named = _STATES[state] if 0 < state < len(_STATES) else told.get("stat", "").upper()
    id = id or told.get("id", "")
    if not id or not named:
        raise Unreadable("a receipt without its message or its state")
    return Receipt(id, named, told.get("err", ""))


def _header(octets: bytes) -> tuple[tuple[int, int, int], bytes]:
    """Part a header from what follows it, and read of which message this is which part."""
    length = octets[0] if octets else 0
    if length + 1 > len(octets):
        raise Unreadable("a header longer than its message")
    elements, rest = octets[1 : length + 1], octets[length + 1 :]
    place = (0, 1, 1)
    while elements:
        if len(elements) < 2 or len(elements) < 2 + elements[1]:  # noqa: PLR2004 - name and length
            raise Unreadable("a torn header")
        kind, value = elements[0], elements[2 : 2 + elements[1]]
        match kind, len(value):
            case (_Element.CONCATENATED, 3):
                place = (value[0], value[2], value[1])
            case (_Element.CONCATENATED_LONG, 4):
                place = (value[0] << 8 | value[1], value[3], value[2])
            case _:
                pass  # a port, a picture's place: the words are the same
        elements = elements[2 + elements[1] :]
    return place, rest
