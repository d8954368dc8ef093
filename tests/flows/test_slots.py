"""Free times with prices: near the wish, never taken, each with its own price."""

import pytest

from core.flows import quotes
from core.meaning import Urgency
from tests.fakes.clock import FakeClock
from tests.flows.city import HOME, City, a_request, at, local


@pytest.mark.row("A43")
async def test_a_free_wish_comes_first_and_then_what_is_near(city: City) -> None:
    await city.master("boris")

    found = [local(slot.start) for slot in await city.slots(wishes=at("2026-03-03T14:00"))]

    assert found == ["03-03 14:00", "03-03 12:00", "03-03 16:00"]


@pytest.mark.row("A44")
async def test_all_busy_until_thursday_the_earliest_real_slot_is_offered(city: City) -> None:
    await city.master("boris", first_day=3, days=2, hours=(10, 18))

    found = [local(slot.start) for slot in await city.slots(wishes=at("2026-03-02T14:00"))]

    assert found == ["03-05 10:00", "03-05 12:00", "03-05 14:00"]


@pytest.mark.row("A45")
async def test_not_in_the_morning_but_there_are_two_other_times(city: City) -> None:
    await city.master("boris", hours=(17, 20))

    found = [local(s.start) for s in await city.slots(wishes=at("2026-03-03T08:00", "2026-03-03T12:00"))]

    assert found == ["03-02 19:00", "03-03 17:00", "03-03 19:00"]


@pytest.mark.row("A64")
async def test_nobody_of_the_trade_or_the_city_means_no_times(city: City) -> None:
    await city.master("boris")
    assert await city.slots(city="Черняховск") == []
    assert await city.slots(trade="plumbing") == []


@pytest.mark.row("K87")
async def test_each_slot_carries_its_own_price(city: City) -> None:
    await city.master("boris")
    prices = {
        when: (await city.offered(wishes=at(when))).quote.price.minor
        for when in ("2026-03-02T14:00", "2026-03-02T18:00", "2026-03-03T14:00", "2026-03-03T18:00")
    }

    assert list(prices.values()) == [180_000, 200_000, 150_000, 170_000]
    whole = quotes.indicative_range(HOME, a_request())
    assert whole.low.minor == 140_000
    assert whole.high.minor == 210_000


async def test_the_worked_example_comes_to_three_thousand(city: City) -> None:
    await city.master("boris", hours=(8, 22))

    slot = await city.offered(
        faults=("switch_dead", "socket_dead"), words="слово " * 40, wishes=at("2026-03-03T18:00")
    )

    quote = slot.quote
    assert (quote.price.minor, quote.low.minor, quote.high.minor) == (300_000, 280_000, 320_000)


async def test_what_is_taken_with_the_way_after_it_is_not_offered(city: City) -> None:
    await city.master("boris")
    await city.tap(await city.client(), wishes=at("2026-03-03T14:00"))

    found = [local(slot.start) for slot in await city.slots(wishes=at("2026-03-03T14:00"), count=4)]

    assert "03-03 14:00" not in found
    starts = {
        local(s.start) for s in await city.slots(wishes=at("2026-03-03T12:00", "2026-03-03T18:00"), count=9)
    }
    assert not starts & {"03-03 13:00", "03-03 13:30", "03-03 14:00", "03-03 14:30", "03-03 15:00"}


async def test_an_urgent_job_may_begin_sooner(city: City) -> None:
    await city.master("boris")
    assert local((await city.offered()).start) == "03-02 12:00"
    assert local((await city.offered(urgency=Urgency.URGENT)).start) == "03-02 11:30"


async def test_hours_of_two_days_that_touch_are_one(city: City) -> None:
    await city.master("boris", hours=(0, 24))
    wishes = at("2026-03-02T23:30")

    slot = await city.offered(wishes=wishes)

    assert local(slot.start) == "03-02 23:30"
    job = await city.job(await city.ask(await city.client(), slot, wishes=wishes))
    assert job.state == "open"
    assert (await city.open_offer(job.id)) is not None


@pytest.mark.row("K82")
async def test_at_night_only_masters_who_work_then_can_come_at_once(city: City, clock: FakeClock) -> None:
    await city.master("boris", hours=(6, 20))
    clock.advance(hours=14)  # one o'clock at night
    assert local((await city.offered(urgency=Urgency.URGENT)).start) == "03-03 07:30"

    await city.master("owl", hours=(0, 24), days=4)
    assert local((await city.offered(urgency=Urgency.URGENT)).start) == "03-03 01:30"
    assert local((await city.offered()).start) == "03-03 07:00"


@pytest.mark.row("L3")
async def test_a_slot_is_remembered_to_the_kopeck(city: City) -> None:
    await city.master("boris")
    slot = await city.offered(faults=("switch_dead", "socket_dead"))

    assert quotes.PricedSlot.read(slot.stored()) == slot
