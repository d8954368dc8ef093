"""What a master says of his work in words of his own: steps, trouble, an offer, money, questions.

The reader knows what any person may say; here is what only a master says, found by the same phrases. What an
errand means depends on where he stands, and the talk decides that: "еду" takes an offer, or begins a journey.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files

from core.language import numbers
from core.language.normalise import Text, normalise
from core.language.phrases import Matcher
from core.meaning import Lang

_SUM_MIN = 100  # rubles; a smaller number is minutes, pieces or a flat
_MINOR = 100
# No money yet: "возьму +800", "отдаст 2000".
_TO_COME = re.compile(r"\bвозьм[уе]|\b(?:от)?даст\b|\b(?:от)?дадут\b", re.IGNORECASE)


class Errand(StrEnum):
    """What a master may want, say or ask; a table of `errands.toml` each."""

    TRAVEL = "travel"
    ARRIVE = "arrive"
    START = "start"
    FINISH = "finish"
    LATE = "late"
    SOON = "soon"  # how long he still needs
    AT_HOUR = "at_hour"  # at which hour he will be there
    ABSENT = "absent"  # nobody opens
    GAVE_UP = "gave_up"  # nobody opened, and he leaves
    PARTS = "parts"
    DETAILS = "details"
    NEW_FAULT = "new_fault"  # a repeat under warranty turns out to be other work
    EXTRA = "extra"  # the client wants more work
    CONFLICT = "conflict"
    LEAVE = "leave"  # he cannot come to a job he has taken
    ACCEPT = "accept"
    DECLINE = "decline"
    COUNTER = "counter"  # another time or price than the offer's
    CASH = "cash"
    GAVE = "gave"  # with a sum, that is cash
    CASHLESS = "cashless"
    OWED = "owed"
    EARNINGS = "earnings"
    MY_HOURS = "my_hours"
    MY_JOBS = "my_jobs"
    TODAY = "today"
    PAUSE = "pause"
    RESUME = "resume"
    HOW = "how"
    NOTED = "noted"
    MORE_TRADES = "more_trades"
    WHO = "who"
    TERMS = "terms"
    WHEN_PAID = "when_paid"
    WHY_PHONE = "why_phone"
    WHAT_JOBS = "what_jobs"
    TERMINAL = "terminal"
    HUMAN = "human"
    SKIP = "skip"
    NO_PAPERS = "no_papers"
    PAPERS = "papers"
    EXPERIENCE = "experience"
    SMARTPHONE = "smartphone"
    DEVICE = "device"
    RUSSIAN = "russian"
    ENGLISH = "english"


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of the work in one turn.

    Attributes:
        errands: Everything that was found.
        is_question: The last words ask something.
        delay: How long it will take ("минут 20", "полчаса").
        span: How many days it will last ("на неделю", "дней на пять").
        sum_minor: The one sum of money that was written without a currency.
        words: All the words, as they were written.
    """

    errands: frozenset[Errand] = frozenset()
    is_question: bool = False
    delay: timedelta | None = None
    span: timedelta | None = None
    sum_minor: int | None = None
    words: str = ""

    def has(self, *wanted: Errand) -> bool:
        """Tell whether any of these was said."""
        return not self.errands.isdisjoint(wanted)


def said(texts: Sequence[str], *, lang: Lang) -> Said:
    """Return what the texts of a turn say of the work."""
    whole = "\n".join(texts)
    text = normalise(whole, lang)
    if text.is_empty:
        return Said(words=whole)
    found = _matcher("ru", "en").labels(text)
    if len(text.tokens) == 1:
        found |= _matcher("alone").labels(text)
    sum_minor = _sum_minor(text)
    if sum_minor is not None and Errand.GAVE in found and not _TO_COME.search(whole):
        found |= {Errand.CASH}
    return Said(
        errands=frozenset(Errand(label) for label in found),
        is_question=text.plain.rstrip(" )").endswith("?"),
        delay=_span(text, _CLOCK_UNITS),
        span=_span(text, _DAY_UNITS),
        sum_minor=sum_minor,
        words=whole.strip(),
    )


@cache
def _matcher(*parts: str) -> Matcher:
    table = tomllib.loads((files(__package__) / "errands.toml").read_text("utf-8"))
    return Matcher(
        (name, phrase) for name, entry in table.items() for part in parts for phrase in entry.get(part, ())
    )


# How long

_CLOCK_UNITS = {
    **dict.fromkeys(("минута", "мин", "минутка", "minute", "minut", "min"), timedelta(minutes=1)),
    **dict.fromkeys(("час", "часик", "hour"), timedelta(hours=1)),
    **dict.fromkeys(("полчаса", "полчасика"), timedelta(minutes=30)),
}
_DAY_UNITS = {
    **dict.fromkeys(("день", "day"), timedelta(days=1)),
    **dict.fromkeys(("неделя", "недельку", "неделька", "week"), timedelta(weeks=1)),
    **dict.fromkeys(("месяц", "month"), timedelta(days=30)),
}
_ALONE = frozenset(  # forms that mean one of it without a number
    {"час", "часик", "минутку", "минуту", "полчаса", "полчасика", "неделю", "недельку", "месяц"}
    | {"hour", "minute", "week", "month"}
)
_HALVES = {"полтора": 1.5, "half": 0.5, "пол": 0.5, "пару": 2, "пара": 2, "couple": 2}


def _span(text: Text, units: dict[str, timedelta]) -> timedelta | None:
    """Return the first length of time: a number before its unit or after it, or the unit alone."""
    tokens = text.tokens
    for place, token in enumerate(tokens):
        unit = next((units[form] for form in (token.text, *sorted(token.lemmas)) if form in units), None)
        if unit is None:
            continue
        beside = (place - 1, place + 1, place - 2, place + 2)  # "минут через 40"
        counts = [_count(tokens[at].text) for at in beside if 0 <= at < len(tokens)]
        if (count := next((count for count in counts if count is not None), None)) is not None:
            return unit * count
        if token.text in _ALONE:
            return unit
    return None


def _count(word: str) -> float | None:
    if word.isdecimal():
        return float(word) if len(word) <= len("999") else None
    value = numbers.word_value(word)
    return _HALVES.get(word) if value is None else float(value)


_SUM = re.compile(r"(?<![\d.,:])(\d{1,3}(?: \d{3})+|\d{3,6})(?![\d:])")


def _sum_minor(text: Text) -> int | None:
    sums = {int(match[1].replace(" ", "")) for match in _SUM.finditer(text.lower)}
    return sums.pop() * _MINOR if len(sums) == 1 and min(sums) >= _SUM_MIN else None
