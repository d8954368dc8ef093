"""The centre's side: who may send, the phones, what waits to be delivered, and what goes wrong.

A phone puts the parts of a long message together as a real one does, and shows it when it is whole.
"""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any, Literal

from bots.simulators.smsc.pdu import Sm, Status, Tag, Wrong
from bots.simulators.wire import NoticeMode
from channels.sms.alphabet import Coding, coding_of, octets, read_gsm, split
from core.ports import Clock

LOG_MAX = 1_000
UDHI = 0x40
MODES = frozenset({0x00, 0x03})  # of `esm_class`: default, store and forward
RECEIPT = 0x04
OCTETS_MAX = {Coding.GSM: 160, Coding.UCS2: 140}
WITH_HEADER_MAX = {Coding.GSM: 159, Coding.UCS2: 140}
PRIORITY_MAX = 3
DIGITS = range(7, 16)
STATES = {"DELIVRD": 2, "EXPIRED": 3, "DELETED": 4, "UNDELIV": 5, "REJECTD": 8}
PARTS = Literal["header", "sar", "payload"]


@dataclass
class Phone:
    """A person's phone.

    Attributes:
        is_barred: The operator takes no messages for it.
        shown: What stands on its screen.
        parts: Parts of messages that are not whole, by sender, reference and how many.
    """

    number: str
    is_barred: bool = False
    shown: list[dict[str, Any]] = field(default_factory=list)
    parts: dict[tuple[str, int, int], dict[int, bytes]] = field(default_factory=dict)


@dataclass
class Waiting:
    """A message or receipt on its way to the program.

    Attributes:
        number: Its place in the queue.
        is_flying: A session has it and has not been answered.
    """

    number: int
    sm: Sm
    is_flying: bool = False


