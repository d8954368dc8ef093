"""The owner steps into a talk and hands it back: nobody talks over anybody, nothing said is lost (L8)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.language.reader import EmbeddedReader
from storage.tables import EffectRow, EffectStatus, TalkRow, UtteranceRow
from tests.databases import SqliteTemplate
from tests.dialogues.stage import CLIENT, Stage
from tests.flows.city import ZONE

pytestmark = pytest.mark.row("L8")

OWNER_SAYS = "talk-owner-says"


@pytest.fixture
async def stage(tmp_path: Path, sqlite_template: SqliteTemplate) -> AsyncIterator[Stage]:
    with sqlite_template.copy(tmp_path) as url:
        stage = Stage(tmp_path, url, EmbeddedReader(), None)
        await stage.add_master("igor")
        await stage.say(CLIENT, "здравствуйте, не работает розетка")
        await stage.settle()
        yield stage
        await stage.close()


async def put(stage: Stage, kind: str, **told: Any) -> None:
    talk_id = stage.person(CLIENT).talk_id
    await stage._put(kind, f"chat:{talk_id}", {"talk_id": talk_id, **told}, None)


async def do(stage: Stage, kind: str, **told: Any) -> None:
    await put(stage, kind, **told)
    await stage.settle()
    stage.clock.advance(seconds=1)


async def said(stage: Stage) -> list[UtteranceRow]:
    talk_id = stage.person(CLIENT).talk_id
    return [each for each in await stage.said_since(0) if each.talk_id == talk_id]


async def names(stage: Stage) -> list[str | None]:
    return [each.name for each in await said(stage) if each.author == "naryad"]


async def effects(stage: Stage) -> list[tuple[str, str]]:
    """Return what is on its way to the client: its text's name and where it stands."""
    lane = f"chat:{stage.person(CLIENT).talk_id}"
    async with stage.read() as session:
        rows = await session.scalars(select(EffectRow).where(EffectRow.lane == lane).order_by(EffectRow.seq))
        return [(row.payload["name"], row.status) for row in rows]


async def test_while_the_owner_has_the_floor_the_program_is_silent_and_writes_down(stage: Stage) -> None:
    await do(stage, "talk-hold")
    before = await names(stage)
    await stage.say(CLIENT, "Театральная 30, завтра вечером")
    await stage.settle()
    lines = await said(stage)
    assert await names(stage) == before
    assert (lines[-1].author, lines[-1].text) == ("client", "Театральная 30, завтра вечером")
    assert stage.person(CLIENT).answer["status"] == "active"


async def test_his_words_are_his_and_go_out_where_the_person_is(stage: Stage) -> None:
    await do(stage, "talk-say", text="Это Пётр, владелец. Чем помочь?")
    line = (await said(stage))[-1]
    assert (line.author, line.text) == ("owner", "Это Пётр, владелец. Чем помочь?")
    assert (await effects(stage))[-1] == (OWNER_SAYS, EffectStatus.HELD)
    assert (await stage.talk(CLIENT)).held_at is not None


async def test_handed_back_the_program_goes_on_with_what_was_said_meanwhile(stage: Stage) -> None:
    await do(stage, "talk-hold")
    await stage.say(CLIENT, "Театральная 30")
    await stage.settle()
    await do(stage, "talk-say", text="Записал. Когда удобно?")
    await stage.say(CLIENT, "завтра вечером")
    await stage.settle()
    await do(stage, "talk-release")
    assert str((await names(stage))[-1]).startswith("client-slots")
    talk = await stage.talk(CLIENT)
    assert (talk.held_at, talk.known["address"]["street"]) == (None, "Театральная")


async def test_silence_of_the_owner_gives_the_floor_back(stage: Stage) -> None:
    await do(stage, "talk-say", text="Минуту")
    await stage.say(CLIENT, "Театральная 30")
    await stage.settle()
    before = await names(stage)
    await stage.wait(timedelta(minutes=28))
    assert await names(stage) == before
    await stage.wait(timedelta(minutes=3))
    assert (await stage.talk(CLIENT)).held_at is None
    assert len(await names(stage)) > len(before)


async def test_each_of_his_words_keeps_the_floor_a_while_longer(stage: Stage) -> None:
    await do(stage, "talk-hold")
    await stage.wait(timedelta(minutes=20))
    await do(stage, "talk-say", text="Я тут")
    await stage.wait(timedelta(minutes=20))
    assert (await stage.talk(CLIENT)).held_at is not None


@pytest.mark.parametrize("danger", ["пахнет газом!", "розетка горит, пожар!"])
async def test_safety_words_always_go_out(stage: Stage, danger: str) -> None:
    await do(stage, "talk-hold")
    await stage.say(CLIENT, danger)
    await stage.settle()
    assert str((await names(stage))[-1]).startswith("danger-")


