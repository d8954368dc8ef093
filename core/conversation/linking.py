"""A code by which a person proves at another door that he is the same: asked for here, told there (L21).

Six digits to say or type, and a longer one for a link. Only digests are kept; each serves once and not for
long, and nobody may guess often.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.conversation.doors import TRIES
from core.flows.tx import Tx
from storage.queries import joinings
from storage.tables import LinkCodeRow, TalkRow

LIVES = timedelta(minutes=15)
LINK = "link_"  # how the payload of a deep link begins that carries a code
DIGITS = 6
_TRIES_MAX, _TRIES_IN = 5, timedelta(hours=1)
_TOKEN = 40  # characters: with the rest of a payload no more than the 64 that messengers carry
_DRAWN = 8  # numbers tried until one is free
_TYPED = re.compile(r"(?<!\d)(\d{3})[ \-\u00a0]?(\d{3})(?!\d)")
_AROUND = re.compile(r"(?:вот\s+)?(?:мой\s+)?(?:код|code)\b[\s:—-]*(?:это|is)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was made: `spoken` has six digits, `payload` goes into a link."""

    spoken: str
    payload: str

    @property
    def shown(self) -> str:
        """The digits as they are read most easily."""
        return f"{self.spoken[:3]} {self.spoken[3:]}"


async def make(tx: Tx, talk: TalkRow) -> Code:
    """Make a code for the person of a talk. Earlier ones of his serve no more."""
    await tx.flush()
    await joinings.use_up(tx.session, talk_id=talk.id, now=tx.now)
    await joinings.sweep(tx.session, before=tx.now)
    code = Code(await _free_number(tx, talk.role), LINK + tx.chance.token()[:_TOKEN])
    for secret in (code.spoken, code.payload.removeprefix(LINK)):
        row = LinkCodeRow(
            digest=_digest(talk.role, secret),
            talk_id=talk.id,
            role=talk.role,
            expires_at=tx.now + LIVES,
            created_at=tx.now,
        )
        tx.add(row)
    return code


async def take(tx: Tx, talk: TalkRow, secret: str) -> TalkRow | None:
    """Take a code that was told in a talk; return the talk it stands for, or None: wrong, old or used."""
    await tx.flush()
    digest = _digest(talk.role, secret)
    id = await joinings.use_code(tx.session, digest=digest, role=talk.role, now=tx.now)
    if id is None:
        count_try(tx, talk)
        return None
    await joinings.use_up(tx.session, talk_id=id, now=tx.now)
    return await tx.get(TalkRow, id)


def may_try(tx: Tx, talk: TalkRow) -> bool:
    """Tell whether this chat has not guessed too often within the hour."""
    return len(_lately(tx, talk)) < _TRIES_MAX


def count_try(tx: Tx, talk: TalkRow) -> None:
    """Count a wrong code, or one that was sent at the wish of a door nobody has vouched for."""
    talk.known = {**talk.known, TRIES: [*_lately(tx, talk), tx.now.isoformat()]}


def typed(text: str) -> str | None:
    """Return the six digits if a text tells a code and nothing else."""
    bare = _AROUND.sub("", text).strip(" .!,«»\"'")
    found = _TYPED.fullmatch(bare)
    return found[1] + found[2] if found else None


def _lately(tx: Tx, talk: TalkRow) -> list[str]:
    since = tx.now - _TRIES_IN
    return [at for at in talk.known.get(TRIES, ()) if datetime.fromisoformat(at) > since]


async def _free_number(tx: Tx, role: str) -> str:
    low = 10 ** (DIGITS - 1)
    for _ in range(_DRAWN):
        number = str(tx.chance.between(low, low * 10 - 1))
        if not await joinings.is_code(tx.session, digest=_digest(role, number)):
            return number
    raise LookupError("no code is free")


def _digest(role: str, secret: str) -> str:
    return hashlib.sha256(f"{role}:{secret}".encode()).hexdigest()
