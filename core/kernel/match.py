"""Which master is asked first (A65–A68, K4), and why (L14)."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from typing import Any

EARTH_M = 6_371_000


@dataclass(frozen=True, slots=True)
class MatchRules:
    """How candidates are compared.

    Attributes:
        prior_rating_tenths: A newcomer's rating in tenths: 46 is 4.6.
        prior_weight: How many ratings the prior counts as.
        distance_step_m: Distances are compared in whole steps of this.
    """

    prior_rating_tenths: int
    prior_weight: int
    distance_step_m: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A master who could do the job.

    Attributes:
        rating_sum, rating_count: Sum and number of the ratings he was given.
        distance_m: Metres to the job; None if unknown, which counts as equal to the nearest (K91).
        workload: His visits of the coming and past days.
        has_certificate: Whether we have seen a certificate of his.
    """

    master_id: str
    rating_sum: int
    rating_count: int
    distance_m: int | None
    workload: int
    has_certificate: bool = False


class Need(StrEnum):
    """What some work asks of a master besides his trade (L24). Its name says why one may not do it."""

    CERTIFICATE = "certificate"


def why_not(candidate: Candidate, needs: Collection[Need]) -> Need | None:
    """Name what a master lacks for a job; None for one who may do it."""
    lacks = {Need.CERTIFICATE: not candidate.has_certificate}
    return next((need for need in sorted(needs) if lacks[need]), None)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with what he was compared by."""

    candidate: Candidate
    rating_tenths: int
    distance_steps: int
    is_distance_known: bool


def rating_tenths(candidate: Candidate, rules: MatchRules) -> int:
    """Return the rating with the newcomer's prior in tenths, rounded half up."""
    weight = rules.prior_weight + candidate.rating_count
    total = rules.prior_rating_tenths * rules.prior_weight + 10 * candidate.rating_sum
    return (2 * total + weight) // (2 * weight)


def rank(candidates: Iterable[Candidate], rules: MatchRules) -> tuple[Ranked, ...]:
    """Return candidates, best first: rating, distance, workload, id. Their order on entry means nothing."""
    return tuple(sorted((_ranked(candidate, rules) for candidate in candidates), key=_key))


def trace(
    ranked: Iterable[Ranked],
    rules: MatchRules,
    *,
    needs: Collection[Need] = (),
    passed_over: Iterable[Candidate] = (),
) -> dict[str, Any]:
    """Return all inputs of a decision, to be stored with it (L14).

    Args:
        needs: What the work asks of whoever does it.
        passed_over: Masters who are free and may not do it; each is stored with the reason.
    """
    return {
        "needs": sorted(needs),
        "passed_over": [{"master_id": one.master_id, "why_not": why_not(one, needs)} for one in passed_over],
        "rules": asdict(rules),
        "order": ["rating_tenths desc", "distance_steps", "workload", "master_id"],
        "candidates": [
            {
                **asdict(one.candidate),
                "rating_tenths": one.rating_tenths,
                "distance_steps": one.distance_steps,
                "is_distance_known": one.is_distance_known,
                "behind_by": behind_by(before, one),
            }
            for before, one in pairwise([None, *ranked])
            if one is not None
        ],
    }


def behind_by(before: Ranked | None, one: Ranked) -> str | None:
    """Name what a candidate is behind the one before him by; None for the first."""
    if before is None:
        return None
    ahead, behind = _key(before), _key(one)
    names = ("rating", "distance", "workload", "id")
    return next(name for name, his, mine in zip(names, ahead, behind, strict=True) if his != mine)


def distance_m(lat: float, lon: float, other_lat: float, other_lon: float) -> int:
    """Return the great-circle distance of two points in metres."""
    north, east = radians(other_lat - lat), radians(other_lon - lon)
    half = sin(north / 2) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(east / 2) ** 2
    return round(2 * EARTH_M * asin(sqrt(half)))


def _ranked(candidate: Candidate, rules: MatchRules) -> Ranked:
    known = candidate.distance_m is not None
    steps = (candidate.distance_m or 0) // rules.distance_step_m
    return Ranked(candidate, rating_tenths(candidate, rules), steps, known)


def _key(one: Ranked) -> tuple[int, int, int, str]:
    return (-one.rating_tenths, one.distance_steps, one.candidate.workload, one.candidate.master_id)
