"""How long a talk waits, how much of a text is read, how often it asks (A41)."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class TalkRules:
    """The limits of a talk.

    Attributes:
        remind_after: Silence after which the person is reminded, once.
        abandon_after: Silence after which the talk is closed.
        words_read: So many characters of a text are read; all of it is kept.
        questions_max: So many questions about one matter, and we go on with what we know.
    """

    remind_after: timedelta
    abandon_after: timedelta
    words_read: int
    questions_max: int


def read_part(text: str, rules: TalkRules) -> str:
    """Return the part of a text that is read."""
    return text[: rules.words_read]


def remind_at(heard_at: datetime, rules: TalkRules) -> datetime:
    """Return when to remind a person who was last heard then."""
    return heard_at + rules.remind_after


def abandon_at(heard_at: datetime, rules: TalkRules) -> datetime:
    """Return when to close the talk of a person who was last heard then."""
    return heard_at + rules.abandon_after


def may_ask(asked: int, rules: TalkRules) -> bool:
    """Tell whether one more question may be asked after so many."""
    return asked < rules.questions_max
