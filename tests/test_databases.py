import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scripts.cluster import Cluster
from storage.engine import Engine
from storage.tables import LaneRow
from tests.databases import only_postgresql, only_sqlite

HOUSE = Path(__file__).resolve().parent.parent
SKIPPED = "import pytest\n\ndef test_it() -> None:\n    pytest.skip('no anvil')\n"


@pytest.mark.parametrize("turn", [1, 2])
async def test_every_test_has_a_database_of_its_own(
    turn: int, sessions: async_sessionmaker[AsyncSession]
) -> None:
    async with sessions.begin() as session:
        session.add(LaneRow(id="chat:1"))
    async with sessions() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(LaneRow)) == 1


@only_sqlite
def test_a_test_may_be_about_sqlite_alone(database_url: str) -> None:
    assert database_url.startswith("sqlite+aiosqlite:///")


@only_postgresql
async def test_postgresql_knows_russian_letters(engine: Engine) -> None:
    async with engine.connect() as connection:
        assert await connection.scalar(sa.text("SELECT lower('ЩИТОК')")) == "щиток"


def test_a_cluster_drops_what_it_made(cluster: Cluster) -> None:
    cluster.create("soon_gone")
    cluster.drop("soon_gone")

    with cluster.connect() as connection:
        names = connection.execute("SELECT datname FROM pg_database").fetchall()
    assert ("soon_gone",) not in names


@pytest.mark.parametrize(("setting", "status"), [("0", 0), ("1", 1)])
def test_a_skipped_test_fails_where_nothing_may_be_missing(tmp_path: Path, setting: str, status: int) -> None:
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_runtest_makereport\n", "utf-8")
    (tmp_path / "test_skipped.py").write_text(SKIPPED, "utf-8")
    environment = os.environ | {"NARYAD_NO_SKIPS": setting, "PYTHONPATH": str(HOUSE)}
    command = [sys.executable, "-m", "pytest", "-q", "--rootdir", str(tmp_path), str(tmp_path)]

    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == status, done.stdout
    assert "no anvil" in done.stdout or not status
