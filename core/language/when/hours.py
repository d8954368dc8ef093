"""A master's hours said in words: "завтра с 8 до 20", "только выходные", "кроме пятницы, 10-19"."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from core.language.when.bounds import WORKING_DAY, joined, outside, without
from core.language.when.clocks import MIDNIGHT
from core.language.when.dates import days_between
from core.language.when.days import WEEK, DayHit, week_from
from core.language.when.items import AheadHit, Item, Mark
from core.language.when.moments import read_moments
from core.language.when.schedule import StatementReader, has_hours
from core.language.when.spans import AFTER_WORK, ClockHit
from core.language.when.statements import BLOCK, CUTS, FREE, LEAVE, WHOLE, Statement
from core.language.when.timewords import Pieces
from core.meaning import Bounds, Grain, HoursChange, HoursOp

SCHEDULE_MIN = 3  # weekdays: so many are a week's schedule, a few are days to come
ALONE_MAX = 4  # words: a bare "не могу" or "весь день" speaks about today only in a short message
EVENING = time(18)  # a working day is over

_OPENING = frozenset({"from", "after"})

Spans = tuple[Bounds, ...] | None
Days = dict[date, Spans]


def find_hours(lower: str, now: datetime) -> HoursChange | None:
    """Return the change to a master's hours, or None if the text says nothing about them.

    Days before today are left out. Hours without a day are today's.
    """
    p, items = read_moments(lower, now.date(), is_hours=True)
    items = _before_leaving(_days_off(p, _this_week(items, now.date())))
    if _is_asking(p, items) or (not has_hours(items) and not _is_alone(p, lower, items)):
        return None
    statements = StatementReader([_on_clock(item, now) for item in items]).read()
    statements = [statement for statement in statements if not statement.is_empty]
    return _Change(statements, items, now).result() if statements else None


def _is_asking(p: Pieces, items: Sequence[Item]) -> bool:
    """Tell "мои заявки на сегодня" and "не могу найти адрес": no hours are told."""
    sorts = {item.sort for item in items if isinstance(item, Mark)}
    has_clocks = any(isinstance(item, ClockHit) for item in items) and not any(s.text == "?" for s in p)
    is_told = has_clocks or sorts & {BLOCK, LEAVE, FREE, WHOLE, "no"}
    return not is_told and any(piece.get("asking") or piece.is_one("never", "failing") for piece in p)


def _is_alone(p: Pieces, lower: str, items: Sequence[Item]) -> bool:
    sorts = {item.sort for item in items if isinstance(item, Mark) and not p[item.start].get("unable")}
    return bool(sorts & {BLOCK, LEAVE, WHOLE}) and len(lower.split()) <= ALONE_MAX


def _this_week(items: list[Item], today: date) -> list[Item]:
    """Leave out the days of "пн, ср, пт" that have gone by: a list that runs on is of this week."""
    found = list(items)
    singles = [place for place, item in enumerate(items) if _is_weekday(item)]
    for here, there in reversed(list(pairwise(singles))):
        first, second = items[here], found[there]
        if isinstance(first, DayHit) and isinstance(second, DayHit):
            between = items[here + 1 : there]
            is_list = all(isinstance(item, Mark) and item.sort in ("comma", "and") for item in between)
            is_past = not second.days or (first.days[0] > second.days[0] >= today)
            if first.pattern < second.pattern and is_past and (is_list or len(singles) >= SCHEDULE_MIN):
                found[here] = replace(first, days=())
    return found


def _days_off(p: Pieces, items: list[Item]) -> list[Item]:
    """Take "28-30 ноября выходные" for days off, and "в выходные" for Saturday and Sunday."""
    found = list(items)
    for place, item in enumerate(items[1:], 1):
        before = items[place - 1]
        is_bare = isinstance(item, DayHit) and item.sort == "weekend" and p[item.start].text == "выходные"
        is_told = place + 1 < len(items) and isinstance(items[place + 1], ClockHit)
        if is_bare and not is_told and isinstance(before, DayHit):
            found[place] = Mark(item.start, item.end, BLOCK)
    return found


def _before_leaving(items: list[Item]) -> list[Item]:
    """Leave out "после смены позвоню" behind hours: they were the shift."""
    found: list[Item] = []
    for item in items:
        hours, pause = found[-2:] if len(found) > 1 else (None, None)
        is_paused = isinstance(hours, ClockHit) and isinstance(pause, Mark) and pause.sort in CUTS
        if not (is_paused and isinstance(item, ClockHit) and item.lead == AFTER_WORK):
            found.append(item)
    return found


def _is_weekday(item: Item) -> bool:
    return isinstance(item, DayHit) and len(item.pattern) == 1 and bool(item.days) and not item.bound


def _on_clock(item: Item, now: datetime) -> Item:
    """Turn "через час" into the hour it will be."""
    if not isinstance(item, AheadHit):
        return item
    begins = (now + item.begins).time()
    ends = None if item.ends is None else (now + item.ends).time()
    is_late = ends is not None and ends <= begins
    sort = "from" if ends is None else "range"
    return ClockHit(item.start, item.end, begins, MIDNIGHT if is_late else ends, Grain.MINUTE, sort)


class _Change:
    """Adds the statements up."""

    def __init__(self, statements: list[Statement], items: Sequence[Item], now: datetime) -> None:
        self._statements = statements
        self._items = items
        self._now = now
        self._today = now.date()
        self._days: Days = {}
        self._left: set[date] = set()  # days of which only busy hours were told

    def result(self) -> HoursChange | None:
        """Return the change as a whole."""
        self._told()
        op = self._op()
        for statement in self._statements:
            self._apply(statement, op)
        if any(statement.is_only for statement in self._statements) and op is HoursOp.SET:
            self._days = {day: () for day in self._horizon() if day not in self._days} | self._days
        is_dayless = not any(statement.days or statement.excepted for statement in self._statements)
        return HoursChange(op, dict(sorted(self._days.items())), is_dayless) if self._days else None

    def _told(self) -> None:
        """Let days of which nothing was said have the hours of those before them: "и завтра тоже"."""
        last: Statement | None = None
        for statement in self._statements:
            is_bare = not statement.is_told and not statement.excepted
            if last and (is_bare or (statement.is_same and not statement.clocks)):
                statement.clocks, statement.status = last.clocks, last.status
            elif last and statement.is_then and not statement.days:
                statement.days = last.days
            last = statement

    def _op(self) -> HoursOp:
        says = [statement for statement in self._statements if statement.days or statement.is_told]
        excepted = any(statement.excepted for statement in self._statements)
        if excepted and not says and not any(statement.is_rest for statement in self._statements):
            return HoursOp.BLOCK  # "не сегодня"
        if says and not excepted and all(self._is_block(statement) for statement in says):
            return HoursOp.BLOCK
        is_mixed = excepted or any(self._is_block(statement) for statement in says)
        return HoursOp.ADD if self._is_added() and not is_mixed else HoursOp.SET

    def _is_block(self, statement: Statement) -> bool:
        is_break = statement.is_break or (bool(statement.taken) and not statement.days)
        is_break = is_break and not statement.clocks and statement.status not in (FREE, WHOLE)
        return statement.status == BLOCK or is_break

    def _is_added(self) -> bool:
        """Tell "ещё могу в субботу" from "с 9 до 12 и ещё с 15 до 18" and "и завтра тоже"."""
        marks = [item for item in self._items if isinstance(item, Mark) and item.sort == "add"]
        others = [item for item in self._items if isinstance(item, DayHit | ClockHit)]
        clocks = [item for item in self._items if isinstance(item, ClockHit)]
        if not marks or not others:
            return False
        if sum(isinstance(item, DayHit) and item.end <= marks[0].start for item in others) > 1:
            return False  # "завтра и в пятницу тоже"
        if marks[0].start < others[0].start or (len(self._statements) == 1 and len(clocks) <= 1):
            return True
        return len(self._statements) == 1 and marks[0].start > clocks[-1].start

    def _apply(self, statement: Statement, op: HoursOp) -> None:
        days = self._days_of(statement)
        blocked = self._is_block(statement)
        for day in days:
            if blocked:
                self._block(day, statement, op)
            else:
                self._set(day, statement, days)
        for hit in statement.excepted:
            left_out = self._expanded(hit, is_block=True)
            if not days or not hit.pattern or set(left_out) & set(days) or len(days) == 1:
                self._days |= dict.fromkeys(left_out, ())

    def _block(self, day: date, statement: Statement, op: HoursOp) -> None:
        taken = joined(statement.spans) or tuple((clock.begins, clock.ends) for clock in statement.taken)
        if not taken:
            self._days[day] = ()
        elif op is HoursOp.BLOCK:
            self._days[day] = (*(self._days.get(day) or ()), *taken)
        elif day in self._days:
            known = self._days[day]
            self._days[day] = without([WORKING_DAY] if known is None else known, taken)
        else:
            self._days[day] = outside(taken)
            self._left.add(day)

    def _set(self, day: date, statement: Statement, days: Sequence[date]) -> None:
        spans: Spans = joined(statement.spans) or None
        if statement.is_then and not statement.clocks and day in self._days:
            return
        if statement.taken:
            taken = [(clock.begins, clock.ends) for clock in statement.taken]
            spans = without(spans or [WORKING_DAY], taken)
        known = None if day in self._left else self._days.get(day)
        is_again = bool(known) and spans is not None and len(days) == len(self._days)
        self._days[day] = joined([*(known or ()), *(spans or ())]) if is_again else spans

    def _days_of(self, statement: Statement) -> list[date]:
        """Return a statement's days: today if none is named, the rest of the week beside an exception."""
        if statement.days:
            blocked = self._is_block(statement)
            return self._together(statement, is_block=blocked)
        is_spread = statement.is_rest or any(clock.is_habit for clock in statement.clocks)
        others = [hit for other in self._statements if other is not statement for hit in other.days]
        if statement.excepted and not statement.is_told and not is_spread:
            return []
        is_spread = is_spread or (bool(others) and all(hit.pattern for hit in others))
        return list(self._left_week(statement)) if is_spread else [self._today]

    def _together(self, statement: Statement, *, is_block: bool) -> list[date]:
        """Return all days of a statement; one that begins and one that ends them make a span."""
        others = [hit for hit in statement.days if hit.sort != "length"]
        begins = min((day for hit in others if hit.bound in _OPENING for day in hit.days), default=None)
        lengths = [hit for hit in statement.days if hit.sort == "length"]
        if lengths and (begins or not others):  # "с понедельника на две недели"
            opening = begins or self._today
            count = len(lengths[0].days) if statement.is_told else 0
            return list(days_between(opening, opening + timedelta(count - 1)))
        meant = {hit: self._meant(hit, statement, is_block=is_block) for hit in others}
        closing = [hit for hit in others if hit.sort == "till" or hit.bound in ("until", "by")]
        ends = max((day for hit in closing for day in meant[hit]), default=None)
        if begins and ends and begins <= ends:  # "с пятницы и до конца недели"
            return list(days_between(begins, ends))
        return sorted({day for days in meant.values() for day in days if day >= self._today})

    def _meant(self, hit: DayHit, statement: Statement, *, is_block: bool) -> Sequence[date]:
        days = self._expanded(hit, is_block=is_block)
        is_weekly = len(hit.pattern) > 1 and tuple(days) == (self._today,)
        if is_weekly and self._is_over(statement):
            return [self._today - timedelta(self._today.weekday()) + timedelta(WEEK + n) for n in hit.pattern]
        return days

    def _is_over(self, statement: Statement) -> bool:
        """Tell whether today's hours have gone by: "пн-вс 8-20" on a Sunday evening means next week."""
        now = self._now.time()
        ends = [clock.ends for clock in statement.clocks if clock.ends]
        has_begun = all(clock.begins is None or clock.begins <= now for clock in statement.clocks)
        return (now >= EVENING and has_begun) or bool(ends and now >= max(ends))

    def _left_week(self, statement: Statement) -> Sequence[date]:
        days = week_from(self._today)
        if len(days) == 1 and self._is_over(statement):
            return days_between(self._today + timedelta(1), self._today + timedelta(WEEK))
        return days

    def _expanded(self, hit: DayHit, *, is_block: bool) -> Sequence[date]:
        """Return all days of a hit, those of an open end included."""
        if hit.sort == "others":
            named = {day for other in self._statements for one in other.days for day in one.days}
            return [day for day in week_from(self._today) if day not in named]
        if not hit.days or not hit.bound or hit.sort == "week":
            return hit.days
        first, last = hit.days[0], hit.days[-1]
        if hit.bound in ("from", "after"):
            opening = last + timedelta(1) if hit.bound == "after" else first
            return days_between(opening, week_from(opening)[-1])
        closing = first - timedelta(1) if hit.bound == "until" and (is_block or len(hit.days) > 1) else last
        return days_between(self._today, closing) if closing >= self._today else ()

    def _horizon(self) -> Sequence[date]:
        """Return the days that "только" rules out: this week's, or those of the week it speaks of."""
        first = min(self._days, default=self._today)
        is_this_week = first <= week_from(self._today)[-1]
        return week_from(self._today if is_this_week else first - timedelta(first.weekday()))
