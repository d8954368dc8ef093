"""The live stream: who sees what, coming back where one stopped, over a real server."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.sidecar.app import close_streams
from bots.sidecar.tokens import talk_token, terminal_token
from storage.tables import EventRow
from tests.fakes.web import OWNER, FakeNaryad
from tests.storage.town import MORNING, put

Happen = Callable[[str, list[str]], Any]


@pytest.fixture
async def address(app: FastAPI, naryad: FakeNaryad) -> AsyncIterator[str]:
    """Serve for real: streams cannot be tried without a socket."""
    config = uvicorn.Config(app, port=0, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    desk = asyncio.create_task(naryad.desk.run())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    close_streams(app)
    server.should_exit = True
    await serving
    desk.cancel()
    await asyncio.gather(desk, return_exceptions=True)


@pytest.fixture
def happen(engine: AsyncEngine) -> Happen:
    """Return a way to make something happen: its name, and who may see it."""

    async def write(name: str, parties: list[str]) -> None:
        async with engine.begin() as connection:
            await connection.run_sync(
                lambda sync: put(
                    sync,
                    EventRow,
                    id=name,
                    object="job",
                    object_id="open",
                    action=name,
                    actor="owner",
                    cause="letter",
                    facts={"secret": "of the owner"},
                    parties=parties,
                    at=MORNING,
                )
            )

    return write


@asynccontextmanager
async def listening(address: str, token: str, **headers: str) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """Open a stream; yields what comes, as (id, data)."""
    timeout = httpx.Timeout(5.0, read=10.0)
    async with (
        httpx.AsyncClient(base_url=address, timeout=timeout) as person,
        person.stream(
            "GET", "/api/v1/events", headers={"Authorization": f"Bearer {token}", **headers}
        ) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        assert (await anext(lines)).startswith("retry:")

        async def heard() -> AsyncIterator[dict[str, Any]]:
            id = ""
            async for line in lines:
                if line.startswith("id: "):
                    id = line[4:]
                elif line.startswith("data: "):
                    yield {"sse_id": id, **json.loads(line[6:])}

        yield heard()


async def test_everybody_hears_his_own_and_the_owner_hears_all(
    address: str, naryad: FakeNaryad, happen: Happen
) -> None:
    client, anna = (
        talk_token("talk", secret=naryad.secret),
        terminal_token("terminal", secret=naryad.secret),
    )
    async with (
        listening(address, OWNER) as owner,
        listening(address, client) as of_client,
        listening(address, anna) as of_anna,
    ):
        await asyncio.sleep(0.7)  # the desk has looked once
        await happen("for-boris", ["boris"])
        await happen("for-client", ["talk"])
        await happen("for-anna", ["anna"])
        await happen("for-both", ["talk", "anna"])
        await happen("for-annas-talk", ["anna-talk"])
        naryad.desk._bell.ring()
        for_owner = [await anext(owner) for _ in range(5)]
        for_client = [await anext(of_client) for _ in range(2)]
        for_anna = [await anext(of_anna) for _ in range(3)]
    assert for_owner[0]["action"] == "for-boris"
    assert [event["action"] for event in for_client] == ["for-client", "for-both"]
    assert [event["action"] for event in for_anna] == ["for-anna", "for-both", "for-annas-talk"]
    assert for_owner[0]["facts"] == {"secret": "of the owner"}
    assert set(for_client[0]) == {"sse_id", "seq", "object", "id", "action", "at"}
    assert for_client[0]["sse_id"] == str(for_client[0]["seq"])


async def test_who_comes_back_gets_what_he_missed_once(
    address: str, naryad: FakeNaryad, happen: Happen
) -> None:
    token = talk_token("talk", secret=naryad.secret)
    for number in range(3):
        await happen(f"missed-{number}", ["talk"])
        await happen(f"not-his-{number}", ["boris"])
    first = 2  # the town's own event is 1
    async with listening(address, token, **{"Last-Event-ID": str(first)}) as heard:
        missed = [await anext(heard) for _ in range(2)]
        await asyncio.sleep(0.7)
        await happen("live", ["talk"])
        live = await anext(heard)
    assert [event["action"] for event in [*missed, live]] == ["missed-1", "missed-2", "live"]


async def test_a_long_absence_is_read_page_by_page(
    address: str, naryad: FakeNaryad, engine: AsyncEngine
) -> None:

    rows = [
        {
            "id": f"event-{number}",
            "object": "job",
            "object_id": "open",
            "action": f"{number}",
            "actor": "owner",
            "cause": "letter",
            "facts": {},
            "parties": ["talk"] if number % 400 == 0 else ["boris"],
            "at": MORNING,
        }
        for number in range(1, 1_301)
    ]
    async with engine.begin() as connection:
        await connection.execute(insert(EventRow), rows)
    token = talk_token("talk", secret=naryad.secret)
    async with listening(address, token, **{"Last-Event-ID": "0"}) as heard:
        assert [(await anext(heard))["action"] for _ in range(3)] == ["400", "800", "1200"]


@pytest.mark.parametrize("last", ["9" * 19, "9" * 20, "garbage", "-1"])
async def test_a_last_event_that_never_was_begins_the_stream_as_any_other(
    address: str, naryad: FakeNaryad, last: str
) -> None:
    token = talk_token("talk", secret=naryad.secret)
    stream = httpx.AsyncClient(base_url=address, timeout=2)
    headers = {"Authorization": f"Bearer {token}", "Last-Event-ID": last}
    async with stream as person, person.stream("GET", "/api/v1/events", headers=headers) as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx.ReadTimeout):  # it stays open: a stream that broke would end
            async for _ in answer.aiter_text():
                pass


async def test_a_stream_needs_a_key(address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as person:
        for headers in ({}, {"Authorization": "Bearer c.talk.wrong"}):
            answer = await person.get("/api/v1/events", headers=headers)
            assert answer.status_code == 401


async def test_a_stream_ends_the_moment_its_terminal_is_closed(
    address: str, naryad: FakeNaryad, engine: AsyncEngine, happen: Happen
) -> None:
    async with listening(address, terminal_token("terminal", secret=naryad.secret)) as of_anna:
        await asyncio.sleep(0.7)  # the desk has looked once
        async with engine.begin() as connection:
            await connection.exec_driver_sql("UPDATE terminal SET status = 'closed' WHERE id = 'terminal'")
        await happen("terminal_closed", ["anna"])
        await happen("for-anna", ["anna"])
        naryad.desk._bell.ring()
        assert [event async for event in of_anna] == []


async def test_a_quiet_stream_beats_until_its_terminal_is_closed(
    address: str, app: FastAPI, naryad: FakeNaryad, engine: AsyncEngine
) -> None:
    app.state.streams.heartbeat_s = app.state.streams.look_s = 0.05
    headers = {"Authorization": f"Bearer {terminal_token('terminal', secret=naryad.secret)}"}
    async with (
        httpx.AsyncClient(base_url=address, timeout=10) as person,
        person.stream("GET", "/api/v1/events", headers=headers) as answer,
    ):
        lines = answer.aiter_lines()
        while await anext(lines) != ": still here":
            pass
        async with engine.begin() as connection:
            await connection.exec_driver_sql("UPDATE terminal SET status = 'closed' WHERE id = 'terminal'")
        rest = [line async for line in lines]  # ends by itself
    assert not any(line.startswith("data:") for line in rest)


async def test_the_server_ends_its_streams_when_it_stops(address: str, app: FastAPI) -> None:
    app.state.streams.look_s = 0.05
    async with listening(address, OWNER) as heard:
        close_streams(app)
        assert [event async for event in heard] == []
    async with httpx.AsyncClient(base_url=address) as person:
        answer = await person.get("/api/v1/events", headers={"Authorization": f"Bearer {OWNER}"})
        assert answer.status_code == 503
