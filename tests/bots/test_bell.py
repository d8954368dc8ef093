"""The bell: heard in this process at once, from others by NOTIFY."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from bots.bell import Bell
from storage import mail
from storage.mail import Outcome
from tests.databases import only_postgresql
from tests.fakes.mail import running


async def test_what_rang_while_nobody_listened_is_not_lost() -> None:
    bell = Bell()
    ear = bell.ear()
    bell.ring()
    start = datetime.now(UTC)
    await ear.wait(5)
    await ear.wait(0.05)

    assert (datetime.now(UTC) - start).total_seconds() < 4


async def test_everybody_who_waits_for_an_outcome_gets_it() -> None:
    bell = Bell()
    futures = [bell.expect("a"), bell.expect("a")]
    futures[0].cancel()
    bell.tell([Outcome("a", mail.OK), Outcome("b", mail.OK)])

    assert (await futures[1]).letter_id == "a"
    assert bell.expected() == []


@only_postgresql
async def test_another_process_is_heard(engine: AsyncEngine, database_url: str) -> None:
    bell = Bell()
    ear = bell.ear()
    async with running(bell.follow(database_url)):
        async with asyncio.timeout(10):
            while not ear._event.is_set():
                async with engine.begin() as connection:
                    await mail.notify(connection)
                await asyncio.sleep(0.05)

    assert ear._event.is_set()
