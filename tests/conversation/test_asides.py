"""What a client says beside the matter: every sort is found in both languages, and plain answers are not."""

import pytest

from core.conversation.asides import Aside, asides, is_impossible_time, stars
from core.meaning import Lang

BESIDE = {
    Aside.WHY_PHONE: ("а для чего вам мой номер?", "what do you need the number for?"),
    Aside.WHY_NAME: ("зачем вам моё имя", "why do you need my name"),
    Aside.WHY_ADDRESS: ("без адреса никак?", "why do you want my address"),
    Aside.PAYMENT: ("наличными принимаете?", "do you take cards?"),
    Aside.WARRANTY: ("а гарантия на работу?", "is there any guarantee?"),
    Aside.DURATION: ("это как долго чинить?", "how much time will it take"),
    Aside.WHO: ("кто ко мне приедет?", "who exactly comes?"),
    Aside.PARTS: ("материалы отдельно?", "should I buy any parts?"),
    Aside.CALL_OUT: ("осмотр бесплатный?", "is there a call-out fee?"),
    Aside.OTHER_TIMES: ("есть другие варианты?", "any other days?"),
    Aside.ANY: ("мне без разницы", "I don't mind"),
    Aside.NOW_WHAT: ("и что дальше?", "so what next?"),
    Aside.RATE: ("где оставить отзыв?", "I'd like to leave feedback"),
    Aside.HUMAN: ("есть там живые люди?", "is anybody there?"),
    Aside.BOT: ("вы робот что ли?", "are you a machine?"),
    Aside.CHEAPER: ("а скидку сделаете", "any discount?"),
}
PLAIN = (
    "Театральная 30, кв 14",
    "завтра после обеда",
    "Анна, 89114567890",
    "не работает розетка на кухне",
    "Добрый день!",
    "the light switch is dead",
    "tomorrow at 10",
)


@pytest.mark.parametrize(("aside", "texts"), BESIDE.items(), ids=lambda each: str(each)[:12])
def test_each_sort_is_found_in_both_languages(aside: Aside, texts: tuple[str, str]) -> None:
    for text, lang in zip(texts, Lang, strict=True):
        assert aside in asides([text], lang=lang), text


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_answer_is_no_aside(text: str) -> None:
    assert asides([text], lang=Lang.RU) == frozenset()


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("5", 5),
        ("ставлю четыре", 4),
        ("на троечку", 3),
        ("так себе", 2),
        ("ужасно", 1),
        ("★★★★", 4),
        ("five stars", 5),
        ("terrible", 1),
        ("не плохо", None),
        ("поставить пять?", None),
        ("розетка на кухне", None),
    ],
)
def test_stars_are_read_from_figures_words_and_signs(text: str, given: int | None) -> None:
    assert stars([text], lang=Lang.RU) == given


def test_figures_count_before_moods_and_moods_may_be_left_out() -> None:
    assert stars(["плохо, но три"], lang=Lang.RU) == 3
    assert stars(["отлично"], lang=Lang.RU, figures_only=True) is None


@pytest.mark.parametrize("text", ["31.02", "32.01", "15.13", "в 25 часов", "25:00", "10:75", "at 30"])
def test_a_time_that_cannot_be_is_noticed(text: str) -> None:
    assert is_impossible_time([text])


@pytest.mark.parametrize(
    "text", ["29.02", "31.12.2026", "в 14 часов", "24:00", "10:45", "дом 45", "в 10", "3.5 кВт"]
)
def test_a_time_that_can_be_is_left_alone(text: str) -> None:
    assert not is_impossible_time([text])
