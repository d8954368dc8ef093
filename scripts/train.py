"""Learn the classifier's weights, and how far it is believed, from `core/language/training/`.

    make train

Two steps. *Vote*: logistic regressions over words and pieces of words (`core/language/features.py`).
*Judge*: a few numbers that weigh the vote against the rules, learnt from votes on texts that the vote was not
trained with (five folds). Both are written as plain text into `core/language/weights/`; running the
program needs no library for them. The same texts give the same files.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from core.language import voting
from core.language.classifier import SCALE, Vote
from core.language.features import features
from core.language.normalise import normalise
from core.language.reader import EmbeddedReader
from core.meaning import Emergency, LookContext, Reading, Trade, Urgency

HERE = Path(__file__).resolve().parents[1] / "core" / "language"
TRAINING, WEIGHTS = HERE / "training", HERE / "weights"
NOW = datetime(2026, 11, 25, 14)  # noqa: DTZ001 - a wall clock; what the texts were written for
SEEN_MIN = 2  # texts that must hold a feature
STRENGTH = 20.0  # inverse of regularisation
JUDGE_STRENGTH = 1.0
FOLDS = 5
NONE = voting.NONE
TRADES = (*Trade, NONE)
FALSE_ALARMS_MAX = 0.004  # of texts without a danger
COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Lesson:
    """A text and what it means."""

    trades: frozenset[str]
    urgency: str
    emergency: str
    text: str


def lessons(folder: Path = TRAINING) -> Iterator[Lesson]:
    """Read the training texts. Raises ValueError with file and line for one that does not fit."""
    for file in sorted(folder.glob("*.tsv")):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
            columns = line.split("\t")
            trades = frozenset(columns[0].split("+"))
            if (
                len(columns) != COLUMNS
                or not trades <= set(TRADES)
                or columns[1] not in list(Urgency)
                or columns[2] not in (*Emergency, NONE)
            ):
                raise ValueError(f"{file.name}, line {number}: not trade, urgency, emergency, text")
            yield Lesson(trades - {NONE}, columns[1], columns[2], columns[3])


class Learner:
    """The four questions that are voted on, learnt together."""

    def __init__(self, texts: Sequence[Mapping[str, int]], taught: Sequence[Lesson]) -> None:
        """Learn."""
        counts = DictVectorizer(dtype=np.float64)
        matrix = counts.fit_transform(texts)
        seen = np.asarray((matrix > 0).sum(axis=0)).ravel() >= SEEN_MIN
        counts.restrict(seen)
        self._counts = counts
        self._rarity = TfidfTransformer(sublinear_tf=True)
        known = self._rarity.fit_transform(matrix[:, seen])
        single = [place for place, lesson in enumerate(taught) if len(lesson.trades) <= 1]
        self._trade = _fit(known[single], [next(iter(taught[place].trades), NONE) for place in single])
        self._among = {
            trade: _fit(known, [int(trade in lesson.trades) for lesson in taught]) for trade in Trade
        }
        self._urgency = _fit(known, [lesson.urgency for lesson in taught])
        self._emergency = _fit(known, [lesson.emergency for lesson in taught])

    def votes(self, texts: Sequence[Mapping[str, int]]) -> list[Vote]:
        """Vote on other texts."""
        known = self._rarity.transform(self._counts.transform(texts))
        among = {trade: model.predict_proba(known)[:, 1] for trade, model in self._among.items()}
        heads = [_chances(model, known) for model in (self._trade, self._urgency, self._emergency)]
        return [
            Vote(trade, {name: float(chances[place]) for name, chances in among.items()}, urgency, emergency)
            for place, (trade, urgency, emergency) in enumerate(zip(*heads, strict=True))
        ]

    def write(self, file: Path) -> None:
        """Write the weights as whole hundredths: biases first, then a line per feature."""
        heads: list[tuple[str, Sequence[str], Any, Any]] = [
            ("trade", self._trade.classes_, self._trade.intercept_, self._trade.coef_),
            (
                "among",
                list(self._among),
                [model.intercept_[0] for model in self._among.values()],
                np.vstack([model.coef_ for model in self._among.values()]),
            ),
            ("urgency", self._urgency.classes_, self._urgency.intercept_, self._urgency.coef_),
            ("emergency", self._emergency.classes_, self._emergency.intercept_, self._emergency.coef_),
        ]
        lines = [
            "\t".join([name, *(f"{kind}={_whole(bias)}" for kind, bias in zip(kinds, biases, strict=True))])
            for name, kinds, biases, _ in heads
        ]
        rows = np.vstack([self._rarity.idf_, *(weights for *_, weights in heads)]).T
        named = zip(self._counts.get_feature_names_out(), rows, strict=True)
        lines += ["", *("\t".join([name, *map(_whole, row)]) for name, row in sorted(named, key=_name))]
        file.write_text("\n".join(lines) + "\n", "utf-8")


def _name(named: tuple[str, object]) -> str:
    return named[0]


def _whole(value: float) -> str:
    return str(round(value * SCALE))


def _fit(known: csr_matrix, wanted: Sequence[object], strength: float = STRENGTH) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=5_000).fit(known, wanted)


def _chances(model: LogisticRegression, known: csr_matrix) -> list[dict[str, float]]:
    return [
        dict(zip(map(str, model.classes_), map(float, row), strict=True))
        for row in model.predict_proba(known)
    ]


def unseen_votes(texts: Sequence[Mapping[str, int]], taught: Sequence[Lesson]) -> list[Vote]:
    """Vote on every text by what was learnt from the others."""
    votes: dict[int, Vote] = {}
    for known, unseen in KFold(FOLDS, shuffle=True, random_state=0).split(texts):
        learner = Learner([texts[place] for place in known], [taught[place] for place in known])
        votes |= zip(unseen, learner.votes([texts[place] for place in unseen]), strict=True)
    return [votes[place] for place in range(len(texts))]


def judged(readings: Sequence[Reading], votes: Sequence[Vote], taught: Sequence[Lesson]) -> str:
    """Learn how far rules and vote are believed; returns `judge.toml`."""
    told = list(zip(readings, votes, taught, strict=True))
    trade = _weighed(
        (voting.trade_evidence(reading, vote, trade), int(trade in lesson.trades))
        for reading, vote, lesson in told
        for trade in Trade
    )
    dangers = [
        (voting.danger_evidence(reading, vote), int(lesson.emergency != NONE))
        for reading, vote, lesson in told
    ]
    danger = _weighed(dangers)
    calm = sorted(_chance(danger, evidence) for evidence, is_danger in dangers if not is_danger)
    danger["from"] = min(0.5, calm[int(len(calm) * (1 - FALSE_ALARMS_MAX))])
    urgency = _weighed_kinds(
        (
            voting.urgency_evidence(reading, vote, now=NOW, is_danger=lesson.emergency != NONE),
            lesson.urgency,
        )
        for reading, vote, lesson in told
    )
    tables = {"trade": trade, "danger": danger, **urgency}
    head = "# How far the rules and the vote are believed. Written by scripts/train.py; do not edit.\n"
    return head + "".join(
        f"\n[{name}]\n" + "".join(f"{key} = {value:.3f}\n" for key, value in weights.items())
        for name, weights in tables.items()
    )


def _weighed(told: Iterable[tuple[voting.Evidence, int]]) -> dict[str, float]:
    pairs = list(told)
    names = list(pairs[0][0])
    model = _fit(np.array([list(e.values()) for e, _ in pairs]), [y for _, y in pairs], JUDGE_STRENGTH)
    return {"bias": float(model.intercept_[0]), **dict(zip(names, map(float, model.coef_[0]), strict=True))}


def _weighed_kinds(told: Iterable[tuple[voting.Evidence, str]]) -> dict[str, dict[str, float]]:
    pairs = list(told)
    names = list(pairs[0][0])
    model = _fit(np.array([list(e.values()) for e, _ in pairs]), [y for _, y in pairs], JUDGE_STRENGTH)
    return {
        str(kind): {"bias": float(bias), **dict(zip(names, map(float, row), strict=True))}
        for kind, bias, row in zip(model.classes_, model.intercept_, model.coef_, strict=True)
    }


def _chance(weights: Mapping[str, float], evidence: voting.Evidence) -> float:
    score = weights["bias"] + sum(weights[name] * value for name, value in evidence.items())
    return float(1 / (1 + np.exp(-score)))


def shares(readings: Sequence[Reading], votes: Sequence[Vote], taught: Sequence[Lesson]) -> dict[str, float]:
    """Return the shares that rules and vote together get right, for votes on texts not learnt from."""
    right: dict[str, list[bool]] = {}
    for reading, vote, lesson in zip(readings, votes, taught, strict=True):
        settled = voting.settle(reading, vote, now=NOW)
        trades = sorted(str(frame.trade) for frame in settled.frames)
        right.setdefault("every job", []).append(trades == sorted(lesson.trades))
        if len(lesson.trades) <= 1:
            right.setdefault("trade", []).append((settled.trade or NONE) in (lesson.trades or {NONE}))
        right.setdefault("urgency", []).append((settled.urgency or Urgency.STANDARD) == lesson.urgency)
        name = "calm texts" if lesson.emergency == NONE else "dangers"
        right.setdefault(name, []).append((settled.emergency is not None) == (lesson.emergency != NONE))
    return {name: sum(each) / len(each) for name, each in right.items()}


def main() -> int:
    """Learn and write."""
    taught = list(lessons())
    texts = [dict(features(normalise(lesson.text, None))) for lesson in taught]
    rules = EmbeddedReader(is_alone=True)
    readings = [rules.look(lesson.text, LookContext(now=NOW)) for lesson in taught]
    WEIGHTS.mkdir(exist_ok=True)
    votes = unseen_votes(texts, taught)
    (WEIGHTS / "judge.toml").write_text(judged(readings, votes, taught), "utf-8")
    learner = Learner(texts, taught)
    learner.write(WEIGHTS / "vote.tsv")
    sys.stdout.write(f"Learnt from {len(taught)} texts. Of texts that were not learnt from, right are:\n")
    for name, share in shares(readings, votes, taught).items():
        sys.stdout.write(f"  {name:18} {share:.1%}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
