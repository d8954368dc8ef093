"""The other servers: they bring people's mail to our door, and again while it is not taken."""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiosmtplib

from bots.simulators.wire import LOG_MAX, NoticeMode

# As Postfix does with its defaults: every few minutes at first, then every hour or so, for five days.
SCHEDULE = (*(timedelta(minutes=5 * 2**step) for step in range(4)), timedelta(minutes=67))
TRIES_MAX = 110
NAP_S = 0.01  # at least, between two tries
ANSWER_S = 300.0  # RFC 5321, 4.5.3.2: ten minutes after the last dot; some have less
_NEVER = 500


@dataclass(frozen=True, slots=True)
class _Carried:
    """A mail on its way; mails of one lane go one after another."""

    sender: str
    content: bytes
    lane: str


class Carrier:
    """Brings mail to our server, each lane in order."""

    def __init__(self, *, host: str, port: int, to: str, pace: float) -> None:
        """Bring mail for one mailbox; `pace` multiplies the waits between tries."""
        self.host, self.port = host, port
        self.mode = NoticeMode.ONCE
        self.log: deque[dict[str, Any]] = deque(maxlen=LOG_MAX)
        self._to, self._pace = to, pace
        self._lanes: dict[str, deque[_Carried]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: list[_Carried] = []
        self._last: _Carried | None = None

    def carry(self, sender: str, content: bytes, *, lane: str, to: str = "") -> None:
        """Bring a mail: now, after what else is in its lane."""
        mail = _Carried(sender, content, f"{lane} {to or self._to}")
        if sender != "<>":
            self._last = mail
        match self.mode:
            case NoticeMode.NEVER:
                return
            case NoticeMode.REVERSED if not self._held:
                self._held.append(mail)
                return
            case NoticeMode.TWICE:
                self._put(mail)
        self._put(mail)
        while self._held:
            self._put(self._held.pop())

    def again(self) -> None:
        """Bring the last mail once more, as a server does that lost our answer."""
        if self._last is not None:
            self._put(self._last)

    async def close(self) -> None:
        """Bring nothing more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _put(self, mail: _Carried) -> None:
        lane = self._lanes.setdefault(mail.lane, deque())
        lane.append(mail)
        if len(lane) == 1:
            task = asyncio.create_task(self._run(lane))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, lane: deque[_Carried]) -> None:
        while lane:
            await self._bring(lane[0])
            lane.popleft()

    async def _bring(self, mail: _Carried) -> None:
        for tries in range(TRIES_MAX):
            answer = await self._tried(mail)
            self.log.append({"answer": answer, "tries": tries + 1})
            if answer // 100 == 2 or answer >= _NEVER:  # noqa: PLR2004 - taken
                return
            wait = SCHEDULE[min(tries, len(SCHEDULE) - 1)].total_seconds() * self._pace
            await asyncio.sleep(max(wait, NAP_S))

    async def _tried(self, mail: _Carried) -> int:
        """Bring it once; returns the code that settled it, 0 if nobody answered."""
        server = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            local_hostname="mx.mail.example",
            timeout=ANSWER_S,
            start_tls=False,
        )
        try:
            await server.connect(timeout=5)
            await server.ehlo()
            answer = await server.execute_command(b"MAIL", f"FROM:<{mail.sender.strip('<>')}>".encode())
            if answer.code // 100 == 2:  # noqa: PLR2004
                to = mail.lane.rpartition(" ")[2]
                answer = await server.execute_command(b"RCPT", f"TO:<{to}>".encode())
            if answer.code // 100 == 2:  # noqa: PLR2004
                answer = await server.data(mail.content)
            with suppress(aiosmtplib.SMTPException, OSError):
                await server.quit(timeout=1)
        except aiosmtplib.SMTPResponseException as no:
            return no.code
        except (aiosmtplib.SMTPException, OSError):
            return 0
        finally:
            server.close()
        return answer.code


__all__: Sequence[str] = ("Carrier",)
