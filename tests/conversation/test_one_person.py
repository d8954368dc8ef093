"""One person at many doors: joined by what proves it, going on at either, no job doubled, undone at will."""

import re
from collections.abc import AsyncIterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.language.reader import EmbeddedReader
from core.messages import Role
from storage import elsewhere
from storage.outbox import Effect
from storage.tables import EffectRow, JobRow, JoiningRow, MasterRow, PersonRow, TalkRow
from tests.databases import SqliteTemplate
from tests.dialogues.doors import Street
from tests.dialogues.stage import CLIENT, Stage

pytestmark = pytest.mark.row("L21")

PHONE, OTHER = "+79114567890", "+79117654321"


@pytest.fixture
async def stage(tmp_path: Path, sqlite_template: SqliteTemplate) -> AsyncIterator[Stage]:
    with sqlite_template.copy(tmp_path) as url:
        stage = Stage(tmp_path, url, EmbeddedReader(), None)
        await stage.add_master("igor")
        await stage.add_master("pavel", trades=("plumbing",))
        yield stage
        assert await stage.dead() == []
        await stage.close()


@pytest.fixture
def street(stage: Stage) -> Street:
    street = Street(stage)
    for who, channel in (("anna", "telegram"), ("anna2", "max"), ("mallory", "vk"), ("texter", "sms")):
        street.enter(who, channel)
    return street


async def order(stage: Stage, *, phone: str = PHONE, street: str = "Театральная") -> JobRow:
    """Order a socket to be mended in the web chat."""
    who = CLIENT
    await stage.say(who, f"не работает розетка, {street} 30, Анна, {phone}")
    await stage.settle()
    await stage.press(who, "slot-1")
    await stage.settle()
    job = await stage.job(who)
    assert job is not None
    return job


async def names(stage: Stage, who: str) -> list[str]:
    talk = stage.person(who).talk_id
    return [each.name for each in await stage.said_since(0) if each.talk_id == talk and each.name]


async def words(stage: Stage, who: str) -> str:
    talk = stage.person(who).talk_id
    return "\n".join(each.text for each in await stage.said_since(0) if each.talk_id == talk)


async def rows(stage: Stage, kind: Any) -> list[Any]:
    async with stage.read() as session:
        return list(await session.scalars(select(kind)))


async def jobs_at(stage: Stage, who: str) -> list[str]:
    talk = stage.person(who).talk_id
    return sorted(job.number for job in await rows(stage, JobRow) if job.talk_id == talk)


# By a phone that the door has verified


async def test_a_contact_shared_in_the_middle_of_a_talk_brings_the_job_here(
    stage: Stage, street: Street
) -> None:
    job = await order(stage)
    await street.say("anna", "здравствуйте")
    await street.say("anna", phone=PHONE)
    assert (await names(stage, "anna"))[-2:] == ["client-joined", "client-status"]
    assert await jobs_at(stage, "anna") == [job.number]
    assert (await stage.talk(CLIENT)).step == "elsewhere"
    await stage.press("igor", "accept")
    await stage.settle()
    assert (await names(stage, "anna"))[-1] == "client-accepted"


async def test_the_same_fault_half_told_at_both_doors_is_one_request(stage: Stage, street: Street) -> None:
    job = await order(stage)
    await street.say("anna", "не работает розетка")
    await street.say("anna", phone=PHONE)
    assert [each.number for each in await rows(stage, JobRow)] == [job.number]
    assert (await names(stage, "anna"))[-1] == "client-status"


async def test_another_fault_goes_on_here_and_the_job_comes_along(stage: Stage, street: Street) -> None:
    job = await order(stage)
    await street.say("anna", "течёт кран на кухне")
    await street.say("anna", phone=PHONE)
    talk = await stage.talk("anna")
    assert await jobs_at(stage, "anna") == [job.number]
    assert talk.known["wanted"][0]["trade"] == "plumbing"
    assert job.id in talk.known["jobs"]


async def test_an_sms_tells_its_phone_with_every_word(stage: Stage, street: Street) -> None:
    job = await order(stage)
    await street.say("texter", "где мастер?", phone=PHONE)
    assert await names(stage, "texter") == ["client-continued", "client-status"]
    await street.say("texter", "спасибо", phone=PHONE)
    assert await jobs_at(stage, "texter") == [job.number]
    assert len(await rows(stage, JoiningRow)) == 1
    assert len(await rows(stage, JobRow)) == 1


