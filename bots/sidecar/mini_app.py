"""The terminal opened inside a messenger, which says who opened it, signed with its bot's token (A26, A139).

Its page is a window of a private chat, so the person's number there is the number of his chat with our bot:
the master whose talk stands there gets his terminal. Whoever else has such a signature has no master's talk.
"""

from datetime import timedelta
from types import MappingProxyType
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from bots.doors import talk_id_of
from bots.settings import Settings
from bots.sidecar.deps import Naryad, Program
from bots.sidecar.errors import Problem
from bots.sidecar.letters import Key, Posting, address_of, pending
from bots.sidecar.limits import Limit
from bots.sidecar.shapes import EnterIn, TerminalOut, errors
from bots.sidecar.terminals import terminal_link
from bots.sidecar.tokens import terminal_token
from channels.signatures import init_data
from core.conversation.doors import MUST_PROVE
from core.kernel.refusal import KeyReused
from core.knock import Forged
from core.messages import Address, Role
from storage.queries import terminals
from storage.tables import MasterRow, TalkRow

router = APIRouter(prefix="/api/v1", tags=["terminal"])

ENTERS_PER_HOUR = 60  # from one address
# Where each messenger's own web version stands: only there our page may be shown in a frame.
FRAMES = MappingProxyType({"telegram": "https://web.telegram.org", "max": "https://web.max.ru"})


def enter_limit() -> Limit:
    """Return how often an address may say who it is."""
    return Limit(ENTERS_PER_HOUR, timedelta(hours=1))


def frames(settings: Settings) -> str:
    """Return which sites may show the terminal in a frame, as a policy tells it."""
    found = [site for name, site in FRAMES.items() if getattr(settings, f"{name}_master_token") is not None]
    return " ".join(found) or "'none'"


@router.post(
    "/terminal/enter",
    response_model=TerminalOut,
    responses=errors(202, 403, 409, 422, 429, 503),
    summary="Open the terminal inside a messenger",
)
async def enter(
    body: EnterIn, request: Request, program: Program, post: Posting, key: Key = None
) -> Response:
    """Open to everybody: what the messenger says of who opened the page lets a master in, once, for an hour.

    403 `NotAMaster`: a stranger, an old or repeated word, or one that no bot of ours signed.
    """
    limit: Limit = request.app.state.enters
    if wait_s := limit.wait_s(address_of(request, program), now=program.clock.now()):
        raise Problem(429, details={"wait_s": wait_s}, headers={"Retry-After": str(wait_s)})
    master, terminal_id = await _master(_who(body.init_data, program), program)
    answer = None
    try:
        answer = await post.ask(
            "terminal-enter",
            lane=f"master:{master.id}",
            payload={
                "master_id": master.id,
                "terminal_id": terminal_id or program.chance.id(program.clock.now()),
                "actor": {"kind": "master", "id": master.id},
            },
            # The signature names the word however it is spelt; who says it again does not know the first try.
            key=f"enter:{dict(parse_qsl(body.init_data))['hash']}",
            body={"try": key or program.chance.token()},
        )
    except KeyReused:
        raise _stranger() from None
    if answer is None:
        return pending()
    token = terminal_token(str(answer.facts["terminal_id"]), secret=program.secret)
    return JSONResponse({**answer.facts, "token": token, "link": terminal_link(program, token)})


def _who(told: str, program: Naryad) -> Address:
    """Return the chat of whoever opened the page."""
    for name in FRAMES:
        token = getattr(program.settings, f"{name}_master_token")
        if token is None:
            continue
        try:
            return Address(name, init_data(told, token.get_secret_value(), program.clock.now()))
        except Forged:
            continue
    raise _stranger()


async def _master(chat: Address, program: Naryad) -> tuple[MasterRow, str | None]:
    """Return the master whose talk has this chat, and his terminal that is open on a phone."""
    async with program.readers() as session:
        talk = await session.get(TalkRow, talk_id_of(chat, Role.MASTER))
        if talk is None or talk.master_id is None or talk.known.get(MUST_PROVE):
            raise _stranger()
        master = await session.get(MasterRow, talk.master_id)
        if master is None:
            raise _stranger()
        rows = await terminals.of_master(session, master_id=master.id)
    open_ = [row.id for row in rows if row.type == "smartphone" and row.status == "active"]
    return master, next(iter(open_), None)


def _stranger() -> Problem:
    return Problem(403, code="NotAMaster", text="web-not-a-master")
