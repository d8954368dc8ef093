"""A statement of a master: these days, those hours, busy or free."""

from dataclasses import dataclass, field, replace

from core.language.when.bounds import is_inside
from core.language.when.days import DayHit
from core.language.when.spans import ClockHit
from core.meaning import Bounds

BLOCK, LEAVE, FREE, WHOLE = "block", "leave", "free", "whole"  # leave blocks as well
CUTS = frozenset({"comma", "stop", "but", "colon"})  # marks between clauses


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


def merged(statements: list[Statement]) -> list[Statement]:
    """Join hours without a day of their own to the days before them."""
    kept: list[Statement] = []
    is_dated = any(statement.days for statement in statements)
    is_off = any(statement.days and statement.status == BLOCK for statement in statements)
    for statement in statements:
        if is_dated and statement.status == FREE and not statement.order.strip("s") and not statement.is_then:
            continue  # "я на связи. Завтра с 9 до 18"
        if kept and _is_afterwards(kept[-1], statement):
            continue
        if is_off and statement.status == BLOCK and statement.order == "s":
            continue  # "заболел, до пятницы не работаю"
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


def _is_afterwards(last: Statement, following: Statement) -> bool:
    """Tell what comes when the hours are over: "завтра с 7 до 15, потом на рыбалку"."""
    is_busy = following.is_then and following.status == BLOCK
    is_bare = not (following.days or following.clocks)
    is_over = bool(last.clocks) or any(day.bound or len(day.days) > 1 for day in last.days)
    return is_busy and is_bare and is_over and last.status != BLOCK


def _is_apart(last: Statement, following: Statement) -> bool:
    """Tell whether more hours of the same days are of another kind: "с 9 до 18, с 12 до 14 занят"."""
    if following.status == BLOCK and last.status != BLOCK:
        return (
            bool(last.status)
            or bool(last.clocks and following.clocks)
            or any(is_inside(inner, outer) for inner in following.spans for outer in last.spans)
        )
    if last.status == BLOCK and following.status != BLOCK:
        return bool(following.status) or (last.order.endswith("s") and following.gap in CUTS)
    return False
