"""`naryad library`: look after the fault library."""

import typer

from core.library.library import load_library
from core.library.lint import lint as find_gaps
from scripts.plain import FAILURE

app = typer.Typer(no_args_is_help=True, help="Look after the fault library.")


@app.callback()
def main() -> None:
    """Look after the fault library."""


@app.command()
def lint() -> None:
    """Say what is missing in any entry; a complete library is one line."""
    library = load_library()
    gaps = find_gaps(library)
    for gap in gaps:
        typer.echo(gap)
    if gaps:
        raise typer.Exit(FAILURE)
    typer.echo(f"{len(library.by_id)} faults, each complete in Russian and English.")
