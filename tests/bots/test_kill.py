"""kill -9 at random moments under load: nothing lost, nothing doubled, nothing out of order.

`NARYAD_KILLS=200` kills as often as that; a run of the suite does it a few times.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import func, select

from storage.engine import Engine, open_engine, readers
from storage.tables import EffectRow, EffectStatus, EventRow, LetterRow, LetterStatus, PersonRow
from tests.bots.spine_program import LANES, TIMER_EVERY, Program, read_notes
from tests.databases import only_postgresql

KILLS = int(os.environ.get("NARYAD_KILLS", "6"))
AWAKE_WITHIN_S = 30.0
STUCK_S = 20.0  # without any progress


def start(url: str, folder: Path, *roles: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.bots.spine_program", url, str(folder), *roles]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log)


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def wait_for_work(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Return as soon as the process acknowledges letters."""
    file = folder / "acknowledged"
    before = file.stat().st_size if file.exists() else 0
    give_up_at = time.monotonic() + AWAKE_WITHIN_S
    while not file.exists() or file.stat().st_size == before:
        assert process.poll() is None, (folder / "log").read_text()[-2_000:]
        assert time.monotonic() < give_up_at, "no work was done"
        time.sleep(0.01)


async def finish(engine: Engine, folder: Path) -> None:
    """Handle and perform what is left, in this process."""
    program = Program(engine, folder)
    loops = [asyncio.create_task(loop) for loop in (program.pump.run(), program.courier.run())]
    open_effects = (EffectStatus.WAITING, EffectStatus.SENDING)
    left = least = 1 << 60
    stuck_at = time.monotonic() + STUCK_S
    while left:
        assert time.monotonic() < stuck_at, f"{left} letters and effects are stuck"
        await asyncio.sleep(0.1)
        async with readers(engine)() as session:
            waiting = select(func.count()).where(LetterRow.status == LetterStatus.WAITING)
            unsent = select(func.count()).where(EffectRow.status.in_(open_effects))
            left = (await session.scalar(waiting) or 0) + (await session.scalar(unsent) or 0)
        if left < least:
            least, stuck_at = left, time.monotonic() + STUCK_S
    for loop in loops:
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)


async def check(engine: Engine, folder: Path, *, kills: int) -> int:
    """Compare what was acknowledged, kept and performed; returns the number of letters."""
    acknowledged = read_notes(folder / "acknowledged")
    twice, once = read_notes(folder / "twice"), read_notes(folder / "once")
    total = 0
    async with readers(engine)() as session:
        statuses = await session.scalars(select(LetterRow.status).distinct())
        assert list(statuses) == [LetterStatus.HANDLED]
        assert await session.scalar(select(EventRow.id).where(EventRow.action == "out_of_order")) is None
        unknown = set(
            (
                await session.scalars(select(EffectRow.id).where(EffectRow.status == EffectStatus.UNKNOWN))
            ).all()
        )
        assert len(unknown) <= kills * LANES
        for lane in (f"lane:{n}" for n in range(LANES)):
            query = select(EventRow.facts).where(EventRow.object_id == lane).order_by(EventRow.seq)
            counted = [
                facts["n"] for facts in await session.scalars(query.where(EventRow.action == "counted"))
            ]
            rang = [facts["n"] for facts in await session.scalars(query.where(EventRow.action == "rang"))]
            last = len(counted)
            total += last

            assert counted == list(range(1, last + 1)), f"{lane}: lost, doubled or out of order"
            assert last >= max(acknowledged[lane]), f"{lane}: acknowledged and lost"
            assert sorted(rang) == list(range(TIMER_EVERY, last + 1, TIMER_EVERY)), f"{lane}: timers"
            person = await session.get(PersonRow, lane)
            assert person is not None
            assert person.name == str(last)

            firsts = list(dict.fromkeys(twice[lane]))
            assert firsts == counted, f"{lane}: a repeatable effect is missing or out of order"
            assert len(once[lane]) == len(set(once[lane])), f"{lane}: sent blindly twice"
            assert once[lane] == sorted(once[lane])
            lane_effects = select(EffectRow.id, EffectRow.payload).where(EffectRow.lane == f"{lane}:once")
            missing = {
                row.id
                for row in await session.execute(lane_effects)
                if row.payload["n"] not in set(once[lane])
            }
            assert missing <= unknown, f"{lane}: an effect was lost and nobody says so"
    return total


async def test_killed_under_load_nothing_is_lost_doubled_or_out_of_order(
    database_url: str, tmp_path: Path
) -> None:
    chance = random.Random()
    for _ in range(KILLS):
        process = start(database_url, tmp_path)
        try:
            await asyncio.to_thread(wait_for_work, tmp_path, process)
            await asyncio.sleep(chance.uniform(0.0, 0.8))
        finally:
            kill(process)

    engine = open_engine(database_url)
    try:
        await finish(engine, tmp_path)
        assert await check(engine, tmp_path, kills=KILLS) > LANES
    finally:
        await engine.dispose()


@only_postgresql
async def test_two_processes_killed_in_turn_keep_the_order(database_url: str, tmp_path: Path) -> None:
    chance = random.Random()
    processes = {"all": start(database_url, tmp_path, "all"), "pump": start(database_url, tmp_path, "pump")}
    try:
        await asyncio.to_thread(wait_for_work, tmp_path, processes["all"])
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.3, 1.0))
            role = chance.choice(sorted(processes))
            kill(processes[role])
            processes[role] = start(database_url, tmp_path, role)
        await asyncio.to_thread(wait_for_work, tmp_path, processes["all"])
    finally:
        for process in processes.values():
            kill(process)

    engine = open_engine(database_url)
    try:
        await finish(engine, tmp_path)
        assert await check(engine, tmp_path, kills=KILLS + 1) > LANES
    finally:
        await engine.dispose()
