"""Pages, sessions of browsers, files, the readable API, and one envelope for every error."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from bots.sidecar.app import build_app, console_link
from bots.sidecar.tokens import SESSION_SPAN, talk_token, terminal_token
from storage.engine import Engine
from tests.fakes.clock import FakeClock
from tests.fakes.web import ADDRESS, OWNER, FakeNaryad, browser

People = dict[str, httpx.AsyncClient]
SESSION = "/api/v1/session"
JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 10


@pytest.mark.parametrize("path", ["/", "/chat", "/join", "/terminal", "/console", "/privacy", "/docs"])
async def test_a_page_has_a_strict_policy_and_nothing_inline(people: People, path: str) -> None:
    page = await people["nobody"].get(path)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script(?![^>]*src=)", page.text)
    assert not re.search(r"\son\w+=|\sstyle=|<style|javascript:", page.text)
    assert not re.search(r'(?:src|href)="https?://', page.text)


async def test_everything_a_page_asks_for_is_there(people: People) -> None:
    for path in ("/", "/chat", "/join", "/terminal", "/console", "/privacy", "/docs"):
        page = (await people["nobody"].get(path)).text
        for link in re.findall(r'(?:src|href)="(/pages/[^"]+)"', page):
            answer = await people["nobody"].get(link)
            assert answer.status_code == 200, link
            assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    ["../app.py", "..%2fapp.py", "%2e%2e%2fapp.py", "chat.html", ".env", "no.js", "a/b.js", "talk.js%00"],
)
async def test_only_files_of_pages_are_shown(people: People, name: str) -> None:
    answer = await people["nobody"].get(f"/pages/{name}")
    assert answer.status_code == 404
    assert answer.json()["success"] is False


async def test_a_one_time_link_opens_the_console_once(app: FastAPI) -> None:
    link = console_link(app)
    assert OWNER not in link
    async with browser(app) as owner, browser(app) as thief:
        entered = await owner.get(link)
        assert (entered.status_code, entered.headers["location"]) == (303, "/console")
        cookie = entered.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Secure" not in cookie  # this address is plain http
        assert OWNER not in cookie
        assert (await owner.get("/api/v1/jobs")).status_code == 200
        await thief.get(link)
        assert (await thief.get("/api/v1/jobs")).status_code == 401


async def test_a_link_and_a_session_run_out(app: FastAPI, clock: FakeClock) -> None:
    link = console_link(app)
    clock.advance(hours=25)
    async with browser(app) as late:
        await late.get(link)
        assert (await late.get("/api/v1/jobs")).status_code == 401
    async with browser(app) as owner:
        await owner.get(console_link(app))
        assert (await owner.get("/api/v1/jobs")).status_code == 200
        clock.advance(seconds=SESSION_SPAN.total_seconds())
        assert (await owner.get("/api/v1/jobs")).status_code == 401


async def test_over_https_a_cookie_is_secure(engine: Engine, clock: FakeClock, tmp_path: Path) -> None:
    naryad = FakeNaryad(engine, clock=clock, data_dir=tmp_path, public_url="https://naryad.example")
    app = build_app(naryad)
    async with browser(app) as owner:
        entered = await owner.get(console_link(app))
    assert "Secure" in entered.headers["set-cookie"]


async def test_a_new_owner_token_ends_the_sessions(naryad: FakeNaryad, app: FastAPI) -> None:
    async with browser(app) as owner:
        await owner.get(console_link(app))
        changed = naryad.settings.model_copy(update={"api_token": SecretStr("another")})
        changed.__dict__.pop("owner_token", None)
        naryad.settings = changed
        assert (await owner.get("/api/v1/jobs")).status_code == 401


async def test_a_change_by_cookie_needs_our_own_page(app: FastAPI, naryad: FakeNaryad) -> None:
    naryad.intake.answers["job-step"] = {}
    async with browser(app) as owner:
        await owner.get(console_link(app))
        path = "/api/v1/jobs/open/cancel"
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            answer = await owner.post(path, headers=headers)
            assert answer.status_code == 403
            assert answer.json()["error"]["code"] == "OtherOrigin"
        for headers in ({}, {"Origin": ADDRESS}, {"Sec-Fetch-Site": "same-origin"}):
            assert (await owner.post(path, headers=headers)).status_code == 200
    assert len(naryad.intake.letters) == 3


async def test_an_open_call_from_another_site_counts_as_nobodys(app: FastAPI, naryad: FakeNaryad) -> None:
    async with browser(app) as person:
        path, foreign = "/api/v1/ai/conversation/start", {"Origin": "https://evil.example"}
        await person.get(console_link(app))
        for _ in range(10):
            assert (await person.post(path, json={}, headers=foreign)).status_code == 201
        assert (await person.post(path, json={}, headers=foreign)).status_code == 429  # not the owner here
        assert (await person.post(path, json={})).status_code == 201


async def test_a_token_becomes_a_session_and_ends(app: FastAPI, naryad: FakeNaryad) -> None:
    secret, origin = naryad.secret, {"Origin": ADDRESS}
    async with browser(app) as person:
        for token in (OWNER, terminal_token("terminal", secret=secret), talk_token("talk", secret=secret)):
            assert (await person.post(SESSION, json={"token": token}, headers=origin)).status_code == 200
        who = (await person.get(SESSION)).json()
        assert who == {"owner": True, "master_id": "anna", "conversations": ["talk"]}
        assert (await person.delete(SESSION, headers=origin)).status_code == 204
        assert (await person.get(SESSION)).json()["owner"] is False
        for token in ("wrong", "m.terminal.wrong", terminal_token("old-terminal", secret=secret)):
            answer = await person.post(SESSION, json={"token": token}, headers=origin)
            assert answer.status_code == 401
        foreign = {"Origin": "https://evil.example"}
        assert (await person.post(SESSION, json={"token": OWNER}, headers=foreign)).status_code == 403


async def test_a_job_file_is_a_page_without_javascript_for_who_may_see_it(people: People) -> None:
    page = await people["owner"].get("/jobs/assigned/page")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "К-assigned" in page.text
    assert "Инструменты" in page.text
    assert "<noscript>" not in page.text
    assert "Театральная, 30" in page.text


async def test_without_a_cookie_the_page_comes_empty(people: People) -> None:
    page = await people["nobody"].get("/jobs/assigned/page")
    assert page.status_code == 200
    assert "Театральная" not in page.text
    assert (await people["boris"].get("/jobs/assigned/page")).status_code == 403
    assert (await people["owner"].get("/jobs/unknown/page")).status_code == 404


async def test_what_a_client_wrote_is_text_on_the_page(people: People, engine: Engine) -> None:
    hostile = '<script>alert(1)</script><img src=x onerror=alert(2)> https://a.example/"onmouseover="x'
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE job SET client_name = :name, version = version + 1 WHERE id = 'assigned'"),
            {"name": hostile},
        )
    page = (await people["owner"].get("/jobs/assigned/page")).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert '"onmouseover=' not in page


async def test_a_photo_is_known_by_its_bytes_and_shown_to_those_who_may(
    people: People, naryad: FakeNaryad
) -> None:
    path = "/api/v1/ai/conversation/talk/media"
    file = {"file": ("../../x.exe", JPEG, "text/html")}
    await people["client"].post(path, files=file)
    answer = await people["client"].post(path, files=file, data={"caption": "Вот розетка"})
    assert answer.status_code == 200, answer.text
    media = answer.json()["media"]
    assert (media["kind"], media["findings"]) == ("photo", [])
    letter = naryad.intake.letters[1].payload
    assert letter["text"] == "Вот розетка"
    assert letter["media"][0]["url"] == f"{path}/{media['id']}"
    assert len(list((naryad.settings.data_dir / "files" / "talk").iterdir())) == 1
    shown = await people["client"].get(f"{path}/{media['id']}")
    assert shown.content == JPEG
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["content-security-policy"] == "sandbox"
    assert (await people["other client"].get(f"{path}/{media['id']}")).status_code == 403
    assert (await people["nobody"].get(f"{path}/{media['id']}")).status_code == 401
    assert (await people["client"].get(f"{path}/../../../../secret")).status_code == 404
    assert (await people["client"].get(f"{path}/unknown")).status_code == 404


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 422), (b"MZ\x90\x00 a program", 415), (b"<html>", 415), (b"<svg>", 415)]
)
async def test_what_is_no_photo_is_refused(people: People, content: bytes, status: int) -> None:
    answer = await people["client"].post(
        "/api/v1/ai/conversation/talk/media", files={"file": ("a.jpg", content, "image/jpeg")}
    )
    assert answer.status_code == status
    assert answer.json()["error"]["message"].endswith(".")


async def test_a_file_that_is_not_there_is_422(people: People) -> None:
    requests: list[dict[str, Any]] = [{"data": {"caption": "x"}}, {"json": {}}, {"files": {"file": "text"}}]
    for request in requests:
        answer = await people["client"].post("/api/v1/ai/conversation/talk/media", **request)
        assert answer.status_code in (415, 422), answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "NotFound"),
        ("GET", "/api/v1/nowhere", 404, "NotFound"),
        ("DELETE", "/api/v1/jobs", 405, "MethodNotAllowed"),
        ("POST", "/health", 405, "MethodNotAllowed"),
        ("GET", "/api/v1/jobs/open/explode", 404, "NotFound"),
        ("GET", "/api/v1/jobs", 401, "Unauthorized"),
    ],
)
async def test_every_error_has_the_envelope(
    people: People, method: str, path: str, status: int, code: str
) -> None:
    answer = await people["nobody"].request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"success", "error"}
    assert body["error"]["code"] == code
    assert re.search(r"[а-я]", body["error"]["message"])
    english = await people["nobody"].request(method, path, headers={"Accept-Language": "en"})
    assert re.fullmatch(r"[ -~“”]+", english.json()["error"]["message"])


async def test_a_defect_is_told_in_the_envelope_and_shows_nothing(naryad: FakeNaryad) -> None:
    app = build_app(naryad)
    naryad.channels = None  # type: ignore[assignment]  # a defect
    async with browser(app) as person:
        answer = await person.get("/health")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "Defect"
    assert "NoneType" not in answer.text


async def test_the_api_describes_itself(people: People) -> None:
    schema = (await people["nobody"].get("/openapi.json")).json()
    untold = []
    for path, methods in schema["paths"].items():
        for method, call in methods.items():
            statuses = set(call["responses"])
            if not (call.get("tags") and call.get("summary") and call.get("description")):
                untold.append((method, path))
            if "/api/v1" in path and "{id}" in path:
                assert {"401", "403", "404"} <= statuses, path
            if method == "post" and "/api/v1" in path and not path.endswith(("session", "console-link")):
                names = {each["name"] for each in call.get("parameters", ())}
                assert "Idempotency-Key" in names or path.endswith(("/card", "/sbp")), path
    assert untold == []
    assert json.dumps(schema["components"]["schemas"]["Error"])


async def test_the_readable_api_names_every_call(people: People) -> None:
    schema = (await people["nobody"].get("/openapi.json")).json()
    page = (await people["nobody"].get("/docs")).text
    for path, methods in schema["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in page
    assert "<script" not in page


async def test_no_secret_is_ever_logged(people: People, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    for name in ("owner", "client", "anna", "stranger"):
        await people[name].get("/api/v1/jobs")
        await people[name].post("/api/v1/ai/conversation/talk/message", content=b"{")
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("bots")]
    assert not any(OWNER in line or "m.terminal" in line or "c.talk" in line for line in ours)
