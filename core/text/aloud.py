"""Facts for the ear: the money, times and numbers that `core.text.facts` shows, in words a voice says well.

A voice stumbles over digits, signs, brackets, links and lines, so a spoken form has none of them.
Where a Russian sentence asks for another case, its text says so: `от { GEN($low) }`, `на { ACC($span) }`.
"""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.kernel.money import Money
from core.text import facts as told
from core.text.facts import Told
from core.text.numerals import Case, Noun, counted, en, ru, spelt

_HALF_AN_HOUR, _HOUR, _HOUR_AND_HALF = 30, 60, 90  # minutes that have a name of their own
_NOON = 12
_DIGITS_MAX = 7  # a longer row of digits is a code, not a count

_COINS = {
    "RUB": (
        Noun("рубль", "рубля", "рублей"),
        Noun("копейка", "копейки", "копеек", is_feminine=True, acc="копейку"),
    ),
    "KZT": (Noun("тенге", "тенге", "тенге"), Noun("тиын", "тиына", "тиынов")),
}
_EN_COINS = {"RUB": ("rouble", "roubles", "kopeck", "kopecks"), "KZT": ("tenge", "tenge", "tiyn", "tiyn")}
_HOURS = Noun("час", "часа", "часов")
_PERCENT = Noun("процент", "процента", "процентов")
_MINUTES = Noun("минута", "минуты", "минут", is_feminine=True, acc="минуту")
_PARTS_OF_DAY = ((4, "ночи"), (12, "утра"), (17, "дня"), (24, "вечера"))  # until which hour
_EN_PARTS_OF_DAY = (
    *((4, "at night"), (12, "in the morning"), (17, "in the afternoon"), (24, "in the evening")),
)
_ORDINALS = (
    *("", "первого", "второго", "третьего", "четвёртого", "пятого", "шестого", "седьмого", "восьмого"),
    *("девятого", "десятого", "одиннадцатого", "двенадцатого", "тринадцатого", "четырнадцатого"),
    *("пятнадцатого", "шестнадцатого", "семнадцатого", "восемнадцатого", "девятнадцатого"),
    *("двадцатого", "тридцатого"),
)
_EN_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
    "twenty": "twentieth",
    "thirty": "thirtieth",
}
_FROM_DAY = (
    *("понедельника", "вторника", "среды", "четверга", "пятницы", "субботы", "воскресенья"),
)  # с понедельника
_TO_DAY = ("понедельник", "вторник", "среду", "четверг", "пятницу", "субботу", "воскресенье")  # по пятницу

_LINE_END = re.compile(r"(?P<mark>[.,:;!?])?[ ]*\n(?:• )?")
_QUOTED = re.compile(r"(?<=\w)(?<!\bили)(?<!\bor) (?=[«“])")  # скажите «беру» или «не могу»
_PHONE = re.compile(r"\+(?:7 \d{3} \d{3}-\d\d-\d\d|\d{8,15})")
_JOB_NUMBER = re.compile(r"\b(?P<letter>[A-ZА-ЯЁ])-(?P<digits>\d{4,6})\b")
_HOUR_OF_DAY = r"(?:[01]?\d|2[0-3]):[0-5]\d"
_CLOCKS = re.compile(rf"\b(?P<from>{_HOUR_OF_DAY})–(?P<to>{_HOUR_OF_DAY})\b")
_CLOCK = re.compile(rf"\b{_HOUR_OF_DAY}\b")
_GLUED = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")  # a house 30к2
_STROKE = re.compile(r"(?<=\d)/(?=\d)")
_NUMBER = re.compile(r"(?P<digits>\d+)(?P<percent> ?%)?")
_WORD_BEFORE = re.compile(r"(\w+)\s$")
_WORD_AFTER = re.compile(r"^\s(\w+)")
_QUOTES = str.maketrans("", "", '«»“”"•★')
_TAKES_GENITIVE = {"с", "со", "до", "от", "около", "из"}
_LATIN = dict(
    zip("АВЕКМНОРСТХ", "ABEKMHOPCTX", strict=True)
)  # the letter of a job number, for an English ear


def money(amount: Money, *, lang: str) -> Told:
    """Say an amount: `две тысячи двести пять рублей`."""
    whole, rest = divmod(abs(amount.minor), 100)
    code = amount.currency.value
    if lang != "ru":
        one, many, coin, coins = _EN_COINS[code]
        words = f"{en(whole)} {one if whole == 1 else many}"
        tail = f" {en(rest)} {coin if rest == 1 else coins}" if rest else ""
        return Told(f"{'minus ' if amount.minor < 0 else ''}{words}{tail}")
    noun, small = _COINS[code]
    sign = "минус " if amount.minor < 0 else ""

    def said(case: Case) -> str:
        return f"{sign}{counted(whole, noun, case)}" + (f" {counted(rest, small, case)}" if rest else "")

    return Told(said(Case.NOM), gen=said(Case.GEN), acc=said(Case.ACC))


