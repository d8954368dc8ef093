"""The owner steps into a talk, speaks there himself, and hands it back (L8)."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from bots.sidecar.access import Asker, Owner, talk_for
from bots.sidecar.deps import Naryad, Program
from bots.sidecar.letters import Post, Posting, pending
from bots.sidecar.shapes import FloorOut, WordsIn, errors
from core.flows.owner import HOLD, RELEASE, SAY

router = APIRouter(prefix="/api/v1", tags=["console"])

_ERRORS = errors(202, 401, 403, 404, 409, 422, 503)


@router.post("/talks/{id}/hold", response_model=FloorOut, responses=_ERRORS, summary="Step into a talk")
async def hold(id: str, program: Program, asker: Owner, post: Posting) -> Response:
    """For the owner. From now on the program answers nothing here, except that safety words always go out."""
    return await _ask(HOLD, id, program, asker, post)


@router.post(
    "/talks/{id}/say", response_model=FloorOut, responses=_ERRORS, summary="Speak in a talk yourself"
)
async def say(*, id: str, body: WordsIn, program: Program, asker: Owner, post: Posting) -> Response:
    """For the owner. Goes out where the person is, as a human's words; steps in first if need be."""
    return await _ask(SAY, id, program, asker, post, text=body.text.strip())


@router.post("/talks/{id}/release", response_model=FloorOut, responses=_ERRORS, summary="Hand a talk back")
async def release(id: str, program: Program, asker: Owner, post: Posting) -> Response:
    """For the owner. The program reads what was said meanwhile and goes on; so it does after long silence."""
    return await _ask(RELEASE, id, program, asker, post)


async def _ask(kind: str, id: str, program: Naryad, asker: Asker, post: Post, **said: Any) -> Response:
    async with program.readers() as session:
        talk = await talk_for(id, asker, session)
    payload = {"talk_id": talk.id, **said}
    answer = await post.ask(kind, lane=f"chat:{talk.id}", payload=payload, body=said)
    return JSONResponse(answer.facts) if answer else pending()
