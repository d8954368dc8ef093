"""Masters by HTTP: the profile, hours, jobs, who is free now."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from bots.sidecar import present
from bots.sidecar.access import OWNER, Asker, Known, Owner, master_for
from bots.sidecar.deps import Naryad, Program
from bots.sidecar.letters import Posting, pending
from bots.sidecar.shapes import (
    ConfirmIn,
    DaysOut,
    FreeMastersOut,
    HoursIn,
    JobsOut,
    MasterOut,
    TodayOut,
    errors,
)
from core.flows import views as shown
from core.meaning import Trade
from storage.queries import bookings, masters, views
from storage.tables import MasterRow

router = APIRouter(prefix="/api/v1", tags=["masters"])

DAYS_SHOWN = 14
_JOBS_SHOWN = 50
_NOW = timedelta(seconds=1)
_AHEAD = timedelta(hours=36)
_FREE_MAX = 500


@router.get(
    "/masters/available-now",
    response_model=FreeMastersOut,
    responses=errors(401, 403, 422),
    summary="Who could start now",
)
async def available_now(
    program: Program,
    _: Owner,
    trade: Trade,
    city: Annotated[str | None, Query(max_length=80)] = None,
) -> Response:
    """For the owner: masters of a trade and city who work now and are not busy, the best first."""
    now, zone = program.clock.now(), program.settings.zone
    async with program.readers() as session:
        found = await masters.on_shift(
            session,
            city=city or program.settings.naryad_city,
            trade=trade.value,
            since=now,
            until=now + _NOW,
            limit=_FREE_MAX,
        )
        rows = await views.masters(session, ids=found)
        hours = await masters.hours_of(session, masters=found, since=now, until=now + _AHEAD)
        taken = await bookings.taken_of(session, masters=found, since=now, until=now + _AHEAD, now=now)
    free = []
    for row in rows:
        busy = taken.get(row.id, [])
        until = next((end for start, end in hours.get(row.id, []) if start <= now < end), None)
        if until is None or any(start <= now < end for start, end in busy):
            continue
        until = min([until, *(start for start, _ in busy if start > now)])
        rating = present.rating_of(row, present.market_of(row.market, program))
        free.append({"id": row.id, "name": row.name, "rating": rating, "until": shown.time_view(until, zone)})
    free.sort(key=lambda each: (-float(str(each["rating"])), str(each["id"])))
    return JSONResponse({"masters": free})


@router.get(
    "/masters/{id}", response_model=MasterOut, responses=errors(401, 403, 404), summary="A master's profile"
)
async def profile(id: str, program: Program, asker: Known) -> Response:
    """For the master himself and the owner."""
    async with program.readers() as session:
        master = await master_for(id, asker, session)
        return JSONResponse(await present.one_master(master, program, session))


@router.patch(
    "/masters/{id}/schedule",
    response_model=DaysOut,
    responses=errors(202, 401, 403, 404, 409, 422, 503),
    summary="Change hours, in words or by day",
)
async def change_hours(id: str, body: HoursIn, program: Program, asker: Known, post: Posting) -> Response:
    """For the master himself and the owner. Bookings that stand are kept."""
    master = await _master(id, program, asker)
    answer = await post.ask(
        "hours-change",
        lane=f"master:{master.id}",
        payload={
            "master_id": master.id,
            "actor": actor_of(asker, master),
            **body.model_dump(exclude_none=True),
        },
        body=body.model_dump(),
    )
    return JSONResponse(answer.facts) if answer else pending()


@router.get(
    "/masters/{id}/schedule",
    response_model=DaysOut,
    responses=errors(401, 403, 404),
    summary="Hours of the next two weeks",
)
async def hours(id: str, program: Program, asker: Known) -> Response:
    """For the master himself and the owner."""
    async with program.readers() as session:
        master = await master_for(id, asker, session)
        return JSONResponse({"days": await days_of(master, program, session, days=DAYS_SHOWN)})


@router.get(
    "/masters/{id}/schedule/today",
    response_model=TodayOut,
    responses=errors(401, 403, 404),
    summary="Today's hours",
)
async def today(id: str, program: Program, asker: Known) -> Response:
    """For the master himself and the owner."""
    return JSONResponse(await _today(id, program, asker))


@router.post(
    "/masters/{id}/schedule/confirm",
    response_model=TodayOut,
    responses=errors(202, 401, 403, 404, 409, 422, 503),
    summary="Answer the morning's question",
)
async def confirm(id: str, body: ConfirmIn, program: Program, asker: Known, post: Posting) -> Response:
    """For the master himself and the owner: today's hours stand, or are as the words say."""
    master = await _master(id, program, asker)
    answer = await post.ask(
        "hours-confirm",
        lane=f"master:{master.id}",
        payload={
            "master_id": master.id,
            "actor": actor_of(asker, master),
            **body.model_dump(exclude_none=True),
        },
        body=body.model_dump(),
    )
    if answer is None:
        return pending()
    return JSONResponse({**answer.facts, **await _today(id, program, asker)})


@router.get(
    "/masters/{id}/jobs",
    response_model=JobsOut,
    responses=errors(401, 403, 404, 422),
    summary="A master's jobs and offers",
)
async def jobs_of(
    *,
    id: str,
    request: Request,
    program: Program,
    asker: Known,
    limit: Annotated[int, Query(ge=1, le=_JOBS_SHOWN)] = _JOBS_SHOWN,
    after: Annotated[str | None, Query(max_length=36)] = None,
) -> Response:
    """For the master himself and the owner: his jobs, and what is offered to him now without contact."""
    async with program.readers() as session:
        master = await master_for(id, asker, session)
        rows = await views.jobs_of_master(session, master_id=master.id, limit=limit, after=after)
        items = await present.many_jobs(rows, request, program, session, master_id=master.id)
    return JSONResponse(present.page_of(items, rows, limit))


async def _master(id: str, program: Naryad, asker: Asker) -> MasterRow:
    async with program.readers() as session:
        return await master_for(id, asker, session)


async def _today(id: str, program: Naryad, asker: Asker) -> shown.View:
    async with program.readers() as session:
        master = await master_for(id, asker, session)
        days = await days_of(master, program, session, days=1)
    day, intervals = next(iter(days.items()))
    is_confirmed = master.confirmed_day is not None and master.confirmed_day.isoformat() == day
    return {"date": day, "intervals": intervals, "confirmed": is_confirmed}


async def days_of(master: MasterRow, program: Naryad, session: AsyncSession, *, days: int) -> shown.View:
    """Show a master's hours from today on."""
    zone = program.settings.zone
    first = program.clock.now().astimezone(zone).date()
    dates = [first + timedelta(days=number) for number in range(days)]
    rows = await views.hours_on(session, master_id=master.id, since=first, until=dates[-1])
    return shown.days_view(rows, days=dates, zone=zone)


def actor_of(asker: Asker, master: MasterRow) -> dict[str, str]:
    """Return who acts on a master, for a letter: he himself, or the owner."""
    is_himself = asker.master_id == master.id or not asker.is_owner
    return {"kind": "master", "id": master.id} if is_himself else OWNER
