"""Dates said in words: "28 ноября", "28.11", "28-го", "с 28 по 30", "1-го и 2-го декабря", "Nov 28th"."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.language.when.amounts import cardinal, is_counted, ordinal
from core.language.when.clocks import HOUR_MIN, HOURS, NOON, STEP
from core.language.when.timewords import Pieces

CENTURY = 2000  # "26" is 2026
MONTHS, DAYS = 12, 31
YEAR_DIGITS = 4
LIST_MAX = 8
DAYS_AHEAD_MAX = 366
MORNING = range(6, 13)  # "с 9 по 18" are hours, "с 5 по 10" and "с 20 по 25" are days


@dataclass(frozen=True, slots=True)
class Said:
    """A date as it was said: its month and year perhaps open. `is_sure`: it can be nothing but a date."""

    day: int
    month: int | None
    year: int | None
    after: int
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Dates:
    """What was read: days in order, none for the thirtieth of February."""

    days: tuple[date, ...]
    after: int
    is_range: bool = False
    is_list: bool = False
    is_monthless: bool = False  # numbers only, whose month may stand elsewhere


def read_dates(p: Pieces, i: int, today: date, *, lead: str | None) -> Dates | None:
    """Read a range of dates, a list of them or a single one."""
    return _range(p, i, today, lead) or _list(p, i, today) or _single(p, i, today)


def dated(day: int, month: int, today: date, year: int | None = None) -> date | None:
    """Return a date, next year's if this year's has gone by; None for the thirtieth of February."""
    try:
        found = date(year or today.year, month, day)
        return found if year or found >= today else date(today.year + 1, month, day)
    except ValueError:
        return None


def days_between(first: date, last: date) -> tuple[date, ...]:
    """Return the days from one to another, both included."""
    return tuple(first + timedelta(step) for step in range((last - first).days + 1))


def month_of(today: date, months: int) -> tuple[date, ...]:
    """Return the days of the month so many months ahead."""
    place = today.year * MONTHS + today.month - 1 + months
    first = date(place // MONTHS, place % MONTHS + 1, 1)
    following = date((place + 1) // MONTHS, (place + 1) % MONTHS + 1, 1)
    return days_between(first, following - timedelta(1))


def months_later(today: date, months: int) -> date:
    """Return the same day of a later month, or its last."""
    days = month_of(today, months)
    return days[min(today.day, len(days)) - 1]


def _of_month(day: int, today: date) -> date | None:
    """Return the coming day of such a number; months that are too short are passed over."""
    for ahead in range(3):
        days = month_of(today, ahead)
        if day <= len(days) and days[day - 1] >= today:
            return days[day - 1]
    return None


def _resolved(said: Said, today: date) -> date | None:
    if said.month is None:
        return _of_month(said.day, today)
    return dated(said.day, said.month, today, said.year)


def read_date(p: Pieces, i: int) -> Said | None:
    """Read one date as it was said."""
    return _iso(p, i) or _numeric(p, i) or _month_first(p, i) or _day_first(p, i)


def _iso(p: Pieces, i: int) -> Said | None:
    parts = (p[i].digits, p[i + 2].digits, p[i + 4].digits)
    if len(parts[0]) == YEAR_DIGITS and all(parts) and p[i + 1].text == p[i + 3].text == "-":
        month, day = int(parts[1]), int(parts[2])
        return Said(day, month, int(parts[0]), i + 5) if month <= MONTHS and day <= DAYS else None
    return None


def _numeric(p: Pieces, i: int) -> Said | None:
    """Read "28.11", "28/11/2026" and, where nothing else is possible, "11/28"."""
    sign = p[i + 1].text
    if not (0 < len(p[i].digits) <= 2 and sign in (".", "/") and p[i + 1].is_glued and p[i + 2].is_glued):  # noqa: PLR2004
        return None
    if not 0 < len(p[i + 2].digits) <= 2:  # noqa: PLR2004
        return None
    day, month = int(p[i].digits), int(p[i + 2].digits)
    if sign == "/" and month > MONTHS >= day:
        day, month = month, day
    after, year = i + 3, None
    if p[after].text == sign and p[after].is_glued and p[after + 1].is_glued and p[after + 1].digits:
        year, after = int(p[after + 1].digits), after + 2
        year = year + CENTURY if year < CENTURY else year
    if not (1 <= month <= MONTHS and 1 <= day <= DAYS) or (p[after].text == ":" and p[after].is_glued):
        return None
    if sign == "." and year is None and _is_clock(p, i):
        return None
    return Said(day, month, year, after)


def _is_clock(p: Pieces, i: int) -> bool:
    """Tell "в 10.10" and "до 9.05" from "28.11" and "с 01.12"."""
    hour, minute, behind = int(p[i].digits), int(p[i + 2].digits), p[i + 3]
    if hour > HOURS or minute >= HOUR_MIN:
        return False
    if behind.get("half") or behind.is_one("hourly", "clock"):
        return True
    following = p[i + 4].digits and p[i + 5].text == "." and p[i + 6].digits
    if following and behind.is_one("lead", "ended", "through", "dash"):
        other_day, other_month = int(p[i + 4].digits), int(p[i + 6].digits)
        return not (1 <= other_month <= MONTHS and 1 <= other_day <= DAYS)
    lead = p[i - 1]
    is_led = lead.text in ("в", "к", "во", "at", "by") or lead.is_one(
        "lead", "after", "ended", "before", "by"
    )
    return is_led and minute % STEP == 0 and p[i].digits[0] != "0"


def _year(p: Pieces, i: int) -> tuple[int | None, int]:
    j = i + 1 if p[i].text == "," and p[i + 1].digits else i
    if len(p[j].digits) == YEAR_DIGITS and p[j].digits.startswith("20"):
        after = j + 1
        return int(p[j].digits), after + 1 if p[after].is_one("unit", "year") else after
    return None, i


def _month_first(p: Pieces, i: int) -> Said | None:
    """Read "Nov 28th" and "December the 5th"."""
    month = p[i].get("month")
    if month is None:
        return None
    j = i + 2 if p[i + 1].text == "the" else i + 1
    found = ordinal(p, j) or (cardinal(p, j) if p[j].digits else None)
    if found is None or not 1 <= found[0] <= DAYS or p[found[1]].text == ":":
        return None
    if (p[found[1]].get("half") and not p[found[1]].get("part")) or (
        found[1] == j + 1 and p[found[1]].is_one("hourly", "clock")
    ):
        return None
    year, after = _year(p, found[1])
    return Said(found[0], int(month), year, after)


def _day_first(p: Pieces, i: int) -> Said | None:  # noqa: PLR0911 - one for each form
    """Read "28 ноября", "28-го", "28 числа", "the 28th", "двадцать восьмого"."""
    j = i + 1 if p[i].text == "the" else i
    if p[i].get("of_month") and (number := ordinal(p, i + 1) or cardinal(p, i + 1)):  # "числа 28"
        return Said(number[0], None, None, number[1]) if 1 <= number[0] <= DAYS else None
    number = ordinal(p, j)
    is_ordinal = number is not None
    number = number or (cardinal(p, j) if p[j].digits or p[j].get("cardinal") else None)
    if number is None or not 1 <= number[0] <= DAYS:
        return None
    day, after = number
    k = after + 1 if p[after].text == "of" else after
    if (month := p[k].get("month")) and not _is_may(p, i, k, is_ordinal=is_ordinal):
        year, after = _year(p, k + 1)
        return Said(day, int(month), year, after)
    if p[after].get("of_month"):
        return Said(day, None, None, after + 1)
    if day > HOURS and p[i].digits and _is_bare_day(p, i):
        return Said(day, None, None, after)
    if not is_ordinal or is_counted(p, after) or p[after].text in ("часу", "раз") or not _is_day(p, i, after):
        return None
    return Said(day, None, None, after)


def _is_bare_day(p: Pieces, i: int) -> bool:
    """Tell the days of "28 с 9 до 18, 29 выходной", which no clock could show."""
    behind = p[i + 1]
    is_first = p[i - 1].text in ("", ",", ".", ";", "и", "and") or p[i - 1].is_one("lead", "at")
    is_told = behind.is_one("mark", "block", "leave", "free", "whole") or behind.is_one(
        "lead", "from", "after"
    )
    return is_first and (is_told or bool(behind.get("part")))


def _is_may(p: Pieces, i: int, k: int, *, is_ordinal: bool) -> bool:
    """Tell "at 3 may I" from the third of May."""
    return p[k].text in ("may", "march") and not is_ordinal and p[i - 1].text in ("at", "by", "after")


def _is_day(p: Pieces, i: int, after: int) -> bool:
    """Tell a day of the month from "первого этажа", "first thing", "second socket", "в 5-м часу"."""
    behind, spelt = p[after], not any(piece.digits for piece in p[i:after])
    is_english = "a" <= p[after - 1].text[:1] <= "z"
    if spelt and is_english and p[i].text != "the":
        return False
    if behind.senses or not behind.text[:1].isalpha():
        return not (spelt and behind.get("half"))
    return not spelt or not is_english


def _single(p: Pieces, i: int, today: date) -> Dates | None:
    said = read_date(p, i)
    if said is None:
        return None
    found = _resolved(said, today)
    return Dates((found,) if found else (), said.after, is_monthless=said.month is None)


def _list(p: Pieces, i: int, today: date) -> Dates | None:
    """Read "28, 29 и 30 ноября" and "1-го и 2-го числа": the last names the month of all."""
    if (first := _month_first(p, i)) and p[first.after].is_one("join", "and", "or"):
        return _named_first(p, first, today)
    numbers = list(_numbers(p, i))
    if len(numbers) < 2:  # noqa: PLR2004
        return None
    last = read_date(p, numbers[-1][1])
    if last is None or (last.month is None and not p[last.after - 1].get("of_month")):
        return None
    found = tuple(_resolved(Said(day, last.month, last.year, 0), today) for day, _ in numbers)
    days = tuple(sorted(day for day in found if day))
    is_whole = len(days) == len(numbers)
    return Dates(days if is_whole else (), last.after, is_list=True, is_monthless=last.month is None)


def _named_first(p: Pieces, first: Said, today: date) -> Dates | None:
    """Read "Dec 2 or 3"; "Dec 2 or 3 pm" is no second day."""
    second = _bare(p, first.after + 1)
    if second is None or not first.day < second.day:
        return None
    behind = p[second.after]
    if behind.get("half") or behind.get("hourly") or behind.get("month") or behind.text in (":", ".", "-"):
        return None
    days = [_resolved(Said(day, first.month, first.year, 0), today) for day in (first.day, second.day)]
    return Dates(tuple(day for day in days if day), second.after, is_list=True)


def _numbers(p: Pieces, i: int) -> Iterator[tuple[int, int]]:
    """Return the numbers of a list and their places."""
    for _ in range(LIST_MAX):
        found = ordinal(p, i) or cardinal(p, i)
        if found is None or not 1 <= found[0] <= DAYS:
            return
        yield found[0], i
        j = found[1]
        j = j + 1 if p[j].text == "," else j
        j = j + 1 if p[j].is_one("join", "and", "or") else j
        j = j + 1 if p[j].is_one("lead", "at") else j
        if j == found[1]:
            return
        i = j


def _range(p: Pieces, i: int, today: date, lead: str | None) -> Dates | None:
    """Read "с 28 по 30 ноября", "28.11-2.12", "Nov 28 - 30", "с 5 по 10"."""
    first = read_date(p, i) or _bare(p, i)
    if first is None or not is_joined(p, first.after, lead):
        return None
    j = first.after + 1
    j = j + 1 if p[j].text == "the" else j
    last = read_date(p, j) or _bare(p, j)
    if last is None or not (first.is_sure or last.is_sure or _are_days(p, first, last, j, lead)):
        return None
    if first.is_sure and not last.is_sure and not _is_last(p, first, last, j):
        return None
    ends_at = last.month or first.month
    opening = _resolved(Said(first.day, first.month or last.month, first.year or last.year, 0), today)
    closing = _resolved(Said(last.day, ends_at, last.year or first.year, 0), today)
    if first.month is None and last.month and opening and closing and opening > closing:
        opening = _resolved(Said(first.day, None, None, 0), today)  # "с 28 по 2 декабря"
    if opening and closing and closing < opening:  # it has begun: "с 20 по 30 ноября" said on the 25th
        opening = today
    if not opening or not closing or (closing - opening).days > DAYS_AHEAD_MAX:
        return Dates((), last.after)
    is_monthless = first.month is None and last.month is None
    return Dates(days_between(opening, closing), last.after, is_range=True, is_monthless=is_monthless)


def is_joined(p: Pieces, i: int, lead: str | None) -> bool:
    """Tell whether the place between two days makes a span of them: "по", "-", or "и" behind "между"."""
    return p[i].is_one("lead", "ended", "through", "dash") or (
        lead == "between" and p[i].is_one("join", "and")
    )


def _bare(p: Pieces, i: int) -> Said | None:
    """Read a number that only its company makes a day."""
    found = cardinal(p, i)
    if found is None or not 1 <= found[0] <= DAYS or p[i].get("fixed"):
        return None
    return Said(found[0], None, None, found[1], is_sure=False)


def _is_last(p: Pieces, first: Said, last: Said, i: int) -> bool:
    """Tell the second day of "Nov 28-30" and "с 28-го по 30" from the hours of "28 ноября - 10:00"."""
    behind = p[last.after]
    is_hour = behind.get("half") or behind.get("hourly") or behind.text in (":", ".", "-", "до", "to")
    is_close = p[i - 1].is_one("lead", "through") or p[i].is_glued or p[i - 1].text == "to"
    return not is_hour and is_close and (last.day > first.day or first.month is None)


def _are_days(p: Pieces, first: Said, last: Said, i: int, lead: str | None) -> bool:
    """Tell the days of "с 5 по 10" from the hours of "с 9 по 18"."""
    if lead != "from" or p[last.after].get("half") or p[last.after].get("hourly"):
        return False
    if p[last.after].text in (":", ".") and p[last.after].is_glued:
        return False
    if first.day > HOURS or last.day > HOURS:
        return True
    if last.day < first.day:
        return False
    is_through = p[i - 1].text == "по"
    return is_through and not (first.day in MORNING and last.day > NOON) and not is_counted(p, last.after)
