"""Two people at the same moment: one wins, the other hears it, nothing is half done."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest

from core.flows import jobs
from core.flows.actor import OWNER, Actor
from core.flows.tx import Tx
from storage.engine import Engine, open_engine
from storage.tables import BookingRow, JobRow, OfferRow
from tests.databases import only_postgresql
from tests.flows.city import HOME, City, Deed, client, master, open_job


def deed(job_id: str, action: str, actor: Actor) -> Deed:
    async def act(tx: Tx) -> None:
        job = await tx.get(JobRow, job_id)
        await jobs.act(tx, HOME, job=job, action=action, actor=actor)

    return act


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[Engine]:
    """Open the fresh database as the program does, SQLite with its thread: races need it."""
    opened = open_engine(database_url)
    try:
        yield opened
    finally:
        await opened.dispose()


async def test_accept_and_cancel_in_one_group_one_after_the_other(city: City) -> None:
    await city.master("boris")
    job_id = await city.ask(await city.client())

    letters = [
        await city.begin(deed(job_id, "cancel", client()), lane="chat:talk-anna"),
        await city.begin(deed(job_id, "accept", master("boris")), lane="chat:talk-boris"),
    ]
    await city.drain()

    cancelled, accepted = [await city.outcome(letter) for letter in letters]
    assert cancelled.status == "ok"
    assert (accepted.status, accepted.facts["name"]) == ("refusal", "StepNotAllowed")
    assert (await city.job(job_id)).state == "cancelled"


@only_postgresql
@pytest.mark.parametrize("attempt", range(5))
async def test_accept_against_cancel_in_two_processes_ends_as_one_story(city: City, attempt: int) -> None:
    await city.master("boris")
    job_id = await city.ask(await city.client())
    letters = [
        await city.begin(deed(job_id, "cancel", client()), lane="chat:talk-anna"),
        await city.begin(deed(job_id, "accept", master("boris")), lane="chat:talk-boris"),
    ]

    await asyncio.gather(*(pump.tick() for pump in (city.pump, city.another_pump())))
    await city.drain()

    cancelled, accepted = [await city.outcome(letter) for letter in letters]
    job = await city.job(job_id)
    assert job.state == "cancelled"
    assert cancelled.status == "ok"
    assert accepted.status == "ok" or accepted.facts["name"] == "StepNotAllowed"
    said = await city.heard("talk-boris")
    ends = {"master-job-cancelled"} if accepted.status == "ok" else {"master-offer-closed"}
    assert said[-1] in ends
    assert {booking.state for booking in await city.all(BookingRow)} == {"released"}
    assert not await city.stuck()


@pytest.mark.row("L2")
async def test_ten_taps_on_one_time_in_one_moment_hold_it_once(city: City) -> None:
    await city.master("boris")
    slot = await city.offered()
    talks = [await city.client(f"client{n}") for n in range(10)]
    letters = [
        await city.begin(partial(open_job, talk_id=talk, slot=slot), lane=f"chat:{talk}") for talk in talks
    ]

    pumps = [city.pump]
    if city.engine.dialect.name == "postgresql":
        pumps += [city.another_pump(), city.another_pump()]
    await asyncio.gather(*(pump.tick() for pump in pumps))
    await city.drain()

    outcomes = [await city.outcome(letter) for letter in letters]
    assert [one.status for one in outcomes].count("ok") == 1
    assert {one.facts["name"] for one in outcomes if one.status != "ok"} == {"SlotTaken"}
    assert len(await city.all(BookingRow)) == len(await city.all(JobRow)) == 1


@only_postgresql
async def test_two_masters_cannot_both_have_a_job(city: City) -> None:
    await city.master("boris", rating=5)
    await city.master("victor", rating=4)
    job_id = await city.ask(await city.client())
    letters = [
        await city.begin(deed(job_id, "accept", master("boris")), lane="chat:talk-boris"),
        await city.begin(partial(give, job_id=job_id, master_id="victor"), lane="owner"),
    ]

    await asyncio.gather(*(pump.tick() for pump in (city.pump, city.another_pump())))
    await city.drain()

    outcomes = [await city.outcome(letter) for letter in letters]
    assert sorted(one.status for one in outcomes) == ["ok", "refusal"]
    accepted = [offer.master_id for offer in await city.all(OfferRow, state="accepted")]
    assert accepted == [(await city.job(job_id)).master_id]


async def give(tx: Tx, job_id: str, master_id: str) -> None:
    """The owner gives the job to somebody."""
    job = await tx.get(JobRow, job_id)
    await jobs.act(tx, HOME, job=job, action="accept", actor=OWNER, master_id=master_id)
