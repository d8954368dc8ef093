"""`naryad rows`: which acceptance rows are proved, and by which tests."""

import ast
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

HOUSE = Path(__file__).resolve().parent.parent
ROWS = HOUSE / "docs" / "rows.toml"
TESTS = HOUSE / "tests"
DIALOGUES = "dialogues"  # folder of the talks that are written as data

app = typer.Typer()
Proofs = Mapping[str, Sequence[str]]
Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Count:
    """How far a letter has come."""

    letter: str
    rows: int
    proved: int


def titles(file: Path = ROWS) -> dict[str, str]:
    """Return every row's title by its ID, in the order of the file."""
    with file.open("rb") as opened:
        return tomllib.load(opened)


def proofs(folder: Path = TESTS) -> dict[str, list[str]]:
    """Return the tests that prove each row, such as `tests/test_it.py::test_one`; none is run.

    A dialogue is a test as well: it names its rows as `rows = ["A43"]`, above its first turn.
    """
    found: dict[str, list[str]] = {}
    for file in sorted(folder.rglob("test_*.py")):
        place = file.relative_to(folder.parent).as_posix()
        for row, test in _marked(ast.parse(file.read_text("utf-8")), place):
            found.setdefault(row, []).append(test)
    for file in sorted((folder / DIALOGUES).glob("*.toml")):
        for row in tomllib.loads(file.read_text("utf-8")).get("rows", ()):
            found.setdefault(row, []).append(file.relative_to(folder.parent).as_posix())
    return found


def counts(rows: Iterable[str], proved: Proofs) -> list[Count]:
    """Count rows and proved rows per letter, in the order of the rows."""
    letters = groupby(rows, key=lambda row: row[0])
    listed = ((letter, list(members)) for letter, members in letters)
    return [Count(letter, len(members), sum(row in proved for row in members)) for letter, members in listed]


@app.command()
def rows(
    letter: Annotated[str, typer.Option(help="Only rows of this letter.")] = "",
    *,
    unproved: Annotated[bool, typer.Option("--unproved", help="Only rows without a test.")] = False,
    proved: Annotated[bool, typer.Option("--proved", help="Only rows with a test.")] = False,
    tests: Annotated[Path, typer.Option(help="Folder of the tests.")] = TESTS,
) -> None:
    """Print acceptance rows with their tests; fail if a test names a row that does not exist."""
    known, found, console = titles(), proofs(tests), Console(highlight=False)
    wanted = [row for row in known if row.startswith(letter.upper())]
    if unproved or proved:
        wanted = [row for row in wanted if (row in found) is proved]
    for row in wanted:
        lines = [f"{row:<5} {known[row]}", *(f"      {test}" for test in found.get(row, ()))]
        console.print("\n".join(lines), soft_wrap=True, markup=False)

    sums = Table("Letter", "Rows", "Proved", "Without", box=None)
    total = counts(known, found)
    for one in (*total, Count("all", sum(c.rows for c in total), sum(c.proved for c in total))):
        sums.add_row(one.letter, str(one.rows), str(one.proved), str(one.rows - one.proved))
    console.print(sums)

    if unknown := {row: places for row, places in found.items() if row not in known}:
        for row, places in unknown.items():
            console.print(f"[red]{row} is not a row, yet marked in {', '.join(places)}[/]")
        raise typer.Exit(1)


def _marked(node: ast.AST, place: str) -> Iterator[tuple[str, str]]:
    """Yield (row, test) for every `pytest.mark.row(…)`: on a test, a class, a parameter or a whole file."""
    for child in ast.iter_child_nodes(node):
        # A decorator belongs to the function below it, which is where the tree has put it.
        here = f"{place}::{child.name}" if isinstance(child, Scope) else place
        yield from ((row, here) for row in _rows_of(child))
        yield from _marked(child, here)


def _rows_of(node: ast.AST) -> list[str]:
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Attribute(value=ast.Name(id="pytest"), attr="mark"), attr="row"),
            args=arguments,
        ):
            return [a.value for a in arguments if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    return []
