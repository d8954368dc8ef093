"""Every POST is a letter: repeats, keys that are used twice, refusals, and what takes too long."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.tables import UtteranceRow
from tests.fakes.web import FakeNaryad, browser
from tests.storage.town import MORNING, put

People = dict[str, httpx.AsyncClient]
SAY = "/api/v1/ai/conversation/talk/message"
START = "/api/v1/ai/conversation/start"
KEY = {"Idempotency-Key": "one"}


@pytest.fixture(autouse=True)
def _answers(naryad: FakeNaryad) -> None:
    naryad.intake.answers["talk-message"] = {"status": "active", "replies": []}
    naryad.intake.answers["talk-start"] = lambda letter: {"conversation_id": letter["talk_id"]}


async def test_the_same_key_and_body_is_one_letter_with_one_answer(
    people: People, naryad: FakeNaryad
) -> None:
    answers = [await people["client"].post(SAY, json={"text": "Течёт кран"}, headers=KEY) for _ in range(5)]
    assert {answer.text for answer in answers} == {answers[0].text}
    assert len(naryad.intake.letters) == 1


async def test_the_order_of_fields_is_not_another_body(people: People, naryad: FakeNaryad) -> None:
    for body in ('{"text": "да", "choice": "a:b:1"}', '{"choice":"a:b:1","text":"да"}'):
        answer = await people["client"].post(
            SAY, content=body, headers={**KEY, "Content-Type": "application/json"}
        )
        assert answer.status_code == 200
    assert len(naryad.intake.letters) == 1


async def test_the_same_key_with_another_body_is_refused(people: People, naryad: FakeNaryad) -> None:
    await people["client"].post(SAY, json={"text": "да"}, headers=KEY)
    answer = await people["client"].post(SAY, json={"text": "нет"}, headers=KEY)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "KeyReused"
    assert len(naryad.intake.letters) == 1


async def test_a_key_belongs_to_its_token_and_its_path(people: People, naryad: FakeNaryad) -> None:
    for name in ("client", "owner"):
        assert (await people[name].post(SAY, json={"text": name}, headers=KEY)).status_code == 200
    for action in ("accept", "decline"):
        naryad.intake.answers["job-step"] = {}
        path = f"/api/v1/jobs/open/{action}"
        assert (await people["anna"].post(path, json={}, headers=KEY)).status_code == 200
    assert len(naryad.intake.letters) == 4
    assert not any("the-owner" in letter.key for letter in naryad.intake.letters)


async def test_without_a_key_every_call_is_a_letter_of_its_own(people: People, naryad: FakeNaryad) -> None:
    for _ in range(3):
        await people["client"].post(SAY, json={"text": "да"})
    assert len({letter.key for letter in naryad.intake.letters}) == 3


async def test_a_message_id_is_a_key_too(people: People, naryad: FakeNaryad) -> None:
    for _ in range(3):
        assert (await people["client"].post(SAY, json={"text": "да", "message_id": "m1"})).status_code == 200
    assert len(naryad.intake.letters) == 1
    reused = await people["client"].post(SAY, json={"text": "нет", "message_id": "m1"})
    assert reused.json()["error"]["code"] == "KeyReused"


@pytest.mark.parametrize("key", ["", "x" * 201])
async def test_a_key_of_no_length_is_refused(people: People, key: str) -> None:
    answer = await people["client"].post(SAY, json={"text": "да"}, headers={"Idempotency-Key": key})
    assert answer.status_code == 422


async def test_a_talk_is_begun_once_even_when_its_cookie_came_in_between(
    people: People, naryad: FakeNaryad
) -> None:
    first = await people["nobody"].post(START, json={"text": "Здравствуйте"}, headers=KEY)
    assert first.status_code == 201
    assert first.cookies["naryad_talk"] == first.json()["token"]
    headers = {**KEY, "Origin": "http://naryad.test"}
    again = await people["nobody"].post(START, json={"text": "Здравствуйте"}, headers=headers)
    assert again.json() == first.json()
    assert len(naryad.intake.letters) == 1


async def test_open_keys_are_scoped_by_address(app: FastAPI, naryad: FakeNaryad) -> None:
    ids = set()
    for address in ("10.0.0.1", "10.0.0.2"):
        async with browser(app, address=address) as person:
            answer = await person.post(START, json={}, headers=KEY)
            ids.add(answer.json()["conversation_id"])
    assert len(ids) == 2


async def test_what_takes_too_long_is_202_and_asked_again_with_the_same_key(
    people: People, naryad: FakeNaryad
) -> None:
    naryad.intake.slow.add("talk-message")
    for _ in range(2):
        answer = await people["client"].post(SAY, json={"text": "да"}, headers=KEY)
        assert (answer.status_code, answer.json()) == (202, {"status": "pending"})
    assert len(naryad.intake.letters) == 1


async def test_a_defect_is_500_in_the_envelope(people: People, naryad: FakeNaryad) -> None:
    naryad.intake.broken.add("talk-message")
    answer = await people["client"].post(SAY, json={"text": "да"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "Defect")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("StepNotAllowed", 409),
        ("QuoteExpired", 409),
        ("NotYours", 403),
        ("UnknownThing", 404),
        ("AmountAbsurd", 422),
    ],
)
async def test_a_refusal_has_its_status_code_and_sentence(
    people: People, naryad: FakeNaryad, name: str, status: int
) -> None:
    naryad.intake.refusals["job-step"] = {"name": name, "text": "Нельзя.", "state": "open"}
    answer = await people["anna"].post("/api/v1/jobs/assigned/travel", json={})
    assert answer.status_code == status
    assert answer.json() == {
        "success": False,
        "error": {"code": name, "message": "Нельзя.", "details": {"state": "open"}},
    }


async def test_a_letter_knows_who_asked_and_in_which_language(people: People, naryad: FakeNaryad) -> None:
    naryad.intake.answers["job-step"] = {}
    english = {"Accept-Language": "en-GB,en;q=0.9"}
    await people["owner"].post("/api/v1/jobs/open/accept", json={"master_id": "anna"}, headers=english)
    await people["client"].post("/api/v1/jobs/open/cancel")
    by_owner, by_client = naryad.intake.letters
    assert by_owner.payload["actor"] == {"kind": "owner", "id": "owner"}
    assert by_owner.payload["master_id"] == "anna"
    assert by_owner.payload["lang"] == "en"
    assert by_client.payload["actor"] == {"kind": "client", "id": "client"}
    assert "master_id" not in by_client.payload
    assert by_client.payload["lang"] == "ru"


async def test_a_master_acts_for_nobody_but_himself(people: People, naryad: FakeNaryad) -> None:
    naryad.intake.answers["job-step"] = {}
    await people["anna"].post("/api/v1/jobs/open/accept", json={"master_id": "boris"})
    assert naryad.intake.letters[0].payload["master_id"] == "anna"


async def test_the_replies_of_an_answer_are_what_the_letter_caused(
    people: People, naryad: FakeNaryad, engine: AsyncEngine
) -> None:
    del naryad.intake.answers["talk-message"]
    async with engine.begin() as connection:
        await connection.run_sync(
            lambda sync: put(
                sync,
                UtteranceRow,
                id="reply",
                talk_id="talk",
                author="naryad",
                name="client-ask-address",
                text="Куда приехать?",
                spoken="Куда приехать?",
                buttons=[{"label": "Сюда", "choice": "a:b:1"}],
                media=[],
                cause="letter-1",
                at=MORNING,
            )
        )
    answer = (await people["client"].post(SAY, json={"text": "да"})).json()
    assert answer["replies"] == [
        {
            "text": "Куда приехать?",
            "buttons": [{"label": "Сюда", "choice": "a:b:1"}],
            "spoken": "Куда приехать?",
        }
    ]
    assert answer["conversation_id"] == "talk"


async def test_a_market_that_is_not_open_is_refused(people: People) -> None:
    answer = await people["nobody"].post(START, json={"market": "moon"})
    assert answer.status_code == 422
    assert answer.json()["error"]["details"] == {"markets": ["home_services"]}
