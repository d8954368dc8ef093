"""The program as a subprocess, serving: started, killed, started again over the same data."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
START_S = 60.0  # on two busy cores
STOP_S = 15.0
TOKEN = "owner-token-of-a-test"


@dataclass
class Running:
    """A program that serves on loopback."""

    data_dir: Path
    environment: dict[str, str]
    port: int
    owner_token: str = TOKEN
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def base_url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What it printed, over all its lives."""
        return (self.data_dir / "log.txt").read_text("utf-8", errors="replace")

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.data_dir / "log.txt").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bots"], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the program ended at once:\n{self.log[-2_000:]}")
            try:
                if httpx.get(f"{self.base_url}/health", timeout=2).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise RuntimeError(f"the program did not answer in {START_S} s:\n{self.log[-2_000:]}")

    def kill(self) -> None:
        """Kill it as a power cut would: -9, nothing is tidied up."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(STOP_S)
            self.process = None

    def stop(self) -> int:
        """Ask it to stop and return its exit status."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(STOP_S)
        self.process = None
        return status


@contextmanager
def serving(data_dir: Path, **environment: str) -> Iterator[Running]:
    """Serve over a folder until the block ends. Limits are wide unless the test sets them."""
    port = _free_port()
    data_dir.mkdir(parents=True, exist_ok=True)
    settings = {
        "DATA_DIR": str(data_dir),
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "API_TOKEN": TOKEN,
        "LIMIT_STARTS_PER_HOUR": "100000",
        "LIMIT_MESSAGES_PER_MINUTE": "100000",
        **environment,
    }
    running = Running(data_dir, {**os.environ, **settings}, port)
    running.start()
    try:
        yield running
    finally:
        running.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
