"""Takes effects out of the outbox and has them performed: sent, rendered, charged, looked at.

Claim, perform, write down: three steps, of which only the first and the last are transactions. One
effect of a lane is on its way at a time. What becomes of a claim whose process died depends on the
other side: who knows the effect's id may be asked again, of others nobody knows.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bots.bell import Bell
from bots.failures import Verdict, judge, where
from bots.gate import FLIGHT_MAX, Gates
from core.conversation.manager import FETCH
from core.flows import doors
from core.kernel.refusal import Outage, Shut, Unanswered
from core.ports import Chance, Clock
from storage import elsewhere, mail, outbox
from storage.engine import readers
from storage.mail import LetterDraft
from storage.outbox import Effect, Performed
from storage.storable import storable
from storage.tables import EffectStatus

logger = logging.getLogger(__name__)

SAY = "say"
IN_FLIGHT_MAX = 32
SAYING_MAX = 64  # besides; each door has its own share of it
FETCHING_MAX = 8  # besides: whoever hands files over slowly holds up no payment
_APART = {SAY: SAYING_MAX, FETCH: FETCHING_MAX}
LEAVE_S = 3.0  # for what is on its way when the process ends
ELSEWHERE_AFTER = timedelta(minutes=1)  # a broken door's messages go by another
CLAIMED_FOR = timedelta(seconds=60)  # the world has half of it to answer
ATTEMPTS_MAX = 8
BACK_OFF, BACK_OFF_MAX = timedelta(seconds=1), timedelta(minutes=10)
WAIT_S_MIN = 0.5  # however little patience a door asks for
POLL_S = 0.5


@dataclass(frozen=True, slots=True)
class Done:
    """It happened.

    Attributes:
        letter: Tells the result, if anybody waits for one.
        sent: Ids of the messages that went out, where something was said.
    """

    letter: LetterDraft | None = None
    sent: Sequence[str] = ()


class Halfway(Exception):  # noqa: N818 - it tells how far it came
    """Something was said in part, or not at all; the cause tells why."""

    def __init__(self, failure: Exception, *, sent: Sequence[str]) -> None:
        super().__init__(type(failure).__name__)
        self.failure = failure
        self.sent = tuple(sent)


class NoDoor(Exception):  # noqa: N818 - a door that was closed
    """The door by which something was to be said is not open any more."""


@dataclass(frozen=True, slots=True)
class Landed:
    """What came of a performed effect, to be written down.

    Attributes:
        is_missed: It cannot reach its person there; it is to go by another door.
    """

    effect: Effect
    performed: Performed
    letter: LetterDraft | None = None
    is_missed: bool = False


class Performer(Protocol):
    """Does effects of one kind. All I/O with the world is behind one of these."""

    @property
    def is_repeatable(self) -> bool:
        """Whether the other side knows the effect's id, so that asking twice does no harm."""
        ...

    async def perform(self, effect: Effect) -> LetterDraft | Done | None:
        """Do it, and return the letter that tells the result, if anybody waits for one.

        Raises:
            Outage: it did not happen; try again later.
            Unanswered: nobody knows whether it happened.
            Halfway: one of these, or Shut or Unsayable, after some of it had been said.
            NoDoor: there is no way to say it there.
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
        gates: Gates | None = None,
        claimed_for: timedelta = CLAIMED_FOR,
    ) -> None:
        self._engine, self._readers = engine, readers(engine)
        self._performers = performers
        self._clock, self._chance = clock, chance
        self._claimed_for = claimed_for
        self._bell = bell or Bell()
        self._ear = self._bell.ear()
        self._gates = gates or Gates({})
        self._flying: dict[asyncio.Task[None], str] = {}  # and the kind of what each does
        self._landed: list[Landed] = []
        self._release_at: datetime | None = None
        # SQLite has one process: what was on its way when that died is in nobody's hands any more.
        self._is_first = engine.dialect.name == "sqlite"

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
            await self._end()

    async def tick(self) -> int:
        """Perform what is due now and wait for it; returns how many effects that were."""
        await self._begin()
        await asyncio.gather(*self._flying)
        return await self._settle()

    async def _end(self) -> None:
        """Let what is on its way arrive, and write down what did: else nobody would know of it."""
        self._gates.close()  # whoever waits there has said nothing yet
        if self._flying:
            await asyncio.wait(self._flying, timeout=LEAVE_S)
        for task in self._flying:
            task.cancel()
        await asyncio.gather(*self._flying, return_exceptions=True)
        try:
            await self._settle()
        except SQLAlchemyError as failure:
            logger.warning("courier.database_away error=%s", where(failure))

    async def _begin(self) -> int:
        now = self._clock.now()
        if self._release_at is None or now >= self._release_at:
            await self._release(now)
        others = [kind for kind in self._performers if kind not in _APART]
        begun = await self._claim(others, now=now, most=IN_FLIGHT_MAX)
        for kind, most in _APART.items():
            if kind in self._performers:
                begun += await self._claim([kind], now=now, most=most)
        return begun

    async def _claim(self, kinds: list[str], *, now: datetime, most: int) -> int:
        room = most - sum(kind in kinds for kind in self._flying.values())
        if not kinds or room <= 0:
            return 0
        is_said = kinds == [SAY]
        shut = self._gates.shut(now) if is_said else ()
        async with self._readers() as session:
            if not await outbox.is_any_due(session, kinds, now=now, shut=shut):
                return 0
        async with self._engine.begin() as connection:
            effects = await outbox.claim(
                connection,
                kinds,
                now=now,
                until=now + self._claimed_for,
                limit=room,
                shut=shut,
                each=FLIGHT_MAX if is_said else None,
                takes=self._gates.share(now).takes if is_said else None,
            )
        for effect in effects:
            task = asyncio.create_task(self._perform(effect))
            self._flying[task] = effect.kind
            task.add_done_callback(self._land)
        return len(effects)

    def _land(self, task: asyncio.Task[None]) -> None:
        self._flying.pop(task, None)
        self._ear.ring()

    async def _release(self, now: datetime) -> None:
        repeatable = [kind for kind, performer in self._performers.items() if performer.is_repeatable]
        ran_out = now + self._claimed_for if self._is_first else now
        self._is_first = False
        async with self._engine.begin() as connection:
            if released := await outbox.release(
                connection, now=ran_out, repeatable=repeatable, doors=self._gates.repeatable
            ):
                logger.warning("courier.claims_ran_out effects=%d", released)
            await self._go_elsewhere(connection, now)
        self._release_at = now + self._claimed_for / 6

    async def _go_elsewhere(self, connection: AsyncConnection, now: datetime) -> None:
        """What waits at a door that has been broken for a while goes by another, where there is one."""
        broken = self._gates.broken(now, longer_than=ELSEWHERE_AFTER)
        if not broken:
            return
        others = set(self._gates.doors) - set(self._gates.broken(now))
        moved = 0
        for effect in await outbox.waiting_at(connection, broken, now=now):
            if to := await elsewhere.other_address(connection, effect, doors=others):
                moved += await elsewhere.redirect(
                    connection, effect, to=to, now=now, was=(EffectStatus.WAITING,)
                )
        logger.warning("courier.doors_broken doors=%s moved=%d", ",".join(sorted(broken)), moved)

    async def _settle(self) -> int:
        """Write down what landed, in one transaction."""
        landed, self._landed = self._landed, []
        if landed:
            await self._write_down(landed)
        return len(landed)

    async def _write_down(self, landed: list[Landed]) -> None:
        now = self._clock.now()
        letters = [self._letter(each.letter, now) for each in landed if each.letter]
        messages = [
            (each.effect.door, message_id, each.effect.id)
            for each in landed
            if each.effect.door
            for message_id in each.performed.sent
        ]
        try:
            async with self._engine.begin() as connection:
                await outbox.complete(connection, [each.performed for each in landed if not each.is_missed])
                for each in landed:
                    if each.is_missed:
                        await self._send_elsewhere(connection, each.effect, now)
                if messages:
                    await outbox.note_messages(connection, messages, now=now)
                if letters:
                    await mail.put(connection, letters, received=now)
                await mail.notify(connection, by=self._bell.name)
        except BaseException as failure:
            if not isinstance(failure, Exception) or judge(failure) is not Verdict.DEFECT:
                self._landed = landed + self._landed  # it happened: write it down when the database is back
                raise
            await self._write_apart(landed, failure)
        self._bell.ring()

    async def _send_elsewhere(self, connection: AsyncConnection, effect: Effect, now: datetime) -> None:
        to = await elsewhere.other_address(connection, effect, doors=self._gates.doors)
        was = (EffectStatus.SENDING, EffectStatus.UNKNOWN)  # unknown: our claim ran out meanwhile
        await elsewhere.redirect(connection, effect, to=to, now=now, was=was, is_refused=True)

    async def _write_apart(self, landed: list[Landed], failure: BaseException) -> None:
        """One of these cannot be written down: it is buried, and the others do not suffer."""
        if len(landed) > 1:
            for number, each in enumerate(landed):
                try:
                    await self._write_down([each])
                except BaseException:
                    self._landed += landed[number + 1 :]
                    raise
            return
        effect, error = landed[0].effect, where(failure)
        logger.critical("courier.unwritable effect_id=%s error=%s", effect.id, error)
        dead = Landed(effect, Performed(effect.id, EffectStatus.DEAD, due=self._clock.now(), error=error))
        is_bare = landed[0].letter is None and not landed[0].is_missed and not landed[0].performed.sent
        if not is_bare:  # else nothing at all can be written of it: its claim runs out
            await self._write_down([dead])

    def _letter(self, draft: LetterDraft, now: datetime) -> LetterDraft:
        # What the world answered may hold what no database takes.
        return replace(draft, id=draft.id or self._chance.id(now), payload=storable(draft.payload))

    async def _perform(self, effect: Effect) -> None:
        performer = self._performers[effect.kind]
        try:
            async with asyncio.timeout(self._claimed_for.total_seconds() / 2):
                done = await performer.perform(effect)
        except Halfway as halfway:
            landed = self._failed(effect, halfway.failure, sent=halfway.sent)
        except Exception as failure:  # noqa: BLE001 - every failure has its plan; a defect is buried
            landed = self._failed(effect, failure, sent=effect.sent)
        else:
            now = self._clock.now()
            whole = done if isinstance(done, Done) else Done(done)
            performed = Performed(effect.id, EffectStatus.DONE, due=now, delivered=now, sent=whole.sent)
            landed = Landed(effect, performed, whole.letter)
        self._landed.append(landed)

    def _failed(self, effect: Effect, failure: Exception, *, sent: Sequence[str]) -> Landed:
        """Decide what becomes of an effect that was not done, or of which nobody knows."""
        match failure:
            case NoDoor():
                return Landed(effect, self._later(effect, failure, sent=sent), is_missed=True)
            case Shut():
                letter = doors.shut_letter(effect, now=self._clock.now())
                return Landed(effect, self._later(effect, failure, sent=sent), letter, is_missed=True)
            case Unanswered() | TimeoutError() if not self._is_repeatable(effect):
                return Landed(effect, self._given_up(effect, EffectStatus.UNKNOWN, failure, sent=sent))
            case Outage() | TimeoutError():
                return Landed(effect, self._later(effect, failure, sent=sent))
            case _:
                return Landed(effect, self._given_up(effect, EffectStatus.DEAD, failure, sent=sent))

    def _is_repeatable(self, effect: Effect) -> bool:
        return self._performers[effect.kind].is_repeatable or effect.door in self._gates.repeatable

    def _later(self, effect: Effect, failure: Exception, *, sent: Sequence[str] = ()) -> Performed:
        now = self._clock.now()
        wait_s = getattr(failure, "wait_s", None)
        # A door that asked for patience, or is broken, is not the fault of what is said there.
        is_patient = wait_s is not None or effect.door in self._gates.broken(now)
        if effect.attempts >= ATTEMPTS_MAX and not is_patient:
            return self._given_up(effect, EffectStatus.DEAD, failure, sent=sent)
        pause = min(BACK_OFF * 2 ** (effect.attempts - 1), BACK_OFF_MAX)
        due = now + (timedelta(seconds=max(wait_s, WAIT_S_MIN)) if wait_s is not None else pause)
        return Performed(
            effect.id,
            EffectStatus.WAITING,
            due=due,
            error=where(failure),
            sent=sent,
            is_patient=is_patient,
        )

    def _given_up(
        self, effect: Effect, status: EffectStatus, failure: Exception, *, sent: Sequence[str] = ()
    ) -> Performed:
        error = where(failure)
        logger.critical("courier.%s effect_id=%s kind=%s error=%s", status, effect.id, effect.kind, error)
        return Performed(effect.id, status, due=self._clock.now(), error=error, sent=sent)
