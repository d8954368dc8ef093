"""The HTTP side put together: routers, limits, errors, and the headers every answer carries."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bots.sidecar import (
    arrivals,
    blobs,
    board,
    books,
    console,
    docs,
    earnings,
    events,
    figures,
    floor,
    forms,
    health,
    intakes,
    invites,
    job_files,
    jobs,
    library,
    masters,
    mini_app,
    owner,
    pages,
    payments,
    registry,
    statements,
    talks,
    terminals,
    webhooks,
)
from bots.sidecar.deps import Naryad
from bots.sidecar.errors import Problem, install_errors, problem_answer
from bots.sidecar.limits import BodyLimit
from bots.sidecar.talks import TalkLimits
from bots.sidecar.tokens import Links

VERSION = "0.1.0"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}
_ABOUT = """
Times are ISO 8601 with offset. Money is `{"minor", "currency", "text"}` on the way out; on the way in
whole minor units or that object.

Who: `Authorization: Bearer …` with the owner's token (`API_TOKEN`), a terminal's token, or the token that
`conversation/start` answered. Browsers may use the cookies that pages set; then a change needs our own
page as origin.

Every POST takes `Idempotency-Key`. It waits up to 10 s for its outcome; else 202
`{"status": "pending"}`, and the same key asks again.

Errors: `{"success": false, "error": {"code", "message", "details"}}`. 409 is a rule's refusal; its code
names the rule.
"""


def build_app(naryad: Naryad) -> FastAPI:
    """Build the HTTP side of a program. Nothing runs yet, and nothing is read."""
    streams = events.Streams()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        streams.close()

    app = FastAPI(
        title="Naryad",
        version=VERSION,
        summary="A service marketplace that runs itself.",
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.naryad = naryad
    app.state.streams = streams
    app.state.links = Links(token=naryad.chance.token)
    app.state.activations = terminals.activation_limit()
    app.state.enters = mini_app.enter_limit()
    app.state.policy = POLICY
    app.state.limits = TalkLimits(
        starts_per_hour=naryad.settings.limit_starts_per_hour,
        messages_per_minute=naryad.settings.limit_messages_per_minute,
    )
    money = (payments, earnings, statements, books, registry, webhooks)
    owners = (console, board, arrivals, floor, owner, events)
    for part in (health, talks, masters, terminals, mini_app, job_files, jobs, *money, *owners):
        app.include_router(part.router)
    app.include_router(pages.sessions)
    app.include_router(intakes.router)
    app.include_router(invites.router)
    app.include_router(forms.router)
    app.include_router(pages.router)
    app.include_router(figures.router)
    app.include_router(library.router)
    app.include_router(docs.router)
    app.include_router(blobs.router)
    for path, played in naryad.played.items():
        app.mount(path, played)
    install_errors(app)
    app.add_middleware(
        BodyLimit,
        form_bytes_max=naryad.settings.limit_body_bytes,
        refuse=lambda request: _too_large(app, request),
    )
    app.add_middleware(NoNul, refuse=lambda request: _malformed(app, request))
    app.add_middleware(Headers)
    return app


def console_link(app: FastAPI) -> str:
    """Return a one-time link into the console, to be printed at start; never the token itself."""
    return pages.make_console_link(app.state.links, app.state.naryad)


def close_streams(app: FastAPI) -> None:
    """End all live streams, so that the server can stop within its seconds."""
    streams: events.Streams = app.state.streams
    streams.close()


def _too_large(app: FastAPI, request: Request) -> Response:
    request.scope.setdefault("app", app)
    return problem_answer(request, Problem(413))


def _malformed(app: FastAPI, request: Request) -> Response:
    request.scope.setdefault("app", app)
    return problem_answer(request, Problem(422))


class NoNul:
    """Refuses a query with a NUL in it: PostgreSQL knows no such text, and nobody types one."""

    def __init__(self, app: ASGIApp, *, refuse: Callable[[Request], Response]) -> None:
        """Stand in front of `app`."""
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is clean."""
        if scope["type"] == "http" and b"%00" in scope["query_string"]:
            await self._refuse(Request(scope, receive))(scope, receive, send)
            return
        await self._app(scope, receive, send)


class Headers:
    """Adds what every answer carries: a strict policy, and that API answers are not kept."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand in front of `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers that the answer does not set itself."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def added(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, added)
