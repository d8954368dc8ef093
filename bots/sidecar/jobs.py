"""Jobs by HTTP: read them, walk them step by step, make and send their files."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from bots.sidecar import present
from bots.sidecar.access import Asker, Known, Owner, SeenJob, job_for, talk_for
from bots.sidecar.deps import Naryad, Program
from bots.sidecar.errors import Problem, language
from bots.sidecar.letters import Posting, pending
from bots.sidecar.shapes import (
    DeliveriesOut,
    FileIn,
    FileOut,
    InstructionsOut,
    JobOut,
    JobsOut,
    StepIn,
    TimelineOut,
    errors,
)
from core.flows import views as shown
from core.flows.file_letters import pdf_path
from core.flows.files import Reader
from core.messages import HELD_CHANNELS
from core.paper import Audience, Section, empty_sections, is_complete
from storage.queries import files as filed, views
from storage.tables import EffectRow, EffectStatus

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
_AUDIENCES = {
    "owner": Audience.MASTER,
    "master": Audience.MASTER,
    "client": Audience.CLIENT,
    "offered": Audience.OFFERED,
}
# A browser shows a PDF by an object of its own.
_PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
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


@router.post(
    "/jobs/create-file",
    status_code=201,
    response_model=FileOut,
    responses=errors(202, 401, 403, 404, 409, 422, 503),
    summary="Make a job's file",
)
async def create_file(
    body: FileIn, request: Request, program: Program, asker: Known, post: Posting
) -> Response:
    """For the owner and the job's client. `pdf_url` is null until the PDF is rendered."""
    async with program.readers() as session:
        job_id = body.job_id or await _job_of_talk(str(body.conversation_id), asker, session)
        seen = await job_for(job_id, asker, session)
    if seen.viewer not in ("owner", "client"):
        raise Problem(403)
    answer = await post.ask(
        "file-make",
        lane=f"job:{seen.job.id}",
        payload={"job_id": seen.job.id, "actor": seen.actor(asker), "lang": language(request)},
        body=body.model_dump(),
    )
    if answer is None:
        return pending()
    return JSONResponse({**answer.facts, "page_url": page_url(program, seen.job.id)}, status_code=201)


@router.get("/jobs/{id}", response_model=JobOut, responses=errors(401, 403, 404), summary="One job")
async def job(id: str, request: Request, program: Program, asker: Known) -> Response:
    """For the owner, its client, its master; an offered master sees no contact, house or flat."""
    async with program.readers() as session:
        seen = await job_for(id, asker, session)
        return JSONResponse(await present.one_job(seen, request, program, session))


@router.get(
    "/jobs/{id}/instructions",
    response_model=InstructionsOut,
    responses=errors(401, 403, 404),
    summary="A job's file, section by section",
)
async def instructions(id: str, request: Request, program: Program, asker: Known) -> Response:
    """For the same people as the job: diagnosis, tools, parts, steps, safety, checks."""
    async with program.readers() as session:
        seen = await job_for(id, asker, session)
        sections = await sections_of(seen, request, program, session)
        printed = await filed.rendered(session, jobs=[seen.job.id])
    return JSONResponse(
        {
            "job_id": seen.job.id,
            "number": seen.job.number,
            "complete": is_complete(sections),
            "sections": [section.view() for section in sections],
            "page_url": page_url(program, seen.job.id),
            "pdf_url": pdf_path(seen.job.id) if seen.job.id in printed else None,
        }
    )


