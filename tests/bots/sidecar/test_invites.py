"""Our chats in messengers, as pages offer them: those that are connected, with the source they shall keep."""

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from tests.fakes.web import FakeNaryad, browser

NAMED = {
    "telegram_client_token": SecretStr("1:x"),
    "telegram_client_name": "@naryad_bot",
    "max_client_token": SecretStr("x"),
    "max_client_name": "naryad",
    "vk_client_token": SecretStr("x"),
    "vk_client_group": 5,
    "telegram_master_name": "naryad_master_bot",  # its token is not set
}


@pytest.mark.row("A30")
async def test_a_page_offers_the_chats_that_are_open(app: FastAPI, naryad: FakeNaryad) -> None:
    naryad.settings = naryad.settings.model_copy(update=NAMED)
    async with browser(app) as person:
        told = (await person.get("/api/v1/doors", params={"role": "client", "src": "avito"})).json()["items"]
        plain = (await person.get("/api/v1/doors")).json()["items"]
        masters = (await person.get("/api/v1/doors", params={"role": "master"})).json()["items"]
        codes = [await person.get(each["qr"]) for each in told]
        unknown = await person.get("/api/v1/doors/vk.svg", params={"role": "master"})
    assert {each["name"]: each["url"] for each in told} == {
        "telegram": "https://t.me/naryad_bot?start=avito",
        "max": "https://max.ru/naryad?start=avito",
        "vk": "https://vk.me/club5?ref=avito",
    }
    assert plain[0]["url"] == "https://t.me/naryad_bot"
    assert masters == []
    assert all(each.headers["content-type"] == "image/svg+xml" and b"<svg" in each.content for each in codes)
    assert unknown.status_code == 404


@pytest.mark.parametrize("src", ["a b", "a&b=c", "я" * 65, "../x", "a" * 65])
async def test_a_source_that_no_link_can_carry_is_refused(app: FastAPI, src: str) -> None:
    async with browser(app) as person:
        assert (await person.get("/api/v1/doors", params={"src": src})).status_code == 422


async def test_a_future_masters_talk_keeps_where_he_came_from(app: FastAPI, naryad: FakeNaryad) -> None:
    naryad.intake.answers["talk-start"] = {"conversation_id": "talk"}
    async with browser(app) as person:
        await person.post("/api/v1/masters/onboard/start", json={"source": "avito"})
    assert naryad.intake.letters[-1].payload["source"] == "avito"
