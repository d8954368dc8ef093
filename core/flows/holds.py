"""A master's time: held for a job, moved to the next master, bound by his word, let go.

A job has at most one live booking. What is blocked is the work by its upper duration plus the way (contracts,
section 6), and the database itself refuses two bookings of one master that overlap (L2).
"""

from collections.abc import Collection
from datetime import datetime

from core.flows import timers
from core.flows.tx import Tx
from core.markets.policy import Market
from storage.queries import bookings, jobs, masters
from storage.tables import BookingRow, JobRow

_HAVE_TIME = "masters with time again"
_SPARED = "jobs that gave it to them"


async def booking_of(tx: Tx, job: JobRow) -> BookingRow | None:
    """Return the job's live booking, held or bound."""
    return await tx.live(BookingRow, job.id)


async def hold(tx: Tx, market: Market, *, job: JobRow, master_id: str, until: datetime) -> BookingRow:
    """Hold this master's time for the job until a deadline; a hold on another master moves to him."""
    starts_at, ends_at = _span(market, job)
    await _clear_the_way(tx, job=job, master_id=master_id, starts_at=starts_at, ends_at=ends_at)
    booking = await booking_of(tx, job)
    if booking is None:
        booking = BookingRow(
            id=tx.id(),
            job_id=job.id,
            master_id=master_id,
            starts_at=starts_at,
            ends_at=ends_at,
            state="held",
            until=until,
        )
        tx.add(booking)
    else:
        booking.master_id = master_id
        booking.starts_at, booking.ends_at, booking.until = starts_at, ends_at, until
    timers.lapse_hold(tx, booking, until)
    return booking


def prolong(tx: Tx, booking: BookingRow, until: datetime) -> None:
    """Move a hold's deadline."""
    booking.until = until
    timers.lapse_hold(tx, booking, until)


def bind(tx: Tx, booking: BookingRow) -> None:
    """The master has given his word: his time is the job's."""
    booking.state, booking.until = "bound", None
    timers.stop_hold(tx, booking)


async def let_go(tx: Tx, job: JobRow) -> BookingRow | None:
    """Give the time back and try the jobs that wait for it. Returns what was let go."""
    booking = await booking_of(tx, job)
    if booking is None:
        return None
    booking.state = "released"
    timers.stop_hold(tx, booking)
    try_waiting_for(tx, booking.master_id, but=job.id)
    return booking


async def end_early(tx: Tx, job: JobRow) -> None:
    """The work is over: what is left of the master's time is free again (A88)."""
    booking = await booking_of(tx, job)
    if booking is None or booking.ends_at <= tx.now:
        return
    if booking.starts_at >= tx.now:
        await let_go(tx, job)
        return
    booking.ends_at = tx.now
    try_waiting_for(tx, booking.master_id, but=job.id)


async def try_waiting(tx: Tx, *, city: str, trade: str, but: Collection[str] = ()) -> None:
    """Look again for jobs of this trade that have nobody: each in its own lane, never one for all."""
    for job_id in await jobs.waiting_in(tx.session, city=city, trade=trade):
        if job_id not in but:
            timers.retry_job(tx, job_id, tx.now)


def try_waiting_for(tx: Tx, master_id: str, *, but: str = "") -> None:
    """This master has time again: once this commit is written, try the jobs of his trades that wait."""
    free: set[str] = tx.group.memo.setdefault(_HAVE_TIME, set())
    spared: set[str] = tx.group.memo.setdefault(_SPARED, set())
    free.add(master_id)
    spared.add(but)

    async def try_all() -> None:
        for city, trade in await masters.trades_of(tx.session, masters=free):
            await try_waiting(tx, city=city, trade=trade, but=spared)

    tx.group.at_last(_HAVE_TIME, try_all)


async def _clear_the_way(
    tx: Tx, *, job: JobRow, master_id: str, starts_at: datetime, ends_at: datetime
) -> None:
    """Release holds whose deadline has passed; their own timer still tells their clients."""
    in_the_way = await bookings.run_out_in(
        tx.session, master_id=master_id, starts_at=starts_at, ends_at=ends_at, now=tx.now
    )
    for booking_id in in_the_way:
        booking = await tx.get(BookingRow, booking_id)
        if booking is not None and booking.state == "held" and booking.job_id != job.id:
            booking.state = "released"
    if in_the_way:
        await tx.flush()


def _span(market: Market, job: JobRow) -> tuple[datetime, datetime]:
    if job.starts_at is None or job.ends_at is None:
        raise ValueError(f"job {job.id} has no time to hold")
    return job.starts_at, job.ends_at + market.slot_rules.travel
