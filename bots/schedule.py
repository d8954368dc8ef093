"""The calendar of the program: at a time of the day, in a zone, letters with keys are put.

APScheduler is only the clock. It runs in every process and forgets everything; the key makes a letter
once, and what was missed while nothing ran is put at the start.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from bots.failures import where
from bots.intake import Intake
from core.kernel.refusal import Outage
from core.ports import Clock
from storage.mail import LetterDraft

logger = logging.getLogger(__name__)

CATCH_UP = timedelta(hours=12)
LATE_S = 3_600  # APScheduler gives up on a slot that is later than this
RETRY_S = 5.0
PURGE_HOUR = 4


@dataclass(frozen=True, slots=True)
class Slot:
    """A regular time, and what is to be put then.

    Attributes:
        cron: Fields of a cron line, such as `{"hour": 7, "minute": 0}`.
        letters: The local time of the slot → its letters. Their keys must name the slot's day, so
            that putting them twice does nothing: `confirm:<master>:2026-03-02`.
        catch_up: How long after its time a slot that was missed is still worth it.
    """

    name: str
    cron: dict[str, int | str]
    zone: ZoneInfo
    letters: Callable[[datetime], Awaitable[Sequence[LetterDraft]]]
    catch_up: timedelta = field(default=CATCH_UP)

    def times(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """Yield the local times of this slot after a moment, up to another."""
        trigger = CronTrigger(**self.cron, timezone=self.zone)
        at = trigger.get_next_fire_time(None, after + timedelta(microseconds=1))
        while at is not None and at <= until:
            yield at
            at = trigger.get_next_fire_time(at, at + timedelta(microseconds=1))


class Schedule:
    """Puts the letters of all slots in time. Every process may run one."""

    def __init__(self, intake: Intake, slots: Sequence[Slot], *, clock: Clock, zone: ZoneInfo) -> None:
        self._intake = intake
        self._slots = slots
        self._clock = clock
        self._zone = zone

    async def run(self) -> None:
        """Put what was missed, then everything in its time, until cancelled."""
        await self.catch_up()
        scheduler = AsyncIOScheduler()
        for slot in self._slots:
            trigger = CronTrigger(**slot.cron, timezone=slot.zone)
            # Whatever fired, what is put is all that is due and was not: a late or lost slot heals itself.
            scheduler.add_job(self._emit_due, trigger, args=[slot], misfire_grace_time=LATE_S, coalesce=True)
        purge = CronTrigger(hour=PURGE_HOUR, timezone=self._zone)
        scheduler.add_job(self._intake.purge, purge, misfire_grace_time=LATE_S)
        scheduler.start()
        try:
            await asyncio.Event().wait()
        finally:
            scheduler.shutdown(wait=False)

    async def catch_up(self) -> None:
        """Put the letters of slots whose time has passed, as far as they are still worth it."""
        for slot in self._slots:
            await self._emit_due(slot)

    async def emit(self, slot: Slot, at: datetime) -> None:
        """Put the letters of one slot; again and again while the database is away."""
        for draft in await slot.letters(at):
            while True:
                try:
                    await self._intake.put(
                        lane=draft.lane, key=draft.key, kind=draft.kind, payload=draft.payload, due=draft.due
                    )
                    break
                except Outage as outage:
                    logger.warning("schedule.waits slot=%s error=%s", slot.name, where(outage))
                    await asyncio.sleep(RETRY_S)

    async def _emit_due(self, slot: Slot) -> None:
        now = self._clock.now()
        for at in slot.times(now - slot.catch_up, now):
            await self.emit(slot, at)
