"""Files that we made, lent by links that run out: for an e-mail, an SMS, a messenger."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from bots.sidecar.deps import Program
from bots.sidecar.errors import Problem
from storage.blobs import type_of

router = APIRouter(include_in_schema=False)


@router.get("/blobs/{folder}/{name}")
async def lent(
    folder: str,
    name: str,
    program: Program,
    until: Annotated[int, Query(ge=0, le=2**53)] = 0,
    sign: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Answer with a blob to whoever has a link that stands. Else it is as if there were none."""
    key = f"{folder}/{name}"
    if not program.blobs.is_lent(key, until=until, sign=sign, now=program.clock.now()):
        raise Problem(404)
    try:
        content = await program.blobs.get(key)
    except ValueError:
        raise Problem(404) from None
    if content is None:
        raise Problem(404)
    headers = {"Cache-Control": "private, no-store", "Content-Security-Policy": "default-src 'none'"}
    return Response(content, media_type=type_of(key), headers=headers)
