"""The order of masters is the same in the database and in the kernel, however many there are."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.flows.candidates import nearness
from core.kernel.match import Candidate, rank
from storage.queries import masters
from storage.queries.masters import FIRST
from storage.tables import BookingRow, HoursRow, JobRow, MasterRow, MasterTradeRow, PersonRow
from tests.fakes.clock import FakeClock
from tests.flows.city import CITY, HOME

DISTRICTS = ("Центральный", "Ленинградский", "Московский", None)
MANY = FIRST + 60


async def a_crowd(session: AsyncSession, now: datetime, *, ratings: Sequence[int]) -> list[Candidate]:
    """Add many masters, each third busy then; returns who is free, in no order."""
    chance = random.Random(7)
    session.add(PersonRow(id="anna", lang="ru", created_at=now))
    await session.flush()
    near, free = nearness(CITY, "Центральный"), []
    for n in range(MANY):
        count, district = chance.choice(ratings), chance.choice(DISTRICTS)
        id, works = f"m{n:03}", chance.random() < 0.8
        session.add(
            MasterRow(
                id=id,
                market=HOME.name,
                city=CITY,
                district=district,
                status="active",
                rating_sum=count * 5 - chance.randint(0, count),
                rating_count=count,
                created_at=now,
            )
        )
        await session.flush()
        session.add(MasterTradeRow(master_id=id, trade="electrical", city=CITY, is_active=True))
        if works:
            session.add(
                HoursRow(master_id=id, starts_at=now, ends_at=now + timedelta(hours=8), day=now.date())
            )
        bookings = chance.randint(0, 2)
        for k in range(bookings):
            # The first booking of every third master is at the time that is asked for.
            start = now + timedelta(hours=2 if n % 3 == 0 and k == 0 else 5 + 2 * k)
            await a_booking(session, id, start)
        if works and not (n % 3 == 0 and bookings):
            row = await session.get_one(MasterRow, id)
            free.append(
                Candidate(id, row.rating_sum, row.rating_count, near.distance_m(None, district), bookings)
            )
    await session.flush()
    return free


async def a_booking(session: AsyncSession, master_id: str, start: datetime) -> None:
    id = f"{master_id}:{start:%H}"
    session.add(
        JobRow(
            id=id,
            number=id,
            market=HOME.name,
            city=CITY,
            state="quoted",
            client_id="anna",
            talk_id="talk",
            lang="ru",
            trade="electrical",
            faults=[],
            words="",
            urgency="standard",
            address={},
            currency="RUB",
            breakdown=[],
            duration_low_min=30,
            duration_high_min=60,
            created_at=start,
        )
    )
    await session.flush()
    session.add(
        BookingRow(
            id=id,
            job_id=id,
            master_id=master_id,
            starts_at=start,
            ends_at=start + timedelta(minutes=90),
            state="held",
            until=start,
        )
    )


@pytest.mark.row("K4")
@pytest.mark.row("A68")
@pytest.mark.parametrize("ratings", [range(31), (0,)], ids=["all kinds", "all newcomers"])
async def test_the_database_and_the_kernel_put_masters_in_one_order(
    session: AsyncSession, clock: FakeClock, ratings: Sequence[int]
) -> None:
    free = await a_crowd(session, clock.now(), ratings=ratings)
    start = clock.now() + timedelta(hours=2)

    found = await masters.free_masters_at(
        session,
        city=CITY,
        trade="electrical",
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        blocked_until=start + timedelta(minutes=90),
        now=clock.now(),
        rules=HOME.match_rules,
        nearness=nearness(CITY, "Центральный"),
        limit=5,
    )

    expected = [one.candidate.master_id for one in rank(free, HOME.match_rules)[:5]]
    assert [master.id for master in found] == expected
