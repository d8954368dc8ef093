"""Two doors at the same moment: one talk goes on, and no job is made twice."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bots.handlers import all_handlers
from bots.pump import Pump
from core.language.reader import EmbeddedReader
from storage.tables import JobRow, TalkRow
from tests.dialogues.doors import Street
from tests.dialogues.stage import CLIENT, Stage
from tests.flows.city import ZONE

pytestmark = pytest.mark.row("L21")

PHONE = "+79114567890"


@pytest.fixture
async def stage(tmp_path: Path, database_url: str) -> AsyncIterator[Stage]:
    stage = Stage(tmp_path, database_url, EmbeddedReader(), None)
    await stage.add_master("igor")
    yield stage
    assert await stage.dead() == []
    await stage.close()


def another_pump(stage: Stage) -> Pump:
    program = stage.naryad
    handlers = all_handlers(program.script, providers=program.providers, provider=program.provider)
    return Pump(
        program.engine,
        handlers,
        clock=stage.clock,
        chance=stage.chance,
        catalogue=program.catalogue,
        looker=EmbeddedReader(),
        zone=ZONE,
    )


async def at_once(stage: Stage) -> None:
    """Let two processes handle what is due, where the database knows two."""
    stage.clock.advance(seconds=4)
    pumps = [stage.naryad.pump]
    if stage.naryad.engine.dialect.name == "postgresql":
        pumps.append(another_pump(stage))
    for _ in range(4):
        await asyncio.gather(*(pump.tick() for pump in pumps))
    stage.clock.advance(seconds=10)  # a lane that lost a race waits a moment
    await stage.settle()


async def everything(stage: Stage) -> tuple[list[JobRow], list[TalkRow]]:
    async with stage.read() as session:
        jobs = list(await session.scalars(select(JobRow)))
        return jobs, list(await session.scalars(select(TalkRow).where(TalkRow.role == "client")))


@pytest.mark.parametrize("attempt", range(2))
async def test_a_tap_here_and_a_word_there_make_one_job(stage: Stage, attempt: int) -> None:
    street = Street(stage)
    street.enter("anna", "telegram")
    await stage.say(CLIENT, f"не работает розетка, Театральная 30, Анна, {PHONE}, завтра днём")
    await stage.settle()
    await stage.say(CLIENT, "продолжим в телеграме")
    await stage.settle()
    code = re.findall(r"\d{3} \d{3}", (await stage.said_since(0))[-1].text)[-1]
    slot = await stage._choice(CLIENT, "slot-1", of=None)
    steps = [stage.say(CLIENT, choice=slot), street.come("anna", code)]
    for step in reversed(steps) if attempt else steps:
        await step
    await at_once(stage)
    await stage.say(CLIENT, choice=slot)
    await street.come("anna", "где мастер?")
    await at_once(stage)
    jobs, talks = await everything(stage)
    standing = [talk for talk in talks if talk.step != "elsewhere"]
    assert len(jobs) == 1
    assert [jobs[0].talk_id] == [talk.id for talk in standing]
    assert len({talk.person_id for talk in talks}) == 1


async def test_both_doors_tap_the_same_time(stage: Stage) -> None:
    street = Street(stage)
    street.enter("anna", "telegram")
    street.enter("anna2", "max")
    await street.say("anna", f"не работает розетка, Театральная 30, Анна, {PHONE}, завтра днём")
    slot = await stage._choice("anna", "slot-1", of=None)
    await street.say("anna", "продолжим в максе")
    code = re.findall(r"\d{3} \d{3}", (await stage.said_since(0))[-1].text)[-1]
    await street.say("anna2", code)
    await street.come("anna", choice=slot)
    await street.come("anna2", choice=slot)
    await at_once(stage)
    jobs, talks = await everything(stage)
    assert len(jobs) == 1
    assert [talk.id for talk in talks if talk.step != "elsewhere"] == [jobs[0].talk_id]


async def test_one_code_told_at_two_doors_opens_one(stage: Stage) -> None:
    street = Street(stage)
    for who, channel in (("anna", "telegram"), ("mallory", "max")):
        street.enter(who, channel)
        await street.say(who, "здравствуйте")
    await stage.say(CLIENT, "не работает розетка")
    await stage.settle()
    await stage.say(CLIENT, "продолжим в телеграме")
    await stage.settle()
    code = re.findall(r"\d{3} \d{3}", (await stage.said_since(0))[-1].text)[-1]
    await street.come("anna", code)
    await street.come("mallory", code)
    await at_once(stage)
    _, talks = await everything(stage)
    people = [talk.person_id for talk in talks]
    assert sorted(people.count(person) for person in set(people)) == [1, 2]
