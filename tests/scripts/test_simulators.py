"""The real command, in a process of its own: what it prints opens doors, its page is there, it stops."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bots.channels import open_doors
from bots.clock import SystemClock
from bots.settings import settings
from tests.scripts.conftest import Naryad

HOUSE = Path(__file__).resolve().parents[2]
DOORS = {f"{channel}-{role}" for channel in ("telegram", "max", "vk") for role in ("client", "master")}
OTHERS = {"sms-client", "email-client"}


class Played:
    """A running `naryad simulators`, and what it printed."""

    def __init__(self, port: int) -> None:
        words = ("-m", "scripts", "simulators", "--port", str(port), "--smpp-port", "0", "--smtp-port", "0")
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, *words], cwd=HOUSE, stdout=subprocess.PIPE, text=True
        )
        self.printed = self._read()

    def _read(self) -> list[str]:
        assert self.process.stdout is not None
        lines: list[str] = []
        for line in self.process.stdout:  # it says all of it once everything listens
            lines.append(line.rstrip())
            if line.startswith("# ATOL_INN"):
                break
        return lines

    @property
    def settings(self) -> Mapping[str, str]:
        """What it asks to paste into .env."""
        found = (line.partition("=") for line in self.printed if "=" in line and not line.startswith("#"))
        return {name.lower(): value for name, _, value in found}


@pytest.fixture(scope="module")
def played() -> Iterator[Played]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    running = Played(port)
    yield running
    running.process.kill()
    running.process.communicate()


async def test_what_is_printed_opens_every_door(played: Played, tmp_path: Path) -> None:
    chosen = settings(data_dir=tmp_path, **played.settings)
    doors = open_doors(chosen, clock=SystemClock())
    try:
        assert {door.name for door in doors.open} == DOORS | OTHERS
        for door in (door for door in doors.open if door.name in DOORS):
            assert door.is_asked
            await door.channel.stand(None)
    finally:
        await doors.close()

    named = {line.removeprefix("# ").partition("=")[0].lower() for line in played.printed if "=" in line}
    assert named <= set(type(chosen).model_fields)
    assert played.settings["sms_provider"] == "smpp"
    assert int(played.settings["smpp_port"]) > 0


async def test_one_can_be_the_other_side(played: Played) -> None:
    token = SecretStr(played.settings["telegram_client_token"]).get_secret_value()
    async with httpx.AsyncClient(base_url=played.url) as page:
        assert "script-src 'self'" in (await page.get("/")).headers["content-security-policy"]
        services = {each["name"]: each for each in (await page.get("/town/services")).json()}
        chat = (await page.post("/town/chats", json={"service": "telegram"})).json()
        way = f"/town/chats/{chat['id']}"
        await page.post(f"{way}/say", json={"text": "течёт кран"})
        (update,) = (await page.get(f"/telegram/bot{token}/getUpdates")).json()["result"]
        message = {"chat_id": update["message"]["chat"]["id"], "text": "Еду."}
        await page.post(f"/telegram/bot{token}/sendMessage", json=message)
        await page.post(f"{way}/block", json={})
        seen = (await page.get(way)).json()
        shared = await page.post("/town/chats", json={"service": "vk", "role": "master"})
        refused = await page.post(f"/town/chats/{shared.json()['id']}/contact", json={})
        lent = await page.get(f"/vk/lp/{played.settings['vk_master_group']}")

    assert {"telegram", "max", "vk", "smsc", "smsru", "yookassa", "atol"} <= set(services)
    assert [(row["is_own"], row["text"]) for row in seen["messages"]] == [
        (True, "течёт кран"),
        (False, "Еду."),
    ]
    assert seen["is_blocked"]
    assert refused.status_code == 409
    assert lent.json() == {"failed": 3}


def test_a_service_that_is_not_played_is_misuse(naryad: Naryad) -> None:
    result = naryad("simulators", "--only", "icq")

    assert result.exit_code == 2
    assert "icq is none of telegram" in result.output


def test_ctrl_c_ends_it(played: Played) -> None:
    played.process.send_signal(signal.SIGINT)

    assert played.process.wait(10) in (0, -signal.SIGINT, 128 + signal.SIGINT)
