"""Who is asked, in which order, and what happens when he does not take the job."""

import pytest

from core.flows.actor import OWNER
from storage.tables import JobRow
from tests.flows.city import City, at, client, master

QUARTER = 15  # minutes an offer stands
TOMORROW = at("2026-03-03T14:00")


@pytest.mark.row("A72")
@pytest.mark.row("A69")
async def test_perfect_match_the_only_free_master_is_asked_at_once(city: City) -> None:
    await city.master("boris")
    job_id = await city.ask(await city.client())

    offer = await city.open_offer(job_id)
    assert offer is not None
    assert offer.master_id == "boris"
    assert (await city.last("talk-boris")).name == "master-offer"


@pytest.mark.row("A72")
@pytest.mark.row("A68")
async def test_of_several_masters_the_best_rated_is_asked_first(city: City) -> None:
    await city.master("boris", rating=4)
    await city.master("victor", rating=5)
    await city.master("anton", rating=3)
    job_id = await city.ask(await city.client())

    offer = await city.open_offer(job_id)
    assert offer is not None
    assert offer.master_id == "victor"


@pytest.mark.row("A65")
@pytest.mark.row("K91")
async def test_of_equals_the_nearer_one_and_then_the_less_busy_one_is_asked(city: City) -> None:
    await city.master("anton", district="Московский")
    await city.master("boris", district="Центральный")
    await city.master("victor", district="Центральный")
    first, second = await city.client(), await city.client("vera")
    slot = await city.offered(district="Центральный")

    first_id = await city.ask(first, slot, district="Центральный")
    await city.step(first_id, "accept", master("boris"))
    later = await city.offered(district="Центральный")
    second_id = await city.ask(second, later, district="Центральный")

    offer = await city.open_offer(second_id)
    assert offer is not None
    assert offer.master_id == "victor"


@pytest.mark.row("A73")
async def test_equal_masters_share_the_work(city: City) -> None:
    for name in ("anton", "boris", "victor"):
        await city.master(name)
    for n in range(6):
        job_id = await city.ask(await city.client(f"client{n}"))
        await city.step(job_id, "accept", OWNER)

    taken = [job.master_id for job in await city.all(JobRow)]
    assert sorted(taken) == ["anton", "anton", "boris", "boris", "victor", "victor"]


@pytest.mark.row("A71")
async def test_a_decline_moves_the_job_and_its_time_to_the_next_master(city: City) -> None:
    await city.master("boris", rating=5)
    await city.master("victor", rating=4)
    job_id = await city.ask(await city.client())

    await city.step(job_id, "decline", master("boris"))
    await city.step(job_id, "decline", master("boris"))

    offer, booking = await city.open_offer(job_id), await city.booking(job_id)
    assert offer is not None
    assert booking is not None
    assert offer.master_id == booking.master_id == "victor"
    assert (await city.heard("talk-boris")).count("master-declined") == 1
    assert not await city.stuck()


@pytest.mark.row("K5")
async def test_silence_moves_the_job_to_the_next_master(city: City) -> None:
    await city.master("boris", rating=5)
    await city.master("victor", rating=4)
    job_id = await city.ask(await city.client(), wishes=TOMORROW)
    offer = await city.open_offer(job_id)
    assert offer is not None
    assert offer.master_id == "boris"

    await city.wait(minutes=QUARTER)

    offer = await city.open_offer(job_id)
    assert offer is not None
    assert offer.master_id == "victor"
    late = await city.step(job_id, "accept", master("boris"))
    assert (late.status, late.facts["name"]) == ("refusal", "OfferLapsed")


@pytest.mark.row("A71")
async def test_the_second_master_hears_that_the_job_is_taken(city: City) -> None:
    await city.master("boris", rating=5)
    await city.master("victor", rating=4)
    job_id = await city.ask(await city.client(), wishes=TOMORROW)
    await city.wait(minutes=QUARTER)
    await city.step(job_id, "accept", master("victor"))

    late = await city.step(job_id, "accept", master("boris"))

    assert (late.status, late.facts["name"]) == ("refusal", "AlreadyTaken")
    assert (await city.job(job_id)).master_id == "victor"


@pytest.mark.row("A72")
@pytest.mark.row("A70")
async def test_nobody_left_the_job_waits_and_the_client_may_take_another_time(city: City) -> None:
    await city.master("boris")
    job_id = await city.ask(await city.client())

    await city.step(job_id, "decline", master("boris"))

    assert (await city.job(job_id)).state == "open"
    assert await city.booking(job_id) is None
    said = await city.last("talk-anna")
    assert said.name == "client-queued"
    assert [button["choice"].split(":")[0] for button in said.buttons] == ["time", "time", "time", "cancel"]
    assert all(len(button["choice"].encode()) <= 64 for button in said.buttons)
    assert not await city.stuck()


@pytest.mark.row("A72")
@pytest.mark.row("A88")
async def test_a_master_who_becomes_free_is_asked(city: City) -> None:
    await city.master("boris")
    first = await city.ask(await city.client())
    slot_start = (await city.job(first)).starts_at
    await city.step(first, "accept", master("boris"))
    await city.master("victor", rating=3)
    second = await city.ask(await city.client("vera"))
    assert (await city.job(second)).starts_at == slot_start
    await city.step(second, "decline", master("victor"))
    assert await city.open_offer(second) is None

    await city.step(first, "cancel", client())

    offer = await city.open_offer(second)
    assert offer is not None
    assert offer.master_id == "boris"


