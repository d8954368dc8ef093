"""The engine: one writer, many readers, everything on the disk, all moments and words intact."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.engine import open_engine, readers, sessions
from storage.tables import PersonRow, Row
from tests.databases import only_sqlite
from tests.fakes.clock import FakeClock


@only_sqlite
async def test_sqlite_is_opened_safely(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        pragmas = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "busy_timeout": 10_000,
    }


async def test_a_reader_cannot_write(engine: AsyncEngine) -> None:
    async with readers(engine)() as session:
        with pytest.raises(DBAPIError):
            await session.execute(text("DELETE FROM person"))


async def test_readers_do_not_wait_for_the_writer(engine: AsyncEngine, clock: FakeClock) -> None:
    async with sessions(engine)() as writing:
        writing.add(PersonRow(id="p", lang="ru", created_at=clock.now()))
        await writing.flush()
        async with asyncio.timeout(5), readers(engine)() as reading:
            assert await reading.get(PersonRow, "p") is None


@pytest.mark.parametrize("inline", [False, True])
async def test_writers_take_turns(tmp_path: Path, clock: FakeClock, inline: bool) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/turns.sqlite", inline=inline)
    async with engine.begin() as connection:
        await connection.run_sync(Row.metadata.create_all)
        await connection.execute(text("CREATE TABLE counter (n INTEGER)"))
        await connection.execute(text("INSERT INTO counter VALUES (0)"))

    async def count() -> None:
        async with sessions(engine).begin() as session:
            n = (await session.execute(text("SELECT n FROM counter"))).scalar_one()
            await asyncio.sleep(0)
            await session.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})

    await asyncio.gather(*(count() for _ in range(50)))
    async with readers(engine)() as session:
        assert (await session.execute(text("SELECT n FROM counter"))).scalar_one() == 50
    await engine.dispose()


@pytest.mark.parametrize("inline", [False, True])
async def test_a_database_in_memory_is_one_database(inline: bool, clock: FakeClock) -> None:
    engine = open_engine("sqlite://", inline=inline)
    async with engine.begin() as connection:
        await connection.run_sync(Row.metadata.create_all)
    async with sessions(engine).begin() as session:
        session.add(PersonRow(id="p", lang="ru", created_at=clock.now()))
    async with readers(engine)() as session:
        assert await session.get(PersonRow, "p") is not None
    await engine.dispose()
