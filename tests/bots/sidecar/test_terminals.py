"""Terminals by HTTP: a code activates a device once, and a closed terminal is shut at once."""

import re
import struct
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from bots.sidecar.terminals import TRIES_PER_HOUR
from bots.sidecar.tokens import activation_code, activation_seal
from storage.engine import Engine
from storage.tables import TerminalRow
from tests.fakes.web import FakeNaryad
from tests.storage.town import MORNING, put

People = dict[str, httpx.AsyncClient]
ACTIVATE = "/api/v1/terminal/activate"


@pytest.fixture
async def code(engine: Engine, naryad: FakeNaryad) -> str:
    """Let a device wait for Anna; return its code."""
    seal = activation_seal("device", secret=naryad.secret)
    pickup: dict[str, Any] = {
        "city": "Калининград",
        "place": "Постамат",
        "until": "2026-03-09T09:00:00+00:00",
        "number": seal.number,
        "digest": seal.digest,
        "wrong": 0,
    }
    row = {"master_id": "anna", "type": "physical", "status": "ordered", "created_at": MORNING}
    async with engine.begin() as connection:
        await connection.run_sync(lambda sync: put(sync, TerminalRow, id="device", pickup=pickup, **row))
    return activation_code("device", secret=naryad.secret)


@pytest.mark.row("A27")
async def test_a_code_is_shown_to_its_master_and_activates_the_device(
    people: People, naryad: FakeNaryad, code: str
) -> None:
    shown = (await people["anna"].get("/api/v1/terminal/me")).json()["terminals"]
    device = next(each for each in shown if each["type"] == "physical")
    assert device["pickup"]["code"] == code
    assert "digest" not in device["pickup"]
    naryad.intake.answers["terminal-activate"] = {"terminal_id": "device", "outcome": "done"}
    answer = await people["nobody"].post(ACTIVATE, json={"code": code})
    assert answer.status_code == 200
    assert answer.json()["token"].startswith("m.device.")
    letter = naryad.intake.letters[-1]
    assert letter.lane == "master:anna"
    assert code not in str(letter.payload)  # the code itself is written down nowhere


@pytest.mark.row("A27")
@pytest.mark.parametrize("outcome", ["used", "expired", "locked", "wrong"])
async def test_a_code_that_does_nothing_says_why(
    people: People, naryad: FakeNaryad, code: str, outcome: str
) -> None:
    naryad.intake.answers["terminal-activate"] = {"terminal_id": "device", "outcome": outcome}
    answer = await people["nobody"].post(ACTIVATE, json={"code": code})
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == f"Code{outcome.capitalize()}"
    assert "token" not in answer.text


async def test_a_wrong_code_counts_against_the_order_it_names(
    people: People, naryad: FakeNaryad, code: str
) -> None:
    naryad.intake.answers["terminal-activate"] = {"terminal_id": "device", "outcome": "wrong"}
    await people["nobody"].post(ACTIVATE, json={"code": code[:3] + "00000"})
    assert [letter.payload["terminal_id"] for letter in naryad.intake.letters] == ["device"]
    other = "1" if code[0] != "1" else "2"
    answer = await people["nobody"].post(ACTIVATE, json={"code": other + code[1:]})
    assert answer.json()["error"]["code"] == "CodeWrong"
    assert len(naryad.intake.letters) == 1


async def test_codes_cannot_be_tried_one_after_the_other(people: People) -> None:
    for number in range(TRIES_PER_HOUR):
        assert (await people["nobody"].post(ACTIVATE, json={"code": f"{number:08}"})).status_code == 409
    answer = await people["nobody"].post(ACTIVATE, json={"code": "99999999"})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("body", [{}, {"code": "1234"}, {"code": "abcdefgh"}, {"code": 12345678}])
async def test_what_is_no_code_is_malformed(people: People, body: dict[str, Any]) -> None:
    assert (await people["nobody"].post(ACTIVATE, json=body)).status_code == 422


@pytest.mark.row("A91")
async def test_a_device_is_ordered_with_a_code_and_no_token(people: People, naryad: FakeNaryad) -> None:
    naryad.intake.answers["terminal-provision"] = lambda letter: {
        "terminal_id": letter["terminal_id"],
        "type": "physical",
        "pickup": {"place": "Постамат"},
    }
    told = (
        await people["owner"].post("/api/v1/masters/anna/terminal/provision", json={"type": "physical"})
    ).json()
    assert told["pickup"]["code"] == activation_code(told["terminal_id"], secret=naryad.secret)
    assert not {"token", "link"} & told.keys()
    assert told["pickup"]["code"] not in str(naryad.intake.letters[-1].payload)


async def test_a_closed_terminal_lets_nobody_in(people: People, engine: Engine) -> None:
    assert (await people["anna"].get("/api/v1/terminal/me")).status_code == 200
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE terminal SET status = 'closed' WHERE id = 'terminal'"))
    assert (await people["anna"].get("/api/v1/terminal/me")).status_code == 401


async def test_nobody_closes_somebody_elses_terminal(people: People) -> None:
    path = "/api/v1/masters/anna/terminal/boris-terminal/close"
    assert (await people["anna"].post(path)).status_code == 404
    assert (await people["boris"].post(path)).status_code == 403


@pytest.mark.row("A139")
async def test_the_worker_keeps_the_shell_and_nothing_of_anybody(people: People) -> None:
    answer = await people["nobody"].get("/terminal-worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert not re.search(r"\{version\}|\{shell\}", answer.text)
    kept = re.search(r'SHELL = "([^"]+)"', answer.text)
    assert kept is not None
    assert "/terminal" in kept[1].split()
    for path in kept[1].split():
        assert not path.startswith(("/api/", "/jobs/"))
        assert (await people["nobody"].get(path)).status_code == 200, path


async def test_the_shell_is_all_that_the_page_asks_for(people: People) -> None:
    page = (await people["nobody"].get("/terminal")).text
    worker = (await people["nobody"].get("/terminal-worker.js")).text
    asked = re.findall(r'(?:src|href)="(/pages/[^"]+)"', page)
    for path in asked:  # grows by what its scripts import
        text = (await people["nobody"].get(path)).text if path.endswith(".js") else ""
        imported = [f"/pages/{name}" for name in re.findall(r'from "\./([\w-]+\.js)"', text)]
        asked += [each for each in imported if each not in asked]
    assert "/pages/words.js" in asked
    assert [path for path in asked if path not in worker] == []


async def test_a_phone_may_install_the_terminal(people: People) -> None:
    manifest = (await people["nobody"].get("/pages/naryad.webmanifest")).json()
    assert manifest["start_url"] == "/terminal"
    for icon in [each for each in manifest["icons"] if each["type"] == "image/png"]:
        content = (await people["nobody"].get(icon["src"])).content
        width, height = struct.unpack(">II", content[16:24])  # where a PNG says how large it is
        assert icon["sizes"] == f"{width}x{height}"
