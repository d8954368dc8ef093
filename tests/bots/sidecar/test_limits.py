"""How often and how much: 429 with Retry-After, 413, and bodies nobody would write by hand."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given, strategies as st

from bots.sidecar.limits import Limit
from tests.fakes.clock import FakeClock
from tests.fakes.web import FakeNaryad, browser

People = dict[str, httpx.AsyncClient]
SAY = "/api/v1/ai/conversation/talk/message"
START = "/api/v1/ai/conversation/start"


async def test_the_twenty_first_message_of_a_minute_waits(
    people: People, clock: FakeClock, naryad: FakeNaryad
) -> None:
    for _ in range(20):
        assert (await people["client"].post(SAY, json={"text": "да"})).status_code == 200
    clock.advance(seconds=15)
    answer = await people["client"].post(SAY, json={"text": "да"})
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "45"
    assert "45" in answer.json()["error"]["message"]
    assert (await people["other client"].post(SAY.replace("talk", "other"), json={"text": "да"})).status_code
    clock.advance(seconds=45)
    assert (await people["client"].post(SAY, json={"text": "да"})).status_code == 200
    assert len([letter for letter in naryad.intake.letters if letter.lane == "chat:talk"]) == 21


async def test_the_owner_is_not_counted(people: People) -> None:
    for _ in range(25):
        assert (await people["owner"].post(SAY, json={"text": "да"})).status_code == 200
    for _ in range(12):
        assert (await people["owner"].post(START, json={})).status_code == 201


async def test_ten_talks_an_hour_from_an_address(app: FastAPI, clock: FakeClock) -> None:
    async with browser(app, address="10.9.9.9") as person, browser(app, address="10.9.9.8") as other:
        for path in (START, "/api/v1/masters/onboard/start"):
            for _ in range(5):
                person.cookies.clear()
                assert (await person.post(path, json={})).status_code == 201
        person.cookies.clear()
        answer = await person.post(START, json={})
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "3600")
        assert (await other.post(START, json={})).status_code == 201
        clock.advance(hours=1)
        assert (await person.post(START, json={})).status_code == 201


async def test_a_text_of_ten_thousand_characters_is_kept_whole(people: People, naryad: FakeNaryad) -> None:
    text = "я" * 10_000
    assert (await people["client"].post(SAY, json={"text": text})).status_code == 200
    assert naryad.intake.letters[-1].payload["text"] == text


async def test_a_body_above_a_megabyte_is_413_with_and_without_its_length(people: People) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"text": "'
        for _ in range(40):
            yield b"x" * 65_536
        yield b'"}'

    headers = {"Content-Type": "application/json"}
    for content in (b"x" * (1024 * 1024 + 1), chunks()):
        answer = await people["client"].post(SAY, content=content, headers=headers)
        assert answer.status_code == 413, answer.text
        assert answer.json()["error"]["code"] == "TooLarge"


async def test_a_file_above_the_limit_is_413(naryad: FakeNaryad, people: People) -> None:
    most = naryad.settings.limit_body_bytes
    photo = b"\xff\xd8\xff" + b"x" * most
    answer = await people["client"].post(
        "/api/v1/ai/conversation/talk/media", files={"file": ("a.jpg", photo, "image/jpeg")}
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe\x00binary",
        b"{}",
        b'{"text": 5}',
        b'{"text": null, "choice": null}',
        b'{"text": "' + b"x" * 100_001 + b'"}',
        b'{"choice": "' + b"x" * 65 + b'"}',
        b'{"text": "' + b"[" * 100_000,
        b"[" * 200_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    ],
    ids=range(14),
)
async def test_a_body_that_says_nothing_is_one_clear_sentence(people: People, body: bytes) -> None:
    answer = await people["client"].post(SAY, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    error = answer.json()["error"]
    assert error["code"] == "Malformed"
    assert error["message"].endswith(".")


@pytest.mark.parametrize(
    "text", ["", " ", "👍", "\\u0000", "\\ud800", "a\\u0000b", "<script>alert(1)</script>"]
)
async def test_whatever_a_person_can_write_is_taken_in(people: People, naryad: FakeNaryad, text: str) -> None:
    answer = await people["client"].post(
        SAY, content=f'{{"text": "{text}"}}'.encode(), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 200, answer.text
    kept = naryad.intake.letters[-1].payload["text"]
    assert "\x00" not in kept
    kept.encode()  # no half of a character is left


@given(st.lists(st.integers(0, 30), max_size=60), st.integers(1, 5))
def test_no_window_ever_lets_more_through(steps: list[int], most: int) -> None:
    limit, now = Limit(most, timedelta(seconds=60)), datetime(2026, 3, 2, tzinfo=UTC)
    passed: list[datetime] = []
    for step in steps:
        now += timedelta(seconds=step)
        wait_s = limit.wait_s("key", now=now)
        if wait_s == 0:
            passed.append(now)
        else:
            assert 1 <= wait_s <= 60
    for start in passed:
        assert sum(start <= at < start + timedelta(seconds=60) for at in passed) <= most
