"""`naryad understand`: read what people wrote, line by line.

JSON lines in and out, in the same order; a bad line gets an `error` and does not stop the rest. Nothing is
kept in memory, so a pipe may go on for ever.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

MISUSE = 2
STDIN = "-"

app = typer.Typer()


class As(StrEnum):
    """What the texts are read as."""

    MESSAGE = "message"
    AVAILABILITY = "availability"
    IDENTITY = "identity"
    TIME = "time"


_As = Annotated[As, typer.Option("--as", help="What the texts are read as.")]
_Now = Annotated[str | None, typer.Option(help="The local time where a line has no `ref`, ISO.")]
_Hash = Annotated[bool, typer.Option("--hash", help="End with a line `hash` and the SHA-256 of all answers.")]
_File = Annotated[str, typer.Argument(help="JSON lines with `id` and `text`; `-` reads standard input.")]


@app.command()
def understand(kind: _As, file: _File = STDIN, now: _Now = None, *, with_hash: _Hash = False) -> None:
    """Read what people wrote: JSON lines with `id` and `text` in, what they mean out."""
    from core.language.batch import Batch, Kind

    batch = Batch(Kind(kind), now=_clock(now))
    digest = hashlib.sha256()
    out = sys.stdout.buffer
    for line in _lines(file):
        answer = _written(batch.read(_parsed(line)))
        digest.update(answer)
        out.write(answer)
        out.flush()
    if with_hash:
        out.write(f"hash {digest.hexdigest()}\n".encode())


def _clock(now: str | None) -> datetime:
    """Return the wall clock to read by."""
    if now is None:
        from bots.clock import SystemClock
        from bots.settings import settings

        return SystemClock().now().astimezone(settings().zone).replace(tzinfo=None)
    try:
        return datetime.fromisoformat(now).replace(tzinfo=None)
    except ValueError:
        typer.echo(f"--now must be a local time such as 2026-11-25T14:00, not {now}.", err=True)
        raise typer.Exit(MISUSE) from None


def _lines(file: str) -> Iterator[str]:
    """Give the lines one by one, as they come; blank ones are passed over."""
    if file != STDIN and not Path(file).is_file():
        typer.echo(f"There is no file {file}.", err=True)
        raise typer.Exit(MISUSE)
    with sys.stdin.buffer if file == STDIN else Path(file).open("rb") as opened:
        for raw in opened:
            line = raw.decode("utf-8-sig", errors="replace").strip()
            if line:
                yield line


def _parsed(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _written(answer: dict[str, Any]) -> bytes:
    """Return a line of JSON; half a surrogate pair, which no UTF-8 can hold, is written as its escape."""
    try:
        return json.dumps(answer, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(answer).encode() + b"\n"
