"""Wakes those who wait: in this process at once, across processes by NOTIFY.

Nobody relies on it alone; whoever listens also looks by himself every now and then.
"""

import asyncio
import logging
import os
import socket
from collections import defaultdict
from collections.abc import Iterable
from itertools import count

import psycopg
from sqlalchemy.engine import make_url

from storage import mail
from storage.mail import Outcome

logger = logging.getLogger(__name__)

REDIAL_S = 1.0

_numbers = count(1)


class Ear:
    """One who listens. What rang while he was busy is not lost."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake him."""
        self._event.set()

    async def wait(self, timeout_s: float) -> None:
        """Return when the bell rang since the last time, or the time is up."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._event.wait()
        except TimeoutError:
            pass
        self._event.clear()


class Bell:
    """What pump, intake, courier and desk of one process share."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{next(_numbers)}"  # who rings, for NOTIFY
        self._ears: list[Ear] = []
        self._far_ears: list[Ear] = []
        self._expected: dict[str, list[asyncio.Future[Outcome]]] = defaultdict(list)

    def ear(self, *, is_far: bool = False) -> Ear:
        """Return a new listener. A far one hears only what other processes did."""
        ear = Ear()
        (self._far_ears if is_far else self._ears).append(ear)
        return ear

    def forget(self, ear: Ear) -> None:
        """Stop ringing for this listener."""
        (self._ears if ear in self._ears else self._far_ears).remove(ear)

    def ring(self) -> None:
        """Wake everybody: there are new letters, effects or events."""
        for ear in self._ears:
            ear.ring()

    def ring_from_afar(self) -> None:
        """Wake everybody: another process has done something."""
        self.ring()
        for ear in self._far_ears:
            ear.ring()

    def expect(self, letter_id: str) -> asyncio.Future[Outcome]:
        """Return what will be this letter's outcome; give it back with `drop`."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._expected[letter_id].append(future)
        return future

    def drop(self, letter_id: str, future: asyncio.Future[Outcome]) -> None:
        """Expect it no longer."""
        waiting = self._expected.get(letter_id, [])
        if future in waiting:
            waiting.remove(future)
        if not waiting:
            self._expected.pop(letter_id, None)

    def expected(self) -> list[str]:
        """Return the ids of all letters whose outcome is waited for."""
        return list(self._expected)

    def tell(self, outcomes: Iterable[Outcome]) -> None:
        """Give outcomes to those who wait for them."""
        for outcome in outcomes:
            for future in self._expected.pop(outcome.letter_id, ()):
                if not future.done():
                    future.set_result(outcome)

    async def follow(self, url: str) -> None:
        """Ring when another process on this PostgreSQL does; runs until it is cancelled."""
        address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            try:
                line = await psycopg.AsyncConnection.connect(address, autocommit=True)
                async with line:
                    await line.execute(f"LISTEN {mail.WAKE}")
                    async for note in line.notifies():
                        if note.payload != self.name:  # we rang ourselves
                            self.ring_from_afar()
            except psycopg.OperationalError as failure:
                logger.warning("bell.silent error=%s", type(failure).__name__)
                await asyncio.sleep(REDIAL_S)
