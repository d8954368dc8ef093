"""What was heard in one turn: one message, or several that came in a burst, read as one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from core.flows.tx import Letter
from core.meaning import Emergency, Frame, Identity, Lang, Reading, Urgency

T = TypeVar("T")
_GRAVITY = tuple(Emergency)
_HASTE = (Urgency.URGENT, Urgency.STANDARD, Urgency.FLEXIBLE)


@dataclass(frozen=True, slots=True)
class Heard:
    """One turn of a person.

    Attributes:
        texts: Each message as it was written, oldest first.
        choice: The button that was pressed, or empty. A press ends a turn.
        reading: What all the texts together may mean.
        media: What was attached: `[{"id", "kind"}]`.
        is_edit: He changed what he had written before.
    """

    texts: tuple[str, ...]
    choice: str
    reading: Reading
    media: tuple[dict[str, str], ...] = ()
    is_edit: bool = False

    @property
    def is_silent(self) -> bool:
        """Whether nothing was said, sent or pressed."""
        return not (self.texts or self.media or self.choice)

    @property
    def longest(self) -> str:
        """The longest single message of the turn (contracts, section 6)."""
        return max(self.texts, key=len, default="")


def heard(turn: Sequence[Letter], *, lang: Lang) -> Heard:
    """Put the letters of a turn together."""
    turn = _as_corrected(turn)
    payloads = [letter.payload for letter in turn]
    texts = tuple(text for payload in payloads if (text := str(payload.get("text") or "") or shared(payload)))
    return Heard(
        texts=texts,
        choice=str(payloads[-1].get("choice") or ""),
        reading=merged([letter.reading for letter in turn if letter.reading], lang=lang),
        media=tuple(item for payload in payloads for item in payload.get("media") or ()),
        is_edit=any(payload.get("is_edit") for payload in payloads),
    )


def _as_corrected(turn: Sequence[Letter]) -> Sequence[Letter]:
    """Leave out what was corrected in the same breath."""
    last = {id: n for n, letter in enumerate(turn) if (id := letter.payload.get("message_id"))}
    edited = {letter.payload.get("message_id") for letter in turn if letter.payload.get("is_edit")}
    return [
        letter
        for n, letter in enumerate(turn)
        if letter.payload.get("message_id") not in edited or last[letter.payload["message_id"]] == n
    ]


def shared(payload: Mapping[str, Any]) -> str:
    """Return a contact that was shared as the words that would tell it."""
    contact = payload.get("contact") or {}
    return ", ".join(part for part in (contact.get("name"), contact.get("phone")) if part)


def merged(readings: Sequence[Reading], *, lang: Lang) -> Reading:
    """Read several messages as one: what was said later wins, dangers and jobs add up."""
    if not readings:
        return Reading(lang=lang, is_empty=True)
    if len(readings) == 1:
        return readings[0]
    last = readings[-1]
    return replace(
        last,
        lang=max(readings, key=lambda reading: (bool(reading.frames), reading.confidence)).lang,
        confidence=max(reading.confidence for reading in readings),
        emergency=_first(_GRAVITY, {reading.emergency for reading in readings}),
        urgency=_first(_HASTE, {reading.urgency for reading in readings}),
        frames=_frames(frame for reading in readings for frame in reading.frames),
        identity=_identity(reading.identity for reading in readings),
        times=_latest(reading.times for reading in readings) or (),
        hours=_latest(reading.hours for reading in readings),
        answer=_latest(reading.answer for reading in readings),
        ordinal=_latest(reading.ordinal for reading in readings if not reading.identity.phone),
        amount_minor=_latest(reading.amount_minor for reading in readings),
        number=_latest(reading.number for reading in readings),
        trades=tuple(dict.fromkeys(trade for reading in readings for trade in reading.trades)),
        intents=frozenset().union(*(reading.intents for reading in readings)),
        is_empty=all(reading.is_empty for reading in readings),
    )


def _first(order: Sequence[T], found: set[T | None]) -> T | None:
    return next((item for item in order if item in found), None)


def _latest(found: Iterable[T | None]) -> T | None:
    return next((item for item in reversed(list(found)) if item), None)


def _frames(frames: Iterable[Frame]) -> tuple[Frame, ...]:
    unique: dict[tuple[object, ...], Frame] = {}
    for frame in frames:
        unique.setdefault((frame.trade, frame.object, frame.fault or frame.action), frame)
    return tuple(unique.values())


def _identity(parts: Iterable[Identity]) -> Identity:
    whole = Identity()
    for part in parts:
        said = {f.name: value for f in fields(part) if (value := getattr(part, f.name))}
        whole = replace(whole, **said)
    return whole
