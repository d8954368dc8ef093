"""The running program at its doors: two people in messengers, faults between, nothing lost or doubled."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from bots.app import Naryad, assemble
from bots.clock import SystemClock
from bots.doors import Door, Doors
from bots.settings import Settings
from core.messages import Role
from storage.tables import EffectRow, EffectStatus, LetterRow, MessageRow, TalkRow, UtteranceRow
from tests.fakes.channel import FakeChannel, FakeMessenger
from tests.fakes.web import ADDRESS, OWNER

PATIENCE_S = 20.0
PNG = base64.b64decode(
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
TROUBLE = "Не работает выключатель в коридоре"


@asynccontextmanager
async def at_doors(folder: Path, messenger: FakeMessenger) -> AsyncIterator[Naryad]:
    """Run the program with a messenger as its only door beside the web."""
    chosen = Settings(
        _env_file=None,
        data_dir=folder,
        api_token=SecretStr(OWNER),
        secret_key=SecretStr("a secret of the tests"),
        public_url=ADDRESS,
        naryad_demo=False,
    )
    channels = {role: FakeChannel(messenger, role=role) for role in (Role.CLIENT,)}
    open_ = [Door(f"fake-{role}", channel, role, is_asked=True) for role, channel in channels.items()]
    doors = Doors(open_, {door.name: door.channel for door in open_})
    program = assemble(chosen, doors=doors, inline=True)
    async with program:
        yield program


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():
            await asyncio.sleep(0.02)


@pytest.fixture
def messenger() -> FakeMessenger:
    return FakeMessenger(SystemClock())


async def test_a_first_word_begins_a_talk_and_is_answered(tmp_path: Path, messenger: FakeMessenger) -> None:
    chat = messenger.meet()
    async with at_doors(tmp_path, messenger) as program:
        await messenger.says(chat, TROUBLE, source="avito")
        await until(lambda: bool(messenger.people[chat].shown))

        async with program.readers() as session:
            talk = (await session.scalars(select(TalkRow))).one()
            sent = await session.scalar(select(func.count()).select_from(MessageRow))
    assert (talk.channel, talk.chat_id, talk.source, talk.role) == ("fake", chat, "avito", "client")
    assert sent == len(messenger.people[chat].shown)


async def test_updates_told_again_are_heard_once(tmp_path: Path, messenger: FakeMessenger) -> None:
    chat = messenger.meet()
    async with at_doors(tmp_path, messenger) as program:
        await messenger.says(chat, TROUBLE)
        for _ in range(4):
            await messenger.again()
        await until(lambda: bool(messenger.people[chat].shown))
        await asyncio.sleep(0.3)
        heard = await _heard(program)
    assert heard == [TROUBLE]


@pytest.mark.row("L7")
async def test_five_quick_messages_get_one_answer(tmp_path: Path, messenger: FakeMessenger) -> None:
    chat = messenger.meet()
    said = ("здравствуйте", "у меня это", TROUBLE, "театральная 30", "кв 14")
    async with at_doors(tmp_path, messenger) as program:
        for text in said:
            await messenger.says(chat, text)
            await asyncio.sleep(0.1)
        await until(lambda: bool(messenger.people[chat].shown))
        await asyncio.sleep(1.0)
        assert await _heard(program) == list(said)
    assert len(messenger.people[chat].shown) == 1
    assert "выключатель" in messenger.people[chat].shown[0]["text"].lower()


async def test_words_that_came_while_we_were_down_are_heard_at_the_next_start(
    tmp_path: Path, messenger: FakeMessenger
) -> None:
    chat = messenger.meet()
    async with at_doors(tmp_path, messenger):
        await messenger.says(chat, TROUBLE)
        await until(lambda: bool(messenger.people[chat].shown))
    shown = len(messenger.people[chat].shown)
    await messenger.says(chat, "Театральная 30, квартира 14")
    async with at_doors(tmp_path, messenger) as program:
        await until(lambda: len(messenger.people[chat].shown) > shown)
        assert await _heard(program) == [TROUBLE, "Театральная 30, квартира 14"]


async def test_a_photo_is_fetched_kept_and_heard(tmp_path: Path, messenger: FakeMessenger) -> None:
    chat = messenger.meet()
    async with at_doors(tmp_path, messenger) as program:
        await messenger.sends(chat, "photo", PNG, caption=TROUBLE)
        await until(lambda: bool(messenger.people[chat].shown))
        async with program.readers() as session:
            lines = (await session.scalars(select(UtteranceRow).order_by(UtteranceRow.seq))).all()
    media = [each for line in lines for each in line.media]
    assert [(each["kind"], each["bytes"]) for each in media] == [("photo", len(PNG))]
    found = program.media.find(media[0]["id"], talk_id=lines[0].talk_id)
    assert found is not None
    assert found[0].read_bytes() == PNG


async def test_a_file_that_is_gone_is_asked_for_again(tmp_path: Path, messenger: FakeMessenger) -> None:
    chat = messenger.meet()
    async with at_doors(tmp_path, messenger):
        await messenger.says(chat, TROUBLE)
        await until(lambda: bool(messenger.people[chat].shown))
        await messenger.says(chat, "", files=[{"kind": "photo", "ref": "gone", "size": 7}])
        await until(lambda: "Файл не открылся" in messenger.people[chat].shown[-1]["text"])


async def test_a_lost_answer_is_never_repeated_blindly(tmp_path: Path, messenger: FakeMessenger) -> None:
    chat = messenger.meet()
    messenger.faults = ["cut"]
    async with at_doors(tmp_path, messenger) as program:
        await messenger.says(chat, TROUBLE)
        await until(lambda: messenger.sendings > 0)
        await asyncio.sleep(0.5)
        async with program.readers() as session:
            said = select(EffectRow.status).where(EffectRow.kind == "say")
            statuses = (await session.scalars(said)).all()
    assert messenger.sendings == 1
    assert list(statuses) == [EffectStatus.UNKNOWN]


async def test_a_door_that_was_away_gets_what_waited(tmp_path: Path, messenger: FakeMessenger) -> None:
    chat = messenger.meet()
    messenger.faults = ["refuse", "refuse"]
    async with at_doors(tmp_path, messenger):
        await messenger.says(chat, TROUBLE)
        await until(lambda: bool(messenger.people[chat].shown))
    assert messenger.sendings == 1


async def test_who_shut_the_door_is_marked_and_may_come_back(
    tmp_path: Path, messenger: FakeMessenger
) -> None:
    chat = messenger.meet()
    async with at_doors(tmp_path, messenger) as program:
        await messenger.says(chat, TROUBLE)
        await until(lambda: bool(messenger.people[chat].shown))
        await messenger.opens(chat, is_open=False)
        await _until_talk(program, lambda talk: talk.shut_at is not None)
        await messenger.opens(chat, is_open=True)
        await _until_talk(program, lambda talk: talk.shut_at is None)


async def test_an_update_nobody_can_read_is_kept_for_a_person(
    tmp_path: Path, messenger: FakeMessenger, caplog: pytest.LogCaptureFixture
) -> None:
    chat = messenger.meet()
    async with at_doors(tmp_path, messenger) as program:
        await messenger.tell("message", chat, message=None, location={"lat": "north", "lon": 1})
        await messenger.says(chat, TROUBLE)
        await until(lambda: bool(messenger.people[chat].shown))
        async with program.readers() as session:
            kept = (await session.scalars(select(LetterRow).where(LetterRow.kind == "door-unread"))).all()
    assert len(kept) == 1
    assert "north" in kept[0].payload["raw"]
    assert "north" not in caplog.text


async def _heard(program: Naryad) -> list[str]:
    async with program.readers() as session:
        query = select(UtteranceRow.text).where(UtteranceRow.author == "client").order_by(UtteranceRow.seq)
        return list(await session.scalars(query))


async def _until_talk(program: Naryad, is_so: Callable[[Any], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            async with program.readers() as session:
                if is_so((await session.scalars(select(TalkRow))).one()):
                    return
            await asyncio.sleep(0.02)
