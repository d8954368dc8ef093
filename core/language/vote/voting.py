"""Settle what the rules read with what the classifier votes.

Rules know grammar and miss words; the classifier knows words and misses grammar. How far each is
believed is itself learnt (`scripts/train.py`, `weights/judge.toml`) from texts that neither has seen: a
handful of numbers that say, for instance, how much an object with its fault weighs against a vote for
another trade. What comes out are chances that can be taken at their word, so `confidence` is one.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from core.language.vote.classifier import NONE, Vote
from core.meaning import Emergency, Frame, Intent, Reading, Trade, Urgency

LIKELY = 0.5
KEPT_MIN = 0.25  # a job that the rules found is given up below
ADDED_MIN = 0.75  # a further job that only the vote knows of
PAIRED_MIN, ALONE_MIN = 0.8, 0.6  # what the rules' own confidence tells of a frame
WEEK = timedelta(days=7)
BRIEF = 9  # words; in a longer text a danger may well be part of a story
ALONE_MIN_DANGER = 0.6  # what the vote sees and no rule does
TELLING_MIN = 5  # words; of fewer the vote alone makes no danger, and hardly a job ("и что теперь?")
_LEAST = 1e-4

_NOT_A_JOB = frozenset({Intent.WORK_WANTED, Intent.SPAM, Intent.COMPLAINT, Intent.CANCEL, Intent.STATUS})

Evidence = dict[str, float]


def trade_evidence(reading: Reading, vote: Vote, trade: Trade) -> Evidence:
    """Return what speaks for a trade being among the jobs."""
    own = max((frame.confidence for frame in reading.frames if frame.trade is trade), default=0.0)
    other = max((frame.confidence for frame in reading.frames if frame.trade is not trade), default=0.0)
    return {
        "vote": _logit(vote.trade[trade]),
        "among": _logit(vote.among[trade]),
        "paired": float(own >= PAIRED_MIN),
        "alone": float(ALONE_MIN <= own < PAIRED_MIN),
        "weak": float(0 < own < ALONE_MIN),
        "other_paired": float(other >= PAIRED_MIN),
        "both_paired": float(own >= PAIRED_MIN and other >= PAIRED_MIN),
        "no_frame": float(not reading.frames),
        "no_job": float(bool(reading.intents & _NOT_A_JOB)),
    }


def danger_evidence(reading: Reading, vote: Vote) -> Evidence:
    """Return what speaks for a danger, of whatever kind."""
    return {
        "vote": _logit(1 - vote.emergency[NONE]),
        "part": _logit(1 - vote.part[NONE]),
        "rules": float(reading.emergency is not None),
        "rules_brief": float(reading.emergency is not None and vote.words <= BRIEF),
        "denied": float(reading.denied is not None),
        "no_frame": float(not reading.frames),
        "no_job": float(bool(reading.intents & _NOT_A_JOB)),
    }


def urgency_evidence(reading: Reading, vote: Vote, *, now: datetime, is_danger: bool) -> Evidence:
    """Return what speaks for one urgency or another."""
    start = min((when.start for when in reading.times), default=None)
    return {
        **{f"vote_{name}": math.log(max(chance, _LEAST)) for name, chance in vote.urgency.items()},
        "said_urgent": float(reading.urgency is Urgency.URGENT),
        "said_flexible": float(reading.urgency is Urgency.FLEXIBLE),
        "danger": float(is_danger),
        "cannot_wait": float(any(frame.is_urgent for frame in reading.frames)),
        "far": float(start is not None and start >= now + WEEK),
        "soon": float(start is not None and start < now + WEEK),
        "no_frame": float(not reading.frames),
    }


def settle(reading: Reading, vote: Vote, *, now: datetime) -> Reading:
    """Return the reading with its jobs, danger, urgency and confidence settled."""
    judge = _judge()
    danger = _emergency(reading, vote, judge["danger"])
    chances = {trade: _chance(judge["trade"], trade_evidence(reading, vote, trade)) for trade in Trade}
    frames = _frames(reading, chances, is_telling=vote.words >= TELLING_MIN)
    settled = replace(reading, frames=frames, emergency=danger)
    evidence = urgency_evidence(reading, vote, now=now, is_danger=danger is not None)
    trade = settled.trade
    return replace(
        settled,
        urgency=_urgency(evidence, is_danger=danger is not None),
        confidence=round(chances[trade] if trade else 1 - max(chances.values()), 2),
        clarify=reading.clarify if reading.frames else "object" if frames else None,
    )


def _frames(reading: Reading, chances: Mapping[Trade, float], *, is_telling: bool) -> tuple[Frame, ...]:
    """Give up jobs that are unlikely, and add the one that the rules had no words for."""
    kept = [
        replace(frame, confidence=round(chances[frame.trade], 2))
        for frame in reading.frames
        if frame.trade and (chances[frame.trade] >= KEPT_MIN or (frame.is_urgent and frame.fault))
    ]
    named = {frame.trade for frame in kept}
    for trade in sorted(chances, key=lambda trade: -chances[trade]):
        least = LIKELY if is_telling and not kept else ADDED_MIN
        if trade not in named and chances[trade] >= least:
            kept.append(_told_by_vote(reading, trade, chances[trade]))
    return tuple(sorted(kept, key=lambda frame: frame.confidence < LIKELY))


def _told_by_vote(reading: Reading, trade: Trade, chance: float) -> Frame:
    """Return a job of the trade voted for; its object stays where the rules only erred in who comes."""
    known = next((frame for frame in reading.frames if frame.object), None)
    if known is None or len(reading.frames) > 1:
        return Frame(trade, None, None, None, round(chance, 2))
    return replace(known, trade=trade, fault=None, confidence=round(chance, 2))


def _emergency(reading: Reading, vote: Vote, judge: Mapping[str, float]) -> Emergency | None:
    if reading.emergency is None and vote.words < TELLING_MIN:
        return None
    least = judge["from"] if reading.emergency else ALONE_MIN_DANGER
    if _chance(judge, danger_evidence(reading, vote)) < least:
        return None
    return reading.emergency or max(Emergency, key=lambda kind: vote.emergency[kind] + vote.part[kind])


def _urgency(evidence: Evidence, *, is_danger: bool) -> Urgency | None:
    """Return the urgency; None where the fault's own default may stand."""
    if is_danger:
        return Urgency.URGENT
    judge = _judge()
    scores = {kind: _score(judge[kind], evidence) for kind in Urgency}
    best = max(Urgency, key=lambda kind: scores[kind])
    return None if best is Urgency.STANDARD else best


def _chance(judge: Mapping[str, float], evidence: Evidence) -> float:
    return 1 / (1 + math.exp(-_score(judge, evidence)))


def _score(judge: Mapping[str, float], evidence: Evidence) -> float:
    return judge["bias"] + sum(judge[name] * value for name, value in evidence.items())


def _logit(chance: float) -> float:
    chance = min(max(chance, _LEAST), 1 - _LEAST)
    return math.log(chance / (1 - chance))


@cache
def _judge() -> Mapping[str, Mapping[str, float]]:
    return tomllib.loads((files("core.language") / "weights" / "judge.toml").read_text("utf-8"))
