"""A small town behind the HTTP side, and everybody who may knock: owner, two masters, two clients, nobody."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Connection

from bots.sidecar.app import build_app
from bots.sidecar.tokens import talk_token, terminal_token
from storage.engine import Engine
from storage.tables import JoiningRow, TalkRow, TerminalRow
from tests.databases import PostgresTemplate, SqliteTemplate
from tests.fakes.clock import FakeClock
from tests.fakes.web import OWNER, FakeNaryad, browser
from tests.storage.town import HOUR, MORNING, a_town, put


def _more(connection: Connection) -> None:
    """Another client with a talk of his own, Boris's terminal, Anna's talk."""
    for statement in (
        "UPDATE master SET talk_id = 'anna-talk', city = 'Калининград', version = 2 WHERE id = 'anna'",
        "UPDATE master SET talk_id = 'late-talk', version = 2 WHERE id = 'boris'",
        "UPDATE job SET client_name = 'Ольга', version = version + 1 WHERE id IN ('open', 'assigned')",
        "UPDATE job SET client_phone = '+79110000000', version = version + 1 WHERE client_name = 'Ольга'",
    ):
        connection.exec_driver_sql(statement)
    put(
        connection,
        JoiningRow,
        id="joining",
        talk_id="other",
        from_talk_id="talk",
        by="phone",
        after_id="client",
        was={},
        at=MORNING,
        version=1,
    )
    put(
        connection,
        TerminalRow,
        id="boris-terminal",
        master_id="boris",
        type="smartphone",
        status="active",
        created_at=MORNING,
    )
    for name, role, master_id, created_at in (
        ("other", "client", None, MORNING),
        ("anna-talk", "master", "anna", MORNING),
        ("late-talk", "master", "boris", MORNING + HOUR),
    ):
        put(
            connection,
            TalkRow,
            id=name,
            kind="client_request" if role == "client" else "master_onboarding",
            role=role,
            market="home_services",
            lang="ru",
            channel="web",
            chat_id=name,
            status="active",
            step="address",
            known={},
            master_id=master_id,
            heard_at=created_at,
            created_at=created_at,
            version=1,
        )


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Lend a fresh SQLite database: the doors are the same on both; `test_reading.py` asks PostgreSQL too."""
    template: SqliteTemplate | PostgresTemplate = request.getfixturevalue(f"{request.param}_template")
    with template.copy(tmp_path) as url:
        yield url


@pytest.fixture
async def naryad(engine: Engine, clock: FakeClock, tmp_path: Path) -> AsyncIterator[FakeNaryad]:
    """Lend the program with the town in its database."""
    async with engine.begin() as connection:
        await connection.run_sync(a_town)
        await connection.run_sync(_more)
    lent = FakeNaryad(engine, clock=clock, data_dir=tmp_path / "data")
    yield lent
    await lent.desk.settle()  # it notes what was fetched a moment later


@pytest.fixture
def app(naryad: FakeNaryad) -> FastAPI:
    """Return the HTTP side."""
    return build_app(naryad)


@pytest.fixture
async def people(app: FastAPI, naryad: FakeNaryad) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """Return everybody by name. Anna is offered `open`, has `assigned`; both are jobs of `client`."""
    secret = naryad.secret
    tokens = {
        "nobody": None,
        "stranger": "c.talk.not-our-signature",
        "owner": OWNER,
        "client": talk_token("talk", secret=secret),
        "other client": talk_token("other", secret=secret),
        "anna": terminal_token("terminal", secret=secret),
        "anna's closed terminal": terminal_token("old-terminal", secret=secret),
        "boris": terminal_token("boris-terminal", secret=secret),
    }
    found = {name: browser(app, token=token) for name, token in tokens.items()}
    yield found
    for each in found.values():
        await each.aclose()
