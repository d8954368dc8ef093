"""Who asks, and what he may see: the owner, a master by his terminal, a client by his talk."""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from bots.sidecar import tokens
from bots.sidecar.deps import Naryad, Program
from bots.sidecar.errors import Problem
from bots.sidecar.tokens import Holder
from storage.queries import views
from storage.tables import JobRow, MasterRow, OfferRow, PaymentRow, TalkRow, TerminalRow

OWNER = {"kind": "owner", "id": "owner"}  # who acts, for a letter
OWNER_COOKIE = "naryad_owner"
TERMINAL_COOKIE = "naryad_terminal"
TALK_COOKIES = {"client_request": "naryad_talk", "master_onboarding": "naryad_join"}
_ID_CHARACTERS_MAX = 36
_SAFE = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who stands behind a request. A browser may be several at once: each page has its own cookie."""

    is_owner: bool = False
    master_id: str | None = None
    terminal_id: str | None = None
    talk_ids: frozenset[str] = frozenset()
    is_foreign: bool = False  # a cookie came along with another site's page, so it counts for nothing

    @property
    def is_nobody(self) -> bool:
        """Whether no token was shown."""
        return not (self.is_owner or self.master_id or self.talk_ids)

    @property
    def scope(self) -> str:
        """A name for idempotency: the same token gives the same, and nothing secret is in it."""
        holders = ["owner"] if self.is_owner else []
        holders += [f"terminal:{self.terminal_id}"] if self.terminal_id else []
        holders += [f"talk:{talk_id}" for talk_id in sorted(self.talk_ids)]
        return ",".join(holders)


async def asker_of(request: Request, program: Program) -> Asker:
    """Return who asks: by `Authorization: Bearer`, else by cookies, else nobody.

    No session is held while the call goes on: a POST may wait long for its letter.
    """
    header = request.headers.get("authorization")
    if header is not None:
        kind, _, token = header.partition(" ")
        asker = await by_token(token.strip(), program) if kind.lower() == "bearer" else None
        if asker is None:
            raise Problem(401, headers={"WWW-Authenticate": "Bearer"})
        return asker
    asker = await _by_cookies(request, program)
    if not asker.is_nobody and request.method not in _SAFE and not is_our_origin(request, program):
        return Asker(is_foreign=True)
    return asker


Anyone = Annotated[Asker, Depends(asker_of)]


async def _known(asker: Anyone) -> Asker:
    if asker.is_foreign:
        raise Problem(403, code="OtherOrigin", text="web-other-origin")
    if asker.is_nobody:
        raise Problem(401, headers={"WWW-Authenticate": "Bearer"})
    return asker


Known = Annotated[Asker, Depends(_known)]


async def _owner(asker: Known) -> Asker:
    if not asker.is_owner:
        raise Problem(403)
    return asker


Owner = Annotated[Asker, Depends(_owner)]


def is_our_origin(request: Request, program: Naryad) -> bool:
    """Tell whether a change comes from our own pages.

    Browsers name the page's site with every change, so that no other site can use our cookie; what names
    none is no browser.
    """
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site", "none") in ("same-origin", "none")
    return origin in {
        _origin(program.settings.url),
        f"{request.url.scheme}://{request.headers.get('host', '')}",
    }


def check_origin(request: Request, program: Naryad) -> None:
    """Refuse a change that another site's page asks for."""
    if not is_our_origin(request, program):
        raise Problem(403, code="OtherOrigin", text="web-other-origin")


