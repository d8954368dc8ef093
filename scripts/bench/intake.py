"""The door: POSTs that begin a talk or go on with it, by real HTTP, until the answer that is on the disk."""

import asyncio
import json
import time
from pathlib import Path

from bots.app import assemble
from scripts.bench import floors, serving, town
from scripts.bench.figures import Figure, Found
from scripts.bench.grounds import Place
from scripts.bench.loading import load

MASTERS, DAYS = 200, 15
AT_ONCE = 64  # who put letters, without HTTP


def measure(place: Place, *, seconds: float) -> Found:
    """Load the whole program with POSTs, then its intake alone, beside the bare server and bare commits."""
    folder = place.settings.data_dir
    short = max(1.0, seconds / 3)
    with town.writing(place) as connection:
        town.add_masters(connection, MASTERS, days=DAYS)
    with serving.served(place, serving.NARYAD) as url:
        load(url, name="warm-up", seconds=short, folder=folder)
        measured = load(url, name="POSTs, answered from their outcome", seconds=seconds, folder=folder)
    spent = folder / "spent.json"
    with serving.served(place, serving.LOOKED_AT, str(spent)) as url:
        load(url, name="looked at", seconds=short, folder=folder)
    with serving.served(place, serving.BARE) as url:
        bare = load(url, name="POSTs to a bare FastAPI, a constant answer", seconds=short, folder=folder)
    refused = ", ".join(f"{status}: {count}" for status, count in measured.refused.items())
    return Found(
        bench="intake",
        ground=place.ground,
        measured=(measured.figure, asyncio.run(_put(place, seconds=short))),
        floors=(
            bare.figure,
            floors.letters(place, group=1, seconds=short),
            floors.letters(place, group=floors.GROUP, seconds=short),
        ),
        facts={
            "measured": f"{measured.by}; one half begins a talk, the other tells address and time",
            **({"not answered well": refused} if refused else {}),
        },
        time=_spent(spent),
    )


async def _put(place: Place, *, seconds: float) -> Figure:
    """Put letters by many at once into the intake alone, each until it is on the disk."""
    naryad = assemble(place.settings)
    took: list[float] = []
    begun = time.perf_counter()

    async def put(sender: int) -> None:
        number = 0
        while time.perf_counter() < begun + seconds:
            at, number = time.perf_counter(), number + 1
            key = f"put:{sender}:{number}"
            payload = {"talk_id": key, "text": "не работает розетка на кухне"}
            await naryad.intake.put(lane=f"chat:{key}", key=key, kind="talk-message", payload=payload)
            took.append(time.perf_counter() - at)

    await asyncio.gather(*(put(sender) for sender in range(AT_ONCE)))
    figure = Figure.of(
        f"letters put without HTTP, {AT_ONCE} at once", took, within_s=time.perf_counter() - begun
    )
    await naryad.stop()
    return figure


def _spent(file: Path) -> dict[str, float]:
    return dict(json.loads(file.read_text("utf-8"))) if file.exists() else {}
