"""The form's page and the intakes beside it: what they take, what they refuse, and what nobody sees."""

import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from bots.sidecar.talks import TalkLimits
from tests.fakes.web import FakeNaryad, browser

SECRET = "a-secret-of-the-form"
FILLED = {
    "words": "Не работает выключатель в коридоре",
    "address": "Театральная 30, кв 14",
    "when": "завтра после шести",
    "name": "Ольга",
    "phone": "8 911 000-00-77",
}
GOOGLE = {"response_id": "2_ABaOnu", "kind": "client", "fields": FILLED}


async def fill_in(app: FastAPI, **more: Any) -> httpx.Response:
    """Open the form and send it, as a browser without a script does."""
    async with browser(app) as person:
        page = await person.get("/form", headers={"Accept-Language": "ru"})
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        files = more.pop("files", None)
        told = {**hidden, "company": "", **FILLED, **more}
        return await person.post("/form", data=told, files=files, headers={"Accept-Language": "ru"})


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"words": " "}, "Напишите, что случилось"),
        ({"phone": ""}, "Оставьте телефон или почту"),
        ({"phone": "12"}, "Такого номера не бывает"),
        ({"email": "olga@"}, "Адрес почты выглядит неполным"),
        ({"words": "я" * 4_001}, "Слишком длинно"),
        ({"files": {"photo": ("x.exe", b"MZ" * 20, "image/png")}}, "Этот файл открыть не смогу"),
    ],
)
async def test_what_cannot_be_taken_is_shown_again_with_what_was_typed(
    app: FastAPI, naryad: FakeNaryad, more: dict[str, Any], said: str
) -> None:
    answer = await fill_in(app, **more)
    assert naryad.intake.letters == []
    assert answer.status_code == 422
    assert said in answer.text
    assert 'role="alert"' in answer.text
    assert 'value="Театральная 30, кв 14"' in answer.text


async def test_a_program_that_fills_in_everything_writes_nothing(app: FastAPI, naryad: FakeNaryad) -> None:
    answer = await fill_in(app, company="Best SEO")
    assert naryad.intake.letters == []
    assert answer.status_code == 200


async def test_forms_are_counted_by_address_and_typed_html_stays_text(
    app: FastAPI, naryad: FakeNaryad
) -> None:
    app.state.limits = TalkLimits(starts_per_hour=1, messages_per_minute=1)
    naryad.intake.slow.add("form-arrive")
    await fill_in(app)
    answer = await fill_in(app, words='<b>Розетка</b> искрит"', name="<i>О</i>")
    assert answer.status_code == 429
    assert "&lt;b&gt;Розетка&lt;/b&gt; искрит&quot;" in answer.text
    assert "<b>" not in answer.text


async def test_the_form_speaks_english_and_keeps_its_source(app: FastAPI) -> None:
    async with browser(app) as person:
        page = (await person.get("/form?lang=en&src=flyer")).text
        other = await person.post("/form", headers={"Origin": "https://evil.example"}, data=FILLED)
    assert '<html lang="en">' in page
    assert "Tell us what happened" in page
    assert 'href="/form?lang=ru&amp;src=flyer"' in page
    assert "<script" not in page
    assert other.status_code == 403


# Intakes


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x"])
async def test_only_our_script_knows_the_secret(app: FastAPI, naryad: FakeNaryad, secret: str) -> None:
    naryad.settings = naryad.settings.model_copy(update={"form_secret": SecretStr(SECRET)})
    async with browser(app) as person:
        told = await person.post("/webhooks/forms/google", json=GOOGLE, headers={"X-Naryad-Secret": secret})
    assert naryad.intake.letters == []
    assert told.status_code == 403


@pytest.mark.parametrize(
    "body", [{}, {"response_id": "", "fields": {}}, {**GOOGLE, "kind": "owner"}, ["no", "object"]]
)
async def test_another_shape_is_refused(app: FastAPI, naryad: FakeNaryad, body: Any) -> None:
    naryad.settings = naryad.settings.model_copy(update={"form_secret": SecretStr(SECRET)})
    async with browser(app) as person:
        told = await person.post("/webhooks/forms/google", json=body, headers={"X-Naryad-Secret": SECRET})
    assert told.status_code == 422


@pytest.mark.parametrize("path", ["google", "hh/", "hh/none", "hh/None"])
async def test_an_intake_without_a_secret_is_not_there(app: FastAPI, path: str) -> None:
    async with browser(app) as person:
        told = await person.post(f"/webhooks/forms/{path}", json=GOOGLE, headers={"X-Naryad-Secret": ""})
    assert told.status_code == 404
