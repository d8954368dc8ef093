"""Days said in words: "завтра", "пн-пт", "25 ноября", "next monday", "до конца недели"."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from core.language.lexicon import table
from core.language.numbers import word_value
from core.meaning import Grain

DAYS_AHEAD_MAX = 366
WEEK = 7
WORKDAYS = 5
CENTURY = 2000  # "26" is 2026
MONTHS_MAX, DAYS_MAX = 12, 31


@dataclass(frozen=True, slots=True)
class DayHit:
    """Days found in a text.

    Attributes:
        days: Those that are meant, today and later only, in order.
        sort: How they were said: day, weekday, range, weekend, weekdays, every, rest, week, next_week.
    """

    start: int
    end: int
    days: tuple[date, ...]
    grain: Grain
    sort: str


Reader = Callable[[str, date], Iterator[DayHit]]


def _whole(source: str) -> str:
    return rf"(?<![а-яa-z\d])(?:{source})(?![а-яa-z\d])"


_CALENDAR = table("calendar")
_WEEKDAYS = {int(number): re.compile(_whole(source)) for number, source in _CALENDAR["weekday"].items()}
_MONTHS = {int(number): re.compile(source) for number, source in _CALENDAR["month"].items()}
_WEEKDAY = "|".join(_CALENDAR["weekday"].values())
_MONTH = "|".join(_CALENDAR["month"].values())
_NEAR = {int(ahead): re.compile(_whole(source)) for ahead, source in _CALENDAR["day"].items()}
_SPANS = {name: re.compile(_whole(source)) for name, source in _CALENDAR["span"].items()}
_NTH = r"(?:\s*-?\s*(?:го|е|ого|ое|st|nd|rd|th))?"

_FROM = r"(?:с |со |from )?"
_TO = r"\s*(?:-|по|до|to|till|until|through|thru)\s*"

_WEEKDAY_RANGE = re.compile(_whole(rf"{_FROM}(?P<first>{_WEEKDAY}){_TO}(?P<last>{_WEEKDAY})"))
_NEAR_RANGE = re.compile(
    _whole(rf"{_FROM}(?P<near>{'|'.join(_CALENDAR['day'].values())}){_TO}(?P<last>{_WEEKDAY})")
)
_ONE_WEEKDAY = re.compile(
    r"(?:(?P<next>следующ\w{2}|след\.?|next)\s+|(?P<this>эт\w{1,2}|ближайш\w{2}|this|coming)\s+)?"
    + _whole(rf"(?P<day>{_WEEKDAY})")
)
_DATE_RANGE = re.compile(
    _whole(rf"{_FROM}(?P<first>\d{{1,2}}){_NTH}{_TO}(?P<last>\d{{1,2}}){_NTH}\s+(?:of )?(?P<month>{_MONTH})")
)
_DATE_PAIR = re.compile(
    _whole(
        rf"(?P<first>\d{{1,2}}){_NTH}\s*(?:,|и|and)\s*(?P<last>\d{{1,2}}){_NTH}\s+(?:of )?(?P<month>{_MONTH})"
    )
)
_DATE = re.compile(
    _whole(rf"(?P<day>\d{{1,2}}){_NTH}\s+(?:of )?(?P<month>{_MONTH})(?:\s+(?P<year>20\d\d))?")
    + "|"
    + _whole(rf"(?P<month2>{_MONTH})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?")
)
_NUMERIC = re.compile(r"(?<![\d.:/-])(\d{1,2})[./](\d{1,2})(?:[./](20\d\d|\d\d))?(?![\d:/]|\.\d)")
_OF_MONTH = re.compile(
    r"(?<![\d.:-])(\d{1,2})(?:-?го)?\s+числ[ао]|(?<![\d.:-])(\d{1,2})-го(?![а-я])"
    r"|(?:the )(\d{1,2})(?:st|nd|rd|th)(?![a-z])"
)
_AHEAD = re.compile(
    r"(?:через|in|спустя)\s+(?:(?P<count>\d{1,2}|[а-яa-z]+)\s+)?"
    r"(?P<unit>дн\w*|день|суток|сутки|недел\w*|месяц\w*|days?|weeks?|fortnight|months?)(?![а-яa-z])"
)
_UNITS = {"д": 1, "с": 1, "н": WEEK, "w": WEEK, "f": 2 * WEEK}


def find_days(lower: str, today: date, *, is_hours: bool = False) -> list[DayHit]:
    """Return the days said in a text, from left to right, without overlaps.

    Args:
        is_hours: Read as a master's hours: a weekday that is today means today.
    """
    hits: list[DayHit] = []
    single: Reader = partial(_weekdays, from_today=is_hours)
    for reader in (*_READERS, single):
        for hit in reader(lower, today):
            if not any(hit.start < other.end and other.start < hit.end for other in hits):
                hits.append(hit)
    return _weeks_joined(sorted(hits, key=lambda hit: hit.start), today)


def week_from(today: date) -> tuple[date, ...]:
    """Return today and the days after it up to Sunday."""
    return tuple(today + timedelta(days) for days in range(WEEK - today.weekday()))


def _weekday(name: str) -> int:
    """Return the weekday of a word: Monday is 0."""
    return next(number for number, pattern in _WEEKDAYS.items() if pattern.fullmatch(name)) - 1


def _month(name: str) -> int:
    return next(number for number, pattern in _MONTHS.items() if pattern.fullmatch(name))


def _coming(weekday: int, today: date, *, from_today: bool) -> date:
    ahead = (weekday - today.weekday()) % WEEK
    return today + timedelta(ahead if ahead or from_today else WEEK)


def _dated(day: int, month: int, today: date, year: int | None = None) -> date | None:
    """Return a date, next year's if this year's has gone by; None for the thirtieth of February."""
    try:
        found = date(year or today.year, month, day)
        return found if year or found >= today else date(today.year + 1, month, day)
    except ValueError:
        return None


def _near_ranges(lower: str, today: date) -> Iterator[DayHit]:
    for match in _NEAR_RANGE.finditer(lower):
        first = today + timedelta(next(n for n, p in _NEAR.items() if p.search(match["near"])))
        last = _coming(_weekday(match["last"]), first, from_today=True)
        yield _range(match, first, last)


def _weekday_ranges(lower: str, today: date) -> Iterator[DayHit]:
    for match in _WEEKDAY_RANGE.finditer(lower):
        first, last = _weekday(match["first"]), _weekday(match["last"])
        monday = today - timedelta(today.weekday())
        end = monday + timedelta(last if last >= first else last + WEEK)
        begin = monday + timedelta(first)
        if end < today:
            begin, end = begin + timedelta(WEEK), end + timedelta(WEEK)
        yield _range(match, max(begin, today), end)


def _date_ranges(lower: str, today: date) -> Iterator[DayHit]:
    for pattern in (_DATE_RANGE, _DATE_PAIR):
        for match in pattern.finditer(lower):
            month = _month(match["month"])
            first, last = _dated(int(match["first"]), month, today), _dated(int(match["last"]), month, today)
            if first and last and first <= last and (last - first).days <= DAYS_AHEAD_MAX:
                if pattern is _DATE_PAIR:
                    yield DayHit(*match.span(), (first, last), Grain.DAY, "day")
                else:
                    yield _range(match, first, last)


def _range(match: re.Match[str], first: date, last: date) -> DayHit:
    days = tuple(first + timedelta(step) for step in range((last - first).days + 1))
    return DayHit(*match.span(), days, Grain.DAY, "range")


def _dates(lower: str, today: date) -> Iterator[DayHit]:
    for match in _DATE.finditer(lower):
        day, month = match["day"] or match["day2"], match["month"] or match["month2"]
        year = int(match["year"]) if match["year"] else None
        yield from _one(match, _dated(int(day), _month(month), today, year))
    for match in _NUMERIC.finditer(lower):
        if _is_clock(lower, match):
            continue
        year = int(match[3]) if match[3] else None
        year = year + CENTURY if year is not None and year < CENTURY else year
        yield from _one(match, _dated(int(match[1]), int(match[2]), today, year))
    for match in _OF_MONTH.finditer(lower):
        number = int(match[1] or match[2] or match[3])
        month, year = (today.month, today.year) if number >= today.day else (today.month % 12 + 1, None)
        yield from _one(match, _dated(number, month, today, year))


def _is_clock(lower: str, match: re.Match[str]) -> bool:
    """Tell "в 15.30" and "до 18.00" from "25.11"."""
    before = re.search(r"(?<![а-яa-z])(?:в|к|до|после|at|by|after|till|until)\s*$", lower[: match.start()])
    is_month = 1 <= int(match[2]) <= MONTHS_MAX and 1 <= int(match[1]) <= DAYS_MAX
    return "/" not in match.group() and (not is_month or bool(before)) and not match[3]


def _one(match: re.Match[str], found: date | None) -> Iterator[DayHit]:
    if found:
        yield DayHit(*match.span(), (found,), Grain.DAY, "day")


def _ahead(lower: str, today: date) -> Iterator[DayHit]:
    for match in _AHEAD.finditer(lower):
        count = _count(match["count"])
        if count is None:
            continue
        unit = match["unit"]
        if unit.startswith(("мес", "month")):
            days = 30 * count
        elif unit.startswith("day"):
            days = count
        else:
            days = _UNITS[unit[0]] * count
        if days <= DAYS_AHEAD_MAX:
            yield from _one(match, today + timedelta(days))


def _count(word: str | None) -> int | None:
    if word in (None, "a", "an", "пару", "couple"):
        return 1 if word in (None, "a", "an") else 2
    return word_value(str(word))


def _near_days(lower: str, today: date) -> Iterator[DayHit]:
    for ahead in (2, 1, 0):
        for match in _NEAR[ahead].finditer(lower):
            yield DayHit(*match.span(), (today + timedelta(ahead),), Grain.DAY, "day")


def _weekdays(lower: str, today: date, *, from_today: bool) -> Iterator[DayHit]:
    for match in _ONE_WEEKDAY.finditer(lower):
        weekday = _weekday(match["day"])
        if match["next"]:
            found = today - timedelta(today.weekday()) + timedelta(WEEK + weekday)
        else:
            found = _coming(weekday, today, from_today=from_today or bool(match["this"]))
        yield DayHit(*match.span(), (found,), Grain.DAY, "weekday")


def _spans(lower: str, today: date) -> Iterator[DayHit]:
    week = week_from(today)
    monday = today + timedelta(WEEK - today.weekday())
    coming = tuple(monday + timedelta(step) for step in range(WEEK))
    weekend = tuple(day for day in week if day.weekday() >= WORKDAYS)
    working = tuple(day for day in week if day.weekday() < WORKDAYS) or coming[:WORKDAYS]
    meant = dict.fromkeys(("every", "rest", "week"), week)
    meant |= {"weekend": weekend, "weekdays": working, "next_week": coming}
    for name, pattern in _SPANS.items():
        for match in pattern.finditer(lower):
            grain = Grain.WEEK if name in ("week", "next_week") else Grain.DAY
            yield DayHit(*match.span(), meant[name], grain, name)


_READERS: tuple[Reader, ...] = (
    _near_ranges, _weekday_ranges, _date_ranges, _dates, _ahead, _spans, _near_days,
)  # fmt: skip


def _weeks_joined(hits: list[DayHit], today: date) -> list[DayHit]:
    """Let "на этой неделе" or "next week" say which week the weekdays beside it belong to."""
    others = [hit for hit in hits if hit.sort not in ("week", "next_week")]
    weeks = [hit for hit in hits if hit.sort in ("week", "next_week")]
    if not weeks or not any(hit.sort in ("weekday", "range", "weekend", "weekdays") for hit in others):
        return hits
    if weeks[0].sort == "week":
        return others
    coming = weeks[0].days
    moved = []
    for hit in others:
        numbers = {day.weekday() for day in hit.days}
        if (
            hit.sort == "range"
            and today.weekday() > 0
            and len(hit.days) + today.weekday() >= max(numbers) + 1
        ):
            numbers |= set(range(max(numbers) + 1)) if min(numbers) == today.weekday() else set()
        days = tuple(day for day in coming if day.weekday() in numbers)
        moved.append(DayHit(hit.start, hit.end, days or hit.days, hit.grain, hit.sort))
    return moved
