"""SMPP 3.4 as a centre reads and writes it, strictly: its own code, so that no library checks itself."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

HEADER = struct.Struct(">IIII")
RESPONSE = 0x8000_0000
FRAME_MAX = 70_000
NACK = 0x8000_0000
VERSION = 0x34

COMMANDS = {
    0x01: "bind_receiver",
    0x02: "bind_transmitter",
    0x04: "submit_sm",
    0x05: "deliver_sm",
    0x06: "unbind",
    0x09: "bind_transceiver",
    0x15: "enquire_link",
}
CODES = {name: code for code, name in COMMANDS.items()}


class Status(IntEnum):
    """The statuses of chapter 5.1.3 that this centre answers with."""

    OK = 0x00
    INVMSGLEN = 0x01
    INVCMDLEN = 0x02
    INVCMDID = 0x03
    INVBNDSTS = 0x04
    ALYBND = 0x05
    INVPRTFLG = 0x06
    INVREGDLVFLG = 0x07
    SYSERR = 0x08
    INVSRCADR = 0x0A
    INVDSTADR = 0x0B
    BINDFAIL = 0x0D
    INVPASWD = 0x0E
    INVSYSID = 0x0F
    MSGQFUL = 0x14
    INVSERTYP = 0x15
    INVESMCLASS = 0x43
    INVREPFLAG = 0x54
    THROTTLED = 0x58
    INVSCHED = 0x61
    INVEXPIRY = 0x62
    INVDFTMSGID = 0x63
    X_T_APPN = 0x64
    INVOPTPARSTREAM = 0xC0
    INVPARLEN = 0xC2
    INVOPTPARAMVAL = 0xC4


class Tag(IntEnum):
    """The optional parameters that this centre knows."""

    RECEIPTED_MESSAGE_ID = 0x001E
    SAR_MSG_REF_NUM = 0x020C
    SAR_TOTAL_SEGMENTS = 0x020E
    SAR_SEGMENT_SEQNUM = 0x020F
    SC_INTERFACE_VERSION = 0x0210
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


class Wrong(Exception):  # noqa: N818 - it is an answer
    """A PDU that is answered with a status."""

    def __init__(self, status: Status) -> None:
        """Say which."""
        super().__init__(status.name)
        self.status = status


class _Reader:
    """Reads the fields of a body one by one."""

    def __init__(self, body: bytes) -> None:
        self._rest = body

    def string(self, most: int) -> str:
        """Read a C-octet string of at most so many octets, its end included."""
        text, end, rest = self._rest.partition(b"\0")
        if not end:
            raise Wrong(Status.INVCMDLEN)
        if len(text) + 1 > most or not text.isascii():
            raise Wrong(Status.INVPARLEN)
        self._rest = rest
        return text.decode()

    def octet(self) -> int:
        return self.octets(1)[0]

    def octets(self, length: int) -> bytes:
        if len(self._rest) < length:
            raise Wrong(Status.INVCMDLEN)
        taken, self._rest = self._rest[:length], self._rest[length:]
        return taken

    def tlvs(self) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        while self._rest:
            if len(self._rest) < 4:  # noqa: PLR2004 - tag and length
                raise Wrong(Status.INVOPTPARSTREAM)
            tag, length = struct.unpack(">HH", self.octets(4))
            if len(self._rest) < length or tag in found:
                raise Wrong(Status.INVOPTPARSTREAM)
            found[tag] = self.octets(length)
        return found

    def ends(self) -> None:
        if self._rest:
            raise Wrong(Status.INVCMDLEN)


@dataclass(frozen=True, slots=True)
class Bind:
    """Any of the three binds."""

    system_id: str
    password: str
    version: int


@dataclass(frozen=True, slots=True)
class Sm:
    """A `submit_sm` or `deliver_sm`: they have the same fields."""

    source: str
    destination: str
    octets: bytes
    source_ton: int = 0
    source_npi: int = 0
    destination_ton: int = 0
    destination_npi: int = 0
    service_type: str = ""
    esm_class: int = 0
    protocol_id: int = 0
    priority: int = 0
    schedule: str = ""
    validity: str = ""
    registered: int = 0
    replace: int = 0
    coding: int = 0
    default_id: int = 0
    tlvs: Mapping[int, bytes] = field(default_factory=dict)


def read_bind(body: bytes) -> Bind:
    """Read a bind. Raises Wrong."""
    reader = _Reader(body)
    system_id, password = reader.string(16), reader.string(9)
    reader.string(13)
    version = reader.octet()
    reader.octets(2)
    reader.string(41)
    reader.ends()
    return Bind(system_id, password, version)


def read_sm(body: bytes) -> Sm:
    """Read a message. Raises Wrong."""
    reader = _Reader(body)
    service_type = reader.string(6)
    source_ton, source_npi, source = reader.octet(), reader.octet(), reader.string(21)
    destination_ton, destination_npi, destination = reader.octet(), reader.octet(), reader.string(21)
    esm_class, protocol_id, priority = reader.octets(3)
    schedule, validity = reader.string(17), reader.string(17)
    registered, replace, coding, default_id = reader.octets(4)
    octets = reader.octets(reader.octet())
    return Sm(
        source=source,
        destination=destination,
        octets=octets,
        source_ton=source_ton,
        source_npi=source_npi,
        destination_ton=destination_ton,
        destination_npi=destination_npi,
        service_type=service_type,
        esm_class=esm_class,
        protocol_id=protocol_id,
        priority=priority,
        schedule=schedule,
        validity=validity,
        registered=registered,
        replace=replace,
        coding=coding,
        default_id=default_id,
        tlvs=reader.tlvs(),
    )


def write_sm(sm: Sm) -> bytes:
    """Write the body of a message."""
    return b"".join(
        (
            _string(sm.service_type),
            bytes((sm.source_ton, sm.source_npi)),
            _string(sm.source),
            bytes((sm.destination_ton, sm.destination_npi)),
            _string(sm.destination),
            bytes((sm.esm_class, sm.protocol_id, sm.priority)),
            _string(sm.schedule),
            _string(sm.validity),
            bytes((sm.registered, sm.replace, sm.coding, sm.default_id, len(sm.octets))),
            sm.octets,
            *(tlv(tag, value) for tag, value in sm.tlvs.items()),
        )
    )


def tlv(tag: int, value: bytes) -> bytes:
    """Write an optional parameter."""
    return struct.pack(">HH", tag, len(value)) + value


def write(command: int, sequence: int, *, status: int = 0, body: bytes = b"") -> bytes:
    """Write a PDU."""
    return HEADER.pack(HEADER.size + len(body), command, status, sequence) + body


def answer(command: str, sequence: int, *, status: int = 0, body: bytes = b"") -> bytes:
    """Write a response."""
    return write(CODES[command] | RESPONSE, sequence, status=status, body=body)


def _string(text: str) -> bytes:
    return text.encode("ascii") + b"\0"
