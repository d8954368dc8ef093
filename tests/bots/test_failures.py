"""What a failure means: wait, do it again, or bury it."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.failures import Overtaken, Verdict, judge, where
from storage.engine import open_engine
from tests.fakes.clock import FakeClock

PERSON = (
    "INSERT INTO person (id, lang, phone, created_at, version) VALUES ('p', 'ru', '+79990000000', :now, 1)"
)


async def test_a_misspelt_column_is_a_defect(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError) as failure:
            await connection.execute(text("SELECT nmae FROM person"))

    assert judge(failure.value) is Verdict.DEFECT


async def test_what_a_constraint_refuses_is_a_defect_and_names_it_without_the_row(
    engine: AsyncEngine, clock: FakeClock
) -> None:
    async with engine.connect() as connection:
        await connection.execute(text(PERSON), {"now": clock.now()})
        with pytest.raises(DBAPIError) as failure:
            await connection.execute(text(PERSON), {"now": clock.now()})

    assert judge(failure.value) is Verdict.DEFECT
    assert "person" in where(failure.value)
    assert "+7999" not in where(failure.value)


async def test_a_database_that_somebody_else_locks_is_away(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/locked.sqlite"
    ours, theirs = open_engine(url), open_engine(url)
    async with theirs.begin(), ours.connect() as connection:
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.execute("PRAGMA busy_timeout=1")
        with pytest.raises(SQLAlchemyError) as failure:
            await connection.execute(text("SELECT 1"))
    await ours.dispose()
    await theirs.dispose()

    assert judge(failure.value) is Verdict.AWAY


def test_who_was_overtaken_tries_again() -> None:
    assert judge(Overtaken()) is Verdict.CONFLICT
    assert judge(KeyError("x")) is Verdict.DEFECT
    assert judge(ConnectionResetError()) is Verdict.AWAY


def test_a_message_that_may_quote_people_is_not_told() -> None:
    with pytest.raises(ValueError, match="Ирина") as failure:
        int("Ирина, +79990000000")
    told = where(failure.value)

    assert told.startswith("ValueError at test_failures.py:")
    assert "Ирина" not in told
