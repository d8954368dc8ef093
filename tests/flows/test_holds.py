"""A time that is held: for how long, for whom, and what happens when it is let go."""

from dataclasses import replace

import pytest

from core.flows import alternatives, bookings, slots
from core.flows.actor import Actor, ActorKind
from core.flows.tx import Tx
from storage.tables import BookingRow, JobRow, TalkRow
from tests.fakes.clock import FakeClock
from tests.flows.city import ADDRESS, HOME, City, a_request, at, client, local, master, open_job


def choices(buttons: list[dict[str, str]], verb: str) -> list[str]:
    return [button["choice"] for button in buttons if button["choice"].startswith(f"{verb}:")]


async def press_time(city: City, choice: str, talk: str = "talk-anna") -> tuple[str, str | None]:
    """Press a button with a time, as the client's talk does."""

    async def press(tx: Tx) -> None:
        await bookings.take_time(tx, object_id=choice.split(":")[1], actor=Actor(ActorKind.CLIENT, talk))

    outcome = await city.do(press, lane="chat:talk-anna")
    return outcome.status, outcome.facts.get("name")


@pytest.mark.row("L2")
@pytest.mark.row("A72")
async def test_two_clients_for_one_slot_only_one_gets_it(city: City) -> None:
    await city.master("boris")
    slot = await city.offered()
    first, second = await city.client(), await city.client("vera")
    await city.tap(first, slot)

    outcome = await city.do(lambda tx: open_job(tx, second, slot), lane=f"chat:{second}")

    assert (outcome.status, outcome.facts["name"]) == ("refusal", "SlotTaken")
    assert len(await city.all(JobRow)) == 1


async def test_the_second_client_gets_the_next_master_if_there_is_one(city: City) -> None:
    await city.master("boris", rating=5)
    await city.master("victor", rating=4)
    slot = await city.offered()
    first = await city.tap(await city.client(), slot)
    second = await city.tap(await city.client("vera"), slot)

    held = [await city.booking(job_id) for job_id in (first, second)]
    assert [booking.master_id for booking in held if booking] == ["boris", "victor"]


async def test_a_price_that_no_longer_stands_is_not_taken(city: City, clock: FakeClock) -> None:
    await city.master("boris")
    slot = await city.offered(wishes=at("2026-03-03T14:00"))
    talk = await city.client()
    clock.advance(minutes=31)

    outcome = await city.do(lambda tx: open_job(tx, talk, slot))

    assert (outcome.status, outcome.facts["name"]) == ("refusal", "QuoteExpired")


async def test_a_time_that_came_too_near_is_not_taken(city: City, clock: FakeClock) -> None:
    await city.master("boris")
    slot, talk = await city.offered(), await city.client()
    clock.advance(minutes=30, seconds=1)
    slot = replace(slot, until=clock.now())

    outcome = await city.do(lambda tx: open_job(tx, talk, slot))

    assert (outcome.status, outcome.facts["name"]) == ("refusal", "SlotGone")


async def test_a_hold_runs_out_the_client_is_told_and_may_choose_again(city: City) -> None:
    await city.master("boris")
    job_id = await city.tap(await city.client(), wishes=at("2026-03-03T14:00"))

    await city.wait(minutes=31)

    assert await city.booking(job_id) is None
    said = await city.last("talk-anna")
    assert said.name == "client-hold-lapsed"
    assert not await city.stuck()

    assert await press_time(city, choices(said.buttons, "time")[0]) == ("ok", None)
    job = await city.job(job_id)
    assert (job.state, local(job.starts_at or job.created_at)) == ("open", "03-03 14:00")
    assert await city.open_offer(job_id) is not None


@pytest.mark.row("L17")
async def test_a_quote_that_nobody_answers_ends_after_a_day(city: City) -> None:
    await city.master("boris")
    job_id = await city.tap(await city.client(), wishes=at("2026-03-04T14:00"))

    await city.wait(hours=24)

    assert (await city.job(job_id)).state == "expired"
    assert await city.heard("talk-anna") == ["client-hold-lapsed", "client-expired"]
    assert not await city.stuck()


async def test_each_answer_renews_price_and_hold_but_not_beyond_a_day(city: City, clock: FakeClock) -> None:
    await city.master("boris")
    job_id = await city.tap(await city.client(), wishes=at("2026-03-04T14:00"))
    begun = clock.now()

    async def answer(tx: Tx) -> bool:
        job = await tx.get(JobRow, job_id)
        assert job is not None
        await bookings.learn(tx, job, address=ADDRESS)
        return await bookings.renew_quote(tx, job)

    for _ in range(60):
        assert (await city.do(answer)).facts["returned"] is True
        await city.wait(minutes=24)
        if await city.booking(job_id) is None:
            break

    assert (clock.now() - begun).total_seconds() / 3600 == pytest.approx(24, abs=0.5)
    assert (await city.do(answer)).facts["returned"] is False or (await city.job(job_id)).state == "expired"


