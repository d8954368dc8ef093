"""What all commands share: exit codes, one sentence instead of a traceback, tables that survive a pipe."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

FAILURE, MISUSE = 1, 2
UPGRADE = "`naryad db upgrade`"

console = Console(highlight=False)


class Told(Exception):  # noqa: N818 - a sentence for a person, not a defect
    """The command cannot go on, and a person can do something about it."""

    def __init__(self, sentence: str, *, status: int = FAILURE) -> None:
        super().__init__(sentence)
        self.status = status


@contextmanager
def one_sentence() -> Iterator[None]:
    """Say what a person can mend in one sentence and exit; anything else is a defect and stays loud."""
    try:
        yield
    except Exception as error:
        told = told_of(error)
        if told is None:
            raise
        typer.secho(str(told), err=True, fg=typer.colors.RED)
        raise typer.Exit(told.status) from error


def show(rows: Sequence[Sequence[str]], *columns: str) -> None:
    """Print a table; piped, its cells are separated by tabs and nothing is cut off."""
    if not console.is_terminal:
        for row in (columns, *rows):
            typer.echo("\t".join(row))
        return
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*map(escape, row))
    console.print(table)


def told_of(error: Exception) -> Told | None:  # noqa: PLR0911 - one line per failure
    """Return the sentence for a failure that a person can mend; None for a defect."""
    from alembic.util import CommandError
    from sqlalchemy.exc import ArgumentError, DBAPIError, TimeoutError as PoolTimeout

    from bots.settings import SettingsRefused
    from core.kernel.refusal import Outage
    from storage.backup import BackupError
    from storage.guards import ExtensionMissingError

    match error:
        case Told():
            return error
        case SettingsRefused():
            return Told(str(error), status=MISUSE)
        case ArgumentError():
            # What the library says may quote the address with its password.
            return Told("DATABASE_URL: this is no address of a database.", status=MISUSE)
        case DBAPIError():
            return _database_told(error)
        case Outage() | PoolTimeout():
            return Told("The database does not answer.")
        case BackupError() | ExtensionMissingError() | CommandError():
            return Told(str(error))
        case PermissionError():
            return Told(f"{error.filename}: {error.strerror}.")
    return None


def _database_told(error: "DBAPIError") -> Told | None:
    from sqlalchemy.exc import InterfaceError, OperationalError

    reason = (str(error.orig).strip().splitlines() or [""])[0]
    if "no such table" in reason or ("relation" in reason and "does not exist" in reason):
        return Told(f"The database has no tables of ours yet: {UPGRADE} makes them.")
    if "database is locked" in reason:
        return Told("The database is busy: something else has been writing into it for too long. Try again.")
    if "file is not a database" in reason or "malformed" in reason:
        return Told(
            f"The database cannot be read: {reason}. `naryad db restore FILE` puts a backup in its place."
        )
    if isinstance(error, OperationalError | InterfaceError):
        return Told(f"The database does not answer: {reason}")
    return None
