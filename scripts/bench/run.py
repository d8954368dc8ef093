"""Runs the benches that were asked for, one after the other, each on its own empty database."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from scripts.bench import dispatch, doors, figures, grounds, intake, jobfile, ledger, payment, talk
from scripts.bench.figures import Found
from scripts.bench.grounds import Place
from scripts.bench.language import measure as measure_language

Bench = Callable[..., Found]  # (place, seconds=…)

BENCHES: Mapping[str, Bench] = {
    "intake": intake.measure,
    "talk": talk.measure,
    "dispatch": dispatch.measure,
    "payment": payment.measure,
    "jobfile": jobfile.measure,
    "ledger": ledger.measure,
    "doors": doors.measure,
}


LANGUAGE = "language"  # needs no database and has another shape


def run(names: Sequence[str], *, databases: Sequence[str], seconds: float, json_file: Path | None) -> bool:
    """Measure and tell. Returns whether every goal is met."""
    console = Console(highlight=False, soft_wrap=True)
    found: list[Found] = []
    read = measure_language.run(console) if LANGUAGE in names else None
    with grounds.cluster(tuple(databases)) as cluster:
        for name in (name for name in names if name != LANGUAGE):
            for database in databases:
                with grounds.place(database, cluster) as place:
                    found.append(measure(name, place, seconds=seconds))
                figures.tell(found[-1], console)
    if json_file is not None:
        figures.keep(found, json_file, language=read)
    return all(each.is_good for each in found)


def measure(name: str, place: Place, *, seconds: float) -> Found:
    """Measure one bench on one database."""
    return BENCHES[name](place, seconds=seconds)
