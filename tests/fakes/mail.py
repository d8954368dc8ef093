"""Handlers, texts and readings for tests of the spine: short, and they do what the test says."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bots.bell import Bell
from bots.intake import Intake
from bots.pump import Have, Pump
from core.flows.tx import Letter, Tx
from core.kernel.refusal import Refusal
from core.meaning import Lang, LookContext, Reading
from core.messages import Said
from core.ports import Chance, Clock
from storage.engine import Engine
from storage.tables import Row


@asynccontextmanager
async def running(*loops: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run these beside the test, and stop them properly."""
    tasks = [asyncio.create_task(loop) for loop in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class PlainCatalogue:
    """Every text is its own name; every label its own word."""

    def render(
        self, lang: str, name: str, facts: Mapping[str, object], *, now: datetime, zone: ZoneInfo
    ) -> Said:
        return Said(text=f"{lang}:{name}", spoken=name, labels={"accept": "Accept"})


class EmptyLooker:
    """Reads nothing in any text."""

    def look(self, text: str, context: LookContext) -> Reading:
        if text == "break the reader":
            raise ValueError(text)
        return Reading(lang=Lang.RU, is_empty=text == "")


@dataclass
class Scripted:
    """A handler that does what a letter's payload says, and remembers what it saw.

    `do`: record, say, refuse, refuse_after_change, break, break_once.
    """

    seen: list[tuple[str, ...]] = field(default_factory=list)
    steps: dict[str, Callable[[Sequence[Letter], Tx], object]] = field(default_factory=dict)
    wanted: Mapping[type[Row], Sequence[str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    apologised: list[str] = field(default_factory=list)
    readings: list[Reading | None] = field(default_factory=list)

    def needs(self, letter: Letter, have: Have) -> Mapping[type[Row], Sequence[str]]:
        return self.wanted

    def text(self, letter: Letter) -> tuple[str, str] | None:
        words = letter.payload.get("text")
        return (words, "client") if words is not None else None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        self.seen.append(tuple(letter.key for letter in turn))
        self.readings.extend(letter.reading for letter in turn)
        step = self.steps.get(turn[0].payload.get("do", ""))
        if step is not None:
            result = step(turn, tx)
            if result is not None:
                await result  # type: ignore[misc]
        for letter in turn:
            tx.record("talk", letter.lane, "seen", actor="naryad", key=letter.key)

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        self.refused.append(turn[0].key)
        tx.record("talk", turn[0].lane, "refused", actor="naryad", key=turn[0].key)

    async def apologise(self, turn: Sequence[Letter], tx: Tx) -> None:
        self.apologised.append(turn[0].key)
        tx.record("talk", turn[0].lane, "apologised", actor="naryad", key=turn[0].key)


@dataclass
class Spine:
    """Intake and pump over one database, with one scripted handler for letters of the kind `probe`."""

    engine: Engine
    clock: Clock
    chance: Chance
    handler: Scripted = field(default_factory=Scripted)
    bell: Bell = field(default_factory=Bell)

    def __post_init__(self) -> None:
        self.intake = Intake(self.engine, clock=self.clock, chance=self.chance, bell=self.bell)
        self.pump = self.another_pump(self.handler)

    def another_pump(self, handler: Scripted) -> Pump:
        return Pump(
            self.engine,
            {"probe": handler},
            clock=self.clock,
            chance=self.chance,
            catalogue=PlainCatalogue(),
            looker=EmptyLooker(),
            bell=self.bell,
        )

    async def put(
        self, key: str, *, lane: str = "chat:1", due: datetime | None = None, **payload: object
    ) -> str:
        receipt = await self.intake.put(lane=lane, key=key, kind="probe", payload=payload, due=due)
        return receipt.id

    async def drain(self) -> int:
        handled = 0
        while more := await self.pump.tick():
            handled += more
        return handled
