"""Talks by HTTP: begin one, say something, send a file, read what was said."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import FileResponse, JSONResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from bots.media import item
from bots.sidecar import files
from bots.sidecar.access import TALK_COOKIES, Anyone, Asker, Known, set_cookie, talk_for
from bots.sidecar.deps import Naryad, Program
from bots.sidecar.errors import Problem
from bots.sidecar.letters import Answer, Post, Posting, address_of, pending
from bots.sidecar.limits import Limit
from bots.sidecar.shapes import (
    MediaTalkOut,
    MessageIn,
    OnboardIn,
    StartedOut,
    StartIn,
    TalkOut,
    TranscriptOut,
    clean,
    errors,
)
from bots.sidecar.tokens import fingerprint, talk_token
from core.flows import talk_views, views as shown
from storage.queries import views
from storage.tables import TalkRow

router = APIRouter(prefix="/api/v1", tags=["talks"])

WEB = "web"
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
_FILE_NAME_MAX = 200


class TalkLimits:
    """How often talks may be begun from an address, and how much may be said in one."""

    def __init__(self, *, starts_per_hour: int, messages_per_minute: int) -> None:
        self.starts = Limit(starts_per_hour, _HOUR)
        self.messages = Limit(messages_per_minute, _MINUTE)


def _count(limit: Limit, key: str, asker: Asker, program: Naryad) -> None:
    """Count one more, except for the owner's own programs."""
    if asker.is_owner:
        return
    if wait_s := limit.wait_s(key, now=program.clock.now()):
        raise Problem(429, details={"wait_s": wait_s}, headers={"Retry-After": str(wait_s)})


def _limits(request: Request) -> TalkLimits:
    limits: TalkLimits = request.app.state.limits
    return limits


@router.post(
    "/ai/conversation/start",
    status_code=201,
    response_model=StartedOut,
    responses=errors(202, 409, 422, 429, 503),
    summary="Begin a talk",
)
async def start(body: StartIn, request: Request, program: Program, asker: Anyone, post: Posting) -> Response:
    """Open to everybody. The answer's `token` (also a cookie) is needed for everything after."""
    return await _start(body, request, program, asker, post)


@router.post(
    "/masters/onboard/start",
    status_code=201,
    response_model=StartedOut,
    responses=errors(202, 409, 422, 429, 503),
    summary="Begin a talk with a future master",
    tags=["masters"],
)
async def onboard(
    body: OnboardIn, request: Request, program: Program, asker: Anyone, post: Posting
) -> Response:
    """Open to everybody. Goes on with `…/conversation/{id}/message`; `master_id` comes once it is known."""
    said = StartIn(
        channel=body.channel,
        kind="master_onboarding",
        market=body.market,
        lang=body.lang,
        text=body.text,
        source=body.source,
    )
    participant = {"name": None, "phone": body.phone} if body.phone else None
    return await _start(said, request, program, asker, post, participant=participant)


async def _start(
    body: StartIn,
    request: Request,
    program: Naryad,
    asker: Asker,
    post: Post,
    *,
    participant: dict[str, Any] | None = None,
) -> Response:
    market = body.market or next(iter(program.markets))
    if market not in program.markets:
        raise Problem(422, text="web-no-market", details={"markets": list(program.markets)})
    _count(_limits(request).starts, address_of(request, program), asker, program)
    talk_id = program.chance.id(program.clock.now())
    who = participant or (body.participant.model_dump(exclude_none=True) if body.participant else None)
    if who is not None and not asker.is_owner:  # a number that was merely typed proves nothing
        who.pop("is_verified", None)
    answer = await post.ask(
        "talk-start",
        lane=f"chat:{talk_id}",
        payload={
            "talk_id": talk_id,
            "kind": body.kind,
            "market": market,
            "lang": body.lang,
            "channel": WEB,
            "chat_id": talk_id,
            "source": body.source or (body.channel if body.channel != WEB else None),
            "participant": who,
            "text": body.text,
        },
        body={"body": body.model_dump(), "participant": participant},
        is_open=True,
    )
    if answer is None:
        return pending()
    view = await _told(program, answer, answer.facts.get("conversation_id") or talk_id)
    token = talk_token(view["conversation_id"], secret=program.secret)
    response = JSONResponse({**view, "token": token}, status_code=201)
    set_cookie(response, program, TALK_COOKIES[body.kind], token)
    return response


