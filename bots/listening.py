"""Asks doors for what is new, and sees that those which knock still know where."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.doors import Door, Reception
from bots.failures import where
from core.kernel.refusal import Outage
from core.messages import Arrival, Inbound
from core.ports import Clock
from storage.engine import readers
from storage.mail import insert_of
from storage.tables import DoorRow

logger = logging.getLogger(__name__)

STAND_EVERY_S = 240.0
BACK_OFF, BACK_OFF_MAX = timedelta(seconds=1), timedelta(minutes=1)


@dataclass(slots=True)
class _Heard:
    """How far a door that is asked was heard.

    Attributes:
        stand_at: When to see again that it tells us what is new, by the loop's clock; None: now.
    """

    mark: str | None = None
    is_marked: bool = False
    stand_at: float | None = None


class Listening:
    """One door, heard. What it brings is written down before it is asked for more."""

    def __init__(
        self, door: Door, reception: Reception, *, engine: AsyncEngine, clock: Clock, url: str
    ) -> None:
        """Hear a door; `url` is where it knocks, if it does."""
        self.door = door
        self._reception = reception
        self._engine, self._readers = engine, readers(engine)
        self._clock = clock
        self._url = url
        self._thanking: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Hear the door until cancelled. What goes wrong there stops this door for a while, and no other."""
        if self.door.is_asked:
            await self._ask()
        else:
            while True:
                await self._stand(self._url)
                await asyncio.sleep(STAND_EVERY_S)

    async def take(self, arrivals: Sequence[Arrival]) -> None:
        """Write down what the door brought, then show people that their presses were taken.

        Raises:
            Outage: the database is away.
        """
        await self._reception.take(self.door, arrivals)
        for arrival in arrivals:
            if isinstance(arrival, Inbound) and arrival.press:
                task = asyncio.create_task(self._acknowledge(arrival))
                self._thanking.add(task)
                task.add_done_callback(self._thanking.discard)

    async def _ask(self) -> None:
        pause = BACK_OFF
        heard = _Heard()
        while True:
            try:
                await self._hear_once(heard)
                pause = BACK_OFF
            except Exception as failure:  # noqa: BLE001 - one door shall not stop the program
                heard.stand_at = None  # somebody may have told the service to knock elsewhere
                self._complain("cannot_hear", failure)
                await asyncio.sleep(getattr(failure, "wait_s", None) or pause.total_seconds())
                pause = min(pause * 2, BACK_OFF_MAX)

    async def _hear_once(self, heard: _Heard) -> None:
        if not heard.is_marked:
            heard.mark, heard.is_marked = await self._mark(), True
        now = asyncio.get_running_loop().time()
        if heard.stand_at is None or now >= heard.stand_at:
            await self.door.channel.stand(None)
            heard.stand_at = now + STAND_EVERY_S
        batch = await self.door.channel.listen(heard.mark)
        if batch.arrivals:
            await self.take(batch.arrivals)
        if batch.mark != heard.mark:
            heard.mark = batch.mark
            await self._note(batch.mark)

    async def _stand(self, url: str | None) -> None:
        try:
            await self.door.channel.stand(url)
        except Exception as failure:  # noqa: BLE001 - as above
            self._complain("cannot_stand", failure)

    def _complain(self, what: str, failure: Exception) -> None:
        is_planned = isinstance(failure, Outage | SQLAlchemyError)
        level = logging.WARNING if is_planned else logging.CRITICAL
        logger.log(level, "door.%s door=%s error=%s", what, self.door.name, where(failure))

    async def _acknowledge(self, arrival: Inbound) -> None:
        try:
            await self.door.channel.acknowledge(arrival)
        except Exception as failure:  # noqa: BLE001 - the press is written down: nothing is lost
            logger.info("door.cannot_thank door=%s error=%s", self.door.name, type(failure).__name__)

    async def _mark(self) -> str | None:
        async with self._readers() as session:
            return await session.scalar(select(DoorRow.mark).where(DoorRow.name == self.door.name))

    async def _note(self, mark: str | None) -> None:
        values = {"name": self.door.name, "mark": mark, "marked_at": self._clock.now()}
        async with self._engine.begin() as connection:
            query = insert_of(connection)(DoorRow).values(**values)
            changed = {"mark": mark, "marked_at": values["marked_at"]}
            await connection.execute(query.on_conflict_do_update(index_elements=["name"], set_=changed))
