"""Plain SQL against a database, as somebody would write it who does not know the program."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from storage import guards


@contextmanager
def opened(url: str, hands: int = 5) -> Iterator[Engine]:
    """Open a database for so many at once, with what the program's own engine asks of SQLite."""
    engine = create_engine(url.replace("+aiosqlite", ""), pool_size=hands)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        yield engine
    finally:
        engine.dispose()


def _prepare(connection: object, record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]
    for pragma in ("foreign_keys=ON", "recursive_triggers=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


@contextmanager
def undone(engine: Engine) -> Iterator[Connection]:
    """Lend a transaction that leaves nothing behind."""
    with engine.connect() as connection:
        yield connection
        connection.rollback()


def refused(connection: Connection, sql: str) -> guards.Guard | None:
    """Run a statement that must fail and return the guard that refused it."""
    with pytest.raises(DBAPIError) as caught:
        connection.execute(text(sql))
    return guards.broken(caught.value)
