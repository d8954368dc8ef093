"""What one would pick instead: TF-IDF on lemmas for messages, dateparser for times.

Both get the same texts in the same run. The classifier learns from the texts that ours learns from.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from scripts.bench.language.sets import Labelled

NOT_A_JOB = "none"


def by_lemmas(labelled: Sequence[Labelled]) -> list[dict[str, Any]]:
    """Return the trade and urgency that TF-IDF on lemmas with logistic regression gives."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from scripts.train import lessons

    taught = [lesson for lesson in lessons() if len(lesson.trades) <= 1]
    texts = [lesson.text for lesson in taught]
    asked = [text.text for text in labelled]
    guessed = {}
    for name, wanted in (
        ("category", [next(iter(lesson.trades), NOT_A_JOB) for lesson in taught]),
        ("urgency", [lesson.urgency for lesson in taught]),
        ("emergency", [lesson.emergency for lesson in taught]),
    ):
        model = make_pipeline(TfidfVectorizer(analyzer=_lemmas), LogisticRegression(max_iter=2_000))
        guessed[name] = model.fit(texts, wanted).predict(asked)
    return [
        {name: None if kind == NOT_A_JOB else str(kind) for name, kind in zip(guessed, kinds, strict=True)}
        for kinds in zip(*guessed.values(), strict=True)
    ]


def _lemmas(text: str) -> list[str]:
    from core.language.normalise import normalise

    return [min(token.lemmas, default=token.text) for token in normalise(text, None).tokens]


def by_dateparser(labelled: Sequence[Labelled]) -> list[datetime | None]:
    """Return the first time that dateparser finds in each text."""
    from dateparser.search import search_dates

    found: list[datetime | None] = []
    for text in labelled:
        now = datetime.fromisoformat(text.line["ref"])
        settings = {"RELATIVE_BASE": now, "PREFER_DATES_FROM": "future"}
        hits = search_dates(text.text, languages=[text.line["lang"]], settings=settings)
        found.append(hits[0][1] if hits else None)
    return found
