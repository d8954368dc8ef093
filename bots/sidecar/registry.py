"""Where the provider's books and ours differ, for the owner (L32)."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict

from bots.sidecar.access import OWNER, Owner, an_id
from bots.sidecar.deps import Program
from bots.sidecar.errors import Problem
from bots.sidecar.letters import Posting, pending
from bots.sidecar.shapes import errors
from core.flows import views as shown
from core.flows.reconciliation import MOSCOW, view
from storage.queries import registry as rows
from storage.tables import DifferenceRow

router = APIRouter(prefix="/api/v1", tags=["books"])


class ReconcileIn(BaseModel):
    """A day to be compared; without one, yesterday in Moscow, as registries count."""

    model_config = ConfigDict(extra="forbid")

    day: date | None = None


@router.get("/differences", responses=errors(401, 403, 422), summary="Where the provider's books differ")
async def differences(
    program: Program,
    _: Owner,
    state: Annotated[Literal["open", "healed", "closed"] | None, Query()] = None,
) -> Response:
    """For the owner: what the comparison of each morning found, the newest first."""
    async with program.readers() as session:
        found = await rows.differences(session, state=state)
    return JSONResponse({"items": [_shown(row) for row in found]})


@router.post(
    "/differences/{id}/close",
    responses=errors(202, 401, 403, 404, 409, 422, 503),
    summary="A difference has been seen to",
)
async def close(id: str, program: Program, _: Owner, post: Posting) -> Response:
    """For the owner, once he has cleared it with the provider. Once more is fine."""
    async with program.readers() as session:
        row = await session.get(DifferenceRow, an_id(id))
    if row is None:
        raise Problem(404)
    answer = await post.ask(
        "difference-close",
        lane=f"books:{row.provider}",
        payload={"difference_id": row.id, "actor": OWNER},
        body={},
    )
    return pending() if answer is None else JSONResponse(answer.facts)


@router.post(
    "/reconcile",
    status_code=202,
    responses=errors(401, 403, 409, 422, 503),
    summary="Compare a day with the provider now",
)
async def reconcile(body: ReconcileIn, program: Program, _: Owner, post: Posting) -> Response:
    """For the owner; the morning does it by itself. What differs is under `/differences` in a moment."""
    yesterday = program.clock.now().astimezone(MOSCOW).date() - timedelta(days=1)
    day = (body.day or yesterday).isoformat()
    for name in program.gateways:
        payload = {"provider": name, "day": day}
        await post.ask("reconcile", lane=f"books:{name}", payload=payload, body={"day": day})
    return JSONResponse({"day": day, "providers": list(program.gateways)}, status_code=202)


def _shown(row: DifferenceRow) -> dict[str, Any]:
    found = view(row)
    for side in ("ours", "theirs"):
        minor = found.pop(f"{side}_minor")
        found[side] = None if minor is None else shown.money_view(minor, row.currency)
    return found
