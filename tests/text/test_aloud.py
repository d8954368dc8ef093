"""What a voice says: numbers, money, hours and days in words, in the case the sentence asks for."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from core.kernel.money import Currency, Money
from core.text import aloud
from core.text.catalogue import catalogue
from core.text.facts import DayRange, PriceRange
from core.text.numerals import Case, en, ru

ZONE = ZoneInfo("Europe/Kaliningrad")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # a Tuesday, 12:00 in Kaliningrad


def rub(rubles: int, kopecks: int = 0) -> Money:
    """Return an amount."""
    return Money(rubles * 100 + kopecks, Currency.RUB)


@pytest.mark.parametrize(
    ("rubles", "nominative", "genitive", "accusative"),
    [
        (1, "один рубль", "одного рубля", "один рубль"),
        (2, "два рубля", "двух рублей", "два рубля"),
        (5, "пять рублей", "пяти рублей", "пять рублей"),
        (11, "одиннадцать рублей", "одиннадцати рублей", "одиннадцать рублей"),
        (21, "двадцать один рубль", "двадцати одного рубля", "двадцать один рубль"),
        (22, "двадцать два рубля", "двадцати двух рублей", "двадцать два рубля"),
        (25, "двадцать пять рублей", "двадцати пяти рублей", "двадцать пять рублей"),
        (1_000, "тысяча рублей", "тысячи рублей", "тысячу рублей"),
        (
            2_205,
            "две тысячи двести пять рублей",
            "двух тысяч двухсот пяти рублей",
            "две тысячи двести пять рублей",
        ),
        (
            *(21_340, "двадцать одна тысяча триста сорок рублей"),
            *("двадцати одной тысячи трёхсот сорока рублей", "двадцать одну тысячу триста сорок рублей"),
        ),
    ],
)
def test_money_is_said_in_its_case(rubles: int, nominative: str, genitive: str, accusative: str) -> None:
    said = aloud.money(rub(rubles), lang="ru")
    assert (str(said), said.gen, said.acc) == (nominative, genitive, accusative)


def test_kopecks_and_debts_are_said() -> None:
    assert aloud.money(rub(795, 1), lang="ru") == "семьсот девяносто пять рублей одна копейка"
    assert aloud.money(Money(-200, Currency.RUB), lang="ru") == "минус два рубля"
    assert aloud.money(rub(1, 2), lang="en") == "one rouble two kopecks"


def test_a_range_is_said_from_and_to() -> None:
    prices = PriceRange(rub(2_800), rub(3_200))
    assert aloud.price_range(prices, lang="ru") == "от двух тысяч восьмисот до трёх тысяч двухсот рублей"
    assert (
        aloud.price_range(prices, lang="en")
        == "two thousand eight hundred to three thousand two hundred roubles"
    )
    assert (
        aloud.price_range(PriceRange(rub(900), rub(901)), lang="ru")
        == "от девятисот рублей до девятисот одного рубля"
    )


@pytest.mark.parametrize(
    ("minutes", "words", "genitive", "english"),
    [
        (21, "двадцать одна минута", "двадцати одной минуты", "twenty-one minutes"),
        (30, "полчаса", "получаса", "half an hour"),
        (60, "час", "часа", "an hour"),
        (90, "полтора часа", "полутора часов", "an hour and a half"),
        (125, "два часа пять минут", "двух часов пяти минут", "two hours five minutes"),
    ],
)
def test_a_span_is_said_as_people_say_it(minutes: int, words: str, genitive: str, english: str) -> None:
    said = aloud.span(timedelta(minutes=minutes), lang="ru")
    assert (str(said), said.gen) == (words, genitive)
    assert aloud.span(timedelta(minutes=minutes), lang="en") == english


@pytest.mark.parametrize(
    ("at", "words", "english"),
    [
        ((2, 0), "двух часов ночи", "two at night"),
        ((9, 0), "девяти часов утра", "nine in the morning"),
        ((9, 5), "девяти ноль пяти", "nine oh five in the morning"),
        ((12, 0), "двенадцати часов дня", "noon"),
        ((13, 0), "часа дня", "one in the afternoon"),
        ((14, 30), "четырнадцати тридцати", "two thirty in the afternoon"),
        ((19, 0), "семи часов вечера", "seven in the evening"),
    ],
)
def test_an_hour_is_said_with_its_part_of_the_day(at: tuple[int, int], words: str, english: str) -> None:
    assert aloud.clock(*at, lang="ru").gen == words
    assert aloud.clock(*at, lang="en") == english


def test_days_are_said_by_their_ordinals() -> None:
    saturday = NOW + timedelta(days=4)
    run = DayRange(date(2026, 3, 3), date(2026, 3, 6))
    words = "в субботу, двадцать восьмого ноября, в двенадцать часов дня"
    assert aloud.moment(saturday, now=NOW, zone=ZONE, lang="ru") == words
    assert aloud.days(run, lang="ru") == "со вторника по пятницу, с третьего по шестое марта"
    assert aloud.days(run, lang="en") == "Tuesday the third of March to Friday the sixth of March"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Заявка К-4827.", "Заявка К сорок восемь двадцать семь."),
        ("+7 911 450-00-01", "плюс семь, девятьсот одиннадцать, четыреста пятьдесят, ноль ноль, ноль один"),
        ("сегодня 08:00–20:00", "сегодня с восьми часов утра до восьми часов вечера"),
        ("завтра с 8 до 20", "завтра с восьми до двадцати"),
        ("через 21 минуту, на 2 минуты", "через двадцать одну минуту, на две минуты"),
        ("Вам 75 %, а не 21 %", "Вам семьдесят пять процентов, а не двадцать один процент"),
        ("дом 30/2а", "дом тридцать дробь два а"),
        ("Вот:\n• раз\n• два\nВсё", "Вот: раз. два. Всё"),
        ("скажите «беру» или «не могу»", "скажите: беру или не могу"),
        ("код 048213", "код ноль сорок восемь, двести тринадцать"),
        ("карта 22001234", "карта двести двадцать, ноль двенадцать, тридцать четыре"),
        ("в 99:99", "в девяносто девять:девяносто девять"),
    ],
)
def test_what_is_still_written_is_said_in_words(written: str, said: str) -> None:
    assert aloud.plain(written, lang="ru") == said


@given(st.text(max_size=60), st.sampled_from(["ru", "en"]))
def test_whatever_the_owner_writes_can_be_said(words: str, lang: str) -> None:
    said = catalogue().render(lang, "talk-owner-says", {"words": words}, now=NOW, zone=ZONE)
    assert not any(mark in said.spoken for mark in "0123456789«»“”•\n")


@given(st.integers(0, 999_999_999), st.sampled_from(Case), st.booleans())
def test_numbers_are_said_without_holes(number: int, case: Case, is_feminine: bool) -> None:
    for words in (ru(number, case, is_feminine=is_feminine), en(number)):
        assert words
        assert "  " not in words
        assert not any(letter.isdigit() for letter in words)
