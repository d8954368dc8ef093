"""What a master says of his work, and how much of it is a number."""

from datetime import timedelta

import pytest

from core.conversation.errands import Errand, said
from core.meaning import Lang

MINUTES = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("words", "errand"),
    [
        ("уже в пути", Errand.TRAVEL),
        ("добрался, стою у двери", Errand.ARRIVE),
        ("приступаю", Errand.START),
        ("поменял, всё работает", Errand.FINISH),
        ("задержусь немного", Errand.LATE),
        ("трубку не берёт, дверь закрыта", Errand.ABSENT),
        ("за запчастью в магазин съезжу", Errand.PARTS),
        ("напомни номер клиента", Errand.DETAILS),
        ("рассчитались", Errand.CASH),
        ("отдал 1500", Errand.CASH),
        ("перевела по сбп", Errand.CASHLESS),
        ("клиентка отказывается платить", Errand.CONFLICT),
        ("а скока платят", Errand.DETAILS),
        ("там ещё кран надо менять, возьму +800", Errand.EXTRA),
        ("и по электрике тоже работаю", Errand.MORE_TRADES),
        ("heading there now", Errand.TRAVEL),
        ("stuck in traffic", Errand.LATE),
        ("no answer at the door", Errand.ABSENT),
        ("got 2000 from her", Errand.CASH),
        ("what should I bring?", Errand.DETAILS),
    ],
)
def test_an_errand_is_heard(words: str, errand: Errand) -> None:
    assert said([words], lang=Lang.RU).has(errand)


@pytest.mark.parametrize("words", ["там ещё кран надо менять, возьму +800", "он потом отдаст 2000"])
def test_money_that_is_to_come_is_not_cash_in_hand(words: str) -> None:
    assert not said([words], lang=Lang.RU).has(Errand.CASH)


@pytest.mark.parametrize("words", ["ещё не выехал", "не закончил", "I have not started yet"])
def test_a_step_that_is_denied_is_none(words: str) -> None:
    assert not said([words], lang=Lang.RU).has(Errand.TRAVEL, Errand.FINISH, Errand.START)


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("опаздываю на 20 минут", 20),
        ("минут через 40 буду", 40),
        ("задержусь на полчаса", 30),
        ("буду через час", 60),
        ("полтора часа", 90),
        ("half an hour late", 30),
        ("двадцать минут", 20),
    ],
)
def test_a_delay_is_read(words: str, minutes: int) -> None:
    assert said([words], lang=Lang.RU).delay == minutes * MINUTES


def test_plain_words_have_no_length() -> None:
    assert said(["какие у меня часы на этой неделе"], lang=Lang.RU).delay is None


@pytest.mark.parametrize(
    ("words", "rubles"),
    [("взял 3000 наличными", 3000), ("получил 12 500", 12500), ("клиент дал 50", None), ("2000 и 500", None)],
)
def test_one_sum_without_a_currency_is_read(words: str, rubles: int | None) -> None:
    assert said([words], lang=Lang.RU).sum_minor == (rubles * 100 if rubles else None)
