"""An assembled program to measure, and the people who write to it."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bots.app import Naryad, Part, assemble, settle_memory
from bots.providers import Providers
from scripts.bench import spending
from scripts.bench.figures import Figure
from scripts.bench.grounds import Place
from scripts.bench.spending import Busy, Statements
from storage.mail import Outcome

PARTS = (Part.WEB, Part.PUMP, Part.COURIER)
WARM_S = 1.0  # before anything counts: caches fill, prepared statements are made
ANSWER_S = 60.0


@dataclass
class Tally:
    """Answers that came while it counted."""

    took_s: list[float] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    is_counting: bool = False
    seconds: float = 0.0

    def add(self, kind: str, took_s: float, outcome: Outcome | None) -> None:
        """Count an answer."""
        if not self.is_counting:
            return
        self.kinds[kind] += 1
        self.took_s.append(took_s)
        if outcome is None or outcome.status != "ok":
            facts = outcome.facts if outcome else {}
            self.refusals[str(facts.get("name", outcome.status if outcome else "pending"))] += 1

    def figure(self, name: str) -> Figure:
        """Return what was counted."""
        return Figure.of(name, self.took_s, within_s=self.seconds)

    def facts(self) -> dict[str, str]:
        """Return what was not as it should be."""
        told = ", ".join(f"{name} {count}" for name, count in self.refusals.most_common())
        return {"refused": told} if told else {}


@dataclass
class Driver:
    """A running program with what was counted of it."""

    naryad: Naryad
    statements: Statements
    tally: Tally = field(default_factory=Tally)
    samples: Counter[str] = field(default_factory=Counter)
    busy: Busy = field(default_factory=Busy)
    _keys: int = 0

    async def ask(self, kind: str, lane: str, payload: Mapping[str, Any]) -> Outcome | None:
        """Put a letter and wait until it is handled and on the disk."""
        self._keys += 1
        key, begun = f"bench:{self._keys}", time.perf_counter()
        outcome = await self.naryad.intake.ask(lane=lane, key=key, kind=kind, payload=payload, wait=ANSWER_S)
        self.tally.add(kind, time.perf_counter() - begun, outcome)
        return outcome

    async def put(self, kind: str, lane: str, payload: Mapping[str, Any]) -> None:
        """Put a letter and wait until it is on the disk."""
        self._keys += 1
        await self.naryad.intake.put(lane=lane, key=f"bench:{self._keys}", kind=kind, payload=payload)

    @asynccontextmanager
    async def counting(self) -> AsyncIterator[Tally]:
        """Count from here on."""
        tally = self.tally = Tally(is_counting=True)
        self.statements.clear()
        begun = time.perf_counter()
        try:
            with spending.sampled() as samples, spending.watched() as busy:
                yield tally
        finally:
            tally.seconds, tally.is_counting = time.perf_counter() - begun, False
            self.samples, self.busy = samples, busy

    async def count_for(self, seconds: float) -> Tally:
        """Count for so long, after a warm-up, what goes on by itself."""
        await asyncio.sleep(min(WARM_S, seconds))
        async with self.counting() as tally:
            await asyncio.sleep(seconds)
        return tally


@asynccontextmanager
async def driven(place: Place, *, providers: Providers | None = None) -> AsyncIterator[Driver]:
    """Run the program over a place, all its parts but the calendar."""
    naryad = assemble(place.settings, providers=providers)
    engines = (naryad.engine, naryad.engine.reader)
    with spending.counted(*engines) as statements:
        await naryad.start(PARTS)
        settle_memory()
        try:
            yield Driver(naryad, statements)
        finally:
            await naryad.stop()