class Centre:
    """Phones and the queue; survives sessions."""

    def __init__(
        self, *, clock: Clock, system_id: str, password: str, number: str, senders: frozenset[str]
    ) -> None:
        """Open for one customer.

        Args:
            number: Which people write to.
            senders: Names and numbers in which the customer may write.
        """
        self.system_id, self.password, self.number = system_id, password, number
        self.phones: dict[str, Phone] = {}
        self.queue: list[Waiting] = []
        self.mode = NoticeMode.ONCE
        self.receipt_state = "DELIVRD"
        self.takes_payload = True
        self.has_ids = False  # of people's messages
        self.has_decimal_receipts = False  # while ids are told in hexadecimal, as some centres do
        self.log: deque[dict[str, Any]] = deque(maxlen=LOG_MAX)
        self._senders = senders | {number}
        self._clock = clock
        self._ids, self._places, self._references = count(0x1A), count(1), count(1)
        self._held: list[Waiting] = []
        self._last: list[Waiting] = []

    # From the program

    def submit(self, sm: Sm) -> str:
        """Take a message for a phone; returns its id. Raises Wrong."""
        self._check(sm)
        phone = self.phone(f"+{sm.destination}")
        if phone.is_barred:
            raise Wrong(Status.INVDSTADR)
        id = f"{next(self._ids):08x}"
        payload = sm.tlvs.get(Tag.MESSAGE_PAYLOAD)
        place, body = (0, 1, 1), sm.octets
        if payload is not None:
            body = payload
        elif sm.esm_class & UDHI:
            place, body = header_of(body)
        self._show(phone, id, sm, place=place, body=body)
        return id

    def receipt(self, id: str, sm: Sm) -> None:
        """Queue the receipt of a message that was taken, if one was asked for."""
        if sm.registered != 1:
            return
        state = self.receipt_state
        if self.has_decimal_receipts:
            id = str(int(id, 16))
        now = f"{self.now():%y%m%d%H%M}"
        text = (
            f"id:{id} sub:001 dlvrd:{int(state == 'DELIVRD'):03} submit date:{now} done date:{now}"
            f" stat:{state} err:{0 if state == 'DELIVRD' else 11:03} text:"
        )
        self.put(
            Sm(
                source=sm.destination,
                destination=sm.source,
                octets=text.encode(),
                source_ton=sm.destination_ton,
                source_npi=sm.destination_npi,
                destination_ton=sm.source_ton,
                destination_npi=sm.source_npi,
                esm_class=RECEIPT,
                tlvs={
                    Tag.RECEIPTED_MESSAGE_ID: id.encode() + b"\0",
                    Tag.MESSAGE_STATE: bytes((STATES[state],)),
                },
            )
        )

    def _check(self, sm: Sm) -> None:
        """Raise Wrong for what the description does not allow."""
        checks = (
            (sm.service_type in {"", "CMT"}, Status.INVSERTYP),
            (sm.source in self._senders, Status.INVSRCADR),
            (_is_sender(sm), Status.INVSRCADR),
            ((sm.destination_ton, sm.destination_npi) == (1, 1), Status.INVDSTADR),
            (sm.destination.isdecimal() and len(sm.destination) in DIGITS, Status.INVDSTADR),
            (sm.esm_class & ~UDHI in MODES, Status.INVESMCLASS),
            (sm.priority <= PRIORITY_MAX, Status.INVPRTFLG),
            (sm.schedule == "", Status.INVSCHED),
            (sm.validity == "" or len(sm.validity) == 16, Status.INVEXPIRY),  # noqa: PLR2004
            (sm.registered in {0, 1, 2}, Status.INVREGDLVFLG),
            (sm.replace in {0, 1}, Status.INVREPFLAG),
            (sm.default_id == 0, Status.INVDFTMSGID),
            (sm.coding in set(Coding), Status.SYSERR),
        )
        for is_right, status in checks:
            if not is_right:
                raise Wrong(status)
        self._check_length(sm, Coding(sm.coding))

    def _check_length(self, sm: Sm, coding: Coding) -> None:
        payload = sm.tlvs.get(Tag.MESSAGE_PAYLOAD)
        if payload is not None:
            if sm.octets or not payload or not self.takes_payload:
                raise Wrong(Status.INVOPTPARAMVAL)
            body = payload
        else:
            most = (WITH_HEADER_MAX if sm.esm_class & UDHI else OCTETS_MAX)[coding]
            if not 0 < len(sm.octets) <= most:
                raise Wrong(Status.INVMSGLEN)
            body = header_of(sm.octets)[1] if sm.esm_class & UDHI else sm.octets
        if coding is Coding.UCS2 and len(body) % 2:
            raise Wrong(Status.INVMSGLEN)

    def _show(self, phone: Phone, id: str, sm: Sm, *, place: tuple[int, int, int], body: bytes) -> None:
        reference, number, of = place
        if of > 1:
            have = phone.parts.setdefault((sm.source, reference, of), {})
            have[number] = body
            if len(have) < of:
                return
            body = b"".join(have[each] for each in range(1, of + 1))
            del phone.parts[sm.source, reference, of]
        text = read_gsm(body) if sm.coding == Coding.GSM else body.decode("utf-16-be", "replace")
        shown = {"id": id, "text": text, "segments": of, "from": sm.source, "at": self.now().isoformat()}
        phone.shown.append(shown | {"buttons": [], "files": []})

    # To the program

    def phone(self, number: str) -> Phone:
        """Return a phone; every number has one."""
        return self.phones.setdefault(number, Phone(number))

    def say(self, number: str, text: str, *, parts: PARTS = "header", order: list[int] | None = None) -> str:
        """Let a person write to us; returns the id of his message.

        Args:
            parts: How a long text travels.
            order: In which order its parts come, by number from 1.
        """
        coding = coding_of(text)
        whole = Sm(
            source=number.removeprefix("+"),
            destination=self.number,
            octets=b"",
            source_ton=1,
            source_npi=1,
            destination_ton=1,
            destination_npi=1,
            coding=coding,
        )
        pieces = split(text, coding)
        id = f"mo-{next(self._ids)}"
        if self.has_ids:
            whole = replace(whole, tlvs={Tag.RECEIPTED_MESSAGE_ID: id.encode() + b"\0"})
        if len(pieces) <= 1:
            self.put(replace(whole, octets=b"".join(pieces)))
        elif parts == "payload":
            self.put(replace(whole, tlvs={**whole.tlvs, Tag.MESSAGE_PAYLOAD: octets(text, coding)}))
        else:
            reference = next(self._references) & 0xFF
            made = [
                _part(whole, piece, (reference, place, len(pieces)), is_sar=parts == "sar")
                for place, piece in enumerate(pieces, 1)
            ]
            self._put_all([made[place - 1] for place in order or range(1, len(made) + 1)])
        return id

    def put(self, sm: Sm) -> None:
        """Queue a message or receipt as the mode says."""
        self._put_all([sm])

    def _put_all(self, sms: list[Sm]) -> None:
        made = [Waiting(next(self._places), sm) for sm in sms]
        self._last = made
        match self.mode:
            case NoticeMode.NEVER:
                return
            case NoticeMode.TWICE:
                made = [*made, *(Waiting(next(self._places), each.sm) for each in made)]
            case NoticeMode.REVERSED:
                self._held = [*made, *self._held]
                if len(self._held) == len(made):
                    return
                made, self._held = [Waiting(next(self._places), each.sm) for each in self._held], []
            case _:
                pass
        self.queue.extend(made)

    def again(self) -> None:
        """Queue what was queued last once more, as if its answer had been lost."""
        waiting = {each.number for each in self.queue}
        self.queue[:0] = [Waiting(each.number, each.sm) for each in self._last if each.number not in waiting]

    def next(self) -> Waiting | None:
        """Return what is to be delivered next."""
        return next((each for each in self.queue if not each.is_flying), None)

    def settle(self, waiting: Waiting, status: int) -> bool:
        """Take the program's answer; False: it is to be delivered again later."""
        waiting.is_flying = False
        if status in {Status.X_T_APPN, Status.MSGQFUL, Status.THROTTLED, Status.SYSERR}:
            return False
        if waiting in self.queue:
            self.queue.remove(waiting)
        return True

    def now(self) -> datetime:
        """Return the time here."""
        return self._clock.now()


