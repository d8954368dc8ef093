"""The benches run and tell all they have to. How fast they are is not asked here."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.bench import TRIAL_S, figures, grounds, ledger
from scripts.bench.figures import Figure, Found, Goal, Ground
from scripts.bench.grounds import DATABASES
from scripts.bench.run import BENCHES, measure
from scripts.bench.saying import Seen
from scripts.bench.says import words
from scripts.cluster import Cluster
from storage.tables import EffectStatus

# Those that start processes of their own ask the database nothing that the others do not.
ONCE = {"intake": "postgresql", "jobfile": "sqlite"}
TRIED = [(name, each) for name in BENCHES for each in DATABASES if ONCE.get(name, each) == each]


@pytest.mark.parametrize(("name", "database"), TRIED)
def test_a_bench_measures_beside_its_floor_and_says_on_what(
    name: str,
    database: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ledger, "OPERATIONS", 20_000)  # a million take twelve seconds
    cluster: Cluster | None = request.getfixturevalue("cluster") if database == "postgresql" else None
    with grounds.place(database, cluster) as place:
        found = measure(name, place, seconds=TRIAL_S)

    assert found.bench == name
    assert found.ground.database.lower().startswith(database)
    assert found.ground.durability
    assert found.ground.cores > 0
    assert found.floors
    assert all(figure.per_second >= 0 for figure in (*found.measured, *found.floors))
    assert sum(figure.samples for figure in found.floors) > 0
    assert "measured" in found.facts

    figures.keep([found], tmp_path / "found.json")
    (kept,) = json.loads((tmp_path / "found.json").read_text("utf-8"))
    assert kept["bench"] == name
    assert {"measured", "floors", "time", "statements", "ground", "is_good"} <= kept.keys()


def a_found(figure: Figure, goal: Goal | None) -> Found:
    ground = Ground("a processor", 2, "3.11", "SQLite 3", "durable", "disk")
    return Found("talk", ground, measured=(figure,), floors=(), goal=goal)


def test_a_goal_is_about_the_first_figure() -> None:
    quick, slow = Figure("letters", 300, 10, 1, 2, 3), Figure("letters", 100, 10, 1, 2, 300)

    assert a_found(slow, None).is_good
    assert a_found(quick, Goal(per_second=200)).is_good
    assert not a_found(slow, Goal(per_second=200)).is_good
    assert a_found(quick, Goal(p99_ms=100)).is_good
    assert not a_found(slow, Goal(p99_ms=100)).is_good
    assert not a_found(Figure("letters", 300, 0), Goal(p99_ms=100)).is_good


def test_what_must_never_be_fails_a_bench_whatever_its_figures() -> None:
    quick = Figure("messages", 300, 10, 1, 2, 3, core_share=0.2)

    assert a_found(quick, Goal(per_second=200, core_share=0.3)).is_good
    assert not a_found(quick, Goal(per_second=200, core_share=0.1)).is_good
    assert not replace(a_found(quick, None), wrong=("telegram: lost 1",)).is_good


def test_people_see_what_was_lost_doubled_or_out_of_order() -> None:
    seen = Seen()
    states = {"e": EffectStatus.UNKNOWN, "f": EffectStatus.UNKNOWN}

    seen.compare(["a", "b", "c", "d", "e", "f"], ["b", "a", "a", "d", "noise", "f"], states=states)

    assert (seen.shown, seen.lost, seen.doubled, seen.disordered) == (4, 1, 1, 1)
    assert (seen.unknown, seen.unknown_shown) == (2, 1)


def test_percentiles_are_those_of_the_samples() -> None:
    figure = Figure.of("letters", [n / 1_000 for n in range(101)], within_s=10)

    assert (figure.samples, figure.per_second) == (101, 10.1)
    assert figure.p50_ms == pytest.approx(50)
    assert figure.p99_ms == pytest.approx(99)


def test_nothing_measured_is_told_as_nothing() -> None:
    figure = Figure.of("letters", [], within_s=1)

    assert (figure.samples, figure.per_second, figure.p99_ms) == (0, 0, None)


def test_clients_differ() -> None:
    assert len({words(n) for n in range(200)}) == 200
