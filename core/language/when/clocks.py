"""Hours said in words: "в 2 часа дня", "с 14 до 16", "после 18", "без пятнадцати три", "half past three"."""

from dataclasses import dataclass, replace
from datetime import time

from core.language.when.amounts import cardinal, is_counted, ordinal
from core.language.when.timewords import Pieces
from core.meaning import Grain

NOON, HOURS, HOUR_MIN = 12, 24, 60
EARLY_MAX = 6  # "с 6" opens an evening, "с 7" a working day
LIKELY_PM_MAX = 7  # "в 7" alone is seven in the evening: masters do not come in the night
NIGHT_FROM = 10  # "10 ночи" is late, "2 ночи" early
FORENOON = (10, 11)  # "11 дня" is before noon
PAIR = 2  # digits of minutes
QUARTER = 15
HALF = 30
STEP = 5  # minutes: "9-20" after "в" is twenty past nine, "9-18" are hours
MIDNIGHT = time(23, 59)  # 24:00, which no `time` can hold

_ROUND_MINUTES = range(0, HOUR_MIN, STEP)


@dataclass(frozen=True, slots=True)
class Clock:
    """One time of a day as it was said, its half perhaps unknown; `after` is the place behind it."""

    hour: int
    minute: int
    after: int
    half: str | None = None  # am, day, pm or night
    is_exact: bool = False  # nothing about it needs to be guessed
    has_minutes: bool = False
    is_plain: bool = False  # a number and nothing else: only what stands before it makes it an hour

    @property
    def is_real(self) -> bool:
        """Tell whether a clock can show it."""
        return self.hour * HOUR_MIN + self.minute <= HOURS * HOUR_MIN and self.minute < HOUR_MIN

    @property
    def likely(self) -> time:
        """The time of day that is meant where nothing else tells."""
        if self.half is None and not self.is_exact and 1 <= self.hour <= LIKELY_PM_MAX:
            return _time(self.hour + NOON, self.minute)
        return self.at(self.half)

    def at(self, half: str | None) -> time:
        """The time of day in a half of the day; its own half counts first."""
        if self.is_exact:
            return _time(self.hour, self.minute)
        return _time(_halved(self.hour, self.half or half), self.minute)


def read_clock(p: Pieces, i: int) -> Clock | None:
    """Read one time of day, possible or not, without the preposition before it."""
    found = _fixed(p, i) or _past_or_to(p, i) or _before_the_hour(p, i) or _of_the_next(p, i) or _number(p, i)
    if found is None:
        return None
    return _with_half(p, found)


def _fixed(p: Pieces, i: int) -> Clock | None:
    """Read noon and midnight."""
    if said := p[i].get("fixed"):
        return Clock(int(said[:2]), 0, i + 1, is_exact=True)
    if p[i].is_one("hourly") and p[i].senses.keys() & {"hourly"} and _is_one_o_clock(p, i):
        return Clock(1, 0, i + 1, is_plain=True)
    return None


def _is_one_o_clock(p: Pieces, i: int) -> bool:
    """Tell "в час" and "до часу" from "часов в пять" and "час назад"."""
    if p[i].text not in ("час", "часу", "часа", "часом", "часик") or not p[i - 1].is_one("lead"):
        return False
    return not (p[i + 1].is_one("lead", "at") and cardinal(p, i + 2))


def _half_word(p: Pieces, i: int, *values: str) -> bool:
    return p[i].is_one("spoken", *values)


def _past_or_to(p: Pieces, i: int) -> Clock | None:
    """Read "half past nine", "quarter to three", "ten past four" and the British "half nine"."""
    if _half_word(p, i, "half") and p[i].text == "half":
        j = i + 2 if _half_word(p, i + 1, "past") else i + 1
        hour = cardinal(p, j)
        return _shifted(hour, HALF) if hour and not p[hour[1]].get("unit") else None
    if _half_word(p, i, "quarter"):
        minutes, j = QUARTER, i + 1
    else:
        found = cardinal(p, i)
        if found is None or found[0] >= HOUR_MIN:
            return None
        minutes, j = found
        is_named = p[j].is_one("unit", "minute")
        j = j + 1 if is_named else j
        if not is_named and not _is_spelt_minutes(p, i, j):
            return None
    if not _half_word(p, j, "past", "to") or p[j].text == "till":
        return None
    hour = cardinal(p, j + 1)
    if hour is None:
        return None
    return _shifted(hour, minutes if _half_word(p, j, "past") else -minutes)


def _is_spelt_minutes(p: Pieces, i: int, j: int) -> bool:
    """Tell "at ten to five" and "ten past five" from the range "10 to 5" and "5 after 6"."""
    if p[j].text == "past":
        return True
    return p[j].text == "to" and not p[i].digits and p[i - 1].text == "at"


