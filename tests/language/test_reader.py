"""What people write, read as it was meant. The texts were labelled before the rules were written."""

import dataclasses
import tomllib
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from pydantic import TypeAdapter

from core.language.batch import urgency_of
from core.language.choose import Question, choose
from core.meaning import Emergency, Frame, Intent, Lang, Reading, Trade, Urgency
from tests.language.texts import DATA, NOW, labelled, look, look_by_rules, text_of

READING = TypeAdapter(Reading)
MASTERS_WORDS = {"earnings", "pause", "resume", "paid_cash"}

Entry = dict[str, Any]


def job(frame: Frame, label: str) -> str:
    """Name a frame as exactly as its label does."""
    return f"{frame.trade}/{frame.fault}" if "/" in label else str(frame.trade)


@pytest.mark.parametrize("entry", labelled("messages", "message"), ids=text_of)
@pytest.mark.row("A36")
@pytest.mark.row("A38")
@pytest.mark.row("A39")
def test_a_message_tells_its_jobs_its_urgency_and_its_danger(
    entry: Entry, request: pytest.FixtureRequest
) -> None:
    if "miss" in entry:  # known to be read wrongly, and why
        request.applymarker(pytest.mark.xfail(reason=entry["miss"], strict=True))
    reading = look_by_rules(entry["text"])

    assert len(reading.frames) == len(entry["jobs"])
    found = [job(frame, label) for frame, label in zip(reading.frames, entry["jobs"], strict=True)]
    assert found == entry["jobs"]
    assert urgency_of(reading) == entry["urgency"]
    assert reading.emergency == entry.get("emergency")


@pytest.mark.parametrize("entry", labelled("identities", "identity"), ids=text_of)
def test_a_text_tells_who_and_where(entry: Entry) -> None:
    asked = Question(entry["asks"]) if "asks" in entry else None
    chosen = choose(look(entry["text"]), asked)
    found = {name: value for name, value in dataclasses.asdict(chosen.identity).items() if value}
    wanted = {name: value for name, value in entry.items() if name not in ("text", "asks")}

    assert {name: list(v) if isinstance(v, tuple) else v for name, v in found.items()} == wanted


@pytest.mark.parametrize("entry", labelled("times", "time"), ids=text_of)
def test_a_text_tells_when(entry: Entry) -> None:
    times = look(entry["text"]).times

    if "is" not in entry:
        assert times == ()
    else:
        start, end, grain = entry["is"]
        assert times[0].start == datetime.fromisoformat(start)
        assert times[0].end == (datetime.fromisoformat(end) if end else None)
        assert times[0].grain == grain


@pytest.mark.parametrize("entry", labelled("hours", "hours"), ids=text_of)
@pytest.mark.row("A22")
def test_a_master_tells_his_hours(entry: Entry) -> None:
    asked = None
    if "asked" in entry:
        opening, closing = (time.fromisoformat(bound) for bound in entry["asked"])
        asked = {NOW.date(): ((opening, closing),)}
    change = choose(look(entry["text"], role="master"), Question.HOURS, asked=asked).hours
    days = {_day(name): _spans(wanted) for name, wanted in entry.items() if name[0].isdigit()}

    if not days:
        assert change is None
        return
    assert change is not None
    assert change.op == entry["op"]
    assert change.days == days


def _day(name: str) -> date:
    """A day of November by its number, any other by its date."""
    return date(2026, 11, int(name)) if name.isdigit() else date.fromisoformat(name)


def _spans(wanted: Any) -> Any:
    if wanted == "day":
        return None
    return tuple(tuple(time.fromisoformat(bound) if bound else None for bound in span) for span in wanted)


@pytest.mark.parametrize("entry", labelled("answers", "answer"), ids=text_of)
def test_a_short_answer_is_understood(entry: Entry) -> None:
    role = "master" if MASTERS_WORDS & set(entry.get("intents", ())) else "client"
    reading = look(entry["text"], role=role)

    for name, wanted in entry.items():
        if name == "intents":
            assert set(wanted) <= reading.intents
        elif name == "trades":
            assert list(reading.trades) == wanted
        elif name != "text":
            assert getattr(reading, name) == wanted


@pytest.mark.parametrize("kind", [*Emergency, None])
@pytest.mark.row("L23")
def test_a_danger_is_seen_and_none_is_made_up(kind: Emergency | None) -> None:
    texts = tomllib.loads((DATA / "dangers.toml").read_text("utf-8"))[kind or "none"]

    assert [text for text in texts if look(text).emergency is not kind] == []