@router.get(
    "/jobs/{id}/file.pdf",
    response_class=Response,
    responses={
        **errors(401, 403, 404),
        200: {"content": {"application/pdf": {}}, "description": "The file"},
        304: {"description": "As before"},
    },
    summary="A job's file as PDF",
)
async def file_pdf(id: str, request: Request, program: Program, asker: Known) -> Response:
    """For the same people as the job; the client is not told what the master earns.

    404 while a mandatory section is empty; `empty` in the details names it.
    """
    async with program.readers() as session:
        seen = await job_for(id, asker, session)
        said = await views.utterances(session, talk_id=seen.job.talk_id)
    reader = _reader(seen, request, program)
    leaf = await program.press.print(seen.job, said, reader=reader)
    if leaf is None:
        gaps = [
            section.name for section in empty_sections(program.press.sections(seen.job, said, reader=reader))
        ]
        details = {"page_url": page_url(program, id), "empty": gaps}
        raise Problem(404, text="web-no-file-yet", details=details)
    tag = f'"{leaf.key.partition("/")[2].partition(".")[0][:32]}"'
    headers = {
        "Content-Disposition": _disposition(seen.job.number),
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Content-Security-Policy": _PDF_POLICY,
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(leaf.content, media_type="application/pdf", headers=headers)


def _disposition(number: str) -> str:
    """Return the file's name, for browsers that know RFC 5987 and for those that do not."""
    plain = "".join(sign for sign in number if sign.isascii() and (sign.isalnum() or sign == "-")).strip("-")
    return (
        f"inline; filename=\"naryad-{plain}.pdf\"; filename*=UTF-8''{quote(f'naryad-{number}.pdf', safe='')}"
    )


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


@router.post(
    "/jobs/{id}/send-to-master",
    response_model=DeliveriesOut,
    responses=errors(202, 401, 403, 404, 409, 503),
    summary="Send a job's file to its master",
)
async def send_to_master(id: str, program: Program, asker: Owner, post: Posting) -> Response:
    """For the owner. 409 `NoOffer` while nobody has accepted the job."""
    async with program.readers() as session:
        seen = await job_for(id, asker, session)
    answer = await post.ask(
        "file-send",
        lane=f"job:{seen.job.id}",
        payload={
            "job_id": seen.job.id,
            "page_url": page_url(program, seen.job.id),
            "actor": seen.actor(asker),
        },
        body=None,
    )
    if answer is None:
        return pending()
    async with program.readers() as session:
        said = await filed.said_because_of(session, letter_id=answer.letter_id)
    deliveries = [_delivery(each, said) for each in answer.facts.get("deliveries", [])]
    return JSONResponse({**answer.facts, "deliveries": deliveries})


def _delivery(told: Mapping[str, str], said: Mapping[str, EffectRow]) -> dict[str, str]:
    """Tell how a delivery stands now, by the outbox: waiting, sent, delivered, unknown or dead."""
    effect = said.get(told.get("utterance_id", ""))
    status = told["status"] if effect is None else _delivery_status(effect)
    return {"channel": told["channel"], "status": status}


def _delivery_status(effect: EffectRow) -> str:
    match effect.status:
        case EffectStatus.DONE:  # who holds his line has it; another channel has only taken it
            return "delivered" if effect.payload.get("channel") in HELD_CHANNELS else "sent"
        case EffectStatus.UNKNOWN | EffectStatus.DEAD | EffectStatus.WITHDRAWN:
            return str(effect.status)
        case _:
            return "waiting"


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


def page_url(program: Naryad, job_id: str) -> str:
    """Return the address of a job's page."""
    return f"{program.settings.url}/jobs/{job_id}/page"


async def sections_of(
    seen: SeenJob, request: Request, program: Naryad, session: AsyncSession
) -> tuple[Section, ...]:
    """Return a job's file as the one who asks may see it."""
    utterances = await views.utterances(session, talk_id=seen.job.talk_id) if seen.with_contact else []
    return program.press.sections(seen.job, utterances, reader=_reader(seen, request, program))


def _reader(seen: SeenJob, request: Request, program: Naryad) -> Reader:
    return program.press.reader(lang=language(request), audience=_AUDIENCES[seen.viewer])


def _may(seen: SeenJob, asker: Asker, action: str) -> None:
    """A client may only cancel. A master whose offer is over may still ask: he hears what became of it."""
    if seen.viewer == "client" and action != "cancel":
        raise Problem(403)
    if seen.viewer == "offered" and action == "cancel" and seen.job.master_id != asker.master_id:
        raise Problem(403)


def _for_eyes(view: shown.View, seen: SeenJob, asker: Asker) -> shown.View:
    """Hide contact from a master who has not, or no longer, the job."""
    is_strange = seen.viewer in ("master", "offered") and view.get("master_id") != asker.master_id
    return shown.without_contact(view) if is_strange and "address" in view else view


async def _job_of_talk(talk_id: str, asker: Asker, session: AsyncSession) -> str:
    talk = await talk_for(talk_id, asker, session)
    found = await views.job_of_talk(session, talk_id=talk.id)
    if found is None:
        raise Problem(404)
    return found.id
