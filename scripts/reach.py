"""How commands reach the database, and the server if one is running."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from bots.settings import Settings
from scripts.plain import UPGRADE, Told
from storage import migrations
from storage.engine import Engine, open_engine, readers

ANSWERS_WITHIN_S = 2.0
UNAVAILABLE = 503
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - where to ask one who listens everywhere


@dataclass(frozen=True, slots=True)
class Server:
    """A Naryad that answers. `facts` are its `/health`, empty if it cannot serve now."""

    url: str
    is_healthy: bool
    facts: dict[str, Any]


async def server(chosen: Settings) -> Server | None:
    """Return the server that answers, asked where it listens and then where people reach it."""
    for url in addresses(chosen):
        # A proxy of the environment knows nothing of this machine.
        async with httpx.AsyncClient(timeout=ANSWERS_WITHIN_S, trust_env=url == chosen.public_url) as client:
            try:
                answer = await client.get(f"{url}/health")
                facts = answer.json()
            except (httpx.HTTPError, httpx.InvalidURL, ValueError):
                continue
        if isinstance(facts, dict) and "queue" in facts:
            return Server(url, is_healthy=True, facts=facts)
        if isinstance(facts, dict) and answer.status_code == UNAVAILABLE and "error" in facts:
            return Server(url, is_healthy=False, facts={})
    return None


def addresses(chosen: Settings) -> list[str]:
    """Return where a server with these settings may be asked, the nearest first."""
    host = EVERYWHERE.get(chosen.host, f"[{chosen.host}]" if ":" in chosen.host else chosen.host)
    near = [f"http://{host}:{chosen.port}"] if chosen.port else []
    return list(dict.fromkeys([*near, *([chosen.public_url] if chosen.public_url else [])]))


def missing_file(chosen: Settings) -> Path | None:
    """Return the SQLite file that is not there yet; None if it is, or if there is none to be."""
    address = make_url(chosen.database)
    if address.get_backend_name() != "sqlite" or not address.database:
        return None
    file = Path(address.database)
    return None if file.exists() else file


@asynccontextmanager
async def database(chosen: Settings) -> AsyncIterator[Engine]:
    """Open a database that is there and has the tables of this code; make and change nothing.

    Raises:
        Told: it is not there yet, or its tables are of another version.
    """
    if file := missing_file(chosen):
        raise Told(f"There is no database at {file} yet: `make run` makes it.")
    engine = open_engine(chosen.database)
    try:
        async with readers(engine)() as session:
            has, wanted = await revision(session), migrations.newest()
        if has is None:
            raise Told(f"The database has no tables of ours yet: {UPGRADE} makes them.")
        if has != wanted:
            raise Told(
                f"The database is at revision {has}, this code at {wanted}: {UPGRADE} brings them together."
            )
        yield engine
    finally:
        await engine.dispose()


async def revision(session: AsyncSession) -> str | None:
    """Return the revision that the database's tables have; None if it has none."""
    return await (await session.connection()).run_sync(migrations.current)


async def snapshot(session: AsyncSession) -> None:
    """Let everything that this session reads be of one moment, whatever others write meanwhile."""
    if session.get_bind().dialect.name == "postgresql":
        _ = await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
