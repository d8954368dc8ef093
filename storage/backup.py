"""Copy a whole database into a file, and a file back into a database.

SQLite is copied while it is in use, into one ordinary database file. PostgreSQL is copied by its own
pg_dump, in the custom format. A backup holds personal data, so only its owner may read it.
"""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, inspect, make_url
from sqlalchemy.engine import URL

from storage import migrations
from storage.guards.postgresql import need_extension

PACKAGED = Path("/usr/lib/postgresql")  # where Debian keeps the programs of each version
_PRIVATE = 0o600
_REVISION_TABLE = "alembic_version"


class BackupError(RuntimeError):
    """A backup could not be made or put back; the text is one sentence that says why."""


def backup(url: str, file: Path) -> None:
    """Copy the database into a file. An older file of that name stays until the new one is whole.

    Raises:
        BackupError: there is nothing to copy, or PostgreSQL's pg_dump is missing or failed.
    """
    if not file.parent.is_dir():
        raise BackupError(f"There is no folder {file.parent}.")
    address = make_url(url)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
        fresh = Path(folder) / file.name
        fresh.touch(_PRIVATE)
        if address.get_backend_name() == "sqlite":
            _copy_sqlite(_file_of(address), fresh)
        else:
            _run_tool("pg_dump", address, "--format=custom", "--no-owner", f"--file={fresh}")
        fresh.replace(file)


def restore(url: str, file: Path, *, force: bool = False) -> None:
    """Put a backup in the place of what the database holds, then bring it to this code's tables.

    All or nothing: a restore that fails leaves the database as it was.

    Args:
        force: Overwrite a database that holds rows.

    Raises:
        BackupError: the file is no backup of ours, the database holds rows, or pg_restore failed.
    """
    address = make_url(url)
    is_sqlite = address.get_backend_name() == "sqlite"
    if not file.is_file():
        raise BackupError(f"There is no file {file}.")
    if is_sqlite:
        _check_sqlite(file)
    if not force and holds_rows(url):
        raise BackupError("The database is not empty; --force overwrites everything in it.")
    if is_sqlite:
        _overwrite_sqlite(file, _file_of(address))
    else:
        _restore_postgresql(address, file)
    migrations.upgrade(url)


def holds_rows(url: str) -> bool:
    """Tell whether any table of the database has a row."""
    with migrations.connected(url) as connection:
        tables = set(inspect(connection).get_table_names()) - {_REVISION_TABLE}
        return any(_has_row(connection, table) for table in tables)


def _has_row(connection: Connection, table: str) -> bool:
    name = connection.dialect.identifier_preparer.quote(table)
    return connection.exec_driver_sql(f"SELECT 1 FROM {name} LIMIT 1").first() is not None  # noqa: S608 - quoted


# SQLite ----------------------------------------------------------------------------------------


def _file_of(address: URL) -> Path:
    if address.database in (None, "", ":memory:"):
        raise BackupError("A database in memory has no file to copy.")
    return Path(str(address.database))


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.is_file():
        raise BackupError(f"There is no database {source}.")
    with closing(_open(source)) as origin, closing(sqlite3.connect(target)) as copy:
        origin.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it


def _overwrite_sqlite(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(_open(source)) as origin, closing(sqlite3.connect(target)) as copy:
        try:
            origin.backup(copy)
        except sqlite3.OperationalError as error:
            raise BackupError(f"The database {target} is in use: stop Naryad first.") from error


def _check_sqlite(file: Path) -> None:
    """Refuse what is broken, or was never ours, before anything is overwritten."""
    with closing(_open(file)) as connection:
        try:
            verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            is_ours = connection.execute(f"SELECT 1 FROM {_REVISION_TABLE}").fetchone()  # noqa: S608 - our own name
        except sqlite3.DatabaseError as error:
            raise BackupError(f"{file} is no backup of ours.") from error
    if verdict != "ok" or not is_ours:
        raise BackupError(f"{file} is a broken backup: {verdict if verdict != 'ok' else 'it is empty'}.")


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


# PostgreSQL ------------------------------------------------------------------------------------


def _restore_postgresql(address: URL, file: Path) -> None:
    """Replace all tables in one transaction. The extension is not ours to drop, so it is made beforehand."""
    listing = _run_tool("pg_restore", None, "--list", str(file))
    contents = [line for line in listing.splitlines() if " EXTENSION " not in line]
    with migrations.connected(address.render_as_string(hide_password=False)) as connection:
        need_extension(connection)
    with tempfile.NamedTemporaryFile("w", prefix="naryad-", suffix=".list") as chosen:
        chosen.write("\n".join(contents))
        chosen.flush()
        _run_tool(
            "pg_restore",
            address,
            *("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction"),
            f"--use-list={chosen.name}",
            str(file),
        )


def _run_tool(name: str, address: URL | None, *arguments: str) -> str:
    """Run one of PostgreSQL's own programs and return what it wrote; the password never is an argument."""
    program = _find(name)
    environment = dict(os.environ)
    target: list[str] = []
    if address is not None:
        facts: dict[str, Any] = {
            **address.set(password=None).translate_connect_args(username="user", database="dbname"),
            **address.query,
        }
        target = [f"--dbname={make_conninfo(**facts)}"]
        if address.password:
            environment["PGPASSWORD"] = address.password
    ended = subprocess.run(  # noqa: S603 - a program of PostgreSQL, with arguments of ours
        [program, *target, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        reason = ended.stderr.strip().splitlines() or ["it does not say why"]
        raise BackupError(f"{name} failed: {reason[0].removeprefix(f'{name}: ')}")
    return ended.stdout


def _find(name: str) -> str:
    packaged = sorted(
        PACKAGED.glob(f"*/bin/{name}"),
        key=lambda path: path.parts[-3].zfill(3),
        reverse=True,
    )
    found = str(packaged[0]) if packaged else shutil.which(name)
    if found is None:
        raise BackupError(
            f"PostgreSQL's program {name} is needed and not installed (package postgresql-client)."
        )
    return found
