"""Bring a database to the tables and guards of this code, and back (Alembic).

A whole upgrade is one transaction on both databases. Guards are taken out before it and put in after it,
so no revision can lose one: SQLite drops the triggers of a table that a batch rebuilds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, event, make_url

from storage import guards

HEAD, BASE = "head", "base"
_FOLDER = Path(__file__).parent
# Two processes that start together on PostgreSQL migrate one after the other. The number is our own.
_LOCK = "SELECT pg_advisory_xact_lock(80260001)"


def upgrade(url: str, revision: str = HEAD) -> None:
    """Bring the database to a revision and its guards to those declared. Nothing to do is quick."""
    with connected(url) as connection:
        if revision != HEAD or current(connection) != newest():
            command.upgrade(_config(connection), revision)
        guards.install(connection)


def downgrade(url: str, revision: str = BASE) -> None:
    """Take the database back to a revision, or by steps such as `-1`."""
    with connected(url) as connection:
        command.downgrade(_config(connection), revision)
        guards.install(connection)


def revise(url: str, message: str) -> None:
    """Write a new revision file with what the tables declare beyond this database."""
    with connected(url) as connection:
        command.revision(_config(connection), message, autogenerate=True)


def current(connection: Connection) -> str | None:
    """Return the revision of the database; None if it has none."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """Return the newest revision of this code."""
    return ScriptDirectory(str(_FOLDER)).get_current_head()


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Open one transaction on the database, alone among those that change its tables."""
    address = make_url(url)
    is_sqlite = address.get_backend_name() == "sqlite"
    if is_sqlite and address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    driver = "sqlite" if is_sqlite else "postgresql+psycopg"
    engine = create_engine(address.set(drivername=driver), poolclass=NullPool)
    if is_sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            if not is_sqlite:
                connection.exec_driver_sql(_LOCK)
            yield connection
    finally:
        engine.dispose()


def _prepare_sqlite(connection: Any, record: object) -> None:  # noqa: ANN401 - the driver's own type
    """Keep DDL in our transaction; rebuilding a table must not delete what refers to it."""
    del record
    connection.isolation_level = None
    for pragma in ("busy_timeout=10000", "foreign_keys=OFF", "recursive_triggers=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config
