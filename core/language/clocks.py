"""Hours said in words: "в 2 часа дня", "с 14 до 16", "после 18", "вечером", "half past three"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

from core.language.lexicon import table
from core.meaning import Grain

NOON = 12
HOURS = 24
EARLY_MAX = 6  # "в 2" is two in the afternoon; masters do not come at two in the night
EVENING_MAX = 7  # "в 7" alone is seven in the evening


@dataclass(frozen=True, slots=True)
class ClockHit:
    """Hours found in a text. `begins` or `ends` may be open; `part` is a part of a day, no hour named."""

    start: int
    end: int
    begins: time | None
    ends: time | None
    grain: Grain
    part: bool = False
    is_sharp: bool = False  # the half of the day was said: "2pm", "9 утра", "14"


_CALENDAR = table("calendar")
_GENITIVE = {
    "часа": 1, "часу": 1, "двум": 2, "двух": 2, "трем": 3, "трех": 3, "четырем": 4, "четырех": 4,
    "пяти": 5, "шести": 6, "семи": 7, "восьми": 8, "девяти": 9, "десяти": 10, "одиннадцати": 11,
    "двенадцати": 12,
}  # fmt: skip
_PLAIN = {
    "час": 1, "два": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7, "восемь": 8, "девять": 9,
    "десять": 10, "одиннадцать": 11, "двенадцать": 12, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_ORDINAL = {
    "первого": 1, "второго": 2, "третьего": 3, "четвертого": 4, "пятого": 5, "шестого": 6, "седьмого": 7,
    "восьмого": 8, "девятого": 9, "десятого": 10, "одиннадцатого": 11, "двенадцатого": 12,
}  # fmt: skip
_SPELT = _GENITIVE | _PLAIN
_WORD = "|".join(_SPELT)
_B = r"(?<![а-яa-z\d.:/-])"
_E = r"(?![а-яa-z\d])"
_HALF = (
    r"(?:\s*(?:час\w{0,2}|ч\.?)(?![а-яa-z])|\s*o'?clock)?"
    r"(?:\s*(?P<{n}half>утра|дня|вечера|ночи|a\.?\s?m\.?|p\.?\s?m\.?)(?![а-яa-z]))?"
)


def _clock(name: str) -> str:
    digits = rf"(?P<{name}h>[01]?\d|2[0-4])(?:\s*[:.]\s*(?P<{name}m>[0-5]\d))?(?![\d])"
    spelt = rf"(?P<{name}w>{_WORD}){_E}"
    return rf"(?:{digits}|{spelt})" + _HALF.replace("{n}", name)


_NOT_UNIT = rf"(?!\s*(?:{_CALENDAR['unit']['words']}))"  # "в 2 раза", "на 3 дня" are no hours
_RANGE = re.compile(
    rf"{_B}(?:с|со|from|between|между)\s+{_clock('a')}\s*(?:до|по|и|to|till|until|and|-)\s*{_clock('b')}{_NOT_UNIT}"
)
_DASHED = re.compile(rf"{_B}{_clock('a')}\s*(?:-|до|to|till|until)\s*{_clock('b')}(?![-\d]){_NOT_UNIT}")
_AFTER = re.compile(
    rf"{_B}(?:после|не раньше|начиная с|с|со|от|after|from|not before|since)\s+{_clock('a')}{_NOT_UNIT}"
)
_BEFORE = re.compile(
    rf"{_B}(?:до|не позже|не позднее|before|by|until|till|no later than|up to)\s+{_clock('a')}{_NOT_UNIT}"
)
_AT = re.compile(
    rf"{_B}(?:в|во|к|ко|на|часов в|часам к|около|примерно в|где-то в|at|around|about|for|@)\s+"
    rf"(?:районе\s+)?{_clock('a')}{_NOT_UNIT}"
)
_MINUTES = re.compile(rf"{_B}(?P<ah>[01]?\d|2[0-3])[:](?P<am>[0-5]\d)(?!\d)" + _HALF.replace("{n}", "a"))
_DASH_MINUTES = re.compile(
    rf"{_B}(?:в|к|до|после|at)\s+(?P<ah>[01]?\d|2[0-3])[- ](?P<am>00|15|30|45)(?![\d-])"
    + _HALF.replace("{n}", "a")
)
_NAMED = re.compile(
    rf"{_B}(?P<ah>[01]?\d|2[0-3])(?:[:.](?P<am>[0-5]\d))?\s*(?:(?:час\w{{0,2}}|ч\.?)\s*)?"
    r"(?P<ahalf>утра|дня|вечера|ночи|a\.?m\.?|p\.?m\.?)(?![а-яa-z])"
    rf"|{_B}(?P<aw>{'|'.join(_PLAIN)})\s+(?:час\w{{0,2}}\s+)?"
    r"(?P<awhalf>утра|дня|вечера|ночи|am|pm|o'?clock)(?![а-яa-z])"
)
_HALF_PAST = re.compile(
    rf"{_B}(?:в\s+)?(?:половин[аеу]\s+|пол)(?P<next>{'|'.join(_ORDINAL)})(?P<half>\s+(?:утра|дня|вечера))?{_E}"
    rf"|half past (?P<past>\d{{1,2}}|{'|'.join(_PLAIN)})(?P<half2>\s*(?:am|pm))?"
)
_NOON = re.compile(rf"{_B}(?:в\s+|at\s+|after\s+|после\s+)?(?P<word>полдень|полудня|noon|midday){_E}")
_PARTS = {span: re.compile(rf"{_B}(?:{source}){_E}") for span, source in _CALENDAR["part"].items()}


def find_clocks(lower: str) -> list[ClockHit]:
    """Return the hours said in a text, from left to right, without overlaps; parts of days last."""
    hits: list[ClockHit] = []
    for hit in (*_ranges(lower), *_points(lower), *_parts(lower)):
        if not any(hit.start < other.end and other.start < hit.end for other in hits):
            hits.append(hit)
    return _disambiguated(sorted(hits, key=lambda hit: hit.start), lower)


def _ranges(lower: str) -> Iterator[ClockHit]:
    for pattern in (_RANGE, _DASHED):
        for match in pattern.finditer(lower):
            if pattern is _DASHED and _is_other(lower, match):
                continue
            hit = _range(match)
            if hit:
                yield hit


def _is_other(lower: str, match: re.Match[str]) -> bool:
    """Tell "30-14" of an address and "15-30" of a clock from "10-19"."""
    if match["am"] or match["bm"] or match["ahalf"] or match["bhalf"]:
        return False
    second = match["bh"]
    if second in ("00", "30", "45"):
        return True
    before = re.search(r"([а-яa-z]+)[ ,.]*$", lower[: match.start()])
    return bool(
        before
        and before[1] not in ("этого", "того")
        and before[1].endswith(("ая", "ого", "ова", "ева", "ина", "ул", "дом", "street"))
    )


def _range(match: re.Match[str]) -> ClockHit | None:
    first, second = _hour(match, "a"), _hour(match, "b")
    if first is None or second is None:
        return None
    (hour_a, minute_a, half_a), (hour_b, minute_b, half_b) = first, second
    hour_b = _halved(hour_b, half_b)
    if half_a is None and half_b in ("pm", "дня", "вечера") and hour_a < NOON and _pm(hour_a) < hour_b:
        # "between 3 and 5 pm", but "с 9 до 6 вечера" begins in the morning
        hour_a = _pm(hour_a) if hour_a <= EVENING_MAX else hour_a
    else:
        hour_a = _halved(hour_a, half_a)
    if half_a is None and half_b is None and hour_a <= EARLY_MAX and hour_b <= NOON:
        hour_a = _pm(hour_a)
    if hour_b * 60 + minute_b <= hour_a * 60 + minute_a and hour_b < NOON + 1:
        hour_b = _pm(hour_b)
    begins, ends = _time(hour_a, minute_a), _time(hour_b, minute_b)
    grain = Grain.MINUTE if minute_a or minute_b else Grain.HOUR
    return ClockHit(*match.span(), begins, ends, grain, is_sharp=True)


def _points(lower: str) -> Iterator[ClockHit]:
    for match in _HALF_PAST.finditer(lower):
        if match["next"]:
            hour, half = _ORDINAL[match["next"]] - 1 or NOON, (match["half"] or "").strip()
        else:
            hour, half = int(_PLAIN.get(match["past"], 0) or match["past"]), (match["half2"] or "").strip()
        yield ClockHit(
            *match.span(),
            time(likely_hour(hour, half or None) % 24, 30),
            None,
            Grain.MINUTE,
            is_sharp=bool(half),
        )
    for match in _NOON.finditer(lower):
        yield ClockHit(*match.span(), time(NOON), None, Grain.HOUR, is_sharp=True)
    for match in _DASH_MINUTES.finditer(lower):
        yield from _point(match)
    for pattern, side in (
        (_BEFORE, "ends"),
        (_AFTER, "begins"),
        (_AT, "begins"),
        (_MINUTES, "begins"),
        (_NAMED, "begins"),
    ):
        for match in pattern.finditer(lower):
            yield from _point(match, is_end=side == "ends")


def _point(match: re.Match[str], *, is_end: bool = False) -> Iterator[ClockHit]:
    found = _hour(match, "a")
    if found is None:
        return
    hour, minute, half = found
    if match.group().startswith(("с ", "со ", "from ", "since ")) and half is None and hour > EARLY_MAX:
        likely = hour  # "с 7" opens a working day
    else:
        likely = likely_hour(hour, half)
    moment = _time(likely, minute)
    has_minutes = (
        ":" in match.group() or "." in match.group().replace(".m", "") or minute > 0 or "-" in match.group()
    )
    grain = Grain.MINUTE if has_minutes else Grain.HOUR
    sharp = half is not None or hour > NOON or hour == 0
    yield ClockHit(
        *match.span(), None if is_end else moment, moment if is_end else None, grain, is_sharp=sharp
    )


def _hour(match: re.Match[str], name: str) -> tuple[int, int, str | None] | None:
    groups = match.groupdict()
    half = groups.get(f"{name}half") or groups.get(f"{name}whalf")
    half = half.replace(".", "").replace(" ", "") if half else None
    if word := groups.get(f"{name}w"):
        return _SPELT[word], 0, None if half and half.startswith("o") else half
    if groups.get(f"{name}h") is None:
        return None
    return int(groups[f"{name}h"] or 0), int(groups.get(f"{name}m") or 0), half


def _halved(hour: int, half: str | None) -> int:
    """Apply "am", "вечера" and so on."""
    if half in ("pm", "дня", "вечера"):
        return _pm(hour)
    if half in ("am", "ночи", "утра") and hour == NOON:
        return 0
    return hour


def likely_hour(hour: int, half: str | None = None) -> int:
    """Return the hour of the day that is meant: "в 2" is two in the afternoon."""
    if half is not None:
        return _halved(hour, half)
    return _pm(hour) if 1 <= hour <= EVENING_MAX else hour


def _pm(hour: int) -> int:
    return hour + NOON if hour < NOON else hour


def _time(hour: int, minute: int) -> time:
    """Return a time of day; 24:00 is the last minute, for there is no such time."""
    return time(23, 59) if hour >= HOURS else time(hour, minute)


def _parts(lower: str) -> Iterator[ClockHit]:
    for span, pattern in _PARTS.items():
        first, _, last = span.partition("-")
        ends = time.fromisoformat(last) if last else None
        for match in pattern.finditer(lower):
            yield ClockHit(*match.span(), time.fromisoformat(first), ends, Grain.HOUR, part=True)


def _disambiguated(hits: list[ClockHit], lower: str) -> list[ClockHit]:
    """Let a part of a day say which half an hour beside it belongs to: "this evening after 7"."""
    parts = [hit for hit in hits if hit.part]
    sharp = [hit for hit in hits if not hit.part]
    if not parts or not sharp:
        return hits
    kept: list[ClockHit] = []
    used: set[int] = set()
    for hit in sharp:
        near = min(parts, key=lambda part: abs(part.start - hit.start))
        between = lower[min(near.end, hit.end) : max(near.start, hit.start)]
        if re.search(r"[;.!?\n]|(?<![а-яa-z])(?:или|or|и|and)(?![а-яa-z])", between):
            kept.append(hit)
            continue
        used.add(near.start)
        kept.append(hit if hit.is_sharp else _shifted(hit, near))
    kept += [part for part in parts if part.start not in used]
    return sorted(kept, key=lambda hit: hit.start)


def _shifted(hit: ClockHit, part: ClockHit) -> ClockHit:
    """Move an hour into the half of the day that a part names."""
    is_late = part.begins is not None and part.begins.hour >= NOON

    def moved(moment: time | None) -> time | None:
        if moment is None:
            return None
        if is_late:
            return moment.replace(hour=_pm(moment.hour))
        return (
            moment.replace(hour=moment.hour - NOON)
            if moment.hour > NOON and moment.hour - NOON >= EARLY_MAX
            else moment
        )

    return ClockHit(hit.start, hit.end, moved(hit.begins), moved(hit.ends), hit.grain, is_sharp=True)
