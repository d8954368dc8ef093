"""Every POST is a letter: keyed, so that a repeat changes nothing, and answered from its outcome."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse

from bots.sidecar.access import Anyone, Asker
from bots.sidecar.deps import Naryad, Program
from bots.sidecar.errors import Problem, Refused, language
from bots.sidecar.tokens import fingerprint

KEY_CHARACTERS_MAX = 200
_TALKS = ("talk-start", "talk-message", "form-arrive")
WAIT_S = 10.0  # longer than this the asker may come back with the same key

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description=(
            "A name you choose for this call. The same key with the same body gives the same answer and does "
            "nothing twice, for at least 48 hours; with another body it is refused with 409 `KeyReused`. "
            "Without it every call is a call of its own."
        ),
    ),
]


def pending() -> JSONResponse:
    """Answer that the letter is still on its way."""
    return JSONResponse({"status": "pending"}, status_code=202)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a letter that was accepted."""

    letter_id: str
    facts: dict[str, Any]


class Post:
    """One POST on its way to becoming a letter."""

    def __init__(self, request: Request, program: Naryad, asker: Asker, key: str | None) -> None:
        if key is not None and not 0 < len(key) <= KEY_CHARACTERS_MAX:
            raise Problem(422, text="web-bad-key", details={"most": KEY_CHARACTERS_MAX})
        self._request = request
        self._program = program
        self._asker = asker
        self._key = key

    async def ask(
        self,
        kind: str,
        *,
        lane: str,
        payload: Mapping[str, Any],
        body: object,
        key: str | None = None,
        is_open: bool = False,
    ) -> Answer | None:
        """Write the letter and wait for what became of it; None: it is still on its way.

        Args:
            payload: What the handler gets.
            body: What the asker sent, by which a repeat is told from another call under the same key.
            key: A key that the body itself carries, such as a message's id; it wins over the header.
            is_open: Nobody needs a token here, so the key is scoped by address: a first answer may have
                set a cookie that its repeat then shows.

        Raises:
            Refused: a rule said no.
            KeyReused: the key stands for another body.
            Problem: the letter could not be handled.
        """
        letter = {
            **{name: value for name, value in payload.items() if value is not None},
            "lang": payload.get("lang") or language(self._request),
            "body_sha": body_sha(body),
        }
        if kind in _TALKS and payload.get("lang") is None:
            del letter["lang"]  # a talk has its own language, found in what is said
        outcome = await self._program.intake.ask(
            lane=lane, key=key or self._letter_key(is_open=is_open), kind=kind, payload=letter, wait=WAIT_S
        )
        if outcome is None:
            return None
        if outcome.status == "refusal":
            raise Refused(outcome.facts)
        if outcome.status != "ok":
            raise Problem(500)
        return Answer(outcome.letter_id, dict(outcome.facts))

    def _letter_key(self, *, is_open: bool) -> str:
        """Scope the asker's key by token, in open calls by address, and by path."""
        if self._key is None:
            return f"http:{self._program.chance.id(self._program.clock.now())}"
        address = f"address:{address_of(self._request, self._program)}"
        scope = address if is_open or self._asker.is_nobody else self._asker.scope
        path = f"{self._request.method} {self._request.url.path}"
        return f"http:{fingerprint(scope, path, self._key)}"


def post_of(request: Request, program: Program, asker: Anyone, key: Key = None) -> Post:
    """Prepare a POST; a dependency of every route that changes something."""
    return Post(request, program, asker, key)


Posting = Annotated[Post, Depends(post_of)]


def body_sha(body: object) -> str:
    """Return the fingerprint of a body; the order of its fields does not matter."""
    return fingerprint(json.dumps(body, sort_keys=True, separators=(",", ":"), default=str))


def address_of(request: Request, program: Naryad) -> str:
    """Return the asker's network address, behind a proxy of ours the one that the proxy saw."""
    if program.settings.trust_proxy:
        hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
        if hops:
            return hops[-1][:64]
    return request.client.host if request.client else "unknown"
