"""`naryad mail`: letters and effects that were given up, and trying them again."""

import asyncio
from typing import Annotated

import typer

from scripts.plain import Told, one_sentence, show

app = typer.Typer(no_args_is_help=True, help="Look after the mail.")


@app.command()
def dead(
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
) -> None:
    """List dead letters, and effects that are dead or of which nobody knows."""
    with one_sentence():
        rows = asyncio.run(_dead(limit))
    if not rows:
        typer.echo("Nothing was given up.")
        return
    show(rows, "What", "ID", "Kind", "Lane", "Status", "Tries", "When", "Error")
    if len(rows) == limit:
        typer.echo(f"These are the first {limit}; --limit shows more.", err=True)


@app.command()
def replay(
    id: Annotated[str, typer.Argument(help="A letter's or an effect's, from `naryad mail dead`.")],
) -> None:
    """Put a letter or an effect back to wait, as if it had just come."""
    with one_sentence():
        sentence = asyncio.run(_replay(id))
    typer.echo(sentence)


async def _dead(limit: int) -> list[tuple[str, ...]]:
    from bots.settings import settings
    from scripts.reach import database
    from storage.engine import readers
    from storage.queries.undelivered import undelivered

    chosen = settings()
    async with database(chosen) as engine, readers(engine)() as session:
        found = await undelivered(session, limit=limit)
    return [
        (
            each.what,
            each.id,
            each.kind,
            each.lane,
            each.status,
            str(each.attempts),
            each.at.astimezone(chosen.zone).isoformat(" ", "seconds"),
            " ".join((each.error or "").split()),
        )
        for each in found
    ]


async def _replay(id: str) -> str:
    from bots.clock import SystemClock
    from bots.settings import settings
    from scripts.reach import database
    from storage import mail, outbox
    from storage.engine import readers, sessions
    from storage.queries.undelivered import status_of

    async with database(settings()) as engine:
        clock = SystemClock()
        await clock.agree(engine)
        async with readers(engine)() as session:
            found = await status_of(session, id=id)
        if found is None:
            raise Told(f"No letter and no effect has the ID {id}.")
        what, status = found
        box = mail if what == "letter" else outbox
        async with sessions(engine).begin() as session:
            is_replayed = await box.replay(session, [id], now=clock.now())
            await mail.notify(session)
    if not is_replayed:
        raise Told(f"The {what} {id} was not given up: it is {status}.")
    again = " It may have arrived before: nobody knows." if status == "unknown" else ""
    return f"The {what} {id} waits again; a running Naryad takes it at once.{again}"
