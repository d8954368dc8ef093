"""What a client's talk has learnt so far, kept as JSON in the talk's row."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from core.meaning import Emergency, Grain, Trade, Urgency

# Parts of an address in the order they are told; the first two are what a master cannot do without.
ADDRESS_PARTS = ("street", "house", "building", "structure", "flat", "entrance", "floor", "intercom")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Wanted(_Part):
    """One job the client spoke of."""

    trade: Trade | None = None
    object: str | None = None
    action: str | None = None
    fault: str | None = None
    confidence: float = 0.0


class Wish(_Part):
    """A time the client asked for, on the local wall clock; an open end is None."""

    start: datetime
    end: datetime | None
    grain: Grain


class SlotOffered(_Part):
    """A free time with its price, as it was offered. The tap takes both."""

    start: datetime
    end: datetime
    until: datetime
    currency: str
    price_minor: int
    low_minor: int
    high_minor: int
    lines: list[dict[str, Any]] = Field(default_factory=list)
    master_id: str | None = None


class Known(_Part):
    """Everything a client has told us. Nothing known is asked again."""

    wanted: list[Wanted] = Field(default_factory=list)
    later: list[Wanted] = Field(default_factory=list)  # of other trades: visits of their own, in turn
    unserved: list[Wanted] = Field(default_factory=list)  # what nobody here does yet
    guessed: str | None = None  # the entry that vague words speak of most: what is shown first
    shown: list[str] = Field(default_factory=list)  # entries that were shown to choose from
    words: str = ""  # the longest single message that described the job
    unclear: str = ""  # half a sentence: what is wrong, but not with what
    urgency: Urgency | None = None
    emergency: Emergency | None = None
    is_danger_over: bool = False
    wishes: list[Wish] = Field(default_factory=list)
    address: dict[str, str] = Field(default_factory=dict)
    city: str | None = None
    district: str | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    slots: list[SlotOffered] = Field(default_factory=list)
    slots_version: int = 0
    slots_said_at: datetime | None = None
    taken: str | None = None  # the choice that was tapped: a second tap means no other time
    earlier_job: str | None = None  # a job that was under way when another one was begun
    jobs: list[str] = Field(default_factory=list)  # all that were ordered in this talk
    which: list[str] = Field(default_factory=list)  # jobs of which we asked: which one?
    warranty_of: str | None = None  # the job that is to be done once more, free
    first_asked: str | None = None  # the master who did it, and is asked first
    has_left: bool = False  # said goodbye: is not reminded of anything
    yes_means: str | None = (
        None  # what a bare yes would do, or what is being told: cancel, resume, tells, which
    )
    low_minor: int | None = None  # the indicative range, once it was told
    high_minor: int | None = None
    range_of: list[str] = Field(default_factory=list)  # the faults it was told for
    lines: list[dict[str, Any]] = Field(default_factory=list)
    asked: dict[str, int] = Field(default_factory=dict)
    beside: dict[str, Any] | None = None  # what was half told at another door: we have asked which is meant
    tries: list[str] = Field(default_factory=list)  # when a wrong link code was told in this chat
    must_prove: bool = False  # the talk goes on elsewhere, and nobody has vouched for this door

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Self:
        """Read it back from the talk's row."""
        return cls.model_validate(stored)

    @property
    def faults(self) -> list[str]:
        """Ids of the faults that were understood, the first named first."""
        return [job.fault for job in self.wanted if job.fault]

    @property
    def trade(self) -> Trade | None:
        """Who must come: the trade of the first job that was understood."""
        return next((job.trade for job in self.wanted if job.trade), None)

    @property
    def has_address(self) -> bool:
        """Whether a master could find the house."""
        return all(self.address.get(part) for part in ADDRESS_PARTS[:2])

    def missing(self, *, has_time: bool) -> list[str]:
        """Name what is still to be learnt before a master can be sought, in the order we ask."""
        found = {
            "fault": bool(self.faults),
            "address": self.has_address,
            "time": has_time,
            "name": bool(self.name),
            "phone": bool(self.phone),
        }
        return [name for name, is_known in found.items() if not is_known]

    def count(self, question: str) -> int:
        """Count one more asking of a question and return how often it was asked before."""
        before = self.asked.get(question, 0)
        self.asked[question] = before + 1
        return before
