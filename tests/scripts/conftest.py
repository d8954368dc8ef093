"""The real command over a database of the test's own, where no server answers."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, event
from typer.testing import CliRunner, Result

from scripts.__main__ import app
from storage import guards
from storage.tables import MasterRow, TalkRow
from tests.storage.town import MORNING, a_transfer, put

Naryad = Callable[..., Result]


@pytest.fixture
def free_port() -> int:
    """Return a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free_port: int) -> Path:
    """Return the data folder of a house without demo whose server would listen at a free port."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name, value in {"DATA_DIR": folder, "PORT": free_port, "NARYAD_DEMO": "0", "PUBLIC_URL": ""}.items():
        monkeypatch.setenv(name, str(value))
    return folder


@pytest.fixture
def naryad(monkeypatch: pytest.MonkeyPatch, house: Path, database_url: str) -> Naryad:
    """Call the command with its words, over the test's database."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    return lambda *words: CliRunner().invoke(app, list(words))


@contextmanager
def writing(url: str) -> Iterator[Connection]:
    """Write into a database with plain SQL, in one transaction."""
    engine = sa.create_engine(url.replace("+aiosqlite", ""))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=ON"))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def unguarded(connection: Connection) -> None:
    """Let anything happen to this database."""
    guards.uninstall(connection)


def anna_owes(connection: Connection, minor: int) -> None:
    """Let the master Anna, who has a talk, carry cash of ours."""
    put(
        connection,
        MasterRow,
        id="anna",
        name="Анна",
        lang="ru",
        market="home_services",
        status="active",
        works_nights=False,
        rating_sum=0,
        rating_count=0,
        talk_id="anna-talk",
        is_demo=False,
        silent_mornings=0,
        created_at=MORNING,
        version=1,
    )
    put(
        connection,
        TalkRow,
        id="anna-talk",
        kind="master_onboarding",
        role="master",
        market="home_services",
        lang="ru",
        channel="web",
        chat_id="anna-talk",
        status="completed",
        step="working",
        known={},
        master_id="anna",
        heard_at=MORNING,
        created_at=MORNING,
        version=1,
    )
    a_transfer(
        connection, "carried", kind="cash_taken", debit="master:anna", credit="cash", amount_minor=minor
    )
