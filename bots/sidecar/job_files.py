"""Job files by HTTP: make one, read it section by section or as PDF, send it to the master."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from bots.sidecar.access import Asker, Known, Owner, SeenJob, job_for, talk_for
from bots.sidecar.deps import Naryad, Program
from bots.sidecar.errors import Problem, language
from bots.sidecar.letters import Posting, pending
from bots.sidecar.shapes import DeliveriesOut, FileIn, FileOut, InstructionsOut, errors
from core.documents import drawings
from core.flows.file_letters import pdf_path, rendered_key
from core.flows.files import Reader
from core.messages import HELD_CHANNELS, Fate
from core.paper import Audience, Section, empty_sections, is_complete
from storage.queries import files as filed, views
from storage.tables import EffectRow, EffectStatus

router = APIRouter(prefix="/api/v1", tags=["jobs"])

_AUDIENCES = {
    "owner": Audience.MASTER,
    "master": Audience.MASTER,
    "client": Audience.CLIENT,
    "offered": Audience.OFFERED,
}
# A browser shows a PDF by an object of its own.
_PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


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
    lang = language(request)
    return JSONResponse(
        {
            "job_id": seen.job.id,
            "number": seen.job.number,
            "complete": is_complete(sections),
            "sections": [section.view() for section in sections],
            "drawings": [
                {"title": drawings.title(name, lang), "url": f"/drawings/{lang}/{name}.svg"}
                for name in drawings.names_for(seen.job.faults)
            ],
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
        deliveries = [await _delivery(each, said, session) for each in answer.facts.get("deliveries", [])]
    return JSONResponse({**answer.facts, "deliveries": deliveries})


async def _delivery(
    told: Mapping[str, str], said: Mapping[str, EffectRow], session: AsyncSession
) -> dict[str, str]:
    """Tell how a delivery stands now: waiting, sent, delivered, read, failed, unknown or dead.

    A channel's own word on it counts most, then the outbox's. What did not arrive by one door and went by
    another stands as it does there (A62).
    """
    effect = said.get(told.get("utterance_id", ""))
    if "render_id" in told:
        effect = await filed.said_once_printed(session, key=rendered_key(told["render_id"]))
        if effect is None:
            is_dead = await filed.is_dead(session, effect_id=told["render_id"])
            return {"channel": told["channel"], "status": "dead" if is_dead else told["status"]}
    if effect is None:
        return {"channel": told["channel"], "status": told["status"]}
    last = await filed.said_in_the_end(session, effect)
    channel = str(last.payload.get("channel") or told["channel"])
    return {"channel": channel, "status": await _delivery_status(last, session)}


async def _delivery_status(effect: EffectRow, session: AsyncSession) -> str:
    match effect.status:
        case EffectStatus.DONE if effect.payload.get("channel") in HELD_CHANNELS:
            return "delivered"  # who holds his line has it; another channel has only taken it
        case EffectStatus.DONE:
            return _fate_of(await filed.fates(session, effect_id=effect.id))
        case EffectStatus.UNKNOWN | EffectStatus.DEAD | EffectStatus.WITHDRAWN:
            return str(effect.status)
        case _:
            return "waiting"


def _fate_of(fates: Sequence[str | None]) -> str:
    """Tell how a reply stands that went out in one message or several."""
    if Fate.FAILED in fates:
        return "failed"
    if not fates or None in fates:
        return "sent"
    return "read" if set(fates) == {Fate.READ} else "delivered"


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


async def _job_of_talk(talk_id: str, asker: Asker, session: AsyncSession) -> str:
    talk = await talk_for(talk_id, asker, session)
    found = await views.job_of_talk(session, talk_id=talk.id)
    if found is None:
        raise Problem(404)
    return found.id
