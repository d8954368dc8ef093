"""Choose: of all that a text may mean, what answers the question that is open now.

The reader never knows what was asked, so "14" is an hour, the fourteenth choice, a flat and an
amount at once. The talk knows. Choosing is pure and takes microseconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum

from core.language.when.bounds import WORKING_DAY, without
from core.meaning import (
    Answer,
    Bare,
    Bounds,
    Frame,
    HoursChange,
    HoursOp,
    Identity,
    Intent,
    Reading,
    Trade,
    When,
)

CERTAIN = 0.6  # a frame below this is believed only as an answer to "what happened?"
YEARS_MAX = 70
MINOR = 100

_NO_NAMES = frozenset({Intent.ANGER, Intent.HUMAN, Intent.HELP, Intent.SPAM})  # "тупой бот" is no street

Days = Mapping[date, tuple[Bounds, ...] | None]


class Question(StrEnum):
    """What a talk may have asked."""

    PROBLEM = "problem"
    ADDRESS = "address"
    SLOT = "slot"
    NAME = "name"
    PHONE = "phone"
    NAME_PHONE = "name_phone"
    YES_NO = "yes_no"
    HOURS = "hours"
    TRADES = "trades"
    CITY = "city"
    LAST = "last"
    PATRONYMIC = "patronymic"
    EMAIL = "email"
    STREET = "street"
    HOUSE = "house"
    FLAT = "flat"
    ENTRANCE = "entrance"
    FLOOR = "floor"
    INTERCOM = "intercom"
    YEARS = "years"
    SAFE = "safe"
    AMOUNT = "amount"


NAME_PARTS = frozenset({Question.LAST, Question.PATRONYMIC})
NUMBERED = frozenset({Question.FLAT, Question.ENTRANCE, Question.FLOOR, Question.INTERCOM})
ADDRESS_PARTS = NUMBERED | {Question.STREET, Question.HOUSE}
_PARTS = NAME_PARTS | ADDRESS_PARTS | {Question.EMAIL}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a text says, now that the question is known.

    Things said beyond the question are kept as long as they were said plainly, so that nobody is
    asked what he already told us.

    Attributes:
        is_answer: The open question is answered (perhaps not completely: a street without a house).
        is_safe: Answer to "are you safe now?".
    """

    is_answer: bool
    frames: tuple[Frame, ...] = ()
    identity: Identity = field(default_factory=Identity)
    times: tuple[When, ...] = ()
    hours: HoursChange | None = None
    answer: Answer | None = None
    ordinal: int | None = None
    amount_minor: int | None = None
    years: int | None = None
    trades: tuple[Trade, ...] = ()
    is_safe: bool | None = None


def choose(
    reading: Reading,
    question: Question | None,
    *,
    choices: int = 0,
    asked: Days | None = None,
) -> Chosen:
    """Return what of a reading answers the open question, and what else was said plainly.

    Args:
        question: The open question, or None when nothing was asked.
        choices: How many choices were offered; "2" is the second of them, else perhaps an hour.
        asked: The hours that the question named ("Работаете сегодня с 8 до 20?"). A bare yes
            confirms them, and "да, но до 18" takes its open end from them.
    """
    said = Chosen(
        is_answer=False,
        frames=_frames(reading, question),
        identity=_identity(reading, question),
        times=reading.times,
        hours=reading.hours,
        answer=reading.answer,
        ordinal=_ordinal(reading, choices),
        amount_minor=reading.amount_minor,
        trades=reading.trades,
        is_safe=_is_safe(reading, question),
    )
    match question:
        case Question.SLOT:
            if said.ordinal is None and not said.times:
                said = replace(said, times=reading.bare.times)
        case Question.HOURS:
            said = replace(said, hours=_hours(reading, asked))
        case Question.TRADES:
            named = reading.trades or reading.bare.trades or _trades(reading.frames)
            said = replace(said, trades=named)
        case Question.YEARS:
            said = replace(said, years=_years(reading))
        case Question.AMOUNT:
            said = replace(said, amount_minor=_amount_minor(reading))
        case _:
            pass
    return replace(said, is_answer=_answers(said, question))


def _answers(said: Chosen, question: Question | None) -> bool:
    """Tell whether the open question has its answer, perhaps not a complete one."""
    who = said.identity
    is_named = any((who.first, who.last, who.patronymic))
    answered = {
        Question.PROBLEM: bool(said.frames),
        Question.ADDRESS: any((who.street, who.house, who.flat)),
        Question.SLOT: bool(said.times) or said.ordinal is not None or said.answer is not None,
        Question.NAME: is_named,
        Question.PHONE: who.phone is not None,
        Question.NAME_PHONE: is_named or who.phone is not None,
        Question.YES_NO: said.answer in (Answer.YES, Answer.NO),
        Question.HOURS: said.hours is not None,
        Question.TRADES: bool(said.trades),
        Question.CITY: who.city is not None,
        Question.YEARS: said.years is not None,
        Question.SAFE: said.is_safe is not None,
        Question.AMOUNT: said.amount_minor is not None,
    }
    if question in _PARTS:
        return getattr(who, question) is not None
    return question is not None and answered[question]


