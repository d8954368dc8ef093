"""What a master earned and what he is paid, by HTTP; and where his money goes."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from bots.sidecar import present
from bots.sidecar.access import Known, master_for
from bots.sidecar.deps import Naryad, Program
from bots.sidecar.errors import Problem
from bots.sidecar.letters import Posting, pending
from bots.sidecar.masters import actor_of
from bots.sidecar.shapes import (
    EarningsOut,
    PayoutAccountIn,
    PayoutAccountOut,
    PayoutsOut,
    TaxIn,
    TaxOut,
    errors,
)
from core.flows import views as shown
from core.flows.payouts import where_to
from core.flows.taxes import KIND as TAX_STATUS
from core.kernel.ledger import Account
from core.markets.banks import load_banks, masked
from core.markets.policy import Market
from storage.queries import books, payouts
from storage.queries.payouts import Earned
from storage.tables import JobRow, MasterRow, PayoutRow

router = APIRouter(prefix="/api/v1", tags=["masters"])

LIMIT_MAX = 200
DAYS_MAX = 92
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


@router.get(
    "/masters/{id}/earnings",
    response_model=EarningsOut,
    responses=errors(401, 403, 404, 422),
    summary="What a master earned",
)
async def earnings(
    *,
    id: str,
    request: Request,
    program: Program,
    asker: Known,
    first: Annotated[date | None, Query(alias="from", description="Local day; this Monday if absent")] = None,
    to: Annotated[date | None, Query(description="Local day, included; six days later if absent")] = None,
) -> Response:
    """For the master himself and the owner: by day and by job, less what was refunded, at most 92 days.

    `next_payout` is what would be paid on the coming Friday as things stand.
    """
    zone, now = program.settings.zone, program.clock.now()
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    first = first or monday
    to = to or first + _WEEK - _DAY
    if not timedelta(0) <= to - first < timedelta(days=DAYS_MAX):
        raise Problem(422, text="web-bad-span", details={"most": DAYS_MAX})
    async with program.readers() as session:
        master = await master_for(id, asker, session)
        market = present.market_of(master.market, program)
        lines = await _lines(master, market, program, session, first=first, to=to)
        week = await _lines(master, market, program, session, first=monday, to=monday + _WEEK - _DAY)
        view = await _earnings(master, market, program, session)
        jobs = await _jobs(lines, request, program, session)
    code = market.currency.value
    view |= {
        "from": first.isoformat(),
        "to": to.isoformat(),
        "total": shown.money_view(sum(line.minor for line in lines), code),
        "today": shown.money_view(
            sum(line.minor for line in week if line.at.astimezone(zone).date() == today), code
        ),
        "week": shown.money_view(sum(line.minor for line in week), code),
        "days": _days(lines, program, first=first, to=to, code=code),
        "jobs": jobs,
    }
    return JSONResponse(view)


@router.get(
    "/masters/{id}/payouts",
    response_model=PayoutsOut,
    responses=errors(401, 403, 404, 422),
    summary="What a master was paid",
)
async def payouts_of(
    *,
    id: str,
    program: Program,
    asker: Known,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 20,
    after: Annotated[str | None, Query(max_length=36)] = None,
) -> Response:
    """For the master himself and the owner, the newest first."""
    async with program.readers() as session:
        master = await master_for(id, asker, session)
        rows = await payouts.of_master(session, master_id=master.id, limit=limit, after=after)
    return JSONResponse(present.page_of([payout_view(row, program) for row in rows], rows, limit))


@router.put(
    "/masters/{id}/payout-account",
    response_model=PayoutAccountOut,
    responses=errors(202, 401, 403, 404, 409, 422, 503),
    summary="Say where a master's money goes",
)
async def payout_account(
    id: str, body: PayoutAccountIn, program: Program, asker: Known, post: Posting
) -> Response:
    """For the master himself and the owner. Of numbers every answer shows the last four digits only."""
    async with program.readers() as session:
        master = await master_for(id, asker, session)
    to = body.to()
    answer = await post.ask(
        "payout-to",
        lane=f"master:{master.id}",
        payload={"master_id": master.id, "to": to, "actor": actor_of(asker, master)},
        body=body.model_dump(),
    )
    return JSONResponse({"payout_to": masked(to)}) if answer else pending()


@router.put(
    "/masters/{id}/tax",
    response_model=TaxOut,
    responses=errors(202, 401, 403, 404, 409, 422, 503),
    summary="Say how a master is taxed",
)
async def tax(id: str, body: TaxIn, program: Program, asker: Known, post: Posting) -> Response:
    """For the master himself and the owner: his number stands on receipts; of npd, incomes are registered."""
    async with program.readers() as session:
        master = await master_for(id, asker, session)
    answer = await post.ask(
        TAX_STATUS,
        lane=f"master:{master.id}",
        payload={"master_id": master.id, **body.model_dump(), "actor": actor_of(asker, master)},
        body=body.model_dump(),
    )
    return JSONResponse(answer.facts) if answer else pending()


@router.get("/payout-banks", summary="Banks of the SBP by name")
async def banks() -> Response:
    """Open to everybody: what `bank_id` may be; another member's id is taken as well."""
    return JSONResponse({"items": [{"id": id, "name": name} for id, name in load_banks().items()]})


