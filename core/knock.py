"""What knocks at our web address from outside, and how it is answered: providers and channels alike."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Knock:
    """A request that came to `/webhooks/{door}`, as it came."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    address: str  # of the peer; behind a proxy of ours the one that the proxy saw


class Forged(Exception):  # noqa: N818 - it is an answer to whoever knocked
    """A knock that is not the provider's: wrong signature, wrong address, no such shape."""


@dataclass(frozen=True, slots=True)
class Thanks:
    """How the other side wants to be answered once what it told is written down."""

    status: int = 200
    type: str = "application/json"
    body: bytes = b"{}"