async def test_an_owner_who_only_looked_in_leaves_no_one_without_an_answer(stage: Stage) -> None:
    await stage.say(CLIENT, "сколько это стоит?")
    await stage.settle()
    await do(stage, "talk-hold")
    assert EffectStatus.HELD not in {status for _, status in await effects(stage)}
    await do(stage, "talk-release")
    assert EffectStatus.HELD in {status for _, status in await effects(stage)}


@pytest.mark.parametrize("is_first", [True, False], ids=["owner first", "person first"])
@pytest.mark.parametrize("is_together", [True, False], ids=["one commit", "two commits"])
async def test_nobody_answers_twice_whoever_came_first(
    stage: Stage, is_first: bool, is_together: bool
) -> None:
    async def hold() -> None:
        await put(stage, "talk-say", text="Сейчас отвечу сам")

    async def speak() -> None:
        await stage.say(CLIENT, "Театральная 30, завтра вечером")

    before = len(await names(stage))
    for step in (hold, speak) if is_first else (speak, hold):
        await step()
        if not is_together:
            await stage.settle()
            stage.clock.advance(seconds=1)
    await stage.settle()
    replies = [(name, status) for name, status in (await effects(stage))[before:] if name != OWNER_SAYS]
    assert {status for _, status in replies} <= {EffectStatus.WITHDRAWN}
    assert bool(replies) is not is_first
    stage.clock.advance(seconds=1)
    answered = len(await names(stage))
    await do(stage, "talk-release")
    assert len(await names(stage)) == answered + (1 if is_first else 0)


async def test_once_more_of_the_same_changes_nothing(stage: Stage) -> None:
    await do(stage, "talk-release")
    await do(stage, "talk-hold")
    since = (await stage.talk(CLIENT)).held_at
    await do(stage, "talk-hold")
    assert (await stage.talk(CLIENT)).held_at == since
    for _ in range(2):
        await do(stage, "talk-release")
    assert (await stage.talk(CLIENT)).held_at is None
    assert await stage.dead() == []


async def test_a_deed_by_a_button_is_done_also_meanwhile(stage: Stage) -> None:
    await stage.say(CLIENT, "Театральная 30, Анна, +79114567890, завтра вечером")
    await stage.settle()
    await stage.press(CLIENT, "slot-1")
    await stage.settle()
    async with stage.read() as session:
        talk = await session.get(TalkRow, "talk-igor")
    assert talk is not None
    await stage._put("talk-hold", "chat:talk-igor", {"talk_id": "talk-igor"}, None)
    await stage.settle()
    await stage.press("igor", "accept")
    await stage.settle()
    job = await stage.job()
    assert job is not None
    assert job.state == "assigned"


async def test_a_step_that_was_written_down_survives_a_crash(
    tmp_path: Path, sqlite_template: SqliteTemplate
) -> None:
    with sqlite_template.copy(tmp_path) as url:
        stage = Stage(tmp_path, url, EmbeddedReader(), None)
        await stage.say(CLIENT, "здравствуйте, не работает розетка")
        await stage.settle()
        await put(stage, "talk-say", text="Сейчас отвечу сам")
        await stage.say(CLIENT, "Театральная 30")
        await stage.close()  # nothing of it was handled yet
        later = Stage(
            tmp_path, url, EmbeddedReader(), stage.clock.now().astimezone(ZONE).replace(tzinfo=None)
        )
        later.people = stage.people
        later.clock.advance(seconds=1)
        before = await names(later)
        await later.settle()
        assert await names(later) == before
        assert [each.author for each in await said(later)][-2:] == ["owner", "client"]
        await later.close()


async def test_in_a_messenger_what_was_not_sent_is_withdrawn_and_sent_after_all(
    tmp_path: Path, sqlite_template: SqliteTemplate
) -> None:
    with sqlite_template.copy(tmp_path) as url:
        stage = Stage(tmp_path, url, EmbeddedReader(), None)
        talk_id = stage.person(CLIENT).talk_id = "in-a-messenger"
        start = {"talk_id": talk_id, "kind": "client_request", "market": "home_services"}
        words = {"channel": "telegram", "chat_id": "42", "text": "не работает розетка"}
        await stage._put("talk-start", f"chat:{talk_id}", {**start, **words}, None)
        await stage.settle()
        stage.clock.advance(seconds=1)
        unsent = [name for name, _ in await effects(stage)]
        await do(stage, "talk-hold")
        assert await effects(stage) == [(name, EffectStatus.WITHDRAWN) for name in unsent]
        await do(stage, "talk-release")
        assert (await effects(stage))[len(unsent) :] == [(name, EffectStatus.WAITING) for name in unsent]
        await do(stage, "talk-say", text="Это Пётр")
        assert (await effects(stage))[-1] == (OWNER_SAYS, EffectStatus.WAITING)
        await stage.close()
