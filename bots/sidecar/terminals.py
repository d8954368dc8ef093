"""Terminals by HTTP: give one, activate a device, close what was lost, and what a terminal shows."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from bots.sidecar import present
from bots.sidecar.access import TERMINAL_COOKIE, Anyone, Asker, Known, an_id, master_for, set_cookie
from bots.sidecar.deps import Naryad, Program
from bots.sidecar.errors import Problem
from bots.sidecar.letters import Posting, address_of, pending
from bots.sidecar.limits import Limit
from bots.sidecar.masters import DAYS_SHOWN, actor_of, days_of
from bots.sidecar.shapes import ActivateIn, TerminalIn, TerminalOut, TerminalsOut, errors
from bots.sidecar.tokens import activation_code, activation_seal, is_same, seal_of, terminal_token
from core.flows import terminals as given, views as shown
from core.flows.file_letters import pdf_path
from core.flows.terminals import ORDERED, Activation
from core.kernel.ledger import Account
from core.kernel.money import Currency
from storage.queries import books, files as filed, terminals, views
from storage.tables import MasterRow, TerminalRow

router = APIRouter(prefix="/api/v1", tags=["terminal"])

TRIES_PER_HOUR = 20  # codes that may be typed from one address
_JOBS_SHOWN = 50


def activation_limit() -> Limit:
    """Return how often codes may be tried from an address."""
    return Limit(TRIES_PER_HOUR, timedelta(hours=1))


@router.post(
    "/masters/{id}/terminal/provision",
    response_model=TerminalOut,
    responses=errors(202, 401, 403, 404, 409, 422, 503),
    summary="Give a master a terminal",
    tags=["masters"],
)
async def provision(id: str, body: TerminalIn, program: Program, asker: Known, post: Posting) -> Response:
    """For the master himself and the owner.

    `smartphone`: the link opens the terminal; whoever has it is the master. `physical`: `pickup` says
    where the device waits, and its `code` activates it there.
    """
    async with program.readers() as session:
        master = await master_for(id, asker, session)
    terminal_id = program.chance.id(program.clock.now())
    seal = activation_seal(terminal_id, secret=program.secret) if body.type == "physical" else None
    answer = await post.ask(
        "terminal-provision",
        lane=f"master:{master.id}",
        payload={
            "master_id": master.id,
            "terminal_id": terminal_id,
            "type": body.type,
            "number": seal.number if seal else None,
            "digest": seal.digest if seal else None,
            "actor": actor_of(asker, master),
        },
        body=body.model_dump(),
    )
    if answer is None:
        return pending()
    told = answer.facts
    terminal_id = str(told["terminal_id"])  # a repeat is told of the first one
    if pickup := told.get("pickup"):
        code = activation_code(terminal_id, secret=program.secret)
        return JSONResponse({**told, "pickup": {**pickup, "code": code}})
    token = terminal_token(terminal_id, secret=program.secret)
    return JSONResponse({**told, "token": token, "link": terminal_link(program, token)})


@router.get(
    "/masters/{id}/terminals",
    response_model=TerminalsOut,
    responses=errors(401, 403, 404),
    summary="A master's terminals",
    tags=["masters"],
)
async def terminals_of(id: str, program: Program, asker: Known) -> Response:
    """For the master himself and the owner: what is open, and the device that waits for him."""
    async with program.readers() as session:
        master = await master_for(id, asker, session)
        return JSONResponse({"items": await _terminals(master, program, session, asker=asker)})


@router.post(
    "/masters/{id}/terminal/{terminal_id}/close",
    response_model=TerminalOut,
    responses=errors(202, 401, 403, 404, 409, 503),
    summary="Close a terminal",
    tags=["masters"],
)
async def close(id: str, terminal_id: str, program: Program, asker: Known, post: Posting) -> Response:
    """For the master himself and the owner: a terminal that was lost lets nobody in from now on."""
    async with program.readers() as session:
        master = await master_for(id, asker, session)
        terminal = await session.get(TerminalRow, an_id(terminal_id))
    if terminal is None or terminal.master_id != master.id:
        raise Problem(404)
    answer = await post.ask(
        "terminal-close",
        lane=f"master:{master.id}",
        payload={
            "master_id": master.id,
            "terminal_id": terminal.id,
            "actor": actor_of(asker, master),
        },
        body=None,
    )
    return JSONResponse(answer.facts) if answer else pending()


@router.post(
    "/terminal/activate",
    response_model=TerminalOut,
    responses=errors(202, 409, 422, 429, 503),
    summary="Activate a device",
)
async def activate(
    body: ActivateIn, request: Request, program: Program, asker: Anyone, post: Posting
) -> Response:
    """Open to everybody: the code from the locker links the device to its master and answers its token.

    A code works once and for seven days; five wrong tries make the order void. 409 `CodeWrong`,
    `CodeUsed`, `CodeExpired`, `CodeLocked`.
    """
    limit: Limit = request.app.state.activations
    if not asker.is_owner:
        wait_s = limit.wait_s(address_of(request, program), now=program.clock.now())
        if wait_s:
            raise Problem(429, details={"wait_s": wait_s}, headers={"Retry-After": str(wait_s)})
    seal = seal_of(body.code, secret=program.secret)
    async with program.readers() as session:
        terminal = _meant(await terminals.by_number(session, number=seal.number), seal.digest)
    if terminal is None:
        raise _wrong(Activation.WRONG)
    answer = await post.ask(
        "terminal-activate",
        lane=f"master:{terminal.master_id}",
        payload={"master_id": terminal.master_id, "terminal_id": terminal.id, "digest": seal.digest},
        body={"seal": seal.digest},
        is_open=True,
    )
    if answer is None:
        return pending()
    outcome = Activation(answer.facts.pop("outcome"))
    if outcome is not Activation.DONE:
        raise _wrong(outcome)
    token = terminal_token(str(answer.facts["terminal_id"]), secret=program.secret)
    return JSONResponse({**answer.facts, "token": token, "link": terminal_link(program, token)})


def _meant(candidates: list[TerminalRow], digest: str) -> TerminalRow | None:
    """Return the device that a code is of, else the order that a wrong try counts against.

    All are compared, in constant time each, so that the time taken tells nothing.
    """
    right = [each for each in candidates if is_same(digest, str((each.pickup or {}).get("digest", "")))]
    waiting = [each for each in candidates if each.status == ORDERED]
    return next(iter([*right, *waiting]), None)


def _wrong(outcome: Activation) -> Problem:
    name = outcome.value
    return Problem(409, code=f"Code{name.capitalize()}", text=f"web-code-{name}")


@router.get("/terminal/me", responses=errors(401, 403), summary="Whose terminal this is")
async def me(
    program: Program,
    asker: Known,
    authorization: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """For a terminal: its master, his hours, and a cookie so that pages of his jobs open."""
    async with program.readers() as session:
        master = await of_terminal(asker, session)
        view = {
            "master": await present.one_master(master, program, session),
            "terminal_id": asker.terminal_id,
            "days": await days_of(master, program, session, days=DAYS_SHOWN),
            "terminals": await _terminals(master, program, session, asker=asker),
        }
    now = program.clock.now().astimezone(program.settings.zone)
    response = JSONResponse({**view, "offset": now.isoformat()[-6:]})
    if asker.terminal_id is not None and authorization is not None:
        token = terminal_token(asker.terminal_id, secret=program.secret)
        set_cookie(response, program, TERMINAL_COOKIE, token)
    return response


@router.get("/terminal/jobs", responses=errors(401, 403), summary="What a terminal shows")
async def terminal_jobs(request: Request, program: Program, asker: Known) -> Response:
    """For a terminal: offers, jobs, what was closed today, and today's money."""
    zone = program.settings.zone
    midnight = program.clock.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    async with program.readers() as session:
        master = await of_terminal(asker, session)
        rows = await views.jobs_of_master(session, master_id=master.id, limit=_JOBS_SHOWN)
        shown_rows = [job for job in rows if job.closed_at is None or job.closed_at >= midnight]
        items = await present.many_jobs(shown_rows, request, program, session, master_id=master.id)
        printed = await filed.rendered(session, jobs=[job.id for job in shown_rows])
        currency = present.market_of(master.market, program).currency
        earned = await books.earned(session, master_id=master.id, since=midnight, currency=currency)
        balance = await books.balance(session, account=Account.master(master.id), currency=currency)
    for item in items:
        is_his = item["master_id"] == master.id
        item["pdf_url"] = pdf_path(item["id"]) if is_his and item["id"] in printed else None
    return JSONResponse({"items": items, "today": _money_today(earned, balance, currency)})


