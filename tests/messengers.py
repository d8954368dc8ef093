"""People in messengers, for tests of the whole program: simulators on loopback, and what people do there."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from bots.chance import SystemChance
from bots.clock import SystemClock

PATIENCE_S = 30.0
LOOK_S = 0.1
NUDGE_S = 12.0  # then a person says it again


@contextmanager
def played(build: Callable[..., FastAPI], **settings: Any) -> Iterator[str]:
    """Serve a simulator on a port of its own until the block ends; returns its address."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        told = {name: value(url) if callable(value) else value for name, value in settings.items()}
        app = build(clock=SystemClock(), chance=SystemChance(), **told)
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + PATIENCE_S
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        try:
            yield url
        finally:
            server.should_exit = True
            thread.join(10)


@dataclass
class Somebody:
    """A person in a messenger."""

    url: str
    person: dict[str, Any] = field(default_factory=lambda: {"name": "Ольга", "lang": "ru"})
    id: str = ""
    seen: int = 0  # of what is shown, so much was read
    nudged: int = 0  # how often he had to say a thing again

    def __post_init__(self) -> None:
        """Come to the messenger."""
        self.http = httpx.Client(base_url=self.url, timeout=20)
        self.id = str(self._ask("POST", "/_sim/people", self.person)["id"])

    def __del__(self) -> None:
        """Close the connection with its person."""
        self.http.close()

    def starts(self) -> None:
        """Press "start", where a chat begins so."""
        self._acts("start", payload="")

    def says(self, text: str) -> None:
        """Write."""
        self._acts("say", text=text)

    def presses(self, label: str) -> None:
        """Press the newest button with this label, once there is one."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            for shown in reversed(self.shown()):
                for button in shown.get("buttons", ()):
                    if label.casefold() in button["label"].casefold():
                        self._acts("press", label=button["label"])
                        return
            time.sleep(LOOK_S)
        raise AssertionError(f"no button {label} under {self.texts()[-2:]}: {self.labels()}")

    def shown(self) -> list[dict[str, Any]]:
        """Return everything we have said to him, the oldest first."""
        found: list[dict[str, Any]] = self._ask("GET", f"/_sim/chats/{self.id}/shown")
        return found

    def texts(self) -> list[str]:
        """Return the texts of it."""
        return [each["text"] for each in self.shown()]

    def hears(self, *words: str, again: str = "", anew: Callable[[], None] | None = None) -> str:
        """Wait until we say something new that has one of these words; returns it.

        An answer that was on its way when the program was killed may be lost for good: no messenger tells
        whether it was said. Then a person says it again, and so does he.

        Args:
            again: What he says when he hears nothing.
            anew: What is done then instead.
        """
        deadline = time.monotonic() + PATIENCE_S
        nudge_at = time.monotonic() + NUDGE_S
        while time.monotonic() < deadline:
            texts = self.texts()
            for number, text in enumerate(texts[self.seen :], self.seen):
                if any(word.casefold() in text.casefold() for word in words):
                    self.seen = number + 1
                    return text
            if time.monotonic() > nudge_at and (again or anew):
                nudge_at = deadline
                self.nudged += 1
                if anew is not None:
                    anew()
                else:
                    self.says(again)
            time.sleep(LOOK_S)
        raise AssertionError(f"nothing with {words} among {self.texts()[self.seen :]}")

    def takes(self, word: str) -> None:
        """Press the first button that has this word, or write the number of such a line."""
        label = next((label for label in self.labels() if word in label), None)
        if label is not None:
            self.presses(label)
        else:
            self.says("1")

    def presses_if_there(self, label: str) -> None:
        """Press a button again, as long as it is the newest one there is."""
        if any(label in each for each in self.labels()):
            self.presses(label)

    def labels(self) -> list[str]:
        """Return the labels of the buttons under the newest message that has some."""
        return next(
            (
                [each["label"] for each in shown["buttons"]]
                for shown in reversed(self.shown())
                if shown["buttons"]
            ),
            [],
        )

    def _acts(self, act: str, **told: Any) -> None:
        self._ask("POST", f"/_sim/chats/{self.id}/{act}", told)

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        answer = self.http.request(method, path, json=body)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else {}
