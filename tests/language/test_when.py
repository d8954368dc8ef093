"""The grammars of days and hours, form by form, at any time of a week, a month and a year."""

import tomllib
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from core.language.choose import Question, choose
from core.language.when.bounds import joined, outside, without
from core.meaning import HoursChange, HoursOp, When
from tests.language.texts import DATA, NOW, look

WHEN = tomllib.loads((DATA / "when.toml").read_text("utf-8"))
SUNDAY_EVENING = datetime(2026, 11, 29, 19)  # noqa: DTZ001
LEAP = datetime(2028, 2, 28, 10)  # noqa: DTZ001
LAST_OF_YEAR = datetime(2026, 12, 31, 10)  # noqa: DTZ001


def shown(when: When) -> str:
    end = f"{when.end:%Y-%m-%dT%H:%M}" if when.end else "-"
    return f"{when.start:%Y-%m-%dT%H:%M} {end} {when.grain}"


def change_of(text: str, now: datetime = NOW, asked: Any = None) -> HoursChange | None:
    return choose(look(text, role="master", now=now), Question.HOURS, asked=asked).hours


def table_of(change: HoursChange | None) -> list[str]:
    if change is None:
        return []
    rows = []
    for day, spans in change.days.items():
        told = [
            f"{a.strftime('%H:%M') if a else ''}-{b.strftime('%H:%M') if b else ''}" for a, b in spans or ()
        ]
        rows.append(f"{day} {'day' if spans is None else ' '.join(told) or 'off'}")
    return [str(change.op), *rows]


@pytest.mark.parametrize(("text", "wanted"), WHEN["times"].items())
def test_a_time_is_read_whole(text: str, wanted: list[str]) -> None:
    assert [shown(when) for when in choose(look(text), Question.SLOT).times] == wanted


@pytest.mark.parametrize(("text", "wanted"), WHEN["hours"].items())
def test_a_schedule_is_read_whole(text: str, wanted: list[str]) -> None:
    assert table_of(change_of(text)) == wanted


@pytest.mark.parametrize("text", ["отпуск до среды", "до среды не могу", "on holiday until Wednesday"])
def test_until_a_weekday_said_on_that_day_means_the_next(text: str) -> None:
    change = change_of(text)

    assert change is not None
    assert change.op is HoursOp.BLOCK
    assert list(change.days) == [date(2026, 11, 25) + timedelta(days) for days in range(7)]


@pytest.mark.parametrize("text", ["пн-вс 8-20", "каждый день с 8 до 20", "every day 8 to 20"])
def test_a_week_named_on_sunday_evening_is_the_next(text: str) -> None:
    change = change_of(text, SUNDAY_EVENING)

    assert change is not None
    assert list(change.days) == [date(2026, 11, 30) + timedelta(days) for days in range(7)]


@pytest.mark.parametrize(
    ("text", "now", "start"),
    [
        ("29 февраля", LEAP, "2028-02-29T00:00"),
        ("послезавтра в 10", LEAP, "2028-03-01T10:00"),
        ("31-го", LEAP, "2028-03-31T00:00"),
        ("завтра в 10", LAST_OF_YEAR, "2027-01-01T10:00"),
        ("через месяц", LAST_OF_YEAR, "2027-01-31T00:00"),
        ("в субботу", LAST_OF_YEAR, "2027-01-02T00:00"),
        ("5 января", LAST_OF_YEAR, "2027-01-05T00:00"),
    ],
)
def test_months_and_years_end(text: str, now: datetime, start: str) -> None:
    assert look(text, now=now).times[0].start == datetime.fromisoformat(start)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("да, но с 10", ["set", "2026-11-26 10:00-18:00"]),
        ("до 15", ["set", "2026-11-26 09:00-15:00"]),
        ("да, кроме 13-14", ["set", "2026-11-26 09:00-13:00 14:00-18:00"]),
        ("да, с 12 до 14 занят", ["set", "2026-11-26 09:00-12:00 14:00-18:00"]),
        ("как обычно", ["set", "2026-11-26 09:00-18:00"]),
        ("нет, выходной", ["block", "2026-11-26 off"]),
        ("нет, в пятницу", ["set", "2026-11-26 off", "2026-11-27 day"]),
        ("yes but till 5", ["set", "2026-11-26 09:00-17:00"]),
    ],
)
def test_a_short_answer_speaks_of_the_day_that_was_asked(text: str, wanted: list[str]) -> None:
    asked = {date(2026, 11, 26): ((time(9), time(18)),)}

    assert table_of(change_of(text, asked=asked)) == wanted


def test_open_ends_meet() -> None:
    assert joined([(time(10), None), (None, time(18))]) == ((time(10), time(18)),)
    assert joined([(None, time(12)), (time(15), None)]) == ((None, time(12)), (time(15), None))


def test_a_break_leaves_two_spans() -> None:
    day = [(time(9), time(18))]

    assert without(day, [(time(13), time(14))]) == ((time(9), time(13)), (time(14), time(18)))
    assert without(day, [(time(19), None)]) == tuple(day)
    assert outside([(None, time(12))]) == ((time(12), None),)


def test_not_today_blocks_today_alone() -> None:
    change = change_of("не сегодня")

    assert change == HoursChange(HoursOp.BLOCK, {NOW.date(): ()})
