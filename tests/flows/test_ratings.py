"""Both sides may rate; two who did not get on are not sent to each other again."""

import pytest

from core.flows import ratings
from core.flows.actor import Actor, ActorKind
from core.flows.tx import Tx
from core.kernel.charge import ChargeState
from storage.tables import JobRow, MasterRow, RatingRow
from tests.flows.till import Till


async def paid_job(till: Till) -> str:
    job_id = await till.done_job()
    _, charge_id = await till.charge(job_id)
    await till.told(charge_id, ChargeState.PAID)
    return job_id


async def rate(till: Till, job_id: str, stars: int, side: str) -> None:
    async def give(tx: Tx) -> None:
        job = await tx.get(JobRow, job_id)
        assert job is not None
        await ratings.rate(tx, job=job, stars=stars, actor=Actor(ActorKind(side)), side=side)

    assert (await till.do(give)).status == "ok"


async def test_a_masters_stars_are_not_his_own_rating(till: Till) -> None:
    job_id = await paid_job(till)
    (before,) = await till.all(MasterRow)
    await rate(till, job_id, 1, "master")
    (after,) = await till.all(MasterRow)
    assert (after.rating_sum, after.rating_count) == (before.rating_sum, before.rating_count)
    assert [(row.side, row.stars) for row in await till.all(RatingRow)] == [("master", 1)]


@pytest.mark.parametrize("side", ["client", "master"])
@pytest.mark.parametrize(("stars", "meets_again"), [(1, False), (2, False), (3, True), (5, True)])
async def test_two_who_did_not_get_on_do_not_meet_again(
    till: Till, side: str, stars: int, meets_again: bool
) -> None:
    job_id = await paid_job(till)
    await rate(till, job_id, stars, side)
    await till.master("clara", rating=1)
    again = await till.ask("talk-anna")
    offer = await till.open_offer(again)
    assert offer is not None
    assert offer.master_id == ("boris" if meets_again else "clara")


async def test_the_master_is_shown_the_stars_with_his_earnings(till: Till) -> None:
    job_id = await paid_job(till)
    said = [row for row in await till.all_said("talk-boris") if row.name == "master-earned"]
    assert said[0].buttons[0]["choice"] == f"rate:{job_id}:5"
