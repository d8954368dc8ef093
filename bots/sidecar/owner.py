"""The owner's chats in messengers: a code that links one, and which there are (L41)."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from bots.sidecar.access import Owner, an_id
from bots.sidecar.deps import Program
from bots.sidecar.errors import Problem
from bots.sidecar.letters import Posting, pending
from bots.sidecar.shapes import errors
from core.conversation.owner import NOT_HIS, digest
from core.flows.owner import CODE, UNLINK
from core.flows.views import time_view
from storage.queries import owner as asked

router = APIRouter(prefix="/api/v1/owner", tags=["console"])

_MOST = 10**8  # a code has eight digits


@router.post("/link-code", responses=errors(202, 401, 403, 409, 422, 503), summary="Get a code for a chat")
async def link_code(program: Program, _: Owner, post: Posting) -> Response:
    """For the owner: `{"code", "until"}`. Written to any bot, it makes that chat the owner's, once."""
    number = f"{program.chance.between(0, _MOST - 1):08d}"
    kept = digest(number)
    answer = await post.ask(CODE, lane="owner", payload={"digest": kept}, body=None)
    if answer is None:
        return pending()
    if answer.facts["digest"] != kept:  # the same key again: that code was told already, and is kept nowhere
        raise Problem(409, code="KeyReused", text="refusal-KeyReused")
    return JSONResponse({"code": f"{number[:4]} {number[4:]}", "until": answer.facts["until"]})


@router.get("/chats", responses=errors(401, 403), summary="The owner's chats")
async def chats(program: Program, _: Owner) -> Response:
    """For the owner: his chats, and the messengers that are connected."""
    async with program.readers() as session:
        rows = await asked.chats(session)
    zone = program.settings.zone
    items = [
        {"id": row.id, "channel": row.channel, "role": row.role, "since": time_view(row.closed_at, zone)}
        for row in rows
    ]
    doors = [name for name in program.channels if name.partition("-")[0] not in NOT_HIS]
    return JSONResponse({"items": items, "doors": doors})


@router.post(
    "/chats/{id}/close", responses=errors(202, 401, 403, 404, 409, 422, 503), summary="Unlink a chat"
)
async def close(id: str, _: Owner, post: Posting) -> Response:
    """For the owner: digests and alarms go there no more."""
    talk_id = an_id(id)
    answer = await post.ask(UNLINK, lane=f"chat:{talk_id}", payload={"talk_id": talk_id}, body=None)
    return JSONResponse(answer.facts) if answer else pending()
