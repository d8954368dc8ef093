"""Opens the database: SQLite beside us by default, PostgreSQL by its address.

SQLite has one writer at a time, so there is one connection that writes and its pool is the queue for
it; readers have their own connections and never wait for the writer (WAL). What is committed has
reached the disk (`synchronous=FULL`).
"""

import json
import sqlite3
from collections.abc import Callable
from datetime import date, datetime, time
from enum import Enum
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy import Connection, Engine as SyncEngine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

BUSY_TIMEOUT_MS = 10_000
READERS = 4
CONNECTIONS = 12  # to PostgreSQL, per process
WAIT_S = 60  # for a connection


class Engine(AsyncEngine):
    """The engine of the writer. `reader` is the one to read with."""

    reader: AsyncEngine

    async def dispose(self, close: bool = True) -> None:  # noqa: FBT001, FBT002 - as it is inherited
        """Close every connection."""
        await self.reader.dispose(close)
        await super().dispose(close)


def open_engine(url: str, *, inline: bool = False) -> Engine:
    """Open a database.

    Args:
        url: `sqlite:///path/to/file.db`, `sqlite://` (in memory) or `postgresql://…`.
        inline: Let SQLite work on the event loop itself instead of in a thread: the order of
            everything is then the same in every run, and every wait for the disk stops the loop.
            For the simulator.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _open_sqlite(address.set(drivername="sqlite+aiosqlite"), inline=inline)
    return _open_postgresql(address.set(drivername="postgresql+psycopg"))


def sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Return what opens sessions that write. They never flush by themselves."""
    return async_sessionmaker(engine, autoflush=False, expire_on_commit=False)


def readers(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Return what opens sessions that only read; the database refuses them anything else."""
    reader = engine.reader if isinstance(engine, Engine) else engine
    return async_sessionmaker(reader, autoflush=False, expire_on_commit=False)


def _open_sqlite(address: URL, *, inline: bool) -> Engine:
    arguments: dict[str, Any] = {"timeout": BUSY_TIMEOUT_MS / 1_000}
    if inline:
        arguments["async_creator_fn"] = _InlineConnection.create
    is_in_memory = address.database in (None, "", ":memory:")
    pool: dict[str, Any] = {"max_overflow": 0, "pool_timeout": WAIT_S}
    if is_in_memory:
        # One connection holds the database, so readers use it too.
        address = address.set(database="file::memory:", query={"uri": "true"})
    writer = _create(address, connect_args=arguments, pool_size=1, **pool)
    _prepare_sqlite(writer.sync_engine, begin="BEGIN IMMEDIATE")
    if is_in_memory:
        return _paired(writer, writer.execution_options())
    reader = _create(address, connect_args=arguments, pool_size=READERS, **pool)
    _prepare_sqlite(reader.sync_engine, begin="BEGIN", is_reader=True)
    return _paired(writer, reader)


def _open_postgresql(address: URL) -> Engine:
    engine = _create(address, pool_size=CONNECTIONS, max_overflow=0, pool_timeout=WAIT_S)
    return _paired(engine, engine.execution_options(postgresql_readonly=True))


def _create(address: URL, **options: Any) -> AsyncEngine:
    return create_async_engine(address, json_serializer=_as_json, hide_parameters=True, **options)


def _paired(writer: AsyncEngine, reader: AsyncEngine) -> Engine:
    engine = Engine(writer.sync_engine)
    engine.reader = reader
    return engine


def _prepare_sqlite(engine: SyncEngine, *, begin: str, is_reader: bool = False) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: object) -> None:  # noqa: ANN401 - the driver's own type
        del record
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",  # else INSERT OR REPLACE walks past append-only guards
            f"query_only={'ON' if is_reader else 'OFF'}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> object:
    """Write moments and words of an enumeration as JSON text; anything else is a defect."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"not for JSON: {type(value).__name__}")


class _InlineThread:
    """Stands where aiosqlite keeps its thread."""

    daemon = True

    def start(self) -> None:
        """Do nothing: the work is done where it is asked for."""


class _InlineQueue:
    """Stands where aiosqlite queues work for its thread: does it at once."""

    def put_nowait(self, item: tuple[Any, Callable[[], Any]]) -> None:
        """Call the function and give its result to the future."""
        future, function = item
        try:
            result = function()
        except BaseException as failure:
            if future is None:
                raise
            future.set_exception(failure)
        else:
            if future is not None:
                future.set_result(result)


class _InlineConnection(aiosqlite.Connection):
    """An aiosqlite connection that runs on the event loop itself."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        """Take the place of thread and queue."""
        super().__init__(connector, iter_chunk_size=64)
        self._tx = _InlineQueue()  # type: ignore[assignment]
        self._thread = _InlineThread()  # type: ignore[assignment]

    @classmethod
    def create(cls, database: str, **options: Any) -> "_InlineConnection":
        """Connect as `aiosqlite.connect` does."""
        return cls(partial(sqlite3.connect, database, **options))
