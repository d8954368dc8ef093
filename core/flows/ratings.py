"""What one side says of a job once it is paid: stars from 1 to 5, once, changeable for a day."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select

from core.flows.actor import Actor
from core.flows.tx import Choice, Tx
from core.kernel.job import JobState
from core.kernel.rating import STARS, changed_sum, check_stars
from core.kernel.refusal import RatingClosed, StepNotAllowed
from core.markets.policy import Market
from storage.tables import JobRow, MasterRow, RatingRow

CHANGED_WITHIN = timedelta(hours=24)
CLIENT, MASTER = "client", "master"


async def rate(tx: Tx, *, job: JobRow, stars: int, actor: Actor, side: str = CLIENT) -> RatingRow:
    """Rate the other side of a paid job, or change one's mind. The client's stars are the master's rating.

    Raises:
        StarsWrong: not 1 to 5 stars.
        StepNotAllowed: the job is not paid.
        RatingClosed: the rating stands by now.
    """
    check_stars(stars)
    if job.state != JobState.COMPLETED or job.master_id is None:
        raise StepNotAllowed(state=job.state, action="rate")
    given = await of_job(tx, job, side=side)
    if given is not None and given.stars == stars:
        return given
    if given is not None and tx.now > given.until:
        raise RatingClosed(stars=given.stars)
    master = await tx.get(MasterRow, job.master_id) if side == CLIENT else None
    if master is not None:
        master.rating_sum = changed_sum(master.rating_sum, before=given.stars if given else None, now=stars)
        master.rating_count += given is None
    if given is None:
        given = RatingRow(
            id=tx.id(),
            job_id=job.id,
            side=side,
            master_id=job.master_id,
            stars=stars,
            until=tx.now + CHANGED_WITHIN,
            given_at=tx.now,
            changed_at=tx.now,
        )
        tx.add(given)
    else:
        given.stars, given.changed_at = stars, tx.now
    parties = [job.talk_id, job.master_id]
    tx.record("job", job.id, "rated", actor=str(actor), parties=parties, side=side, stars=stars)
    return given


async def at_odds(tx: Tx, market: Market, *, client_id: str) -> Collection[str]:
    """Return masters who shall not meet this client again: one of the two gave the other poor stars."""
    query = (
        select(RatingRow.master_id)
        .join(JobRow, JobRow.id == RatingRow.job_id)
        .where(JobRow.client_id == client_id, RatingRow.stars <= market.rating.poor_stars)
        .distinct()
    )
    return set(await tx.session.scalars(query))


def buttons_for_master(job: JobRow) -> tuple[Choice, ...]:
    """Return a button for each number of stars a master may give his client, the best first."""
    return tuple(
        Choice(f"master-stars-{stars}", f"rate:{job.id}:{stars}") for stars in sorted(STARS, reverse=True)
    )


def buttons(job: JobRow) -> tuple[Choice, ...]:
    """Return a button for each number of stars, the best first."""
    return tuple(
        Choice(f"client-stars-{stars}", f"rate:{job.id}:{stars}") for stars in sorted(STARS, reverse=True)
    )


async def of_job(tx: Tx, job: JobRow, *, side: str = CLIENT) -> RatingRow | None:
    """Return what a side has said of a job."""
    unwritten = (row for row in tx.group.unwritten(RatingRow) if (row.job_id, row.side) == (job.id, side))
    if (row := next(unwritten, None)) is not None:
        return row
    query = select(RatingRow).where(RatingRow.job_id == job.id, RatingRow.side == side)
    return await tx.session.scalar(query.with_for_update(key_share=True))
