"""Tokens without a table: what a token is for, and our signature under it.

`c.<talk>.<mac>` is a client's (or a future master's) talk, `m.<terminal>.<mac>` a master's terminal,
`o.<until>.<mac>` the owner's session in a browser. The owner's own token is a setting. Nothing here is
ever logged, and every comparison takes the same time.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.flows.terminals import Seal

MAC_CHARACTERS = 32
TOKEN_CHARACTERS_MAX = 300
SESSION_SPAN = timedelta(days=30)
LINK_SPAN = timedelta(hours=24)
LINKS_MAX = 100
CODE_DIGITS = 8
CODE_NUMBER_DIGITS = 3  # of these: the order's number; the rest is the secret


class Holder(StrEnum):
    """Whose token it is; the first letter of the token."""

    TALK = "c"
    TERMINAL = "m"
    OWNER_SESSION = "o"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token with a good signature says."""

    holder: Holder
    id: str


def talk_token(talk_id: str, *, secret: bytes) -> str:
    """Return the token of a talk."""
    return _signed(Holder.TALK, talk_id, secret)


def terminal_token(terminal_id: str, *, secret: bytes) -> str:
    """Return the token of a master's terminal. It is good while the terminal's row is active."""
    return _signed(Holder.TERMINAL, terminal_id, secret)


def activation_code(terminal_id: str, *, secret: bytes) -> str:
    """Return the code that activates a device: eight digits, kept nowhere, made anew when it is shown."""
    digest = hmac.new(secret, f"activation.{terminal_id}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def activation_seal(terminal_id: str, *, secret: bytes) -> Seal:
    """Return what is kept of a device's activation code."""
    return seal_of(activation_code(terminal_id, secret=secret), secret=secret)


def seal_of(code: str, *, secret: bytes) -> Seal:
    """Return what would be kept of this code."""
    digest = hmac.new(secret, f"code.{code}".encode(), hashlib.sha256).hexdigest()
    return Seal(code[:CODE_NUMBER_DIGITS], digest)


def owner_session(*, now: datetime, secret: bytes, owner_token: str) -> str:
    """Return a cookie for the owner's browser; a new owner token ends all of them."""
    until = int((now + SESSION_SPAN).timestamp())
    return _signed(Holder.OWNER_SESSION, str(until), _owner_key(secret, owner_token))


def is_owner_session(token: str, *, now: datetime, secret: bytes, owner_token: str) -> bool:
    """Tell whether this is an owner's cookie that still stands."""
    claim = read(token, secret=_owner_key(secret, owner_token))
    if claim is None or claim.holder is not Holder.OWNER_SESSION or not claim.id.isdecimal():
        return False
    return now.timestamp() < int(claim.id)


def is_same(one: str, other: str) -> bool:
    """Compare two secrets in constant time. An empty secret is never the same as anything."""
    return bool(other) and hmac.compare_digest(one.encode(), other.encode())


def read(token: str, *, secret: bytes) -> Claim | None:
    """Return what a token says; None if we did not sign it."""
    if len(token) > TOKEN_CHARACTERS_MAX or not token.isascii():
        return None
    kind, _, rest = token.partition(".")
    id, _, mac = rest.rpartition(".")
    if kind not in tuple(Holder) or not id:
        return None
    if not hmac.compare_digest(mac, _mac(kind, id, secret)):
        return None
    return Claim(Holder(kind), id)


def fingerprint(*parts: str) -> str:
    """Return a short one-way name for secrets and long keys, safe to store."""
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:40]


class Links:
    """Links that let the owner's browser in once. They live as long as this process, at most a day."""

    def __init__(self, *, token: Callable[[], str]) -> None:
        """Begin without any; `token` makes secrets."""
        self._token = token
        self._until: dict[str, datetime] = {}

    def make(self, *, now: datetime) -> str:
        """Return a new secret for a link."""
        self._until = {key: until for key, until in self._until.items() if until > now}
        while len(self._until) >= LINKS_MAX:
            self._until.pop(next(iter(self._until)))
        secret = self._token()
        self._until[fingerprint(secret)] = now + LINK_SPAN
        return secret

    def take(self, secret: str, *, now: datetime) -> bool:
        """Use a link up; False if it was used, is too old or was never made."""
        until = self._until.pop(fingerprint(secret), None)
        return until is not None and now < until


def _signed(holder: Holder, id: str, secret: bytes) -> str:
    return f"{holder}.{id}.{_mac(holder, id, secret)}"


def _mac(kind: str, id: str, secret: bytes) -> str:
    digest = hmac.new(secret, f"{kind}.{id}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()[:MAC_CHARACTERS]


def _owner_key(secret: bytes, owner_token: str) -> bytes:
    return hmac.new(secret, owner_token.encode(), hashlib.sha256).digest()
