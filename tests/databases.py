"""A fresh database for every test, on SQLite and on PostgreSQL, as quick as a copy.

The schema with its guards is laid once per run into a template; every test gets its own copy of it.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from scripts.cluster import Cluster
from storage import engine as storage_engine, guards, migrations
from storage.tables import Row

MIGRATIONS = str(Path(migrations.__file__).parent)

DATABASES = ("sqlite", "postgresql")

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Mark a test that is about SQLite alone."""

only_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""Mark a test that is about PostgreSQL alone."""

STATEMENTS = 4_000  # more than the whole program has

_numbers = count(1)


@dataclass(frozen=True)
class SqliteTemplate:
    """A database file to copy."""

    file: Path

    @contextmanager
    def copy(self, folder: Path) -> Iterator[str]:
        """Lend a copy in `folder`, as an address."""
        file = folder / "naryad.sqlite"
        shutil.copyfile(self.file, file)
        yield blank_file(file)


@dataclass(frozen=True)
class PostgresTemplate:
    """A database of the throw-away cluster to copy."""

    cluster: Cluster
    name: str

    @contextmanager
    def copy(self, folder: Path) -> Iterator[str]:
        """Lend a copy, as an address; `folder` is not needed."""
        del folder
        name = f"test_{next(_numbers)}"
        url = self.cluster.create(name, template=self.name)
        try:
            yield url
        finally:
            self.cluster.drop(name)


def blank_file(file: Path) -> str:
    """Return the address of a SQLite file that need not exist yet."""
    return f"sqlite+aiosqlite:///{file}"


def lay_schema(url: str) -> None:
    """Make every table, then every guard, and say that no migration is due.

    That Alembic makes the same is proved in `tests/storage/test_migrations.py`.
    """
    engine = sa.create_engine(url.replace("+aiosqlite", ""))
    try:
        with engine.begin() as connection:
            Row.metadata.create_all(connection)
            guards.install(connection)
            MigrationContext.configure(connection).stamp(ScriptDirectory(MIGRATIONS), "head")
    finally:
        engine.dispose()


@contextmanager
def shared_statements() -> Iterator[None]:
    """Let every engine opened inside the block use what an earlier one of its kind compiled.

    The program opens one database and compiles each statement once; tests open thousands, and
    compiling was a third of their time. Statements are kept by dialect, so dialects are shared too,
    once they have seen a server.
    """
    create = storage_engine._create
    first: dict[type[sa.Dialect], sa.Engine] = {}

    def create_alike(address: URL, **options: Any) -> AsyncEngine:
        created = create(address, query_cache_size=STATEMENTS, **options)
        engine = created.sync_engine
        kind = type(engine.dialect)
        if (earlier := first.get(kind)) is None:
            sa.event.listen(engine, "first_connect", lambda *_: first.setdefault(kind, engine))
        else:
            engine.dialect, engine._compiled_cache = earlier.dialect, earlier._compiled_cache
        return created

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage_engine, "_create", create_alike)
        yield
