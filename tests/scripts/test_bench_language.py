"""The measured set is whole, and right and wrong are counted as they should be."""

from collections import Counter
from pathlib import Path

import pytest

from core.language.batch import Kind
from core.meaning import Emergency, Trade, Urgency
from scripts.bench.language.scores import calibration, scores
from scripts.bench.language.sets import Labelled, files, load

LEAST = {Kind.MESSAGE: 600, Kind.AVAILABILITY: 200, Kind.IDENTITY: 200, Kind.TIME: 200}
LEXICON = Path(__file__).resolve().parents[2] / "core" / "language"


@pytest.mark.parametrize("kind", Kind)
def test_the_measured_set_is_large_enough_and_in_two_languages(kind: Kind) -> None:
    labelled = load(kind)
    langs = Counter(text.line["lang"] for text in labelled)

    assert len(labelled) >= LEAST[kind]
    assert min(langs["ru"], langs["en"]) >= len(labelled) // 4
    assert len({text.text for text in labelled}) >= 0.95 * len(labelled)
    for file in files(kind):
        assert file.stem.count("-") == 1


def test_messages_are_labelled_with_known_words() -> None:
    for text in load(Kind.MESSAGE):
        wanted = text.wanted
        assert wanted["category"] in (None, *Trade)
        assert wanted["urgency"] in list(Urgency)
        assert wanted["emergency"] in (None, *Emergency)
        assert set(wanted["jobs"]) <= set(Trade)
        assert (wanted["category"] is None) == (not wanted["jobs"])
        assert wanted["emergency"] is None or wanted["urgency"] == Urgency.URGENT


def test_no_measured_text_was_learnt_from() -> None:
    learnt = {
        line.split("\t")[3].casefold()
        for file in (LEXICON / "training").glob("*.tsv")
        for line in file.read_text("utf-8").splitlines()
    }
    phrases = "\n".join(file.read_text("utf-8") for file in (LEXICON / "lexicon").glob("*.toml"))
    for text in load(Kind.MESSAGE):
        assert text.text.casefold() not in learnt
        assert len(text.text.split()) < 4 or text.text not in phrases


def _message(category: str | None, *, emergency: str | None = None) -> Labelled:
    jobs = [category] if category else []
    wanted = {"category": category, "urgency": "standard", "emergency": emergency, "jobs": jobs}
    return Labelled({"id": 1, "text": "t", "lang": "ru", "ref": "2026-11-25T14:00"}, wanted)


def _answer(
    category: str | None, *, confidence: float = 1.0, emergency: str | None = None
) -> dict[str, object]:
    requests = [{"trade": category}] if category else []
    return {
        "category": category, "urgency": "standard", "emergency": emergency, "requests": requests,
        "confidence": confidence,
    }  # fmt: skip


def test_right_and_wrong_are_counted() -> None:
    wanted = [_message("electrical"), _message(None), _message("general", emergency="fire")]
    found = scores(Kind.MESSAGE, wanted, [_answer("electrical"), _answer("plumbing"), _answer("general")])
    told = {score.name.strip(): (score.right, score.of) for score in found}

    assert told["trade"] == (2, 3)
    assert told["not a job"] == (0, 1)
    assert told["emergencies found"] == (0, 1)
    assert told["no false alarm"] == (2, 2)
    assert told["every job"] == (2, 3)


def test_confidence_that_keeps_its_word_is_calibrated() -> None:
    wanted = [_message("electrical")] * 4
    half = [_answer("electrical", confidence=0.5)] * 2 + [_answer("general", confidence=0.5)] * 2

    assert calibration(wanted, half) == 0
    assert calibration(wanted, [_answer("general", confidence=1.0)] * 4) == 1
