"""`naryad chat`: talk in the terminal, with the same words as everywhere."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from core.meaning import Lang
from core.messages import Role
from scripts.plain import MISUSE, Told, one_sentence

if TYPE_CHECKING:
    import httpx

    from bots.settings import Settings
    from scripts.chat.line import Line
    from scripts.chat.memory import Wish
    from scripts.chat.screen import Screen

POLL_S = 0.5  # for news

app = typer.Typer()


@app.command()
def chat(
    *,
    role: Annotated[Role, typer.Option("--as", help="Whose words they are.")] = Role.CLIENT,
    market: Annotated[str | None, typer.Option(help="By default the first of NARYAD_MARKETS.")] = None,
    lang: Annotated[Lang | None, typer.Option(help="By default that of the first words.")] = None,
    is_new: Annotated[bool, typer.Option("--new", help="Begin another talk.")] = False,
    wait: Annotated[
        float, typer.Option(min=0, help="Seconds to listen for news after the input has ended.")
    ] = 0,
) -> None:
    """Talk with Naryad: with a running server if there is one, else with the program in this process."""
    from bots.settings import settings
    from scripts.chat.memory import Wish

    with one_sentence():
        wish = Wish(role, market, lang)
        try:
            asyncio.run(_chat(settings(), wish, is_new=is_new, wait_s=wait))
        except KeyboardInterrupt:
            typer.echo("", err=True)


async def _chat(chosen: "Settings", wish: "Wish", *, is_new: bool, wait_s: float) -> None:
    from scripts.chat.line import Line
    from scripts.chat.memory import Memory
    from scripts.chat.screen import Screen

    if wish.market not in {None, *chosen.markets}:
        raise Told(f"No market {wish.market} is open here, but {', '.join(chosen.markets)}.", status=MISUSE)
    memory = Memory(chosen.data_dir / f"chat-{wish.role}.json")
    screen = Screen()
    async with _connected(chosen, screen) as client:
        line = Line(client, memory, tell=screen.note)
        if is_new or not await line.resume(wish):
            await line.begin(wish)
        screen.note("A number presses a button; Ctrl-D leaves, --new begins another talk.")
        await _talk(line, screen, wait_s=wait_s)


@asynccontextmanager
async def _connected(chosen: "Settings", screen: "Screen") -> AsyncIterator["httpx.AsyncClient"]:
    """Reach the server that runs, or put the program together in this process and reach it there."""
    import httpx

    from scripts.chat.line import PATIENCE_S
    from scripts.reach import server

    running = await server(chosen)
    if running is not None and not running.is_healthy:
        raise Told(f"{running.url} cannot serve now: `naryad doctor` says why.")
    if running is not None:
        screen.note(f"Talking to {running.url}.")
        is_far = running.url == chosen.public_url
        async with httpx.AsyncClient(base_url=running.url, timeout=PATIENCE_S, trust_env=is_far) as client:
            yield client
        return

    from bots.app import assemble

    screen.note("No server is running: Naryad starts in this process …")
    logging.basicConfig(level=logging.ERROR)  # warnings are for a log, and this is a talk
    async with await asyncio.to_thread(assemble, chosen) as naryad:
        inside = httpx.ASGITransport(naryad.web, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=inside, base_url=chosen.url, timeout=PATIENCE_S) as client:
            yield client


async def _talk(line: "Line", screen: "Screen", *, wait_s: float) -> None:
    """Send what is typed and show what is said, until the input has ended and the wait is over."""
    from scripts.chat.screen import Typed

    screen.show(await line.hear())
    with Typed() as typed:
        while not typed.has_ended:
            words = await typed.next(POLL_S)
            if words is not None:
                choice = screen.typed(words)
                if told := await line.say(words, choice=choice):
                    screen.note(told)
            screen.show(await line.hear(), is_asked=words is not None)
    end = asyncio.get_running_loop().time() + wait_s
    while (left := end - asyncio.get_running_loop().time()) > 0:
        await asyncio.sleep(min(POLL_S, left))
        screen.show(await line.hear())
