"""Whatever people do, in whatever order: nothing is stuck, nothing is half done, nobody is booked twice."""

import random
from itertools import cycle

import pytest

from core.flows import bookings
from core.flows.actor import OWNER, Actor
from core.flows.tx import Tx
from core.kernel.job import FINAL
from storage.tables import BookingRow, JobRow, LetterRow, LetterStatus, OfferRow, UtteranceRow
from tests.databases import DATABASES
from tests.flows.city import City, at, client, master

ACTIONS = ("accept", "accept", "decline", "travel", "arrive", "start", "finish", "cancel")
WITH_MASTER = ("assigned", "travelling", "on_site", "working", "done")
WISHES = ("2026-03-02T13:00", "2026-03-02T18:00", "2026-03-03T10:00", "2026-03-03T14:00")

WALKS = list(zip(range(8), cycle(DATABASES), strict=False))


async def check(city: City) -> None:
    """What must be true at every moment."""
    assert not await city.stuck()
    assert not await city.all(LetterRow, status=LetterStatus.DEAD)
    live = {}
    for booking in await city.all(BookingRow):
        if booking.state != "released":
            assert booking.job_id not in live
            live[booking.job_id] = booking
    offers = {offer.job_id: offer for offer in await city.all(OfferRow, state="open")}
    for job in await city.all(JobRow):
        booking, offer = live.get(job.id), offers.get(job.id)
        assert offer is None or (job.state == "open" and booking and booking.master_id == offer.master_id)
        if job.state in WITH_MASTER:
            assert booking is None or (booking.state, booking.master_id) == ("bound", job.master_id)
            assert booking is not None or job.state in WITH_MASTER[1:]
        elif job.state in FINAL:
            assert booking is None
        else:
            assert job.master_id is None
            assert booking is None or booking.state == "held"


async def press_any_time(city: City, talk: str, chance: random.Random) -> None:
    """Press any button with a time that this client ever saw."""
    said = await city.all(UtteranceRow, talk_id=talk)
    seen = [b["choice"] for one in said for b in one.buttons if b["choice"].startswith("time:")]
    if seen:
        choice = chance.choice(seen)

        async def press(tx: Tx) -> None:
            await bookings.take_time(tx, object_id=choice.split(":")[1], actor=Actor.of({"actor": who}))

        who = {"kind": "client", "id": talk}
        await city.do(press, lane=f"chat:{talk}")


@pytest.mark.row("L17")
@pytest.mark.parametrize(("seed", "database_url"), WALKS, indirect=["database_url"])
async def test_any_walk_through_jobs_leaves_nothing_stuck(city: City, seed: int) -> None:
    chance = random.Random(seed)
    names = ["boris", "victor", "owl"]
    for name in names:
        hours = (0, 24) if name == "owl" else (8, chance.choice((14, 20)))
        await city.master(name, rating=chance.randint(3, 5), hours=hours)
    talks: dict[str, str] = {}
    for n in range(3):
        talk = await city.client(f"client{n}")
        found = await city.slots(wishes=at(chance.choice(WISHES)))
        talks[await city.tap(talk, found[0])] = talk

    for _ in range(40):
        job_id = chance.choice(list(talks))
        talk = talks[job_id]
        match chance.randint(0, 9):
            case 0 | 1:
                await city.wait(minutes=chance.choice((1, 6, 16, 45, 200)))
            case 2 if (await city.job(job_id)).state == "quoted":
                await city.publish(job_id)
            case 3:
                await press_any_time(city, talk, chance)
            case 4 if chance.random() < 0.3:
                await city.step(job_id, "cancel", client(talk.removeprefix("talk-")))
            case 5:
                await city.step(job_id, "accept", OWNER, master_id=chance.choice(names))
            case _:
                actor = chance.choice([OWNER, *(master(name) for name in names)])
                await city.step(job_id, chance.choice(ACTIONS), actor)
        await check(city)

    await city.wait(hours=72)
    await check(city)
    for job in await city.all(JobRow):
        assert job.state in FINAL or job.state in WITH_MASTER, job.state


async def test_a_step_by_hand_stops_the_demo_of_this_job(city: City) -> None:
    await city.master("boris", is_demo=True)
    job_id = await city.ask(await city.client())
    assert await city.all(LetterRow, kind="demo-act", status=LetterStatus.WAITING)

    await city.step(job_id, "accept", master("boris"), by_demo=True)
    assert (await city.all(LetterRow, kind="demo-act", status=LetterStatus.WAITING))[0].payload[
        "step"
    ] == "travel"
    await city.step(job_id, "travel", master("boris"))

    assert not await city.all(LetterRow, kind="demo-act", status=LetterStatus.WAITING)
    assert (await city.job(job_id)).is_demo is False
