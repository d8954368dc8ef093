"""How our messages go to a centre, and what it means by what it answers. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import smpp34

from channels.sms.alphabet import SEPTETS, UCS2_OCTETS, Coding, coding_of, octets, split
from channels.sms.pdu import UDHI, Status, Tag, header_of_part
from channels.sms.phones import INTERNATIONAL
from channels.sms.session import Account
from core.kernel.refusal import Outage, Shut, Unsayable
from core.messages import Address
from core.wire import NotLetIn

SEGMENTS_TAKEN_MAX = 20  # a text of the limit has half of it, and emoji may tear a part off each
_ONE = {Coding.GSM: SEPTETS, Coding.UCS2: UCS2_OCTETS}  # octets of a message without a header
_ISDN = 1  # the numbering plan (NPI) of phones
_LETTERS, _SHORT = 5, 3  # types of numbers (TON)
_SHORT_MAX = 6  # digits
_WITH_RECEIPT = 1

_LATER = frozenset({Status.THROTTLED, Status.QUEUE_FULL})
_FAILED_INSIDE = frozenset(
    {Status.SYSTEM_ERROR, Status.SUBMIT_FAILED, Status.TEMPORARY, Status.UNKNOWN, Status.NOT_BOUND_SO}
)
_VENDORS_OWN = 0x400


@dataclass(frozen=True, slots=True)
class Segment:
    """What one `submit_sm` carries.

    Attributes:
        header: Which part of a longer text it is, or empty.
    """

    coding: Coding
    octets: bytes
    header: bytes = b""
    is_first: bool = True
    is_last: bool = True


def segments_of(text: str, account: Account, *, reference: int) -> Sequence[Segment]:
    """Part a text as the operator wants long ones. Raises Unsayable for what nobody would pay.

    Args:
        reference: The same for all parts of this text, another for the next.
    """
    coding = coding_of(text)
    pieces = split(text, coding)
    if len(pieces) > SEGMENTS_TAKEN_MAX:
        raise Unsayable(f"{len(pieces)} segments")
    if len(pieces) == 1 or account.long == "payload":
        return (Segment(coding, octets(text, coding)),)
    return [
        Segment(
            coding,
            piece,
            header_of_part(reference, number, of=len(pieces)),
            is_first=number == 1,
            is_last=number == len(pieces),
        )
        for number, piece in enumerate(pieces, 1)
    ]


def pdu(segment: Segment, account: Account, *, to: Address, sequence: int) -> bytes:
    """Write a `submit_sm`. A receipt is asked for the last part only: it speaks for the whole."""
    body = segment.header + segment.octets
    is_long = len(body) > _ONE[segment.coding]
    ton, npi = _LETTERS, 0
    if account.source.isdecimal():
        ton, npi = (_SHORT, 0) if len(account.source) <= _SHORT_MAX else (INTERNATIONAL, _ISDN)
    return smpp34.SubmitSm(
        account.source,
        to.chat_id.removeprefix("+"),
        b"" if is_long else body,
        source_addr_ton=ton,
        source_addr_npi=npi,
        dest_addr_ton=INTERNATIONAL,
        dest_addr_npi=_ISDN,
        esm_class=UDHI if segment.header else 0,
        registered_delivery=_WITH_RECEIPT if segment.is_last else 0,
        data_coding=segment.coding,
        tlvs=[smpp34.Tlv(Tag.MESSAGE_PAYLOAD, body)] if is_long else [],
        sequence_number=sequence,
    ).encode()


def meaning(status: int, *, throttle_s: float) -> Exception:
    """Return what a response that is no consent means: Outage, NotLetIn, Shut or Unsayable."""
    code = f"0x{status:02x}"
    if status in _LATER:
        return Outage(f"The operator takes nothing now: {code}", wait_s=throttle_s)
    if status in _FAILED_INSIDE or status >= _VENDORS_OWN:
        return Outage(f"The operator could not take it: {code}")
    if status == Status.WRONG_DESTINATION:
        return Shut(f"the operator knows no such phone: {code}")
    if status == Status.WRONG_SOURCE:
        return NotLetIn(f"The operator does not take our sender's name: {code}. Look at its settings.")
    return Unsayable(f"the operator does not take it: {code}")
