"""Dangers and urgency by the rules alone: each is found, and none is made up."""

import tomllib
from collections import defaultdict
from datetime import datetime
from functools import cache

import pytest

from core.language.batch import urgency_of
from core.language.reader import EmbeddedReader
from core.meaning import Emergency, LookContext, Reading, Urgency
from tests.language.texts import DATA, NOW


@cache
def _reader() -> EmbeddedReader:
    return EmbeddedReader(is_alone=True)


def look(text: str, now: datetime = NOW) -> Reading:
    """Read a text without the classifier's vote."""
    return _reader().look(text, LookContext(now=now))


def _table(name: str) -> dict[str, list[str]]:
    """Return the texts of a data file and of its second set, by label."""
    texts = defaultdict[str, list[str]](list)
    for file in (DATA / f"{name}.toml", *sorted(DATA.glob(f"{name}_*.toml"))):
        for label, entries in tomllib.loads(file.read_text("utf-8")).items():
            texts[label] += entries
    return texts


@pytest.mark.parametrize("kind", list(Emergency))
@pytest.mark.row("L23")
def test_every_danger_is_found_with_its_kind(kind: Emergency) -> None:
    missed = {text: look(text).emergency for text in _table("alarms")[kind]}

    assert {text: found for text, found in missed.items() if found is not kind} == {}


@pytest.mark.parametrize("reason", list(_table("calms")))
@pytest.mark.row("L23")
def test_what_only_sounds_like_danger_is_none(reason: str) -> None:
    found = {text: look(text).emergency for text in _table("calms")[reason]}

    assert {text: kind for text, kind in found.items() if kind} == {}


def test_of_several_dangers_the_gravest_is_told() -> None:
    assert look("искрит розетка и пахнет газом").emergency is Emergency.GAS
    assert look("с потолка льёт на щиток, щиток дымится").emergency is Emergency.FIRE
    assert look("топит соседей, вода течёт на удлинитель").emergency is Emergency.ELECTRIC_SHOCK


@pytest.mark.parametrize("urgency", list(Urgency))
@pytest.mark.row("L23")
def test_how_long_it_can_wait_is_told_in_many_words(urgency: Urgency) -> None:
    found = {text: urgency_of(look(text)) for text in _table("urgencies")[urgency]}

    assert {text: other for text, other in found.items() if other is not urgency} == {}


def test_a_day_of_the_next_week_can_wait_but_tomorrow_cannot() -> None:
    sunday = datetime(2026, 11, 29, 12)  # noqa: DTZ001 - a wall clock, as the talk's city has it

    assert urgency_of(look("сломалась розетка, в понедельник", sunday)) is Urgency.STANDARD
    assert urgency_of(look("повесить полку в понедельник")) is Urgency.FLEXIBLE


def test_what_can_wait_does_not_speak_for_another_job() -> None:
    assert urgency_of(look("Полку повесить не к спеху. А вот духовка не греет")) is Urgency.STANDARD
    assert urgency_of(look("Полка подождёт, но воды в доме нет совсем")) is Urgency.URGENT
