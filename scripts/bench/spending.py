"""Where the time goes: a look at the program five hundred times a second, and every statement counted.

A sample is put down to the innermost part of ours or of a library that we know; `waiting` is a loop with
nothing to do, because the disk or the database works. Samples are taken by a timer of the system, between
two steps of the interpreter.
"""

import asyncio
import os
import re
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

EVERY_S = 0.002
MS = 1_000

# Path of a file → whose time it is. The first that fits counts, looked for from the innermost call outwards.
_PARTS = (
    ("/core/language/", "reading texts"),
    ("/core/text/", "rendering texts"),
    ("/sqlalchemy/orm/", "ORM"),
    ("/sqlalchemy/", "SQLAlchemy core"),
    ("/psycopg/", "database driver"),
    ("/aiosqlite/", "database driver"),
    ("/core/conversation/", "conversation"),
    ("/core/flows/tx.py", "pump and intake"),
    ("/core/flows/speaking.py", "pump and intake"),
    ("/core/flows/group.py", "pump and intake"),
    ("/core/flows/loaded.py", "pump and intake"),
    ("/core/", "flows and kernel"),
    ("/storage/", "SQLAlchemy core"),
    ("/bots/sidecar/", "HTTP"),
    ("/uvicorn/", "HTTP"),
    ("/starlette/", "HTTP"),
    ("/fastapi/", "HTTP"),
    ("/bots/", "pump and intake"),
    ("/scripts/bench/", "the bench itself"),
    ("/selectors.py", "waiting for the database"),
    ("/asyncio/", "event loop"),
    ("/uvloop/", "event loop"),
)
_WORDS = re.compile(r"^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|BEGIN)\b", re.IGNORECASE)
_WITH = re.compile(r"^\s*WITH (\w+) AS", re.IGNORECASE)
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+\"?(\w+)", re.IGNORECASE)
# Tasks that look by themselves, however few letters there are, and the bench.
_OTHERS = ("web", "courier", "schedule", "bell", "bench")
_INNER = re.compile(r"\([^()]*\)")


@dataclass
class Statements:
    """How often each statement was executed, and how long it took until its answer."""

    counts: Counter[str] = field(default_factory=Counter)
    took_s: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    texts: dict[str, tuple[str, Any]] = field(default_factory=dict)  # the last of each, with its parameters

    def clear(self) -> None:
        """Begin anew."""
        self.counts.clear()
        self.took_s.clear()

    def told(self, letters: int, *, within_s: float, most: int = 6) -> Mapping[str, str]:
        """Return statements per letter, and the dearest kinds."""
        if not letters:
            return {}
        dearest = sorted(self.took_s.items(), key=lambda item: -item[1])[:most]
        lines = [
            f"{name} {self.counts[name] / letters:.2f} ({took / within_s:.0%})" for name, took in dearest
        ]
        total = sum(self.counts.values()) / letters
        return {"statements a letter": f"{total:.1f}", "of them (share of the time)": ", ".join(lines)}


@contextmanager
def counted(*engines: AsyncEngine) -> Iterator[Statements]:
    """Count what these engines execute."""
    statements = Statements()
    begun = time.perf_counter

    def before(*told: Any) -> None:  # SQLAlchemy's own six
        told[4].bench_begun = begun()

    def after(*told: Any) -> None:
        task = asyncio.current_task()
        if task is not None and task.get_name() in _OTHERS:
            return
        statement, parameters, context = told[2], told[3], told[4]
        name = _name(statement)
        statements.counts[name] += 1
        statements.took_s[name] += begun() - context.bench_begun
        statements.texts[name] = (statement, parameters)

    seen = {id(engine.sync_engine): engine.sync_engine for engine in engines}.values()
    for engine in seen:
        event.listen(engine, "before_cursor_execute", before)
        event.listen(engine, "after_cursor_execute", after)
    try:
        yield statements
    finally:
        for engine in seen:
            event.remove(engine, "before_cursor_execute", before)
            event.remove(engine, "after_cursor_execute", after)


@contextmanager
def sampled() -> Iterator[Counter[str]]:
    """Count whose the time was while the block ran; call it on the main thread."""
    samples: Counter[str] = Counter()

    def sample(_: int, frame: FrameType | None) -> None:
        samples[_whose(frame)] += 1

    before = signal.signal(signal.SIGALRM, sample)
    signal.setitimer(signal.ITIMER_REAL, EVERY_S, EVERY_S)
    try:
        yield samples
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@dataclass(slots=True)
class Busy:
    """How busy the cores were, in seconds of one core."""

    wall_s: float = 0.0
    ours_s: float = 0.0  # this process
    all_s: float | None = None  # everybody; None where the system does not tell

    def told(self, letters: int) -> Mapping[str, str]:
        """Return it in words. What is neither ours nor the database's is noise."""
        if not letters or not self.wall_s:
            return {}
        told = f"this process {self.ours_s / self.wall_s:.0%} of a core"
        if self.all_s is not None:
            others_s = max(0.0, self.all_s - self.ours_s)
            told += f", everything else, PostgreSQL too, {others_s / self.wall_s:.0%}"
        return {"processor": f"{told}; {MS * self.ours_s / letters:.2f} ms of this process a letter"}


@contextmanager
def watched() -> Iterator[Busy]:
    """Watch the processor while the block runs."""
    busy = Busy()
    wall, ours, everybody = time.perf_counter(), time.process_time(), _all_busy_s()
    try:
        yield busy
    finally:
        busy.wall_s, busy.ours_s = time.perf_counter() - wall, time.process_time() - ours
        now = _all_busy_s()
        busy.all_s = None if now is None or everybody is None else now - everybody


def _all_busy_s() -> float | None:
    """Return for how long the cores were not idle since the machine started. Linux tells."""
    try:
        words = Path("/proc/stat").read_text("ascii").split("\n", 1)[0].split()[1:9]
    except OSError:
        return None
    user, nice, system, _idle, _waiting, irq, softirq, steal = (int(word) for word in words)
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def shares(samples: Counter[str]) -> dict[str, float]:
    """Return per cent by part."""
    total = sum(samples.values())
    return {name: 100 * count / total for name, count in samples.most_common()} if total else {}


def _whose(frame: FrameType | None) -> str:
    while frame is not None:
        path = frame.f_code.co_filename
        for part, name in _PARTS:
            if part in path:
                return name
        frame = frame.f_back
    return "the rest"


def _name(statement: str) -> str:
    """Return what a statement does, in two words."""
    if found := _WITH.match(statement):
        return f"with {found.group(1)}"
    verb = _WORDS.match(statement)
    word = verb.group(1).split()[0] if verb else statement.split(maxsplit=1)[0]
    while _INNER.search(statement):  # what stands in brackets is not what is asked for
        statement = _INNER.sub("", statement)
    table = _TABLE.search(statement)
    return f"{word.lower()} {table.group(1)}" if table else word.lower()
