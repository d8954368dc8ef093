"""`python -m bots` = `naryad run`: start what this process is to do, say where it is, stop without loss."""

import asyncio
import logging
import signal
import socket
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
import uvicorn
from rich.console import Console

from bots.app import Naryad, Part, assemble, settle_memory
from bots.settings import ROOT, Settings, SettingsRefused, settings

MISUSE, FAILURE = 2, 1
STOP_S = 4  # for requests under way; a stop takes at most five seconds
app = typer.Typer(add_completion=False, help="Serve the pages, the API and everything behind them.")
console = Console(highlight=False)


@app.command()
def run(
    only: Annotated[str, typer.Option(help="Parts, by comma: web, pump, courier, schedule.")] = "",
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Serve the pages, the API and everything behind them."""
    given: dict[str, object] = {"host": host, "port": port}
    try:
        chosen = settings(**{name: value for name, value in given.items() if value is not None})
        parts = _parts(only, chosen)
    except SettingsRefused as error:
        console.print(f"[bold red]{error}[/]")
        raise typer.Exit(MISUSE) from error
    _log(chosen)
    raise typer.Exit(asyncio.run(_serve(chosen, parts)))


def _parts(only: str, chosen: Settings) -> tuple[Part, ...]:
    names = [name.strip() for name in only.split(",") if name.strip()]
    if unknown := [name for name in names if name not in set(Part)]:
        raise SettingsRefused(f"--only knows web, pump, courier and schedule, not {unknown[0]}.")
    parts = tuple(Part(name) for name in names) or tuple(Part)
    if names and chosen.database.startswith("sqlite"):
        raise SettingsRefused(
            "SQLite serves one process, so --only needs PostgreSQL: set DATABASE_URL=postgresql+psycopg://…"
        )
    return parts


async def _serve(chosen: Settings, parts: tuple[Part, ...]) -> int:
    is_web = Part.WEB in parts
    if is_web and (taken := _port_taken(chosen)):
        console.print(f"[bold red]{taken}[/]")
        return FAILURE
    naryad = await asyncio.to_thread(assemble, chosen)
    if Part.PUMP in parts:
        await asyncio.to_thread(naryad.warm_up)
    await naryad.start(parts)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    server = _Server(_config(naryad, chosen)) if is_web else None
    settle_memory()
    serving = asyncio.create_task(server.serve()) if server else None
    try:
        if server and serving:
            await _first(server.is_up.wait(), serving)
        await _greet(naryad, is_web=is_web)
        await _first(stopped.wait(), naryad.broken(), *([serving] if serving else []))
    finally:
        if server and serving:
            server.should_exit = True
            _close_streams(naryad)
            await asyncio.wait([serving], timeout=STOP_S)
        await naryad.stop()
    return 0 if stopped.is_set() else FAILURE


class _Server(uvicorn.Server):
    """Uvicorn, with signals left to us: the parts stop together."""

    def __init__(self, config: uvicorn.Config) -> None:
        """Take the configuration."""
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self.is_up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


def _config(naryad: Naryad, chosen: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        naryad.web,
        host=chosen.host,
        port=chosen.port,
        log_level="warning",
        access_log=False,  # paths carry ids; what happened is in the history
        timeout_graceful_shutdown=STOP_S,
        server_header=False,
        proxy_headers=chosen.trust_proxy,  # else anybody on loopback names his own address, past the limits
    )


async def _first(*things: Awaitable[object]) -> None:
    """Wait for the first of these."""
    tasks = [asyncio.ensure_future(thing) for thing in things]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)


async def _greet(naryad: Naryad, *, is_web: bool) -> None:
    """Say where everything is. The console's link works once; the owner's token is never shown."""
    if not is_web:
        console.print("Naryad works. Ctrl-C stops it.")
        return
    from bots.sidecar.app import console_link  # noqa: PLC0415

    url = naryad.settings.url
    console.print("\n[bold]Наряд[/] работает / is up\n")
    console.print(f"  Чат клиента / client's chat      {url}/chat")
    console.print(f"  Стать мастером / join as master  {url}/join")
    if link := await naryad.demo_terminal():
        console.print(f"  Терминал мастера / terminal      {link}", soft_wrap=True)
    else:
        console.print(f"  Терминал мастера / terminal      {url}/terminal")
    console.print(f"  Консоль, один вход / console     {console_link(naryad.web)}", soft_wrap=True)
    console.print(f"  API                              {url}/docs")
    console.print("\n  Ctrl-C: остановить / stop\n")


def _close_streams(naryad: Naryad) -> None:
    from bots.sidecar.app import close_streams  # noqa: PLC0415

    close_streams(naryad.web)


def _port_taken(chosen: Settings) -> str | None:
    with socket.socket(socket.AF_INET6 if ":" in chosen.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((chosen.host, chosen.port))
        except OSError as error:
            return f"PORT: {chosen.host}:{chosen.port} cannot be used: {error.strerror}"
    return None


def _log(chosen: Settings) -> None:
    logging.basicConfig(level=chosen.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # httpx and httpcore also tell addresses and headers, and so tokens.
    for noisy in ("apscheduler", "alembic", "aiosqlite", "httpx", "httpcore", "pymorphy3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


if __name__ == "__main__":
    app()

__all__ = ["ROOT", "app"]
