"""The calendar: each slot once a day, in its own zone, also when nothing ran at the time."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bots.schedule import Schedule, Slot
from storage.engine import readers
from storage.mail import LetterDraft
from storage.tables import LetterRow
from tests.fakes.clock import FakeClock
from tests.fakes.mail import Spine

KALININGRAD = ZoneInfo("Europe/Kaliningrad")  # UTC+2


async def ask(at: datetime) -> Sequence[LetterDraft]:
    return [LetterDraft(lane="master:1", key=f"confirm:1:{at:%Y-%m-%d}", kind="probe", payload={})]


SEVEN = Slot("hours", {"hour": 7, "minute": 0}, KALININGRAD, ask)


async def keys(spine: Spine) -> list[str]:
    async with readers(spine.engine)() as session:
        return list(await session.scalars(select(LetterRow.key).order_by(LetterRow.key)))


def test_a_slot_is_at_its_local_time() -> None:
    times = SEVEN.times(datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 3, 5, tzinfo=UTC))

    assert [at.astimezone(UTC) for at in times] == [
        datetime(2026, 3, 2, 5, tzinfo=UTC),
        datetime(2026, 3, 3, 5, tzinfo=UTC),
    ]


async def test_what_was_missed_is_put_once_at_the_start(spine: Spine, clock: FakeClock) -> None:
    schedules = [Schedule(spine.intake, [SEVEN], clock=clock, zone=KALININGRAD) for _ in range(2)]
    for schedule in schedules:  # two processes
        await schedule.catch_up()
    assert await keys(spine) == ["confirm:1:2026-03-02"]

    clock.advance(days=1)
    await schedules[0].catch_up()
    assert await keys(spine) == ["confirm:1:2026-03-02", "confirm:1:2026-03-03"]


async def test_what_was_missed_long_ago_is_not_worth_it(spine: Spine, clock: FakeClock) -> None:
    clock.advance(hours=14)

    await Schedule(spine.intake, [SEVEN], clock=clock, zone=KALININGRAD).catch_up()

    assert await keys(spine) == []
    assert SEVEN.catch_up < timedelta(hours=14)
