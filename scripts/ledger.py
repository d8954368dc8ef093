"""`naryad ledger`: the books, whether they are right, and money that a master brings."""

import asyncio
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.kernel.money import MINOR_MAX, Currency, Money
from scripts.plain import FAILURE, MISUSE, Told, one_sentence, show

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bots.settings import Settings
    from storage.engine import Engine
    from storage.mail import Outcome

TAKEN_WITHIN_S = 5.0  # by a running Naryad; then this process does it, if none answers
DONE_WITHIN_S = 20.0
LOOK_S = 0.1
UNREGISTERED_MAX = timedelta(hours=1)  # a payment may be without its receipt so long
AMOUNT = re.compile(r"(?P<whole>\d[\d \u00a0\u202f]*)(?:[.,](?P<part>\d{1,2}))?")
MINOR_PER_MAJOR = 100

app = typer.Typer(no_args_is_help=True, help="Look after the books.")


@dataclass(frozen=True)
class Findings:
    """What a check of the books looked at, and what is wrong."""

    transfers: int
    payments: int
    wrong: list[str]
    waiting: list[str] = field(default_factory=list)  # not wrong yet


@app.command()
def balances(
    currency: Annotated[Currency | None, typer.Option(help="Only this one.")] = None,
) -> None:
    """Print every account. Below zero its holder owes us; fail if they do not sum to zero."""
    from core.text.facts import money

    with one_sentence():
        found = asyncio.run(_balances(currency))
    if not found:
        typer.echo("Nothing has moved yet.")
        return
    rows = [
        (account, code, money(Money(minor, Currency(code))), str(minor))
        for (account, code), minor in sorted(found.items(), key=lambda each: (each[0][1], each[0][0]))
    ]
    show(rows, "Account", "Currency", "Balance", "Minor units")
    if wrong := _unbalanced(found):
        typer.secho("\n".join(wrong), err=True, fg=typer.colors.RED)
        raise typer.Exit(FAILURE)


@app.command()
def check() -> None:
    """Check that every currency sums to zero and every split is exact; fail with a list if not.

    While receipts are registered, fail also for a payment that has none after an hour.
    """
    with one_sentence():
        found = asyncio.run(_check())
    if found.waiting:
        typer.secho("\n".join(found.waiting), fg=typer.colors.YELLOW)
    if found.wrong:
        typer.secho("\n".join(found.wrong), fg=typer.colors.RED)
        raise typer.Exit(FAILURE)
    typer.echo(f"The books are right: {found.transfers} transfers, {found.payments} settled payments.")


@app.command()
def differences() -> None:
    """List what a provider's registry and our books do not say the same; fail if something is open."""
    with one_sentence():
        found = asyncio.run(_differences())
    if not found:
        typer.echo("No open difference.")
        return
    show(found, "Day", "Provider", "Kind", "What", "Ours", "Theirs")
    raise typer.Exit(FAILURE)


@app.command()
def receive(
    master_id: Annotated[str, typer.Argument(help="Whose debt it is.")],
    amount: Annotated[str, typer.Argument(help="What he brought, such as 795 or 795,50.")],
    *,
    minor: Annotated[bool, typer.Option("--minor", help="AMOUNT is in kopecks.")] = False,
) -> None:
    """Book money that a master brought against his debt from cash."""
    from core.text.facts import money

    with one_sentence():
        amount_minor = minor_units(amount, is_minor=minor)
        facts = asyncio.run(_receive(master_id, amount_minor))
    currency = Currency(facts["currency"])
    got, rest = (money(Money(facts[name], currency)) for name in ("amount_minor", "debt_minor"))
    typer.echo(f"Booked: {got} received, {rest} still owed.")


def minor_units(words: str, *, is_minor: bool = False) -> int:
    """Read an amount as a person writes it: `795`, `795,50`, `1 234.5`; with `is_minor` whole kopecks.

    Raises:
        Told: it is none.
    """
    found = AMOUNT.fullmatch(words.strip())
    if found is None or (is_minor and found["part"]):
        raise Told(
            f"{words} is no amount: write it like {'79550' if is_minor else '795 or 795,50'}.", status=MISUSE
        )
    whole = int(re.sub(r"\s", "", found["whole"]))
    amount_minor = whole if is_minor else whole * MINOR_PER_MAJOR + int((found["part"] or "").ljust(2, "0"))
    if not 0 < amount_minor <= MINOR_MAX:
        raise Told(f"Nobody brings {words}: check the number.", status=MISUSE)
    return amount_minor


def _unbalanced(found: dict[tuple[str, str], int]) -> list[str]:
    from core.text.facts import money

    sums = {code: 0 for _, code in sorted(found)}
    for (_, code), minor in found.items():
        sums[code] += minor
    return [
        f"{code}: the accounts do not sum to zero, {money(Money(minor, Currency(code)))} too much."
        for code, minor in sums.items()
        if minor
    ]


async def _balances(currency: Currency | None) -> dict[tuple[str, str], int]:
    from bots.settings import settings
    from scripts.reach import database, snapshot
    from storage.engine import readers
    from storage.queries import books

    async with database(settings()) as engine, readers(engine)() as session:
        await snapshot(session)
        return await books.balances(session, currency=currency)


