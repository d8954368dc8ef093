"""A town to measure in: masters with hours day and night, their talks, jobs at any point of their life.

Rows are written straight into the tables, so that ten thousand masters are there in seconds; every guard
of the database agrees with them.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from bots.clock import SystemClock
from core.flows.work import SlotRequest
from core.kernel.money import Money
from core.kernel.payment import Method
from core.kernel.settlement import split
from core.markets.cities import City, load_cities
from core.markets.policy import load_market
from core.meaning import Trade
from scripts.bench.grounds import Place
from storage.tables import (
    BookingRow,
    HoursRow,
    JobRow,
    LaneRow,
    LetterRow,
    MasterRow,
    MasterTradeRow,
    PaymentRow,
    PersonRow,
    Row,
    TalkRow,
)

MARKET = load_market("home_services")
TOWN: City = load_cities()["Калининград"]
FAULTS = ("switch_dead", "socket_dead", "light_out", "breaker_trips")
STREETS = tuple((street, district.name) for district in TOWN.districts for street in district.streets)
PRICE_MINOR = 150_000
WORK = timedelta(hours=1)
ROWS = 5_000  # in one statement

Values = Mapping[str, Any]


@contextmanager
def writing(place: Place) -> Iterator[sa.Connection]:
    """Open one transaction that fills tables, and let the database look at what it got."""
    address = sa.make_url(place.settings.database)
    driver = "postgresql+psycopg" if place.is_postgresql else "sqlite"
    engine = sa.create_engine(address.set(drivername=driver))
    try:
        with engine.begin() as connection:
            yield connection
        if place.is_postgresql:  # its own autovacuum does so within a minute
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
    finally:
        engine.dispose()


def add(connection: sa.Connection, kind: type[Row], rows: Sequence[Values]) -> None:
    """Write rows of one kind."""
    table = Row.metadata.tables[kind.__tablename__]
    for start in range(0, len(rows), ROWS):
        connection.execute(sa.insert(table), rows[start : start + ROWS])


def now() -> datetime:
    """Return the present, without what is below a second."""
    return SystemClock().now().replace(microsecond=0)


def add_masters(connection: sa.Connection, count: int, *, days: int) -> list[str]:
    """Add masters of one trade who work day and night for some days from now on; returns their ids."""
    at = now()
    ids = [f"master-{n:06}" for n in range(count)]
    middles = TOWN.districts
    add(
        connection,
        MasterRow,
        [
            {
                "id": id,
                "name": f"Мастер {n}",
                "phone": f"+7911{n:07}",
                "lang": "en" if n % 5 == 0 else "ru",
                "market": MARKET.name,
                "city": TOWN.name,
                "district": middles[n % len(middles)].name,
                "lat": middles[n % len(middles)].lat + (n % 41 - 20) / 2_000,
                "lon": middles[n % len(middles)].lon + (n % 37 - 18) / 1_000,
                "status": "active",
                "works_nights": True,
                "rating_sum": (38 + n % 13) * (n % 50) // 10,
                "rating_count": n % 50,
                "talk_id": f"talk-{id}",
                "is_demo": False,
                "silent_mornings": 0,
                "created_at": at,
                "version": 1,
            }
            for n, id in enumerate(ids)
        ],
    )
    add(
        connection,
        MasterTradeRow,
        [
            {"master_id": id, "trade": Trade.ELECTRICAL.value, "city": TOWN.name, "is_active": True}
            for id in ids
        ],
    )
    add(connection, TalkRow, [_talk(f"talk-{id}", "master", at, master_id=id) for id in ids])
    today = at.astimezone(TOWN.zone).date()
    midnights = [datetime.combine(today + timedelta(days=n), time(), TOWN.zone) for n in range(days + 1)]
    add(
        connection,
        HoursRow,
        [
            {"master_id": id, "starts_at": start, "ends_at": end, "day": start.date()}
            for id in ids
            for start, end in pairwise(midnights)
        ],
    )
    return ids


def add_jobs(
    connection: sa.Connection, count: int, *, name: str, starts: Sequence[datetime], state: str = "open"
) -> list[str]:
    """Add jobs of as many clients, complete and with a price, at these times in turn; returns their ids."""
    at = now()
    ids = [f"{name}-{n:06}" for n in range(count)]
    add(
        connection,
        PersonRow,
        [
            {
                "id": f"person-{id}",
                "name": "Анна",
                "phone": "+79111234567",
                "lang": "ru",
                "created_at": at,
                "version": 1,
            }
            for id in ids
        ],
    )
    talks = [_talk(f"talk-{id}", "client", at, person_id=f"person-{id}", job_id=id) for id in ids]
    add(connection, TalkRow, talks)
    add(connection, JobRow, [_job(id, n, starts[n % len(starts)], state, at) for n, id in enumerate(ids)])
    return ids


def add_bookings(
    connection: sa.Connection, jobs: Sequence[str], masters: Sequence[str], *, starts: Sequence[datetime]
) -> None:
    """Bind masters to jobs one by one, each for his time."""
    travel = MARKET.slot_rules.travel
    add(
        connection,
        BookingRow,
        [
            {
                "id": f"booking-{id}",
                "job_id": id,
                "master_id": master,
                "starts_at": start,
                "ends_at": start + WORK + travel,
                "state": "bound",
                "version": 1,
            }
            for id, master, start in zip(jobs, masters, starts, strict=True)
        ],
    )


def finish_jobs(connection: sa.Connection, name: str) -> None:
    """Walk open jobs of this name, each bound to a master, along their steps until the work is done."""
    jobs = Row.metadata.tables[JobRow.__tablename__]
    bookings = Row.metadata.tables[BookingRow.__tablename__]
    his = sa.select(bookings.c.master_id).where(bookings.c.job_id == jobs.c.id).scalar_subquery()
    ours = jobs.c.id.startswith(f"{name}-")
    raised = {"version": jobs.c.version + 1}
    connection.execute(sa.update(jobs).where(ours).values(state="assigned", master_id=his, **raised))
    for state in ("travelling", "on_site", "working"):
        connection.execute(sa.update(jobs).where(ours).values(state=state, **raised))
    connection.execute(sa.update(jobs).where(ours).values(state="done", finished_at=now(), **raised))


def add_payments(connection: sa.Connection, jobs: Sequence[str], masters: Sequence[str]) -> list[str]:
    """Open a payment for each of these jobs; returns their ids."""
    at = now()
    divided = split(Money(PRICE_MINOR, MARKET.currency), Method.CASH, MARKET.settlement_rules)
    ids = [f"payment-{job}" for job in jobs]
    add(
        connection,
        PaymentRow,
        [
            {
                "id": id,
                "job_id": job,
                "master_id": master,
                "state": "created",
                "currency": MARKET.currency.value,
                "amount_minor": PRICE_MINOR,
                "fee_minor": divided.fee.minor,
                "platform_minor": divided.platform.minor,
                "master_minor": divided.master.minor,
                "breakdown": {},
                "created_at": at,
                "version": 1,
            }
            for id, job, master in zip(ids, jobs, masters, strict=True)
        ],
    )
    return ids


def add_timers(
    connection: sa.Connection, jobs: Sequence[str], *, kind: str, name: str, when: datetime
) -> None:
    """Set the timer of this name for each job, as the program would have: nothing waits without one."""
    add(connection, LaneRow, [{"id": f"job:{job}"} for job in jobs])
    add(
        connection,
        LetterRow,
        [
            {
                "id": f"{kind}-{job}"[:36],
                "lane": f"job:{job}",
                "key": name.format(job),
                "kind": kind,
                "payload": {"job_id": job},
                "received": when - timedelta(hours=1),
                "due": when,
                "status": 0,
                "attempts": 0,
            }
            for job in jobs
        ],
    )


def half_hours(*, ahead: timedelta, count: int) -> list[datetime]:
    """Return starts on the half hour, from a while ahead on."""
    first = now() + ahead
    first = first.replace(minute=first.minute // 30 * 30, second=0)
    return [first + timedelta(minutes=30 * n) for n in range(count)]


def a_request(n: int) -> SlotRequest:
    """Return a request for work that differs from the next one."""
    return SlotRequest(city=TOWN.name, trade=Trade.ELECTRICAL, faults=(FAULTS[n % len(FAULTS)],))


def _talk(id: str, role: str, at: datetime, **values: Any) -> Values:
    kind = "client_request" if role == "client" else "master_onboarding"
    return {
        "id": id,
        "kind": kind,
        "role": role,
        "market": MARKET.name,
        "lang": "ru",
        "channel": "web",
        "chat_id": id,
        "status": "completed",
        "step": "done",
        "known": {},
        "person_id": None,
        "master_id": None,
        "job_id": None,
        "heard_at": at,
        "created_at": at,
        "closed_at": at,
        "version": 1,
        **values,
    }


def _job(id: str, n: int, start: datetime, state: str, at: datetime) -> Values:
    street, district = STREETS[n % len(STREETS)]
    low, high = a_request(n).minutes
    return {
        "id": id,
        "number": f"{id[:1]}-{n}",
        "market": MARKET.name,
        "city": TOWN.name,
        "state": state,
        "client_id": f"person-{id}",
        "talk_id": f"talk-{id}",
        "lang": "ru",
        "trade": Trade.ELECTRICAL.value,
        "faults": [FAULTS[n % len(FAULTS)]],
        "words": "Умер выключатель",
        "urgency": "standard",
        "address": {"street": street, "house": str(1 + n % 90), "flat": str(1 + n % 60)},
        "district": district,
        "client_name": "Анна",
        "client_phone": "+79111234567",
        "currency": MARKET.currency.value,
        "price_minor": PRICE_MINOR,
        "low_minor": PRICE_MINOR,
        "high_minor": PRICE_MINOR + 10_000,
        "breakdown": [],
        "starts_at": start,
        "ends_at": start + WORK,
        "duration_low_min": low,
        "duration_high_min": high,
        "is_demo": False,
        "created_at": at,
        "version": 1,
    }
