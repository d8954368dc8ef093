"""What we hold between two looks at a centre: parts of messages that are not whole, and what is in doubt.

It travels in the mark of a batch, which is written down together with the batch; so the parts may be
answered for, and a crash loses none. What was written down may still be delivered again, if our answer was
lost: SMPP gives a message no id and no mark of a repeat, so for a while we remember how it looked.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from channels.sms.alphabet import read_gsm
from channels.sms.pdu import Frame, Piece, encoding_of

PARTS_WAIT = timedelta(hours=1)  # then what has come is handed over with a gap
IN_DOUBT = timedelta(minutes=15)
SAME_WORDS_S = 10.0  # a centre waits longer for an answer; a person who says "yes, yes" does not
ANSWERS_TRAVEL_S = 10.0  # what was answered so long before the end has arrived
IN_DOUBT_MAX = 200
PARTED_MAX = 100  # messages that are not whole; the oldest is handed over with a gap
_GAP = "…"


@dataclass(frozen=True, slots=True)
class Whole:
    """A message of a person with all its words.

    Attributes:
        key: The same for the same message, however often it is delivered.
    """

    sender: str
    ton: int
    text: str
    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Told:
    """A message or part that was handed over: by which key, and when; a part has no key of its own."""

    key: str
    at: datetime


@dataclass(slots=True)
class _Parted:
    """A message of which parts have come, by their number."""

    first: Piece
    key: str
    at: datetime
    parts: dict[int, bytes] = field(default_factory=dict)

    def is_same(self, piece: Piece) -> bool:
        mine = self.first
        return (mine.sender, mine.recipient, mine.reference, mine.of, mine.coding) == (
            piece.sender,
            piece.recipient,
            piece.reference,
            piece.of,
            piece.coding,
        ) and self.parts.get(piece.number, piece.octets) == piece.octets

    def whole(self) -> Whole:
        return Whole(self.first.sender, self.first.ton, self._text(), self.key, self.at)

    def _text(self) -> str:
        found: list[str] = []
        run = b""
        for number in range(1, self.first.of + 1):
            if number in self.parts:
                run += self.parts[number]
            elif run or not found or found[-1] != _GAP:
                found += [text_of(run, self.first.coding), _GAP]
                run = b""
        return "".join((*found, text_of(run, self.first.coding)))


def text_of(octets: bytes, coding: int) -> str:
    """Read the octets of a message. Raises Unreadable if they are no text."""
    encoding = encoding_of(coding)
    if encoding == "gsm":
        return read_gsm(octets)
    return octets.decode(encoding, "replace")


class Hand:
    """The parts and the doubts of one door."""

    def __init__(self, mark: str | None = None) -> None:
        """Go on from a mark."""
        told: dict[str, Any] = json.loads(mark) if mark else {}
        self._number: int = told.get("number", 0)
        self._told = {
            digest: _Told(key, datetime.fromisoformat(at))
            for digest, (key, at) in told.get("told", {}).items()
        }
        self._parted = [
            _Parted(
                Piece(**{**each["first"], "octets": b""}),
                each["key"],
                datetime.fromisoformat(each["at"]),
                {int(number): b64decode(octets) for number, octets in each["parts"].items()},
            )
            for each in told.get("parted", ())
        ]

    def mark(self) -> str:
        """Write itself down; no two marks are the same."""
        self._number += 1
        told = {
            "number": self._number,
            "told": {digest: (each.key, each.at.isoformat()) for digest, each in self._told.items()},
            "parted": [
                {
                    "first": asdict(each.first) | {"octets": ""},
                    "key": each.key,
                    "at": each.at.isoformat(),
                    "parts": {number: b64encode(octets).decode() for number, octets in each.parts.items()},
                }
                for each in self._parted
            ],
        }
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))

    def join(self, piece: Piece, *, digest: str, at: datetime, is_new: bool) -> Whole | None:
        """Take a message or a part; return the message once it is whole.

        Args:
            is_new: It looks the same as one before, if there was one, because somebody says it again.

        Raises:
            Unreadable: it is no text.
        """
        text = text_of(piece.octets, piece.coding)
        told, is_repeat = self._tell(digest, at=at, is_new=is_new, id=piece.id)
        if piece.of == 1:
            return Whole(piece.sender, piece.ton, text, told.key, told.at)
        if is_repeat:
            return None  # it is here already, or went out with its message
        parted = next((each for each in self._parted if each.is_same(piece)), None)
        if parted is None:
            parted = _Parted(piece, told.key, at)
            self._parted.append(parted)
        parted.parts[piece.number] = piece.octets
        if len(parted.parts) < piece.of:
            return None
        self._parted.remove(parted)
        return parted.whole()

    def _tell(self, digest: str, *, at: datetime, is_new: bool, id: str) -> tuple[_Told, bool]:
        """Return the key of what is handed over now and its time, and whether it had them before."""
        known = self._told.get(digest)
        if known is not None and not is_new and at - known.at <= IN_DOUBT:
            return known, True
        self._number += 1
        self._told.pop(digest, None)  # the newest stand last
        self._told[digest] = told = _Told(id or f"{digest}-{self._number}", at)
        return told, False

    def overdue(self, now: datetime) -> Iterator[Whole]:
        """Give up waiting for parts that do not come, and forget doubts that are over."""
        self._told = {
            digest: each
            for digest, each in list(self._told.items())[-IN_DOUBT_MAX:]
            if now - each.at <= IN_DOUBT
        }
        while self._parted and (now - self._parted[0].at > PARTS_WAIT or len(self._parted) > PARTED_MAX):
            yield self._parted.pop(0).whole()


class Doubt:
    """What this process knows of what it heard in a session: whether the same again may be a repeat.

    A centre delivers again what we did not answer: within a session after its patience, and in the next one.
    Where our last answers were on their way as a session ended, nobody knows.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._first: dict[str, Frame] = {}
        self._answered: dict[str, float] = {}
        self._settled: set[str] = set()

    def is_new(self, heard: Frame) -> bool:
        """Tell whether what was heard cannot be a repeat."""
        digest = heard.digest
        first = self._first.setdefault(digest, heard)
        if first.sequence == heard.sequence:  # also when it could not be written down and is read again
            return digest in self._settled
        return digest in self._answered or heard.heard_s - first.heard_s < SAME_WORDS_S

    def answered(self, digests: Iterable[str], now_s: float) -> None:
        """Remember that these were answered."""
        for digest in digests:
            self._answered[digest] = now_s
        if len(self._first) > IN_DOUBT_MAX:
            horizon = now_s - IN_DOUBT.total_seconds()
            self._first = {each: at for each, at in self._first.items() if at.heard_s > horizon}
            self._answered = {each: at for each, at in self._answered.items() if at > horizon}

    def ended(self, at_s: float) -> None:
        """Begin a new session; the last one ended then."""
        self._settled = {each for each, at in self._answered.items() if at_s - at > ANSWERS_TRAVEL_S}
        self._first.clear()
        self._answered.clear()
