"""Learn the classifier's weights, and how far it is believed, from `core/language/training/`.

    make train

Two steps. *Vote*: logistic regressions over words and pieces of words (`core/language/vote/features.py`).
*Judge*: a few numbers that weigh the vote against the rules, learnt from the measured set, which the vote
never learns from. Both are written as plain text into `core/language/weights/`; running the program needs
no library for them. The same texts give the same files.
"""

import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

from core.language.batch import Kind
from core.language.normalise import normalise
from core.language.reader import EmbeddedReader
from core.language.vote import voting
from core.language.vote.classifier import NONE, SCALE, Classifier, Vote
from core.language.vote.features import features
from core.meaning import Emergency, LookContext, Reading, Trade, Urgency
from scripts.bench.language.sets import files, read

HERE = Path(__file__).resolve().parents[1] / "core" / "language"
TABLES = HERE.parents[1] / "tests" / "language" / "data"
TRAINING, WEIGHTS = HERE / "training", HERE / "weights"
NOW = datetime(2026, 11, 25, 14)  # noqa: DTZ001 - a wall clock; what the texts were written for
SEEN_MIN = 2  # texts that must hold a feature
STRENGTH = 20.0  # inverse of regularisation
JUDGE_STRENGTH = 1.0
OLDER_WEIGHT = 0.3
NEW = 2  # rounds that no rule was mended for
TABLE_WEIGHT = 0.1
TRADES = (*Trade, NONE)
FALSE_ALARMS_MAX = 0.004  # of texts without a danger
ALARMED_FROM_MAX = 0.3  # to miss a danger is worse than to warn of none
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


class Told(NamedTuple):
    """A text as the rules and the vote have it, what it means, and how much it counts."""

    reading: Reading
    vote: Vote
    lesson: Lesson
    weight: float


class Learner:
    """The four questions that are voted on, learnt together."""

    def __init__(self, taught: Sequence[Lesson]) -> None:
        """Learn."""
        texts = [dict(features(normalise(lesson.text, None).tokens)) for lesson in taught]
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


def _fit(known: csr_matrix, wanted: Sequence[object]) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=5_000).fit(known, wanted)


def measured() -> Iterator[tuple[Lesson, float]]:
    """Give the messages of the measured set, which the vote never learns from, and how much each counts.

    Rules were mended for what the older rounds showed, so there they look better than they are; the
    newest rounds count most.
    """
    rounds = files(Kind.MESSAGE)
    for file in rounds:
        for text in read(file):
            wanted = text.wanted
            danger = wanted["emergency"] or NONE
            lesson = Lesson(frozenset(wanted["jobs"]), wanted["urgency"], danger, text.text)
            yield lesson, 1.0 if file in rounds[-NEW:] else OLDER_WEIGHT


def tabled(name: str) -> Iterator[tuple[str, str]]:
    """Give the texts of the rules' own tests by their label.

    The rules know them by heart, so they count little; without them the rules would be believed too
    little where something is told in plain words.
    """
    for file in sorted(TABLES.glob(f"{name}*.toml")):
        for label, texts in tomllib.loads(file.read_text("utf-8")).items():
            yield from ((label, text) for text in texts)


def judged(told: Sequence[Told], dangers_told: Sequence[Told], urgency_told: Sequence[Told]) -> str:
    """Learn how far rules and vote are believed; returns `judge.toml`."""
    trade = _weighed(
        [
            (voting.trade_evidence(each.reading, each.vote, trade), int(trade in each.lesson.trades))
            for each in told
            for trade in Trade
        ],
        [each.weight for each in told for _ in Trade],
    )["1"]
    dangers = [
        (voting.danger_evidence(each.reading, each.vote), int(each.lesson.emergency != NONE))
        for each in (*told, *dangers_told)
    ]
    danger = _weighed(dangers, [each.weight for each in (*told, *dangers_told)])["1"]
    calm = sorted(_chance(danger, evidence) for evidence, is_danger in dangers[: len(told)] if not is_danger)
    danger["from"] = min(ALARMED_FROM_MAX, calm[int(len(calm) * (1 - FALSE_ALARMS_MAX))])
    urgency = _weighed(
        [
            (
                voting.urgency_evidence(
                    each.reading, each.vote, now=NOW, is_danger=each.lesson.emergency != NONE
                ),
                each.lesson.urgency,
            )
            for each in (*told, *urgency_told)
        ],
        [each.weight for each in (*told, *urgency_told)],
    )
    kept = {"trade": trade, "danger": danger, **urgency}
    head = "# How far the rules and the vote are believed. Written by scripts/train.py; do not edit.\n"
    return head + "".join(
        f"\n[{name}]\n" + "".join(f"{key} = {value:.3f}\n" for key, value in table.items())
        for name, table in kept.items()
    )


def _weighed(
    told: Sequence[tuple[voting.Evidence, object]], weights: Sequence[float]
) -> dict[str, dict[str, float]]:
    """Return, for each class, how much each piece of evidence counts; of yes and no only yes ("1")."""
    names = list(told[0][0])
    given = np.array([list(evidence.values()) for evidence, _ in told])
    model = LogisticRegression(C=JUDGE_STRENGTH, max_iter=5_000)
    model.fit(given, [wanted for _, wanted in told], sample_weight=weights)
    kinds = model.classes_[-len(model.coef_) :]
    return {
        str(kind): {"bias": float(bias), **dict(zip(names, map(float, row), strict=True))}
        for kind, bias, row in zip(kinds, model.intercept_, model.coef_, strict=True)
    }


def _chance(weights: Mapping[str, float], evidence: voting.Evidence) -> float:
    score = weights["bias"] + sum(weights[name] * value for name, value in evidence.items())
    return float(1 / (1 + np.exp(-score)))


def _read(lessons: Iterable[tuple[Lesson, float]]) -> list[Told]:
    rules, classifier = EmbeddedReader(is_alone=True), Classifier()
    return [
        Told(
            rules.look(lesson.text, LookContext(now=NOW)),
            classifier.vote(normalise(lesson.text, None)),
            lesson,
            weight,
        )
        for lesson, weight in lessons
    ]


def main() -> int:
    """Learn and write."""
    WEIGHTS.mkdir(exist_ok=True)
    taught = list(lessons())
    Learner(taught).write(WEIGHTS / "vote.tsv")
    told = _read(measured())
    dangers = [
        *((Lesson(frozenset(), "", kind, text), TABLE_WEIGHT) for kind, text in tabled("alarms")),
        *((Lesson(frozenset(), "", NONE, text), TABLE_WEIGHT) for _, text in tabled("calms")),
    ]
    urgencies = [(Lesson(frozenset(), kind, NONE, text), TABLE_WEIGHT) for kind, text in tabled("urgencies")]
    (WEIGHTS / "judge.toml").write_text(judged(told, _read(dangers), _read(urgencies)), "utf-8")
    sys.stdout.write(f"The vote learnt from {len(taught)} texts, the judge from {len(told)} others.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
