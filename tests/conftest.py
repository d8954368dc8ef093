"""What every test may ask for: a database, a session, a clock, chance, a browser.

`database_url` is the address of a fresh database with schema and guards, once on SQLite and once on
PostgreSQL; `only_sqlite` and `only_postgresql` of `tests.databases` choose one. `blank_database_url` is
the same without any table. What a machine lacks (PostgreSQL, Chromium) skips a test and says so; with
`NARYAD_NO_SKIPS=1`, as in continuous integration, a skipped test is a failed one.
"""

import os
import shutil
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from scripts.cluster import QUICK, Cluster, NoPostgresError, started
from tests.databases import PostgresTemplate, SqliteTemplate, blank_file, lay_schema
from tests.fakes.chance import FakeChance
from tests.fakes.clock import FakeClock

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DATABASES = ("sqlite", "postgresql")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where nothing may be missing, a skipped test is a failed one."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("NARYAD_NO_SKIPS") == "1":
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} may not be skipped here: {report.longrepr}"
    return report


# --- Databases -------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Start a throw-away PostgreSQL, once per run and only if a test wants it."""
    try:
        with started(QUICK) as running:
            yield running
    except NoPostgresError as why:
        pytest.skip(str(why))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    """Lay schema and guards into a SQLite file, once per run."""
    file = tmp_path_factory.mktemp("template") / "naryad.sqlite"
    lay_schema(blank_file(file))
    return SqliteTemplate(file)


@pytest.fixture(scope="session")
def postgresql_template(cluster: Cluster) -> PostgresTemplate:
    """Lay schema and guards into a PostgreSQL database, once per run."""
    lay_schema(cluster.create("template_naryad"))
    return PostgresTemplate(cluster, "template_naryad")


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Lend a fresh database with schema and guards, in the form of the setting `DATABASE_URL`."""
    template: SqliteTemplate | PostgresTemplate = request.getfixturevalue(f"{request.param}_template")
    with template.copy(tmp_path) as url:
        yield url


@pytest.fixture(params=DATABASES)
def blank_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Lend a database without any table, for migrations and backups."""
    if request.param == "sqlite":
        yield blank_file(tmp_path / "blank.sqlite")
        return
    with PostgresTemplate(request.getfixturevalue("cluster"), "template0").copy(tmp_path) as url:
        yield url


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """Open the fresh database as the program does."""
    from storage.engine import open_engine  # noqa: PLC0415

    opened = open_engine(database_url)
    try:
        yield opened
    finally:
        await opened.dispose()


@pytest.fixture
def sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Return the writing session factory of the fresh database: `async with sessions.begin() as session`."""
    from storage.engine import sessions as writers  # noqa: PLC0415

    return writers(engine)


@pytest.fixture
async def session(sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
    """Lend one session in one transaction, which is rolled back at the end."""
    async with sessions() as lent:
        yield lent
        await lent.rollback()


# --- Time and chance -------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that stands until the test moves it."""
    return FakeClock()


@pytest.fixture
def chance() -> FakeChance:
    """Return the same ids, numbers and tokens in every run."""
    return FakeChance()


# --- Browser ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Return the path of the system's Chromium, for playwright's `executable_path`."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium: none of " + ", ".join(BROWSERS) + " is on PATH")
    return found
