"""Two at once: the database itself decides, and exactly one wins."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from storage import guards
from tests.storage.plain import opened
from tests.storage.town import HOUR, MORNING, a_booking, a_town

DAY = timedelta(days=1)
RISES = "version = version + 1"


@pytest.mark.row("L2")
@pytest.mark.parametrize(("hands", "tries"), [(20, 1), (10, 1_000)], ids=["20 at once", "10,000 tries"])
def test_of_many_who_book_the_same_hour_exactly_one_wins(database_url: str, hands: int, tries: int) -> None:
    with opened(database_url, hands) as engine:
        with engine.begin() as connection:
            a_town(connection)
        start = Barrier(hands)

        def book(hand: int) -> int:
            start.wait()
            return sum(_books(engine, hand, number) for number in range(tries))

        with ThreadPoolExecutor(hands) as pool:
            wins = sum(pool.map(book, range(hands)))
        with engine.connect() as connection:
            query = "SELECT count(*) FROM booking WHERE master_id = 'boris' AND state = 'bound'"
            found = connection.scalar(text(query))
    assert wins == found == 1


def _books(engine: Engine, hand: int, number: int) -> bool:
    """Book once. Whom PostgreSQL ends because two wait for each other tries again, as the pump does."""
    starts_at = MORNING + DAY + timedelta(minutes=(7 * hand + number) % 50)  # no two need begin together
    hour = {"starts_at": starts_at, "ends_at": starts_at + HOUR}
    while True:
        try:
            with engine.begin() as connection:
                a_booking(connection, f"{hand}-{number}", master_id="boris", state="bound", **hour)
        except DBAPIError as error:
            if "deadlock" not in str(error):
                return _is_refused(error, "NY301")
        else:
            return True


def _is_refused(error: DBAPIError, *codes: str) -> bool:
    guard = guards.broken(error)
    if guard is None or guard.code not in codes:
        raise error
    return False


@pytest.mark.row("X200")
def test_of_two_ends_of_a_job_exactly_one_is_reached(database_url: str) -> None:
    ends = ("cancelled", "expired") * 4
    with opened(database_url, len(ends)) as engine:
        with engine.begin() as connection:
            a_town(connection)
        start = Barrier(len(ends))

        def end(state: str) -> bool:
            start.wait()
            try:
                with engine.begin() as connection:
                    connection.execute(text(f"UPDATE job SET state = '{state}', {RISES} WHERE id = 'open'"))
            except DBAPIError as error:
                return _is_refused(error, "NY201", "NY202")
            return True

        with ThreadPoolExecutor(len(ends)) as pool:
            assert sum(pool.map(end, ends)) == 1
