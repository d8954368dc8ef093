"""Forms and the running program: the site's, Google's, HH.ru's; each is one talk that knows what it told."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bots.app import Naryad, assemble
from bots.chance import SystemChance
from bots.clock import SystemClock
from bots.doors import Door, Doors, talk_id_of
from bots.settings import Settings
from bots.simulators import hh
from channels.hh import Applicant, HeadHunter, response_of
from core.knock import Forged
from core.messages import Address, Role
from core.wire import NotLetIn
from storage.tables import EffectRow, TalkRow, TicketRow, UtteranceRow
from tests.bots.test_whole_doors import PATIENCE_S, PNG
from tests.fakes.channel import FakeChannel, FakeMessenger
from tests.fakes.web import ADDRESS, OWNER, browser

PHONE = "+79110000077"
SECRET, HH_SECRET = "a-secret-of-the-form", "a-secret-of-hh"
FILLED = {
    "words": "Не работает выключатель в коридоре",
    "address": "Театральная 30, кв 14",
    "when": "завтра после шести",
    "name": "Ольга",
    "phone": "8 911 000-00-77",
}
GOOGLE = {
    "response_id": "2_ABaOnu",
    "kind": "client",
    "fields": {**FILLED, "phone": PHONE},
    "more": [{"title": "Этаж", "value": "3"}],
}


@asynccontextmanager
async def running(folder: Path, *, sms: bool = False, **settings: Any) -> AsyncIterator[Naryad]:
    chosen = Settings(
        _env_file=None,
        data_dir=folder,
        api_token=SecretStr(OWNER),
        secret_key=SecretStr("a secret of the tests"),
        public_url=ADDRESS,
        naryad_demo=False,
        form_secret=SecretStr(SECRET),
        hh_secret=SecretStr(HH_SECRET),
        **settings,
    )
    doors = Doors()
    if sms:
        channel = FakeChannel(FakeMessenger(SystemClock()), role=Role.CLIENT)
        channel.name = "sms"
        ways = {"sms-client": channel, "sms-master": channel}
        doors = Doors([Door("sms-client", channel, Role.CLIENT, is_asked=True)], ways)
    program = assemble(chosen, doors=doors, inline=True)
    async with program:
        yield program


async def fill_in(
    person: httpx.AsyncClient, *, key: str = "", query: str = "", **more: Any
) -> httpx.Response:
    """Open the form and send it, as a browser without a script does."""
    page = await person.get(f"/form{query}", headers={"Accept-Language": "ru"})
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    files = more.pop("files", None)
    told = {**hidden, "company": "", **FILLED, **more, **({"key": key} if key else {})}
    return await person.post("/form", data=told, files=files, headers={"Accept-Language": "ru"})


async def the_talks(program: Naryad) -> list[TalkRow]:
    async with program.readers() as session:
        return list(await session.scalars(select(TalkRow).order_by(TalkRow.created_at, TalkRow.id)))


async def said_in(program: Naryad, talk: TalkRow) -> list[tuple[str, str]]:
    async with program.readers() as session:
        rows = await session.scalars(
            select(UtteranceRow).where(UtteranceRow.talk_id == talk.id).order_by(UtteranceRow.seq)
        )
        return [(row.author, row.text) for row in rows]


async def tickets(program: Naryad) -> list[TicketRow]:
    async with program.readers() as session:
        return list(await session.scalars(select(TicketRow)))


@pytest.mark.row("A34")
async def test_a_form_is_answered_by_sms_and_asks_nothing_it_told(tmp_path: Path) -> None:
    async with running(tmp_path, sms=True) as program, browser(program.web) as person:
        done = await fill_in(person)
        (talk,) = await the_talks(program)
        lines = await said_in(program, talk)

    assert done.status_code == 201
    assert "СМС" in done.text
    assert "chat#c=" not in done.text  # what is typed proves nothing: no key to a talk with somebody's number
    assert not person.cookies
    assert (talk.id, talk.channel, talk.chat_id) == (
        talk_id_of(Address("sms", PHONE), Role.CLIENT),
        "sms",
        PHONE,
    )
    assert talk.source == "form"
    assert talk.known["name"] == "Ольга"
    assert talk.known["phone"] == PHONE
    assert talk.known["address"]["street"] == "Театральная"
    assert lines[0][0] == "client"
    ours = " ".join(text for author, text in lines if author == "naryad")
    assert ours.startswith("Получили вашу заявку")
    assert not re.search("Как вас зовут|номер телефона|[Аа]дрес\\?", ours)


async def test_without_a_door_the_talk_waits_on_the_web_and_the_owner_calls(tmp_path: Path) -> None:
    async with running(tmp_path) as program, browser(program.web) as person:
        done = await fill_in(person, query="?src=avito")
        (talk,) = await the_talks(program)
        (ticket,) = await tickets(program)
        token = re.search(r"/chat#c=([\w.-]+)", done.text)
        assert token
        me = {"Authorization": f"Bearer {token[1]}"}
        read = await person.get(f"/api/v1/ai/conversation/{talk.id}/transcript", headers=me)

    assert (talk.channel, talk.source) == ("web", "form:avito")
    assert (ticket.kind, ticket.talk_id) == ("call", talk.id)
    assert "+7 911 000-00-77" in ticket.words
    assert read.status_code == 200
    assert "Что мы ответили" in done.text


async def test_the_same_form_twice_is_one_talk_and_a_stranger_gets_no_key_to_it(tmp_path: Path) -> None:
    async with running(tmp_path) as program, browser(program.web) as person:
        first = await fill_in(person, key="one")
        again = await fill_in(person, key="one")
        stranger = await fill_in(person, key="another")
        nameless = await fill_in(person, key=" ")
        found = await the_talks(program)

    assert len(found) == 1
    assert "chat#c=" in first.text
    assert again.text == first.text
    for other in (stranger, nameless):
        assert "chat#c=" not in other.text
        assert "Эта форма у нас уже есть" in other.text


async def test_a_form_changes_and_shows_nothing_of_a_talk_at_that_number(tmp_path: Path) -> None:
    async with running(tmp_path, sms=True) as program, browser(program.web) as person:
        await fill_in(person)
        (his,) = await the_talks(program)
        before = await said_in(program, his)
        other = await fill_in(person, words="Отмените мою заявку", name="Чужой", address="", when="")
        mine, forged = sorted(await the_talks(program), key=lambda talk: talk.channel)
        after = await said_in(program, his)
        (ticket,) = await tickets(program)

    assert mine.id == his.id
    assert mine.known == his.known
    assert before == after
    assert (forged.channel, forged.person_id == mine.person_id) == ("web", False)
    assert ticket.talk_id == forged.id
    assert "Театральная" not in other.text


async def test_a_photo_comes_with_the_form(tmp_path: Path) -> None:
    async with running(tmp_path) as program, browser(program.web) as person:
        await fill_in(person, files={"photo": ("switch.png", PNG, "image/png")})
        (talk,) = await the_talks(program)
        async with program.readers() as session:
            media = [each for row in await session.scalars(select(UtteranceRow)) for each in row.media]
    assert [each["kind"] for each in media] == ["photo"]
    assert program.media.find(media[0]["id"], talk_id=talk.id) is not None


# Google Forms


@pytest.mark.row("A10")
async def test_a_google_form_begins_one_talk_however_often_it_is_told(tmp_path: Path) -> None:
    async with running(tmp_path, sms=True) as program, browser(program.web) as person:
        for _ in range(3):
            told = await person.post(
                "/webhooks/forms/google", json=GOOGLE, headers={"X-Naryad-Secret": SECRET}
            )
            assert told.json() == {"status": "taken"}
        await program_has_said(program)
        (talk,) = await the_talks(program)
        lines = await said_in(program, talk)
    assert (talk.channel, talk.source, talk.role) == ("sms", "form", "client")
    assert "Этаж: 3" in lines[0][1]


async def test_a_master_is_sent_the_way_into_his_talk(tmp_path: Path) -> None:
    body = {
        "response_id": "m-1",
        "kind": "master",
        "fields": {"name": "Андрей Соколов", "phone": PHONE, "words": "электрик, стаж 8 лет, Калининград"},
    }
    async with running(tmp_path, sms=True) as program, browser(program.web) as person:
        await person.post("/webhooks/forms/google", json=body, headers={"X-Naryad-Secret": SECRET})
        await program_has_said(program)
        (talk,) = await the_talks(program)
        async with program.readers() as session:
            sent = [row for row in await session.scalars(select(EffectRow)) if row.door == "sms-master"]
        token = re.search(r"/join#c=([\w.-]+)", sent[0].payload["text"])
        assert token
        me = {"Authorization": f"Bearer {token[1]}"}
        read = await person.get(f"/api/v1/ai/conversation/{talk.id}/transcript", headers=me)
        again = {**body, "response_id": "m-2"}
        await person.post("/webhooks/forms/google", json=again, headers={"X-Naryad-Secret": SECRET})
        async with asyncio.timeout(PATIENCE_S):
            while not (opened := await tickets(program)):
                await asyncio.sleep(0.02)
        async with program.readers() as session:
            now_sent = [row for row in await session.scalars(select(EffectRow)) if row.door == "sms-master"]
    assert (len(sent), len(now_sent), [each.kind for each in opened]) == (1, 1, ["call"])
    assert (talk.role, talk.channel) == ("master", "web")
    assert talk.known["phone"] == PHONE
    assert talk.known["years"] == 8
    assert read.status_code == 200
    assert token[1] not in read.text  # the key to the talk is not among what was said in it


async def program_has_said(program: Naryad) -> None:
    """Wait until a talk has begun."""
    async with asyncio.timeout(PATIENCE_S):
        while not await the_talks(program):
            await asyncio.sleep(0.02)


# HH.ru


def answered(id: str = "5000000001", action: str = "NEW_NEGOTIATION_VACANCY") -> dict[str, Any]:
    return {"id": "n-1", "action_type": action, "payload": {"topic_id": id, "vacancy_id": "1"}}


@asynccontextmanager
async def site(**more: Any) -> AsyncIterator[tuple[httpx.AsyncClient, HeadHunter]]:
    app = hh.build(clock=SystemClock(), chance=SystemChance(seed=1), pace=0)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://hh.test") as there:
        token = more.get("token", hh.TOKEN)
        client = HeadHunter(
            token=token,
            agent="Naryad (tests)",
            url="http://hh.test",
            http=httpx.AsyncClient(transport=transport),
        )
        yield there, client
        await client.close()


async def test_an_applicant_is_read_by_the_number_of_his_answer() -> None:
    async with site() as (there, client):
        person = (await there.post("/_sim/people", json={"email": "a@b.ru"})).json()["id"]
        id = (await there.post(f"/_sim/people/{person}/answer")).json()["id"]
        whole = await client.applicant(id)
        await there.post(f"/_sim/people/{person}/hide")
        short = await client.applicant(id)
        nobody = await client.applicant("1")
    assert whole == Applicant("Андрей Соколов", "Электрик", "Калининград", "+79110000042", "a@b.ru", 8)
    assert short == Applicant("Андрей Соколов", "Электрик", "Калининград", years=8)
    assert nobody is None


async def test_a_token_that_ran_out_is_an_outage() -> None:
    async with site(token="old") as (_, client):
        with pytest.raises(NotLetIn):
            await client.applicant("1")


@pytest.mark.parametrize(
    ("body", "id"),
    [
        (answered(), "5000000001"),
        (answered(action="NEW_RESPONSE_OR_INVITATION_VACANCY"), "5000000001"),
        (answered(action="CHAT_MESSAGE_CREATED"), None),
    ],
)
def test_a_knock_of_hh_is_only_a_number(body: dict[str, Any], id: str | None) -> None:
    assert response_of(httpx.Request("POST", "http://x", json=body).content) == id


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"action_type": "NEW_NEGOTIATION_VACANCY"}'])
def test_another_knock_is_forged(body: bytes) -> None:
    with pytest.raises(Forged):
        response_of(body)


def test_a_number_with_a_path_in_it_is_forged() -> None:
    with pytest.raises(Forged):
        response_of(httpx.Request("POST", "http://x", json=answered("../me")).content)


@pytest.mark.row("A14")
async def test_who_answers_on_hh_gets_an_sms_with_the_way_into_his_talk(tmp_path: Path) -> None:
    async with site() as (there, client), running(tmp_path, sms=True) as program:
        program.sites["hh"] = client  # type: ignore[index]
        person = (await there.post("/_sim/people", json={})).json()["id"]
        async with browser(program.web) as knocking:
            id = (await there.post(f"/_sim/people/{person}/answer")).json()["id"]
            for _ in range(2):
                told = await knocking.post(f"/webhooks/forms/hh/{HH_SECRET}", json=answered(id))
                assert told.status_code == 200
            stranger = await knocking.post("/webhooks/forms/hh/guessed", json=answered(id))
        await program_has_said(program)
        (talk,) = await the_talks(program)
    assert stranger.status_code == 403
    assert (talk.source, talk.role, talk.known["phone"]) == ("hh", "master", "+79110000042")
    assert (talk.known["first"], talk.known["last"]) == ("Андрей", "Соколов")
    assert talk.known["trades"] == ["electrical"]
    assert talk.known["city"] == "Калининград"
