"""Times that a client asks for, leaning to the future."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from core.language.clocks import ClockHit, find_clocks, likely_hour
from core.language.days import DayHit, find_days
from core.language.lexicon import table
from core.language.numbers import word_value
from core.meaning import Grain, When

DAY = timedelta(days=1)
RESULTS_MAX = 6
DAYS_MAX = 2  # of a span such as the weekend, each with the hours that were named
EVENING = 17  # an evening that has begun is still this evening

_NO_TIME = re.compile("|".join(table("calendar")["past"]["words"].splitlines()))
_SINCE_MORNING = re.compile(r"(?<![а-яa-z])с (?:самого )?утра(?![а-яa-z])")
_NOW = re.compile(r"(?<![а-яa-z])(?:прямо сейчас|прям сейчас|сейчас|right now|now)(?![а-яa-z])")
_AHEAD = re.compile(
    r"(?<![а-яa-z])(?:через|in)\s+(?:(?P<half>полчаса|пол часа|half an hour)|(?P<fifteen>полтора часа)"
    r"|(?:(?P<count>\d{1,3}|[а-яa-z]+)\s+)?(?P<unit>час\w{0,2}|ч|hours?|hrs?|минут\w{0,2}|мин|minutes?|mins?))(?![а-яa-z])"
)
_BARE = re.compile(r"\s*(?:в|к|at|на)?\s*([01]?\d|2[0-3])(?:[\s:.-]+([0-5]\d))?\s*(?:ч|час\w{0,2})?\.?\s*")
_AFTER_DAY = re.compile(  # "завтра 10"
    rf"\s*,?\s*([01]?\d|2[0-3])(?![\d.:/-])(?!\s*(?:{table('calendar')['unit']['words']}|и\s+\d))"
)


def find_times(lower: str, now: datetime) -> tuple[When, ...]:
    """Return the times said in a text, the first said first."""
    text = _NO_TIME.sub(lambda match: ";" + " " * (len(match.group()) - 1), lower)
    found: list[tuple[int, When]] = []
    ahead = ((match.start(), _ahead(match, now)) for match in _AHEAD.finditer(text))
    found += [(start, when) for start, when in ahead if when is not None]
    text = _AHEAD.sub(lambda match: ";" + " " * (len(match.group()) - 1), text)
    days = find_days(text, now.date())
    clocks = _clocks(text, days)
    if not days and not clocks and not found and (present := _NOW.search(text)):
        found.append((present.start(), When(now, None, Grain.MINUTE)))
    found += _combined(days, clocks, now)
    found.sort(key=lambda item: item[0])
    return tuple(dict.fromkeys(when for _, when in found))[:RESULTS_MAX]


def bare_times(lower: str, now: datetime) -> tuple[When, ...]:
    """Return the hour that a lone number may be: "14" is the next two o'clock in the afternoon."""
    match = _BARE.fullmatch(lower)
    if not match:
        return ()
    clock = time(likely_hour(int(match[1])), int(match[2] or 0))
    return (_future(clock, None, Grain.MINUTE if match[2] else Grain.HOUR, now),)


def _ahead(match: re.Match[str], now: datetime) -> When | None:
    if match["half"]:
        span = timedelta(minutes=30)
    elif match["fifteen"]:
        span = timedelta(minutes=90)
    else:
        word = match["count"]
        count = 1 if word in (None, "a", "an") else 2 if word in ("пару", "couple") else word_value(str(word))
        if count is None:
            return None
        is_hours = match["unit"][0] in "чh"
        span = timedelta(hours=count) if is_hours else timedelta(minutes=count)
    return When(now + span, None, Grain.MINUTE)


def _clocks(text: str, days: Sequence[DayHit]) -> list[ClockHit]:
    """Return the clocks beside the days; "с утра" alone tells since when, and "завтра 10" is ten o'clock."""
    masked = text
    for day in days:
        if day.sort != "day" or not re.search("tonight|this", text[day.start : day.end]):
            masked = masked[: day.start] + " " * (day.end - day.start) + masked[day.end :]
    if not days:
        masked = _SINCE_MORNING.sub(lambda match: " " * len(match.group()), masked)
    clocks = find_clocks(masked)
    for day in days:
        match = _AFTER_DAY.match(text, day.end)
        if match and not any(clock.start < match.end() and match.start(1) < clock.end for clock in clocks):
            clock = time(likely_hour(int(match[1])))
            clocks.append(ClockHit(match.start(1), match.end(1), clock, None, Grain.HOUR))
    return sorted(clocks, key=lambda clock: clock.start)


def _combined(days: Sequence[DayHit], clocks: Sequence[ClockHit], now: datetime) -> list[tuple[int, When]]:
    """Give each day its hours: those after it, or before it if the text begins with them."""
    if not days:
        return [(clock.start, _future(clock.begins, clock.ends, clock.grain, now)) for clock in clocks]
    mine: dict[int, list[ClockHit]] = {place: [] for place in range(len(days))}
    for clock in clocks:
        before = [place for place, day in enumerate(days) if day.start <= clock.start]
        mine[before[-1] if before else 0].append(clock)
    found = []
    for place, day in enumerate(days):
        shared = mine[place] or _shared(days, mine, place)
        if not shared:
            found.append((day.start, _whole(day)))
        for clock in shared:
            whens = [_on(each, clock) for each in day.days]
            coming = [when for when in whens if when.end is None or when.end > now] or whens
            found += [(day.start, when) for when in coming[:DAYS_MAX]]
    return found


def _shared(days: Sequence[DayHit], mine: dict[int, list[ClockHit]], place: int) -> list[ClockHit]:
    """Let days that are named together share their hours: "в субботу или воскресенье утром"."""
    following = place + 1
    if following < len(days) and days[following].start - days[place].end <= len(" или в "):
        return mine[following]
    return []


def _whole(day: DayHit) -> When:
    start = datetime.combine(day.days[0], time())
    return When(start, datetime.combine(day.days[-1], time()) + DAY, day.grain)


def _on(day: date, clock: ClockHit) -> When:
    start = datetime.combine(day, clock.begins or time())
    end = datetime.combine(day, clock.ends) if clock.ends else None
    return When(start, end, clock.grain)


def _future(begins: time | None, ends: time | None, grain: Grain, now: datetime) -> When:
    """Put hours on today, or on tomorrow where today's have gone by."""
    today = now.date()
    last = ends or begins or time()
    is_over = datetime.combine(today, last) <= now and not (
        begins and begins.hour >= EVENING and ends is None
    )
    day = today + DAY if is_over else today
    start = datetime.combine(day, begins or time())
    return When(start, datetime.combine(day, ends) if ends else None, grain)
