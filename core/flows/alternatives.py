"""Other times for a job: offered on buttons, written down, read back when one is chosen."""

from collections.abc import Sequence
from datetime import UTC, datetime

from core.flows import news, slots, work
from core.flows.quotes import PricedSlot
from core.flows.tx import Choice, Tx
from core.markets.policy import Market
from core.meaning import Grain, When
from storage.queries import jobs
from storage.tables import JobRow

MINUTES_DIGITS = 8  # of a time on a button

_CHOSEN = "when the time of a job was chosen"


async def other_times(tx: Tx, market: Market, job: JobRow, *, with_own: bool = False) -> list[Choice]:
    """Return buttons with free times near the job's own; what was offered is written down.

    Args:
        with_own: The job's own time may be among them, if it is still free.
    """
    wish = When(start_of(job).astimezone(tx.zone).replace(tzinfo=None), None, Grain.MINUTE)
    request = work.request_of(job, wishes=(wish,))
    count = market.slot_rules.alternatives
    found = await slots.find_slots(tx, market, request, count=count + 1, job_id=job.id)
    others = [slot for slot in found if with_own or slot.start != job.starts_at]
    return times_offered(tx, job, others[:count])


def times_offered(tx: Tx, job: JobRow, found: Sequence[PricedSlot]) -> list[Choice]:
    """Write down which times are offered for a job, and return their buttons."""
    if found:
        tx.decide(job.id, "times", {}, {"slots": [slot.stored() for slot in found]})
    return [
        Choice(
            "client-slot-button" if slot.quote.price.minor else "client-slot-button-free",
            time_choice(job, slot.start),
            {"when": slot.start, "price": slot.quote.price},
        )
        for slot in found
    ]


def time_choice(job: JobRow, start: datetime) -> str:
    """Return what a button with a time chooses: `time:<job_id>.<minutes since 1970>:<version>`."""
    return news.choice("time", f"{job.id}.{int(start.timestamp()) // 60}", job.version)


def time_chosen(object_id: str) -> tuple[str, datetime]:
    """Read the object of such a choice: the job's id and the start. Raises ValueError for another object."""
    job_id, _, minutes = object_id.partition(".")
    if not minutes.isdecimal() or len(minutes) > MINUTES_DIGITS:
        raise ValueError(object_id)
    return job_id, datetime.fromtimestamp(int(minutes) * 60, UTC)


async def time_chosen_at(tx: Tx, job: JobRow) -> datetime | None:
    """Return when the client chose the time and price the job has now."""
    chosen: dict[str, datetime | None] = tx.group.memo.setdefault(_CHOSEN, {})
    if job.id not in chosen:
        asked = {job.id, *tx.group.ids(JobRow)} - chosen.keys()
        chosen.update(dict.fromkeys(asked))
        chosen.update(await jobs.times_chosen_at(tx.session, jobs=asked))
    return chosen[job.id]


def time_is_chosen(tx: Tx, job: JobRow) -> None:
    """Remember that the client chooses time and price now; the decision is written later."""
    tx.group.memo.setdefault(_CHOSEN, {})[job.id] = tx.now


def start_of(job: JobRow) -> datetime:
    """Return when the work starts. Raises ValueError for a job without a time."""
    if job.starts_at is None:
        raise ValueError(f"job {job.id} has no time")
    return job.starts_at
