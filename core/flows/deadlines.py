"""What becomes of a job when a timer comes: holds lapse, searches go on, masters who are late are replaced.

Each looks first whether there is still anything to do: the letter may have waited.
"""

from datetime import timedelta

from core.flows import alternatives, bookings, holds, jobs, news, offers, slots, timers, work
from core.flows.actor import TIMER
from core.flows.offers import Occasion, parties
from core.flows.tx import Tx
from core.kernel.job import JobAction, JobState, step
from core.markets.policy import Market
from storage.queries import jobs as stored_jobs
from storage.tables import BookingRow, JobRow

OVERDUE_AT_MOST = timedelta(hours=24)
REPLACED_WITHIN = timedelta(hours=3)  # another master instead of a late one comes no later than this


async def lapse_hold(tx: Tx, market: Market, *, job: JobRow, booking: BookingRow) -> None:
    """A hold's deadline: the time is let go and the client is asked for another."""
    live = await holds.booking_of(tx, job)
    if live is not None and (live.id != booking.id or live.until is None or tx.now < live.until):
        return
    if job.state == JobState.OPEN:
        await offers.give_up_time(tx, market, job=job)
    elif job.state == JobState.QUOTED and job.quote_until is not None:
        await holds.let_go(tx, job)
        tx.record("job", job.id, "quote_lapse", actor=str(TIMER), parties=parties(job, None))
        await bookings.offer_anew(tx, market, job)


async def lapse_job(tx: Tx, market: Market, *, job: JobRow) -> None:
    """Nobody went on with the job for a day: it ends."""
    if job.state != JobState.QUOTED:
        return
    state = step(JobState(job.state), JobAction.EXPIRE, allowed=market.job_actions)
    await holds.let_go(tx, job)
    jobs.end(tx, job, state)
    tx.record("job", job.id, JobAction.EXPIRE, actor=str(TIMER), parties=parties(job, None))
    await news.tell_client(tx, job, "client-expired")


async def retry(tx: Tx, market: Market, *, job: JobRow) -> None:
    """Look again for a master, or for a time if the job has none yet. Nothing, if somebody is asked now."""
    if job.state == JobState.OPEN and await offers.open_offer_of(tx, job) is None:
        await offers.make_offer(tx, market, job=job, occasion=Occasion.RETRY)
    elif job.state == JobState.QUOTED and job.starts_at is None:
        await _offer_first_times(tx, market, job)


async def notice_late(tx: Tx, market: Market, *, job: JobRow) -> None:
    """The master has not set out long after the start: the client is told, another one is sought."""
    if job.state != JobState.ASSIGNED or job.starts_at is None or job.ends_at is None:
        return
    if tx.now < job.starts_at + market.offer_rules.late:
        timers.watch_start(tx, job, job.starts_at + market.offer_rules.late)
        return
    late = await offers.master_of(tx, job.master_id)
    minutes = int(market.offer_rules.late.total_seconds()) // 60
    request = work.request_of(job)
    found = await slots.find_slots(tx, market, request, count=1, avoid=[job.master_id or ""], job_id=job.id)
    is_soon = bool(found) and found[0].start - tx.now <= REPLACED_WITHIN

    await jobs.unassign(tx, market, job)
    tx.record("job", job.id, "late", actor=str(TIMER), parties=parties(job, late))
    await news.tell_master(tx, late, job, "master-late")
    facts = {**news.master_facts(late), "minutes": minutes}
    if is_soon:
        job.starts_at, job.ends_at = found[0].start, found[0].end
        await news.tell_client(tx, job, "client-master-late", choices=("cancel",), **facts)
        await offers.make_offer(tx, market, job=job, occasion=Occasion.NEXT)
        return
    times = await alternatives.other_times(tx, market, job)
    state = step(JobState(job.state), JobAction.QUOTE, allowed=market.job_actions)
    offers.back_to_quoted(tx, market, job, state)
    name = "client-master-late-times" if times else "client-master-late-no-times"
    await news.tell_client(tx, job, name, buttons=times, choices=("cancel",), **facts)


async def nudge(tx: Tx, *, job: JobRow, nudges: int) -> None:
    """The work should be over: the master is asked where he is, less and less often."""
    if job.state not in jobs.ON_THE_WAY:
        return
    master = await offers.master_of(tx, job.master_id)
    buttons = {
        JobState.TRAVELLING: ("arrive", "cancel"),
        JobState.ON_SITE: ("start",),
        JobState.WORKING: ("finish",),
    }
    await news.tell_master(
        tx, master, job, f"master-overdue-{job.state}", choices=buttons[JobState(job.state)]
    )
    pause = min(jobs.OVERDUE_AFTER * 2 ** (nudges + 1), OVERDUE_AT_MOST)
    timers.watch_work(tx, job, tx.now + pause, nudges=nudges + 1)
    tx.record("job", job.id, "overdue", actor=str(TIMER), parties=parties(None, master), nudges=nudges + 1)


async def _offer_first_times(tx: Tx, market: Market, job: JobRow) -> None:
    """A request that waits for any time: tell the client as soon as there is one, once."""
    if await stored_jobs.has_offered_times(tx.session, job_id=job.id):
        return
    found = await slots.find_slots(tx, market, work.request_of(job))
    if not found:
        timers.retry_job(tx, job.id, tx.now + market.offer_rules.retry)
        return
    times = alternatives.times_offered(tx, job, found)
    timers.lapse_job(tx, job, tx.now + market.quote_rules.valid_at_most)
    await news.tell_client(tx, job, "client-time-appeared", buttons=times, choices=("cancel",))
