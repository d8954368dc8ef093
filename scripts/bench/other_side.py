"""The other side of a door: a service played in a process of its own, and the people who read there."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from bots.settings import ROOT
from bots.simulators.town.services import GROUPS
from core.messages import Role

UP_S, STOP_S, PAUSE_S = 60.0, 10.0, 0.05
ANSWER_S = 60.0
_ENDLESS = 999_999
_SEND = {  # where a message goes: only those answers are lost, and not that of a long poll
    "telegram": "/bot",
    "max": "/messages",
    "vk": "/method/messages.send",
    "smsc": "submit_sm",
}


@contextlib.contextmanager
def played(services: Collection[str]) -> Iterator[str]:
    """Play services with `naryad simulators` in another process; lends its address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    words = ["simulators", "--port", str(port), "--smpp-port", "0", "--only", ",".join(services)]
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts", *words],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(process, url)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_up(process: "subprocess.Popen[bytes]", url: str) -> None:
    give_up = time.monotonic() + UP_S
    while process.poll() is None and time.monotonic() < give_up:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/town/services", timeout=UP_S).is_success:
                return
        time.sleep(PAUSE_S)
    raise RuntimeError("the simulator did not start")


class OtherSide:
    """People of one service. Ids of their chats are as that service tells them to us."""

    settings: Mapping[str, Any]  # what leads Naryad there, for clients

    def __init__(self, service: str, url: str) -> None:
        self.service = service
        self.chats: list[str] = []
        self._http = httpx.AsyncClient(base_url=url, timeout=ANSWER_S)

    async def __aenter__(self) -> Self:
        """Ask how it is reached."""
        told = {each["name"]: each for each in (await self._http.get("/town/services")).json()}
        settings = told[self.service]["settings"]
        self.settings = {name.lower(): value for name, value in settings.items() if "MASTER" not in name}
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave."""
        await self._http.aclose()

    async def people(self, count: int) -> None:
        """Make so many people who may be written to."""
        self.chats = [await self._person(number) for number in range(count)]

    async def stranger(self) -> str:
        """Make one more, who is not counted."""
        return await self._person(999)

    async def shown(self, chat_id: str) -> list[str]:
        """Return what its person sees, oldest first."""
        rows = (await self._sim("GET", f"chats/{chat_id}/shown")).json()
        return [row["text"] for row in rows]

    async def lose_answers(self, count: int) -> None:
        """Let the next messages be taken and not answered."""
        told = {"kind": "cut_after", "path": _SEND[self.service], "times": count}
        await self._sim("POST", "faults", json=told)

    async def be_away(self) -> None:
        """Take nothing until `heal`."""
        path = "submit_sm" if self.service == "smsc" else ""
        await self._sim("POST", "faults", json={"kind": "refuse", "path": path, "times": _ENDLESS})

    async def heal(self) -> None:
        """Be well again."""
        await self._sim("DELETE", "faults")

    async def _person(self, number: int) -> str:
        told = {"phone": f"+7911{number:07}", "name": f"№ {number}"}
        if self.service == "max":
            told["bot"] = Role.CLIENT.value
        id = str((await self._sim("POST", "people", json=told)).json()["id"])
        if self.service != "smsc":
            body = {"group": GROUPS[Role.CLIENT]} if self.service == "vk" else {}
            await self._sim("POST", f"chats/{id}/start", json=body)
        return id

    async def _sim(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = await self._http.request(method, f"/{self.service}/_sim/{path}", **more)
        answer.raise_for_status()
        return answer