async def test_a_typed_phone_of_another_shows_and_moves_nothing(stage: Stage, street: Street) -> None:
    job = await order(stage, street="Фестивальная")
    await street.say("mallory", f"не работает розетка, Анна, {PHONE}")
    await street.say("mallory", f"мой телефон {PHONE}, где мастер?")
    await street.say("mallory", phone=PHONE, is_own=False)
    told = await words(stage, "mallory")
    assert job.number not in told
    assert "Фестивальная" not in told
    assert await jobs_at(stage, "mallory") == []
    assert await rows(stage, JoiningRow) == []
    assert (await stage.talk(CLIENT)).job_id == job.id


async def test_a_verified_number_is_not_replaced_by_a_typed_one(stage: Stage, street: Street) -> None:
    await street.say("mallory", "не работает розетка, Мира 5", phone=OTHER)
    await street.say("mallory", f"Анна, {PHONE}, завтра днём")
    await street.press("mallory", "slot-1")
    talk = await stage.talk("mallory")
    person = next(each for each in await rows(stage, PersonRow) if each.id == talk.person_id)
    assert person.phone == OTHER
    await street.say("anna", "добрый день")
    await street.say("anna", phone=PHONE)
    assert await rows(stage, JoiningRow) == []


async def test_who_typed_a_number_must_prove_it_to_come_back(stage: Stage, street: Street) -> None:
    await order(stage, phone=PHONE)  # somebody in a browser, with Anna's number
    await street.say("anna", "течёт кран, Мира 7", phone=PHONE)
    await stage.say(CLIENT, "где мастер?")
    await stage.settle()
    told = (await names(stage, CLIENT))[-1]
    assert told == "talk-link-needed"
    assert "Мира" not in await words(stage, CLIENT)
    assert (await names(stage, "anna"))[-1] == "talk-link-asked"
    code = re.findall(r"\d{3} \d{3}", await words(stage, "anna"))[-1]
    await stage.say(CLIENT, code)
    await stage.settle()
    assert (await stage.talk(CLIENT)).step != "elsewhere"
    assert (await stage.talk("anna")).step == "elsewhere"


async def test_a_resting_talk_that_is_handed_back_still_needs_proof(stage: Stage, street: Street) -> None:
    await order(stage)
    await street.say("anna", "течёт кран, Мира 7", phone=PHONE)
    talk_id = stage.person(CLIENT).talk_id
    for kind in ("talk-hold", "", "talk-release"):
        if kind:
            await stage._put(kind, f"chat:{talk_id}", {"talk_id": talk_id}, None)
        else:
            await stage.say(CLIENT, "где мастер?")
        await stage.settle()
        stage.clock.advance(seconds=1)
    assert (await names(stage, CLIENT))[-1] == "talk-link-needed"
    assert (await stage.talk(CLIENT)).step == "elsewhere"


async def test_all_doors_of_who_typed_a_number_must_prove_it(stage: Stage, street: Street) -> None:
    await order(stage)
    await street.say("mallory", await linked(stage, street))
    await street.say("anna", "течёт кран, Мира 7", phone=PHONE)
    for says in ("где мастер?", "завтра в 12"):
        await street.say("mallory", says)
        assert (await names(stage, "mallory"))[-1] == "talk-link-needed"
        await stage.say(CLIENT, says)
        await stage.settle()
        assert (await names(stage, CLIENT))[-1] == "talk-link-needed"
    assert "Мира" not in await words(stage, "mallory") + await words(stage, CLIENT)
    async with stage.naryad.engine.connect() as connection:
        talk = await stage.talk("anna")
        effect = (await all_held(stage, talk.id))[-1]
        to = await elsewhere.other_address(connection, effect, doors={"vk-client", "telegram-client"})
    assert to is None


@pytest.mark.parametrize("is_known", [False, True])
async def test_a_number_of_his_own_vouches_for_no_other(
    stage: Stage, street: Street, *, is_known: bool
) -> None:
    if is_known:  # he has another door, known by his own number
        await street.say("anna2", "скрипит дверь", phone=OTHER)
    await street.say("mallory", f"не работает розетка, Театральная 30, Анна, {PHONE}")
    await street.press("mallory", "slot-1")
    await street.say("anna", "течёт кран, Мира 7", phone=PHONE)
    assert (await stage.talk("mallory")).known["must_prove"]
    await street.say("mallory", phone=OTHER)
    await street.say("mallory", "где мастер?")
    assert (await names(stage, "mallory"))[-1] == "talk-link-needed"
    assert "Мира" not in await words(stage, "mallory")
    talk = await stage.talk("anna")
    assert talk.step != "elsewhere"
    person = next(each for each in await rows(stage, PersonRow) if each.id == talk.person_id)
    assert person.phone == PHONE