def _before_the_hour(p: Pieces, i: int) -> Clock | None:
    """Read "без пятнадцати три"."""
    if not _half_word(p, i, "without"):
        return None
    if _half_word(p, i + 1, "quarter"):
        minutes, j = QUARTER, i + 2
    elif found := cardinal(p, i + 1):
        minutes, j = found
    else:
        return None
    j = j + 1 if p[j].is_one("unit", "minute") else j
    if p[j].text == "час":
        return _shifted((1, j + 1), -minutes)
    hour = cardinal(p, j)
    return _shifted(hour, -minutes) if hour and hour[0] <= NOON and minutes < HOUR_MIN else None


def _of_the_next(p: Pieces, i: int) -> Clock | None:
    """Read "половина девятого", "четверть третьего", "десять минут шестого" and "в девятом часу"."""
    if _half_word(p, i, "half") and p[i].text != "half":
        hour = ordinal(p, i + 2 if p[i + 1].text == "-" else i + 1)
        return _shifted(hour, HALF, -1) if hour else None
    if _half_word(p, i, "quarter"):
        hour = ordinal(p, i + 1)
        return _shifted(hour, QUARTER, -1) if hour else None
    minutes = cardinal(p, i)
    if minutes and p[minutes[1]].is_one("unit", "minute") and (hour := ordinal(p, minutes[1] + 1)):
        return _shifted(hour, minutes[0], -1) if hour[0] <= NOON else None
    hour = ordinal(p, i)
    if hour and p[hour[1]].text == "часу" and hour[0] <= NOON:
        return _shifted((hour[0], hour[1] + 1), 0, -1)
    return None


