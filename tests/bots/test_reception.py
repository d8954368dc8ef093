"""What doors bring becomes letters: bounded, in order, and no door is stopped by what it brought."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bots import fetching, listening
from bots.doors import (
    ATTACHMENTS_MAX,
    KEY_MAX,
    REF_MAX,
    TEXT_MAX,
    Door,
    Reception,
    talk_id_of,
)
from bots.fetching import TRIES, Fetching
from bots.listening import Listening
from bots.media import Media
from core.flows.doors import DELIVERY, FLOOD, UNREAD
from core.kernel.refusal import Outage, Unsayable
from core.messages import (
    Address,
    Arrival,
    Attachment,
    Batch,
    Contact,
    Delivery,
    Fate,
    Inbound,
    Limits,
    Location,
    Role,
    Unread,
)
from storage.engine import Engine, readers
from storage.outbox import Effect
from storage.tables import DoorRow, LetterRow
from tests.fakes.clock import FakeClock
from tests.fakes.mail import Spine, running

PER_MINUTE = 20
HOME = Address("fake", "chat")
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@dataclass
class Bringer:
    """A channel that is asked; `batches` are what it brings, or raises, one after the other."""

    batches: list[Batch | Exception] = field(default_factory=list)
    name: str = "fake"
    limits: Limits = field(default_factory=Limits)
    marks: list[str | None] = field(default_factory=list)
    stood: int = 0

    async def stand(self, url: str | None) -> None:
        self.stood += 1

    async def listen(self, mark: str | None) -> Batch:
        self.marks.append(mark)
        if not self.batches:
            await asyncio.Event().wait()
        told = self.batches.pop(0)
        if isinstance(told, Exception):
            raise told
        return told

    async def acknowledge(self, arrival: Inbound) -> None:
        raise ValueError("no thanks")


def at_door(channel: Bringer) -> Door:
    return Door("fake-client", channel, Role.CLIENT, is_asked=True)  # type: ignore[arg-type]


@pytest.fixture
def reception(spine: Spine) -> Reception:
    return Reception(spine.intake, market="home_services", clock=spine.clock, per_minute=PER_MINUTE)


def said(n: int, at: datetime, text: str = "слово", **parts: Any) -> Inbound:
    known: dict[str, Any] = {"sender": HOME, "role": Role.CLIENT, "message_id": str(n), "sent_at": at}
    return Inbound(**{**known, "key": f"fake-client:{n}", "text": text, **parts})


async def letters(engine: Engine) -> list[LetterRow]:
    async with readers(engine)() as session:
        return list(await session.scalars(select(LetterRow).order_by(LetterRow.seq)))


async def kinds(engine: Engine) -> list[str]:
    return [row.kind for row in await letters(engine)]


# A flood


async def test_a_flood_is_answered_once_and_not_written_down(spine: Spine, reception: Reception) -> None:
    door = at_door(Bringer())
    for n in range(500):
        await reception.take(door, [said(n, spine.clock.now())])
    await reception.take(door, [said(1_000, spine.clock.now(), "", choice="accept:1:1", press="p")])
    await reception.take(door, [replace(said(1_001, spine.clock.now()), sender=Address("fake", "other"))])

    found = await kinds(spine.engine)
    assert found == ["talk-arrive"] * PER_MINUTE + [FLOOD] + ["talk-arrive"] * 2


async def test_presses_have_their_end_too(spine: Spine, reception: Reception) -> None:
    presses = [said(n, spine.clock.now(), "", choice="accept:1:1") for n in range(400)]
    await reception.take(at_door(Bringer()), presses)

    assert len(await letters(spine.engine)) < 100


async def test_after_a_minute_a_chat_is_heard_again(
    spine: Spine, clock: FakeClock, reception: Reception
) -> None:
    door = at_door(Bringer())
    await reception.take(door, [said(n, clock.now()) for n in range(30)])
    clock.advance(minutes=2)
    await reception.take(door, [said(100 + n, clock.now()) for n in range(30)])

    found = await kinds(spine.engine)
    assert found.count("talk-arrive") == 2 * PER_MINUTE
    assert found.count(FLOOD) == 2


async def test_what_waited_for_us_is_no_flood(spine: Spine, clock: FakeClock, reception: Reception) -> None:
    came = [said(n, clock.now() - timedelta(minutes=90 - n)) for n in range(90)]
    await reception.take(at_door(Bringer()), came)

    assert await kinds(spine.engine) == ["talk-arrive"] * 90


async def test_an_old_message_after_new_ones_is_heard(
    spine: Spine, clock: FakeClock, reception: Reception
) -> None:
    door = at_door(Bringer())
    await reception.take(door, [said(n, clock.now()) for n in range(PER_MINUTE - 1)])
    await reception.take(door, [said(99, clock.now() - timedelta(hours=5))])

    assert await kinds(spine.engine) == ["talk-arrive"] * PER_MINUTE


async def test_what_is_told_again_and_again_is_no_flood(
    spine: Spine, clock: FakeClock, reception: Reception
) -> None:
    door = at_door(Bringer())
    for _ in range(50):
        await reception.take(door, [said(1, clock.now())])
    await reception.take(door, [said(2, clock.now())])

    assert await kinds(spine.engine) == ["talk-arrive"] * 2


# What is too long, or nonsense


async def test_whatever_a_door_brings_is_bounded_and_written(spine: Spine, reception: Reception) -> None:
    at = spine.clock.now()
    evil = Attachment("file", "r", name="../../etc/\0passwd\n\u202egpj.exe" + "x" * 5_000, bytes=10**18)
    parts: list[Arrival] = [
        said(1, at, "я" * 1_000_000),
        said(2, at, "", attachments=(evil,) * 1_000),
        said(3, at, "", attachments=(Attachment("file", "r" * (REF_MAX + 1)),)),
        said(4, at, key="k" * 5_000, message_id="m" * 5_000),
        said(
            5, at, key="k" * 5_001, name="n" * 5_000, lang="ru" * 500, source="s" * 5_000, thread="t" * 5_000
        ),
        said(6, at, "", choice="accept:" + "1" * 5_000),
        said(7, at, location=Location(float("nan"), 5.0)),
        said(8, at, location=Location(float("inf"), 5.0)),
        said(9, at, "\0\ud800 да", contact=Contact("+79110000001", name="\0" * 9_999, is_own=True)),
        said(10, at, sender=Address("fake", "c" * 5_000)),
        Delivery("m" * 5_000, "fake-client:d", Fate.FAILED, at, reason="r" * 5_000),
        Unread("fake-client:u", "r" * 5_000_000, "?"),
    ]
    await reception.take(at_door(Bringer()), parts)

    found = await letters(spine.engine)
    assert [row.kind for row in found] == ["talk-arrive"] * 9 + [UNREAD, DELIVERY, UNREAD]
    assert all(len(row.key) <= KEY_MAX for row in found)
    assert len(found[0].payload["text"]) == TEXT_MAX
    assert len(found[1].payload["attachments"]) == ATTACHMENTS_MAX
    assert found[1].payload["lost"] == 1_000 - ATTACHMENTS_MAX
    assert found[1].payload["attachments"][0]["name"].isprintable()
    assert found[2].payload["lost"] == 1
    assert "location" not in found[6].payload


async def test_one_that_cannot_be_written_holds_up_nobody(
    spine: Spine, reception: Reception, caplog: pytest.LogCaptureFixture
) -> None:
    at = spine.clock.now()
    odd = said(2, at, "тайна", attachments=(Attachment("file", "r", bytes=object()),))  # type: ignore[arg-type]
    await reception.take(at_door(Bringer()), [said(1, at), odd, said(3, at)])

    assert await kinds(spine.engine) == ["talk-arrive", "talk-arrive", UNREAD]
    assert "тайна" not in caplog.text


# Hearing


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "BACK_OFF", timedelta())


async def heard(spine: Spine, channel: Bringer, reception: Reception, *, letters_: int) -> list[LetterRow]:
    ear = Listening(at_door(channel), reception, engine=spine.engine, clock=spine.clock, url="http://x")
    async with running(ear.run()), asyncio.timeout(10):
        while len(found := await letters(spine.engine)) < letters_ or channel.batches:
            await asyncio.sleep(0.01)
    return found


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "failure",
    [
        Outage("away"),
        ValueError("тайна"),
        KeyError("ts"),
        OSError("reset"),
        OperationalError("x", {}, Exception("database is locked")),
    ],
    ids=lambda failure: type(failure).__name__,
)
async def test_whatever_a_channel_raises_it_is_asked_again(
    spine: Spine, reception: Reception, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    channel = Bringer([failure, failure, Batch((said(1, spine.clock.now()),), "1")])
    await heard(spine, channel, reception, letters_=1)

    assert channel.marks[:3] == [None, None, None]
    assert channel.stood >= 3  # somebody may have told the service to knock elsewhere
    assert any(record.levelno >= logging.WARNING for record in caplog.records)
    assert "тайна" not in caplog.text


@pytest.mark.usefixtures("quick")
async def test_a_mark_is_noted_only_when_all_before_it_is_written(
    spine: Spine, reception: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_all, is_away = spine.intake.put_all, [True, True]

    async def sometimes(told: Sequence[Any]) -> None:
        if is_away:
            is_away.pop()
            raise Outage("database")
        await put_all(told)

    monkeypatch.setattr(spine.intake, "put_all", sometimes)
    batch = Batch((said(1, spine.clock.now(), "", choice="a:1:1", press="p"),), "1")
    channel = Bringer([batch, batch, batch])
    await heard(spine, channel, reception, letters_=1)

    assert channel.marks[:3] == [None, None, None]
    async with readers(spine.engine)() as session:
        assert await session.scalar(select(DoorRow.mark)) in (None, "1")


# Files


@dataclass
class Files:
    """A channel that hands over files as the test says."""

    gives: list[bytes | Exception | None]
    limits: Limits = field(default_factory=Limits)

    async def fetch(self, attachment: Attachment) -> bytes:
        given = self.gives[int(attachment.ref)]
        if given is None:
            await asyncio.Event().wait()
        if isinstance(given, Exception):
            raise given
        assert given is not None
        return given


def wanted(files: int, *, attempts: int = 1, **more: object) -> Effect:
    each = [{"kind": "photo", "ref": str(n), "name": "a", "bytes": None} for n in range(files)]
    payload = {"talk_id": "t", "door": "fake-client", "text": "слова", "attachments": each, **more}
    return Effect("e", 1, "fetch:t", "c", "fetch", payload, "k", attempts)


def fetcher(spine: Spine, folder: Path, *gives: bytes | Exception | None) -> Fetching:
    media = Media(folder, clock=spine.clock, chance=spine.chance)
    return Fetching({"fake-client": Files(list(gives))}, media, most_bytes=100)  # type: ignore[dict-item]


@pytest.mark.parametrize("ground", ["inline"], indirect=True)
async def test_what_was_said_with_files_is_heard_whatever_the_files_are(spine: Spine, tmp_path: Path) -> None:
    gives = (PNG, ValueError("secret"), Unsayable(), b"", b"MZ", PNG + b"0" * 100)
    done = await fetcher(spine, tmp_path, *gives).perform(wanted(len(gives), lost=2))

    assert done.payload["text"] == "слова"
    assert len(done.payload["media"]) == 1
    assert done.payload["lost"] == 2 + 5


@pytest.mark.parametrize("ground", ["inline"], indirect=True)
@pytest.mark.parametrize("gives", [None, Outage("away")], ids=["hangs", "away"])
async def test_files_that_do_not_come_are_waited_for_and_then_lost(
    spine: Spine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gives: Exception | None
) -> None:
    monkeypatch.setattr(fetching, "FETCH_S", 0.02)
    performer = fetcher(spine, tmp_path, PNG, gives, gives)
    with pytest.raises(Outage):
        await performer.perform(wanted(3))

    done = await performer.perform(wanted(3, attempts=TRIES))
    assert (len(done.payload["media"]), done.payload["lost"]) == (1, 2)


def test_a_talk_is_found_by_its_chat_alone() -> None:
    assert talk_id_of(HOME, Role.CLIENT) != talk_id_of(HOME, Role.MASTER)