async def test_a_code_of_his_own_vouches_for_no_other(stage: Stage, street: Street) -> None:
    await street.say("mallory", f"не работает розетка, Театральная 30, Анна, {PHONE}")
    await street.press("mallory", "slot-1")
    await street.say("anna", "течёт кран, Мира 7", phone=PHONE)
    await street.say("anna2", "скрипит дверь, продолжим в телеграме?")
    await street.say("anna2", "Продолжим в телеграме?")
    code = re.findall(r"\d{3} \d{3}", await words(stage, "anna2"))[-1]
    await street.say("mallory", code)
    await street.say("mallory", "где мастер?")
    assert (await names(stage, "mallory"))[-1] == "talk-link-needed"
    assert "Мира" not in await words(stage, "mallory") + await words(stage, "anna2")
    assert (await stage.talk("anna")).step != "elsewhere"


async def all_held(stage: Stage, talk_id: str) -> list[Effect]:
    """Return what was said in a talk, as the courier sees it."""
    async with stage.read() as session:
        query = select(EffectRow).where(EffectRow.lane == f"chat:{talk_id}").order_by(EffectRow.seq)
        return [
            Effect(**{each.name: getattr(row, each.name) for each in fields(Effect)})
            for row in await session.scalars(query)
        ]


# By a code


async def linked(stage: Stage, street: Street, *, says: str = "Продолжим в телеграме?") -> str:
    """Ask for a code in the web chat; return it as it is shown."""
    await stage.say(CLIENT, says)
    await stage.settle()
    assert "talk-link-code" in await names(stage, CLIENT)
    return str(re.findall(r"\d{3} \d{3}", await words(stage, CLIENT))[-1])


@pytest.mark.parametrize("spelt", ["{}", "код {}", "{}!"])
async def test_a_code_brings_the_talk_to_another_door(stage: Stage, street: Street, spelt: str) -> None:
    await stage.say(CLIENT, "не работает розетка, Театральная 30")
    await stage.settle()
    code = await linked(stage, street)
    await street.say("anna", spelt.format(code.replace(" ", "")))
    assert (await names(stage, "anna"))[0] == "client-joined"
    assert (await stage.talk("anna")).known["address"]["street"] == "Театральная"


async def test_a_button_asks_for_a_code_too(stage: Stage) -> None:
    await stage.say(CLIENT, "не работает розетка")
    await stage.settle()
    await stage.say(CLIENT, choice="link:talk:0")
    await stage.settle()
    assert (await names(stage, CLIENT))[-1] == "talk-link-code"


async def test_who_orders_in_a_browser_is_offered_a_messenger(stage: Stage, street: Street) -> None:
    object.__setattr__(stage.naryad.script.links, "invites", lambda role, payload: {"telegram": payload})
    await order(stage)
    await stage.press(CLIENT, "link", of="talk-link-offer")
    await stage.settle()
    assert (await names(stage, CLIENT))[-2:] == ["talk-link-code", "talk-link-open"]


async def test_a_link_carries_the_longer_code(stage: Stage, street: Street) -> None:
    await stage.say(CLIENT, "не работает розетка, Театральная 30")
    await stage.settle()
    made: list[str] = []
    script = stage.naryad.script

    def invites(role: Role, payload: str) -> dict[str, str]:
        made.append(payload)
        return {"telegram": f"https://t.me/naryad?start={payload}"}

    object.__setattr__(script.links, "invites", invites)
    await linked(stage, street)
    assert re.fullmatch(r"link_[\w-]{32,59}", made[0])
    await street.say("anna", start=made[0])
    talk = await stage.talk("anna")
    assert (talk.known["address"]["street"], talk.source) == ("Театральная", None)


async def test_a_code_serves_once(stage: Stage, street: Street) -> None:
    code = await linked_after_word(stage, street)
    await street.say("anna", code)
    await street.say("mallory", code)
    assert "talk-link-wrong" in await names(stage, "mallory")
    assert (await stage.talk("mallory")).known["wanted"] == []


async def test_a_code_lapses(stage: Stage, street: Street) -> None:
    code = await linked_after_word(stage, street)
    stage.clock.advance(minutes=16)
    await street.say("anna", code)
    assert "talk-link-wrong" in await names(stage, "anna")


async def test_five_wrong_codes_an_hour_are_enough(stage: Stage, street: Street) -> None:
    code = await linked_after_word(stage, street)
    for wrong in range(100_001, 100_006):
        await street.say("mallory", str(wrong))
    await street.say("mallory", code)
    assert (await names(stage, "mallory"))[-1] == "talk-link-often"
    assert await rows(stage, JoiningRow) == []


