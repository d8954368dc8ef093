"""Read the whole measured set and tell how well, how fast, and in how much memory."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median, quantiles
from typing import Any

from rich.console import Console
from rich.table import Table

from core.language.batch import Batch, Kind
from scripts.bench.language.hostile import HOSTILE, again
from scripts.bench.language.scores import Answer, Score, calibration, scores
from scripts.bench.language.sets import HOUSE, NOW, Labelled, files, load, read

MS, KIB = 1_000, 1_024
LOADED = """
import sys, time
from pathlib import Path

def rss_kib():
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmRSS:")[1].split()[0])
    import resource
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

start, bare = time.process_time(), rss_kib()
from datetime import datetime
from core.language.batch import Batch, Kind
batch = Batch(Kind.MESSAGE, now=datetime(2026, 11, 25, 14))
took = time.process_time() - start
for text in sys.stdin.read().splitlines():
    batch.read({"id": 1, "text": text})
print(took, rss_kib() - bare)
"""


@dataclass(frozen=True, slots=True)
class Read:
    """What was found for one kind of text.

    Attributes:
        took_ms: CPU for each text, in the order of the set.
        beside: Scores of what one would pick instead.
    """

    kind: Kind
    scores: Sequence[Score]
    took_ms: Sequence[float]
    beside: Sequence[Score] = ()
    facts: Mapping[str, float] = field(default_factory=dict)


def measure(kind: Kind) -> Read:
    """Read every text of a kind."""
    labelled = load(kind)
    answers, took = _answers(kind, labelled)
    facts = {"calibration error": calibration(labelled, answers)} if kind is Kind.MESSAGE else {}
    return Read(kind, scores(kind, labelled, answers), took, _beside(kind, labelled), facts)


def by_file(kind: Kind) -> Mapping[str, Sequence[Score]]:
    """Return the scores of each file of the set, to see that newer texts do no worse."""
    found = {}
    for file in files(kind):
        labelled = list(read(file))
        found[file.stem] = scores(kind, labelled, _answers(kind, labelled)[0])
    return found


def loaded() -> tuple[float, float]:
    """Return the seconds of CPU that loading takes, and the MB after a thousand texts, in a fresh process."""
    texts = "\n".join(text.text.replace("\n", " ") for text in load(Kind.MESSAGE)[:1_000])
    ran = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=HOUSE, check=True, capture_output=True, text=True, input=texts
    )
    seconds, kib = ran.stdout.split()
    return float(seconds), float(kib) / KIB


def hurt() -> tuple[str, float]:
    """Return the piece whose 4,000 characters take the longest to read, and the ms of CPU that they take."""
    batch = Batch(Kind.MESSAGE, now=datetime.fromisoformat(NOW))
    batch.read({"id": 1, "text": HOSTILE[0]})
    took = {}
    for piece in HOSTILE:
        start = time.process_time()
        batch.read({"id": 1, "text": again(piece)})
        took[piece] = (time.process_time() - start) * MS
    worst = max(took, key=lambda piece: took[piece])
    return worst, took[worst]


def _answers(kind: Kind, labelled: Sequence[Labelled]) -> tuple[list[Answer], list[float]]:
    batch = Batch(kind, now=datetime.fromisoformat(NOW))
    batch.read(labelled[0].line)
    answers: list[Answer] = []
    took: list[float] = []
    for text in labelled:
        start = time.process_time()
        answers.append(batch.read(text.line))
        took.append((time.process_time() - start) * MS)
    return answers, took


def _beside(kind: Kind, labelled: Sequence[Labelled]) -> list[Score]:
    from scripts.bench.language import baselines

    if kind is Kind.MESSAGE:
        told = baselines.by_lemmas(labelled)
        found = []
        for name in ("category", "urgency", "emergency"):
            score = Score(f"{name}, TF-IDF on lemmas")
            for text, guess in zip(labelled, told, strict=True):
                score.count(is_right=guess[name] == text.wanted[name])
            found.append(score)
        return found
    if kind is Kind.TIME:
        score = Score("start, dateparser")
        for text, start in zip(labelled, baselines.by_dateparser(labelled), strict=True):
            wanted = datetime.fromisoformat(text.wanted[0]["start"]) if text.wanted else None
            score.count(is_right=start == wanted)
        return [score]
    return []


def run(console: Console) -> dict[str, Any]:
    """Measure everything, tell it, and return it as plain values."""
    told: dict[str, Any] = {}
    for kind in Kind:
        found = measure(kind)
        tell(found, console)
        told[kind] = {
            "scores": {score.name.strip(): [score.right, score.of] for score in found.scores},
            "beside": {score.name: [score.right, score.of] for score in found.beside},
            "median_ms": median(found.took_ms),
            "files": {
                name: {score.name.strip(): [score.right, score.of] for score in each}
                for name, each in by_file(kind).items()
            },
            **found.facts,
        }
    piece, worst = hurt()
    console.print(
        f"\nthe worst of {len(HOSTILE)} texts made to hurt, {piece!r} again and again: {worst:.0f} ms of CPU"
    )
    told["hostile"] = {"piece": piece, "ms": worst}
    seconds, mb = loaded()
    console.print(
        f"\nloads in {seconds:.2f} s of CPU; {mb:.0f} MB more than bare Python after a thousand texts"
    )
    told["load"] = {"seconds": seconds, "mb": mb}
    return told


def tell(found: Read, console: Console) -> None:
    """Print what was found for one kind."""
    cuts = quantiles(found.took_ms, n=100, method="inclusive")
    console.print(
        f"\n[bold]{found.kind}[/]: {len(found.took_ms)} texts, "
        f"{median(found.took_ms):.2f} ms of CPU at the median, p99 {cuts[98]:.2f} ms"
    )
    table = Table(box=None, padding=(0, 2), show_header=False)
    for kind, group in (("", found.scores), ("beside: ", found.beside)):
        for score in group:
            share = f"{score.share:.1%}"
            table.add_row(
                kind + score.name, share, f"{score.right} of {score.of}", style="dim" if kind else ""
            )
    for name, value in found.facts.items():
        table.add_row(name, f"{value:.3f}", "")
    console.print(table)
