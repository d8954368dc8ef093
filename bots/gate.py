"""How fast doors may be gone through, who goes first, and which of them are broken.

Channels take only so many messages a second, of the whole door and of each chat. Whoever wants to say
something waits here, answers before offers before news. A door that fails again and again is shut for a
while, then tried with one message.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from core.kernel.refusal import Outage
from core.messages import Limits
from core.ports import Clock

FAILURES_MAX = 3  # in a row; then the door is taken for broken
PAUSE, PAUSE_MAX = timedelta(seconds=2), timedelta(minutes=1)
FLIGHT_MAX = 24  # messages on their way or in the queue of one door
TOGETHER = timedelta(seconds=30)  # two chats that wait so close to each other: it is the door
CHATS_MAX = 10_000  # remembered; the ones at rest are forgotten first


@dataclass(slots=True)
class Pace:
    """One thing after another, `interval` apart, `burst` of them at once after a rest."""

    interval: timedelta
    burst: int
    next_at: datetime | None = None  # when the next one would be due if there were no burst

    def wait(self, now: datetime) -> timedelta:
        """Return how long the next one has to wait."""
        if self.next_at is None:
            return timedelta()
        return max(timedelta(), self.next_at - self.interval * (self.burst - 1) - now)

    def take(self, now: datetime) -> None:
        """Let one go."""
        self.next_at = max(self.next_at or now, now) + self.interval

    def is_at_rest(self, now: datetime) -> bool:
        """Tell whether it remembers nothing that matters."""
        return self.next_at is None or self.next_at <= now


@dataclass(order=True, slots=True)
class _Waiter:
    priority: int
    number: int
    chat_id: str = field(compare=False)
    turn: "asyncio.Future[None]" = field(compare=False)


class Gate:
    """Before one door. All who speak through it in this process pass here."""

    def __init__(self, limits: Limits, *, clock: Clock) -> None:
        """Keep the pace that the door's limits allow."""
        self.limits = limits
        self._clock = clock
        self._door = Pace(timedelta(seconds=1 / limits.per_second), limits.burst)
        self._chats: dict[str, Pace] = {}
        self._queue: list[_Waiter] = []
        self._numbers = count()
        self._opener: asyncio.Task[None] | None = None
        self._nap: asyncio.Task[None] | None = None  # of the opener, until the next one may go
        self._is_closed = False
        self._inside = 0
        self._failures = 0
        self._shut_until: datetime | None = None
        self._slowed: tuple[str, datetime] | None = None  # the last chat that was told to wait, and how long
        self.broken_since: datetime | None = None

    async def enter(self, chat_id: str, *, priority: int) -> None:
        """Wait for a turn. Say `leave` afterwards, whatever came of it.

        Raises:
            Outage: the gate was closed.
        """
        if self._is_closed:
            raise _closed()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiter = _Waiter(priority, next(self._numbers), chat_id, turn)
        self._queue.append(waiter)
        if self._opener is None:
            self._opener = asyncio.create_task(self._open())
        elif self._nap is not None:
            self._nap.cancel()  # this one may go sooner than whom it waits for
        try:
            await turn
        except asyncio.CancelledError:
            if waiter in self._queue:
                self._queue.remove(waiter)
            raise
        self._inside += 1

    def leave(self) -> None:
        """Be through."""
        self._inside -= 1

    def close(self) -> None:
        """Send away whoever waits, and let nobody in any more: the process ends."""
        self._is_closed = True
        waiting, self._queue = self._queue, []
        for waiter in waiting:
            if not waiter.turn.done():
                waiter.turn.set_exception(_closed())
        if self._nap is not None:
            self._nap.cancel()

    def succeeded(self) -> None:
        """Note that the door took something."""
        self._failures, self.broken_since = 0, None

    def failed(self) -> None:
        """Note that the door did not answer as it should."""
        now = self._clock.now()
        if self.broken_since is not None and self._shut_until is not None and now < self._shut_until:
            return  # it had left before the door was shut: one breakage is told once, by however many
        self._failures += 1
        if self._failures >= FAILURES_MAX:
            pause = min(PAUSE * 2 ** min(self._failures - FAILURES_MAX, 16), PAUSE_MAX)
            self._shut_until = now + pause
            self.broken_since = self.broken_since or now

    def slow_down(self, chat_id: str, wait_s: float) -> None:
        """Note that the door asked for patience: with this chat, or with all if another was told so too."""
        now = self._clock.now()
        until = now + timedelta(seconds=wait_s)
        pace = self._pace(chat_id)
        pace.next_at = until + pace.interval * (pace.burst - 1)
        if self._slowed is not None and self._slowed[0] != chat_id and now < self._slowed[1] + TOGETHER:
            self._shut_until = max(self._shut_until or until, until)
        self._slowed = (chat_id, until)

    def wait_s(self, chat_id: str) -> float:
        """Return how long a chat has to wait by itself, however free the door is."""
        return self._pace(chat_id).wait(self._clock.now()).total_seconds()

    def room(self, now: datetime) -> int:
        """Return how many more should be taken out of the outbox for this door now.

        A busy door takes several at once or none: to look for each one by itself costs more than to say it.
        """
        if self._shut_until is not None and now < self._shut_until:
            return 0
        # One is enough to try a broken door.
        most = 1 if self.broken_since is not None else max(2, round(self.limits.per_second))
        most = min(FLIGHT_MAX, most)
        free = most - self._inside - len(self._queue)
        return free if free >= max(1, most // 3) else 0

    def is_shut(self, now: datetime) -> bool:
        """Tell whether nothing more should be taken out of the outbox for this door now."""
        return not self.room(now)

    def _pace(self, chat_id: str) -> Pace:
        pace = self._chats.get(chat_id)
        if pace is None:
            if len(self._chats) >= CHATS_MAX:
                now = self._clock.now()
                self._chats = {chat: pace for chat, pace in self._chats.items() if not pace.is_at_rest(now)}
            interval = timedelta(seconds=self.limits.chat_interval_s)
            pace = self._chats[chat_id] = Pace(interval, self.limits.chat_burst)
        return pace

    async def _open(self) -> None:
        """Let those who wait go, one by one, the most urgent first."""
        try:
            while self._queue:
                now = self._clock.now()
                wait = self._door.wait(now)
                if not wait:
                    ready = [each for each in self._queue if not self._pace(each.chat_id).wait(now)]
                    if ready:
                        self._let_in(min(ready), now)
                        continue
                    wait = min(self._pace(each.chat_id).wait(now) for each in self._queue)
                self._nap = asyncio.create_task(asyncio.sleep(wait.total_seconds()))
                await asyncio.wait([self._nap])
        finally:
            if self._nap is not None:
                self._nap.cancel()
            self._opener = self._nap = None

    def _let_in(self, waiter: _Waiter, now: datetime) -> None:
        self._queue.remove(waiter)
        if not waiter.turn.done():
            self._door.take(now)
            self._pace(waiter.chat_id).take(now)
            waiter.turn.set_result(None)


class Share:
    """How much of what is taken out of the outbox at once may be for each door."""

    def __init__(self, gates: Mapping[str, Gate], now: datetime) -> None:
        self._gates = gates
        self._room = {id(gate): gate.room(now) for gate in gates.values()}

    def takes(self, door: str | None) -> bool:
        """Count one more for a door. Return whether it has room; a door that is none needs no room."""
        gate = self._gates.get(door or "")
        if gate is None:
            return True
        self._room[id(gate)] -= 1
        return self._room[id(gate)] >= 0


class Gates:
    """The gates of all open doors, by the door's name. Two doors may share a gate."""

    def __init__(self, gates: Mapping[str, Gate]) -> None:
        self._gates = gates

    def __getitem__(self, door: str) -> Gate:
        return self._gates[door]

    def __contains__(self, door: str) -> bool:
        return door in self._gates

    @property
    def doors(self) -> Collection[str]:
        """The doors there are."""
        return self._gates.keys()

    @property
    def repeatable(self) -> Collection[str]:
        """Doors that know what was said already, by our key."""
        return [door for door, gate in self._gates.items() if gate.limits.is_repeatable]

    def share(self, now: datetime) -> Share:
        """Return how much each door has room for now."""
        return Share(self._gates, now)

    def close(self) -> None:
        """Close them all."""
        for gate in self._gates.values():
            gate.close()

    def shut(self, now: datetime) -> Collection[str]:
        """Return the doors by which nothing should leave now."""
        return [door for door, gate in self._gates.items() if gate.is_shut(now)]

    def broken(self, now: datetime, *, longer_than: timedelta = timedelta()) -> Collection[str]:
        """Return the doors that have been broken for longer than this."""
        return [
            door
            for door, gate in self._gates.items()
            if gate.broken_since is not None and now - gate.broken_since >= longer_than
        ]


def _closed() -> Outage:
    return Outage("the gate is closed", wait_s=0.0)