async def linked_after_word(stage: Stage, street: Street) -> str:
    await stage.say(CLIENT, "не работает розетка")
    await stage.settle()
    return await linked(stage, street)


# Both had begun something


async def test_two_half_told_requests_are_told_apart_by_one_question(stage: Stage, street: Street) -> None:
    code = await linked_after_word(stage, street)
    await street.say("anna", "течёт кран на кухне")
    await street.say("anna", code)
    assert (await names(stage, "anna"))[-1] == "client-which-request"
    await street.say("anna", choice="request:there:0")
    talk = await stage.talk("anna")
    assert {each["trade"] for each in talk.known["wanted"]} == {"electrical"}


async def test_the_question_is_answered_in_words_too(stage: Stage, street: Street) -> None:
    code = await linked_after_word(stage, street)
    await street.say("anna", "течёт кран на кухне")
    await street.say("anna", code)
    await street.say("anna", "с краном")
    talk = await stage.talk("anna")
    assert {each["trade"] for each in talk.known["wanted"]} == {"plumbing"}
    assert talk.known["beside"] is None


async def test_the_same_half_told_at_both_doors_is_merged(stage: Stage, street: Street) -> None:
    code = await linked_after_word(stage, street)
    await street.say("anna", "не работает розетка, Театральная 30")
    await street.say("anna", code)
    talk = await stage.talk("anna")
    assert "client-which-request" not in await names(stage, "anna")
    assert (len(talk.known["wanted"]), talk.known["address"]["house"]) == (1, "30")


async def test_the_same_ordered_twice_is_asked_about(stage: Stage, street: Street) -> None:
    await order(stage)
    await street.say("anna", f"не работает розетка, Театральная 30, Анна, {OTHER}")
    await street.press("anna", "slot-1")
    await street.say("anna", phone=PHONE)
    assert (await names(stage, "anna"))[-1] == "client-jobs-alike"
    await street.press("anna", "cancel")
    assert sorted(job.state for job in await rows(stage, JobRow)) == ["cancelled", "open"]


# There and back


async def test_a_person_goes_on_wherever_he_writes(stage: Stage, street: Street) -> None:
    job = await order(stage)
    code = await linked(stage, street)
    await street.say("anna", code)
    for _ in range(2):
        await stage.say(CLIENT, "где мастер?")
        await stage.settle()
        assert await jobs_at(stage, CLIENT) == [job.number]
        assert (await names(stage, CLIENT))[-1].startswith("client-status")
        await street.say("anna", "ну что там?")
        assert await jobs_at(stage, "anna") == [job.number]
    assert len(await rows(stage, JobRow)) == 1


async def test_three_doors_are_one_person(stage: Stage, street: Street) -> None:
    job = await order(stage)
    await street.say("anna", "здравствуйте", phone=PHONE)
    await street.say("anna2", "где мастер?", phone=PHONE)
    assert await jobs_at(stage, "anna2") == [job.number]
    await street.say("anna", "где мастер?")
    assert await jobs_at(stage, "anna") == [job.number]
    people = {(await stage.talk(who)).person_id for who in (CLIENT, "anna", "anna2")}
    assert len(people) == 1


async def test_an_old_button_at_an_earlier_door_is_told_so_and_the_talk_is_here(
    stage: Stage, street: Street
) -> None:
    await order(stage)
    code = await linked(stage, street)
    await street.say("anna", code)
    await stage.say(CLIENT, choice="slot:1:1")
    await stage.settle()
    assert (await stage.talk(CLIENT)).step != "elsewhere"
    assert (await stage.talk("anna")).step == "elsewhere"


# Undone


@pytest.mark.parametrize("how", ["button", "words", "owner"])
async def test_what_was_joined_is_told_apart_again(stage: Stage, street: Street, how: str) -> None:
    job = await order(stage)
    await street.say("anna", "течёт кран на кухне")
    await street.say("anna", phone=PHONE)
    if how == "button":
        await street.press("anna", "undo", of="client-joined")
    elif how == "words":
        await street.say("anna", "Это не я!")
    else:
        joining = (await rows(stage, JoiningRow))[0]
        payload = {"joining_id": joining.id}
        await stage._put("joining-undo", f"chat:{joining.talk_id}", payload, None)
        await stage.settle()
    anna, web = await stage.talk("anna"), await stage.talk(CLIENT)
    assert anna.person_id != web.person_id
    assert (web.job_id, await jobs_at(stage, CLIENT), await jobs_at(stage, "anna")) == (
        job.id,
        [job.number],
        [],
    )
    assert ({each["trade"] for each in anna.known["wanted"]}, anna.known["address"]) == ({"plumbing"}, {})
    assert {(await names(stage, who))[-1] for who in ("anna", CLIENT)} == {"talk-parted"}
    await street.say("anna", phone=PHONE)  # told apart once, they stay apart
    assert await jobs_at(stage, "anna") == []


