"""Read what a master says about his hours, statement by statement.

A statement ends where another begins: a day after hours ("завтра с 9 до 18 | в пятницу выходной"),
hours after days that already have theirs ("с 9 до 18 завтра | с 10 до 14 в субботу").
"""

from collections.abc import Sequence

from core.language.when.days import DayHit
from core.language.when.items import AheadHit, Item, Mark
from core.language.when.spans import ClockHit
from core.language.when.statements import BLOCK, CUTS, FREE, LEAVE, WHOLE, Statement, merged

_STATUS = frozenset({BLOCK, LEAVE, FREE, WHOLE})
_EXCEPT = frozenset({"except", "unless", "instead", "not"})


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
        self._handlers = {
            "break": self._break, "none": self._nothing, "no": self._no, "yes": self._yes,
            "move": self._move, "then": self._then, "only": self._only, "add": self._too,
        }  # fmt: skip
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
        return merged(self._done)

    def _close(self) -> None:
        if not self._now.is_empty or self._now.is_same:
            self._done.append(self._now)
        self._now = Statement(gap=self._gap)

    def _mark(self, place: int, mark: Mark) -> None:
        sort = mark.sort
        if sort in CUTS:
            self._cut(place, sort)
        elif sort in ("and", "or"):
            self._gap = self._gap or "and"
        elif sort in _EXCEPT:
            self._mode = sort
        elif sort in _STATUS:
            self._status(BLOCK if sort == LEAVE else sort, place)
        elif sort == "past":
            self._is_dropping = True
        elif sort == "same":
            self._now.is_same = True
        elif sort in (handlers := self._handlers):
            handlers[sort](place)

    def _cut(self, place: int, sort: str) -> None:
        self._gap, self._is_dropping = sort, False
        if sort == "but" and self._is_all_but(place):  # "all week but Wednesday"
            self._gap, self._mode = "", "except"
        elif sort in ("stop", "but") or self._mode == "not":
            self._mode = ""

    def _nothing(self, place: int) -> None:
        self._status(BLOCK, place)

    def _no(self, place: int) -> None:
        if self._is_said_of_day(place):
            self._status(BLOCK, place)

    def _yes(self, place: int) -> None:
        if self._is_said_of_day(place):
            self._status(FREE, place)

    def _move(self, place: int) -> None:
        """Leave the first of two days for the second: "перенеси пятницу на субботу"."""
        if sum(isinstance(item, DayHit) for item in self._items[place:]) > 1:
            self._mode = "instead"

    def _is_all_but(self, place: int) -> bool:
        before, behind = self._items[place - 1 : place], self._items[place + 1 : place + 3]
        is_all = (
            bool(before) and isinstance(before[0], DayHit) and before[0].sort in ("every", "weekdays", "week")
        )
        is_last = len(behind) == 1 or (len(behind) > 1 and _is_cut(behind[1]))
        return is_all and is_last and isinstance(behind[0], DayHit)

    def _break(self, place: int) -> None:
        """Take the hours before or behind "перерыв" for a break."""
        following = self._items[place + 1] if place + 1 < len(self._items) else None
        if self._mode in _EXCEPT:
            self._mode = "break"
        elif self._now.clocks and not self._gap and (following is None or _is_cut(following)):
            self._now.taken.append(self._now.clocks.pop())
            self._now.is_break = True
        else:
            self._mode = "break"

    def _is_said_of_day(self, place: int) -> bool:
        """Tell "завтра нет" from "нет, завтра с 10"."""
        before = [
            item for item in self._items[:place] if not (isinstance(item, Mark) and item.sort == "colon")
        ]
        following = self._items[place + 1] if place + 1 < len(self._items) else None
        is_last = following is None or (isinstance(following, Mark) and following.sort in CUTS)
        is_next_day = isinstance(following, DayHit)
        return bool(before) and isinstance(before[-1], DayHit | ClockHit) and (is_last or is_next_day)

    def _then(self, place: int) -> None:
        del place
        if self._now.days or self._now.is_told:
            self._close()
        self._now.is_then = True

    def _too(self, place: int) -> None:
        """Give a day what was said before it: "пятница тоже"."""
        before = self._items[place - 1] if place else None
        if self._done and isinstance(before, DayHit) and self._now.days and not self._now.is_told:
            self._now.is_same = True

    def _only(self, place: int) -> None:
        """Take "только" as said of days ("только выходные"), not of hours ("только после обеда")."""
        mark = self._items[place]
        following = self._items[place + 1] if place + 1 < len(self._items) else None
        before = self._items[place - 1] if place else None
        is_last = following is None or (isinstance(following, Mark) and following.sort in CUTS)
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
        if self._is_habit() and isinstance(self._next(place), DayHit):
            self._close()  # "evenings after 6 and all day Saturday"
            now = self._now
        is_opposite = bool(now.status) and (now.status == BLOCK) != (sort == BLOCK)
        if is_opposite and place and self._is_status(self._items[place - 1]):
            sort, is_opposite = BLOCK, False  # "беру отпуск", "буду занят"
        is_apart = self._gap in CUTS or (bool(now.days) and now.order.endswith(("s", "h")))
        if is_opposite and is_apart and (now.days or now.clocks):
            self._close()
            now = self._now
        if not (now.status == WHOLE and sort == FREE):
            now.status = sort
        now.add("s")
        self._gap, self._mode = "", ""

    def _is_habit(self) -> bool:
        """Tell whether hours of every day were told, and more is to come."""
        now = self._now
        return bool(self._gap) and not now.days and any(clock.is_habit for clock in now.clocks)

    @staticmethod
    def _is_whole(item: Item | None) -> bool:
        return isinstance(item, Mark) and item.sort == WHOLE

    def _next(self, place: int) -> Item | None:
        return self._items[place + 1] if place + 1 < len(self._items) else None

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
        if self._gap in CUTS:
            return bool(behind) and isinstance(behind[0], DayHit | ClockHit)
        is_last = len(behind) < 2 or (isinstance(behind[1], Mark) and behind[1].sort in CUTS | {"and"})  # noqa: PLR2004
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
            following = self._next(place)
            if self._is_habit() and (isinstance(following, ClockHit) or self._is_whole(following)):
                return True
            has_hours = bool(now.clocks or now.excepted or (now.status and self._gap))
            return has_hours and self._gap in CUTS and self._has_own(place)
        if not now.is_told and not now.is_same:
            return False
        is_listing = now.order.startswith(("s", "h")) and not (now.order.startswith("s") and now.clocks)
        if self._gap == "and" and is_listing:
            return False
        return not (self._gap == "comma" and now.order == "sd" and now.status != BLOCK)

    def _has_own(self, place: int) -> bool:
        """Tell whether something else is said of a day in its own clause."""
        for item in self._items[place + 1 :]:
            if isinstance(item, Mark) and item.sort in CUTS and item.sort != "colon":
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
        if now.clocks or (now.status and now.days and self._gap in CUTS):
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
        if now.order == "x" and not now.is_rest and not self._gap:  # "не завтра утром"
            now.days, now.excepted, now.status = now.excepted, [], BLOCK
        waiting = not now.clocks and (now.status != BLOCK or not now.excepted)
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


def _is_cut(item: Item) -> bool:
    return isinstance(item, Mark) and item.sort in CUTS


def has_hours(items: Sequence[Item]) -> bool:
    """Tell whether any days or hours were named."""
    return any(isinstance(item, DayHit | ClockHit | AheadHit) for item in items)