def _shifted(hour: tuple[int, int], minutes: int, hours: int = 0) -> Clock | None:
    """Return a clock so many minutes past (or before) an hour of twelve or twenty-four."""
    value, after = hour
    if value > HOURS:
        return None
    total = (value + hours) * HOUR_MIN + minutes
    if total < HOUR_MIN:  # half an hour before one is half past twelve
        total += NOON * HOUR_MIN
    return Clock(total // HOUR_MIN, total % HOUR_MIN, after, is_exact=value > NOON, has_minutes=True)


def _number(p: Pieces, i: int) -> Clock | None:
    """Read "9", "9:30", "9.30", "9-30", "9 30", "930", "девять тридцать", "9 часов 30 минут"."""
    found = cardinal(p, i)
    if found is None:
        return None
    hour, j = found
    written = p[i].digits
    if len(written) > PAIR:
        return _run_together(p, i)
    is_exact = hour > NOON or hour == 0 or (len(written) == PAIR and written[0] == "0")
    minute, after = _minutes(p, i, j)
    if minute is None and p[j].is_one("hourly", "clock"):
        after = j + 1
        spoken = cardinal(p, after)
        if spoken and p[spoken[1]].is_one("unit", "minute"):
            minute, after = spoken[0], spoken[1] + 1
        elif p[after].is_glued and len(p[after].digits) == PAIR:  # "9ч30"
            minute, after = int(p[after].digits), after + 1
    if minute is not None and p[after].is_one("hourly", "clock"):
        after += 1
    return Clock(
        hour, minute or 0, after,
        is_exact=is_exact, has_minutes=minute is not None, is_plain=minute is None,
    )  # fmt: skip


def _run_together(p: Pieces, i: int) -> Clock | None:
    """Read "930" and "1830" where a preposition or a half of the day makes them an hour."""
    written = p[i].digits
    hour, minute = int(written[:-PAIR]), int(written[-PAIR:])
    is_led = p[i - 1].is_one("lead") or p[i - 1].text == "и"
    is_named = p[i + 1].is_one("half") or p[i + 1].is_one("hourly", "clock")
    if not (is_led or is_named) or minute % STEP or hour > HOURS or minute >= HOUR_MIN:
        return None
    after = i + 2 if p[i + 1].is_one("hourly", "clock") else i + 1
    return Clock(hour, minute, after, is_exact=hour > NOON or written[0] == "0", has_minutes=True)


def _minutes(p: Pieces, i: int, j: int) -> tuple[int | None, int]:
    """Read the minutes behind an hour, if there are any."""
    if not p[i].digits:
        spoken = _spoken_minutes(p, j)
        return spoken or (None, j)
    sign, number = p[j], p[j + 1]
    if len(number.digits) == PAIR and number.is_glued and sign.text in (":", "."):
        return int(number.digits), j + 2
    if sign.text == ":" and len(number.digits) == PAIR and not sign.is_glued:
        return int(number.digits), j + 2
    if sign.text == "-" and sign.is_glued and number.is_glued and _is_minutes(p, i, j + 1):
        return int(number.digits), j + 2
    if (
        len(sign.digits) == PAIR
        and p[i - 1].is_one("lead")
        and int(sign.digits) in _ROUND_MINUTES
        and (_is_free(p, j + 1))
    ):
        return int(sign.digits), j + 1
    return None, j


def _spoken_minutes(p: Pieces, j: int) -> tuple[int, int] | None:
    if p[j].is_one("cardinal", "0"):
        if p[j].text == "ноль ноль":
            return 0, j + 1
        unit = cardinal(p, j + 1)
        return (unit[0], unit[1]) if unit and not p[j + 1].digits else None
    found = cardinal(p, j)
    if found and not p[j].digits and NIGHT_FROM <= found[0] < HOUR_MIN and _is_free(p, found[1]):
        return found
    return None


def _is_minutes(p: Pieces, i: int, m: int) -> bool:
    """Tell the minutes of "в 9-30" and "9-00 - 18-00" from the hours of "9-18"."""
    written = p[m].digits
    if (
        len(written) != PAIR
        or int(written) >= HOUR_MIN
        or (
            p[m + 1].text == "-"
            and p[m + 1].is_glued
            and (p[m + 2].is_glued and len(p[m + 2].digits) not in (1, PAIR))
        )
    ):
        return False
    if written in ("00", "30", "45") or int(written) > HOURS:
        return int(written) % STEP == 0
    return (
        p[i - 1].is_one("lead", "at", "after", "before", "by", "ended")
        and int(written) % STEP == 0
        and (written == "15" or int(written) <= int(p[i].digits))
    )


def _is_free(p: Pieces, i: int) -> bool:
    """Tell that nothing at a place claims the number before it: no month, unit or thing."""
    return not (p[i].get("month") or p[i].get("of_month") or is_counted(p, i)) and not (
        p[i].get("unit") and not p[i].get("half") and not p[i].get("hourly")
    )


def _with_half(p: Pieces, clock: Clock) -> Clock:
    """Read the words behind an hour: "часов", "ровно", "утра", "pm"."""
    after, is_plain = clock.after, clock.is_plain
    while p[after].get("hourly") and not p[after].is_one("half"):
        after, is_plain = after + 1, False
    half = p[after].get("half")
    if half and p[after].text not in ("утром", "вечером", "днем", "ночью"):
        after, is_plain = after + 1, False
        clock = replace(clock, half=half, is_exact=clock.is_exact and clock.hour != NOON)
        while p[after].is_one("hourly", "sharp"):
            after += 1
    return replace(clock, after=after, is_plain=is_plain)


def _halved(hour: int, half: str | None) -> int:
    """Apply a half of the day to an hour of twelve."""
    if hour > NOON or half is None:
        return hour
    if half == "am":
        return hour % NOON
    if half == "night":
        return HOURS if hour == NOON else hour + NOON if hour >= NIGHT_FROM else hour
    if half == "day" and hour in FORENOON:
        return hour
    if hour == NOON:
        return NOON
    return hour + NOON


def _time(hour: int, minute: int) -> time:
    return MIDNIGHT if hour >= HOURS else time(hour, minute)


def span_of(first: Clock, second: Clock, half: str | None) -> tuple[time, time]:
    """Return the bounds of "с 9 до 6", "с 2 до 4", "between 3 and 5 pm": who says half, says it for both."""
    if first.half or first.is_exact:
        begins = first.at(None)
        return begins, _later(second, begins, half)
    if second.half or second.is_exact:
        ends = second.at(None)
        told = "pm" if second.half in ("day", "pm") else second.half
        begins = first.at(told if second.half else None)
        if begins >= ends or (told == "pm" and first.hour == NOON):
            begins = first.at("am") if first.hour != NOON else time(NOON, first.minute)
        if second.half is None and 1 <= first.hour <= EARLY_MAX and _pm(first) < ends and half is None:
            begins = _pm(first)
        return begins, ends
    if half:
        begins = first.at(half)
        return begins, _later(second, begins, half)
    begins = first.at(None)
    is_evening = first.hour <= EARLY_MAX and first.hour < second.hour < NOON
    if is_evening:
        begins = _pm(first)
    elif first.hour < EARLY_MAX and second.hour <= first.hour:
        begins = first.at("am")
    return begins, _later(second, begins, None)


def _pm(clock: Clock) -> time:
    return clock.at("pm")


def _later(clock: Clock, begins: time, half: str | None) -> time:
    """Return a closing time behind an opening one."""
    if clock.half or clock.is_exact:
        return clock.at(None)
    ends = clock.at(half)
    if ends <= begins:
        ends = _time(clock.hour + NOON, clock.minute) if clock.hour <= NOON else ends
    return ends


def grain_of(*clocks: Clock | None) -> Grain:
    """Return how exact hours were said."""
    return Grain.MINUTE if any(clock and clock.has_minutes for clock in clocks) else Grain.HOUR
