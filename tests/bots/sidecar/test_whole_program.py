"""The same doors before the real program: real intake, pump and flows, and a restart in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bots.app import assemble
from bots.settings import Settings
from tests.fakes.web import ADDRESS, OWNER, browser

START = "/api/v1/ai/conversation/start"
JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 10


@asynccontextmanager
async def served(data_dir: Path, *, token: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """Run the program over a folder, without its demo city."""
    settings = Settings(
        _env_file=None,
        data_dir=data_dir,
        database_url="",
        api_token=SecretStr(OWNER),
        secret_key=SecretStr("a secret of the tests"),
        public_url=ADDRESS,
        naryad_demo=False,
    )
    program = assemble(settings, inline=True)
    async with program, browser(program.web, token=token) as person:
        yield person


def by(token: str, key: str | None = None) -> dict[str, str]:
    keyed = {"Idempotency-Key": key} if key else {}
    return {"Authorization": f"Bearer {token}", **keyed}


async def a_talk(person: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await person.post(START, json={"text": "Не работает выключатель, Театральная 30", **body})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_repeat_after_a_restart_is_answered_from_the_row(tmp_path: Path) -> None:
    body, key = {"text": "Не работает розетка"}, {"Idempotency-Key": "one"}
    async with served(tmp_path) as person:
        first = await person.post(START, json=body, headers=key)
    async with served(tmp_path) as person:
        again = await person.post(START, json=body, headers=key)
        other = await person.post(START, json={"text": "Другое"}, headers=key)
        talks = (await person.get("/api/v1/talks", headers=by(OWNER))).json()["items"]
    assert first.status_code == 201
    assert again.json() == first.json()
    assert (other.status_code, other.json()["error"]["code"]) == (409, "KeyReused")
    assert [talk["conversation_id"] for talk in talks] == [first.json()["conversation_id"]]


async def test_five_times_the_same_message_is_said_once(tmp_path: Path) -> None:
    async with served(tmp_path) as person:
        talk = await a_talk(person)
        path = f"/api/v1/ai/conversation/{talk['conversation_id']}"
        said = [
            await person.post(
                f"{path}/message",
                json={"text": "Ольга, 8 911 000 00 01", "message_id": "m1"},
                headers=by(talk["token"]),
            )
            for _ in range(5)
        ]
        lines = (await person.get(f"{path}/transcript", headers=by(talk["token"]))).json()["messages"]
    assert {answer.text for answer in said} == {said[0].text}
    assert said[0].json()["understood"]["identity"]["phone"] == "+79110000001"
    assert [line["text"] for line in lines if line["from"] == "client"].count("Ольга, 8 911 000 00 01") == 1


async def test_whatever_is_written_is_answered_and_kept(tmp_path: Path) -> None:
    hostile = ["", " ", "👍👍", "я" * 10_000, "a\x00b", "' OR 1=1; --", "<script>alert(1)</script>", "{ $x }"]
    async with served(tmp_path) as person:
        talk = await a_talk(person)
        path = f"/api/v1/ai/conversation/{talk['conversation_id']}"
        for text in hostile:
            answer = await person.post(f"{path}/message", json={"text": text}, headers=by(talk["token"]))
            assert answer.status_code == 200, answer.text
            assert answer.json()["replies"], text[:20]
        health = (await person.get("/health")).json()
        lines = (await person.get(f"{path}/transcript", headers=by(talk["token"]))).json()["messages"]
    assert health["queue"]["letters_dead"] == 0
    kept = [line["text"] for line in lines if line["from"] == "client"]
    assert "я" * 10_000 in kept
    assert "' OR 1=1; --" in kept


async def test_a_photo_is_in_the_transcript_and_can_be_seen(tmp_path: Path) -> None:
    async with served(tmp_path) as person:
        talk = await a_talk(person)
        path = f"/api/v1/ai/conversation/{talk['conversation_id']}"
        sent = await person.post(
            f"{path}/media", files={"file": ("photo.jpg", JPEG, "image/jpeg")}, headers=by(talk["token"])
        )
        lines = (await person.get(f"{path}/transcript", headers=by(talk["token"]))).json()["messages"]
        media = [item for line in lines for item in line["media"]]
        shown = await person.get(media[0]["url"], headers=by(talk["token"]))
    assert sent.status_code == 200, sent.text
    assert [item["id"] for item in media] == [sent.json()["media"]["id"]]
    assert shown.content == JPEG


async def test_a_refusal_is_told_in_the_askers_language(tmp_path: Path) -> None:
    async with served(tmp_path) as person:
        talk = await a_talk(person, kind="master_onboarding", text="Хочу работать электриком")
        said = [
            await person.post(
                f"/api/v1/ai/conversation/{talk['conversation_id']}/message",
                json={"text": text},
                headers=by(talk["token"]),
            )
            for text in ("Пётр Иванов, 8 911 111 22 33", "Калининград")
        ]
        path = f"/api/v1/masters/{said[-1].json()['master_id']}/schedule"
        told = {
            lang: (
                await person.patch(
                    path, json={"text": "бананы"}, headers={**by(talk["token"]), "Accept-Language": lang}
                )
            ).json()["error"]
            for lang in ("ru", "en")
        }
    assert {error["code"] for error in told.values()} == {"NoHours"}
    assert told["ru"]["message"] != told["en"]["message"]
    assert told["en"]["message"].isascii() or "“" in told["en"]["message"] or "«" in told["en"]["message"]


async def test_the_same_photo_sent_many_times_at_once_is_one_file(tmp_path: Path) -> None:
    async with served(tmp_path) as person:
        talk = await a_talk(person)
        path = f"/api/v1/ai/conversation/{talk['conversation_id']}/media"
        picture = {"file": ("photo.jpg", JPEG * 1_000, "image/jpeg")}
        sent = await asyncio.gather(
            *(person.post(path, files=picture, headers=by(talk["token"])) for _ in range(8))
        )
    assert [answer.status_code for answer in sent] == [200] * 8
    assert len({answer.json()["media"]["id"] for answer in sent}) == 1
    assert len([file for file in (tmp_path / "files").rglob("*") if file.is_file()]) == 1


@pytest.mark.parametrize(
    ("days", "code"),
    [
        ({"9999-12-31": "day"}, "TooFarAhead"),
        ({"0001-01-01": "day"}, "PastTime"),
        ({"2026-13-45": "day"}, "NoHours"),
        ({"2099-01-01": [["24:00", "24:00"]]}, "NoHours"),
        ({"2099-01-01": [["09:00+03:00", "18:00"]]}, "NoHours"),
        ({"2099-01-01": [["25:00", "26:00"]]}, "NoHours"),
    ],
)
async def test_hours_that_cannot_be_are_refused_with_their_reason(
    tmp_path: Path, days: dict[str, Any], code: str
) -> None:
    async with served(tmp_path) as person:
        talk = await a_talk(person, kind="master_onboarding", text="Хочу работать электриком")
        path = f"/api/v1/ai/conversation/{talk['conversation_id']}/message"
        await person.post(path, json={"text": "Пётр Иванов, 8 911 111 22 33"}, headers=by(talk["token"]))
        said = await person.post(path, json={"text": "Калининград"}, headers=by(talk["token"]))
        master = f"/api/v1/masters/{said.json()['master_id']}/schedule"
        answer = await person.patch(master, json={"days": days}, headers=by(talk["token"]))
        health = (await person.get("/health")).json()
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    assert health["queue"]["letters_dead"] == 0
