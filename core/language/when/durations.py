"""How long: spans counted from now, how long something has lasted, how long a master is away."""

from datetime import date, timedelta

from core.language.when.amounts import amount, ordinal
from core.language.when.dates import DAYS_AHEAD_MAX, days_between
from core.language.when.days import WEEK, DayHit
from core.language.when.items import AheadHit
from core.language.when.timewords import Pieces
from core.meaning import Grain

HOURS_MAX = 72  # a longer span is counted in days
LASTING_MAX = 3  # words between "уже" and its unit


def read_length(p: Pieces, i: int, today: date) -> DayHit | None:
    """Read how many days a master is away: "две недели", "на три дня"; days of work are said otherwise."""
    j = i + 1 if p[i].text in ("на", "for", "следующие", "the next") else i
    counted = amount(p, j)
    count, k = counted or (1.0, j)
    days = count * {"day": 1, "week": WEEK}.get(p[k].get("unit") or "", 0)
    k = k + 1 if counted is None and p[k].text == "a" else k
    is_said = (
        counted is not None
        or p[k].text in ("неделю", "недельку")
        or (p[k].text == "week" and p[k - 1].text in ("a", "whole"))
    )
    if (
        not is_said
        or not 1 <= days <= DAYS_AHEAD_MAX
        or ago_end(p, i)
        or p[k + 1].get("ahead")
        or p[i].get("half")
    ):
        return None
    if p[k].get("half") and p[k - 1].digits and not p[k + 1].get("mark"):
        return None  # "2 дня" may be two o'clock
    last = today + timedelta(int(days) - 1)
    end = k if p[k].get("mark") else k + 1  # "two days off"
    return DayHit(i, end, days_between(today, last), Grain.DAY, "length")


def lasting_end(p: Pieces, i: int) -> int:
    """Return the place behind how long something lasts: "уже два дня", "for 3 hours", "2 часа"."""
    is_led = bool(p[i].get("for_so_long"))
    j = i
    while is_led and p[j].get("for_so_long") and j - i < LASTING_MAX:
        j += 1
    counted = amount(p, j)
    k = counted[1] if counted else j
    if counted and p[k].text == "-" and (more := amount(p, k + 1)):
        k = more[1]
    unit = p[k].get("unit")
    if unit is None or not (counted or is_led) or p[k + 1].get("ahead") or p[k + 1].text in ("from", "on"):
        return 0
    if unit == "minute" and ordinal(p, k + 1):
        return 0  # "двадцать минут девятого"
    is_clock = p[k].get("half") or (p[k].is_one("hourly") and not p[k].text.startswith("hour"))
    if is_led and p[i].text not in ("на", "как", "for", "часа на", "около", "почти"):
        return k + 1
    if is_clock and not (p[i].text == "for" and unit == "hour"):
        return 0
    return k + 1 if counted or (unit in ("week", "month", "year") and p[i].text == "for") else 0


def ago_end(p: Pieces, i: int) -> int:
    """Return the place behind "два дня назад" or "an hour ago"."""
    counted = amount(p, i)
    j = counted[1] if counted else i + 1 if p[i].text in ("a", "an", "часа", "дня") else i
    j = j + 1 if p[j].text == "-" else j
    j = more[1] if j > i and not p[j].get("unit") and (more := amount(p, j)) else j
    isago_end = bool(p[j].get("unit") or p[j].get("half_unit")) and p[j + 1].is_one("ahead", "ago")
    return j + 2 if isago_end else 0


def read_ahead(p: Pieces, i: int) -> AheadHit | None:
    """Read "через два часа", "минут через 20", "in half an hour", "within the hour"."""
    if p[i].get("unit") in ("hour", "minute") and p[i + 1].is_one("ahead", "in"):
        counted = amount(p, i + 2)
        return _counted(i, counted[1], p[i].get("unit"), counted[0], "in") if counted else None
    way = p[i].get("ahead")
    j = i + 1 if way in ("in", "within") else i
    if p[j].get("half_unit"):
        is_ahead = way in ("in", "within") or p[j + 1].is_one("ahead", "later")
        after = j + 1 if way in ("in", "within") else j + 2
        minutes = float(p[j].get("half_unit") or 0)
        return _counted(i, after, "minute", minutes, way or "in") if is_ahead else None
    counted = amount(p, j)
    if (
        way and p[j].get("unit") in ("hour", "minute") and (counted := amount(p, j + 1))
    ):  # "через минут сорок"
        return _counted(i, counted[1], p[j].get("unit"), counted[0], way)
    count, k = counted or (1.0, j + 1 if p[j].text in ("a", "an", "the", "один") else j)
    if p[k].text == "-" and (more := amount(p, k + 1)):
        k = more[1]
    unit = p[k].get("unit")
    if unit not in ("hour", "minute"):
        return None
    k += 1
    if way not in ("in", "within"):
        return _counted(i, k + 1, unit, count, "in") if p[k].is_one("ahead", "later") else None
    if p[k].text == "-" and p[k + 1].is_one("cardinal", "1.5"):  # "через час-полтора"
        k += 2
    elif p[k].text in ("с", "and") and (p[k + 1].text in ("половиной", "a half") or p[k + 2].text == "half"):
        count, k = count + 0.5, k + 2 if p[k + 1].text != "a" else k + 3
    return _counted(i, k, unit, count, way)


def _counted(start: int, end: int, unit: str | None, count: float, way: str) -> AheadHit | None:
    span = timedelta(hours=count) if unit == "hour" else timedelta(minutes=count)
    if span > timedelta(hours=HOURS_MAX):
        return None
    grain = Grain.HOUR if unit == "hour" and count == int(count) else Grain.MINUTE
    if way == "within":
        return AheadHit(start, end, timedelta(), span, grain)
    return AheadHit(start, end, span, grain=grain)
