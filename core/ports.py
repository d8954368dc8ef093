"""What the core asks of the world, as protocols; adapters are chosen in `bots/app.py`."""

from datetime import datetime
from typing import Protocol

from core.meaning import LookContext, Reading
from core.messages import Address, Reply


class Clock(Protocol):
    """The only source of the time."""

    def now(self) -> datetime:
        """Return the present as an aware datetime in UTC."""
        ...


class Chance(Protocol):
    """The only source of ids, tokens and randomness."""

    def id(self, at: datetime) -> str:
        """Return a new UUIDv7 (36 characters) that sorts by `at`."""
        ...

    def between(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        ...

    def token(self) -> str:
        """Return a secret of 256 bits, safe in a link."""
        ...


class Looker(Protocol):
    """Reads a text: everything it may mean, no context but language, role, local time, trades."""

    def look(self, text: str, context: LookContext) -> Reading:
        """Return the reading. Never raises for anything a person can write."""
        ...


class Channel(Protocol):
    """A door through which people are reached: shows a reply, knows nothing else."""

    async def send(self, to: Address, reply: Reply, *, key: str) -> None:
        """Send a reply. `key` is ours, for channels that know repeats by one.

        Raises:
            Outage: it was not taken; try later.
            Unanswered: nobody knows whether it was taken.
        """
        ...
