"""The desk: hands what is said to whoever holds the line, a browser, a console or a call.

Nobody pushes to a held channel. One loop per process reads what is new, once for all who listen.
What is not taken in twenty seconds goes to the person's next channel, or waits to be found.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.bell import Bell
from bots.failures import where
from core.ports import Clock
from storage import elsewhere, history, mail, outbox
from storage.engine import readers
from storage.history import Event
from storage.outbox import Effect
from storage.tables import EffectStatus

logger = logging.getLogger(__name__)

POLL_S = 0.5
LAPSE_EVERY = timedelta(seconds=2)
UNREAD_MAX = 1_000  # what one listener may leave unread; then he is cut off and comes again
# On PostgreSQL a lower number may be committed after a higher one: look back that far.
TRAIL = timedelta(seconds=2)


class Line:
    """What is said in some lanes, for one who holds them. Say `Desk.deliver` when it arrived."""

    def __init__(self, lanes: Collection[str]) -> None:
        self.lanes = frozenset(lanes)
        self._given: set[str] = set()
        self._said: asyncio.Queue[Effect] = asyncio.Queue(UNREAD_MAX)

    def give(self, effect: Effect) -> None:
        """Hand over an effect of one of the lanes, each once."""
        if effect.lane in self.lanes and effect.id not in self._given and not self._said.full():
            self._given.add(effect.id)
            self._said.put_nowait(effect)

    async def next(self) -> Effect:
        """Wait for the next thing said."""
        return await self._said.get()

    def __aiter__(self) -> AsyncIterator[Effect]:
        return self

    async def __anext__(self) -> Effect:
        return await self.next()


class Watch:
    """Events that some people may see, for a page that shows them as they happen."""

    def __init__(self, parties: Collection[str] | None) -> None:
        self._parties = None if parties is None else frozenset(parties)
        self._events: asyncio.Queue[Event] = asyncio.Queue(UNREAD_MAX)
        self.is_cut_off = False  # it read too slowly: resume from the last `seq` that was read

    def give(self, event: Event) -> None:
        """Hand over an event, if it is for these people."""
        if event.is_for(self._parties):
            if self._events.full():
                self.is_cut_off = True
            else:
                self._events.put_nowait(event)

    async def next(self, timeout_s: float) -> Event | None:
        """Wait for the next event; None if there is none in time."""
        try:
            async with asyncio.timeout(timeout_s):
                return await self._events.get()
        except TimeoutError:
            return None


class Desk:
    """One per process that holds lines."""

    def __init__(
        self, engine: AsyncEngine, *, clock: Clock, bell: Bell | None = None, doors: Collection[str] = ()
    ) -> None:
        self._engine, self._readers = engine, readers(engine)
        self._doors = doors  # that are pushed and open
        self._clock = clock
        self._bell = bell or Bell()
        self._ear = self._bell.ear()
        self._trail = TRAIL if engine.dialect.name == "postgresql" else timedelta()
        self._lines: list[Line] = []
        self._watches: list[Watch] = []
        self._settled_seq: int | None = None  # all events up to here were given out
        self._given_seqs: set[int] = set()  # those after it that were given out too
        self._taken: dict[str, int] = {}
        self._taker: asyncio.Task[None] | None = None

    @contextmanager
    def hold(self, lanes: Collection[str]) -> Iterator[Line]:
        """Hold lanes such as `chat:<talk id>`: what is said there comes to the line."""
        line = Line(lanes)
        self._lines.append(line)
        self._ear.ring()
        try:
            yield line
        finally:
            self._lines.remove(line)

    @contextmanager
    def watch(self, parties: Collection[str] | None = None) -> Iterator[Watch]:
        """Watch the events of these talks and masters, or of all.

        To go on from an event, watch first and then read `since`: what comes twice has the same `seq`.
        """
        watch = Watch(parties)
        self._watches.append(watch)
        try:
            yield watch
        finally:
            self._watches.remove(watch)

    async def since(self, seq: int, parties: Collection[str] | None = None) -> list[Event]:
        """Return the events after this one, as many as one page holds."""
        async with self._readers() as session:
            return [event for event in await history.after(session, seq) if event.is_for(parties)]

    async def deliver(self, effects: Collection[Effect]) -> None:
        """Note that these have arrived."""
        async with self._engine.begin() as connection:
            await outbox.deliver(connection, [effect.id for effect in effects], now=self._clock.now())

    async def taken(self, talk_id: str, *, upto: int) -> None:
        """Note that everything said in a talk up to this utterance's `seq` has arrived.

        Written a moment later, with all others that arrived meanwhile.
        """
        self._taken[talk_id] = max(upto, self._taken.get(talk_id, 0))
        if self._taker is None:
            self._taker = asyncio.create_task(self._write_taken())

    async def settle(self) -> None:
        """Wait until all that was taken so far is written down."""
        while self._taker is not None:
            await self._taker

    async def run(self) -> None:
        """Hand out what is new until cancelled."""
        lapse_at = self._clock.now()
        while True:
            try:
                await self.tick()
                if self._clock.now() >= lapse_at:
                    lapse_at = self._clock.now() + LAPSE_EVERY
                    await self.lapse()
            except SQLAlchemyError as failure:
                logger.warning("desk.database_away error=%s", where(failure))
            await self._ear.wait(POLL_S)

    async def tick(self) -> None:
        """Hand out what is new now: one question for all lines, one for all watches."""
        lanes = {lane for line in self._lines for lane in line.lanes}
        async with self._readers() as session:
            for effect in await outbox.held(session, lanes) if lanes else ():
                for line in self._lines:
                    line.give(effect)
            await self._give_events(session)

    async def lapse(self) -> int:
        """Send what was not taken in time by the person's next channel; returns how much that was."""
        now = self._clock.now()
        async with self._readers() as session:
            late = await outbox.overdue(session, now=now)
        if not late:
            return 0
        async with self._engine.begin() as connection:
            for effect in late:
                to = await elsewhere.other_address(connection, effect, doors=self._doors)
                await elsewhere.redirect(connection, effect, to=to, now=now, was=(EffectStatus.HELD,))
            await mail.notify(connection, by=self._bell.name)
        self._bell.ring()
        return len(late)

    async def _give_events(self, session: mail.Executor) -> None:
        if self._settled_seq is None or not self._watches:
            self._settled_seq = await history.last(session)
            self._given_seqs.clear()
            return
        settled_by = self._clock.now() - self._trail
        for event in await history.after(session, self._settled_seq):
            if event.seq not in self._given_seqs:
                for watch in self._watches:
                    watch.give(event)
            self._given_seqs.add(event.seq)
            if event.at <= settled_by:
                self._settled_seq = event.seq
        self._given_seqs = {seq for seq in self._given_seqs if seq > self._settled_seq}

    async def _write_taken(self) -> None:
        try:
            while self._taken:
                taken, self._taken = self._taken, {}
                async with self._readers() as session:
                    ids = await outbox.held_upto(session, taken)
                if ids:
                    async with self._engine.begin() as connection:
                        await outbox.deliver(connection, ids, now=self._clock.now())
        except SQLAlchemyError as failure:
            # Nothing is lost: it is fetched again, or goes to the next channel.
            logger.warning("desk.cannot_note error=%s", where(failure))
        finally:
            self._taker = None