async def test_a_job_ordered_since_stays_where_it_was_ordered(stage: Stage, street: Street) -> None:
    job = await order(stage)
    await street.say("anna", "здравствуйте", phone=PHONE)
    await street.say("anna", "капает кран на кухне")
    await street.press("anna", "slot-1")
    mine = [each.number for each in await rows(stage, JobRow) if each.number != job.number]
    assert len(mine) == 1
    await street.say("anna", "это не я")
    assert await jobs_at(stage, "anna") == mine
    assert await jobs_at(stage, CLIENT) == [job.number]


# Masters


async def test_a_master_is_known_by_his_number_at_another_door(stage: Stage, street: Street) -> None:
    street.enter("igor2", "telegram", role=Role.MASTER)
    igor = next(each for each in await rows(stage, MasterRow) if each.id == "igor")
    await street.say("igor2", phone=igor.phone)
    talk = await stage.talk("igor2")
    assert (talk.master_id, len(await rows(stage, MasterRow))) == ("igor", 2)
    assert (await names(stage, "igor2"))[-1] == "master-welcome-back"
    await order(stage)
    assert "master-offer" in (await names(stage, "igor2"))[-1]
    await stage.press("igor2", "accept")
    await stage.settle()
    assert [each.state for each in await rows(stage, JobRow)] == ["assigned"]


async def test_a_master_is_told_apart_again(stage: Stage, street: Street) -> None:
    street.enter("igor2", "telegram", role=Role.MASTER)
    igor = next(each for each in await rows(stage, MasterRow) if each.id == "igor")
    await street.say("igor2", "здравствуйте")
    await street.say("igor2", phone=igor.phone)
    await street.press("igor2", "undo", of="master-welcome-back")
    here, there = await stage.talk("igor2"), await stage.talk("igor")
    assert (here.master_id, there.master_id) == (None, "igor")
    igor = next(each for each in await rows(stage, MasterRow) if each.id == "igor")
    assert igor.talk_id == there.id


async def test_a_master_who_types_anothers_number_gets_nothing(stage: Stage, street: Street) -> None:
    street.enter("liar", "telegram", role=Role.MASTER)
    igor = next(each for each in await rows(stage, MasterRow) if each.id == "igor")
    await street.say("liar", f"Пётр Лжецов, {igor.phone}, электрик")
    assert (await stage.talk("liar")).master_id is None
    igor = next(each for each in await rows(stage, MasterRow) if each.id == "igor")
    assert igor.talk_id == "talk-igor"


async def test_who_typed_a_masters_number_first_gets_nothing_of_him(stage: Stage, street: Street) -> None:
    street.enter("liar", "vk", role=Role.MASTER)
    street.enter("ivan", "telegram", role=Role.MASTER)
    await street.say("liar", f"Пётр Лжецов, {OTHER}, электрик, Калининград")
    assert (await stage.talk("liar")).master_id is not None
    await street.say("ivan", "здравствуйте")
    await street.say("ivan", phone=OTHER)
    await street.say("liar", "это не я")
    assert "talk-parted" not in await names(stage, "liar")
    await street.say("liar", "сколько я заработал?")
    assert (await names(stage, "liar"))[-1] == "talk-link-needed"
    assert (await stage.talk("liar")).step == "elsewhere"
    assert (await stage.talk("ivan")).step != "elsewhere"
    code = re.findall(r"\d{3} \d{3}", await words(stage, "ivan"))[-1]
    await street.say("liar", code)  # told by Ivan himself
    assert (await stage.talk("liar")).step != "elsewhere"


async def test_a_master_goes_on_in_max_by_a_code(stage: Stage, street: Street) -> None:
    street.enter("igor2", "telegram", role=Role.MASTER)
    await stage.say("igor", "продолжим в телеграме")
    await stage.settle()
    code = re.findall(r"\d{3} \d{3}", await words(stage, "igor"))[-1]
    await street.say("igor2", code)
    assert (await stage.talk("igor2")).master_id == "igor"
    await stage.say("igor", "сколько я заработал?")
    await stage.settle()
    assert (await stage.talk("igor")).step == "working"
    talk = await stage.talk("igor2")
    assert isinstance(talk, TalkRow)
    assert talk.step == "elsewhere"