def _frames(reading: Reading, question: Question | None) -> tuple[Frame, ...]:
    if question in (Question.PROBLEM, None):
        return reading.frames
    return tuple(frame for frame in reading.frames if frame.action and frame.confidence >= CERTAIN)


def _identity(reading: Reading, question: Question | None) -> Identity:
    who, bare = reading.identity, reading.bare
    if reading.intents & _NO_NAMES:
        return who
    if question is Question.ADDRESS and bare.address:
        who = _fill(who, bare.address)
    if question in (Question.NAME, Question.NAME_PHONE) and bare.name and who.first is None:
        who = _fill(who, bare.name)
    if question in (Question.PHONE, Question.NAME_PHONE) and who.phone is None and bare.phone:
        who = replace(who, phone=bare.phone)
    if question is Question.CITY and who.city is None and bare.city:
        who = replace(who, city=bare.city)
    if question in _PARTS and getattr(who, question) is None:
        who = _fill(who, _asked_part(bare, question))
    return who


def _asked_part(bare: Bare, part: Question) -> Identity:
    """Return a part of a name or an address, when it was asked for by itself: "127", "на пятом", "Ким"."""
    name = bare.name or Identity()
    if part in NUMBERED and bare.number:
        return Identity(**{part.value: bare.number})  # type: ignore[arg-type]  # these parts are strings
    if part is Question.STREET and bare.street:
        return Identity(street=bare.street)
    if part is Question.LAST:
        return Identity(last=name.last or name.first)
    if part is Question.PATRONYMIC:
        return Identity(patronymic=name.patronymic)
    address = (bare.address if part in ADDRESS_PARTS else None) or Identity()
    if part in NUMBERED and address.house and address.street is None:  # "2, этаж 3"
        return replace(address, house=None, **{part.value: address.house})  # type: ignore[arg-type]  # as above
    return address


def _fill(known: Identity, more: Identity) -> Identity:
    """Return `known` with its missing parts taken from `more`."""
    missing = {
        part.name: getattr(more, part.name) for part in fields(Identity) if not getattr(known, part.name)
    }
    return replace(known, **missing)


def _ordinal(reading: Reading, choices: int) -> int | None:
    """Count from one; -1 ("the last") becomes the number of choices."""
    picked = reading.ordinal
    if picked is None or not choices:
        return None
    picked = choices if picked == -1 else picked
    return picked if 1 <= picked <= choices else None


def _is_safe(reading: Reading, question: Question | None) -> bool | None:
    if Intent.NOT_SAFE in reading.intents:
        return False
    if Intent.SAFE_NOW in reading.intents:
        return True
    if question is Question.SAFE and reading.answer in (Answer.YES, Answer.NO):
        return reading.answer is Answer.YES
    return None


def _hours(reading: Reading, asked: Days | None) -> HoursChange | None:
    said = reading.hours
    if asked is None:
        return said
    if said is None:
        if reading.answer is Answer.NO:
            return HoursChange(HoursOp.BLOCK, dict.fromkeys(asked, ()))
        return HoursChange(HoursOp.SET, dict(asked)) if reading.answer is Answer.YES else None
    return _amended(said, asked, reading.answer)


def _amended(said: HoursChange, asked: Days, answer: Answer | None) -> HoursChange:
    """Return hours that were said in answer to hours that were asked about."""
    if said.is_dayless and not set(said.days) & set(asked):  # "да, но с 10" about tomorrow
        said = replace(said, days={day: spans for day in asked for spans in said.days.values()})
    if said.op is HoursOp.BLOCK and answer is Answer.YES and any(said.days.values()):
        left = {day: without(asked[day] or [WORKING_DAY], said.days.get(day) or ()) for day in asked}
        return HoursChange(HoursOp.SET, left)
    days = {day: _closed(spans, asked.get(day)) for day, spans in said.days.items()}
    if answer is Answer.NO and said.op is HoursOp.SET:  # "нет, завтра"
        days = dict.fromkeys(sorted(set(asked) - set(days)), ()) | days
    return replace(said, days=days)


def _closed(spans: tuple[Bounds, ...] | None, asked: tuple[Bounds, ...] | None) -> tuple[Bounds, ...] | None:
    """Take a single span's open bound from the hours that were asked about."""
    if spans is None:
        return asked  # "да, как обычно"
    if not asked or len(spans) != 1:
        return spans
    (start, end), opening, closing = spans[0], asked[0][0], asked[-1][1]
    begins = start if start is not None else opening
    ends = end if end is not None else closing
    if begins is not None and ends is not None and begins >= ends:  # "только вечером" is beyond them
        return spans
    return ((begins, ends),)


def _trades(frames: tuple[Frame, ...]) -> tuple[Trade, ...]:
    return tuple(dict.fromkeys(frame.trade for frame in frames if frame.trade))


def _years(reading: Reading) -> int | None:
    years = reading.number
    return years if years is not None and 0 <= years <= YEARS_MAX else None


def _amount_minor(reading: Reading) -> int | None:
    if reading.amount_minor is not None:
        return reading.amount_minor
    return reading.number * MINOR if reading.number is not None else None
