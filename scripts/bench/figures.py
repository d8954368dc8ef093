"""What a bench found, and how it is told."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

from rich.console import Console
from rich.table import Table

MS = 1_000
_FEW = 2  # of these there are no quantiles


@dataclass(frozen=True, slots=True)
class Figure:
    """How often a second, and how long each took.

    Attributes:
        name: What was counted, in the plural.
        samples: How many were counted.
        p50_ms, p95_ms, p99_ms: None where only the rate is known.
        core_share: Of one core, what this process took; None where that was not asked.
    """

    name: str
    per_second: float
    samples: int
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    core_share: float | None = None

    @classmethod
    def of(
        cls, name: str, took_s: Sequence[float], *, within_s: float, core_share: float | None = None
    ) -> "Figure":
        """Count what was measured one by one during `within_s` seconds."""
        rate = len(took_s) / within_s if within_s else 0.0
        if len(took_s) < _FEW:
            only = took_s[0] * MS if took_s else None
            return cls(name, rate, len(took_s), only, only, only, core_share)
        cuts = quantiles(took_s, n=100, method="inclusive")
        p50, p95, p99 = (cuts[n] * MS for n in (49, 94, 98))
        return cls(name, rate, len(took_s), p50, p95, p99, core_share)


@dataclass(frozen=True, slots=True)
class Goal:
    """What was promised of the first figure: so many a second, so long in 99 of 100, so much of a core."""

    per_second: float | None = None
    p99_ms: float | None = None
    core_share: float | None = None

    def is_met(self, figure: Figure) -> bool:
        """Tell whether a figure keeps the promise."""
        if self.per_second is not None and figure.per_second < self.per_second:
            return False
        if self.core_share is not None and (figure.core_share or 0) > self.core_share:
            return False
        return self.p99_ms is None or (figure.p99_ms is not None and figure.p99_ms <= self.p99_ms)

    def __str__(self) -> str:
        """Return the promise in words."""
        told = []
        if self.per_second is not None:
            told.append(f"at least {self.per_second:,.3g} a second")
        if self.p99_ms is not None:
            told.append(f"p99 at most {self.p99_ms:,.0f} ms")
        if self.core_share is not None:
            told.append(f"at most {self.core_share:.0%} of a core")
        return ", ".join(told)


@dataclass(frozen=True, slots=True)
class Ground:
    """What it was measured on."""

    machine: str
    cores: int
    python: str
    database: str
    durability: str
    disk: str


@dataclass(frozen=True, slots=True)
class Found:
    """What one bench found on one database.

    Attributes:
        measured: The program's own figures; the goal is about the first.
        floors: The least that can be done for the same.
        facts: What was measured, in words: the mix of letters, how many masters.
        time: Where the time went, in per cent.
        statements: How many SQL statements a letter takes, and the dearest of them with their share.
        wrong: What must never be, whatever the figures.
    """

    bench: str
    ground: Ground
    measured: Sequence[Figure]
    floors: Sequence[Figure]
    goal: Goal | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    time: Mapping[str, float] = field(default_factory=dict)
    statements: Mapping[str, str] = field(default_factory=dict)
    wrong: Sequence[str] = ()

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong and the goal is met, if there is one."""
        return not self.wrong and (self.goal is None or self.goal.is_met(self.measured[0]))


def tell(found: Found, console: Console) -> None:
    """Print what a bench found."""
    ground = found.ground
    console.print(f"\n[bold]{found.bench}[/] on {ground.database}, {ground.durability}")
    console.print(f"  {ground.cores} cores, {ground.machine}, Python {ground.python}, {ground.disk}")
    for name, words in found.facts.items():
        console.print(f"  {name}: {words}")
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for heading in ("", "a second", "p50 ms", "p95 ms", "p99 ms", "samples"):
        table.add_column(heading, justify="left" if not heading else "right")
    for kind, figures in (("", found.measured), ("floor: ", found.floors)):
        for figure in figures:
            spans = [_number(span) for span in (figure.p50_ms, figure.p95_ms, figure.p99_ms)]
            table.add_row(
                kind + figure.name,
                f"{figure.per_second:,.0f}",
                *spans,
                f"{figure.samples:,}",
                style="dim" if kind else "",
            )
    console.print(table)
    if found.goal is not None:
        is_met = found.goal.is_met(found.measured[0])
        word = "[green]met[/]" if is_met else "[red]missed[/]"
        console.print(f"  goal: {found.goal}: {word}")
    for words in found.wrong:
        console.print(f"  [red]wrong[/]: {words}")
    if found.time:
        shares = sorted(found.time.items(), key=lambda item: -item[1])
        console.print("  time: " + ", ".join(f"{name} {share:.0f} %" for name, share in shares))
    for name, words in found.statements.items():
        console.print(f"  {name}: {words}")


def keep(found: Sequence[Found], file: Path, *, language: Mapping[str, Any] | None = None) -> None:
    """Write what was found as JSON; the reader's figures, which have another shape, come last."""
    told: list[Mapping[str, Any]] = [{**asdict(each), "is_good": each.is_good} for each in found]
    if language is not None:
        told.append({"bench": "language", **language})
    file.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _number(span: float | None) -> str:
    if span is None:
        return "–"
    return f"{span:,.0f}" if span >= 10 else f"{span:.2f}"  # noqa: PLR2004 - as many digits as can be trusted
