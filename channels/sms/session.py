"""One bound session of SMPP 3.4 over TCP: requests and their responses, and what the centre delivers.

smpp34's own client answers a `deliver_sm` as soon as it has it; we answer only what is written down, so the
session is ours and the bodies are smpp34's. What was not answered comes again in the next session.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

from channels.sms.pdu import (
    FRAME_MAX,
    HEADER,
    RESPONSE,
    VERSION,
    Command,
    Frame,
    Status,
    c_string,
    frame,
)
from core.kernel.refusal import Outage, Unanswered
from core.wire import NotLetIn, trust

logger = logging.getLogger(__name__)

HELD_MAX = 200  # messages not answered yet; more are asked to come later
SEQUENCE_MAX = 0x7FFF_FFFF
_NOT_NOW = frozenset({Status.SYSTEM_ERROR, Status.THROTTLED, Status.QUEUE_FULL})


@dataclass(frozen=True, slots=True)
class Account:
    """Where the operator listens and how it knows us.

    Attributes:
        source: In whose name we write: letters agreed with the operator, or a number.
        system_type: What some operators want there.
        window: Requests on their way at once, as agreed.
        per_second: Segments a second, as agreed.
        long: How long texts go: in parts with a header, or whole in `message_payload`.
        has_hex_ids: It tells ids in hexadecimal when it takes a message and in decimal in receipts.
    """

    host: str
    port: int
    system_id: str
    password: str
    source: str
    system_type: str = ""
    is_tls: bool = False
    window: int = 10
    per_second: float = 10.0
    long: str = "parts"  # parts, payload
    has_hex_ids: bool = False


@dataclass(frozen=True, slots=True)
class Patience:
    """How long we wait, in seconds."""

    connect_s: float = 5.0
    answer_s: float = 10.0
    enquire_s: float = 30.0
    listen_s: float = 25.0
    back_off_s: float = 1.0
    back_off_max_s: float = 60.0
    throttle_s: float = 1.0


class Session:
    """A bound session. `open` makes one; when `is_open` is false it is over for good."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, window: int, patience: Patience
    ) -> None:
        """Speak over a connection that is open already."""
        self._reader, self._writer = reader, writer
        self._patience = patience
        self._clock = asyncio.get_running_loop().time
        self.bound_s = self._clock()
        self.ended_s = self.bound_s
        self._sequences = count(1)
        self._asked: dict[int, asyncio.Future[Frame]] = {}
        self._window = asyncio.Semaphore(window)
        self._news = asyncio.Event()
        self._held: deque[Frame] = deque()
        self._unanswered = 0
        self.is_open = True
        self._tasks = [
            asyncio.create_task(self._read(), name="smpp-read"),
            asyncio.create_task(self._enquire(), name="smpp-enquire"),
        ]

    @classmethod
    async def open(cls, account: Account, patience: Patience) -> "Session":
        """Connect and bind as a transceiver. Raises Outage, NotLetIn."""
        try:
            async with asyncio.timeout(patience.connect_s):
                reader, writer = await asyncio.open_connection(
                    account.host, account.port, ssl=trust() if account.is_tls else None
                )
        except (OSError, TimeoutError) as error:
            raise Outage(f"The operator cannot be reached: {type(error).__name__}") from None
        session = cls(reader, writer, window=account.window, patience=patience)
        try:
            await session._bind(account)
        except BaseException:
            await session.close(politely=False)
            raise
        return session

    async def _bind(self, account: Account) -> None:
        body = b"".join(map(c_string, (account.system_id, account.password, account.system_type)))
        body += bytes((VERSION, 0, 0)) + c_string("")
        try:
            said = await self.ask(lambda sequence: frame(Command.BIND_TRANSCEIVER, sequence, body=body))
        except Unanswered as error:  # nothing is sent before it is bound
            raise Outage(*error.args) from None
        if said.status in _NOT_NOW:
            raise Outage(f"The operator does not let us bind now: 0x{said.status:02x}")
        if said.status != Status.OK:
            raise NotLetIn(
                f"The operator does not take our credentials: 0x{said.status:02x}. Look at its settings."
            )

    async def ask(self, write: Callable[[int], bytes]) -> Frame:
        """Send a request and return its response.

        Args:
            write: Makes the PDU of a sequence number.

        Raises:
            Outage: it was not sent.
            Unanswered: it was sent, and no response came.
        """
        try:
            async with asyncio.timeout(self._patience.answer_s):
                await self._window.acquire()
        except TimeoutError:
            raise Outage("The operator answers nothing that was sent before") from None
        sequence = next(self._sequences) % SEQUENCE_MAX + 1
        answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        try:
            if not self.is_open:
                raise Outage("The operator has closed the session")
            self._asked[sequence] = answer
            try:
                async with asyncio.timeout(self._patience.answer_s):
                    self._writer.write(write(sequence))
                    await self._writer.drain()
                    return await answer
            except (TimeoutError, OSError) as error:
                raise Unanswered(f"The operator did not answer: {type(error).__name__}") from None
        finally:
            self._asked.pop(sequence, None)
            self._window.release()

    async def take(self, wait_s: float) -> tuple[Frame, ...]:
        """Return what was delivered and not taken yet, waiting for the first; nothing if the time is over.

        Raises:
            Outage: the session is over.
        """
        if not self._held and self.is_open:
            self._news.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._news.wait()
        if not self.is_open:  # what it had not answered comes again
            raise Outage("The operator has closed the session")
        taken = tuple(self._held)
        self._held.clear()
        return taken

    def put_back(self, taken: tuple[Frame, ...]) -> None:
        """Return what was taken and could not be written down; it is taken again first."""
        self._held.extendleft(reversed(taken))

    def answer(self, delivered: tuple[Frame, ...]) -> None:
        """Tell the centre that it need not deliver these again."""
        for each in delivered:
            self._unanswered -= 1
            self._write(frame(Command.DELIVER_SM | RESPONSE, each.sequence, body=b"\0"))

    async def close(self, *, politely: bool = True) -> None:
        """Unbind and close the connection."""
        if self.is_open and politely:
            with suppress(Outage):
                async with asyncio.timeout(self._patience.connect_s):
                    await self.ask(lambda sequence: frame(Command.UNBIND, sequence))
        self._end()
        mine = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, return_exceptions=True)
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                await self._writer.wait_closed()

    # What comes

    async def _read(self) -> None:
        try:
            while True:
                head = await self._reader.readexactly(HEADER.size)
                length, command, status, sequence = HEADER.unpack(head)
                if not HEADER.size <= length <= FRAME_MAX:
                    logger.warning("smpp.frame_unreadable bytes=%d", length)
                    return
                body = await self._reader.readexactly(length - HEADER.size)
                if not self._heard(Frame(command, status, sequence, head + body, self._clock())):
                    return
        except (asyncio.IncompleteReadError, OSError):
            return
        finally:
            self._end()

    def _heard(self, said: Frame) -> bool:
        """Take what came; False: the session ends."""
        if said.command & RESPONSE:
            waiting = self._asked.get(said.sequence)
            if waiting is not None and not waiting.done():
                waiting.set_result(said)
            return True
        match said.command:
            case Command.DELIVER_SM:
                self._delivered(said)
            case Command.ENQUIRE_LINK:
                self._write(frame(Command.ENQUIRE_LINK | RESPONSE, said.sequence))
            case Command.UNBIND:
                self._write(frame(Command.UNBIND | RESPONSE, said.sequence))
                return False
            case _:
                self._write(frame(Command.GENERIC_NACK, said.sequence, status=Status.WRONG_COMMAND))
        return True

    def _delivered(self, said: Frame) -> None:
        if self._unanswered >= HELD_MAX:  # nobody listens, or too slowly: it comes again later
            self._write(
                frame(Command.DELIVER_SM | RESPONSE, said.sequence, status=Status.TEMPORARY, body=b"\0")
            )
            return
        self._unanswered += 1
        self._held.append(said)
        self._news.set()

    async def _enquire(self) -> None:
        """Find out whether the other side is still there."""
        with suppress(Outage):
            while self.is_open:
                await asyncio.sleep(self._patience.enquire_s)
                await self.ask(lambda sequence: frame(Command.ENQUIRE_LINK, sequence))
        self._end()

    def _write(self, pdu: bytes) -> None:
        if self.is_open:
            self._writer.write(pdu)

    def _end(self) -> None:
        """Let everybody who waits know that nothing more comes."""
        if not self.is_open:
            return
        self.is_open = False
        self.ended_s = self._clock()
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_exception(ConnectionResetError("the session is over"))
        self._news.set()
        self._writer.close()
