"""Nights: who may be disturbed, who is asked in the morning, and what the client knows (K82)."""

import pytest

from core.flows.actor import OWNER
from core.meaning import Urgency
from tests.fakes.clock import FakeClock
from tests.flows.city import City, at, local, master

pytestmark = pytest.mark.row("K82")
TOMORROW = at("2026-03-03T14:00")


@pytest.fixture(autouse=True)
async def night(city: City, clock: FakeClock) -> None:
    """It is eleven in the evening, and Boris, who works by day, is the best."""
    await city.master("boris", rating=5)
    clock.advance(hours=12)


async def test_an_offer_for_a_later_day_waits_for_the_morning_and_the_client_is_told(city: City) -> None:
    job_id = await city.ask(await city.client(), wishes=TOMORROW)

    assert await city.open_offer(job_id) is None
    booking = await city.booking(job_id)
    assert booking is not None
    assert booking.master_id == "boris"
    assert await city.heard("talk-anna") == ["client-searching-morning"]
    assert "завтра в 07:00" in (await city.last("talk-anna")).text
    assert await city.heard("talk-boris") == []
    assert not await city.stuck()

    await city.wait(hours=8)
    offer = await city.open_offer(job_id)
    assert offer is not None
    assert local(offer.made_at) == "03-03 07:00"
    assert await city.heard("talk-anna") == ["client-searching-morning"]


async def test_a_master_with_hours_at_this_hour_is_asked_at_once(city: City) -> None:
    await city.master("owl", rating=5, ratings=40, hours=(0, 24))
    job_id = await city.ask(await city.client(), wishes=TOMORROW)

    offer = await city.open_offer(job_id)
    assert offer is not None
    assert offer.master_id == "owl"


async def test_for_tonight_only_night_masters_are_asked(city: City) -> None:
    await city.master("owl", rating=3, hours=(0, 24))
    job_id = await city.ask(await city.client(), urgency=Urgency.URGENT)

    assert local((await city.job(job_id)).starts_at or city.clock.now()) == "03-02 23:30"
    offer = await city.open_offer(job_id)
    assert offer is not None
    assert offer.master_id == "owl"


async def test_the_owner_may_give_the_job_away_at_night(city: City) -> None:
    job_id = await city.ask(await city.client(), wishes=TOMORROW)

    no_offer = await city.step(job_id, "accept", OWNER)
    assert (no_offer.status, no_offer.facts["name"]) == ("refusal", "NoOffer")
    assert (await city.step(job_id, "accept", OWNER, master_id="boris")).status == "ok"
    assert (await city.job(job_id)).master_id == "boris"
    assert not await city.stuck()


async def test_the_next_one_after_a_decline_at_night_is_asked_in_the_morning(city: City) -> None:
    await city.master("owl", rating=5, ratings=40, hours=(0, 24))
    job_id = await city.ask(await city.client(), wishes=TOMORROW)

    await city.step(job_id, "decline", master("owl"))

    assert await city.open_offer(job_id) is None
    assert (await city.last("talk-anna")).name == "client-waits-morning"
    await city.wait(hours=8)
    offer = await city.open_offer(job_id)
    assert offer is not None
    assert offer.master_id == "boris"
