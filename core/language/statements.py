"""What a master says about his hours, statement by statement: these days, those hours, busy or free.

A statement ends where another begins: a day after hours ("завтра с 9 до 18 | в пятницу выходной"),
hours after days that already have theirs ("с 9 до 18 завтра | с 10 до 14 в субботу").
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from core.language.bounds import is_inside
from core.language.days import DayHit
from core.language.moments import AheadHit, Item, Mark
from core.language.spans import ClockHit
from core.meaning import Bounds

BLOCK, FREE, WHOLE = "block", "free", "whole"

_CUTS = frozenset({"comma", "stop", "but", "colon"})
_STATUS = frozenset({BLOCK, FREE, WHOLE})
_EXCEPT = frozenset({"except", "unless", "instead", "not"})


@dataclass(slots=True)
class Statement:
    """Days that share their hours.

    Attributes:
        status: block, free or whole; empty if nothing was said but days and hours.
        excepted: Days that are left out: "кроме пятницы", "вместо среды".
        taken: Hours that are left out: "кроме обеда с 13 до 14". `is_break`: a break, not an exception.
        order: What was said first of days ("d"), hours ("h") and status ("s"), in the order said.
        gap: What stands before it: comma, and, nothing.
        is_only: "только" was said of its days. `is_rest`: "кроме" leaves all the other days.
        is_then: "потом", "в остальное время": what the hours before it leave.
    """

    days: list[DayHit] = field(default_factory=list)
    clocks: list[ClockHit] = field(default_factory=list)
    status: str = ""
    excepted: list[DayHit] = field(default_factory=list)
    taken: list[ClockHit] = field(default_factory=list)
    order: str = ""
    gap: str = ""
    start: int = 0
    is_break: bool = False
    is_only: bool = False
    is_then: bool = False
    is_same: bool = False
    is_rest: bool = False

    @property
    def is_told(self) -> bool:
        """Tell whether anything was said of its days."""
        return bool(self.clocks or self.status or self.taken)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was said at all."""
        return not (self.days or self.excepted or self.is_told)

    @property
    def spans(self) -> tuple[Bounds, ...]:
        """Its hours as they were said."""
        return tuple((clock.begins, clock.ends) for clock in self.clocks)

    def add(self, letter: str) -> None:
        """Remember that days, hours or a status came now."""
        if not self.order.endswith(letter):
            self.order += letter


