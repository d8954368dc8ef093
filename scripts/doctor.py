"""`naryad doctor`: what works, what is missing, and how to mend it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from shutil import disk_usage
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer
from rich.markup import escape

from scripts.door_check import doors
from scripts.findings import Line, Mark
from scripts.plain import FAILURE, UPGRADE, console, one_sentence, show

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bots.settings import Settings
    from scripts.reach import Server
    from storage.engine import Engine

POSTGRESQL_OLDEST = 13
ANSWERS_WITHIN_S = 10.0
SKEW_MAX = timedelta(seconds=2)
LATE_MAX = timedelta(minutes=1)  # of a letter that is due
SPACE_WANTED, SPACE_NEEDED = 1 << 30, 100 << 20  # bytes
SHOWN_MAX = 5  # of a list
OTHERS_MAY = 0o077
GIB = 1 << 30

app = typer.Typer()


COLOURS = {Mark.OK: "green", Mark.WARN: "yellow", Mark.FAIL: "bold red"}


@app.command()
def doctor(
    *,
    cost: Annotated[bool, typer.Option("--cost", help="What each channel costs, too.")] = False,
) -> None:
    """Say what works, what is missing and how to mend it; fail if something must be mended."""
    from bots.settings import settings

    with one_sentence():
        chosen = settings()
        has_failed = asyncio.run(_examine(chosen))
    if cost:
        _show_costs()
    if has_failed:
        raise typer.Exit(FAILURE)


async def _examine(chosen: "Settings") -> bool:
    """Print every finding as it is made; returns whether one must be mended."""
    from scripts.reach import server

    has_failed = False
    running = await server(chosen)
    for line in (*_house(chosen), _server(running)):
        has_failed |= _say(line)
    async for line in doors(chosen, running.facts.get("channels", {}) if running else None):
        has_failed |= _say(line)
    for line in _others(chosen):
        has_failed |= _say(line)
    async for line in _books(chosen, running):
        has_failed |= _say(line)
    return has_failed


def _say(line: Line) -> bool:
    if console.is_terminal:
        mend = f"\n{'':15}→ {escape(line.mend)}" if line.mend else ""
        told = f"[{COLOURS[line.mark]}]{line.mark:<5}[/]{line.name:<10}{escape(line.told)}{mend}"
        console.print(told, soft_wrap=True)
    else:
        typer.echo(f"{line.mark}\t{line.name}\t{line.told} {line.mend}".rstrip())
    return line.mark is Mark.FAIL


# The house: what needs no database


def _house(chosen: "Settings") -> Iterator[Line]:
    markets = ", ".join(chosen.markets)
    yield Line(Mark.OK, "settings", f"Markets: {markets}. Times without a city are of {chosen.tz_default}.")
    yield _address(chosen)
    yield from _secrets(chosen)
    yield _disk(chosen.data_dir)


def _address(chosen: "Settings") -> Line:
    parts = urlsplit(chosen.url)
    is_here = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if parts.hostname in {"0.0.0.0", "::"}:  # noqa: S104 - we look for it
        mend = "Set PUBLIC_URL to the address that people type."
        return Line(Mark.WARN, "address", f"Links would lead to {chosen.url}, which is no address.", mend)
    if parts.scheme != "https" and not is_here:
        mend = "Put a server with a certificate in front and set PUBLIC_URL=https://…"
        return Line(Mark.WARN, "address", f"{chosen.url}: what people write goes unencrypted.", mend)
    where = "this machine only" if is_here else "everybody"
    return Line(Mark.OK, "address", f"{chosen.url}, for {where}.")


def _secrets(chosen: "Settings") -> Iterator[Line]:
    """Look at the files of secrets without reading or making them."""
    for file, setting, what in (
        (chosen.data_dir / "api_token", chosen.api_token, "The owner's token"),
        (chosen.data_dir / "secret", chosen.secret_key, "What signs the other tokens"),
    ):
        if setting is not None:
            yield Line(Mark.OK, "secrets", f"{what} comes from the settings.")
        elif not file.exists():
            yield Line(Mark.OK, "secrets", f"{what} is made at the first start, in {file}.")
        elif file.stat().st_mode & OTHERS_MAY:
            yield Line(Mark.FAIL, "secrets", f"{file} can be read by others.", f"chmod 600 {file}")
        else:
            yield Line(Mark.OK, "secrets", f"{what} is in {file}, for its owner only.")


def _disk(folder: Path) -> Line:
    there = next((each for each in (folder, *folder.absolute().parents) if each.exists()), Path("/"))
    free = disk_usage(there).free
    told = f"{free / GIB:.1f} GiB free for {folder}."
    if free < SPACE_NEEDED:
        return Line(Mark.FAIL, "disk", told, "Make room: a full disk stops everything.")
    if free < SPACE_WANTED:
        return Line(Mark.WARN, "disk", told, "Make room soon: a full disk stops everything.")
    return Line(Mark.OK, "disk", told)


# The server, providers


def _server(running: "Server | None") -> Line:
    if running is None:
        return Line(Mark.WARN, "server", "None is running.", "`make run` starts it.")
    if running.is_healthy:
        return Line(Mark.OK, "server", f"Serves on {running.url}.")
    return Line(
        Mark.FAIL, "server", f"{running.url} cannot serve now.", "See the database below and its log."
    )


def _others(chosen: "Settings") -> Iterator[Line]:
    yield from _money(chosen)
    yield from _receipts(chosen)
    yield Line(Mark.OK, "reading", "By the reader of this program; no model of another provider is asked.")
    yield _demo(chosen)


def _money(chosen: "Settings") -> Iterator[Line]:
    name = chosen.payment_provider
    if chosen.provider_keys:
        yield Line(Mark.OK, "payments", f"Cash, cards and SBP by {name}.")
    elif name == "simulator":
        mend = "PAYMENT_PROVIDER and its keys before real clients come."
        yield Line(Mark.OK, "payments", "Cash; cards and SBP by the built-in provider.", mend)
    else:
        mend = f"Set all keys that begin with {name.upper()}_."
        yield Line(Mark.WARN, "payments", f"{name} lacks keys: the built-in provider stands in.", mend)
    payer = chosen.paying_out_by
    told = "by hand, from a file" if payer == "file" else f"by {payer}"
    if chosen.payout_provider not in ("", payer):
        mend = "Set YOOKASSA_PAYOUT_ID and YOOKASSA_PAYOUT_KEY."
        yield Line(Mark.WARN, "payouts", f"{chosen.payout_provider} lacks keys: paid {told}.", mend)
    else:
        yield Line(Mark.OK, "payouts", f"Paid on Fridays {told}.")


def _receipts(chosen: "Settings") -> Iterator[Line]:
    match chosen.fiscal_provider:
        case "none":
            mend = "FISCAL_PROVIDER=atol, unless you are excused (54-FZ)."
            yield Line(Mark.WARN, "receipts", "Sales are not registered.", mend)
        case "gateway":
            mend = "Cash then has none: FISCAL_PROVIDER=atol registers that as well."
            yield Line(Mark.WARN, "receipts", f"Printed by {chosen.payment_provider}.", mend)
        case "simulator":
            mend = "FISCAL_PROVIDER and its keys before real clients come."
            yield Line(Mark.OK, "receipts", "Sales by the built-in cash register.", mend)
        case name if chosen.atol_keys:
            yield Line(Mark.OK, "receipts", f"Sales by {name}{_of_play(chosen)}.")
        case name:
            mend = f"Set all keys that begin with {name.upper()}_."
            yield Line(Mark.WARN, "receipts", f"{name} lacks keys: the built-in register stands in.", mend)
    yield _incomes(chosen)


def _incomes(chosen: "Settings") -> Line:
    match chosen.npd_provider:
        case "none":
            return Line(Mark.OK, "receipts", "Masters register their incomes themselves.")
        case "simulator":
            mend = "NPD_PROVIDER and its keys before real masters come."
            return Line(Mark.OK, "receipts", "Masters' incomes by the built-in tax office.", mend)
        case name if count := len(chosen.moynalog_keys):
            return Line(Mark.OK, "receipts", f"Incomes of {count} masters by {name}{_of_play(chosen)}.")
        case name:
            mend = "Set MOYNALOG_TOKENS."
            return Line(Mark.WARN, "receipts", f"{name} lacks keys: the built-in tax office stands in.", mend)


def _of_play(chosen: "Settings") -> str:
    """Play money has no real receipt."""
    return "" if chosen.provider_keys else ", of cash alone: the built-in provider's money is not real"


def _demo(chosen: "Settings") -> Line:
    if chosen.is_demo:
        mend = "NARYAD_DEMO=0 before real clients come."
        return Line(Mark.OK, "demo", f"On: masters of {chosen.naryad_city} are played.", mend)
    why = "a real channel has its token" if chosen.naryad_demo else "NARYAD_DEMO says so"
    return Line(Mark.OK, "demo", f"Off: {why}.")


# The database and what is in it


async def _books(chosen: "Settings", running: "Server | None") -> AsyncIterator[Line]:
    from scripts.reach import missing_file
    from storage.engine import open_engine, readers

    if file := missing_file(chosen):
        yield Line(Mark.WARN, "database", f"None at {file} yet.", "The first start makes it.")
        return
    engine = open_engine(chosen.database)
    try:
        if told := await _not_reachable(engine):
            yield told
            return
        async with readers(engine)() as session:
            yield await _version(session)
            revised = await _revised(session)
            yield revised
        yield await _clock(engine)
        if revised.mark is Mark.FAIL:
            return  # the tables are not what the questions below are about
        async with readers(engine)() as session:
            yield await _guarded(session)
            yield await _moving(session)
            yield await _mail(session, running)
    finally:
        await engine.dispose()


async def _not_reachable(engine: "Engine") -> Line | None:
    from sqlalchemy.exc import SQLAlchemyError

    from scripts.plain import told_of
    from storage.engine import readers

    try:
        async with asyncio.timeout(ANSWERS_WITHIN_S), readers(engine)() as session:
            _ = await session.connection()
    except TimeoutError:
        told = f"It does not answer within {ANSWERS_WITHIN_S:.0f} s."
    except SQLAlchemyError as error:
        told = str(told_of(error) or type(error).__name__).rstrip(".") + "."
    else:
        return None
    return Line(Mark.FAIL, "database", told, "Check DATABASE_URL and that the database runs.")


async def _version(session: "AsyncSession") -> Line:
    from sqlalchemy import text

    if session.get_bind().dialect.name == "sqlite":
        version = await session.scalar(text("SELECT sqlite_version()"))
        return Line(Mark.OK, "database", f"SQLite {version}: one process on one machine.")
    version = str(await session.scalar(text("SHOW server_version"))).split()[0]
    if int(version.split(".")[0]) < POSTGRESQL_OLDEST:
        mend = f"Use PostgreSQL {POSTGRESQL_OLDEST} or newer."
        return Line(Mark.FAIL, "database", f"PostgreSQL {version} is too old.", mend)
    return Line(Mark.OK, "database", f"PostgreSQL {version}.")


async def _revised(session: "AsyncSession") -> Line:
    from scripts.reach import revision
    from storage import migrations

    has, wanted = await revision(session), migrations.newest()
    if has == wanted:
        return Line(Mark.OK, "tables", f"Of this version ({has}).")
    told = f"At revision {has}, this code at {wanted}." if has else "There are none of ours yet."
    return Line(Mark.FAIL, "tables", told, f"{UPGRADE} makes them so, and so does the next start.")


async def _clock(engine: "Engine") -> Line:
    from bots.clock import SystemClock

    if engine.dialect.name == "sqlite":
        return Line(Mark.OK, "clock", "This machine's, and the database has no other.")
    offset = await SystemClock().agree(engine)
    told = f"{abs(offset.total_seconds()):.3f} s from the database's, which counts."
    if abs(offset) > SKEW_MAX:
        return Line(Mark.WARN, "clock", told, "Let both machines keep time (NTP).")
    return Line(Mark.OK, "clock", told)


async def _guarded(session: "AsyncSession") -> Line:
    from storage.guards import GUARDS, differences

    wrong = await (await session.connection()).run_sync(differences)
    if not wrong:
        return Line(Mark.OK, "guards", f"All {len(GUARDS)} stand as declared.")
    mend = f"{UPGRADE} puts guards right; a rule of a table itself comes back with a restored backup."
    return Line(Mark.FAIL, "guards", f"{_listed(wrong)}.", mend)


async def _moving(session: "AsyncSession") -> Line:
    from storage.queries.liveness import stuck

    found = await stuck(session)
    if not found:
        return Line(Mark.OK, "liveness", "Everything that is unfinished has a next moment.")
    told = _listed([f"{each.object} {each.id} ({each.state})" for each in found])
    mend = "`naryad mail dead` shows what failed and replays it; else cancel the job in the console."
    return Line(Mark.FAIL, "liveness", f"Nothing will move these on: {told}.", mend)


async def _mail(session: "AsyncSession", running: "Server | None") -> Line:
    from bots.clock import SystemClock
    from storage.queries.views import mail_counts

    now = SystemClock().now()
    counts = await mail_counts(session, now=now)
    if counts.letters_dead or counts.effects_dead or counts.effects_unknown:
        told = (
            f"Given up: {counts.letters_dead} letters and {counts.effects_dead} effects; "
            f"unknown: {counts.effects_unknown} effects."
        )
        mend = "`naryad mail dead` lists them, `naryad mail replay ID` tries again."
        return Line(Mark.WARN, "mail", told, mend)
    late = now - counts.oldest_due if counts.oldest_due else timedelta()
    if late > LATE_MAX:
        told = f"{counts.letters_waiting} letters wait, the oldest for {late.total_seconds() / 60:.0f} min."
        mark = Mark.FAIL if running else Mark.WARN
        return Line(
            mark, "mail", told, "Restart it and read its log." if running else "A start handles them."
        )
    told = f"Nothing was given up; {counts.letters_waiting} letters wait, {counts.timers} timers are set."
    return Line(Mark.OK, "mail", told)


def _listed(words: list[str]) -> str:
    more = f" and {len(words) - SHOWN_MAX} more" if len(words) > SHOWN_MAX else ""
    return "; ".join(words[:SHOWN_MAX]) + more


# Costs


def _show_costs() -> None:
    """Say what each channel costs."""
    from scripts.door_cost import HEADINGS, costs

    typer.echo("")
    show([each.row for each in costs()], *HEADINGS)
