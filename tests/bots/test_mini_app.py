"""The terminal inside a messenger: the master himself comes in, once for each opening, and nobody else."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from pydantic import SecretStr

from bots.app import Naryad, assemble
from bots.doors import Doors, talk_id_of
from bots.settings import Settings
from core.messages import Address, Role
from storage.tables import TalkRow
from tests.fakes.clock import FakeClock
from tests.fakes.web import ADDRESS, OWNER, browser
from tests.storage.town import MORNING, a_town, put

TOKENS = {"telegram": "1:telegram-token", "max": "max-token"}
HIM, HER, UNPROVEN = "7000000001", "7000000002", "7000000003"
ENTER = "/api/v1/terminal/enter"


def signed(person: str, *, token: str = TOKENS["telegram"], ago: timedelta = timedelta()) -> str:
    """Return what a messenger says of who opened the page."""
    told = {
        "auth_date": str(int((MORNING - ago).timestamp())),
        "query_id": "AAHdF6IQ",
        "user": json.dumps({"id": int(person), "first_name": "Анна"}),
    }
    lines = "\n".join(f"{name}={told[name]}" for name in sorted(told))
    key = hmac.digest(b"WebAppData", token.encode(), "sha256")
    return urlencode({**told, "hash": hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()})


def _talks(connection: Any) -> None:
    a_town(connection)
    for channel, chat, role, known in (
        ("telegram", HIM, Role.MASTER, {}),
        ("max", HIM, Role.MASTER, {}),
        ("telegram", HER, Role.CLIENT, {}),
        ("telegram", UNPROVEN, Role.MASTER, {"must_prove": True}),
    ):
        is_master = role is Role.MASTER
        put(
            connection,
            TalkRow,
            id=talk_id_of(Address(channel, chat), role),
            kind="master_onboarding" if is_master else "client_request",
            role=role.value,
            market="home_services",
            lang="ru",
            channel=channel,
            chat_id=chat,
            status="completed",
            step="working",
            known=known,
            master_id="anna" if is_master else None,
            heard_at=MORNING,
            created_at=MORNING,
            version=1,
        )


@pytest.fixture
async def program(tmp_path: Path) -> AsyncIterator[Naryad]:
    chosen = Settings(
        _env_file=None,
        data_dir=tmp_path,
        api_token=SecretStr(OWNER),
        secret_key=SecretStr("a secret of the tests"),
        public_url=ADDRESS,
        naryad_demo=False,
        telegram_master_token=SecretStr(TOKENS["telegram"]),
        max_master_token=SecretStr(TOKENS["max"]),
    )
    program = assemble(chosen, doors=Doors(), clock=FakeClock(MORNING), inline=True)
    async with program.engine.begin() as connection:
        await connection.run_sync(_talks)
    async with program:
        yield program


async def enters(person: httpx.AsyncClient, told: str, *, key: str | None = None) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await person.post(ENTER, json={"init_data": told}, headers=headers)


@pytest.mark.row("A26", "A139")
async def test_a_master_comes_in_once_for_each_opening(program: Naryad) -> None:
    async with browser(program.web) as person:
        told = signed(HIM)
        first = await enters(person, told, key="his page")
        lost = await enters(person, told, key="his page")  # the answer was lost on the way
        others = [await enters(person, each) for each in (told, told.replace("+", "%20"))]
        by_max = await enters(person, signed(HIM, token=TOKENS["max"]))
        me = {"Authorization": f"Bearer {first.json()['token']}"}
        seen = await person.get("/api/v1/terminal/me", headers=me)
    assert first.status_code == 200, first.text
    assert first.json()["terminal_id"] == "terminal"  # the one that he has
    assert lost.json() == first.json()
    assert [each.json()["error"]["code"] for each in others] == ["NotAMaster", "NotAMaster"]
    assert by_max.json()["terminal_id"] == "terminal"
    assert seen.json()["master"]["id"] == "anna"


async def test_who_closed_all_his_terminals_gets_a_new_one(program: Naryad) -> None:
    async with browser(program.web) as person:
        owner = {"Authorization": f"Bearer {OWNER}"}
        await person.post("/api/v1/masters/anna/terminal/terminal/close", headers=owner)
        answer = (await enters(person, signed(HIM))).json()
        me = {"Authorization": f"Bearer {answer['token']}"}
        seen = await person.get("/api/v1/terminal/me", headers=me)
    assert answer["terminal_id"] != "terminal"
    assert seen.status_code == 200


STRANGERS = {
    "a client's chat": signed(HER),
    "no chat at all": signed("7999999999"),
    "named a master's number, and nobody vouched for it": signed(UNPROVEN),
    "another bot's word": signed(HIM, token="2:another-bot"),
    "too old": signed(HIM, ago=timedelta(hours=1, seconds=1)),
    "from the future": signed(HIM, ago=-timedelta(minutes=5)),
    "somebody else's signature": signed(HER).replace(HER, HIM),
    "no word": "hash=0",
    "no query": "no query",
}


async def test_nobody_else_comes_in(program: Naryad) -> None:
    async with browser(program.web) as person:
        answers = {name: await enters(person, told) for name, told in STRANGERS.items()}
    refused = {name: (each.status_code, each.json()["error"]["code"]) for name, each in answers.items()}
    assert refused == dict.fromkeys(STRANGERS, (403, "NotAMaster"))


async def test_only_the_messengers_show_the_terminal_in_a_frame(program: Naryad) -> None:
    async with browser(program.web) as person:
        policies = {
            path: (await person.get(path)).headers["Content-Security-Policy"] for path in ("/terminal", "/")
        }
    assert policies["/terminal"].endswith("frame-ancestors https://web.telegram.org https://web.max.ru")
    assert policies["/"].endswith("frame-ancestors 'none'")