async def test_complete_too_late_the_client_chooses_a_time_again(city: City, clock: FakeClock) -> None:
    await city.master("boris")
    job_id = await city.tap(await city.client(), wishes=at("2026-03-03T14:00"))
    await city.wait(minutes=31)

    await city.publish(job_id)

    assert (await city.job(job_id)).state == "quoted"
    assert (await city.heard("talk-anna")).count("client-hold-lapsed") == 2
    assert not await city.stuck()


async def test_a_hold_that_ran_out_gives_way_before_its_timer(city: City, clock: FakeClock) -> None:
    await city.master("boris")
    wishes = at("2026-03-03T14:00")
    first = await city.tap(await city.client(), wishes=wishes)
    second_talk = await city.client("vera")
    clock.advance(minutes=30)
    found: list[str] = []

    async def look_and_take(tx: Tx) -> None:
        slot = (await slots.find_slots(tx, HOME, a_request(wishes=wishes)))[0]
        talk = await tx.get(TalkRow, second_talk)
        assert talk is not None
        job = await bookings.open_job(tx, HOME, talk=talk, request=a_request(wishes=wishes), slot=slot)
        found.append(local(slot.start))
        found.append(job.id)

    # The other client's letter is older than the timer in its own lane, so either may go first.
    assert (await city.do(look_and_take, lane="a")).status == "ok"

    assert found[0] == "03-03 14:00"
    assert await city.booking(found[1]) is not None
    assert await city.booking(first) is None
    assert "client-hold-lapsed" in await city.heard("talk-anna")


async def test_an_old_button_with_a_time_is_refused(city: City) -> None:
    await city.master("boris")
    job_id = await city.ask(await city.client())
    job = await city.job(job_id)
    never_offered = alternatives.time_choice(job, job.created_at)

    assert await press_time(city, never_offered) == ("refusal", "OldButton")
    assert await press_time(city, "time:rubbish:1") == ("refusal", "OldButton")
    assert await press_time(city, f"time:{job_id}.٣:1") == ("refusal", "OldButton")


async def test_other_times_are_for_the_client_of_the_job_only(city: City) -> None:
    await city.master("boris")
    job_id = await city.ask(await city.client())
    await city.step(job_id, "decline", master("boris"))
    choice = choices((await city.last("talk-anna")).buttons, "time")[0]

    assert await press_time(city, choice, talk="talk-mallory") == ("refusal", "NotYours")


async def test_another_time_while_waiting_asks_masters_anew(city: City) -> None:
    await city.master("boris")
    job_id = await city.ask(await city.client())
    await city.step(job_id, "decline", master("boris"))
    said = await city.last("talk-anna")
    await city.wait(seconds=1)

    assert await press_time(city, choices(said.buttons, "time")[0]) == ("ok", None)

    offer = await city.open_offer(job_id)
    assert offer is not None
    assert offer.master_id == "boris"  # another time is another question
    assert (await city.step(job_id, "accept", master("boris"))).status == "ok"
    assert await press_time(city, choices(said.buttons, "time")[1]) == ("refusal", "StepNotAllowed")
    assert not await city.stuck()


@pytest.mark.row("A70")
async def test_a_request_without_any_time_waits_until_one_appears(city: City) -> None:
    talk_id = await city.client()

    async def queue(tx: Tx) -> str:
        talk = await tx.get(TalkRow, talk_id)
        assert talk is not None
        return (await bookings.queue_job(tx, HOME, talk=talk, request=a_request())).id

    job_id = str((await city.do(queue)).facts["returned"])
    assert not await city.stuck()
    await city.wait(minutes=20)
    await city.master("boris")
    await city.wait(minutes=20)

    assert (await city.heard(talk_id)).count("client-time-appeared") == 1
    assert not await city.stuck()
    said = await city.last(talk_id)
    assert await press_time(city, choices(said.buttons, "time")[0]) == ("ok", None)
    assert (await city.job(job_id)).state == "open"


async def test_nothing_stays_held_for_a_job_that_is_over(city: City) -> None:
    await city.master("boris")
    job_id = await city.ask(await city.client())
    await city.step(job_id, "cancel", client())

    assert {booking.state for booking in await city.all(BookingRow)} == {"released"}
    assert (await city.heard("talk-boris"))[-1] == "master-offer-closed"