def header_of(body: bytes) -> tuple[tuple[int, int, int], bytes]:
    """Part a header from what follows: (reference, number, of). Raises Wrong."""
    length = body[0] + 1 if body else 0
    if not 1 < length < len(body):
        raise Wrong(Status.INVESMCLASS)
    match tuple(body[1:length]):
        case (0x00, 0x03, reference, of, number) if 1 <= number <= of:
            return (reference, number, of), body[length:]
        case (0x08, 0x04, high, low, of, number) if 1 <= number <= of:
            return (high << 8 | low, number, of), body[length:]
        case _:
            raise Wrong(Status.INVESMCLASS)


def _part(whole: Sm, piece: bytes, place: tuple[int, int, int], *, is_sar: bool) -> Sm:
    reference, number, of = place
    if is_sar:
        told: dict[int, bytes] = {
            Tag.SAR_MSG_REF_NUM: reference.to_bytes(2),
            Tag.SAR_TOTAL_SEGMENTS: bytes((of,)),
            Tag.SAR_SEGMENT_SEQNUM: bytes((number,)),
        }
        return replace(whole, octets=piece, tlvs={**whole.tlvs, **told})
    header = bytes((5, 0, 3, reference, of, number))
    return replace(whole, octets=header + piece, esm_class=UDHI)


def _is_sender(sm: Sm) -> bool:
    if sm.source_ton == 5:  # noqa: PLR2004 - alphanumeric
        return sm.source_npi == 0 and 1 <= len(sm.source) <= 11  # noqa: PLR2004
    return sm.source.isdecimal()
