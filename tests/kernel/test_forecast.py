"""The coming week is expected to be as the same weekdays were, and never less than what is booked."""

from datetime import date, timedelta

import pytest

from core.kernel.forecast import expected_minor

TODAY = date(2026, 3, 2)


@pytest.mark.row("A147")
def test_each_day_is_the_mean_of_its_weekdays_or_what_is_booked() -> None:
    earned = {TODAY - timedelta(days=7 * week): 1_000 * week for week in range(1, 6)}
    found = expected_minor(earned, {TODAY + timedelta(days=1): 500}, today=TODAY)
    assert list(found.values()) == [2_500, 500, 0, 0, 0, 0, 0]
    assert expected_minor(earned, {TODAY: 9_999}, today=TODAY)[TODAY] == 9_999
