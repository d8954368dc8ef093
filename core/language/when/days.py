"""Days said in words: "завтра", "пн-пт", "25 ноября", "next monday", "до конца недели", "через неделю"."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from core.language.when.amounts import amount
from core.language.when.dates import dated, days_between, is_joined, month_of, months_later, read_dates
from core.language.when.timewords import Pieces
from core.meaning import Grain

WEEK = 7
WORKDAYS = 5
MONTHS_MAX = 24
DECADE = 10  # days: the beginning, the middle and the end of a month
DAYS_AHEAD_MAX = 366

_WEEKLY = {"weekend": (5, 6), "weekdays": tuple(range(WORKDAYS)), "every": tuple(range(WEEK))}
_THIRDS = {"first": (0, 2), "middle": (2, 3), "last": (3, 5)}  # of a week: its days from and to
_BOUNDS = {"from": "from", "after": "after", "before": "until", "by": "by", "ended": "until", "through": "by"}


@dataclass(frozen=True, slots=True)
class DayHit:
    """Days found in a text.

    Attributes:
        start: The place of its first piece; `end` is behind its last.
        days: Those that are meant, today and later only, in order; none if there is no such day.
        sort: near, date, list, range, weekday, weekend, weekdays, every, others, till, week, month or ahead.
        pattern: The weekdays it names (Monday is 0, the next Monday 7), if it repeats every week.
        bound: from, after, until or by, where only one end was named.
        is_monthless: Days of a month by their numbers alone.
    """

    start: int
    end: int
    days: tuple[date, ...]
    grain: Grain
    sort: str
    pattern: tuple[int, ...] = ()
    bound: str = ""
    is_monthless: bool = False


@dataclass(frozen=True, slots=True)
class DayReader:
    """Reads days out of pieces. `is_hours`: as a master's hours, where today's weekday is today."""

    today: date
    is_hours: bool = False

    def read(self, p: Pieces, i: int) -> DayHit | None:
        """Read the days that begin at a place, with the prepositions before them."""
        j, lead = i, None
        while p[j].get("lead") and not p[j].is_one("lead", "dash") and j - i < 3:  # noqa: PLR2004
            lead, j = (p[j].get("lead") if lead in (None, "at") else lead), j + 1
        hit = self._bare(p, j, lead)
        if hit is None:
            return None
        hit = replace(hit, days=tuple(day for day in hit.days if day >= self.today))
        after, bound = hit.end, self._bound(p, j, hit, lead)
        if p[after].get("inclusive"):
            after, bound = after + 1, "by" if bound == "until" else bound
        elif (onwards := p[after].get("onwards")) in ("after", "before") and bound in ("", "from"):
            after, bound = after + 1, "from" if onwards == "after" else "by"
        if self.is_hours and bound == "until" and hit.sort == "weekday" and hit.days == (self.today,):
            hit = replace(hit, days=(self.today + timedelta(WEEK),))  # "до понедельника" said on a Monday
        return replace(hit, start=i, end=after, bound=bound)

    def moved(self, hit: DayHit, monday: date) -> DayHit:
        """Return the same weekdays of another week."""
        days = tuple(day for number in hit.pattern if (day := monday + timedelta(number)) >= self.today)
        return replace(hit, days=days)

    def _bare(self, p: Pieces, i: int, lead: str | None) -> DayHit | None:
        return (
            self._span(p, i)
            or self._week_from(p, i)
            or self._range(p, i, lead)
            or self._dates(p, i, lead)
            or self._one(p, i)
            or self._month(p, i, lead)
            or self._ahead(p, i)
        )

    def _bound(self, p: Pieces, i: int, hit: DayHit, lead: str | None) -> str:
        if lead not in _BOUNDS or hit.sort in ("range", "list", "every", "till", "ahead"):
            return ""
        if lead == "through" and (hit.sort in _WEEKLY or p[i].text.endswith(("ам", "ям", "дни"))):
            return ""  # "по пятницам", "по будням"
        return _BOUNDS[lead]

    def monday(self, weeks: int = 0) -> date:
        """Return the Monday of this week or of another."""
        return self.today + timedelta(weeks * WEEK - self.today.weekday())

    def _weekly(self, start: int, end: int, sort: str, pattern: tuple[int, ...], weeks: int = 0) -> DayHit:
        """Return days of a week: this week's that are left, else the next's."""
        hit = self.moved(DayHit(start, end, (), Grain.DAY, sort, pattern), self.monday(weeks))
        return hit if hit.days else self.moved(hit, self.monday(weeks + 1))

    def _coming(self, weekday: int, base: date, *, from_base: bool) -> date:
        ahead = (weekday - base.weekday()) % WEEK
        return base + timedelta(ahead if ahead or from_base else WEEK)

    def _week_number(self, p: Pieces, i: int) -> tuple[int, int] | None:
        """Read how many weeks ahead is meant, "эта", "следующая", and the place behind."""
        j = i + 1 if p[i].text in ("всю", "вся", "the", "весь", "целую") else i
        which = p[j].get("which")
        if which == "each":
            return 0, j + 1
        if which not in ("this", "next"):
            return (0, j) if j > i or p[i].get("span") or p[i].get("month") else None
        weeks = 1 if which == "next" else 0
        if p[j + 1].is_one("which", "next"):
            return weeks + 1, j + 2
        return weeks, j + 1

    def _span(self, p: Pieces, i: int) -> DayHit | None:  # noqa: PLR0911 - one for each sort of span
        """Read weekends, working days, weeks and their thirds, each perhaps of another week."""
        third = p[i].get("third")
        j = i + 1 if third else i
        if p[j].text == "week" and p[j + 1].text == "after" and p[j + 2].is_one("which", "next"):
            return self._whole_week(i, j + 3, 2, third, "")
        found = self._week_number(p, j)
        if found is None:
            return None
        weeks, k = found
        span = p[k].get("span")
        if span in _WEEKLY and not third:
            hit = self._weekly(i, k + 1, span, _WEEKLY[span], weeks)
            return replace(hit, sort=span)
        if span in ("till_week", "till_month", "till_year") and k == i:
            return DayHit(i, k + 1, days_between(self.today, self._till(span)), Grain.DAY, "till")
        if span == "rest":
            return DayHit(i, k + 1, (), Grain.DAY, "others")
        is_named = k > j or bool(third) or p[k].text == "неделе"
        if span is None and k > j and p[i].text.endswith("ующей") and not p[k].text[:1].isalpha():
            return self._whole_week(i, k, weeks, third, p[i - 1].text)  # "на этой неделе, а на следующей"
        if span == "week" and is_named:
            return self._whole_week(i, k + 1, weeks, third, p[i - 1].text)
        if span == "month" and (k > j or third):
            return self._whole_month(i, k + 1, month_of(self.today, weeks), third, p[i - 1].text)
        if third and (month := p[k].get("month")):
            return self._whole_month(i, k + 1, self._named_month(int(month)), third, p[i - 1].text)
        return None

    def _till(self, span: str) -> date:
        if span == "till_week":
            return self.monday(1) - timedelta(1)
        return month_of(self.today, 0)[-1] if span == "till_month" else date(self.today.year, 12, 31)

    def _whole_week(self, start: int, end: int, weeks: int, third: str | None, before: str) -> DayHit:
        monday = self.monday(weeks)
        first, last = _THIRDS[third] if third else (0, WEEK)
        if third == "last" and weeks == 0:
            first, last = first + 1, WEEK
        if third == "last" and before == "до":
            first, last = -WEEK * weeks, WEEK
        days = tuple(day for n in range(first, last) if (day := monday + timedelta(n)) >= self.today)
        if third and not days:  # "в начале недели" said at its end
            return self._whole_week(start, end, weeks + 1, third, before)
        if third:
            return DayHit(start, end, days, Grain.DAY, "till" if before == "до" else "range")
        return DayHit(start, end, days, Grain.WEEK, "week", tuple(range(WEEK)))

    def _whole_month(
        self, start: int, end: int, month: tuple[date, ...], third: str | None, before: str
    ) -> DayHit:
        left = tuple(day for day in month if day >= self.today)
        if third is None:
            return DayHit(start, end, left, Grain.MONTH, "month")
        if third == "last" and before == "до":
            return DayHit(start, end, days_between(self.today, month[-1]), Grain.DAY, "till")
        place = {"first": 0, "middle": DECADE, "last": 2 * DECADE}[third]
        part = month[place:] if third == "last" else month[place : place + DECADE]
        return DayHit(start, end, tuple(day for day in part if day >= self.today), Grain.DAY, "range")

    def _named_month(self, number: int) -> tuple[date, ...]:
        return month_of(self.today, (number - self.today.month) % 12)

    def _month(self, p: Pieces, i: int, lead: str | None) -> DayHit | None:
        """Read "в декабре", "next month", "до Нового года"."""
        if holiday := p[i].get("holiday"):
            day = dated(int(holiday[3:]), int(holiday[:2]), self.today)
            return DayHit(i, i + 1, (day,), Grain.DAY, "date") if day and lead in _BOUNDS else None
        j = i + 1 if p[i].get("which") else i
        month = p[j].get("month")
        is_word = p[j].text in ("may", "march", "mar", "мая", "мар", "sun", "jan")
        is_named = p[i - 1].text in ("in", "в", "до", "до конца", "весь") or j > i
        is_named = is_named or bool(p[j + 1].get("suiting"))
        if month is None or (not is_named and (is_word or not p[j].text.endswith(("е", "ь", "er", "ry")))):
            return None
        return self._whole_month(i, j + 1, self._named_month(int(month)), None, "")

    def _dates(self, p: Pieces, i: int, lead: str | None) -> DayHit | None:
        found = read_dates(p, i, self.today, lead=lead)
        if found is None:
            return None
        sort = "range" if found.is_range else "list" if found.is_list else "date"
        return DayHit(i, found.after, found.days, Grain.DAY, sort, is_monthless=found.is_monthless)

    def _one(self, p: Pieces, i: int, base: date | None = None) -> DayHit | None:
        """Read a day by its name: "завтра", "в следующую пятницу", "this evening"."""
        if (ahead := p[i].get("near") or p[i].get("tonight")) is not None:
            day = self.today + timedelta(int(ahead))
            if p[i + 1].text == "week":
                return DayHit(i, i + 2, (day + timedelta(WEEK),), Grain.DAY, "near")
            return DayHit(i, i + 1, (day,), Grain.DAY, "near")
        found = self._week_number(p, i)
        j = found[1] if found else i
        weekday = p[j].get("weekday")
        if weekday is None or (p[j].text in ("sun", "sat", "wed") and p[j - 1].text == "the"):
            return None
        number = int(weekday)
        if p[i].is_one("which", "next"):
            day = self.monday(1) + timedelta(number)
        else:
            from_base = self.is_hours or p[i].is_one("which", "this") or base is not None
            day = self._coming(number, base or self.today, from_base=from_base)
        if p[j + 1].text == "week" and p[j + 2].get("weekday") is None:  # the British "Monday week"
            return DayHit(i, j + 2, (day + timedelta(WEEK),), Grain.DAY, "weekday")
        return DayHit(i, j + 1, (day,), Grain.DAY, "weekday", (number,))

    def _range(self, p: Pieces, i: int, lead: str | None) -> DayHit | None:
        """Read "пн-пт", "с завтра до воскресенья", "from Thursday through Saturday"."""
        first = self._one(p, i)
        if first is None or not is_joined(p, first.end, lead):
            return None
        is_bare = p[first.end].text == "-"
        j = first.end + 1
        while p[j].text in ("the", "на", "в"):
            j += 1
        last = self._one(p, j, first.days[0]) or self._dates(p, j, None)
        if last is None or not last.days or last.sort not in ("near", "weekday", "date"):
            return None
        after = last.end + 1 if p[last.end].get("inclusive") else last.end
        if first.pattern and last.pattern:
            opening, closing = first.pattern[0], last.pattern[0]
            pattern = tuple(range(opening, closing + 1 if closing >= opening else closing + WEEK + 1))
            is_next = p[i].is_one("which", "next")
            hit = self._weekly(i, after, "range", pattern, int(is_next))
            is_late = lead == "from" and not is_bare and hit.days == (self.today,) and opening < closing
            return (
                self.moved(hit, self.monday(1)) if is_late else hit
            )  # "с понедельника по среду" on a Wednesday
        if last.days[0] < first.days[0] or (is_bare and last.days == first.days):
            return None
        return DayHit(i, after, days_between(first.days[0], last.days[-1]), Grain.DAY, "range")

    def _week_from(self, p: Pieces, i: int) -> DayHit | None:
        """Read "a week from Monday", "two weeks from today", "in a week on Friday"."""
        counted = amount(p, i)
        j = counted[1] if counted else i + 1 if p[i].text in ("a", "one") else i
        if not p[j].is_one("unit", "week", "fortnight") or p[j + 1].text not in ("from", "on", "after"):
            return None
        base = self._one(p, j + 2)
        if base is None or (j == i and p[j + 1].text == "on"):
            return None
        weeks = int(counted[0]) if counted else 1
        days = weeks * (2 if p[j].is_one("unit", "fortnight") else 1) * WEEK
        return DayHit(i, base.end, (base.days[0] + timedelta(days),), Grain.DAY, "date")

    def _ahead(self, p: Pieces, i: int) -> DayHit | None:  # noqa: PLR0911 - one for each form
        """Read "через три дня", "недели через две", "in a week", "3 days from now", "в ближайшие два дня"."""
        if p[i].get("unit") and p[i + 1].is_one("ahead", "in"):  # "дня через два"
            counted = amount(p, i + 2)
            return self._counted(i, counted[1], p[i].get("unit"), counted[0], "in") if counted else None
        way = p[i].get("ahead")
        j = i + 1 if way in ("in", "within") else i
        j = j + 1 if p[j].text in ("a", "an", "about", "the") else j
        counted = amount(p, j)
        if way == "in" and p[j].get("unit") and (counted := amount(p, j + 1)):  # "через дня два"
            return self._counted(i, counted[1], p[j].get("unit"), counted[0], way)
        count, k = counted or (1.0, j)
        if counted and p[k].text == "-" and (more := amount(p, k + 1)) and p[more[1]].get("unit"):
            k = more[1]
        k = k + 1 if p[k].text in ("full", "полных", "рабочих", "of", "more") else k
        unit = p[k].get("unit")
        if unit is None:
            return None
        if way not in ("in", "within"):
            if not p[k + 1].is_one("ahead", "later") or (not counted and p[j - 1].text != "a"):
                return None
            return self._counted(i, k + 2, unit, count, "in")
        if way == "within" and not counted and unit == "day":
            return None  # "в течение дня"
        return self._counted(i, k + 1, unit, count, way)

    def _counted(
        self, start: int, end: int, unit: str | None, count: float, way: str | None
    ) -> DayHit | None:
        if unit == "month" and count <= MONTHS_MAX:
            day = months_later(self.today, int(count))
        elif unit == "year" and count == 1:
            day = months_later(self.today, 12)
        else:
            length = {"day": 1, "week": WEEK, "fortnight": 2 * WEEK}.get(unit or "")
            if length is None or length * count > DAYS_AHEAD_MAX:
                return None
            day = self.today + timedelta(int(length * count))
        if way == "within":
            days = days_between(self.today, day - timedelta(1))
            return DayHit(start, end, days, Grain.DAY, "range") if days else None
        is_week = unit in ("week", "fortnight")
        return DayHit(start, end, (day,), Grain.DAY, "ahead" if is_week else "date")


def week_from(today: date) -> tuple[date, ...]:
    """Return today and the days after it up to Sunday."""
    return days_between(today, today + timedelta(WEEK - 1 - today.weekday()))
