"""By which doors people come, for the owner: sources, and doors that turned out to be one person's."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from bots.sidecar import present
from bots.sidecar.access import Owner, an_id
from bots.sidecar.deps import Program
from bots.sidecar.errors import Problem
from bots.sidecar.letters import Posting, pending
from bots.sidecar.shapes import errors
from core.conversation.undoing import UNDO, joining_view
from core.flows import views as shown
from storage.queries import joinings as asked, sources as came
from storage.queries.sources import Came
from storage.tables import JoiningRow

router = APIRouter(prefix="/api/v1", tags=["console"])

DAYS = 30  # that are told if no day is named
DAYS_MAX = 366
LISTED_MAX = 200


@router.get("/sources", responses=errors(401, 403, 422), summary="Where clients come from")
async def sources(
    program: Program,
    _: Owner,
    since: Annotated[date | None, Query(description="First day; 30 days back if not told")] = None,
    until: Annotated[date | None, Query(description="Last day; today if not told")] = None,
) -> Response:
    """For the owner: talks, jobs, paid jobs and money by source, the most jobs first (A30)."""
    zone = program.settings.zone
    last = until or program.clock.now().astimezone(zone).date()
    first = since or last - timedelta(days=DAYS - 1)
    if not timedelta() <= last - first <= timedelta(days=DAYS_MAX):
        raise Problem(422)
    start = datetime.combine(first, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    market = present.market_of("", program)
    async with program.readers() as session:
        found = await came.report(session, since=start, until=end)
    items = [_shown(one, market.currency.value) for one in came.together(found, market.source.known)]
    return JSONResponse({"since": first.isoformat(), "until": last.isoformat(), "items": items})


@router.get("/joinings", responses=errors(401, 403, 422), summary="Doors that are one person's")
async def joinings(
    program: Program, _: Owner, limit: Annotated[int, Query(ge=1, le=LISTED_MAX)] = 50
) -> Response:
    """For the owner: which talks turned out to be one person's, the newest first (L21)."""
    async with program.readers() as session:
        rows = await asked.listed(session, limit=limit)
    return JSONResponse({"items": [joining_view(row, zone=program.settings.zone) for row in rows]})


@router.post(
    "/joinings/{id}/undo",
    responses=errors(202, 401, 403, 404, 409, 422, 503),
    summary="Tell two people apart again",
)
async def undo(id: str, program: Program, _: Owner, post: Posting) -> Response:
    """For the owner. Each talk stands where it stood before; both people are told. Once more is fine."""
    async with program.readers() as session:
        row = await session.get(JoiningRow, an_id(id))
    if row is None:
        raise Problem(404)
    answer = await post.ask(UNDO, lane=f"chat:{row.talk_id}", payload={"joining_id": row.id}, body={})
    return JSONResponse(answer.facts) if answer else pending()


def _shown(one: Came, currency: str) -> dict[str, Any]:
    return {
        "source": one.source,
        "talks": one.talks,
        "jobs": one.jobs,
        "paid": one.paid,
        "amount": shown.money_view(one.amount_minor.get(currency, 0), currency),
    }
