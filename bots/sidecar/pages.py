"""The pages: plain files with a strict policy, the one-time link into the console, a job's file."""

import hashlib
import re
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response

from bots.sidecar import present
from bots.sidecar.access import (
    OWNER_COOKIE,
    TALK_COOKIES,
    TERMINAL_COOKIE,
    Anyone,
    Asker,
    Owner,
    by_token,
    check_origin,
    job_for,
    set_cookie,
)
from bots.sidecar.deps import Naryad, Program
from bots.sidecar.errors import Problem, language
from bots.sidecar.job_files import sections_of
from bots.sidecar.mini_app import frames
from bots.sidecar.shapes import SessionIn, SessionOut, errors
from bots.sidecar.sheets import sheet
from bots.sidecar.tokens import Links, owner_session
from core.documents import drawings
from core.text.catalogue import LANGUAGES
from storage.tables import TalkRow

router = APIRouter(include_in_schema=False)
sessions = APIRouter(prefix="/api/v1", tags=["session"])

PAGES = Path(__file__).parent / "pages"
SHELL = (  # what a terminal needs to open; nothing of anybody's
    "/terminal",
    *(f"/pages/{name}.js" for name in ("terminal", "till", "earn", "device", "show", "call", "words")),
    *(f"/pages/{name}" for name in ("paper.css", "till.css", "icon.svg", "naryad.webmanifest")),
    *(f"/pages/icon-{size}.png" for size in ("192", "512")),
)
_NAME = re.compile(r"[a-z0-9_-]{1,40}\.(js|css|svg|png|ico|woff2|webmanifest)")
_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
_MAIN = re.compile(r'<main id="file"[^>]*>.*?</main>', re.DOTALL)
_NOSCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)


def _page(name: str) -> FileResponse:
    return FileResponse(
        PAGES / f"{name}.html", media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )


@router.get("/")
async def index() -> Response:
    """What Naryad is, and the way into it."""
    return _page("index")


@router.get("/chat")
async def chat() -> Response:
    """The client's talk."""
    return _page("chat")


@router.get("/join")
async def join() -> Response:
    """The future master's talk."""
    return _page("join")


@router.get("/terminal")
async def terminal(request: Request, program: Program) -> Response:
    """The master's terminal. Its token stands after `#` and never reaches us with the page.

    Messengers that are connected may show it in a frame of their web versions, and nobody else.
    """
    policy = str(request.app.state.policy).replace(
        "frame-ancestors 'none'", f"frame-ancestors {frames(program.settings)}"
    )
    response = _page("terminal")
    response.headers["Content-Security-Policy"] = policy
    return response