class StatementReader:
    """Walks once through the items of a text."""

    def __init__(self, items: Sequence[Item]) -> None:
        """Start before the first item."""
        self._items = items
        self._done: list[Statement] = []
        self._now = Statement()
        self._gap = ""
        self._mode = ""  # except, unless, instead, not or break: what the next item is taken as
        self._is_dropping = False  # behind "вчера"
        self._only_next: DayHit | None = None  # the day that "только" speaks of

    def read(self) -> list[Statement]:
        """Return the statements in order."""
        for place, item in enumerate(self._items):
            if isinstance(item, Mark):
                self._mark(place, item)
            elif isinstance(item, DayHit):
                self._day(place, item)
            elif isinstance(item, ClockHit):
                self._clock(place, item)
        self._close()
        return _merged(self._done)

    def _close(self) -> None:
        if not self._now.is_empty or self._now.is_same:
            self._done.append(self._now)
        self._now = Statement(gap=self._gap)

    def _mark(self, place: int, mark: Mark) -> None:
        sort = mark.sort
        if sort in _CUTS:
            self._gap, self._is_dropping = sort, False
            self._mode = "" if sort in ("stop", "but") else self._mode
        elif sort in ("and", "or"):
            self._gap = self._gap or "and"
        elif sort in _EXCEPT:
            self._mode = sort
        elif sort == "break":
            self._mode = "break"
        elif sort in _STATUS:
            self._status(sort, place)
        elif sort in ("no", "yes") and self._is_said_of_day(place):
            self._status(BLOCK if sort == "no" else FREE, place)
        elif sort == "past":
            self._is_dropping = True
        elif sort == "then":
            self._split_for_then()
        elif sort == "same":
            self._now.is_same = True
        elif sort == "only":
            self._only(place)

    def _is_said_of_day(self, place: int) -> bool:
        """Tell "завтра нет" from "нет, завтра с 10"."""
        before = [
            item for item in self._items[:place] if not (isinstance(item, Mark) and item.sort == "colon")
        ]
        following = self._items[place + 1] if place + 1 < len(self._items) else None
        is_last = following is None or (isinstance(following, Mark) and following.sort in _CUTS)
        is_next_day = isinstance(following, DayHit)
        return bool(before) and isinstance(before[-1], DayHit | ClockHit) and (is_last or is_next_day)

    def _split_for_then(self) -> None:
        if self._now.days or self._now.is_told:
            self._close()
        self._now.is_then = True

    def _only(self, place: int) -> None:
        """Take "только" as said of days ("только выходные"), not of hours ("только после обеда")."""
        mark = self._items[place]
        following = self._items[place + 1] if place + 1 < len(self._items) else None
        before = self._items[place - 1] if place else None
        is_last = following is None or (isinstance(following, Mark) and following.sort in _CUTS)
        if isinstance(following, DayHit) and following.start - mark.end <= 1:
            self._only_next = following
        elif isinstance(following, Mark) and following.sort in (FREE, WHOLE) and place + 2 < len(self._items):
            behind = self._items[place + 2]
            self._only_next = behind if isinstance(behind, DayHit) else None
        elif is_last and isinstance(before, DayHit) and mark.start - before.end <= 1:
            self._now.is_only = True

    def _status(self, sort: str, place: int) -> None:
        now = self._now
        if now.is_told and now.days and self._opens_clause(place):
            self._close()
            now = self._now
        is_opposite = bool(now.status) and (now.status == BLOCK) != (sort == BLOCK)
        if is_opposite and place and self._is_status(self._items[place - 1]):
            sort, is_opposite = BLOCK, False  # "беру отпуск", "буду занят"
        is_apart = self._gap in _CUTS or (bool(now.days) and now.order.endswith(("s", "h")))
        if is_opposite and is_apart and (now.days or now.clocks):
            self._close()
            now = self._now
        if not (now.status == WHOLE and sort == FREE):
            now.status = sort
        now.add("s")
        self._gap, self._mode = "", ""

    def _lists_on(self, place: int) -> bool:
        """Tell "кроме пятницы и субботы", where one more is left out, from "вместо пятницы в субботу"."""
        if self._gap == "and":
            return True
        return self._gap == "comma" and self._mode != "instead" and not self._has_own(place)

    @staticmethod
    def _is_status(item: Item) -> bool:
        return isinstance(item, Mark) and item.sort in _STATUS

    def _opens_clause(self, place: int) -> bool:
        """Tell whether a status speaks of what follows: "завтра с 10 до 19, не могу в пятницу"."""
        behind = self._items[place + 1 : place + 3]
        is_day = bool(behind) and isinstance(behind[0], DayHit)
        if self._gap in _CUTS:
            return bool(behind) and isinstance(behind[0], DayHit | ClockHit)
        is_last = len(behind) < 2 or (isinstance(behind[1], Mark) and behind[1].sort in _CUTS | {"and"})  # noqa: PLR2004
        return is_day and is_last

    def _day(self, place: int, day: DayHit) -> None:
        self._is_dropping = False
        if self._mode in _EXCEPT:
            if self._now.excepted and not self._lists_on(place):
                self._mode = ""
            else:
                self._now.excepted.append(day)
                self._now.is_rest |= self._mode in ("except", "unless")
                self._now.add("x")
                self._gap = ""
                return
        now = self._now
        if now.order.endswith("x") and self._gap == "and" and now.excepted:
            now.excepted.append(day)
            self._gap = ""
            return
        if self._begins_anew(place):
            self._close()
            now = self._now
        if self._only_next is day:
            now.is_only, self._only_next = True, None
        now.start = now.start or day.start
        now.days.append(day)
        now.add("d")
        self._gap = ""

    def _begins_anew(self, place: int) -> bool:
        """Tell whether a day opens a new statement."""
        now = self._now
        if not now.days:
            has_hours = bool(now.clocks or now.excepted or (now.status and self._gap))
            return has_hours and self._gap in _CUTS and self._has_own(place)
        if not now.is_told and not now.is_same:
            return False
        is_listing = now.order.startswith(("s", "h")) and not (now.order.startswith("s") and now.clocks)
        if self._gap == "and" and is_listing:
            return False
        return not (self._gap == "comma" and now.order == "sd" and now.status != BLOCK)

    def _has_own(self, place: int) -> bool:
        """Tell whether something else is said of a day in its own clause."""
        for item in self._items[place + 1 :]:
            if isinstance(item, Mark) and item.sort in _CUTS and item.sort != "colon":
                return False
            if isinstance(item, ClockHit) or (isinstance(item, Mark) and item.sort in _STATUS | {"no"}):
                return True
        return False

    def _clock(self, place: int, clock: ClockHit) -> None:
        if self._is_dropping or clock.sort == "impossible":
            return
        now = self._now
        if self._mode in ("instead", "not") and not now.order.endswith("x"):
            self._mode = ""
            return
        if self._mode == "break" or (self._mode in _EXCEPT and not now.order.endswith("x")):
            now.taken.append(clock)
            now.is_break = self._mode == "break"
            now.add("t")
            self._mode = self._mode if self._follows_and(place) else ""
            self._gap = ""
            return
        self._mode = ""
        if now.order.endswith("x"):
            self._clock_of_exception(clock)
            return
        if now.clocks or (now.status and now.days and self._gap in _CUTS):
            gap = self._gap
            self._close()
            now = self._now
            now.gap = gap or "none"
        now.start = now.start or clock.start
        now.clocks.append(clock)
        now.add("h")
        self._gap = ""

    def _follows_and(self, place: int) -> bool:
        following = self._items[place + 1] if place + 1 < len(self._items) else None
        return isinstance(following, Mark) and following.sort == "and"

    def _clock_of_exception(self, clock: ClockHit) -> None:
        """Give hours behind "кроме среды" to the other days, or to Wednesday if those have theirs."""
        now = self._now
        waiting = not now.clocks and now.status != BLOCK
        if waiting:
            now.clocks.append(clock)
            now.add("h")
            self._gap = ""
            return
        days, now.excepted = list(now.excepted), []
        is_within = self._gap == "" and clock.begins is not None and clock.ends is not None
        self._close()
        self._now.days, self._now.order = days, "dh"
        if is_within:
            self._now.status = BLOCK
        self._now.clocks.append(clock)
        self._gap = ""


