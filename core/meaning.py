"""What a text may mean: the closed type that every reader returns.

A *reader* (`core.language`, later a model) looks at a text once, without knowing which question
is open, and returns everything it may mean. A talk then chooses what answers its question.
Nothing here can move money, a slot or a state.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum


class Lang(StrEnum):
    """Languages we speak."""

    RU = "ru"
    EN = "en"


class Trade(StrEnum):
    """Who must come."""

    ELECTRICAL = "electrical"
    PLUMBING = "plumbing"
    APPLIANCE = "appliance"
    GENERAL = "general"


class Urgency(StrEnum):
    """How long the job can wait."""

    URGENT = "urgent"
    STANDARD = "standard"
    FLEXIBLE = "flexible"


class Emergency(StrEnum):
    """Dangers that are answered with safety words first, the gravest first."""

    GAS = "gas"
    CO = "co"
    FIRE = "fire"
    ELECTRIC_SHOCK = "electric_shock"
    FLOOD = "flood"


class Answer(StrEnum):
    """A short answer to whatever was asked."""

    YES = "yes"
    NO = "no"
    DONT_KNOW = "dont_know"
    LATER = "later"


class Intent(StrEnum):
    """What a person wants from the talk itself, besides answering."""

    GREETING = "greeting"
    THANKS = "thanks"
    PRICE = "price"  # what does it cost, why so much
    STATUS = "status"  # where is my master
    CANCEL = "cancel"
    MOVE = "move"  # another time for a job that exists
    HUMAN = "human"  # let me talk to a person
    HELP = "help"  # what can you do
    COMPLAINT = "complaint"
    ANGER = "anger"
    SPAM = "spam"
    WORK_WANTED = "work_wanted"  # someone looking for a job with us
    SAFE_NOW = "safe_now"
    NOT_SAFE = "not_safe"
    EARNINGS = "earnings"
    PAUSE = "pause"
    RESUME = "resume"
    PAID_CASH = "paid_cash"
    RESTART = "restart"
    BYE = "bye"


@dataclass(frozen=True, slots=True)
class Frame:
    """One job in a message: an object and what is wrong with it or wanted of it."""

    trade: Trade | None
    object: str | None  # lexicon id, such as `light_switch`
    action: str | None  # lexicon id, such as `not_working` or `install`
    fault: str | None  # fault library id, such as `switch_dead`
    confidence: float  # 0..1
    words: str = ""  # the words that said it
    is_urgent: bool = False  # a danger, an outage or a lockout: cannot wait, whatever is said


@dataclass(frozen=True, slots=True)
class Identity:
    """Who and where. Every part may be missing; phones are E.164, the street is without its type word."""

    first: str | None = None
    patronymic: str | None = None
    last: str | None = None
    phone: str | None = None
    phone2: str | None = None
    email: str | None = None
    city: str | None = None
    cities: tuple[str, ...] = ()
    district: str | None = None
    street: str | None = None
    house: str | None = None
    building: str | None = None
    structure: str | None = None
    flat: str | None = None
    entrance: str | None = None
    floor: str | None = None
    intercom: str | None = None


class Grain(StrEnum):
    """How exact a time was said."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class When:
    """A time that was asked for, on the local wall clock. `end` is exclusive; None is open."""

    start: datetime  # naive, local
    end: datetime | None
    grain: Grain


class HoursOp(StrEnum):
    """What a sentence does to a master's hours."""

    SET = "set"
    BLOCK = "block"
    ADD = "add"


Bounds = tuple[time | None, time | None]


@dataclass(frozen=True, slots=True)
class HoursChange:
    """Hours said in words. A day maps to spans, to None (the whole working day) or to () (not available)."""

    op: HoursOp
    days: Mapping[date, tuple[Bounds, ...] | None]
    is_dayless: bool = False  # no day was named, so that today is meant, or the day that was asked about


@dataclass(frozen=True, slots=True)
class Bare:
    """What counts only when it was asked for: "Ирина", "30-14" or "14" may be anything else as well."""

    name: Identity | None = None  # a name without "меня зовут"
    address: Identity | None = None  # a house, "house - flat" or "Горького 12 - 5" without a marker
    number: str | None = None  # a flat, a floor, a code, whatever was asked for: "127", "на пятом"
    street: str | None = None  # words that are nothing else: "Чернышевского"
    phone: str | None = None  # digits that may be a local number, as they were written
    times: tuple[When, ...] = ()  # a number that may be an hour
    city: str | None = None
    trades: tuple[Trade, ...] = ()  # of things that were merely named: "розетки", "дверь"


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one text may mean."""

    lang: Lang
    confidence: float = 0.0
    emergency: Emergency | None = None
    denied: Emergency | None = None  # a danger that is named only to be denied, over, feared or told of
    urgency: Urgency | None = None  # None: not said, the fault's own default stands
    frames: tuple[Frame, ...] = ()
    clarify: str | None = None  # what is unclear about the request, a text name's suffix
    identity: Identity = field(default_factory=Identity)
    times: tuple[When, ...] = ()
    hours: HoursChange | None = None
    answer: Answer | None = None
    ordinal: int | None = None  # "второй", "2", "the last one" is -1
    amount_minor: int | None = None  # an amount of money, in minor units
    number: int | None = None  # a bare number, such as years
    trades: tuple[Trade, ...] = ()  # trades named as such ("электрик и сантехник")
    intents: frozenset[Intent] = frozenset()
    is_empty: bool = False  # nothing that can be read: blank, emoji only, binary
    bare: Bare = field(default_factory=Bare)

    @property
    def trade(self) -> Trade | None:
        """Who must come: for the job that cannot wait, else for the first that was named."""
        urgent_first = sorted(self.frames, key=lambda frame: not frame.is_urgent)
        return next((frame.trade for frame in urgent_first if frame.trade), None)


@dataclass(frozen=True, slots=True)
class LookContext:
    """All a reader may know besides the text: never what was asked, never who asks."""

    now: datetime  # naive, local wall clock of the talk's city
    role: str = "client"  # client or master
    lang: Lang | None = None  # the talk's language, if known
    city: str = "Калининград"
    trades: tuple[Trade, ...] = tuple(Trade)
