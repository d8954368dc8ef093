"""`naryad db`: the tables and guards of the database, backup and restore."""

from pathlib import Path
from typing import Annotated

import typer

from scripts.plain import one_sentence

app = typer.Typer(no_args_is_help=True, help="Look after the database.")

_Force = Annotated[bool, typer.Option("--force", help="Even if rows are lost by it.")]
_File = Annotated[Path, typer.Argument(help="The backup's file.", dir_okay=False)]


@app.command()
def upgrade(revision: Annotated[str, typer.Argument()] = "head") -> None:
    """Bring tables and guards to this version of Naryad."""
    from storage import migrations

    with one_sentence():
        migrations.upgrade(_url(), revision)
    typer.echo(
        "The database is up to date." if revision == migrations.HEAD else f"The database is at {revision}."
    )


@app.command()
def downgrade(revision: Annotated[str, typer.Argument()] = "-1", *, force: _Force = False) -> None:
    """Take tables back by one revision, or to the one named (`base`: none)."""
    from storage import backup, migrations

    with one_sentence():
        if not force and backup.holds_rows(_url()):
            raise backup.BackupError("The database is not empty, and going back loses rows; --force goes on.")
        migrations.downgrade(_url(), revision)
    typer.echo(f"The database went back ({revision}).")


@app.command()
def revise(message: Annotated[str, typer.Argument(help="What changes, such as 'add proofs'.")]) -> None:
    """Write the next revision file from what the tables declare (for developers)."""
    from storage import migrations

    with one_sentence():
        migrations.revise(_url(), message)


@app.command("backup")
def make_backup(file: _File) -> None:
    """Copy the whole database into FILE, also while Naryad runs."""
    from storage import backup

    with one_sentence():
        backup.backup(_url(), file)
    typer.echo(f"Kept in {file} ({file.stat().st_size:,} bytes). It holds personal data.")


@app.command()
def restore(file: _File, *, force: _Force = False) -> None:
    """Put FILE in the place of what the database holds. Stop Naryad first."""
    from storage import backup

    with one_sentence():
        backup.restore(_url(), file, force=force)
    typer.echo(f"The database is as it was in {file}.")


def _url() -> str:
    from bots.settings import settings

    return settings().database
