"""Facts are told by their type, in the listener's language and zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pymorphy3 import MorphAnalyzer

from core.kernel.money import Currency, Money
from core.markets.cities import City, load_cities
from core.messages import Said
from core.text import facts as told
from core.text.catalogue import TextMissing, catalogue

ZONE = ZoneInfo("Europe/Kaliningrad")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # a Tuesday, 12:00 in Kaliningrad


@pytest.mark.parametrize(
    ("minor", "words"),
    [
        (220_500, "2 205 ₽"),
        (300_000, "3 000 ₽"),
        (100_000_000, "1 000 000 ₽"),
        (79_550, "795,50 ₽"),
        (0, "0 ₽"),
        (-79_500, "−795 ₽"),
        (5, "0,05 ₽"),
    ],
)
def test_money_is_told_with_its_sign_and_kopecks_only_where_there_are_any(minor: int, words: str) -> None:
    assert told.money(Money(minor, Currency.RUB)) == words


@pytest.mark.row("A124")
def test_a_range_is_told_once_with_one_sign() -> None:
    low, high = Money(280_000, Currency.RUB), Money(320_000, Currency.RUB)
    assert told.price_range(told.PriceRange(low, high)) == "2 800–3 200 ₽"
    assert told.price_range(told.PriceRange(low, low)) == "2 800 ₽"


@pytest.mark.parametrize(
    ("at", "ru", "en"),
    [
        (NOW + timedelta(hours=2), "сегодня в 14:00", "today at 14:00"),
        (NOW + timedelta(days=1), "завтра в 12:00", "tomorrow at 12:00"),
        (NOW + timedelta(days=4), "в субботу, 28 ноября, в 12:00", "on Saturday 28 November at 12:00"),
        (NOW + timedelta(days=7), "во вторник, 1 декабря, в 12:00", "on Tuesday 1 December at 12:00"),
        (NOW + timedelta(hours=14), "завтра во 02:00", "tomorrow at 02:00"),
    ],
)
def test_a_moment_is_told_on_the_local_clock(at: datetime, ru: str, en: str) -> None:
    assert told.moment(at, now=NOW, zone=ZONE, lang="ru") == ru
    assert told.moment(at, now=NOW, zone=ZONE, lang="en") == en


def test_a_span_is_told_shortly() -> None:
    assert told.span(timedelta(minutes=90), lang="ru") == "1 ч 30 мин"
    assert told.span(timedelta(minutes=60), lang="en") == "1 h"


def test_a_russian_phone_is_told_in_groups() -> None:
    assert told.phone("+79114500001") == "+7 911 450-00-01"
    assert told.phone("+49301234567") == "+49301234567"


def test_a_text_without_its_fact_is_a_defect_not_a_gap() -> None:
    with pytest.raises(TextMissing):
        catalogue().render("ru", "client-breakdown-line", {}, now=NOW, zone=ZONE)
    with pytest.raises(TextMissing):
        catalogue().render("ru", "no-such-text", {}, now=NOW, zone=ZONE)


def test_buttons_and_the_spoken_form_come_with_the_text() -> None:
    said = catalogue().render("en", "danger-gas", {}, now=NOW, zone=ZONE)
    assert set(said.labels) == {"safe", "not_yet"}
    assert said.text.endswith("call 104 or 112.")
    assert said.spoken.endswith("call one zero four or one one two.")


@pytest.mark.parametrize("city", load_cities().values(), ids=lambda city: city.name)
def test_every_city_is_told_in_its_case(city: City) -> None:
    def said(lang: str, name: str) -> Said:
        return catalogue().render(lang, name, {"city": city.name}, now=NOW, zone=ZONE)

    preposition, _, word = city.ru.where.partition(" ")
    last = word.rsplit("-", 1)[-1]
    cases = [form for parse in MorphAnalyzer().parse(last) if (form := parse.inflect({"loct"}))]
    assert preposition in ("в", "во", "на")
    assert last.lower() in {form.word for form in cases}
    assert city.ru.name[:3] == word[:3]
    assert f"работаем только {city.ru.where}." in said("ru", "master-ask-city-again").text
    assert said("en", "master-ask-city-again").labels["yes"] == f"Yes, {city.en.name}"
    assert city.en.name.isascii()


@pytest.mark.parametrize(
    ("count", "years", "minutes"),
    [
        (1, "стаж 1 год", "на 1 минуту"),
        (2, "стаж 2 года", "на 2 минуты"),
        (5, "стаж 5 лет", "на 5 минут"),
        (11, "стаж 11 лет", "на 11 минут"),
        (21, "стаж 21 год", "на 21 минуту"),
        (22, "стаж 22 года", "на 22 минуты"),
        (25, "стаж 25 лет", "на 25 минут"),
    ],
)
def test_what_is_counted_agrees_with_its_number(count: int, years: str, minutes: str) -> None:
    def line(name: str, **facts: object) -> str:
        return catalogue().line("ru", name, now=NOW, zone=ZONE, **facts)

    late = line("client-master-late-times", master="Игорь", minutes=count)
    assert line("master-known-years", years=count) == years
    assert f"больше чем {minutes}," in late


def test_a_service_stands_inside_a_sentence_with_a_small_letter_unless_it_is_an_abbreviation() -> None:
    assert told.mid("Не работает розетка") == "не работает розетка"
    assert told.mid("УЗО выбивает") == "УЗО выбивает"
    assert told.mid("") == ""


def test_a_moment_is_short_on_a_button() -> None:
    near, far = (told.moment(NOW + timedelta(days=ahead), now=NOW, zone=ZONE, lang="ru") for ahead in (1, 4))
    assert (near.short, far.short) == ("завтра 12:00", "сб 28, 12:00")


def test_equal_lengths_of_time_are_told_once() -> None:
    hour = timedelta(hours=1)
    said = catalogue().line("ru", "client-about-duration", shortest=hour, longest=hour, now=NOW, zone=ZONE)
    assert said == "Обычно на работу уходит 1 ч."
