"""What a future master tells: names in forms, corrections, what may be passed over."""

import pytest

from core.conversation.errands import said
from core.conversation.hearing import Heard
from core.conversation.newcomer import MasterKnown
from core.language.choose import Chosen, Question
from core.meaning import Lang, Reading, Trade


def _told(known: MasterKnown, words: str, *, reading: Reading | None = None) -> MasterKnown:
    heard = Heard((words,), "", reading or Reading(lang=Lang.RU))
    known.learn(
        Chosen(is_answer=False), heard, said([words], lang=Lang.RU), open_now=Question.CITY, cities={}
    )
    return known


@pytest.mark.row("A18")
@pytest.mark.parametrize("phone", ["8 (911) 123-45-67", "+7 911 123 45 67", "9111234567"])
def test_a_form_gives_a_full_name_and_a_phone_in_one_spelling(phone: str) -> None:
    known = MasterKnown.begun({"name": "Иван Ильич Петров", "phone": phone})

    assert (known.name, known.last, known.phone) == ("Иван Ильич Петров", "Петров", "+79111234567")


def test_a_phone_that_is_none_is_asked_for() -> None:
    assert "phone" in MasterKnown.begun({"name": "Иван Петров", "phone": "скажу потом"}).missing()


@pytest.mark.parametrize(
    ("words", "last"),
    [
        ("не Петров, а Петренко", "Петренко"),
        ("нет, я Петренко, а не Петров", "Петренко"),
        ("Petrenko, not Петров", "Petrenko"),
        ("меня все знают как не Петров", "Петров"),
        ("мой сосед Петров", "Петров"),
    ],
)
def test_a_correction_is_understood_by_what_was_known(words: str, last: str) -> None:
    assert _told(MasterKnown(first="Иван", last="Петров"), words).last == last


@pytest.mark.row("A19")
def test_a_trade_that_is_denied_makes_room_for_the_other() -> None:
    reading = Reading(lang=Lang.RU, trades=(Trade.ELECTRICAL,))
    known = _told(MasterKnown(trades=[Trade.PLUMBING]), "не сантехник, а электрик", reading=reading)

    assert known.trades == [Trade.ELECTRICAL]


def test_only_what_is_optional_can_be_passed_over() -> None:
    known = MasterKnown(first="Иван")
    for name in known.missing():
        known.skip(name)

    assert known.missing() == ["phone", "city", "trades", "hours", "terminal"]


@pytest.mark.row("A21")
def test_a_photo_is_kept_as_a_certificate() -> None:
    heard = Heard((), "", Reading(lang=Lang.RU), ({"id": "photo-1", "kind": "photo"},))
    known = MasterKnown()
    known.learn(Chosen(is_answer=False), heard, said([], lang=Lang.RU), open_now=None, cities={})

    assert known.certificates == "photo photo-1"
