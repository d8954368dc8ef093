"""Facts are told by their type, in the listener's language and zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.kernel.money import Currency, Money
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
    assert said.spoken == said.text
