"""What a client says beside the matter: questions, partings, stars, times that cannot be.

The reader knows what any person may say of a job; here is what only a client asks of us, found by the same
phrases. It is looked for where nothing else was understood, or where a question may hide in an answer.
"""

import re
import tomllib
from calendar import monthrange
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from core.language.normalise import normalise
from core.language.phrases import Matcher
from core.meaning import Lang

SHORT = 12  # words: a longer text tells something, it gives no stars
_LEAP = 2024  # any year with a 29th of February
HOURS, MINUTES, MONTHS = 24, 60, 12


class Aside(StrEnum):
    """What may be asked or said at any time; a table of `asides.toml` each."""

    WHY_PHONE = "why_phone"
    WHY_NAME = "why_name"
    WHY_ADDRESS = "why_address"
    WHY_QUESTIONS = "why_questions"
    PAYMENT = "payment"
    WARRANTY = "warranty"
    DURATION = "duration"
    WHO = "who"
    AREA = "area"
    OPEN_HOURS = "open_hours"
    PARTS = "parts"
    PAPERS = "papers"
    PRIVACY = "privacy"
    CALL_OUT = "call_out"
    BOT = "bot"
    CHEAPER = "cheaper"
    OTHER_TIMES = "other_times"
    ANY = "any"
    SOONEST = "soonest"
    ENGLISH = "english"
    RUSSIAN = "russian"
    WHAT = "what"
    WAIT = "wait"
    NOW_WHAT = "now_what"
    MY_JOB = "my_job"
    RATE = "rate"
    HUMAN = "human"
    PRICE = "price"
    TODAY = "today"
    SAME_TIME = "same_time"
    KEEP = "keep"
    TRUST = "trust"
    NO_SHOW = "no_show"
    TELL_MASTER = "tell_master"
    BAD_WORDS = "bad_words"
    THANKS = "thanks"
    AGAIN = "again"


# What has an answer of its own, whatever is asked at the moment: the more exact question first.
ANSWERED = (
    *(Aside.WHY_PHONE, Aside.WHY_NAME, Aside.WHY_ADDRESS, Aside.CALL_OUT, Aside.PAYMENT, Aside.WARRANTY),
    *(Aside.PARTS, Aside.PAPERS, Aside.PRIVACY, Aside.DURATION, Aside.OPEN_HOURS, Aside.AREA, Aside.WHO),
    *(Aside.WHY_QUESTIONS, Aside.CHEAPER, Aside.TRUST, Aside.BOT),
)


def asides(texts: Sequence[str], *, lang: Lang) -> frozenset[Aside]:
    """Return everything that was said beside the matter."""
    text = normalise("\n".join(texts), lang)
    return frozenset() if text.is_empty else frozenset(Aside(label) for label in _asides().labels(text))


def is_question(texts: Sequence[str]) -> bool:
    """Tell whether the last words ask something."""
    return bool(texts) and texts[-1].rstrip(" )").endswith("?")


def stars(texts: Sequence[str], *, lang: Lang, figures_only: bool = False) -> int | None:
    """Return how many stars somebody gives, in figures and signs, or in words of praise and blame."""
    whole = "\n".join(texts)
    if drawn := sum(whole.count(sign) for sign in "★⭐🌟"):
        return min(drawn, max(_STARS))
    text = normalise(whole, lang)
    if text.is_empty or len(text.tokens) > SHORT or is_question(texts):
        return None
    for sort in ("figures",) if figures_only else ("figures", "moods"):
        if said := [int(hit.label) for hit in _stars(sort).find(text) if not hit.is_negated]:
            return said[0]
    return None


_DATE = re.compile(r"(?<![\d.])(\d{1,2})[./](\d{1,2})(?:[./]\d{2,4})?(?![\d.])")
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?![\d:])")
_HOUR = re.compile(r"(?<!\d)(\d{2}) ?(?:час\w*|ч\b|o'?clock)|\b(?:в|at) (\d{2})(?= ?$)", re.IGNORECASE)


def is_impossible_time(texts: Sequence[str]) -> bool:
    """Tell whether a date or an hour was named that no calendar and no clock has."""
    whole = "\n".join(texts)
    return any(
        (
            any(not _is_date(int(hit[1]), int(hit[2])) for hit in _DATE.finditer(whole)),
            any(int(hit[1]) > HOURS or int(hit[2]) >= MINUTES for hit in _CLOCK.finditer(whole)),
            any(int(hit[1] or hit[2]) > HOURS for hit in _HOUR.finditer(whole)),
        )
    )


def _is_date(day: int, month: int) -> bool:
    return 1 <= month <= MONTHS and 1 <= day <= monthrange(_LEAP, month)[1]


_STARS = range(1, 6)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "asides.toml").read_text("utf-8"))


@cache
def _asides() -> Matcher:
    return _matcher({aside: _table()[aside] for aside in Aside})


@cache
def _stars(sort: str) -> Matcher:
    return _matcher(_table()[sort])


def _matcher(entries: dict[str, dict[str, list[str]]]) -> Matcher:
    return Matcher(
        (name, phrase) for name, entry in entries.items() for lang in ("ru", "en") for phrase in entry[lang]
    )
