"""`naryad simulators`: play every messenger, SMS and bank, with a page to be the other side."""

import logging
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.plain import MISUSE, one_sentence

if TYPE_CHECKING:
    from bots.simulators.town.front import Town

HOST = "127.0.0.1"
PORT, SMPP_PORT, SMTP_PORT = 8027, 2775, 2587

app = typer.Typer()

_Port = Annotated[int, typer.Option(min=1, max=65_535, help="Where all of it answers.")]
_Smpp = Annotated[int, typer.Option(min=0, max=65_535, help="Where SMPP is spoken; 0: any that is free.")]
_Smtp = Annotated[int, typer.Option(min=0, max=65_535, help="Where SMTP is spoken; 0: any that is free.")]
_Naryad = Annotated[str, typer.Option(help="Where Naryad answers; as the settings say without.")]
_Pace = Annotated[float, typer.Option(min=0, help="Multiplies the waits before anything is sent again.")]
_Only = Annotated[str, typer.Option(help="Which services, by comma; all without.")]


@app.command()
def simulators(
    *,
    port: _Port = PORT,
    smpp_port: _Smpp = SMPP_PORT,
    smtp_port: _Smtp = SMTP_PORT,
    naryad: _Naryad = "",
    pace: _Pace = 1.0,
    only: _Only = "",
) -> None:
    """Play every messenger, SMS and bank, with a page to be the other side; Ctrl-C stops it."""
    from bots.chance import SystemChance
    from bots.clock import SystemClock
    from bots.settings import settings
    from bots.simulators.town import build
    from bots.simulators.town.services import PLAYED

    chosen = [name.strip() for name in only.split(",") if name.strip()] or list(PLAYED)
    if unknown := [name for name in chosen if name not in PLAYED]:
        typer.echo(f"{unknown[0]} is none of {', '.join(PLAYED)}.", err=True)
        raise typer.Exit(MISUSE)
    with one_sentence(), tempfile.TemporaryDirectory(prefix="naryad-simulators-") as folder:
        url = f"http://{HOST}:{port}"
        town = build(
            clock=SystemClock(),
            chance=SystemChance(),
            url=url,
            naryad=naryad or settings().url,
            folder=Path(folder),
            pace=pace,
            ports={"smsc": smpp_port, "mail": smtp_port},
            only=chosen,
        )
        _serve(town, url, port)


def _serve(town: "Town", url: str, port: int) -> None:
    """Serve until Ctrl-C, and say where once it listens."""
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                typer.echo("\n".join(told(town, url)))

    logging.getLogger("uvicorn.error").addFilter(_is_no_cut)
    config = uvicorn.Config(town, host=HOST, port=port, log_level="warning", access_log=False)
    config.timeout_graceful_shutdown = 1  # long polls wait for nobody
    Server(config).run()


def _is_no_cut(record: logging.LogRecord) -> bool:
    """Tell whether a server's complaint is another than that an answer was cut, which somebody asked for."""
    from bots.simulators.wire import Cut

    return record.exc_info is None or not isinstance(record.exc_info[1], Cut)


def told(town: "Town", url: str) -> Iterator[str]:
    """Yield what to put into .env, and where the page is."""
    yield f"# The other side: {url}/ (Ctrl-C stops it). Paste this into .env:"
    yield ""
    for service, settings in town.settings:
        if service.is_chosen:
            yield f"# {service.name}"
            yield from (f"{name}={value}" for name, value in settings.items())
    for name, library in town.missing.items():
        yield f"# {name}: not played, {library} is not installed"
    yield ""
    yield "# And one of these, in place of the built-in one:"
    for service, settings in town.settings:
        if not service.is_chosen:
            yield f"# {service.name}"
            yield from (f"# {name}={value}" for name, value in settings.items())
    yield ""
