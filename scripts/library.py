"""`naryad library`: look after the fault library, and read it."""

from importlib.resources import files
from typing import Annotated

import typer
from rich.markup import escape

from core.library.fault import Fault
from core.library.library import Library, load_library, read_library
from core.library.lint import SECTIONS, lint as find_gaps, lint_whole
from core.meaning import Lang, Trade
from scripts.plain import FAILURE, MISUSE, Told, console, one_sentence, show

app = typer.Typer(no_args_is_help=True, help="Look after the fault library, and read it.")

Language = Annotated[Lang, typer.Option("--lang", help="Russian or English.")]


@app.callback()
def main() -> None:
    """Look after the fault library, and read it."""


@app.command()
def lint() -> None:
    """Say what is missing in any entry or list; a complete library is one line."""
    library, unread = read_library(files("core.library"))
    gaps = (*unread, *find_gaps(library), *lint_whole(library))
    for gap in gaps:
        typer.echo(gap)
    if gaps:
        raise typer.Exit(FAILURE)
    typer.echo(f"{len(library.by_id)} entries, each complete in Russian and English.")


@app.command("list")
def list_entries(
    trade: Annotated[Trade | None, typer.Option(help="Only this trade.")] = None, lang: Language = Lang.RU
) -> None:
    """List the entries."""
    rows = [
        (fault.id, fault.trade, fault.kind, fault.who, f"{fault.minutes_high}", fault.text(lang).title)
        for fault in load_library().faults(trade)
    ]
    show(rows, "id", "trade", "kind", "who", "minutes", "title")


@app.command("show")
def show_entry(
    entry: Annotated[str, typer.Argument(metavar="ID", help="An id, such as socket_dead.")],
    lang: Language = Lang.RU,
) -> None:
    """Print one entry."""
    with one_sentence():
        fault = _known(load_library(), entry)
    told = fault.instructions(lang)
    console.print(f"[bold]{escape(told.title)}[/bold]")
    facts = (fault.id, fault.trade, fault.kind, f"version {fault.version}", fault.urgency, fault.who)
    console.print(", ".join((*facts, f"risk {fault.risk}", f"{fault.minutes_low}–{fault.minutes_high} min")))
    console.print(f"Hazards: {', '.join(fault.hazards)}. Neighbours: {', '.join(fault.neighbours)}.")
    console.print(f"\n{escape(told.diagnosis)}")
    lists = {name: getattr(fault.text(lang), name) for name in SECTIONS}
    lists |= {"tools": told.tools, "parts": told.parts}
    for name in ("symptoms", "questions", "tools", "consumables", "parts", "safety", "steps", "checks"):
        console.print(f"\n[bold]{name.capitalize()}[/bold]")
        for place, line in enumerate(lists[name], 1):
            console.print(f"{f'{place}.' if name == 'steps' else '•'} {escape(line)}")


@app.command()
def version() -> None:
    """Print one short hash over all that the library says, and the number of entries."""
    library = load_library()
    typer.echo(f"{library.version} {len(library.by_id)}")


def _known(library: Library, entry: str) -> Fault:
    if entry not in library:
        raise Told(f"No entry {entry}. `naryad library list` names them all.", status=MISUSE)
    return library.fault(entry)