def _merged(statements: list[Statement]) -> list[Statement]:
    """Join hours without a day of their own to the days before them."""
    kept: list[Statement] = []
    for statement in statements:
        last = kept[-1] if kept else None
        if (
            last
            and not last.days
            and last.order == "h"
            and statement.days
            and statement.order.startswith("h")
        ):
            statement.clocks = last.clocks + statement.clocks  # "с 8 до 12 и с 13 до 17 по будням"
            kept[-1] = statement
            continue
        if last is None or statement.days or statement.excepted or statement.is_then:
            kept.append(statement)
            continue
        if not (statement.clocks or statement.taken or statement.status):
            continue
        if not statement.clocks and statement.taken:
            last.taken += statement.taken
            last.is_break = last.is_break or statement.is_break
            continue
        if _is_apart(last, statement):
            kept.append(replace(statement, days=list(last.days)))
            continue
        last.clocks += statement.clocks
        last.taken += statement.taken
        last.status = last.status or statement.status
    return kept


def _is_apart(last: Statement, following: Statement) -> bool:
    """Tell whether more hours of the same days are of another kind: "с 9 до 18, с 12 до 14 занят"."""
    if following.status == BLOCK and last.status != BLOCK:
        return bool(last.status) or any(
            is_inside(inner, outer) for inner in following.spans for outer in last.spans
        )
    if last.status == BLOCK and following.status != BLOCK:
        return bool(following.status) or (last.order.endswith("s") and following.gap in _CUTS)
    return False


def has_hours(items: Sequence[Item]) -> bool:
    """Tell whether any days or hours were named."""
    return any(isinstance(item, DayHit | ClockHit | AheadHit) for item in items)
