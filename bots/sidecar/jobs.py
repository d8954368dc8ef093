"""Jobs by HTTP: read them, walk them step by step."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from bots.sidecar import present
from bots.sidecar.access import Asker, Known, Owner, SeenJob, job_for
from bots.sidecar.deps import Program
from bots.sidecar.errors import Problem
from bots.sidecar.letters import Posting, pending
from bots.sidecar.shapes import (
    JobOut,
    JobsOut,
    StepIn,
    TimelineOut,
    errors,
)
from core.flows import job_views, views as shown
from storage.queries import views

router = APIRouter(prefix="/api/v1", tags=["jobs"])

STEPS = {
    "accept": "The offered master takes the job",
    "decline": "The offered master says no; the next one is asked",
    "travel": "The master sets out",
    "arrive": "The master is there",
    "start": "Work begins",
    "finish": "Work is done; now it is paid",
    "cancel": "The job is called off, by its client, its master or the owner",
}
_LIMIT_MAX = 200
_NOT_FOR_MASTER_EYES = ("offer", "decision")


@router.get("/jobs", response_model=JobsOut, responses=errors(401, 403, 422), summary="All jobs")
async def jobs(
    request: Request,
    program: Program,
    _: Owner,
    limit: Annotated[int, Query(ge=1, le=_LIMIT_MAX)] = 50,
    after: Annotated[str | None, Query(max_length=36, description="`next` of the page before")] = None,
    state: Annotated[str | None, Query(max_length=12)] = None,
) -> Response:
    """For the owner, the newest first."""
    async with program.readers() as session:
        rows = await views.jobs(session, limit=limit, after=after, state=state)
        items = await present.many_jobs(rows, request, program, session, master_id=None)
    return JSONResponse(present.page_of(items, rows, limit))


@router.get("/jobs/{id}", response_model=JobOut, responses=errors(401, 403, 404), summary="One job")
async def job(id: str, request: Request, program: Program, asker: Known) -> Response:
    """For the owner, its master, and its client, who sees no earnings; an offered master sees no contact."""
    async with program.readers() as session:
        seen = await job_for(id, asker, session)
        return JSONResponse(await present.one_job(seen, request, program, session))


@router.get(
    "/jobs/{id}/timeline",
    response_model=TimelineOut,
    responses=errors(401, 403, 404),
    summary="What happened to a job",
)
async def timeline(id: str, program: Program, asker: Known) -> Response:
    """For the same people as the job, oldest first; who was asked is for the owner only."""
    async with program.readers() as session:
        seen = await job_for(id, asker, session)
        is_owner = seen.viewer == "owner"
        rows = await views.timeline(session, job_id=seen.job.id)
    items = [
        shown.event_view(row, zone=program.settings.zone, is_owner=is_owner)
        for row in rows
        if is_owner or row.object not in _NOT_FOR_MASTER_EYES
    ]
    return JSONResponse({"items": items})


def _step(action: str) -> Callable[..., Awaitable[Response]]:
    async def walk(
        id: str,
        program: Program,
        asker: Known,
        post: Posting,
        body: StepIn | None = None,
    ) -> Response:
        async with program.readers() as session:
            seen = await job_for(id, asker, session, once_offered=True)
        _may(seen, asker, action)
        said = body or StepIn()
        master_id = said.master_id if seen.viewer == "owner" else asker.master_id
        answer = await post.ask(
            "job-step",
            lane=f"job:{seen.job.id}",
            payload={
                "job_id": seen.job.id,
                "action": action,
                "actor": seen.actor(asker),
                "master_id": master_id if seen.viewer != "client" else None,
            },
            body=said.model_dump(),
        )
        if answer is None:
            return pending()
        return JSONResponse(_for_eyes(answer.facts, seen, asker))

    return walk


for _action, _what in STEPS.items():
    router.add_api_route(
        f"/jobs/{{id}}/{_action}",
        _step(_action),
        methods=["POST"],
        response_model=JobOut,
        responses=errors(202, 401, 403, 404, 409, 422, 503),
        summary=_what,
        name=_action,
        description=(
            "For the offered or bound master and the owner, `cancel` also for the client. The owner may "
            "name `master_id`; without it the offered one acts, and with nobody asked the answer is 409 "
            "`NoOffer`. Repeating the last step answers 200."
        ),
    )


def _may(seen: SeenJob, asker: Asker, action: str) -> None:
    """A client may only cancel. A master whose offer is over may still ask: he hears what became of it."""
    if seen.viewer == "client" and action != "cancel":
        raise Problem(403)
    if seen.viewer == "offered" and action == "cancel" and seen.job.master_id != asker.master_id:
        raise Problem(403)


def _for_eyes(view: shown.View, seen: SeenJob, asker: Asker) -> shown.View:
    """Hide contact from a master who has not, or no longer, the job, and earnings from its client."""
    if seen.viewer == "client":
        return job_views.without_earnings(view)
    is_strange = seen.viewer in ("master", "offered") and view.get("master_id") != asker.master_id
    return job_views.without_contact(view) if is_strange and "address" in view else view
