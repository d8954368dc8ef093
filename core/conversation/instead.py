"""One thing said instead of another: "не розетка, а выключатель", "дом не 5, а 7", "давайте не 30, а 29".

What was known says which of the two is wrong, so nothing else of the sentence has to be understood.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core.conversation.again import Again
from core.conversation.known import ADDRESS_PARTS, Known, Wish
from core.meaning import Grain, Identity, When

_NOT = re.compile(r"\b(?:не|not)\s+(?:(?:в|на|с|the|a|an|my)\s+)?(?P<word>[^\W\d]+)", re.IGNORECASE)
_BUT_NOT = re.compile(rf"(?:,?\s*\b(?:а|and)\s+)?{_NOT.pattern}[,;]?(?:\s+(?:а|but)\b)?", re.IGNORECASE)
_NUMBER = r"(\d{1,3}[а-яa-z]?)(?![\w:])"
_PAIRS = (  # wrong and right: "не 5, а 7"; "7, а не 5", "7, not 5"
    (re.compile(rf"\b(?:не|not)\s+{_NUMBER}[,;]?\s+(?:а|but)\s+{_NUMBER}", re.IGNORECASE), 1, 2),
    (re.compile(rf"\b{_NUMBER}[,;]?\s+(?:а\s+|and\s+)?(?:не|not)\s+{_NUMBER}", re.IGNORECASE), 2, 1),
)
_NAMED = (  # the word that says which number is meant
    ("house", re.compile(r"\b(?:дом|house)", re.IGNORECASE)),
    ("flat", re.compile(r"\b(?:кв\b|квартир|flat|apt|apartment)", re.IGNORECASE)),
    ("entrance", re.compile(r"\b(?:подъезд|entrance)", re.IGNORECASE)),
    ("floor", re.compile(r"\b(?:этаж|floor)", re.IGNORECASE)),
    ("day", re.compile(r"\b(?:числ|дат|day|date)", re.IGNORECASE)),
)
_MONTH_DAYS = 31


@dataclass(frozen=True, slots=True)
class Instead:
    """A number that is to stand instead of another one: of an address, or of a day."""

    identity: Identity = field(default_factory=Identity)
    times: tuple[When, ...] = ()


def denials(texts: Sequence[str], again: Again) -> Mapping[str, str]:
    """Return the things that are named only to be denied, by their words: "ой, не розетка, а выключатель"."""
    words = {hit[1] for text in texts for hit in _NOT.finditer(text)}
    named = {
        word: next((frame.object for frame in again.things(word) if frame.object), None) for word in words
    }
    return {word: thing for word, thing in named.items() if thing}


def without_denials(texts: Sequence[str], denied: Collection[str]) -> str:
    """Return the words without what they deny: the rest is read for itself."""
    return _BUT_NOT.sub(lambda hit: " " if hit["word"] in denied else hit[0], " ".join(texts))


def number_instead(texts: Sequence[str], known: Known, *, chosen: datetime | None) -> Instead | None:
    """Return what a pair of numbers corrects, if what is known leaves no doubt.

    Args:
        chosen: The time that is held, on the local wall clock.
    """
    for text in texts:
        for wrong, right in _pairs(text):
            named = next((part for part, mark in _NAMED if mark.search(text)), None)
            wish = _wish(known, chosen, wrong)
            parts = [part for part in ADDRESS_PARTS if known.address.get(part, "").casefold() == wrong]
            fits = [part for part in (*parts, *(["day"] if wish else [])) if named in (None, part)]
            if fits == ["day"] and wish is not None and (moved := _on_day(wish, right)):
                return Instead(times=(moved,))
            if len(fits) == 1 and fits != ["day"]:
                return Instead(identity=Identity(**_part(fits[0], right)))
    return None


def _part(name: str, number: str) -> dict[str, Any]:
    return {name: number}


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for pattern, wrong, right in _PAIRS:
        for hit in pattern.finditer(text):
            yield hit[wrong].casefold(), hit[right].casefold()


def _wish(known: Known, chosen: datetime | None, day: str) -> Wish | None:
    wishes = [Wish(start=chosen, end=None, grain=Grain.HOUR)] if chosen else known.wishes
    return next((wish for wish in wishes if str(wish.start.day) == day), None)


def _on_day(wish: Wish, day: str) -> When | None:
    """Return the same hour on another day, the nearest one of that number."""
    if not day.isdecimal() or not 1 <= int(day) <= _MONTH_DAYS:
        return None
    near = (wish.start + timedelta(days=days) for days in range(-_MONTH_DAYS, _MONTH_DAYS))
    starts = [start for start in near if start.day == int(day)]
    if not starts:
        return None
    start = min(starts, key=lambda each: abs(each - wish.start))
    return When(start, wish.end + (start - wish.start) if wish.end else None, wish.grain)
