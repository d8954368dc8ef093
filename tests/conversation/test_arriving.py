"""What a door brings beside words: a place, a corrected message, a source; and what it may be asked for."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.flows.job_views import address_view
from core.language.reader import EmbeddedReader
from core.messages import Role
from storage.tables import EffectRow, EventRow, JobRow
from tests.databases import SqliteTemplate
from tests.dialogues.doors import Street
from tests.dialogues.stage import Stage

LENINGRADSKY, BALTIYSK, MOSCOW = (54.731, 20.541), (54.65, 19.91), (55.75, 37.62)


@pytest.fixture
async def stage(tmp_path: Path, sqlite_template: SqliteTemplate) -> AsyncIterator[Stage]:
    with sqlite_template.copy(tmp_path) as url:
        stage = Stage(tmp_path, url, EmbeddedReader(), None)
        await stage.add_master("igor")
        yield stage
        assert await stage.dead() == []
        await stage.close()


@pytest.fixture
def street(stage: Stage) -> Street:
    street = Street(stage)
    street.enter("anna", "telegram")
    return street


async def names(stage: Stage, who: str = "anna") -> list[str]:
    talk = stage.person(who).talk_id
    return [each.name for each in await stage.said_since(0) if each.talk_id == talk and each.name]


async def heard(stage: Stage, who: str = "anna") -> list[str]:
    talk = stage.person(who).talk_id
    return [each.text for each in await stage.said_since(0) if each.talk_id == talk and not each.name]


async def buttons(stage: Stage, name: str) -> list[dict[str, Any]]:
    """Return the buttons under the last text of a name, as the door shows them."""
    async with stage.read() as session:
        rows = await session.scalars(select(EffectRow).where(EffectRow.kind == "say").order_by(EffectRow.seq))
        said = [row.payload["buttons"] for row in rows if row.payload["name"] == name]
    return list(said[-1])


# A place


@pytest.mark.row("A142")
async def test_a_place_tells_the_district_and_asks_for_the_house(stage: Stage, street: Street) -> None:
    await street.say("anna", "не работает розетка")
    await street.say("anna", place=LENINGRADSKY)
    talk = await stage.talk("anna")
    assert (await names(stage))[-1] == "client-place"
    assert "Ленинградский" in (await stage.said_since(0))[-1].text
    assert talk.known["district"] == "Ленинградский"
    assert talk.known["address"] == {"lat": "54.73100", "lon": "20.54100"}
    assert talk.step == "address"


async def test_the_master_is_shown_the_point(stage: Stage, street: Street) -> None:
    await street.say("anna", "не работает розетка")
    await street.say("anna", place=LENINGRADSKY)
    await street.say("anna", "Фестивальная 30, Анна, +79114567890")
    await street.press("anna", "slot-1")
    async with stage.read() as session:
        job = await session.scalar(select(JobRow))
    assert job is not None
    assert (job.address["street"], job.district) == ("Фестивальная", "Ленинградский")
    assert address_view(job)["map_url"] == "https://yandex.ru/maps/?pt=20.54100,54.73100&z=17"


async def test_a_place_comes_first(stage: Stage, street: Street) -> None:
    await street.say("anna", place=LENINGRADSKY)
    assert await names(stage) == ["client-place-noted", "client-hello", "client-ask-problem"]


@pytest.mark.parametrize("place", [BALTIYSK, MOSCOW])
async def test_a_place_far_away_is_told_as_such(
    stage: Stage, street: Street, place: tuple[float, float]
) -> None:
    await street.say("anna", "не работает розетка")
    await street.say("anna", place=place)
    talk = await stage.talk("anna")
    assert (await names(stage))[-1] == "client-city-not-yet"
    assert talk.known["address"] == {}


async def test_a_place_does_not_move_a_street_that_was_told(stage: Stage, street: Street) -> None:
    await street.say("anna", "не работает розетка, Киевская 80")
    before = (await stage.talk("anna")).known["district"]
    await street.say("anna", place=LENINGRADSKY)
    talk = await stage.talk("anna")
    assert (talk.known["address"]["street"], talk.known["district"]) == ("Киевская", before)
    assert "client-place-noted" in await names(stage)


async def test_a_master_who_shares_a_place_is_thanked(stage: Stage, street: Street) -> None:
    street.enter("pavel", "telegram", role=Role.MASTER)
    await street.say("pavel", "здравствуйте")
    await street.say("pavel", place=LENINGRADSKY)
    assert (await names(stage, "pavel"))[-1] == "talk-place-noted"


# What may be asked for


@pytest.mark.row("A142")
@pytest.mark.parametrize(
    ("channel", "place", "contact"),
    [("telegram", 1, 1), ("max", 1, 1), ("vk", 1, 0), ("sms", 0, 0)],
)
async def test_a_messenger_is_asked_for_what_it_can_share(
    stage: Stage, street: Street, channel: str, place: int, contact: int
) -> None:
    street.enter("anna", channel)
    await street.say("anna", "не работает розетка")
    asked = next(name for name in reversed(await names(stage)) if name.startswith("client-ask-address"))
    assert [each["asks"] for each in await buttons(stage, asked)] == ["location"] * place
    await street.say("anna", "Театральная 30, завтра днём")
    await street.press("anna", "slot-1")
    shared = [each["asks"] for each in await buttons(stage, "client-ask-contacts") if "asks" in each]
    assert shared == ["contact"] * contact


async def test_a_browser_sees_no_button_that_shares(stage: Stage) -> None:
    await stage.say("web", "не работает розетка")
    await stage.settle()
    assert not any(each.buttons for each in await stage.said_since(0) if "address" in (each.name or ""))


async def test_the_terminal_opens_by_a_button(stage: Stage, street: Street) -> None:
    street.enter("pavel", "telegram", role=Role.MASTER)
    await street.say("pavel", "Павел Орлов, +79117770011, Калининград, электрик, 5 лет, без группы")
    await street.say("pavel", "завтра с 8 до 20")
    await street.press("pavel", "smartphone")
    opened = await buttons(stage, "master-terminal-button")
    assert [(each["label"], each["is_app"]) for each in opened] == [("Открыть терминал", True)]
    assert "/terminal#t=" in opened[0]["url"]


# A corrected message


async def test_a_corrected_address_is_a_correction(stage: Stage, street: Street) -> None:
    await street.say("anna", "не работает розетка")
    await street.say("anna", "Театральная 30", message_id=7)
    await street.say("anna", "Театральная 32", message_id=7, is_edit=True)
    assert (await stage.talk("anna")).known["address"]["house"] == "32"
    assert "client-noted" in await names(stage)
    assert (await heard(stage))[-1] == "✎ Театральная 32"


async def test_what_a_corrected_message_does_not_say_any_more_is_not_wanted(
    stage: Stage, street: Street
) -> None:
    await street.say("anna", "не работает розетка", message_id=7)
    await street.say("anna", "не работает выключатель", message_id=7, is_edit=True)
    talk = await stage.talk("anna")
    assert [each["object"] for each in talk.known["wanted"]] == ["light_switch"]
    assert talk.known["words"] == "не работает выключатель"


async def test_corrected_in_the_same_breath_only_the_last_is_read(stage: Stage, street: Street) -> None:
    await street.come("anna", "не работает розетка", message_id=7)
    await street.say("anna", "не работает выключатель", message_id=7, is_edit=True)
    assert [each["object"] for each in (await stage.talk("anna")).known["wanted"]] == ["light_switch"]


async def test_a_change_of_no_word_is_passed_over(stage: Stage, street: Street) -> None:
    await street.say("anna", "не работает розетка", message_id=7)
    before = await names(stage)
    await street.say("anna", "не работает розетка", message_id=7, is_edit=True)
    assert await names(stage) == before


# Where he came from


@pytest.mark.row("A30")
async def test_the_first_source_stays_and_a_later_one_is_history(stage: Stage, street: Street) -> None:
    await street.say("anna", start="avito_banner2")
    await street.say("anna", start="google")
    async with stage.read() as session:
        came = await session.scalars(select(EventRow).where(EventRow.action == "came_by"))
        assert [event.facts["source"] for event in came] == ["google"]
    assert (await stage.talk("anna")).source == "avito_banner2"
    assert (await names(stage))[-1].startswith("client-ask-problem")
