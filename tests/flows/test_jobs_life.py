"""A job from the tap to the last step, and what both people hear."""

import pytest

from tests.flows.city import ADDRESS, City, client, master


@pytest.mark.row("A46")
async def test_the_tap_takes_price_and_time_together(city: City) -> None:
    await city.master("boris")
    talk = await city.client()
    slot = await city.offered()

    job = await city.job(await city.tap(talk, slot))

    assert (job.state, job.starts_at, job.price_minor) == ("quoted", slot.start, slot.quote.price.minor)
    assert job.number.startswith("К-")
    assert job.address == ADDRESS
    booking = await city.booking(job.id)
    assert booking is not None
    assert (booking.state, booking.master_id, booking.starts_at) == ("held", "boris", slot.start)
    assert booking.until == job.quote_until
    assert not await city.stuck()


@pytest.mark.row("A74")
@pytest.mark.row("A72")
@pytest.mark.row("A174")
async def test_a_job_goes_from_search_to_done_and_both_hear_each_step(city: City) -> None:
    await city.master("boris")
    job_id = await city.ask(await city.client())
    for action in ("accept", "travel", "arrive", "start", "finish"):
        outcome = await city.step(job_id, action, master("boris"))
        assert outcome.status == "ok", outcome
        assert not await city.stuck()

    assert (await city.job(job_id)).state == "done"
    assert await city.heard("talk-anna") == [
        *("client-searching", "client-accepted", "client-travelling"),
        *("client-on-site", "client-working", "client-done"),
    ]
    assert await city.heard("talk-boris") == [
        *("master-offer", "master-accepted", "master-travelling"),
        *("master-on-site", "master-working", "master-done"),
    ]


async def test_repeating_the_last_step_is_fine_and_changes_nothing(city: City) -> None:
    await city.master("boris")
    job_id = await city.ask(await city.client())
    for action in ("accept", "accept", "travel", "travel", "arrive", "arrive"):
        assert (await city.step(job_id, action, master("boris"))).status == "ok"

    version = (await city.job(job_id)).version
    await city.step(job_id, "arrive", master("boris"))
    assert (await city.job(job_id)).version == version
    assert (await city.heard("talk-anna")).count("client-on-site") == 1


async def test_a_step_the_table_does_not_know_is_refused(city: City) -> None:
    await city.master("boris")
    job_id = await city.ask(await city.client())

    early = await city.step(job_id, "start", master("boris"))
    assert (early.status, early.facts["name"]) == ("refusal", "NotYours")
    await city.step(job_id, "accept", master("boris"))
    outcome = await city.step(job_id, "finish", master("boris"))
    assert (outcome.status, outcome.facts["name"]) == ("refusal", "StepNotAllowed")


async def test_the_client_cancels_and_the_master_hears_it(city: City) -> None:
    await city.master("boris")
    job_id = await city.ask(await city.client())
    await city.step(job_id, "accept", master("boris"))

    for _ in range(2):
        assert (await city.step(job_id, "cancel", client())).status == "ok"

    assert (await city.job(job_id)).state == "cancelled"
    assert await city.booking(job_id) is None
    assert (await city.heard("talk-boris"))[-1] == "master-job-cancelled"
    assert (await city.heard("talk-anna")).count("client-cancelled") == 1
    assert not await city.stuck()


async def test_a_stranger_can_do_nothing(city: City) -> None:
    await city.master("boris")
    await city.master("victor", rating=3)
    job_id = await city.ask(await city.client())

    for action, actor in (
        ("cancel", client("mallory")),
        ("accept", master("victor")),
        ("cancel", master("victor")),
    ):
        outcome = await city.step(job_id, action, actor)
        assert (outcome.status, outcome.facts["name"]) == ("refusal", "NotYours")
    assert (await city.job(job_id)).state == "open"


async def test_an_offered_master_sees_no_contact(city: City) -> None:
    await city.master("boris")
    job_id = await city.ask(await city.client())
    offer_text = (await city.last("talk-boris")).text
    assert "Театральная" in offer_text
    assert "30" not in offer_text.replace("12:30", "")
    assert "123-45-67" not in offer_text

    answer = await city.step(job_id, "accept", master("boris"))
    assert answer.facts["client"]["phone"] == "+79111234567"
    assert "123-45-67" in (await city.last("talk-boris")).text
