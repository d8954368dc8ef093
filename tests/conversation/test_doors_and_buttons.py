"""Another person's buttons do nothing, the owner's words reach a talk, and a talk goes on at another door."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from core.language.reader import EmbeddedReader
from storage.tables import TalkRow, TicketRow
from tests.databases import SqliteTemplate
from tests.dialogues.stage import CLIENT, Stage

PHONE = "+79114567890"


@pytest.fixture
async def stage(tmp_path: Path, sqlite_template: SqliteTemplate) -> AsyncIterator[Stage]:
    with sqlite_template.copy(tmp_path) as url:
        stage = Stage(tmp_path, url, EmbeddedReader(), None)
        await stage.add_master("igor")
        await stage.say(CLIENT, f"не работает розетка, Театральная 30, Анна, {PHONE}")
        await stage.settle()
        await stage.press(CLIENT, "slot-1")
        await stage.settle()
        yield stage
        await stage.close()


async def heard(stage: Stage, who: str) -> list[str | None]:
    talk = stage.person(who).talk_id
    return [each.name for each in await stage.said_since(0) if each.talk_id == talk and each.name]


@pytest.mark.parametrize("verb", ["keep:{}:1", "rate:{}:5", "cancel:{}:1"])
async def test_a_button_of_another_persons_job_is_refused(stage: Stage, verb: str) -> None:
    job = await stage.job()
    assert job is not None
    await stage.say("other", "здравствуйте")
    await stage.say("other", choice=verb.format(job.id))
    await stage.settle()
    assert stage.person("other").outcome == "NotYours"


async def test_stars_before_the_work_is_paid_are_refused(stage: Stage) -> None:
    job = await stage.job()
    assert job is not None
    await stage.say(CLIENT, choice=f"rate:{job.id}:5")
    await stage.settle()
    assert stage.person(CLIENT).outcome == "StepNotAllowed"


async def test_what_the_owner_writes_is_heard_in_the_talk_once(stage: Stage) -> None:
    await stage.say(CLIENT, "дайте человека")
    await stage.settle()
    async with stage.read() as session:
        ticket = await session.scalar(select(TicketRow))
    assert ticket is not None
    payload = {"ticket_id": ticket.id, "text": "Перезвоню в пять"}
    for _ in range(2):
        await stage._put("ticket-close", f"ticket:{ticket.id}", payload, None)
        await stage.settle()
    assert (await heard(stage, CLIENT)).count("talk-owner-says") == 1
    assert await stage.tickets() == []


async def start_elsewhere(stage: Stage, text: str | None, *, is_verified: bool) -> TalkRow:
    person = stage.person("elsewhere")
    person.participant = {"phone": PHONE, "is_verified": is_verified}  # type: ignore[dict-item]
    await stage.say("elsewhere", text)
    await stage.settle()
    return await stage.talk("elsewhere")


async def test_a_verified_phone_goes_on_with_the_job_and_its_news(stage: Stage) -> None:
    talk = await start_elsewhere(stage, "где мастер?", is_verified=True)
    job = await stage.job("elsewhere")
    assert job is not None
    assert (talk.job_id, job.talk_id) == (job.id, talk.id)
    assert await heard(stage, "elsewhere") == ["client-continued", "client-status"]
    await stage.press("igor", "accept")
    await stage.settle()
    assert (await heard(stage, "elsewhere"))[-1] == "client-accepted"
    assert "client-accepted" not in await heard(stage, CLIENT)


async def test_a_phone_that_was_merely_typed_opens_nothing(stage: Stage) -> None:
    talk = await start_elsewhere(stage, "где мастер?", is_verified=False)
    assert talk.job_id is None
    assert (await heard(stage, "elsewhere"))[0] == "client-hello"
