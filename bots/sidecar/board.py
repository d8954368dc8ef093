"""The owner's board of the present: two days of every master, and what needs the owner."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from bots.sidecar import alarms, present
from bots.sidecar.access import Owner, an_id
from bots.sidecar.deps import Naryad, Program
from bots.sidecar.errors import language, saying
from bots.sidecar.letters import Posting, pending
from bots.sidecar.shapes import BoardOut, errors
from core.flows import job_views
from core.flows.replays import KIND as REPLAY
from core.flows.views import View, time_view
from core.kernel.job import JobState
from storage.queries import board
from storage.tables import HoursRow, JobRow, MasterRow

router = APIRouter(prefix="/api/v1", tags=["console"])

DAYS = 2  # today and tomorrow


@router.get("/board", response_model=BoardOut, responses=errors(401, 403), summary="What goes on now")
async def now(request: Request, program: Program, _: Owner) -> Response:
    """For the owner: today and tomorrow by master, what is under way, and every alarm with what to do."""
    zone, at = program.settings.zone, program.clock.now()
    midnight = datetime.combine(at.astimezone(zone).date(), time(), zone)
    days = [midnight + timedelta(days=number) for number in range(DAYS + 1)]
    since, until = days[0], days[-1]
    async with program.readers() as session:
        masters = await board.masters_at_work(session)
        hours = await board.hours_between(
            session, masters=[row.id for row in masters], since=since, until=until
        )
        jobs = await board.jobs_between(session, since=since, until=until)
        here = alarms.Present(
            now=at,
            zone=zone,
            say=saying(request),
            jobs=jobs,
            masters={row.id: row for row in masters},
            doors=program.channels,
        )
        troubles = await alarms.alarms(session, here)
        active = await board.active_jobs(session)
    show = _shower(request, program, at)
    return JSONResponse(
        {
            "now": time_view(at, zone),
            "days": [time_view(day, zone) for day in days],
            "active_jobs": active,
            "masters": _rows(masters, hours, jobs, program, show),
            "unbound": [show(job) for job in jobs if job.master_id is None],
            "alarms": troubles,
            "doors": [{"name": name, "state": state} for name, state in program.channels.items()],
        }
    )


@router.post(
    "/letters/{id}/replay",
    responses=errors(202, 401, 403, 404, 409, 422, 503),
    summary="Handle a dead letter once more",
)
async def replay(id: str, _: Owner, post: Posting) -> Response:
    """For the owner, once what broke it was mended."""
    letter_id = an_id(id)
    answer = await post.ask(REPLAY, lane=f"replay:{letter_id}", payload={"letter_id": letter_id}, body=None)
    return JSONResponse(answer.facts) if answer else pending()


def _shower(request: Request, program: Naryad, at: datetime) -> Callable[[JobRow], View]:
    zone, lang = program.settings.zone, language(request)

    def show(job: JobRow) -> View:
        market = present.market_of(job.market, program)
        return {
            "id": job.id,
            "number": job.number,
            "status": market.public_name(JobState(job.state)),
            "title": job_views.title_of(job, lang=lang),
            "trade": job.trade,
            "start": time_view(job.starts_at, zone),
            "end": time_view(job.ends_at, zone),
            "late": alarms.is_late(job, now=at),
        }

    return show


def _rows(
    masters: Sequence[MasterRow],
    hours: Sequence[HoursRow],
    jobs: Sequence[JobRow],
    program: Naryad,
    show: Callable[[JobRow], View],
) -> list[View]:
    """Show each master with his hours and jobs; the free ones of the hours are what no job covers."""
    zone = program.settings.zone
    spans: dict[str, list[View]] = defaultdict(list)
    for span in hours:
        spans[span.master_id].append(
            {"start": time_view(span.starts_at, zone), "end": time_view(span.ends_at, zone)}
        )
    taken: dict[str, list[View]] = defaultdict(list)
    for job in jobs:
        if job.master_id is not None:
            taken[job.master_id].append(show(job))
    return [
        {
            "id": row.id,
            "name": row.name,
            "phone": row.phone,
            "status": row.status,
            "rating": present.rating_of(row, present.market_of(row.market, program)),
            "hours": spans[row.id],
            "jobs": taken[row.id],
        }
        for row in masters
    ]