async def _differences() -> list[tuple[str, ...]]:
    from bots.settings import settings
    from core.text.facts import money
    from scripts.reach import database
    from storage.engine import readers
    from storage.queries import registry

    def told(minor: int | None, currency: str) -> str:
        return "–" if minor is None else money(Money(minor, Currency(currency)))

    async with database(settings()) as engine, readers(engine)() as session:
        return [
            (
                row.day.isoformat(),
                row.provider,
                row.kind,
                f"{row.subject} {row.thing_id}",
                told(row.ours_minor, row.currency),
                told(row.theirs_minor, row.currency),
            )
            for row in await registry.differences(session, state="open")
        ]


async def _check() -> Findings:
    from sqlalchemy import func, select

    from bots.settings import settings
    from scripts.reach import database, snapshot
    from storage.engine import readers
    from storage.queries import books
    from storage.tables import PaymentRow, TransferRow

    chosen = settings()
    async with database(chosen) as engine, readers(engine)() as session:
        await snapshot(session)
        wrong = _unbalanced(await books.balances(session))
        wrong += [
            f"Payment {id}: its transfers do not make up its split."
            for id in await books.crooked_payments(session)
        ]
        wrong += [
            f"Account {account}: its roll-up is not the sum of its transfers."
            for account in await books.crooked_rollups(session)
        ]
        wrong += [
            f"Job {number}: completed with {count} settled payments instead of one."
            for number, count in await books.crooked_jobs(session)
        ]
        late, waiting = await _without_receipt(session, chosen)
        wrong += late
        settled = select(func.count()).where(PaymentRow.state == "succeeded")
        transfers = await session.scalar(select(func.count()).select_from(TransferRow))
        return Findings(transfers or 0, await session.scalar(settled) or 0, wrong, waiting)


async def _without_receipt(session: "AsyncSession", chosen: "Settings") -> tuple[list[str], list[str]]:
    """Return what the tax office should have heard of an hour ago, and what it may still hear of."""
    from bots.clock import SystemClock
    from storage.queries import receipts

    found: list[receipts.Missing] = []
    if chosen.fiscal_provider in ("simulator", "atol"):
        is_play = bool(chosen.atol_keys) and not chosen.provider_keys  # only cash is registered then
        found += await receipts.payments_without_receipt(session, methods=("cash",) if is_play else None)
    if chosen.fiscal_provider != "none" or chosen.npd_provider != "none":
        found += await receipts.receipts_not_registered(session)
    now = SystemClock().now()
    late: list[str] = []
    waiting: list[str] = []
    for each in found:
        told = f"Payment {each.payment_id}: no receipt ({each.kind}) since {each.since:%Y-%m-%d %H:%M} UTC"
        why = f", {each.reason}." if each.reason else "."
        (late if now - each.since > UNREGISTERED_MAX else waiting).append(told + why)
    return late, waiting


async def _receive(master_id: str, amount_minor: int) -> dict[str, Any]:
    """Put the letter where the running Naryad finds it; if none runs, handle it here."""
    from bots.settings import settings
    from scripts.reach import database, server
    from storage.engine import readers
    from storage.tables import MasterRow

    chosen = settings()
    async with database(chosen) as engine:
        async with readers(engine)() as session:
            if await session.get(MasterRow, master_id) is None:
                raise Told(f"There is no master {master_id}.")
        letter_id = await _put(engine, master_id, amount_minor)
        outcome = await _outcome(engine, letter_id, within_s=TAKEN_WITHIN_S)
        if outcome is None and await server(chosen) is not None:
            outcome = await _outcome(engine, letter_id, within_s=DONE_WITHIN_S)
        elif outcome is None:
            outcome = await _handle_here(chosen, engine, letter_id)
    if outcome is None:
        raise Told(
            f"It is written down (letter {letter_id}) and will be booked soon: do not receive it twice."
        )
    if outcome.status == "refusal":
        raise Told(str(outcome.facts["text"]))
    if outcome.status != "ok":
        raise Told(
            f"Nothing was booked: letter {letter_id} could not be handled, `naryad mail dead` says why."
        )
    return outcome.facts


async def _put(engine: "Engine", master_id: str, amount_minor: int) -> str:
    from bots.chance import SystemChance
    from bots.clock import SystemClock
    from bots.intake import Intake
    from core.flows.debts import KIND

    clock, chance = SystemClock(), SystemChance()
    await clock.agree(engine)
    receipt = await Intake(engine, clock=clock, chance=chance).put(
        lane=f"master:{master_id}",
        key=f"{KIND}:{chance.id(clock.now())}",
        kind=KIND,
        payload={
            "master_id": master_id,
            "amount_minor": amount_minor,
            "actor": {"kind": "owner"},
            "lang": "en",
        },
    )
    return receipt.id


async def _outcome(engine: "Engine", letter_id: str, *, within_s: float) -> "Outcome | None":
    from storage import mail
    from storage.engine import readers

    try:
        async with asyncio.timeout(within_s):
            while True:
                async with readers(engine)() as session:
                    if ended := await mail.outcomes(session, [letter_id]):
                        return ended[0]
                await asyncio.sleep(LOOK_S)
    except TimeoutError:
        return None


async def _handle_here(chosen: "Settings", engine: "Engine", letter_id: str) -> "Outcome | None":
    from bots.app import Part, assemble

    naryad = await asyncio.to_thread(assemble, chosen)
    try:
        await naryad.start((Part.PUMP,))
        return await _outcome(engine, letter_id, within_s=DONE_WITHIN_S)
    finally:
        await naryad.stop()
