"""Where else one can talk with us: our chats in messengers, each by a link and a QR code (A30)."""

import io
from typing import Annotated, Literal

import segno
from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from bots.links import invites
from bots.sidecar.deps import Program
from bots.sidecar.errors import Problem
from bots.sidecar.shapes import errors
from core.messages import Role

router = APIRouter(prefix="/api/v1", tags=["talks"])

Whose = Annotated[Literal["client", "master"], Query(description="Whose bots")]
# Deep links take so many characters, and no others; a source that does not fit is left out.
Source = Annotated[str, Query(max_length=64, pattern=r"^[A-Za-z0-9_-]*$")]


@router.get("/doors", responses=errors(422), summary="Our chats in messengers")
async def doors(program: Program, role: Whose = "client", src: Source = "") -> Response:
    """Open to everybody: the messengers that are connected and whose bot's name is set."""
    links = invites(program.settings, Role(role), src)
    query = f"?role={role}" + (f"&src={src}" if src else "")
    items = [
        {"name": name, "url": url, "qr": f"/api/v1/doors/{name}.svg{query}"} for name, url in links.items()
    ]
    return JSONResponse({"items": items})


@router.get(
    "/doors/{name}.svg",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}}, **errors(404, 422)},
    summary="The way into one of them as a QR code",
)
async def qr(name: str, program: Program, role: Whose = "client", src: Source = "") -> Response:
    """Open to everybody."""
    url = invites(program.settings, Role(role), src).get(name)
    if url is None:
        raise Problem(404)
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", border=4, light="#fff", xmldecl=False)
    headers = {"Cache-Control": "public, max-age=3600"}
    return Response(out.getvalue(), media_type="image/svg+xml", headers=headers)
