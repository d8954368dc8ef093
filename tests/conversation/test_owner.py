"""The owner in his messenger: a code makes a chat his; digests, alarms, and one tap to answer them (L41)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from core.conversation.owner import digest
from core.language.reader import EmbeddedReader
from storage.tables import EffectRow, Priority, TicketRow, UtteranceRow
from tests.databases import SqliteTemplate
from tests.dialogues.stage import CLIENT, Stage
from tests.flows.city import ZONE

pytestmark = pytest.mark.row("L41")

BOSS, CODE = "boss", "12345678"


@pytest.fixture
async def stage(tmp_path: Path, sqlite_template: SqliteTemplate) -> AsyncIterator[Stage]:
    with sqlite_template.copy(tmp_path) as url:
        stage = Stage(tmp_path, url, EmbeddedReader(), None)
        await stage._put("owner-code", "owner", {"digest": digest(CODE)}, None)
        await stage.settle()
        yield stage
        assert await stage.dead() == []
        await stage.close()


async def begin(stage: Stage, text: str, *, channel: str = "telegram") -> None:
    """Write the first words in a chat of a messenger."""
    person = stage.person(BOSS)
    person.talk_id = stage.chance.id(stage.clock.now())
    payload = {
        "talk_id": person.talk_id,
        "kind": "client_request",
        "market": "home_services",
        "channel": channel,
        "chat_id": "42",
        "text": text,
    }
    await stage._put("talk-start", f"chat:{person.talk_id}", payload, person)
    await settle(stage)


async def settle(stage: Stage) -> None:
    await stage.settle()
    stage.clock.advance(seconds=1)


async def told(stage: Stage, who: str = BOSS) -> list[str | None]:
    talk_id = stage.person(who).talk_id
    return [one.name for one in await stage.said_since(0) if one.talk_id == talk_id and one.name]


async def last(stage: Stage, who: str = BOSS) -> UtteranceRow:
    talk_id = stage.person(who).talk_id
    return [one for one in await stage.said_since(0) if one.talk_id == talk_id][-1]


async def press(stage: Stage, button: str, **more: str) -> None:
    await stage.press(BOSS, button, **more)
    await settle(stage)


async def test_a_code_makes_a_chat_his_once_and_in_time(stage: Stage) -> None:
    await begin(stage, "1234 5678")
    assert (await told(stage))[-1] == "owner-linked"
    assert (await stage.talk(BOSS)).step == "owner"
    await begin(stage, "1234 5678")  # another chat: the code is used
    assert (await stage.talk(BOSS)).step != "owner"
    await stage._put("owner-code", "owner", {"digest": digest("87654321")}, None)
    await stage.settle()
    stage.clock.advance(minutes=16)
    await begin(stage, "8765 4321")
    assert (await stage.talk(BOSS)).step != "owner"


@pytest.mark.parametrize(
    ("words", "channel"), [("0000 0000", "telegram"), *((CODE, each) for each in ("web", "sms", "email"))]
)
async def test_a_wrong_code_or_a_door_that_vouches_for_nobody_opens_nothing(
    stage: Stage, words: str, channel: str
) -> None:
    await begin(stage, words, channel=channel)
    assert (await stage.talk(BOSS)).step != "owner"


async def test_who_asks_for_a_person_is_told_to_him_at_once(stage: Stage) -> None:
    await begin(stage, CODE)
    await stage.say(CLIENT, "дайте живого человека")
    await settle(stage)
    assert (await told(stage))[-1] == "owner-ticket"
    await press(stage, "close", of="owner-ticket")
    await stage.settle()
    async with stage.read() as session:
        states = list(await session.scalars(select(TicketRow.state)))
    assert states == ["closed"]


async def test_he_speaks_in_a_talk_from_his_chat_and_hears_the_answer(stage: Stage) -> None:
    await begin(stage, CODE)
    await stage.say(CLIENT, "не работает розетка")
    await settle(stage)
    await stage.say(CLIENT, "дайте живого человека")
    await settle(stage)
    await press(stage, "hold", of="owner-ticket")
    await stage.say(BOSS, "Здравствуйте, это Пётр")
    await settle(stage)
    line = await last(stage, CLIENT)
    assert (line.author, line.text) == ("owner", "Здравствуйте, это Пётр")
    await stage.say(CLIENT, "Театральная 30")
    await settle(stage)
    assert "Театральная 30" in (await last(stage)).text
    assert (await last(stage, CLIENT)).author == "client"
    await press(stage, "release", of="owner-heard")
    await stage.settle()
    assert (await last(stage, CLIENT)).author == "naryad"
    assert (await stage.talk(CLIENT)).held_at is None


async def test_after_long_silence_his_words_go_nowhere(stage: Stage) -> None:
    await begin(stage, CODE)
    await stage.say(CLIENT, "дайте живого человека")
    await settle(stage)
    await press(stage, "hold", of="owner-ticket")
    await stage.say(BOSS, "Здравствуйте, это Пётр")
    await settle(stage)
    stage.clock.advance(minutes=31)
    await settle(stage)
    await stage.say(BOSS, "а что на завтра?")
    await settle(stage)
    assert (await told(stage))[-1] == "owner-lapsed"
    assert (await stage.talk(CLIENT)).held_at is None
    assert "завтра" not in (await last(stage, CLIENT)).text
    await press(stage, "hold", of="owner-lapsed")
    await stage.say(BOSS, "Это снова я")
    await settle(stage)
    assert (await last(stage, CLIENT)).text == "Это снова я"


async def test_every_morning_he_hears_how_it_went(stage: Stage) -> None:
    await begin(stage, CODE)
    slot = next(one for one in stage.naryad.timetable.slots() if one.name == "owner-digest")
    morning = stage.clock.now().astimezone(ZONE).replace(hour=9, minute=0) + timedelta(days=1)
    for _ in range(2):  # twice is once
        await stage.naryad.schedule.emit(slot, morning)
        await settle(stage)
    assert (await told(stage))[1:] == ["owner-digest-none", "owner-calm"]
    async with stage.read() as session:
        priorities = await session.scalars(
            select(EffectRow.priority).where(EffectRow.lane == f"chat:{stage.person(BOSS).talk_id}")
        )
        assert list(priorities)[-1] == Priority.DIGEST


async def test_unlinked_he_hears_nothing_more(stage: Stage) -> None:
    await begin(stage, CODE)
    await press(stage, "unlink")
    await stage.say(CLIENT, "дайте человека")
    await settle(stage)
    assert (await told(stage))[-1] == "owner-unlinked"
