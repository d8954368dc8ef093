"""What the doctor finds about doors, asked over their simulators, and what a channel costs to load."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bots.settings import Settings, settings
from scripts import door_check, door_cost
from scripts.door_call import CALLS, Answered, Entry
from scripts.findings import Line
from tests.towns import town

ONLY = ("telegram", "max", "vk", "smsru", "smsc", "mail")
DOORS = {
    "telegram": "telegram-client",
    "max": "max-master",
    "vk": "vk-client",
    "smsru": "sms-client",
    "smpp": "sms-client",
    "email": "email-client",
}
WRONG = "1:a-very-secret-of-nobody"


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """Lend the settings that lead to simulators."""
    async with town(tmp_path, only=ONLY) as (made, _):
        yield {name.lower(): value for _, found in made.settings for name, value in found.items()}


def _chosen(folder: Path, told: Mapping[str, Any]) -> Settings:
    return settings(data_dir=folder, **told)


async def test_every_service_is_asked_and_lets_us_in_or_not(
    told: dict[str, str], tmp_path: Path, free_port: int
) -> None:
    wrong = {name: WRONG for name in told if name.endswith(("token", "api_id", "smtp_password"))}
    away = {name: f"http://127.0.0.1:{free_port}" for name in told if name.endswith("api_url")}
    away |= {name: str(free_port) for name in ("smpp_port", "smtp_port")}

    async def asked(**changed: str) -> dict[str, Answered]:
        chosen = _chosen(tmp_path, told | changed)
        return {kind: await CALLS[kind](chosen, door) for kind, door in DOORS.items()}

    let_in, not_let_in, nobody = await asked(), await asked(**wrong), await asked(**wrong, **away)

    assert {kind: each.entry for kind, each in let_in.items()} == dict.fromkeys(DOORS, Entry.OPEN)
    assert {kind for kind, each in not_let_in.items() if each.entry is Entry.SHUT} == set(DOORS) - {"smpp"}
    assert {each.entry for each in nobody.values()} == {Entry.AWAY}
    everything = [*let_in.values(), *not_let_in.values(), *nobody.values()]
    assert "very-secret" not in " ".join(each.told + each.mend for each in everything)
    assert "@bot1000001_bot" in let_in["telegram"].told
    assert "100000.00 ₽" in let_in["smsru"].told


TELEGRAM = {"telegram_client_token": "1:x", "telegram_master_token": "2:x"}
VK = {"vk_client_token": "x", "vk_client_group": "7", "vk_master_token": "y"}


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (TELEGRAM, ("ok", "telegram-client: is asked for what is new, for our address has no https.")),
        (TELEGRAM, ("warn", "telegram-master: the server that runs does not serve it.")),
        (TELEGRAM, ("warn", "telegram-client: the server that runs found it broken.")),
        (
            TELEGRAM | {"public_url": "https://naryad.example"},
            ("ok", "telegram-client: knocks at https://naryad.example/webhooks/telegram-client."),
        ),
        (TELEGRAM | {"telegram_mode": "webhook"}, ("fail", "telegram-client: shall knock")),
        (TELEGRAM | {"telegram_mode": "poll"}, ("ok", "for TELEGRAM_MODE says so")),
        ({"telegram_client_token": "1:x"}, ("warn", "Set TELEGRAM_MASTER_TOKEN as well.")),
        (VK, ("fail", "Set VK_MASTER_GROUP")),
        ({"sms_provider": "smpp", "smpp_host": "x"}, ("fail", "SMPP_SYSTEM_ID and SMPP_PASSWORD")),
        ({"sms_provider": "smsru", "smsru_api_id": "x"}, ("ok", "brings no answers")),
        ({"smtp_host": "mail.example"}, ("fail", "Set SMTP_FROM.")),
        (
            {"smtp_host": "mail.example", "smtp_from": "a@b.example", "smtp_tls": "none"},
            ("warn", "what is written goes unencrypted"),
        ),
        (
            {"smtp_host": "mail.example", "smtp_from": "a@b.example"},
            ("warn", "answers are not taken in"),
        ),
    ],
    ids=str,
)
async def test_how_a_door_stands_is_told(
    told: dict[str, str], found: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_check, "CALLS", dict.fromkeys(CALLS, _nobody_asked))

    lines = await _lines(_chosen(tmp_path, told))

    assert [line for line in lines if line.mark == found[0] and found[1] in f"{line.told} {line.mend}"], lines


async def test_a_library_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door_check, "find_spec", lambda _: None)

    lines = await _lines(_chosen(tmp_path, TELEGRAM))

    assert ("fail", "telegram: its library aiogram is not installed.") in [(e.mark, e.told) for e in lines]


async def _nobody_asked(chosen: Settings, door: str) -> Answered:
    del chosen, door
    return Answered(Entry.OPEN, "lets us in.")


async def _lines(chosen: Settings) -> list[Line]:
    return [line async for line in door_check.doors(chosen, {"telegram-client": "broken"})]


def test_a_channel_is_measured_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        door_cost, "_CHANNELS", (("telegram", "channels.telegram", "0 ₽"), ("icq", "icq", ""))
    )

    web, telegram, icq = door_cost.costs()

    assert web.row == ("web", "0 ms", "0.0 MiB", "0 ₽")
    assert telegram.import_s is not None
    assert telegram.import_s > 0
    assert icq.row[1] == "not installed"