@router.post(
    "/ai/conversation/{id}/message",
    response_model=TalkOut,
    responses=errors(202, 401, 403, 404, 409, 422, 429, 503),
    summary="Say something in a talk",
)
async def message(
    *, id: str, body: MessageIn, request: Request, program: Program, asker: Known, post: Posting
) -> Response:
    """For the one who has the talk. The same `message_id` again gives the same answer."""
    async with program.readers() as session:
        talk = await talk_for(id, asker, session)
    _count(_limits(request).messages, talk.id, asker, program)
    answer = await post.ask(
        "talk-message",
        lane=f"chat:{talk.id}",
        payload={"talk_id": talk.id, "role": talk.role, **body.model_dump(exclude_none=True)},
        body=body.model_dump(),
        key=f"{WEB}:{talk.id}:{fingerprint(body.message_id)}" if body.message_id else None,
    )
    return JSONResponse(await _told(program, answer, talk.id)) if answer else pending()


@router.post(
    "/ai/conversation/{id}/media",
    response_model=MediaTalkOut,
    responses=errors(202, 401, 403, 404, 409, 413, 415, 422, 429, 503),
    summary="Send a photo or another file",
)
async def media(
    *,
    id: str,
    request: Request,
    program: Program,
    asker: Known,
    post: Posting,
    file: Annotated[UploadFile, File(description="A photo, video, voice message or PDF, up to 20 MB")],
    caption: Annotated[str | None, Form(max_length=4_000)] = None,
) -> Response:
    """For the one who has the talk. What the file is, is read from its bytes, never from its name."""
    async with program.readers() as session:
        talk = await talk_for(id, asker, session)
    _count(_limits(request).messages, talk.id, asker, program)
    stored = await files.keep(file, talk_id=talk.id, program=program)
    name = str(clean((file.filename or "")[:_FILE_NAME_MAX]))
    kept = item(stored, talk_id=talk.id, name=name)
    words = clean(caption) if caption else None
    answer = await post.ask(
        "talk-message",
        lane=f"chat:{talk.id}",
        payload={"talk_id": talk.id, "role": talk.role, "text": words, "media": [kept]},
        body={"file": stored.id, "caption": words},
    )
    if answer is None:
        return pending()
    shown_media = {"id": stored.id, "kind": stored.kind, "findings": []}
    return JSONResponse({**await _told(program, answer, talk.id), "media": shown_media})


@router.get(
    "/ai/conversation/{id}/media/{media_id}",
    response_class=FileResponse,
    responses=errors(401, 403, 404),
    summary="See a file of a talk",
)
async def media_file(id: str, media_id: str, program: Program, asker: Known) -> Response:
    """For the one who has the talk, and for the master who does its job."""
    async with program.readers() as session:
        await _talk_or_its_job(id, asker, session)
    return files.show(media_id, talk_id=id, program=program)


@router.get(
    "/ai/conversation/{id}/transcript",
    response_model=TranscriptOut,
    responses=errors(401, 403, 404, 422),
    summary="Read what was said",
)
async def transcript(
    id: str,
    program: Program,
    asker: Known,
    after: Annotated[int, Query(ge=0, le=2**53, description="Only lines after this `seq`")] = 0,
) -> Response:
    """For the one who has the talk. News comes here too, also after the talk is completed."""
    async with program.readers() as session:
        talk = await talk_for(id, asker, session)
        lines = await views.utterances(session, talk_id=talk.id, after=after)
        job = await views.job_of_talk(session, talk_id=talk.id)
    zone = program.settings.zone
    view = talk_views.transcript_view(talk, lines, zone=zone, speakers=_speakers(program, talk))
    if job is not None:
        view.update(job_id=job.id, job_number=job.number)
    if talk.id in asker.talk_ids or asker.master_id is not None:
        await program.desk.taken(talk.id, upto=lines[-1].seq if lines else after)
    return JSONResponse(view)


async def _talk_or_its_job(talk_id: str, asker: Asker, session: AsyncSession) -> TalkRow:
    try:
        return await talk_for(talk_id, asker, session)
    except Problem:
        job = await views.job_of_talk(session, talk_id=talk_id) if asker.master_id else None
        talk = await session.get(TalkRow, talk_id) if job and job.master_id == asker.master_id else None
        if talk is None:
            raise
        return talk


async def _told(program: Naryad, answer: Answer, talk_id: str) -> dict[str, Any]:
    """Return the talk's answer with what was said because of the letter."""
    view = {"conversation_id": talk_id, **answer.facts}
    async with program.readers() as session:
        said = await views.replies_to(session, letter_id=answer.letter_id, talk_id=talk_id)
    if "replies" not in view:
        view["replies"] = [
            shown.reply_view(line.text, spoken=line.spoken, buttons=line.buttons) for line in said
        ]
    if said:
        await program.desk.taken(talk_id, upto=said[-1].seq)
    return view


def _speakers(program: Naryad, talk: TalkRow) -> dict[str, str]:
    now, zone = program.clock.now(), program.settings.zone
    return {
        author: program.catalogue.render(talk.lang, f"web-speaker-{author}", {}, now=now, zone=zone).text
        for author in ("client", "master", "naryad", "owner")
    }