@router.get("/terminal-worker.js")
async def terminal_worker() -> Response:
    """The script that keeps the terminal's own files, so that it opens without a network.

    It names them and a digest of what is in them: another version is another script.
    """
    digest = hashlib.sha256()
    for path in SHELL:
        digest.update((PAGES / _file_of(path)).read_bytes())
    script = (PAGES / "terminal-worker.js").read_text("utf-8")
    script = script.replace("{version}", digest.hexdigest()[:16]).replace("{shell}", " ".join(SHELL))
    return Response(script, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


def _file_of(path: str) -> str:
    return path.removeprefix("/pages/") if path.startswith("/pages/") else f"{path.removeprefix('/')}.html"


@router.get("/privacy")
async def privacy() -> Response:
    """What is kept, and why."""
    return _page("privacy")


@router.get("/console")
async def console(
    request: Request, program: Program, key: Annotated[str | None, Query(max_length=200)] = None
) -> Response:
    """The owner's console. A one-time link becomes a session of this browser."""
    if key is None:
        return _page("console")
    response = RedirectResponse("/console", status_code=303)
    if _links(request).take(key, now=program.clock.now()):
        _let_owner_in(response, program)
    return response


@router.get("/favicon.ico")
async def favicon() -> Response:
    """Browsers ask for it."""
    return RedirectResponse("/pages/icon.svg", status_code=308)


@router.get("/pages/{name}")
async def static(name: str) -> Response:
    """A page's script, style or picture."""
    path = PAGES / name
    if not _NAME.fullmatch(name) or not path.is_file():
        raise Problem(404)
    return FileResponse(path, media_type=_TYPES[path.suffix], headers={"Cache-Control": "no-cache"})


@router.get("/jobs/{id}/page")
async def job_page(id: str, request: Request, program: Program, asker: Anyone) -> Response:
    """A job's file as a page.

    Who comes with a cookie gets it complete, without JavaScript; who has only a token in this browser's
    memory gets the same page empty, and its script asks with the token.
    """
    shell = (PAGES / "job.html").read_text("utf-8")
    try:
        async with program.readers() as session:
            seen = await job_for(id, asker, session)
            view = await present.one_job(seen, request, program, session)
            sections = await sections_of(seen, request, program, session)
    except Problem as problem:
        status = problem.status if problem.status == 404 or not asker.is_nobody else 200  # noqa: PLR2004
        return HTMLResponse(shell, status_code=status, headers={"Cache-Control": "no-store"})
    body = sheet(view, sections, lang=language(request))
    html = _NOSCRIPT.sub("", _MAIN.sub(lambda _: body, shell))
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


@router.get("/drawings/{lang}/{name}.svg")
async def drawing(lang: str, name: str) -> Response:
    """A drawing of the trade: the same for everybody."""
    if lang not in LANGUAGES or name not in drawings.all_names():
        raise Problem(404)
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(drawings.svg(name, lang), media_type="image/svg+xml", headers=headers)


# Sessions of browsers


@sessions.get("/session", response_model=SessionOut, summary="Who this browser is")
async def whoami(asker: Anyone) -> Response:
    """Open to everybody."""
    return JSONResponse(_who(asker))


@sessions.post(
    "/session", response_model=SessionOut, responses=errors(401, 403, 422), summary="Begin a session"
)
async def sign_in(body: SessionIn, request: Request, program: Program) -> Response:
    """Make a cookie of a token: the owner's, a terminal's or a talk's."""
    check_origin(request, program)
    asker = await by_token(body.token, program)
    if asker is None:
        raise Problem(401)
    response = JSONResponse(_who(asker))
    if asker.is_owner:
        _let_owner_in(response, program)
    elif asker.terminal_id is not None:
        set_cookie(response, program, TERMINAL_COOKIE, body.token)
    for talk_id in asker.talk_ids:
        async with program.readers() as session:
            talk = await session.get(TalkRow, talk_id)
        if talk is None:
            raise Problem(401)
        set_cookie(response, program, TALK_COOKIES[talk.kind], body.token)
    return response


@sessions.delete(
    "/session", status_code=204, responses=errors(403), summary="End all sessions of this browser"
)
async def sign_out(request: Request, program: Program) -> Response:
    """Forget the cookies of this browser."""
    check_origin(request, program)
    response = Response(status_code=204)
    for name in (OWNER_COOKIE, TERMINAL_COOKIE, *TALK_COOKIES.values()):
        response.delete_cookie(name, path="/")
    return response


@sessions.post(
    "/console-link", status_code=201, responses=errors(401, 403), summary="Make a one-time console link"
)
async def console_link(request: Request, program: Program, _: Owner) -> Response:
    """For the owner: a link that lets one browser into the console, once, within a day."""
    return JSONResponse({"url": make_console_link(request.app.state.links, program)}, status_code=201)


def make_console_link(links: Links, program: Naryad) -> str:
    """Return a link that lets the owner's browser in once."""
    return f"{program.settings.url}/console?key={links.make(now=program.clock.now())}"


def _links(request: Request) -> Links:
    links: Links = request.app.state.links
    return links


def _let_owner_in(response: Response, program: Naryad) -> None:
    cookie = owner_session(
        now=program.clock.now(), secret=program.secret, owner_token=program.settings.owner_token
    )
    set_cookie(response, program, OWNER_COOKIE, cookie)


def _who(asker: Asker) -> dict[str, Any]:
    return {
        "owner": asker.is_owner,
        "master_id": asker.master_id,
        "conversations": sorted(asker.talk_ids),
    }
