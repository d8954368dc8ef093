"""Facts of a text that need more than a number or a word, and how each is told.

Money, times, spans and nested texts are told by their type, in the listener's language and zone,
here and nowhere else (style, example 6).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from core.kernel.money import Money

_SIGNS = {"RUB": "₽", "KZT": "₸"}
WEEKDAYS = {
    "ru": ("понедельник", "вторник", "среду", "четверг", "пятницу", "субботу", "воскресенье"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "ru": (
        *("января", "февраля", "марта", "апреля", "мая", "июня"),
        *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_SHORT = {
    "ru": ("пн", "вт", "ср", "чт", "пт", "сб", "вс"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_NEAR = {"ru": {0: "сегодня", 1: "завтра"}, "en": {0: "today", 1: "tomorrow"}}


class Told(str):  # noqa: SLOT000 - a handful live at a time
    """A fact in words, with the forms that a sentence may ask for by `GEN`, `ACC` and `SHORT`.

    Attributes:
        gen: The genitive. What is written in figures has only one form.
        acc: The accusative.
        short: For the label of a button.
    """

    gen: str
    acc: str
    short: str

    def __new__(cls, words: str, *, gen: str = "", acc: str = "", short: str = "") -> Self:
        """Tell the words; a form that is not given is the same."""
        told = super().__new__(cls, words)
        told.gen, told.acc, told.short = gen or words, acc or words, short or words
        return told


@dataclass(frozen=True, slots=True)
class Named:
    """A text inside a text, by its name."""

    name: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clock:
    """A moment of which only the hour and minute are told."""

    at: datetime


@dataclass(frozen=True, slots=True)
class PriceRange:
    """Two prices told as one range; one price when they are equal."""

    low: Money
    high: Money


@dataclass(frozen=True, slots=True)
class Items:
    """Several things, each on a line of its own."""

    items: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days in a row, told by the first and the last."""

    first: date
    last: date


def money(amount: Money) -> str:
    """Tell an amount, such as `2 205 ₽`; kopecks only where there are any."""
    sign = "−" if amount.minor < 0 else ""
    whole, rest = divmod(abs(amount.minor), 100)
    grouped = f"{whole:,}".replace(",", " ")
    tail = f",{rest:02d}" if rest else ""
    return f"{sign}{grouped}{tail} {_SIGNS.get(amount.currency.value, amount.currency.value)}"


def price_range(prices: PriceRange) -> str:
    """Tell a range, such as `2 800–3 200 ₽`."""
    if prices.low == prices.high:
        return money(prices.low)
    low, _, _ = money(prices.low).rpartition(" ")
    return f"{low}–{money(prices.high)}"


def day(local: date, *, today: date, lang: str) -> str:
    """Tell a day: today and tomorrow by name, another with its weekday and date."""
    ahead = (local - today).days
    if near := _NEAR[lang].get(ahead):
        return near
    weekday = WEEKDAYS[lang][local.weekday()]
    month = MONTHS[lang][local.month - 1]
    if lang == "ru":
        preposition = "во" if weekday.startswith("вт") else "в"
        return f"{preposition} {weekday}, {local.day} {month}"
    return f"on {weekday} {local.day} {month}"


def days(run: DayRange, *, lang: str) -> str:
    """Tell days in a row, such as `2–6 марта, пн–пт`."""
    names = _SHORT[lang]
    months = MONTHS[lang]
    first, last = run.first, run.last
    start = f"{first.day}" if first.month == last.month else f"{first.day} {months[first.month - 1]} "
    dash = "–" if first.month == last.month else "– "
    return (
        f"{start}{dash}{last.day} {months[last.month - 1]}, {names[first.weekday()]}–{names[last.weekday()]}"
    )


def moment(at: datetime, *, now: datetime, zone: ZoneInfo, lang: str) -> Told:
    """Tell a moment on the listener's wall clock, such as `завтра в 14:00`; on a button `сб 28, 14:00`."""
    local = at.astimezone(zone)
    today = now.astimezone(zone).date()
    name = day(local.date(), today=today, lang=lang)
    is_near = (local.date() - today).days in _NEAR[lang]
    button = f"{name} {local:%H:%M}" if is_near else f"{_weekday(local, lang)} {local.day}, {local:%H:%M}"
    if lang == "ru":
        preposition = "во" if local.hour == 2 else "в"  # noqa: PLR2004 - во два часа
        comma = "," if name.startswith(("в ", "во ")) else ""
        return Told(f"{name}{comma} {preposition} {local:%H:%M}", short=button)
    return Told(f"{name} at {local:%H:%M}", short=button)


def span(length: timedelta, *, lang: str) -> str:
    """Tell a length of time in hours and minutes, shortly: `1 ч 30 мин`."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    names = ("ч", "мин") if lang == "ru" else ("h", "min")
    parts = [f"{value} {name}" for value, name in zip((hours, minutes), names, strict=True) if value]
    return " ".join(parts) or f"0 {names[1]}"


def phone(number: str) -> str:
    """Tell a Russian number in groups, another as it is."""
    if number.startswith("+7") and len(number) == len("+79110000000"):
        return f"+7 {number[2:5]} {number[5:8]}-{number[8:10]}-{number[10:12]}"
    return number


def mid(words: str) -> str:
    """Put words in the middle of a sentence: a small first letter, unless it begins an abbreviation."""
    is_abbreviation = words[1:2].isupper()
    return words if is_abbreviation else words[:1].lower() + words[1:]


def _weekday(local: datetime, lang: str) -> str:
    return _SHORT[lang][local.weekday()]
