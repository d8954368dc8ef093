"""The whole measured set, read as it is read in a talk: rules and vote together.

Its texts have been seen by now; how well new ones are read is told in `docs/language.md`. This keeps us from
falling behind what we had.
"""

from datetime import datetime
from functools import cache

import pytest

from core.language.batch import Batch, Kind
from scripts.bench.language.scores import Score, calibration, scores
from scripts.bench.language.sets import NOW, load

LEAST = {
    Kind.MESSAGE: {
        "trade": 0.97,
        "urgency": 0.97,
        "emergencies found": 0.98,
        "no false alarm": 0.99,
        "every job": 0.93,
    },
    Kind.AVAILABILITY: {"whole maps, ru": 0.95, "whole maps, en": 0.93},
    Kind.IDENTITY: {
        "names": 0.97,
        "phones": 1.0,
        "street, house, flat": 0.97,
        "cities": 0.97,
        "nothing invented": 0.97,
    },
    Kind.TIME: {"first reading, ru": 0.94, "first reading, en": 0.94},
}
CALIBRATION_MAX = 0.05


@cache
def judged(kind: Kind) -> dict[str, Score]:
    batch, labelled = Batch(kind, now=datetime.fromisoformat(NOW)), load(kind)
    found = scores(kind, labelled, [batch.read(text.line) for text in labelled])
    return {score.name.strip(): score for score in found}


@pytest.mark.row("A36")
@pytest.mark.row("A38")
@pytest.mark.row("A39")
@pytest.mark.row("L23")
@pytest.mark.parametrize("name", LEAST[Kind.MESSAGE])
def test_messages_are_read_at_least_as_well_as_before(name: str) -> None:
    score = judged(Kind.MESSAGE)[name]

    assert score.share >= LEAST[Kind.MESSAGE][name], score.missed


@pytest.mark.row("A22")
@pytest.mark.parametrize("name", LEAST[Kind.AVAILABILITY])
def test_hours_are_read_at_least_as_well_as_before(name: str) -> None:
    score = judged(Kind.AVAILABILITY)[name]

    assert score.share >= LEAST[Kind.AVAILABILITY][name], score.missed


@pytest.mark.row("A18")
@pytest.mark.parametrize("name", LEAST[Kind.IDENTITY])
def test_people_and_places_are_read_at_least_as_well_as_before(name: str) -> None:
    score = judged(Kind.IDENTITY)[name]

    assert score.share >= LEAST[Kind.IDENTITY][name], score.missed


@pytest.mark.parametrize("name", LEAST[Kind.TIME])
def test_times_are_read_at_least_as_well_as_before(name: str) -> None:
    score = judged(Kind.TIME)[name]

    assert score.share >= LEAST[Kind.TIME][name], score.missed


def test_confidence_keeps_its_word() -> None:
    batch, labelled = Batch(Kind.MESSAGE, now=datetime.fromisoformat(NOW)), load(Kind.MESSAGE)

    assert calibration(labelled, [batch.read(text.line) for text in labelled]) <= CALIBRATION_MAX
