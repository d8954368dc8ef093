"""At night a messenger does not ring for what can wait."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.language.reader import EmbeddedReader
from tests.databases import SqliteTemplate
from tests.dialogues.doors import Street
from tests.dialogues.stage import Stage

LATE = datetime.fromisoformat("2026-03-02T21:50")  # local: ten minutes before the quiet hours
REMINDED, LEFT = "client-remind", "talk-abandoned"


@pytest.fixture
async def stage(tmp_path: Path, sqlite_template: SqliteTemplate) -> AsyncIterator[Stage]:
    with sqlite_template.copy(tmp_path) as url:
        stage = Stage(tmp_path, url, EmbeddedReader(), LATE)
        await stage.add_master("igor")
        yield stage
        assert await stage.dead() == []
        await stage.close()


async def reminded_at(stage: Stage, who: str) -> list[datetime]:
    talk = stage.person(who).talk_id
    said = await stage.said_since(0)
    return [each.at.astimezone(UTC) for each in said if each.talk_id == talk and each.name == REMINDED]


async def test_a_reminder_waits_for_the_morning_in_a_messenger(stage: Stage) -> None:
    street = Street(stage)
    street.enter("anna", "telegram")
    await street.say("anna", "Не работает выключатель в коридоре")
    await stage.wait(timedelta(hours=12))

    assert await reminded_at(stage, "anna") == [datetime(2026, 3, 3, 5, 0, tzinfo=UTC)]  # seven o'clock there


async def test_a_browser_is_reminded_at_once(stage: Stage) -> None:
    await stage.say("anna", "Не работает выключатель в коридоре")
    await stage.wait(timedelta(hours=2))

    (at,) = await reminded_at(stage, "anna")
    assert at < datetime(2026, 3, 2, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize(("begun", "is_told"), [("2026-03-02T22:30", False), ("2026-03-02T12:00", True)])
async def test_a_talk_that_ends_at_night_ends_in_silence(
    tmp_path: Path, sqlite_template: SqliteTemplate, begun: str, is_told: bool
) -> None:
    with sqlite_template.copy(tmp_path) as url:
        stage = Stage(tmp_path, url, EmbeddedReader(), datetime.fromisoformat(begun))
        street = Street(stage)
        street.enter("anna", "telegram")
        await street.say("anna", "Не работает выключатель в коридоре")
        await stage.wait(timedelta(hours=30))
        said = [each.name for each in await stage.said_since(0)]
        await stage.close()

    assert (LEFT in said) is is_told
