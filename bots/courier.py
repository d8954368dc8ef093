"""Takes effects out of the outbox and has them performed: sent, rendered, charged, looked at.

Claim, perform, write down: three steps, of which only the first and the last are transactions. One
effect of a lane is on its way at a time. What becomes of a claim whose process died depends on the
other side: who knows the effect's id may be asked again, of others nobody knows.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.bell import Bell
from bots.failures import Verdict, judge, where
from core.kernel.refusal import Outage, Unanswered
from core.ports import Chance, Clock
from storage import mail, outbox
from storage.engine import readers
from storage.mail import LetterDraft
from storage.outbox import Effect, Performed
from storage.storable import storable
from storage.tables import EffectStatus

logger = logging.getLogger(__name__)

Landed = tuple[Performed, LetterDraft | None]

IN_FLIGHT_MAX = 32
CLAIMED_FOR = timedelta(seconds=60)  # the world has half of it to answer
ATTEMPTS_MAX = 8
BACK_OFF, BACK_OFF_MAX = timedelta(seconds=1), timedelta(minutes=10)
POLL_S = 0.5


class Performer(Protocol):
    """Does effects of one kind. All I/O with the world is behind one of these."""

    @property
    def is_repeatable(self) -> bool:
        """Whether the other side knows the effect's id, so that asking twice does no harm."""
        ...

    async def perform(self, effect: Effect) -> LetterDraft | None:
        """Do it, and return the letter that tells the result, if anybody waits for one.

        Raises:
            Outage: it did not happen; try again later.
            Unanswered: nobody knows whether it happened.
        """
        ...


class Courier:
    """Moves effects. Any number of processes may run one on PostgreSQL."""

    def __init__(
        self,
        engine: AsyncEngine,
        performers: Mapping[str, Performer],
        *,
        clock: Clock,
        chance: Chance,
        bell: Bell | None = None,
        claimed_for: timedelta = CLAIMED_FOR,
    ) -> None:
        self._engine, self._readers = engine, readers(engine)
        self._performers = performers
        self._clock, self._chance = clock, chance
        self._claimed_for = claimed_for
        self._bell = bell or Bell()
        self._ear = self._bell.ear()
        self._flying: set[asyncio.Task[None]] = set()
        self._landed: list[Landed] = []
        self._release_at: datetime | None = None

    async def run(self) -> None:
        """Perform effects until cancelled; one that takes long holds up nobody but its lane."""
        try:
            while True:
                try:
                    begun = await self._begin()
                    ended = await self._settle()
                except SQLAlchemyError as failure:
                    logger.warning("courier.database_away error=%s", where(failure))
                    begun = ended = 0
                if not begun and not ended:
                    await self._ear.wait(POLL_S)
                else:
                    await asyncio.sleep(0)
        finally:
            for task in self._flying:
                task.cancel()
            await asyncio.gather(*self._flying, return_exceptions=True)

    async def tick(self) -> int:
        """Perform what is due now and wait for it; returns how many effects that were."""
        await self._begin()
        await asyncio.gather(*self._flying)
        return await self._settle()

    async def _begin(self) -> int:
        now = self._clock.now()
        kinds = list(self._performers)
        free = IN_FLIGHT_MAX - len(self._flying)
        if not kinds or free <= 0:
            return 0
        if self._release_at is None or now >= self._release_at:
            await self._release(now)
        async with self._readers() as session:
            if not await outbox.is_any_due(session, kinds, now=now):
                return 0
        async with self._engine.begin() as connection:
            effects = await outbox.claim(
                connection, kinds, now=now, until=now + self._claimed_for, limit=free
            )
        for effect in effects:
            task = asyncio.create_task(self._perform(effect))
            self._flying.add(task)
            task.add_done_callback(self._land)
        return len(effects)

    def _land(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        self._ear.ring()

    async def _release(self, now: datetime) -> None:
        repeatable = [kind for kind, performer in self._performers.items() if performer.is_repeatable]
        async with self._engine.begin() as connection:
            if released := await outbox.release(connection, now=now, repeatable=repeatable):
                logger.warning("courier.claims_ran_out effects=%d", released)
        self._release_at = now + self._claimed_for / 6

    async def _settle(self) -> int:
        """Write down what landed, in one transaction."""
        landed, self._landed = self._landed, []
        if landed:
            await self._write_down(landed)
        return len(landed)

    async def _write_down(self, landed: list[Landed]) -> None:
        now = self._clock.now()
        letters = [self._letter(draft, now) for _, draft in landed if draft]
        try:
            async with self._engine.begin() as connection:
                await outbox.complete(connection, [performed for performed, _ in landed])
                if letters:
                    await mail.put(connection, letters, received=now)
                await mail.notify(connection, by=self._bell.name)
        except BaseException as failure:
            is_defect = isinstance(failure, Exception) and judge(failure) is Verdict.DEFECT
            if not is_defect or (landed[0][1] is None and len(landed) == 1):
                self._landed = landed + self._landed  # it happened: write it down when the database is back
                raise
            await self._write_apart(landed, failure)
        self._bell.ring()

    async def _write_apart(self, landed: list[Landed], failure: BaseException) -> None:
        """One of these cannot be written down: it is buried, and the others do not suffer."""
        if len(landed) > 1:
            for each in landed:
                await self._write_down([each])
            return
        (performed, _), error = landed[0], where(failure)
        logger.critical("courier.unwritable effect_id=%s error=%s", performed.id, error)
        dead = Performed(performed.id, EffectStatus.DEAD, due=self._clock.now(), error=error)
        await self._write_down([(dead, None)])

    def _letter(self, draft: LetterDraft, now: datetime) -> LetterDraft:
        # What the world answered may hold what no database takes.
        return replace(draft, id=draft.id or self._chance.id(now), payload=storable(draft.payload))

    async def _perform(self, effect: Effect) -> None:
        performer = self._performers[effect.kind]
        draft: LetterDraft | None = None
        try:
            async with asyncio.timeout(self._claimed_for.total_seconds() / 2):
                draft = await performer.perform(effect)
            now = self._clock.now()
            performed = Performed(effect.id, EffectStatus.DONE, due=now, delivered=now)
        except (Unanswered, TimeoutError) as failure:
            if performer.is_repeatable:
                performed = self._later(effect, failure)
            else:
                performed = self._given_up(effect, EffectStatus.UNKNOWN, failure)
        except Outage as failure:
            performed = self._later(effect, failure)
        except Exception as failure:  # noqa: BLE001 - a defect is buried, its lane goes on
            performed = self._given_up(effect, EffectStatus.DEAD, failure)
        self._landed.append((performed, draft))

    def _later(self, effect: Effect, failure: Exception) -> Performed:
        if effect.attempts >= ATTEMPTS_MAX:
            return self._given_up(effect, EffectStatus.DEAD, failure)
        pause = min(BACK_OFF * 2 ** (effect.attempts - 1), BACK_OFF_MAX)
        due = self._clock.now() + pause
        return Performed(effect.id, EffectStatus.WAITING, due=due, error=where(failure))

    def _given_up(self, effect: Effect, status: EffectStatus, failure: Exception) -> Performed:
        error = where(failure)
        logger.critical("courier.%s effect_id=%s kind=%s error=%s", status, effect.id, effect.kind, error)
        return Performed(effect.id, status, due=self._clock.now(), error=error)