def test_two_faults_in_one_long_message_are_two_jobs_of_one_trade() -> None:
    entry = next(entry for entry in labelled("messages", "message") if len(entry["text"]) > 200)
    reading = look(entry["text"])

    assert [frame.fault for frame in reading.frames] == ["switch_dead", "socket_dead"]
    assert {frame.trade for frame in reading.frames} == {Trade.ELECTRICAL}
    assert urgency_of(reading) is not Urgency.URGENT


def test_one_message_may_answer_everything() -> None:
    reading = look(
        "Не работает выключатель, Театральная 30, кв 14, завтра после обеда, Ирина, 8 911 456 78 90"
    )
    who = reading.identity

    assert reading.frames[0].fault == "switch_dead"
    assert (who.street, who.house, who.flat, who.phone) == ("Театральная", "30", "14", "+79114567890")
    assert who.first == "Ирина"
    assert reading.times[0].start == datetime(2026, 11, 26, 13)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("розетка", Lang.RU),
        ("socket", Lang.EN),
        ("ghbdtn", Lang.RU),
        ("не работает wi-fi", Lang.RU),
        ("14", Lang.RU),
    ],
)
def test_the_language_is_that_of_the_text(text: str, lang: Lang) -> None:
    assert look(text).lang is lang


@pytest.mark.parametrize(
    "text", ["", "   ", "\n\t", "😀🔥", "\u200b\u200d", "\x00\x01\x02" * 50, "???", "你好", "مرحبا"]
)
def test_what_cannot_be_read_is_empty(text: str) -> None:
    assert look(text).is_empty


def test_a_thumb_is_an_answer() -> None:
    assert look("👍").answer == "yes"
    assert look("👎").answer == "no"


def test_only_the_first_four_thousand_characters_are_read() -> None:
    assert look("x" * 4_000 + " розетка искрит").emergency is None
    assert look("розетка искрит " + "x" * 10_000).emergency is Emergency.FIRE


def test_a_master_asks_for_no_repair() -> None:
    reading = look("чиню розетки и стиральные машины", role="master")

    assert reading.frames == ()
    assert reading.trades == (Trade.ELECTRICAL, Trade.APPLIANCE)


def test_a_trade_without_an_object_is_asked_about() -> None:
    reading = look("нужен электрик")

    assert [frame.trade for frame in reading.frames] == [Trade.ELECTRICAL]
    assert reading.clarify == "object"


def test_an_object_without_a_fault_is_asked_about() -> None:
    assert look("у меня розетка").clarify == "action"
    assert look("розетка не работает").clarify is None


def test_moving_a_socket_is_not_moving_a_visit() -> None:
    assert Intent.MOVE not in look("перенести розетку на другую стену").intents
    assert Intent.MOVE in look("можно перенести визит на завтра?").intents


def test_the_same_text_reads_the_same() -> None:
    for entry in labelled("messages", "message")[:20]:
        assert look(entry["text"]) == look(entry["text"])


@pytest.mark.parametrize("kind", [("messages", "message"), ("identities", "identity"), ("hours", "hours")])
def test_a_reading_survives_json(kind: tuple[str, str]) -> None:
    for entry in labelled(*kind):
        for role in ("client", "master"):
            reading = look(entry["text"], role=role)
            assert READING.validate_json(READING.dump_json(reading)) == reading


SLOPPY = st.text(alphabet="абвгдеёийклмнопрстуыья abcdest 0123456789 .,:;-!?\n()+@/№\"'", max_size=80)
HALF_SAID = """ул в с до 14 30 кв не розетка завтра пн-пт 25.11 31.02 30 февраля через 99 дней 8911 24:00
25:61 next the 29 февраля полтретьего с 24 по 0 Иван дом 0 к1 + № кроме только не могу вместо через
тысячу месяцев"""
PIECES = st.lists(
    st.sampled_from(HALF_SAID.split()),
    max_size=10,
).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(st.one_of(SLOPPY, PIECES, st.text(max_size=60)), st.sampled_from(["client", "master"]))
def test_nothing_a_person_writes_makes_it_raise(text: str, role: str) -> None:
    reading = look(text, role=role)

    assert all(when.start >= NOW - timedelta(days=1) for when in reading.times)
    assert READING.validate_json(READING.dump_json(reading)) == reading