def price_range(prices: told.PriceRange, *, lang: str) -> Told:
    """Say a range: `от двух тысяч восьмисот до трёх тысяч двухсот рублей`."""
    high = money(prices.high, lang=lang)
    if prices.low == prices.high:
        return high
    low = money(prices.low, lang=lang)
    if lang != "ru":
        return Told(f"{_shared(low, high)} to {high}")
    return Told(f"от {_shared(low.gen, high.gen)} до {high.gen}")  # in every case: обещали от … до …


def span(length: timedelta, *, lang: str) -> Told:
    """Say a length of time: `полтора часа`, `час двадцать минут`."""
    total = int(length.total_seconds()) // 60
    hours, minutes = divmod(total, 60)
    if lang != "ru":
        named = {_HALF_AN_HOUR: "half an hour", _HOUR: "an hour", _HOUR_AND_HALF: "an hour and a half"}
        parts = [f"{en(hours)} hour{'s' * (hours != 1)}"] * bool(hours)
        parts += [f"{en(minutes)} minute{'s' * (minutes != 1)}"] * bool(minutes or not hours)
        return Told(named.get(total, " ".join(parts)))
    if total == _HALF_AN_HOUR:
        return Told("полчаса", gen="получаса")
    if total == _HOUR_AND_HALF:
        return Told("полтора часа", gen="полутора часов")

    def said(case: Case) -> str:
        whole = _hours(hours, case) if hours else ""
        rest = counted(minutes, _MINUTES, case) if minutes or not hours else ""
        return " ".join(filter(None, (whole, rest)))

    return Told(said(Case.NOM), gen=said(Case.GEN), acc=said(Case.ACC))


def _hours(hours: int, case: Case) -> str:
    """Say hours; a single one without its number: `час`, `часа`."""
    words = counted(hours, _HOURS, case)
    return words.split(" ", 1)[1] if hours == 1 else words


def day(local: date, *, today: date, lang: str) -> str:
    """Say a day: `завтра`, `в субботу, двадцать восьмого ноября`."""
    shown = told.day(local, today=today, lang=lang)
    if lang == "ru":
        return shown.replace(f" {local.day} ", f" {ordinal(local.day, lang='ru')} ")
    return shown.replace(f" {local.day} ", f" the {ordinal(local.day, lang='en')} of ")


def days(run: told.DayRange, *, lang: str) -> str:
    """Say days in a row: `с понедельника по пятницу, со второго по шестое марта`."""
    first, last = run.first, run.last
    since, until = ordinal(first.day, lang=lang), ordinal(last.day, lang=lang)
    months = told.MONTHS[lang]
    if lang != "ru":
        weekdays = told.WEEKDAYS["en"]
        return (
            f"{weekdays[first.weekday()]} the {since} of {months[first.month - 1]} to "
            f"{weekdays[last.weekday()]} the {until} of {months[last.month - 1]}"
        )
    until = f"{until[:-3]}е" if until.endswith("третьего") else f"{until[:-3]}ое"
    month = f" {months[first.month - 1]}" if first.month != last.month else ""
    weekday = _FROM_DAY[first.weekday()]
    return (
        f"{'со' if weekday.startswith('вт') else 'с'} {weekday} по {_TO_DAY[last.weekday()]}, "
        f"{'со' if since.startswith('вт') else 'с'} {since}{month} по {until} {months[last.month - 1]}"
    )


def ordinal(number: int, *, lang: str) -> str:
    """Say the day of a month: `двадцать восьмого`, `twenty-eighth`."""
    tens, unit = divmod(number, 10)
    if lang != "ru":
        *head, last = en(number).rpartition("-")
        return "".join(head) + _EN_ORDINALS.get(last, f"{last}th")
    if number <= 20:  # noqa: PLR2004 - those of two words begin with the next
        return _ORDINALS[number]
    return f"{ru(tens * 10)} {_ORDINALS[unit]}" if unit else _ORDINALS[-1]


