"""A master's hours said in words: "завтра с 8 до 20", "только выходные", "кроме пятницы, 10-19"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from core.language.clocks import ClockHit, find_clocks
from core.language.days import DayHit, find_days, week_from
from core.language.lexicon import table
from core.meaning import Bounds, HoursChange, HoursOp

ALONE_MAX = 4  # words

Spans = tuple[Bounds, ...] | None

_E = r"(?![а-яa-z\d])"
_WORDS = {
    name: re.compile(rf"(?<![а-яa-z\d])(?:{source}){_E}")
    for name, source in table("calendar")["hours"].items()
}
_GREETING = re.compile(r"(?:добр\w+|good)\s+(?:вечер\w*|утр\w*|день|дня|morning|evening|afternoon|day)")
_EXCEPT = re.compile(rf"(?:{table('calendar')['hours']['except']})\W+(?:\w+\W+)?$")
_ALSO = re.compile(r"\s*(?:,|и|and|or)\s*(?:в |on )?")
_COMMA = re.compile(r"[,;.!?\n]|(?<![а-яa-z])(?:а|но|but)(?![а-яa-z])")


@dataclass(slots=True)
class _Group:
    """Days that share their hours."""

    days: list[DayHit] = field(default_factory=list)
    clocks: list[ClockHit] = field(default_factory=list)
    is_blocked: bool = False
    is_except: bool = False
    start: int = 0
    end: int = 0


def find_hours(lower: str, now: datetime) -> HoursChange | None:
    """Return the change to a master's hours, or None if the text says nothing about them.

    Days before today are left out. Hours without a day are today's.
    """
    text = _GREETING.sub(lambda match: ";" * len(match.group()), lower)
    days = find_days(text, now.date(), is_hours=True)
    clocks = _clocks(text, days)
    blocks = [match.span() for match in _WORDS["block"].finditer(text)]
    whole = [match.start() for match in _WORDS["whole_day"].finditer(text)]
    if not days and not clocks and not whole and not blocks:
        return None
    if not days and not clocks and not _stands_alone(text):
        return None
    groups = _groups(text, days, clocks)
    _mark(groups, text, blocks)
    return _change(groups, text, now.date())


def _stands_alone(text: str) -> bool:
    """A bare "не могу" or "весь день" speaks about today only in a short message."""
    return len(text.split()) <= ALONE_MAX


def _clocks(text: str, days: Sequence[DayHit]) -> list[ClockHit]:
    masked = text
    for day in days:
        if not re.search("tonight|this", text[day.start : day.end]):
            masked = masked[: day.start] + " " * (day.end - day.start) + masked[day.end :]
    return find_clocks(_WORDS["whole_day"].sub(lambda match: " " * len(match.group()), masked))


def _groups(text: str, days: Sequence[DayHit], clocks: Sequence[ClockHit]) -> list[_Group]:
    """Walk through days and hours: a day after hours begins a new group."""
    groups: list[_Group] = []
    current = _Group()
    hits: list[DayHit | ClockHit] = [*days, *clocks]
    for hit in sorted(hits, key=lambda hit: hit.start):
        if isinstance(hit, DayHit):
            is_except = bool(_EXCEPT.search(text[: hit.start])) or (
                current.is_except and bool(_ALSO.fullmatch(text[current.end : hit.start]))
            )
            is_apart = bool(current.days) and bool(_COMMA.search(text[current.days[-1].end : hit.start]))
            is_full = bool(current.days) and bool(current.clocks)
            if is_full or is_except != current.is_except or (is_apart and _is_said(text, current, hit)):
                groups.append(current)
                current = _Group()
            current.is_except = is_except
            current.days.append(hit)
        else:
            if current.is_except:
                groups.append(current)
                waiting = [
                    group for group in groups if group.days and not group.clocks and not group.is_except
                ]
                if waiting:  # "каждый день кроме среды с 9 до 19": the hours are of every day
                    waiting[-1].clocks.append(hit)
                    current = _Group()
                    continue
                current = _Group()
            current.clocks.append(hit)
        current.start = current.start or hit.start
        current.end = hit.end
    groups.append(current)
    return [group for group in groups if group.days or group.clocks] or [_Group(end=len(text))]


def _is_said(text: str, group: _Group, following: DayHit) -> bool:
    """Tell whether something was said about a group's days before the next day comes."""
    between = text[group.days[-1].end : following.start]
    return any(_WORDS[name].search(between) for name in ("block", "whole_day"))


def _mark(groups: list[_Group], text: str, blocks: list[tuple[int, int]]) -> None:
    """Give each "не могу" to the group it speaks of: before it in the same clause, else after it."""
    for start, _ in blocks:
        if _EXCEPT.search(text[:start]):
            continue
        clause = max((match.end() for match in _COMMA.finditer(text, 0, start)), default=0)
        before = [group for group in groups if clause <= group.start and group.end <= start and group.days]
        after = [group for group in groups if group.start >= start]
        chosen = before[-1:] or after[:1] or groups[-1:]
        for group in chosen:
            group.is_blocked = True


def _change(groups: list[_Group], text: str, today: date) -> HoursChange | None:
    says = {name for name, pattern in _WORDS.items() if pattern.search(text)}
    excepted = {day for group in groups if group.is_except for hit in group.days for day in hit.days}
    plain = [group for group in groups if not group.is_except]
    days: dict[date, Spans] = {}
    for group in plain or [_Group()]:
        base = _days(group, today, spread=bool(excepted))
        for day in base:
            spans = _spans(group)
            old = days.get(day)
            days[day] = old + spans if old and spans and not group.is_blocked else spans
    if _is_only(groups, text) and not excepted:
        days = {day: () for day in week_from(today) if day not in days} | days
    days |= dict.fromkeys(sorted(day for day in excepted if day >= today), ())
    if not days:
        return None
    all_blocked = all(group.is_blocked for group in plain) and bool(plain) and not excepted
    op = HoursOp.BLOCK if all_blocked else HoursOp.ADD if "add" in says and not excepted else HoursOp.SET
    if op is HoursOp.ADD and any(group.is_blocked for group in plain):
        op = HoursOp.SET
    return HoursChange(op, dict(sorted(days.items())))


def _is_only(groups: list[_Group], text: str) -> bool:
    """Tell whether "только" speaks of days ("только выходные"), not of hours ("только после обеда")."""
    for match in _WORDS["only"].finditer(text):
        for hit in (hit for group in groups for hit in group.days):
            is_before = re.fullmatch(r"\s*(?:в|во|на|по|on|at|the)?\s*", text[match.end() : hit.start])
            is_behind = not text[hit.end : match.start()].strip() and match.end() == len(text.rstrip(" .!"))
            if (is_before and match.end() <= hit.start) or (is_behind and hit.end <= match.start()):
                return True
    return False


def _days(group: _Group, today: date, *, spread: bool) -> list[date]:
    """Return a group's days: today if none is named, the rest of the week beside an exception."""
    if group.days:
        return sorted({day for hit in group.days for day in hit.days if day >= today})
    return list(week_from(today)) if spread else [today]


def _spans(group: _Group) -> Spans:
    if group.is_blocked:
        return tuple(_bounds(clock) for clock in group.clocks)
    return tuple(_bounds(clock) for clock in group.clocks) or None


def _bounds(clock: ClockHit) -> Bounds:
    return (clock.begins, clock.ends)
