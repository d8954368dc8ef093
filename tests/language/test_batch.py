"""Reading in batch: the published shapes, and what happens to lines that do not fit them."""

import json
from datetime import datetime

import pytest

from core.language.batch import Batch, Kind

NOW = datetime(2026, 11, 25, 14)  # a Wednesday  # noqa: DTZ001 - a wall clock
BATCHES = {kind: Batch(kind, now=NOW) for kind in Kind}


def read(kind: Kind, **line: object) -> dict[str, object]:
    return BATCHES[kind].read({"id": "x", **line})


def test_a_message_tells_each_of_its_jobs() -> None:
    answer = read(Kind.MESSAGE, text="не работает выключатель и капает кран на кухне")

    assert list(answer) == [
        "id", "lang", "category", "urgency", "emergency", "requests", "clarify", "confidence"
    ]  # fmt: skip
    assert answer["category"] == "electrical"
    requests = answer["requests"]
    assert isinstance(requests, list)
    assert [request["trade"] for request in requests] == ["electrical", "plumbing"]
    assert list(requests[0]) == ["trade", "object", "action", "fault", "confidence"]
    json.dumps(answer)


def test_the_job_that_cannot_wait_gives_the_trade() -> None:
    answer = read(Kind.MESSAGE, text="повесить полку, и еще лопнула труба в ванной, вода хлещет")

    assert (answer["category"], answer["urgency"], answer["emergency"]) == ("plumbing", "urgent", "flood")


def test_what_is_no_job_has_no_category() -> None:
    answer = read(Kind.MESSAGE, text="спасибо, до свидания")

    assert (answer["category"], answer["urgency"], answer["requests"]) == (None, "standard", [])


@pytest.mark.row("A22")
@pytest.mark.parametrize(
    ("text", "prompt", "op", "days"),
    [
        (
            "на этой неделе пн-пт 9-18",
            None,
            "set",
            {f"2026-11-{day}": [["09:00", "18:00"]] for day in (25, 26, 27)},
        ),
        (
            "только выходные",
            None,
            "set",
            {f"2026-11-{day}": [] for day in (25, 26, 27)} | {"2026-11-28": "day", "2026-11-29": "day"},
        ),
        (
            "кроме пятницы, 10-19",
            None,
            "set",
            {f"2026-11-{day}": [["10:00", "19:00"]] for day in (25, 26, 28, 29)} | {"2026-11-27": []},
        ),
        ("до конца недели не могу", None, "block", {f"2026-11-{day}": [] for day in range(25, 30)}),
        ("да, но до 18", "Работаете сегодня с 8 до 20?", "set", {"2026-11-25": [["08:00", "18:00"]]}),
    ],
)
def test_the_published_examples_of_hours(
    text: str, prompt: str | None, op: str, days: dict[str, object]
) -> None:
    line = {"text": text} | ({"prompt": prompt} if prompt else {})

    assert read(Kind.AVAILABILITY, **line) == {"id": "x", "op": op, "days": days}


def test_a_prompt_says_what_a_bare_word_answers() -> None:
    assert read(Kind.IDENTITY, text="Ирина", prompt="Как вас зовут?") == {"id": "x", "first": "Ирина"}
    assert read(Kind.IDENTITY, text="Горького 12 - 5", prompt="Куда подъехать мастеру?") == {
        "id": "x", "street": "Горького", "house": "12", "flat": "5",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("prompt", "text", "part", "value"),
    [
        ("Номер квартиры?", "тридцать один", "flat", "31"),
        ("Какая у вас квартира?", "12а", "flat", "12а"),
        ("What's your flat number?", "7", "flat", "7"),
        ("Номер вашего дома?", "42", "house", "42"),
        ("В каком вы подъезде?", "второй", "entrance", "2"),
        ("Which floor are you on?", "on the 4th", "floor", "4"),
        ("Код домофона?", "25 ключ 7788", "intercom", "25к7788"),
        ("What is the door code?", "1478", "intercom", "1478"),
        ("Какая у вас улица?", "на Ленинском", "street", "Ленинский"),
        ("Назовите вашу фамилию", "Ким", "last", "Ким"),
        ("And your surname?", "Kim", "last", "Kim"),
        ("Отчество?", "Петрович", "patronymic", "Петрович"),
        ("Адрес электронной почты?", "ivan@mail.ru", "email", "ivan@mail.ru"),
    ],
)
def test_a_prompt_may_ask_for_one_part(prompt: str, text: str, part: str, value: str) -> None:
    assert read(Kind.IDENTITY, text=text, prompt=prompt) == {"id": "x", part: value}


def test_a_prompt_for_several_parts_asks_for_the_whole() -> None:
    assert read(Kind.IDENTITY, text="5-12", prompt="Дом и квартира?") == {
        "id": "x", "house": "5", "flat": "12",
    }  # fmt: skip
    named = read(Kind.IDENTITY, text="Цой Виктор", prompt="Фамилия и имя?")
    assert named == {"id": "x", "first": "Виктор", "last": "Цой"}


def test_each_line_may_have_its_own_now() -> None:
    answer = read(Kind.TIME, text="завтра в 10", ref="2027-02-28T20:15")

    assert answer["results"] == [{"start": "2027-03-01T10:00", "end": None, "grain": "hour"}]


@pytest.mark.parametrize(
    "line",
    [
        None,
        [],
        "text",
        {"id": 1},
        {"id": 1, "text": None},
        {"id": 1, "text": 5},
        {"id": 1, "text": "да", "ref": "soon"},
        {"id": 1, "text": "да", "ref": 12},
        {"id": 1, "text": "завтра", "ref": "9999-12-31T23:59"},
        {"id": 1, "text": "вчера", "ref": "0001-01-01T00:00"},
        {"id": 1, "text": "да", "lang": "de"},
        {"id": 1, "text": "да", "prompt": 3},
    ],
)
def test_a_bad_line_gets_a_sentence(line: object) -> None:
    answer = BATCHES[Kind.MESSAGE].read(line)

    assert answer["id"] == (line["id"] if isinstance(line, dict) else None)
    assert str(answer["error"]).endswith(".")