def clock(hour: int, minute: int, *, lang: str) -> Told:
    """Say an hour of the day: `два часа дня`, `четырнадцать тридцать`."""
    if lang != "ru":
        return Told(_english_clock(hour, minute))
    if minute:
        zero = "ноль " if minute < 10 else ""  # noqa: PLR2004 - девять ноль пять
        hours = {case: _hours(1, case) if hour == 1 else ru(hour, case) for case in Case}
        said = {case: f"{hours[case]} {zero}{ru(minute, case)}" for case in Case}
    else:
        part = next(name for until, name in _PARTS_OF_DAY if hour < until)
        twelve = hour % _NOON or _NOON
        said = {case: f"{_hours(twelve, case)} {part}" for case in Case}
    return Told(said[Case.NOM], gen=said[Case.GEN], acc=said[Case.ACC])


def moment(at: datetime, *, now: datetime, zone: ZoneInfo, lang: str) -> Told:
    """Say a moment: `завтра в два часа дня`."""
    local = at.astimezone(zone)
    name = day(local.date(), today=now.astimezone(zone).date(), lang=lang)
    hour = clock(local.hour, local.minute, lang=lang)
    if lang != "ru":
        return Told(f"{name} at {hour}")
    comma = "," if name.startswith(("в ", "во ")) else ""
    return Told(f"{name}{comma} в {hour.acc}")


def phone(number: str, *, lang: str) -> str:
    """Say a number in the groups it is written in."""
    shown = told.phone(number)
    groups = re.findall(r"\d+" if " " in shown else r"\d{1,3}", shown)
    if lang != "ru":
        zero_to_nine = [" ".join(en(int(digit)) for digit in group) for group in groups]
        return "plus " + ", ".join(zero_to_nine)
    return "плюс " + ", ".join(spelt(group, lang) for group in groups)


def plain(text: str, *, lang: str) -> str:
    """Say what is still written in a text: lines, quotes, clocks, job numbers and counts."""
    text = _LINE_END.sub(lambda found: f"{found['mark'] or '.'} ", text)
    text = _QUOTED.sub(": ", text).translate(_QUOTES)
    text = _PHONE.sub(lambda found: phone(found[0].replace(" ", "").replace("-", ""), lang=lang), text)
    text = _JOB_NUMBER.sub(lambda found: _job_number(found, lang), text)
    text = _CLOCKS.sub(lambda found: _clocks(found, lang), text)
    text = _CLOCK.sub(lambda found: _clock(found[0], lang), text)
    text = _STROKE.sub(" дробь " if lang == "ru" else " stroke ", _GLUED.sub(" ", text))
    return _NUMBER.sub(lambda found: _number(found, lang), text).strip()


def _job_number(found: re.Match[str], lang: str) -> str:
    letter, digits = found["letter"], found["digits"]
    groups = (digits[:2], digits[2:]) if len(digits) <= 5 else (digits[:3], digits[3:])  # noqa: PLR2004
    said = " ".join(spelt(group, lang) for group in groups)
    return f"{_LATIN.get(letter, letter) if lang != 'ru' else letter} {said}"


def _clock(written: str, lang: str) -> Told:
    hour, minute = (int(part) for part in written.split(":"))
    return clock(hour, minute, lang=lang)


def _clocks(found: re.Match[str], lang: str) -> str:
    since, until = _clock(found["from"], lang), _clock(found["to"], lang)
    return f"с {since.gen} до {until.gen}" if lang == "ru" else f"{since} to {until}"


def _number(found: re.Match[str], lang: str) -> str:
    digits, is_share = found["digits"], found["percent"] is not None
    if len(digits) > _DIGITS_MAX or digits.startswith("0"):
        return ", ".join(spelt(digits[at : at + 3], lang) for at in range(0, len(digits), 3))
    number = int(digits)
    if lang != "ru":
        return en(number) + (" percent" if is_share else "")
    before = _WORD_BEFORE.search(found.string[: found.start()])
    case = Case.GEN if before and before[1].lower() in _TAKES_GENITIVE else Case.NOM
    if is_share:
        return counted(number, _PERCENT, case)
    after = _WORD_AFTER.search(found.string[found.end() :])
    noun = after[1] if after else ""
    case = Case.ACC if noun == _MINUTES.acc else case
    return ru(number, case, is_feminine=noun.startswith(_MINUTES.one[:-1]))


def _shared(low: str, high: str) -> str:
    """Drop from the low price the name of the money, when the high one names it too."""
    head, _, unit = low.rpartition(" ")
    return head if high.endswith(f" {unit}") else low


def _english_clock(hour: int, minute: int) -> str:
    if minute == 0 and hour % _NOON == 0:
        return "noon" if hour else "midnight"
    part = next(name for until, name in _EN_PARTS_OF_DAY if hour < until)
    zero = ["oh"] if 0 < minute < 10 else []  # noqa: PLR2004 - nine oh five
    words = [en(hour % _NOON or _NOON), *zero, *([en(minute)] if minute else []), part]
    return " ".join(words)
