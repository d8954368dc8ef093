"""The same words answer different questions differently."""

from datetime import datetime, time

import pytest

from core.language.choose import Question, choose
from core.meaning import Answer, HoursOp, Trade
from tests.language.texts import NOW, look


def test_a_bare_house_is_an_address_only_if_we_asked_where() -> None:
    reading = look("30-14")

    asked = choose(reading, Question.ADDRESS)
    assert (asked.identity.house, asked.identity.flat) == ("30", "14")
    assert asked.is_answer
    assert choose(reading, Question.PROBLEM).identity.house is None


def test_a_bare_name_is_a_name_only_if_we_asked_who() -> None:
    reading = look("Ирина")

    assert choose(reading, Question.NAME).identity.first == "Ирина"
    assert choose(reading, Question.NAME_PHONE).identity.first == "Ирина"
    assert choose(reading, Question.ADDRESS).identity.first is None


def test_a_bare_number_is_a_choice_if_there_are_so_many_else_an_hour() -> None:
    assert choose(look("2"), Question.SLOT, choices=3).ordinal == 2
    assert choose(look("2"), Question.SLOT, choices=3).times == ()
    hour = choose(look("14"), Question.SLOT, choices=3)
    assert hour.ordinal is None
    assert hour.times[0].start.time() == time(14)


def test_the_last_one_is_counted_from_the_end() -> None:
    assert choose(look("последний"), Question.SLOT, choices=3).ordinal == 3


def test_what_was_said_beyond_the_question_is_kept() -> None:
    chosen = choose(look("Театральная 30, кв 14, завтра в 10"), Question.ADDRESS)

    assert chosen.identity.street == "Театральная"
    assert chosen.times[0].start == datetime(2026, 11, 26, 10)  # noqa: DTZ001


def test_a_thing_merely_named_is_no_job_while_we_ask_where() -> None:
    assert choose(look("дверь за углом"), Question.ADDRESS).frames == ()
    assert choose(look("дверь за углом"), Question.PROBLEM).frames != ()


def test_a_number_alone_is_an_amount_or_years_by_the_question() -> None:
    assert choose(look("12"), Question.YEARS).years == 12
    assert choose(look("12"), Question.AMOUNT).amount_minor == 1_200
    assert choose(look("три тысячи"), Question.AMOUNT).amount_minor == 300_000
    assert choose(look("-1"), Question.AMOUNT).amount_minor == -100
    assert choose(look("с 2010 года"), Question.YEARS).years == 16


def test_yes_to_the_morning_question_confirms_the_hours() -> None:
    asked = {NOW.date(): ((time(8), time(20)),)}

    assert choose(look("да", role="master"), Question.HOURS, asked=asked).hours is not None
    shorter = choose(look("да, но до 18", role="master"), Question.HOURS, asked=asked).hours
    assert shorter is not None
    assert shorter.op is HoursOp.SET
    assert shorter.days == {NOW.date(): ((time(8), time(18)),)}


@pytest.mark.parametrize(
    ("text", "is_safe"),
    [
        ("да", True),
        ("нет", False),
        ("мы на улице", True),
        ("ещё в квартире", False),
        ("we are outside", True),
        ("not yet", False),
    ],
)
def test_safety_is_answered_in_many_words(text: str, is_safe: bool) -> None:
    assert choose(look(text), Question.SAFE).is_safe is is_safe


def test_trades_may_be_named_or_described() -> None:
    named = choose(look("электрик и сантехник", role="master"), Question.TRADES)
    described = choose(look("чиню холодильники", role="master"), Question.TRADES)

    assert named.trades == (Trade.ELECTRICAL, Trade.PLUMBING)
    assert described.trades == (Trade.APPLIANCE,)


@pytest.mark.parametrize("text", ["тупой бот", "дайте человека", "а вы кто", "stupid bot", "ну вы даете"])
@pytest.mark.parametrize("question", [Question.ADDRESS, Question.NAME, Question.CITY, Question.YES_NO])
def test_an_insult_or_a_wish_is_no_street_and_no_name(text: str, question: Question) -> None:
    assert not choose(look(text), question).is_answer


def test_a_thing_is_a_trade_only_if_we_asked_for_trades() -> None:
    assert look("дверь", role="master").trades == ()
    assert choose(look("розетки", role="master"), Question.TRADES).trades == (Trade.ELECTRICAL,)


@pytest.mark.parametrize("question", list(Question))
def test_noise_answers_nothing(question: Question) -> None:
    assert not choose(look("лол кек чебурек"), question).is_answer


@pytest.mark.parametrize("question", [*Question, None])
def test_an_empty_text_answers_nothing(question: Question | None) -> None:
    assert not choose(look(""), question).is_answer


def test_yes_and_no_are_answers() -> None:
    assert choose(look("ага"), Question.YES_NO).answer is Answer.YES
    assert choose(look("нет"), Question.YES_NO).is_answer
    assert not choose(look("не знаю"), Question.YES_NO).is_answer
