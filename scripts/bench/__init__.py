"""`naryad bench`: measure, each figure beside the floor it is compared with.

Every figure is said with the machine, the database, how durable a commit is, and how often it was measured.
A floor is the least the same database (or HTTP server) can do for the same, measured in the same run.
"""

from pathlib import Path
from typing import Annotated

import typer

TRIAL_S = 0.4

app = typer.Typer(help="Measure, each figure beside the floor it is compared with.")

_Names = Annotated[
    list[str] | None,
    typer.Argument(
        help="Of intake, talk, dispatch, payment, jobfile, ledger, doors, language; all without any."
    ),
]
_Json = Annotated[Path | None, typer.Option("--json", help="Write the figures into this file too.")]
_Databases = Annotated[str, typer.Option(help="Which databases, by comma.")]
_Quick = Annotated[bool, typer.Option("--quick", help="Only see that it works: figures of a moment.")]
_Seconds = Annotated[float, typer.Option(min=0.1, help="How long each figure is measured.")]


@app.command()
def bench(
    names: _Names = None,
    *,
    json_file: _Json = None,
    databases: _Databases = "sqlite,postgresql",
    seconds: _Seconds = 10.0,
    quick: _Quick = False,
) -> None:
    """Measure, each figure beside the floor it is compared with."""
    from scripts.bench.grounds import DATABASES
    from scripts.bench.run import BENCHES, LANGUAGE, run

    known_names = (*BENCHES, LANGUAGE)
    wanted = tuple(names or known_names)
    chosen = tuple(name.strip() for name in databases.split(",") if name.strip())
    for word, known in ((wanted, known_names), (chosen, DATABASES)):
        if unknown := [name for name in word if name not in known]:
            typer.echo(f"{unknown[0]} is none of {', '.join(known)}.", err=True)
            raise typer.Exit(2)
    if not run(wanted, databases=chosen, seconds=TRIAL_S if quick else seconds, json_file=json_file):
        raise typer.Exit(1)
