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
from typing import TYPE_CHECKING

import hypothesis
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bots.app import settle_memory
from bots.chance import SystemChance
from scripts.cluster import QUICK, Cluster, NoPostgresError, started
from storage.engine import Engine, open_engine, sessions as writers
from tests.databases import (
    DATABASES,
    PostgresTemplate,
    SqliteTemplate,
    blank_file,
    lay_schema,
    shared_statements,
)
from tests.fakes.clock import FakeClock
from tests.running import Running, serving

if TYPE_CHECKING:
    from playwright.async_api import Browser

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Nothing is timed: what is loaded at its first use makes the first example slow, and so does a busy machine.
hypothesis.settings.register_profile("naryad", deadline=None)
hypothesis.settings.load_profile("naryad")

HERE = Path(__file__).parent
MEMORY, PLENTY = Path("/dev/shm"), 4_000_000_000
SEED = 1


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


def pytest_configure() -> None:
    """Keep tests' databases in memory where there is plenty: a commit mostly waits for the disk."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= PLENTY:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the whole loops: few and long, at the end they would keep one core while the other rests."""
    items.sort(key=lambda item: item.path.parent != HERE)


def pytest_collection_finish() -> None:
    """Look for garbage no longer in what stays: the code, and twelve thousand tests."""
    settle_memory()


# --- Databases -------------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _statements() -> Iterator[None]:
    """Compile each statement once per run, not once per database."""
    with shared_statements():
        yield


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
async def engine(database_url: str) -> AsyncIterator[Engine]:
    """Open the fresh database as the program does."""
    opened = open_engine(database_url)
    try:
        yield opened
    finally:
        await opened.dispose()


@pytest.fixture
def sessions(engine: Engine) -> async_sessionmaker[AsyncSession]:
    """Return the writing session factory of the fresh database: `async with sessions.begin() as session`."""
    return writers(engine)


@pytest.fixture
async def session(sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
    """Lend one session in one transaction, which is rolled back at the end.

    On SQLite it is the only writer while it is open: a test of two at once opens its own from `sessions`.
    """
    async with sessions() as lent:
        yield lent
        await lent.rollback()


# --- Time and chance -------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that stands until the test moves it."""
    return FakeClock()


@pytest.fixture
def chance() -> SystemChance:
    """Return the same ids, numbers and tokens in every run."""
    return SystemChance(seed=SEED)


# --- Browser ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Return the path of the system's Chromium, for playwright's `executable_path`."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium: none of " + ", ".join(BROWSERS) + " is on PATH")
    return found


@pytest.fixture
async def browser(chromium_path: str) -> AsyncIterator["Browser"]:
    """Lend a running Chromium without a window."""
    from playwright.async_api import async_playwright  # noqa: PLC0415 - slow, and few tests need it

    # Chromium refuses its sandbox to root, and the small /dev/shm of a container would crash it.
    arguments = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium_path, args=arguments)
        try:
            yield opened
        finally:
            await opened.close()


# --- The program -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Serve the whole program with its demo city, once per run."""
    with serving(tmp_path_factory.mktemp("serving")) as program:
        yield program