def payout_view(row: PayoutRow, program: Naryad) -> shown.View:
    """Show a payout; of numbers the last four digits only."""
    zone = program.settings.zone
    return {
        "payout_id": row.id,
        "master_id": row.master_id,
        "day": row.day.isoformat(),
        "status": row.state,
        "paymaster": row.paymaster,
        "amount": shown.money_view(row.amount_minor, row.currency),
        "goes_to": masked({"destination": row.destination, **row.goes_to}),
        "reason": row.reason,
        "asked_at": shown.time_view(row.asked_at, zone),
        "ended_at": shown.time_view(row.ended_at, zone),
    }


async def _lines(
    master: MasterRow,
    market: Market,
    program: Naryad,
    session: AsyncSession,
    *,
    first: date,
    to: date,
) -> Sequence[Earned]:
    zone = program.settings.zone
    return await payouts.earned_between(
        session,
        master_id=master.id,
        since=datetime.combine(first, time.min, zone),
        until=datetime.combine(to + _DAY, time.min, zone),
        currency=market.currency,
    )


async def _earnings(
    master: MasterRow, market: Market, program: Naryad, session: AsyncSession
) -> dict[str, Any]:
    """Show what a master has with us, and what comes of it on the next Friday."""
    currency = market.currency
    balance = await books.balance(session, account=Account.master(master.id), currency=currency)
    under_way = await payouts.under_way(session, master_id=master.id, currency=currency)
    to = where_to(master)
    payable = max(0, balance - under_way)
    return {
        "balance": shown.money_view(balance, currency.value),
        "debt": shown.money_view(max(0, -balance), currency.value),
        "next_payout": {
            "day": _payday(market, program.clock.now().astimezone(program.settings.zone)).isoformat(),
            "amount": shown.money_view(payable, currency.value),
        },
        "payout_to": {**masked(to), "is_chosen": bool(master.payout_to)} if to else None,
    }


def _payday(market: Market, local: datetime) -> date:
    """Return the local day of the next payout; today if its hour has not come."""
    ahead = (market.payout.weekday - local.weekday()) % 7
    if ahead == 0 and local.time() >= market.payout.at:
        ahead = 7
    return local.date() + timedelta(days=ahead)


def _days(
    lines: Sequence[Earned], program: Naryad, *, first: date, to: date, code: str
) -> list[dict[str, Any]]:
    earned: Counter[date] = Counter()
    jobs: Counter[date] = Counter()
    for line in lines:
        day = line.at.astimezone(program.settings.zone).date()
        earned[day] += line.minor
        jobs[day] += line.kind == "earning"
    days = [first + timedelta(days=number) for number in range((to - first).days + 1)]
    return [
        {"date": day.isoformat(), "earned": shown.money_view(earned[day], code), "jobs": jobs[day]}
        for day in days
    ]


async def _jobs(
    lines: Sequence[Earned], request: Request, program: Naryad, session: AsyncSession
) -> list[dict[str, Any]]:
    """Show the jobs behind the lines, the last first, each with what is left of it after refunds."""
    earned: Counter[str] = Counter()
    at: dict[str, datetime] = {}
    for line in lines:
        if line.job_id:
            earned[line.job_id] += line.minor
            at[line.job_id] = line.at
    rows = [row for id in earned if (row := await session.get(JobRow, id)) is not None]
    views = await present.many_jobs(rows, request, program, session, master_id=None)
    found = [
        {
            "job_id": view["id"],
            "number": view["number"],
            "title": view["title"],
            "trade": view["trade"],
            "at": shown.time_view(at[view["id"]], program.settings.zone),
            "method": (view.get("payment") or {}).get("method"),
            "amount": (view.get("payment") or {}).get("amount"),
            "earned": shown.money_view(earned[view["id"]], row.currency),
        }
        for view, row in zip(views, rows, strict=True)
    ]
    return sorted(found, key=lambda each: str(each["at"]), reverse=True)
