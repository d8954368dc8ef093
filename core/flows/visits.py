"""What goes wrong at the door: late, nobody opens, parts are missing. The client hears of it."""

from datetime import timedelta

from core.flows import alternatives, holds, news, offers, timers
from core.flows.actor import Actor, ActorKind
from core.flows.offers import parties
from core.flows.tx import Tx
from core.kernel.job import JobAction, JobState, step
from core.kernel.refusal import NotYours
from core.markets.policy import Market
from storage.tables import JobRow, MasterRow

UNDER_WAY = (JobState.ASSIGNED, JobState.TRAVELLING, JobState.ON_SITE, JobState.WORKING)


async def tell_delay(
    tx: Tx, *, job: JobRow, master: MasterRow | None, delay: timedelta | None, is_late: bool
) -> None:
    """Tell the client that the master will be late, or when he will be there."""
    minutes = int(delay.total_seconds()) // 60 if delay else None
    actor = f"master:{job.master_id}"
    tx.record("job", job.id, "delay", actor=actor, parties=parties(job, master), minutes=minutes)
    name = "client-master-delayed" if is_late else "client-master-soon"
    facts = {**news.master_facts(master), "span": delay or "none"}
    await news.tell_client(tx, job, name, **facts)


async def tell_at_door(tx: Tx, *, job: JobRow, master: MasterRow | None) -> None:
    """Tell the client that the master stands at the door and nobody opens."""
    tx.record("job", job.id, "nobody_opens", actor=f"master:{job.master_id}", parties=parties(job, master))
    await news.tell_client(tx, job, "client-master-at-door", **news.master_facts(master))


async def tell_parts(tx: Tx, *, job: JobRow, master: MasterRow | None) -> None:
    """Tell the client that parts are needed, and that nothing is bought without his word."""
    tx.record("job", job.id, "parts_needed", actor=f"master:{job.master_id}", parties=parties(job, master))
    await news.tell_client(tx, job, "client-parts", **news.master_facts(master))


async def miss(tx: Tx, market: Market, *, job: JobRow, actor: Actor) -> None:
    """Nobody was at home and the master leaves: he is free, and the client chooses another time.

    Raises:
        NotYours: the job is another master's.
        StepNotAllowed: the master is not at the door.
    """
    if actor.kind is not ActorKind.MASTER or actor.id != job.master_id:
        raise NotYours
    state = step(JobState(job.state), JobAction.UNASSIGN, allowed=market.job_actions)
    master = await offers.master_of(tx, job.master_id)
    job.state, job.master_id = state, None
    timers.stop(tx, job, "late", "overdue", "demo")
    await holds.let_go(tx, job)
    await tx.flush()  # the guard on steps must see this one by itself
    tx.record("job", job.id, "missed", actor=str(actor), parties=parties(job, master))
    await news.tell_master(tx, master, job, "master-missed")
    times = await alternatives.other_times(tx, market, job)
    offers.back_to_quoted(tx, market, job, step(state, JobAction.QUOTE, allowed=market.job_actions))
    name = "client-missed" if times else "client-missed-no-times"
    await news.tell_client(tx, job, name, buttons=times, choices=("cancel",), **news.master_facts(master))
