"""Work that is done once more, free (L29), and what becomes of it when something else is broken.

A warranty job costs nothing and needs no payment. If the master finds another fault, the client hears its
price first, and the job becomes a paid one with his word alone.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from core.flows import news, offers, quotes, work
from core.flows.actor import Actor
from core.flows.offers import parties
from core.flows.tx import Tx
from core.kernel.job import JobState
from core.kernel.money import Currency, Money
from core.kernel.quote import Quote
from core.kernel.refusal import NotYours, OldButton, StepNotAllowed
from core.library.library import load_library
from core.markets.policy import Market
from storage.tables import JobRow

YES, NO = "pricenew", "keepfree"  # what the client's buttons choose
_UNDER_WAY = (JobState.ASSIGNED, JobState.TRAVELLING, JobState.ON_SITE, JobState.WORKING)


def covering(
    market: Market, done: Iterable[JobRow], *, faults: Collection[str], says_again: bool, now: datetime
) -> JobRow | None:
    """Return the finished job whose warranty covers what is told, the latest first.

    Args:
        faults: Library ids of what is told now; none if nothing was named.
        says_again: It was said that the same has happened again: a neighbour of the fault is meant too.
    """
    library = load_library()
    covered = [
        job
        for job in done
        if job.state == JobState.COMPLETED
        and job.closed_at is not None
        and now <= job.closed_at + market.warranty.lasts
    ]
    for job in sorted(covered, key=lambda each: each.closed_at or each.created_at, reverse=True):
        near = {near for fault in job.faults if fault in library for near in library.fault(fault).neighbours}
        is_same = bool(set(faults) & set(job.faults))
        if is_same or (says_again and (not faults or near & set(faults))):
            return job
    return None


async def ask_price(tx: Tx, market: Market, *, job: JobRow, actor: Actor) -> None:
    """The master finds that something else is broken: the client is asked before anything costs money.

    Raises:
        NotYours: the job is another master's.
        StepNotAllowed: the job is not under warranty, or not under way.
    """
    if actor.id != job.master_id:
        raise NotYours
    if job.warranty_of is None or job.state not in _UNDER_WAY:
        raise StepNotAllowed(state=job.state, action="find_new")
    master = await offers.master_of(tx, job.master_id)
    quote = _price(tx, market, job)
    tx.record("job", job.id, "new_fault", actor=str(actor), parties=parties(job, master))
    await news.tell_client(
        tx,
        job,
        "client-new-fault",
        choices=(YES, NO),
        **{**news.master_facts(master), "price": quote.price, "high": quote.high},
    )


async def answer(tx: Tx, market: Market, *, job: JobRow, actor: Actor, is_yes: bool) -> None:
    """The client agrees to pay for the other fault, or keeps to the warranty.

    Raises:
        OldButton: it is no warranty job any more, or it is over.
    """
    if job.warranty_of is None or job.state not in _UNDER_WAY:
        raise OldButton
    master = await offers.master_of(tx, job.master_id)
    action = "price_agreed" if is_yes else "price_declined"
    tx.record("job", job.id, action, actor=str(actor), parties=parties(job, master))
    if not is_yes:
        await news.tell_client(tx, job, "client-new-fault-declined")
        await news.tell_master(tx, master, job, "master-new-fault-declined")
        return
    quote, before = _price(tx, market, job), job.warranty_of
    job.warranty_of = None
    job.price_minor, job.low_minor, job.high_minor = quote.price.minor, quote.low.minor, quote.high.minor
    job.breakdown = quotes.lines_of(quote)
    stored = {"price_minor": job.price_minor, "low_minor": job.low_minor, "high_minor": job.high_minor}
    tx.decide(job.id, "price", {"warranty_of": before, "because": "another fault"}, stored)
    price, high = quote.price, Money(quote.high.minor, Currency(job.currency))
    await news.tell_client(tx, job, "client-new-fault-agreed", price=price, high=high)
    await news.tell_master(tx, master, job, "master-new-fault-agreed", price=price, high=high)


def _price(tx: Tx, market: Market, job: JobRow) -> Quote:
    """Price the visit as if it were an ordinary one, at the time it was arranged for."""
    request = work.paid(work.request_of(job))
    return quotes.price_at(tx, market, request, job.starts_at or tx.now)
