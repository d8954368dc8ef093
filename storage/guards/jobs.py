"""Guards of jobs, offers, bookings and decisions: the step table, ends that are ends, one place at a time."""

from core.kernel.job import FINAL, STEPS, JobState
from storage.guards.guard import (
    Event,
    Guard,
    Lock,
    Span,
    append_only,
    exclude,
    final,
    frozen,
    kept,
    refuse,
    steps,
    words,
)

_S = JobState
_STARTS = (_S.DRAFT, _S.QUOTED, _S.OPEN)
_WITH_MASTER = (
    *(_S.ASSIGNED, _S.TRAVELLING, _S.ON_SITE, _S.WORKING),
    *(_S.DELIVERED, _S.REVISING, _S.DISPUTED, _S.DONE, _S.COMPLETED),
)
# A visit has a price, a time and a door to knock at; a job of another market may lack the last two.
_VISIT = f"NEW.market = 'home_services' AND NEW.state IN ({words((_S.OPEN, *_WITH_MASTER))})"
_LIVE_OFFER = (("open", "accepted"), ("open", "declined"), ("open", "lapsed"), ("open", "withdrawn"))
_BOOKING = (("held", "bound"), ("held", "released"), ("bound", "released"))


def _rises(code: str, table: str, sentence: str) -> Guard:
    return refuse(
        code, table, sentence, on=(Event.UPDATE,), when="NEW.version <= OLD.version", watches_all=True
    )


_JOBS: tuple[Guard, ...] = (
    steps(
        "NY201",
        "job",
        "A job goes only from step to step of the table.",
        column="state",
        starts=_STARTS,
        table_of_steps={(source, to) for (source, _), to in STEPS.items()},
    ),
    final("NY202", "job", "A job that has ended never changes.", column="state", states=FINAL),
    frozen(
        "NY203",
        "job",
        "A job keeps its number, market, city, client and currency.",
        columns=("id", "number", "market", "city", "client_id", "currency", "created_at"),
    ),
    _rises("NY204", "job", "Every change of a job raises the version."),
    refuse(
        "NY205",
        "job",
        "A job that is somebody's names its master.",
        on=(Event.UPDATE,),
        when=f"NEW.state IN ({words(_WITH_MASTER)}) AND NEW.master_id IS NULL",
    ),
    refuse(
        "NY206",
        "job",
        "The master of a job changes only when it is assigned or given back.",
        on=(Event.UPDATE,),
        when=(
            f"OLD.state IN ({words(_WITH_MASTER)}) AND NEW.state <> '{_S.OPEN}' "
            "AND NEW.master_id IS DISTINCT FROM OLD.master_id"
        ),
    ),
    refuse(
        "NY207",
        "job",
        "A visit that is open or later has a price and a time.",
        when=f"{_VISIT} AND (NEW.price_minor IS NULL OR NEW.starts_at IS NULL OR NEW.ends_at IS NULL)",
    ),
    refuse(
        "NY208",
        "job",
        "A visit that is open or later has a street and a house.",
        when=f"{_VISIT} AND (NEW.address->>'street' IS NULL OR NEW.address->>'house' IS NULL)",
    ),
    refuse(
        "NY209",
        "job",
        "A price is within its range, and nothing is below zero.",
        when=(
            "NEW.low_minor < 0 OR NEW.low_minor > NEW.high_minor "
            "OR NEW.price_minor < NEW.low_minor OR NEW.price_minor > NEW.high_minor"
        ),
    ),
    refuse("NY210", "job", "Work ends after it begins.", when="NEW.ends_at <= NEW.starts_at"),
    refuse(
        "NY211",
        "job",
        "A visit is completed only once its payment has succeeded; one under warranty costs nothing.",
        on=(Event.UPDATE,),
        when=f"NEW.market = 'home_services' AND NEW.state = '{_S.COMPLETED}' AND OLD.state <> NEW.state",
        unless=(
            "EXISTS (SELECT 1 FROM payment WHERE job_id = NEW.id AND master_id = NEW.master_id "
            "AND currency = NEW.currency AND state = 'succeeded') "
            "OR (NEW.warranty_of IS NOT NULL AND NEW.price_minor = 0)"
        ),
        locks=(Lock("payment", "job_id = NEW.id"),),
    ),
    kept("NY212", "job", "A job is ended, never erased."),
)

_OFFERS: tuple[Guard, ...] = (
    steps(
        "NY221",
        "offer",
        "An offer begins open and is closed once.",
        column="state",
        starts=("open",),
        table_of_steps=_LIVE_OFFER,
    ),
    final(
        "NY222",
        "offer",
        "A closed offer never changes.",
        column="state",
        states=("accepted", "declined", "lapsed", "withdrawn"),
    ),
    frozen(
        "NY223",
        "offer",
        "An offer keeps its job, its master and what he will get.",
        columns=("id", "job_id", "master_id", "payout_minor", "made_at"),
    ),
    _rises("NY224", "offer", "Every change of an offer raises the version."),
    refuse(
        "NY225",
        "offer",
        "An offer that is closed says when.",
        on=(Event.UPDATE,),
        when="NEW.state <> 'open' AND NEW.closed_at IS NULL",
    ),
    kept("NY226", "offer", "An offer is closed, never erased."),
)

_BOOKINGS: tuple[Guard, ...] = (
    exclude(
        "NY301",
        "booking",
        "A master's time is given once.",
        span=Span(
            owner="master_id", starts="starts_at", ends="ends_at", key=("id",), over=("state", "released")
        ),
    ),
    refuse("NY302", "booking", "A booking ends after it begins.", when="NEW.ends_at <= NEW.starts_at"),
    steps(
        "NY303",
        "booking",
        "A booking is held, then bound, then released.",
        column="state",
        starts=("held", "bound"),
        table_of_steps=_BOOKING,
    ),
    final("NY304", "booking", "A released booking never changes.", column="state", states=("released",)),
    frozen("NY305", "booking", "A booking stays with its job.", columns=("id", "job_id")),
    frozen(
        "NY306",
        "booking",
        "A bound booking stays with its master.",
        columns=("master_id",),
        when="OLD.state = 'bound'",
    ),
    _rises("NY307", "booking", "Every change of a booking raises the version."),
    kept("NY308", "booking", "A booking is released, never erased."),
)

GUARDS: tuple[Guard, ...] = (
    *_JOBS,
    *_OFFERS,
    *_BOOKINGS,
    append_only("NY231", "decision", "Why something was decided is only added to."),
)
