"""The two failures we plan for. Anything else is a defect and stays loud.

* Refusal - a rule said no; the person hears why, nobody is paged
* Outage - a port did not answer; the caller retries or hands over
"""

from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime

from core.kernel.money import Money


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A rule said no. Fields are the facts its text may mention."""

    @property
    def template(self) -> str:
        """Name of the text to say, such as `refusal-QuoteExpired`."""
        return f"refusal-{type(self).__name__}"

    @property
    def facts(self) -> dict[str, object]:
        """The fields by name."""
        return {f.name: getattr(self, f.name) for f in fields(self)} if is_dataclass(self) else {}


@dataclass(eq=False)
class StepNotAllowed(Refusal):
    """The job (or payment) is not in a state that allows this action."""

    state: str
    action: str


@dataclass(eq=False)
class QuoteExpired(Refusal):
    """The client answered a quote after its deadline."""

    expired_at: datetime


@dataclass(eq=False)
class AlreadyTaken(Refusal):
    """Another master accepted the job first."""

    number: str


class SlotTaken(Refusal):
    """Nobody is free at this time any more."""


class SlotGone(Refusal):
    """The time is too near or past."""


class NoOffer(Refusal):
    """The job is offered to nobody."""


@dataclass(eq=False)
class OfferLapsed(Refusal):
    """The master answered an offer after its deadline."""

    until: datetime


class NotYours(Refusal):
    """The job belongs to somebody else."""


@dataclass(eq=False)
class CashTooLittle(Refusal):
    """Less cash than the amount."""

    amount: Money
    received: Money


@dataclass(eq=False)
class ConsentNeeded(Refusal):
    """The amount is outside the quoted range and the client has not agreed (K64)."""

    amount: Money
    low: Money
    high: Money


class AmountAbsurd(Refusal):
    """Nothing, less than nothing, or more than anybody pays."""


class AlreadyPaid(Refusal):
    """The job is paid."""


@dataclass(eq=False)
class MethodNotAvailable(Refusal):
    """This way of paying is closed now."""

    method: str


class KeyReused(Refusal):
    """The idempotency key belongs to another request."""


class OldButton(Refusal):
    """A button whose moment has passed."""


class NoHours(Refusal):
    """No hours in what was said."""


class PastTime(Refusal):
    """A time that is over."""


@dataclass(eq=False)
class UnknownThing(Refusal):
    """There is no such thing."""

    thing: str


class NotActive(Refusal):
    """The master is not ready to receive jobs (A28)."""
