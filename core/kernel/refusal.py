"""The two failures we plan for. Anything else is a defect and stays loud.

* Refusal - a rule said no; the person hears why, nobody is paged
* Outage - a port did not answer; the caller retries or hands over
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from math import isnan

from core.kernel.money import Money

WAIT_S_MAX = 3_600.0


@dataclass(eq=False)
class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A rule said no. Fields are the facts its text may mention."""

    @property
    def template(self) -> str:
        """Name of the text to say, such as `refusal-QuoteExpired`."""
        return f"refusal-{type(self).__name__}"

    @property
    def facts(self) -> Mapping[str, object]:
        """What the text may mention, by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __str__(self) -> str:
        return repr(self)


class Outage(Exception):  # noqa: N818 - not our error: the world did not answer
    """A port did not answer in time or answered nonsense.

    Attributes:
        wait_s: When the other side said how long to wait: so long, an hour at most.
    """

    def __init__(self, *words: object, wait_s: float | None = None) -> None:
        super().__init__(*words)
        # A stranger's figure: none at all (NaN), and a year, are possible.
        is_told = wait_s is not None and not isnan(wait_s)
        self.wait_s = min(max(wait_s or 0.0, 0.0), WAIT_S_MAX) if is_told else None


class Unanswered(Outage):
    """It was asked and the answer was lost: nobody knows whether it happened."""


class Shut(Exception):  # noqa: N818 - an answer about a person
    """Who was to be reached is out of reach there for good: blocked us, left, or never existed."""


class Unsayable(Exception):  # noqa: N818 - an answer about a message
    """The channel will never take this message: asking again is of no use."""


# Steps and buttons


@dataclass(eq=False)
class StepNotAllowed(Refusal):
    """The thing is not in a state that allows this action, or the market has no such step."""

    state: str
    action: str


@dataclass(eq=False)
class FileIncomplete(Refusal):
    """A job file with a gap is not sent (A60)."""

    empty: str  # titles of the mandatory sections with nothing in them


@dataclass(eq=False)
class OldButton(Refusal):
    """The pressed button belongs to something that has changed since."""


@dataclass(eq=False)
class KeyReused(Refusal):
    """The same idempotency key came with another body."""


@dataclass(eq=False)
class UnknownThing(Refusal):
    """There is no such thing. `thing` is its kind, such as `payment`."""

    thing: str


@dataclass(eq=False)
class NotYours(Refusal):
    """The thing belongs to somebody else."""


@dataclass(eq=False)
class NotActive(Refusal):
    """The master is not taking jobs: onboarding is unfinished, or he is paused."""


# Quotes, slots and offers


@dataclass(eq=False)
class QuoteExpired(Refusal):
    """The client answered a quote after its deadline."""

    expired_at: datetime


@dataclass(eq=False)
class SlotTaken(Refusal):
    """Somebody else has just taken this time."""


@dataclass(eq=False)
class SlotGone(Refusal):
    """This time can no longer be offered: too near, past, or nobody works then."""


@dataclass(eq=False)
class NoOffer(Refusal):
    """The job is offered to nobody now."""


@dataclass(eq=False)
class OfferLapsed(Refusal):
    """The master answered an offer after its deadline."""

    until: datetime


@dataclass(eq=False)
class AlreadyTaken(Refusal):
    """Another master accepted the job first. `number` is the job's."""

    number: str


# Money


@dataclass(eq=False)
class AmountAbsurd(Refusal):
    """No payment is of this size: zero, negative, or above the limit."""


@dataclass(eq=False)
class ConsentNeeded(Refusal):
    """The amount lies outside the quoted range, and the client has not agreed to it."""

    amount: Money
    low: Money
    high: Money


@dataclass(eq=False)
class RefundTooLarge(Refusal):
    """More is to go back than is left of the payment."""

    amount: Money
    left: Money


@dataclass(eq=False)
class NothingToRefund(Refusal):
    """The payment has not succeeded, so there is nothing to give back."""


@dataclass(eq=False)
class OutcomeUnknown(Refusal):
    """The client may have paid already; until the provider tells, nothing else is taken (L18)."""

    until: datetime


@dataclass(eq=False)
class CashTooLittle(Refusal):
    """Less cash was handed over than the job costs."""

    amount: Money
    received: Money


@dataclass(eq=False)
class MethodNotAvailable(Refusal):
    """This way of paying is not open now: no gateway, or the cash debt is at its cap."""

    method: str


@dataclass(eq=False)
class AlreadyPaid(Refusal):
    """The job has been paid for."""


@dataclass(eq=False)
class MoreThanOwed(Refusal):
    """A master brings more than his debt from cash."""

    amount: Money
    debt: Money


# Ratings


@dataclass(eq=False)
class StarsWrong(Refusal):
    """A rating is so many stars at least and so many at most."""

    least: int
    most: int


@dataclass(eq=False)
class RatingClosed(Refusal):
    """The rating was given too long ago to be changed."""

    stars: int


# Hours


@dataclass(eq=False)
class NoHours(Refusal):
    """What was said contains no hours."""


@dataclass(eq=False)
class PastTime(Refusal):
    """The time lies in the past."""


@dataclass(eq=False)
class TooFarAhead(Refusal):
    """The day lies beyond the last one that can be planned, `until`."""

    until: date
