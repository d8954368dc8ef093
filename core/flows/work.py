"""What is to be done, where and when: as it is wanted, and as a visit that takes a master's time."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.kernel.match import Need
from core.library.library import load_library
from core.meaning import Trade, Urgency, When
from storage.tables import JobRow

UNKNOWN_WORK_MIN = (60, 120)  # how long a fault takes that the library does not know


@dataclass(frozen=True, slots=True)
class SlotRequest:
    """What is to be done, where and when: all that a price and a free time depend on.

    Attributes:
        faults: Fault library ids, the first named first.
        words: The longest single message that described the job (A119).
        wishes: Times asked for, on the local wall clock. The first is meant; none means as soon as possible.
        warranty_of: The job that this one repeats, free (L29).
        first_asked: Who is asked first if he is free: he did the work that is to be repeated.
    """

    city: str
    trade: Trade
    faults: tuple[str, ...]
    urgency: Urgency = Urgency.STANDARD
    words: str = ""
    district: str | None = None
    wishes: tuple[When, ...] = ()
    warranty_of: str | None = None
    first_asked: str | None = None

    @property
    def needs(self) -> frozenset[Need]:
        """What the work asks of whoever does it."""
        return needs_of(self.faults)

    @property
    def is_several(self) -> bool:
        """Whether there is more than one fault."""
        return len(self.faults) > 1

    @property
    def minutes(self) -> tuple[int, int]:
        """The shortest and the longest the work takes: all its faults, one after the other."""
        library = load_library()
        known = [library.fault(fault) for fault in self.faults if fault in library]
        if not known:
            return UNKNOWN_WORK_MIN
        return sum(fault.minutes_low for fault in known), sum(fault.minutes_high for fault in known)

    @property
    def longest(self) -> timedelta:
        """The upper duration, which is what gets booked."""
        return timedelta(minutes=self.minutes[1])

    @property
    def parts_minor(self) -> int:
        """Price of the parts that are surely needed."""
        library = load_library()
        return sum(library.fault(fault).parts_minor for fault in self.faults if fault in library)


@dataclass(frozen=True, slots=True)
class Visit:
    """Work at a time and place. `job_id` is the job whose own booking takes no time."""

    city: str
    trade: str
    start: datetime
    end: datetime
    district: str | None = None
    job_id: str | None = None
    needs: frozenset[Need] = frozenset()

    @classmethod
    def of(cls, job: JobRow) -> "Visit":
        """Return the visit a job stands for. Raises ValueError for a job without trade or time."""
        if job.trade is None or job.starts_at is None or job.ends_at is None:
            raise ValueError(f"job {job.id} has no trade or no time")
        needs = needs_of(job.faults)
        return cls(job.city, job.trade, job.starts_at, job.ends_at, job.district, job.id, needs)


def needs_of(faults: Iterable[str]) -> frozenset[Need]:
    """Return what the library asks of a master for these faults (L24)."""
    library = load_library()
    is_licensed = any(library.fault(fault).who == "licensed" for fault in faults if fault in library)
    return frozenset({Need.CERTIFICATE}) if is_licensed else frozenset()


def request_of(job: JobRow, *, wishes: tuple[When, ...] = ()) -> SlotRequest:
    """Return the request a job was made from, to look for other times."""
    if job.trade is None:
        raise ValueError(f"job {job.id} has no trade")
    return SlotRequest(
        city=job.city,
        trade=Trade(job.trade),
        faults=tuple(job.faults),
        urgency=Urgency(job.urgency),
        words=job.words,
        district=job.district,
        wishes=wishes,
        warranty_of=job.warranty_of,
    )


def paid(request: SlotRequest) -> SlotRequest:
    """Return the same work as one that is paid for."""
    return replace(request, warranty_of=None)
