"""What the coming days will bring, by the same weekdays of the weeks before (A147)."""

from collections.abc import Mapping
from datetime import date, timedelta

WEEK = 7
WEEKS = 4  # that are looked back upon


def expected_minor(earned: Mapping[date, int], booked: Mapping[date, int], *, today: date) -> dict[date, int]:
    """Return what each of the next seven days is expected to bring, today first, in minor units.

    The mean of the same weekday in the last four weeks, rounded down; never less than what is booked.

    Args:
        earned: What the days before today brought; a missing day brought nothing.
        booked: What jobs of the coming days were ordered for.
    """
    found: dict[date, int] = {}
    for ahead in range(WEEK):
        day = today + timedelta(days=ahead)
        before = [day - timedelta(days=WEEK * week) for week in range(1, WEEKS + 1)]
        mean = sum(earned.get(one, 0) for one in before) // WEEKS
        found[day] = max(mean, booked.get(day, 0))
    return found
