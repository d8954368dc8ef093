"""From the first word to the money in two people's messengers, with the program killed in the middle."""

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from bots.simulators.max import build as build_max
from bots.simulators.smsc import build as build_smsc
from bots.simulators.telegram import build as build_telegram
from bots.simulators.vk import build as build_vk
from tests.loop import Door, a_master
from tests.messengers import Somebody, played
from tests.running import Running, serving

TELEGRAM_TOKEN, MAX_TOKEN, VK_TOKEN, GROUP = (
    "200:master-token-of-a-test",
    "max-token-of-a-test",
    "vk-token",
    77,
)
PHONES = itertools.count(1_000_001, 7)
QUIET = {"FISCAL_PROVIDER": "none", "NPD_PROVIDER": "none", "NARYAD_DEMO": "0"}


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Lend a stack that closes whatever was opened."""
    with ExitStack() as lent:
        yield lent


def max_at(stack: ExitStack, role: str) -> tuple[str, dict[str, str]]:
    """Play MAX; return its address and what the program must be told."""
    url = stack.enter_context(played(build_max, url=str, bots={MAX_TOKEN: "naryad_bot"}))
    return url, {f"MAX_{role}_TOKEN": MAX_TOKEN, "MAX_API_URL": url, "MAX_MODE": "poll"}


def telegram_at(stack: ExitStack, role: str) -> tuple[str, dict[str, str]]:
    """Play Telegram."""
    url = stack.enter_context(played(build_telegram, tokens=(TELEGRAM_TOKEN,)))
    return url, {f"TELEGRAM_{role}_TOKEN": TELEGRAM_TOKEN, "TELEGRAM_API_URL": url, "TELEGRAM_MODE": "poll"}


def vk_at(stack: ExitStack, role: str) -> tuple[str, dict[str, str]]:
    """Play VK."""
    url = stack.enter_context(played(build_vk, groups={VK_TOKEN: GROUP}))
    return url, {
        f"VK_{role}_TOKEN": VK_TOKEN,
        f"VK_{role}_GROUP": str(GROUP),
        "VK_API_URL": url,
        "VK_MODE": "poll",
    }


def killed(program: Running) -> None:
    """Kill the program -9 and start it again."""
    program.kill()
    program.start()


def joins(master: Somebody, program: Running) -> None:
    """Let a master join by his messenger, with hours for some days."""
    phone = f"+7911{next(PHONES):07d}"
    for words, answer in (
        (f"Здравствуйте, я Пётр Ильин, {phone}", "каком городе"),
        ("Калининград", "Чем занимаетесь"),
        ("электрика", "Сколько лет"),
        ("10 лет", "Когда готовы"),
        ("пн-вс с 8 до 20", "терминал"),
    ):
        master.says(words)
        master.hears(answer, again=words)
    master.presses("Открыть в телефоне")
    master.hears("Всё готово")
    owner = Door(program.base_url, program.owner_token)
    today = datetime.now(UTC).astimezone(ZoneInfo("Europe/Kaliningrad")).date()
    hours = {(today + timedelta(days=ahead)).isoformat(): [["00:00", "24:00"]] for ahead in range(10)}
    master_id = asked(program, "SELECT id FROM master")[0]
    changed = owner.send("PATCH", f"/masters/{master_id}/schedule", {"days": hours})
    assert changed.is_success, changed.text


def asks(client: Somebody, program: Running) -> str:
    """Let a client come from his trouble to a job, with kills in between; returns the job's id."""
    client.says("Не работает выключатель в коридоре")
    killed(program)  # it may not even have been read
    client.hears("Куда приехать", again="Не работает выключатель")
    client.says("Театральная 30, кв 14, завтра после обеда")
    client.hears("завтра в", again="завтра после обеда")
    client.takes("завтра")
    killed(program)
    client.hears("за вами", again="1")
    client.says("Ольга, +7 911 456-78-90")
    client.hears("принята", "мастер", again="Ольга, +7 911 456-78-90")
    return str(asked(program, "SELECT id FROM job")[0])


