"""The line of `naryad chat` over a server of the test's own making."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.messages import Role
from scripts.chat import line as lines
from scripts.chat.line import Line, Said
from scripts.chat.memory import Memory, Wish
from scripts.chat.screen import Screen
from scripts.plain import Told

Answer = Callable[[httpx.Request], httpx.Response] | httpx.Response
STARTED = httpx.Response(201, json={"conversation_id": "talk", "token": "c.talk.mac"})


class FakeServer:
    """Answers as told, in order, and remembers what it was asked."""

    def __init__(self, *answers: httpx.Response | None) -> None:
        self._answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self._answers.pop(0)
        if answer is None:
            raise httpx.ConnectError("away")
        return answer

    def body(self, number: int) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.asked[number].content)
        return body


async def _begun(tmp_path: Path, server: FakeServer, told: list[str]) -> Line:
    client = httpx.AsyncClient(transport=httpx.MockTransport(server), base_url="http://naryad.test")
    line = Line(client, Memory(tmp_path / "chat.json"), tell=told.append)
    await line.begin(Wish(Role.CLIENT))
    return line


def _transcript(*said: tuple[int, str, str]) -> httpx.Response:
    messages = [{"seq": seq, "from": author, "text": text, "buttons": []} for seq, author, text in said]
    return httpx.Response(200, json={"messages": messages})


async def test_what_is_said_twice_on_the_way_is_said_once(tmp_path: Path) -> None:
    told: list[str] = []
    server = FakeServer(STARTED, None, httpx.Response(503), httpx.Response(202), httpx.Response(200, json={}))
    line = await _begun(tmp_path, server, told)

    assert await line.say("да", choice=None) is None

    names = {server.body(number)["message_id"] for number in range(1, 5)}
    assert len(names) == 1
    assert server.asked[1].headers["authorization"] == "Bearer c.talk.mac"
    assert told == ["No answer; trying again …"]


async def test_a_limit_is_waited_out_and_told(tmp_path: Path) -> None:
    told: list[str] = []
    limit = httpx.Response(429, json={"error": {"message": "Too often."}}, headers={"Retry-After": "0"})
    line = await _begun(tmp_path, FakeServer(STARTED, limit, httpx.Response(200, json={})), told)

    assert await line.say("да", choice=None) is None
    assert told == ["Too often. (0 s)"]


async def test_a_limit_of_an_hour_is_not_waited_out(tmp_path: Path) -> None:
    limit = httpx.Response(429, json={"error": {"message": "Too often."}}, headers={"Retry-After": "3000"})

    with pytest.raises(Told, match="Too often"):
        await _begun(tmp_path, FakeServer(limit), [])


async def test_a_server_that_stays_away_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "PATIENCE_S", 0.0)
    line = await _begun(tmp_path, FakeServer(STARTED, None, None), [])

    with pytest.raises(Told, match="does not answer any more"):
        await line.say("да", choice=None)


async def test_replies_and_news_come_once_and_in_order(tmp_path: Path) -> None:
    server = FakeServer(
        STARTED,
        _transcript((1, "naryad", "Что случилось?")),
        _transcript(),
        _transcript((2, "client", "Розетка"), (3, "naryad", "Когда?"), (4, "naryad", "Где?")),
        _transcript(),
    )
    line = await _begun(tmp_path, server, [])

    assert [said.text for said in await line.hear()] == ["Что случилось?"]
    assert [said.text for said in await line.hear()] == ["Когда?", "Где?"]
    assert server.asked[-1].url.params["after"] == "4"


async def test_a_refusal_is_left_to_the_talk_and_a_malformed_message_is_told(tmp_path: Path) -> None:
    refused = httpx.Response(409, json={"error": {"message": "This button is old."}})
    malformed = httpx.Response(422, json={"error": {"message": "Too long."}})
    line = await _begun(tmp_path, FakeServer(STARTED, refused, malformed), [])

    assert await line.say("", choice="book:1:1") is None
    assert await line.say("слишком", choice=None) == "Too long."


# The screen


def test_buttons_keep_their_numbers_when_news_comes(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()

    screen.show([Said("Когда?", (("В два", "slot:2"), ("В три", "slot:3")))])
    screen.show([Said("Заявка принята", (("Отменить", "cancel"),))])

    assert "  1  В два\n  2  В три\n" in capsys.readouterr().out
    assert [screen.typed("3."), screen.typed("1")] == ["cancel", None]  # what is answered has no numbers left


@pytest.mark.parametrize("words", ["0", "3", "-1", "1a", "²", "١", "первый"])
def test_only_the_number_of_a_button_presses_it(words: str) -> None:
    screen = Screen()
    screen.show([Said("Когда?", (("В два", "slot:2"), ("В три", "slot:3")))])

    assert screen.typed(words) is None


def test_what_is_said_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().show([Said("Мастер \x1b[2JИван\nждёт", ())])

    assert capsys.readouterr().out == "Мастер  [2JИван\nждёт\n\n"
