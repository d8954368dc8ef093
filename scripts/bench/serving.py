"""Programs that answer HTTP, each in a process of its own: Naryad, Naryad looked at, and the bare server.

`python -m scripts.bench.serving bare PORT` is a FastAPI app that answers a constant: what uvicorn and
FastAPI cost alone. `python -m scripts.bench.serving looked-at PORT FILE` is Naryad that notes in FILE, as
JSON, where its time went.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx

from bots.settings import ROOT
from scripts.bench.grounds import Place

TOKEN = "a token of the bench, of no use to anybody"  # noqa: S105 - it opens a throw-away program
UP_S, STOP_S, PAUSE_S = 60.0, 10.0, 0.05
NARYAD = ("-m", "bots", "--port")
LOOKED_AT = ("-m", "scripts.bench.serving", "looked-at")
BARE = ("-m", "scripts.bench.serving", "bare")


@contextlib.contextmanager
def served(place: Place, command: Sequence[str], *more: str) -> Iterator[str]:
    """Start a server over a place; lends its address.

    Args:
        command: One of the three above; the port comes after it.
        more: What comes after the port.
    """
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, *command, str(port), *more],
        cwd=ROOT,
        env=_environment(place),
        stdout=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(server, url)
        yield url
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(STOP_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _environment(place: Place) -> dict[str, str]:
    chosen = place.settings
    return {
        **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")},
        "DATA_DIR": str(chosen.data_dir),
        "DATABASE_URL": chosen.database,
        "NARYAD_DEMO": "0",
        "API_TOKEN": TOKEN,
        "LOG_LEVEL": "ERROR",
    }


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_until_up(server: "subprocess.Popen[bytes]", url: str) -> None:
    give_up = time.monotonic() + UP_S
    while server.poll() is None and time.monotonic() < give_up:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"{url}/api/v1/health", timeout=UP_S)
            return
        time.sleep(PAUSE_S)
    raise RuntimeError("the server to be measured did not start")


def _serve_bare(port: int) -> None:
    import uvicorn
    from fastapi import FastAPI

    app = FastAPI()

    @app.post("/api/v1/ai/conversation/start", status_code=201)
    async def start() -> dict[str, str]:
        return {"status": "active"}

    config = uvicorn.Config(app, port=port, log_level="warning", access_log=False)
    asyncio.run(uvicorn.Server(config).serve())


def _serve_looked_at(port: int, file: Path) -> None:
    from bots.__main__ import app
    from scripts.bench.spending import sampled, shares

    sys.argv = ["naryad", "--port", str(port)]
    with sampled() as samples:
        try:
            app(standalone_mode=False)
        finally:
            file.write_text(json.dumps(shares(samples)), "utf-8")


if __name__ == "__main__":
    _, kind, number, *rest = sys.argv
    if kind == "bare":
        _serve_bare(int(number))
    else:
        _serve_looked_at(int(number), Path(rest[0]))