def terminal_link(program: Naryad, token: str) -> str:
    """Return the link that opens a terminal. The token stands after `#`, so no log and no proxy sees it."""
    return f"{program.settings.url}/terminal#t={token}"


async def of_terminal(asker: Asker, session: AsyncSession) -> MasterRow:
    """Return the master whose terminal asks."""
    if asker.master_id is None:
        raise Problem(403)
    return await master_for(asker.master_id, asker, session)


async def _terminals(
    master: MasterRow, program: Naryad, session: AsyncSession, *, asker: Asker
) -> list[dict[str, Any]]:
    """Show what is not closed; a device that waits with its code."""
    zone, now = program.settings.zone, program.clock.now()
    found = []
    for row in await terminals.of_master(session, master_id=master.id):
        pickup = given.pickup_view(row)
        if pickup is not None:
            pickup["is_expired"] = row.status == ORDERED and given.is_expired(row, now=now)
            if row.status == ORDERED:
                pickup["code"] = activation_code(row.id, secret=program.secret)
        found.append(
            {
                "terminal_id": row.id,
                "type": row.type,
                "status": row.status,
                "is_this": row.id == asker.terminal_id,
                "created_at": shown.time_view(row.created_at, zone),
                **({"pickup": pickup} if pickup else {}),
            }
        )
    return found


def _money_today(earned: int, balance: int, currency: Currency) -> Mapping[str, Any]:
    return {
        "earned": shown.money_view(earned, currency.value),
        "balance": shown.money_view(balance, currency.value),
        "debt": shown.money_view(max(0, -balance), currency.value),
    }
