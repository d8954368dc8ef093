"""Who is asked first, and why."""

import itertools
from random import Random

import pytest
from hypothesis import given, strategies as st

from core.kernel.match import Candidate, MatchRules, distance_m, rank, rating_tenths, trace

RULES = MatchRules(prior_rating_tenths=46, prior_weight=5, distance_step_m=500)
candidates = st.lists(
    st.builds(
        Candidate,
        master_id=st.text("abcdef0123456789", min_size=1, max_size=6),
        rating_sum=st.just(0),
        rating_count=st.just(0),
        distance_m=st.none() | st.integers(0, 20_000),
        workload=st.integers(0, 4),
    ).flatmap(
        lambda one: st.tuples(st.integers(0, 30), st.integers(1, 5)).map(
            lambda rated: Candidate(
                one.master_id, rated[0] * rated[1], rated[0], one.distance_m, one.workload
            )
        )
    ),
    unique_by=lambda one: one.master_id,
    max_size=8,
)


def master(
    master_id: str = "m", *, ratings: list[int] | None = None, distance: int | None = 0, workload: int = 0
) -> Candidate:
    stars = ratings or []
    return Candidate(master_id, sum(stars), len(stars), distance, workload)


def order(*found: Candidate) -> list[str]:
    return [one.candidate.master_id for one in rank(found, RULES)]


@pytest.mark.row("A68")
@pytest.mark.row("K4")
def test_rating_comes_before_distance_and_distance_before_workload() -> None:
    best = master("c", ratings=[5] * 20, distance=9_000, workload=9)
    near = master("b", distance=100, workload=9)
    idle = master("a", distance=700, workload=0)

    assert order(idle, near, best) == ["c", "b", "a"]


@pytest.mark.row("A73")
def test_the_less_busy_of_two_equals_is_asked() -> None:
    assert order(master("a", workload=2), master("b", workload=1)) == ["b", "a"]


@pytest.mark.row("K4")
def test_half_a_kilometre_is_one_step() -> None:
    assert order(master("a", distance=0, workload=1), master("b", distance=499)) == ["b", "a"]
    assert order(master("a", distance=499, workload=1), master("b", distance=500)) == ["a", "b"]


@pytest.mark.row("K91")
def test_an_unknown_distance_counts_as_equal_to_the_nearest_and_the_trace_says_so() -> None:
    ranked = rank([master("known", distance=100, workload=1), master("unknown", distance=None)], RULES)

    assert [one.candidate.master_id for one in ranked] == ["unknown", "known"]
    known = {one["master_id"]: one["is_distance_known"] for one in trace(ranked, RULES)["candidates"]}
    assert known == {"unknown": False, "known": True}


@pytest.mark.parametrize(
    ("ratings", "tenths"),
    [
        ([], 46),  # a newcomer
        ([5], 47),  # (23 + 5) / 6 = 4.67
        ([1], 40),
        ([5] * 100, 50),  # 4.98
        ([4, 4, 5, 5, 5], 46),  # 4.6
        ([4, 4, 5, 4, 5], 45),  # exactly 4.5
        ([5, 4, 5, 5, 5], 47),  # 4.7
    ],
)
def test_a_newcomer_counts_as_five_ratings_of_four_point_six(ratings: list[int], tenths: int) -> None:
    assert rating_tenths(master(ratings=ratings), RULES) == tenths


@given(candidates, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_of_entry(found: list[Candidate], chance: Random) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)

    assert rank(shuffled, RULES) == rank(found, RULES)


@given(candidates)
def test_nobody_is_lost_and_nobody_is_better_than_the_one_before(found: list[Candidate]) -> None:
    ranked = rank(found, RULES)

    assert sorted(one.candidate.master_id for one in ranked) == sorted(one.master_id for one in found)
    for before, after in itertools.pairwise(ranked):
        assert (-before.rating_tenths, before.distance_steps, before.candidate.workload) <= (
            -after.rating_tenths,
            after.distance_steps,
            after.candidate.workload,
        )


@given(candidates)
def test_the_trace_alone_is_enough_to_decide_again(found: list[Candidate]) -> None:
    told = trace(rank(found, RULES), RULES)
    fields = ("master_id", "rating_sum", "rating_count", "distance_m", "workload")
    again = [Candidate(*(one[name] for name in fields)) for one in reversed(told["candidates"])]

    assert trace(rank(again, MatchRules(**told["rules"])), RULES) == told


def test_the_trace_says_what_each_master_is_behind_by() -> None:
    ranked = rank(
        [
            master("best", ratings=[5] * 9),
            master("far", distance=3_000),
            master("busy", distance=3_000, workload=1),
            master("busy-too", distance=3_000, workload=1),
        ],
        RULES,
    )

    told = {one["master_id"]: one["behind_by"] for one in trace(ranked, RULES)["candidates"]}
    assert told == {"best": None, "far": "rating", "busy": "workload", "busy-too": "id"}


@pytest.mark.row("A73")
def test_equal_masters_take_turns_when_work_counts() -> None:
    jobs = dict.fromkeys("abcd", 0)
    for _ in range(40):
        first = rank([master(name, workload=done) for name, done in jobs.items()], RULES)[0]
        jobs[first.candidate.master_id] += 1

    assert set(jobs.values()) == {10}


def test_a_distance_is_the_great_circle() -> None:
    kaliningrad, moscow = (54.7104, 20.4522), (55.7558, 37.6173)

    assert distance_m(*kaliningrad, *moscow) == pytest.approx(1_090_000, rel=0.01)
    assert distance_m(*moscow, *kaliningrad) == distance_m(*kaliningrad, *moscow)
    assert distance_m(*moscow, *moscow) == 0
    assert distance_m(0, 0, 0, 1) == pytest.approx(111_195, abs=1)