def works(master: Somebody, client: Somebody, program: Running) -> None:
    """Let the master do the job by his buttons, with kills when he takes it and when he takes the money."""
    master.hears("Ответьте до")
    for label, told in (
        ("Беру", "придёт к вам"),
        ("Выехал", "едет к вам"),
        ("Я на месте", "на месте"),
        ("Начинаю работу", "Работа началась"),
        ("Готово", "Работа сделана"),
    ):
        master.presses(label)
        if label == "Беру":
            killed(program)
        client.hears(told, anew=partial(master.presses_if_there, label))
    master.says("взял 1500 наличными")
    master.hears("1 500", again="взял 1500 наличными")
    master.presses("Да")
    killed(program)
    client.hears("плачено", anew=partial(master.presses_if_there, "Да"))


def asked(program: Running, query: str) -> Any:
    """Ask the program's own database for one row."""
    with closing(sqlite3.connect(program.data_dir / "naryad.db", timeout=10)) as file:
        return file.execute(query).fetchone()


def closes(program: Running, *people: Somebody) -> None:
    """See that everything happened once, nothing was buried, and nobody heard a thing twice."""
    counts = [asked(program, f"SELECT count(*) FROM {name}")[0] for name in ("job", "booking", "payment")]
    assert counts == [1, 1, 1]
    assert asked(program, "SELECT state FROM job")[0] == "completed"
    assert asked(program, "SELECT count(*) FROM inbox WHERE status = 2")[0] == 0
    assert asked(program, "SELECT count(*) FROM outbox WHERE status = 'dead'")[0] == 0
    assert asked(program, "SELECT count(*) FROM payment WHERE state = 'succeeded'")[0] == 1
    assert asked(program, "SELECT count(*) FROM transfer WHERE payment_id IS NULL")[0] == 0
    for person in people:
        said = [text for text in person.texts() if "К-" in text]
        assert len(said) == len(set(said)), said


@pytest.mark.row("A6", "A141", "L5", "L6")
def test_a_client_in_max_and_a_master_in_telegram(stack: ExitStack, tmp_path: Path) -> None:
    at_max, by_max = max_at(stack, "CLIENT")
    at_telegram, by_telegram = telegram_at(stack, "MASTER")
    program = stack.enter_context(serving(tmp_path, **by_max, **by_telegram, **QUIET))
    client, master = Somebody(at_max), Somebody(at_telegram, {"name": "Пётр"})

    joins(master, program)
    asks(client, program)
    works(master, client, program)
    master.hears("оплачена наличными", "заработали", again="сколько я заработал")

    closes(program, client, master)
    papers = [file for shown in master.shown() for file in shown["files"]]
    assert [(paper["type"], paper["bytes"] > 10_000) for paper in papers] == [("application/pdf", True)]
    assert any("/terminal" in str(shown) for shown in master.shown())


@pytest.mark.row("A33")
def test_a_client_in_vk_and_a_master_in_max(stack: ExitStack, tmp_path: Path) -> None:
    at_vk, by_vk = vk_at(stack, "CLIENT")
    at_max, by_max = max_at(stack, "MASTER")
    program = stack.enter_context(serving(tmp_path, **by_vk, **by_max, **QUIET))
    client, master = Somebody(at_vk), Somebody(at_max, {"name": "Пётр"})

    joins(master, program)
    asks(client, program)
    works(master, client, program)

    closes(program, client, master)


def test_a_client_by_sms_and_a_master_on_his_terminal(stack: ExitStack, tmp_path: Path) -> None:
    at_centre = stack.enter_context(played(build_smsc, port=0, system_id="naryad", password="secret"))
    port = httpx.get(f"{at_centre}/_sim/port").json()["port"]
    told = {
        "SMS_PROVIDER": "smpp",
        "SMPP_HOST": "127.0.0.1",
        "SMPP_PORT": str(port),
        "SMPP_SYSTEM_ID": "naryad",
        "SMPP_PASSWORD": "secret",
        "SMPP_FROM": "Naryad",
    }
    program = stack.enter_context(serving(tmp_path, **told, **QUIET))
    client = Somebody(at_centre, {"phone": "+79114567890"})
    master = a_master(program.base_url, program.owner_token)

    job_id = asks(client, program)
    master.works(job_id)
    killed(program)
    master.takes_cash(job_id)
    client.hears("плачено")

    closes(program, client)
