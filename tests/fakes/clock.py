"""Time that moves only when the test says so."""

from datetime import UTC, datetime, timedelta

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday, 11:00 in Калининград: people are at work and nothing is on the edge of a day."""


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime = MORNING) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the moment the test has set."""
        return self._now

    def advance(self, **span: float) -> None:
        """Move on, never back: `advance(minutes=31)`."""
        step = timedelta(**span)
        if step < timedelta():
            raise ValueError("time does not run backwards")
        self._now += step