def set_cookie(response: Response, program: Naryad, name: str, value: str) -> None:
    """Begin a session in the asker's browser."""
    response.set_cookie(
        name,
        value,
        max_age=int(tokens.SESSION_SPAN.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=program.settings.url.startswith("https://"),
        path="/",
    )


async def terminal_asker(token: str, program: Naryad) -> Asker | None:
    """Return the master whose terminal has this token, if the terminal is still open."""
    claim = tokens.read(token, secret=program.secret)
    if claim is None or claim.holder is not Holder.TERMINAL:
        return None
    async with program.readers() as session:
        terminal = await session.get(TerminalRow, claim.id)
    if terminal is None or terminal.status != "active":
        return None
    return Asker(master_id=terminal.master_id, terminal_id=terminal.id)


async def by_token(token: str, program: Naryad) -> Asker | None:
    """Return who shows this token; None if it is not ours or no longer stands."""
    if tokens.is_same(token, program.settings.owner_token):
        return Asker(is_owner=True)
    claim = tokens.read(token, secret=program.secret)
    if claim is None:
        return None
    if claim.holder is Holder.TALK:
        return Asker(talk_ids=frozenset({claim.id}))
    return await terminal_asker(token, program)


async def _by_cookies(request: Request, program: Naryad) -> Asker:
    talks = set()
    for name in TALK_COOKIES.values():
        claim = tokens.read(request.cookies.get(name, ""), secret=program.secret)
        if claim is not None and claim.holder is Holder.TALK:
            talks.add(claim.id)
    terminal = request.cookies.get(TERMINAL_COOKIE)
    master = await terminal_asker(terminal, program) if terminal else None
    return Asker(
        is_owner=tokens.is_owner_session(
            request.cookies.get(OWNER_COOKIE, ""),
            now=program.clock.now(),
            secret=program.secret,
            owner_token=program.settings.owner_token,
        ),
        master_id=master.master_id if master else None,
        terminal_id=master.terminal_id if master else None,
        talk_ids=frozenset(talks),
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


# What the asker may see. Unknown is 404, somebody else's is 403.


def an_id(text: str) -> str:
    """Return an id as it came, or say that there is no such thing."""
    if not 0 < len(text) <= _ID_CHARACTERS_MAX or not text.isascii() or not text.replace("-", "").isalnum():
        raise Problem(404)
    return text


async def talk_for(talk_id: str, asker: Asker, session: AsyncSession) -> TalkRow:
    """Return a talk to the one who has it, to its master, or to the owner."""
    talk = await session.get(TalkRow, an_id(talk_id))
    if talk is None:
        raise Problem(404)
    is_masters = talk.role == "master" and asker.master_id is not None and talk.master_id == asker.master_id
    if asker.is_owner or talk.id in asker.talk_ids or is_masters:
        return talk
    raise Problem(403)


async def master_for(master_id: str, asker: Asker, session: AsyncSession) -> MasterRow:
    """Return a master to himself or to the owner.

    The talk in which a master was first written down counts as himself: he has no terminal yet. A later
    talk by somebody who only knows his phone does not.
    """
    master = await session.get(MasterRow, an_id(master_id))
    if master is None:
        raise Problem(404)
    if asker.is_owner or asker.master_id == master.id:
        return master
    if master.talk_id in asker.talk_ids:
        talk = await session.get(TalkRow, master.talk_id)
        if talk is not None and talk.master_id == master.id and talk.created_at <= master.created_at:
            return master
    raise Problem(403)


@dataclass(frozen=True, slots=True)
class SeenJob:
    """A job, its open offer, and whose eyes look at it."""

    job: JobRow
    offer: OfferRow | None
    viewer: str  # owner, client, master, offered

    @property
    def with_contact(self) -> bool:
        """Whether contact, house and flat may be shown."""
        return self.viewer != "offered"

    def actor(self, asker: Asker) -> dict[str, Any]:
        """Return who acts, for a letter."""
        match self.viewer:
            case "owner":
                return OWNER
            case "client":
                return {"kind": "client", "id": self.job.client_id}
        return {"kind": "master", "id": asker.master_id}


async def job_for(job_id: str, asker: Asker, session: AsyncSession, *, once_offered: bool = False) -> SeenJob:
    """Return a job to its bound or offered master, its client or the owner.

    Args:
        once_offered: Let a master whose offer is over ask as well, so that he hears what became of it.
    """
    job = await session.get(JobRow, an_id(job_id))
    if job is None:
        raise Problem(404)
    offer = await views.open_offer(session, job_id=job.id)
    if asker.master_id is not None:
        if job.master_id == asker.master_id:
            return SeenJob(job, offer, "master")
        if offer is not None and offer.master_id == asker.master_id:
            return SeenJob(job, offer, "offered")
        if once_offered and await views.was_offered(session, job_id=job.id, master_id=asker.master_id):
            return SeenJob(job, offer, "offered")
    if job.talk_id in asker.talk_ids:
        return SeenJob(job, offer, "client")
    if asker.is_owner:
        return SeenJob(job, offer, "owner")
    raise Problem(403)


async def payment_for(payment_id: str, asker: Asker, session: AsyncSession) -> PaymentRow:
    """Return a payment to the master who collects it or to the owner."""
    payment = await session.get(PaymentRow, an_id(payment_id))
    if payment is None:
        raise Problem(404)
    if asker.is_owner or payment.master_id == asker.master_id:
        return payment
    raise Problem(403)
