"""Reading in batch: one object of JSON in, one out, in the shapes that programs rely on.

What a talk gets from `look` and `choose`, without a talk: the question that a text answers may come
along as `prompt`.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from core.language.choose import ADDRESS_PARTS, NAME_PARTS, Days, Question, choose
from core.language.lexicon import table
from core.language.normalise import normalise
from core.language.phrases import Matcher
from core.language.reader import MASTER, EmbeddedReader
from core.library.library import load_library
from core.meaning import Bounds, Frame, HoursChange, Lang, LookContext, Reading, Urgency, When

WHOLE_DAY = "day"
YEARS = range(1970, 3000)  # days near the ends of the calendar cannot be counted from
DISTRICT = "district"  # a talk's own, no part of the published shape

Fields = dict[str, Any]


class Kind(StrEnum):
    """What a text is read as."""

    MESSAGE = "message"
    AVAILABILITY = "availability"
    IDENTITY = "identity"
    TIME = "time"


class Batch:
    """Reads one kind of text, line by line."""

    def __init__(self, kind: Kind, *, now: datetime) -> None:
        """Load the reader.

        Args:
            now: The local wall clock where a line has no `ref` of its own.
        """
        self._reader = EmbeddedReader()
        self._now = now
        self._role = MASTER if kind is Kind.AVAILABILITY else "client"
        self._read: Callable[[str, str, LookContext], Fields] = {
            Kind.MESSAGE: self._message,
            Kind.AVAILABILITY: self._availability,
            Kind.IDENTITY: self._identity,
            Kind.TIME: self._time,
        }[kind]
        prompts = table("prompts")
        self._prompts = Matcher(
            (question, phrase)
            for question, phrases in prompts.items()
            for lang in ("ru", "en")
            for phrase in phrases[lang]
        )

    def read(self, line: object) -> Fields:
        """Return the answer to one line: its `id`, and what the text means or an `error`."""
        if not isinstance(line, Mapping):
            return {"id": None, "error": "A line must be a JSON object with `id` and `text`."}
        answer: Fields = {"id": line.get("id")}
        try:
            text, prompt, context = self._checked(line)
        except ValueError as error:
            return answer | {"error": str(error)}
        return answer | self._read(text, prompt, context)

    def _checked(self, line: Mapping[str, Any]) -> tuple[str, str, LookContext]:
        """Take a line apart. Raises ValueError with a sentence for what does not fit."""
        text, prompt, lang = line.get("text"), line.get("prompt") or "", line.get("lang")
        if not isinstance(text, str):
            raise ValueError("`text` must be a string.")  # noqa: TRY004 - a wrong value of the line
        if not isinstance(prompt, str):
            raise ValueError("`prompt` must be a string.")  # noqa: TRY004
        if lang not in (None, *Lang):
            raise ValueError("`lang` must be ru or en.")
        now = _wall_clock(line["ref"]) if line.get("ref") is not None else self._now
        return text, prompt, LookContext(now=now, role=self._role, lang=Lang(lang) if lang else None)

    def _question(self, prompt: str) -> Question | None:
        """Return what a prompt asks for, by its words."""
        asked = [Question(hit.label) for hit in self._prompts.find(normalise(prompt, None))]
        wholes = {_whole(question) for question in asked}
        if wholes == {Question.NAME, Question.PHONE}:
            return Question.NAME_PHONE
        if len({*asked}) > 1 and len(wholes) == 1:  # "Дом и квартира?"
            return wholes.pop()
        return asked[0] if asked else None

    def _message(self, text: str, prompt: str, context: LookContext) -> Fields:
        del prompt
        reading = self._reader.look(text, context)
        return {
            "lang": reading.lang,
            "category": reading.trade,
            "urgency": urgency_of(reading),
            "emergency": reading.emergency,
            "requests": [_request(frame) for frame in reading.frames],
            "clarify": reading.clarify,
            "confidence": reading.confidence,
        }

    def _availability(self, text: str, prompt: str, context: LookContext) -> Fields:
        asked: Days | None = None
        if prompt:
            named = self._reader.look(prompt, context).hours
            asked = named.days if named else None
        change = choose(self._reader.look(text, context), Question.HOURS, asked=asked).hours
        return _change(change) if change else {"op": None, "days": {}}

    def _identity(self, text: str, prompt: str, context: LookContext) -> Fields:
        who = choose(self._reader.look(text, context), self._question(prompt)).identity
        found = {name: value for name, value in asdict(who).items() if value and name != DISTRICT}
        if who.cities:  # several are nobody's own
            del found["city"]
            found["cities"] = list(who.cities)
        return found

    def _time(self, text: str, prompt: str, context: LookContext) -> Fields:
        del prompt  # the text is asked for a time, whatever the words were
        times = choose(self._reader.look(text, context), Question.SLOT).times
        return {"results": [_result(when) for when in times]}


def _whole(question: Question) -> Question:
    """Return what a part is a part of."""
    if question in ADDRESS_PARTS:
        return Question.ADDRESS
    return Question.NAME if question in NAME_PARTS else question


def urgency_of(reading: Reading) -> Urgency:
    """Return the urgency in the end: what was said, else urgent where a job cannot wait, else standard.

    A job cannot wait where both the rules and the library say so. What else an entry takes for usual is no
    word of the client's: the talk weighs that.
    """
    library = load_library()
    cannot_wait = any(
        frame.is_urgent and frame.fault and library.fault(frame.fault).urgency is Urgency.URGENT
        for frame in reading.frames
    )
    return reading.urgency or (Urgency.URGENT if cannot_wait else Urgency.STANDARD)


def _wall_clock(ref: object) -> datetime:
    try:
        now = datetime.fromisoformat(str(ref)).replace(tzinfo=None)
    except ValueError as error:
        raise ValueError("`ref` must be a local time such as 2026-11-25T14:00.") from error
    if now.year not in YEARS:
        raise ValueError(f"`ref` must be in the years {YEARS.start} to {YEARS.stop - 1}.")
    return now


def _request(frame: Frame) -> Fields:
    return {
        "trade": frame.trade,
        "object": frame.object,
        "action": frame.action,
        "fault": frame.fault,
        "confidence": frame.confidence,
    }


def _change(change: HoursChange) -> Fields:
    return {"op": change.op, "days": {day.isoformat(): _spans(change, day) for day in sorted(change.days)}}


def _spans(change: HoursChange, day: date) -> str | list[list[str | None]]:
    spans: tuple[Bounds, ...] | None = change.days[day]
    if spans is None:
        return WHOLE_DAY
    return [[f"{bound:%H:%M}" if bound else None for bound in span] for span in spans]


def _result(when: When) -> Fields:
    return {
        "start": when.start.isoformat(timespec="minutes"),
        "end": when.end.isoformat(timespec="minutes") if when.end else None,
        "grain": when.grain,
    }