@pytest.mark.row("A138")
@pytest.mark.row("A70")
async def test_a_job_that_waits_is_tried_every_ten_minutes(city: City) -> None:
    await city.master("boris")
    job_id = await city.ask(await city.client())
    await city.step(job_id, "decline", master("boris"))
    await city.master("victor")  # joins without telling anybody

    await city.wait(minutes=10)

    offer = await city.open_offer(job_id)
    assert offer is not None
    assert offer.master_id == "victor"
    assert (await city.heard("talk-anna")).count("client-queued") == 1


@pytest.mark.row("L17")
async def test_too_near_and_nobody_the_client_is_asked_for_another_time_and_then_it_ends(city: City) -> None:
    await city.master("boris")
    job_id = await city.ask(await city.client())
    await city.step(job_id, "decline", master("boris"))

    await city.wait(minutes=46)

    job = await city.job(job_id)
    assert job.state == "quoted"
    assert (await city.last("talk-anna")).name == "client-too-near"
    assert not await city.stuck()

    await city.wait(hours=24)
    assert (await city.job(job_id)).state == "expired"
    assert (await city.last("talk-anna")).name == "client-expired"
    assert not await city.stuck()


async def test_the_owner_gives_the_job_to_a_master_of_his_choice(city: City) -> None:
    await city.master("boris", rating=5)
    await city.master("victor", rating=4)
    job_id = await city.ask(await city.client())

    outcome = await city.step(job_id, "accept", OWNER, master_id="victor")

    assert outcome.status == "ok", outcome
    assert (await city.job(job_id)).master_id == "victor"
    assert (await city.heard("talk-boris"))[-1] == "master-offer-taken"
    assert (await city.heard("talk-victor"))[-1] == "master-accepted"


async def test_the_owner_without_an_offer_hears_so(city: City) -> None:
    await city.master("boris")
    job_id = await city.ask(await city.client())
    await city.step(job_id, "decline", master("boris"))

    outcome = await city.step(job_id, "accept", OWNER)

    assert (outcome.status, outcome.facts["name"]) == ("refusal", "NoOffer")


async def test_a_master_who_leaves_is_replaced_at_the_same_time(city: City) -> None:
    await city.master("boris", rating=5)
    await city.master("victor", rating=4)
    job_id = await city.ask(await city.client())
    start = (await city.job(job_id)).starts_at
    await city.step(job_id, "accept", master("boris"))

    for _ in range(2):
        assert (await city.step(job_id, "cancel", master("boris"))).status == "ok"

    offer, job = await city.open_offer(job_id), await city.job(job_id)
    assert offer is not None
    assert (offer.master_id, job.state, job.starts_at, job.master_id) == ("victor", "open", start, None)
    assert "client-master-left" in await city.heard("talk-anna")
    assert not await city.stuck()


async def test_a_late_master_is_replaced_and_everybody_knows(city: City) -> None:
    await city.master("boris", rating=5)
    await city.master("victor", rating=4)
    job_id = await city.ask(await city.client())
    await city.step(job_id, "accept", master("boris"))

    await city.wait(minutes=60 + 31)

    offer = await city.open_offer(job_id)
    assert offer is not None
    assert offer.master_id == "victor"
    assert "client-master-late" in await city.heard("talk-anna")
    assert "master-late" in await city.heard("talk-boris")
    assert not await city.stuck()


async def test_a_late_master_with_nobody_else_leaves_the_client_other_times(city: City) -> None:
    await city.master("boris", hours=(8, 13))
    job_id = await city.ask(await city.client())
    await city.step(job_id, "accept", master("boris"))

    await city.wait(minutes=60 + 31)

    assert (await city.job(job_id)).state == "quoted"
    assert (await city.last("talk-anna")).name == "client-master-late-times"
    assert not await city.stuck()


async def test_a_master_who_forgets_to_finish_is_asked_less_and_less_often(city: City) -> None:
    await city.master("boris")
    job_id = await city.ask(await city.client())
    for action in ("accept", "travel", "arrive", "start"):
        await city.step(job_id, action, master("boris"))

    await city.wait(hours=12)

    asked = (await city.heard("talk-boris")).count("master-overdue-working")
    assert asked == 4
    assert not await city.stuck()


@pytest.mark.row("L14")
async def test_every_choice_of_a_master_is_stored_with_what_it_looked_at(city: City) -> None:
    await city.master("boris", rating=5)
    await city.master("victor", rating=4)
    job_id = await city.ask(await city.client())

    match = (await city.decisions(job_id, "match"))[-1]
    assert match.outcome["master_id"] == "boris"
    assert [one["master_id"] for one in match.inputs["candidates"]] == ["boris", "victor"]
    assert match.inputs["candidates"][0]["is_distance_known"] is False
    assert (await city.decisions(job_id, "price"))[0].outcome["price_minor"] == (
        await city.job(job_id)
    ).price_minor
