"""A tiny program over the real spine that counts, made to be killed: see `test_kill.py`.

    python -m tests.bots.spine_program <database> <folder> [pump|all]

Every lane has a row with a number. Letter n of a lane raises it from n - 1 to n, leaves one event, one
effect that may be repeated and one that may not, and now and then a timer. What was acknowledged and
what was performed is appended to files, which outlive the process.
"""

import asyncio
import os
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from bots.bell import Bell
from bots.chance import SystemChance
from bots.clock import SystemClock
from bots.courier import Courier
from bots.intake import Intake
from bots.pump import Have, Pump
from core.flows.tx import Letter, Tx
from core.kernel.refusal import Outage, Refusal
from storage.engine import Engine, open_engine
from storage.mail import LetterDraft
from storage.outbox import Effect
from storage.tables import PersonRow, Row
from tests.fakes.mail import EmptyLooker, PlainCatalogue

LANES = 24
AT_ONCE = 3  # letters of one lane that are put without waiting for each other
TIMER_EVERY = 5
TIMER = timedelta(milliseconds=30)
CLAIMED_FOR = timedelta(seconds=2)


class Counting:
    """Counts each lane up, and says so loudly if a number is not the next one."""

    def needs(self, letter: Letter, have: Have) -> Mapping[type[Row], Sequence[str]]:
        return {PersonRow: [letter.lane]}

    def text(self, letter: Letter) -> None:
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        (letter,) = turn
        lane, n = letter.lane, letter.payload["n"]
        if letter.kind == "ring":
            tx.record("lane", lane, "rang", actor="timer", n=n)
            return
        person = await tx.get(PersonRow, lane)
        if person is None:
            person = PersonRow(id=lane, lang="ru", name="0", created_at=tx.now)
            tx.add(person)
        is_next = int(person.name or 0) == n - 1
        person.name = str(n)
        tx.record("lane", lane, "counted" if is_next else "out_of_order", actor="naryad", n=n)
        tx.effect("twice", lane=lane, payload={"n": n})
        tx.effect("once", lane=f"{lane}:once", payload={"n": n})
        if n % TIMER_EVERY == 0:
            when = tx.now + TIMER
            tx.at(key=f"ring:{lane}:{n}", lane=lane, when=when, kind="ring", payload={"n": n})

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        return None


class Noting:
    """Appends what was performed to a file, after the time a messenger takes."""

    def __init__(self, file: Path, *, is_repeatable: bool) -> None:
        self.is_repeatable = is_repeatable
        self._file = Notes(file)

    async def perform(self, effect: Effect) -> LetterDraft | None:
        await asyncio.sleep(0.001)
        self._file.add(effect.lane.removesuffix(":once"), effect.payload["n"])
        return None


class Notes:
    """A file of lines `lane number`; each line is written by one call, so a kill leaves whole lines."""

    def __init__(self, file: Path) -> None:
        self._descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def add(self, lane: str, n: int) -> None:
        os.write(self._descriptor, f"{lane} {n}\n".encode())


def read_notes(file: Path) -> dict[str, list[int]]:
    notes: dict[str, list[int]] = defaultdict(list)
    for line in file.read_text().splitlines() if file.exists() else ():
        lane, n = line.split()
        notes[lane].append(int(n))
    return notes


class Program:
    """Intake, pump and courier of one process."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        clock, chance, bell = SystemClock(), SystemChance(), Bell()
        counting = Counting()
        self.folder = folder
        self.intake = Intake(engine, clock=clock, chance=chance, bell=bell)
        self.pump = Pump(
            engine,
            {"count": counting, "ring": counting},
            clock=clock,
            chance=chance,
            catalogue=PlainCatalogue(),
            looker=EmptyLooker(),
            bell=bell,
        )
        performers = {
            "twice": Noting(folder / "twice", is_repeatable=True),
            "once": Noting(folder / "once", is_repeatable=False),
        }
        self.courier = Courier(
            engine, performers, clock=clock, chance=chance, bell=bell, claimed_for=CLAIMED_FOR
        )

    async def send(self, lane: str, *, after: int) -> None:
        """Put letters of one lane for ever, a few at a time, and note each acknowledgement."""
        acknowledged = Notes(self.folder / "acknowledged")
        n = after
        while True:
            numbers = range(n + 1, n + 1 + AT_ONCE)
            try:
                await asyncio.gather(
                    *(
                        self.intake.put(
                            lane=lane, key=f"{lane}:{number}", kind="count", payload={"n": number}
                        )
                        for number in numbers
                    )
                )
            except Outage:
                continue
            for n in numbers:
                acknowledged.add(lane, n)
            await asyncio.sleep(0.02)


async def run(url: str, folder: Path, *, is_pump_only: bool) -> None:
    """Run until killed."""
    program = Program(open_engine(url), folder)
    loops = [program.pump.run()]
    if not is_pump_only:
        done = read_notes(folder / "acknowledged")
        lanes = [f"lane:{n}" for n in range(LANES)]
        loops += [program.courier.run()]
        loops += [program.send(lane, after=max(done.get(lane, [0]))) for lane in lanes]
    await asyncio.gather(*loops)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], Path(sys.argv[2]), is_pump_only="pump" in sys.argv[3:]))
