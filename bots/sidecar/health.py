"""`/health`: whether we can serve, and what waits."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from bots.sidecar import present
from bots.sidecar.deps import Program
from bots.sidecar.shapes import HealthOut, errors
from storage.queries import views

router = APIRouter(tags=["health"])

_TASK_MARKET = "task_market"


@router.get("/health", response_model=HealthOut, responses=errors(503), summary="Can you serve?")
async def health(program: Program) -> Response:
    """Open to everybody. 503 when the database does not answer."""
    now = program.clock.now()
    async with program.readers() as session:
        jobs = await views.active_jobs(session)
        mail = await views.mail_counts(session, now=now)
    oldest_s = int((now - mail.oldest_due).total_seconds()) if mail.oldest_due else 0
    return JSONResponse(
        {
            "status": "healthy",
            "active_jobs": sum(jobs.values()),
            "active_tasks": jobs.get(_TASK_MARKET, 0),
            "ai_screening": "active",
            "channels": dict(program.channels),
            "queue": {**present.mail_view(mail), "oldest_s": max(0, oldest_s)},
        }
    )
