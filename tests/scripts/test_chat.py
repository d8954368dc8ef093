"""`naryad chat` as people use it: piped, resumed, at a terminal, with a server and without."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bots.sidecar.tokens import talk_token
from core.messages import Role
from scripts.chat.memory import Kept, Memory, Wish
from tests.databases import only_sqlite
from tests.running import ROOT, Running
from tests.scripts.conftest import Naryad, anna_owes, writing

CHAT = [sys.executable, "-m", "scripts", "chat"]
TALK_S = 60  # at most, on two busy cores
PROBLEM, ADDRESS = "Не работает розетка на кухне", "Театральная 30, кв 14, завтра после обеда"
CONTACT = "Меня зовут Анна Иванова, 8 911 123-45-67"
NUMBER = re.compile(r"К-\d{4}")


def _chat(
    *options: str, says: str = "", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*CHAT, *options],
        cwd=ROOT,
        env=environment,
        input=says,
        capture_output=True,
        text=True,
        timeout=TALK_S,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def environment(naryad: Naryad, database_url: str, house: Path) -> dict[str, str]:
    """Return the environment of a house where no server runs."""
    del naryad  # has set it
    return {**os.environ, "NARYAD_DEMO": "1"}


# Piped, in this process


def test_a_whole_talk_goes_through_a_pipe(environment: dict[str, str], house: Path) -> None:
    said = _chat(says=f"{PROBLEM}\n\n{ADDRESS}\n1\n{CONTACT}", environment=environment)

    assert said.returncode == 0, said.stderr
    assert "in this process" in said.stderr
    assert f"> {PROBLEM}\n" in said.stdout
    assert re.search(r"^  1  .*₽$", said.stdout, re.MULTILINE)
    assert NUMBER.search(said.stdout.partition(CONTACT)[2])
    assert (house / "chat-client.json").stat().st_mode & 0o777 == 0o600


def test_news_is_heard_while_waiting(
    environment: dict[str, str], house: Path, naryad: Naryad, database_url: str
) -> None:
    with writing(database_url) as connection:
        anna_owes(connection, 79_500)
    (house / "secret").write_text("a secret")
    token = talk_token("anna-talk", secret=b"a secret")
    Memory(house / "chat-master.json").keep(Kept("anna-talk", token, None, None))
    listening = subprocess.Popen(
        [*CHAT, "--as", "master", "--wait", str(TALK_S)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )

    # The chat is a whole Naryad, so its pump takes what another command puts into the inbox.
    received = naryad("ledger", "receive", "anna", "795")
    assert received.exit_code == 0, received.output
    assert listening.stdout is not None
    assert any("в счёт долга" in line for line in listening.stdout)
    listening.send_signal(signal.SIGINT)
    listening.communicate(timeout=TALK_S)
    assert listening.returncode == 0


@only_sqlite
def test_a_market_that_is_not_open_is_misuse(naryad: Naryad) -> None:
    result = naryad("chat", "--market", "moon")

    assert (result.exit_code, result.output) == (2, "No market moon is open here, but home_services.\n")


# With a running server


@pytest.fixture
def elsewhere(running: Running) -> dict[str, str]:
    """Return the environment of a command beside the running server."""
    return {**running.environment, "DATABASE_URL": ""}


def test_a_running_server_is_talked_to(running: Running, elsewhere: dict[str, str]) -> None:
    said = _chat("--new", says=f"{PROBLEM}\n{ADDRESS}\n1\n{CONTACT}\n", environment=elsewhere)

    assert said.returncode == 0, said.stderr
    assert f"Talking to {running.base_url}." in said.stderr
    assert NUMBER.search(said.stdout)


def test_a_doctor_sees_the_server_that_runs(elsewhere: dict[str, str]) -> None:
    doctor = subprocess.run(
        [sys.executable, "-m", "scripts", "doctor"],
        cwd=ROOT,
        env=elsewhere,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "ok\tserver\tServes on" in doctor.stdout
    assert "ok\tliveness" in doctor.stdout


def test_the_next_call_goes_on_where_the_last_one_ended(elsewhere: dict[str, str], running: Running) -> None:
    first = _chat("--new", says=f"{PROBLEM}\n{ADDRESS}\n", environment=elsewhere)
    shown = first.stdout.partition(ADDRESS)[2].strip()

    again = _chat(environment=elsewhere)
    pressed = _chat(says=f"1\n{CONTACT}\n", environment=elsewhere)

    assert again.stdout.strip() == shown
    assert NUMBER.search(pressed.stdout)
    token = json.loads((running.data_dir / "chat-client.json").read_text())["token"]
    anew = _chat("--new", "--lang", "en", environment=elsewhere)
    assert "What happened?" in anew.stdout
    assert json.loads((running.data_dir / "chat-client.json").read_text())["token"] != token


def test_a_master_joins_by_typing(elsewhere: dict[str, str], running: Running) -> None:
    words = ("Пётр Ильин, +7 911 555-44-33", "1", "электрика", "10 лет, допуск есть", "завтра с 8 до 20", "1")

    said = _chat("--new", "--as", "master", says="\n".join(words), environment=elsewhere)

    assert said.returncode == 0, said.stderr
    assert "/terminal#t=m." in said.stdout
    assert (running.data_dir / "chat-master.json").exists()


def test_a_talk_that_is_not_known_here_is_begun_anew(elsewhere: dict[str, str], running: Running) -> None:
    Memory(running.data_dir / "chat-client.json").keep(Kept("another", "c.another.mac", None, None))

    said = _chat(environment=elsewhere)

    assert said.returncode == 0
    assert "a new one begins" in said.stderr
    assert "Что случилось?" in said.stdout


# At a terminal


class Terminal:
    """A person at a terminal: types, looks, presses keys."""

    def __init__(self, environment: dict[str, str], *options: str) -> None:
        self._mine, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [*CHAT, *options], cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        os.set_blocking(self._mine, False)
        self.seen = ""

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._mine, keys.encode())

    def sees(self, words: str) -> None:
        """Wait until something new with these words is on the screen."""
        deadline = time.monotonic() + TALK_S
        fresh = ""
        while words not in fresh:
            assert time.monotonic() < deadline, fresh
            try:
                fresh += os.read(self._mine, 65_536).decode(errors="replace")
            except BlockingIOError:
                time.sleep(0.05)
            except OSError:  # the other side is gone
                break
        self.seen += fresh

    def leave(self) -> int:
        """Wait for the end and return the exit status."""
        status = self.process.wait(TALK_S)
        os.close(self._mine)
        return status


def test_a_number_presses_a_button_and_ctrl_d_leaves(elsewhere: dict[str, str]) -> None:
    terminal = Terminal(elsewhere, "--new", "--as", "client")
    terminal.sees("> ")
    terminal.type(f"{PROBLEM}\n")
    terminal.sees("> ")
    terminal.type(f"{ADDRESS}\n")
    terminal.sees("  1  ")
    terminal.type("1\n")
    terminal.sees("телефону")
    terminal.type("\x04")

    assert terminal.leave() == 0


@pytest.mark.parametrize("is_inside", [True, False], ids=["in this process", "with a server"])
@only_sqlite
def test_ctrl_c_leaves_politely(
    environment: dict[str, str], elsewhere: dict[str, str], is_inside: bool
) -> None:
    terminal = Terminal(environment if is_inside else elsewhere, "--new")
    terminal.sees("> ")

    terminal.process.send_signal(signal.SIGINT)
    terminal.sees("\n")

    assert terminal.leave() == 0
    assert "Traceback" not in terminal.seen


# Memory


def test_a_talk_is_remembered_with_what_was_wished(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "deep" / "chat-client.json")
    talk = Kept("talk", "token", "home_services", None, spoken=7)

    memory.keep(talk)

    assert memory.recall() == talk
    assert talk.suits(Wish(Role.CLIENT))
    assert talk.suits(Wish(Role.CLIENT, market="home_services"))
    assert not talk.suits(Wish(Role.CLIENT, market="task_market"))
    assert [file.name for file in (tmp_path / "deep").iterdir()] == ["chat-client.json"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"token": "alone"}'])
def test_a_memory_that_cannot_be_read_is_none(tmp_path: Path, content: str) -> None:
    file = tmp_path / "chat-client.json"
    file.write_text(content)

    assert Memory(file).recall() is None
