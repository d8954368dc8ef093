"""The centre's listening side: sessions over TCP, their windows, what it delivers and what goes wrong."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from bots.simulators.smsc import pdu
from bots.simulators.smsc.books import Centre, Waiting
from bots.simulators.smsc.faults import Faults
from bots.simulators.smsc.pdu import Status, Wrong
from bots.simulators.wire import FaultKind, NoticeMode

SECOND = timedelta(seconds=1)
GARBAGE = b"\0\0\0\x03not SMPP"


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed with the customer.

    Attributes:
        window: Requests on their way at once, of either side.
        per_second: Messages a second; None: as many as come.
        retry_s: Before what was turned away is delivered again.
        binds_max: Sessions at once.
        answer_s: Without an answer it is delivered again in the same session.
        enquire_s: Between two questions whether the other side is there.
        receipt_s: From taking a message to its receipt.
    """

    window: int = 10
    per_second: int | None = None
    binds_max: int = 5
    retry_s: float = 5.0
    answer_s: float = 60.0
    enquire_s: float = 60.0
    receipt_s: float = 2.0


class Server:
    """Listens for the customer."""

    def __init__(self, centre: Centre, terms: Terms, *, pace: float) -> None:
        """Listen once started. `pace` multiplies every wait but those for an answer."""
        self.centre, self.terms, self.pace = centre, terms, pace
        self.sessions: list[Session] = []
        self.port = 0
        self.faults = Faults()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._sent_at: list[datetime] = []

    async def start(self, host: str, port: int) -> None:
        """Listen; with port 0 on any that is free."""
        self._server = await asyncio.start_server(self._serve, host, port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Hang up on everybody and listen no more."""
        if self._server is not None:
            self._server.close()
        self.heal()
        self.hang_up()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hang_up(self) -> None:
        """Break every connection."""
        for session in list(self.sessions):
            session.end()

    def ring(self) -> None:
        """Let sessions look whether something waits."""
        for session in self.sessions:
            session.news.set()

    def heal(self) -> None:
        """Take all faults back."""
        self.faults.heal()
        self.centre.mode = NoticeMode.ONCE
        self.centre.receipt_state = "DELIVRD"

    def is_too_fast(self) -> bool:
        """Count a message; whether it is more than was agreed for a second."""
        if self.terms.per_second is None:
            return False
        now = self.centre.now()
        self._sent_at = [at for at in self._sent_at if now - at < SECOND]
        if len(self._sent_at) >= self.terms.per_second:
            return True
        self._sent_at.append(now)
        return False

    def later(self, wait_s: float, id: str, sm: pdu.Sm) -> None:
        """Queue a receipt after a while."""

        async def wait() -> None:
            await asyncio.sleep(wait_s * self.pace)
            self.centre.receipt(id, sm)
            self.ring()

        self._start(wait())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(self, reader, writer)
        self.sessions.append(session)
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            await session.run()
        finally:
            self.sessions.remove(session)
            self.ring()


class Session:
    """One connection."""

    def __init__(self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection that was taken."""
        self._server, self._centre = server, server.centre
        self._reader, self._writer = reader, writer
        self._sequences = count(1)
        self._flying: dict[int, tuple[Waiting, asyncio.TimerHandle]] = {}
        self._asked: set[int] = set()
        self._pending = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.bound = ""
        self.news = asyncio.Event()

    async def run(self) -> None:
        """Serve until either side ends."""
        try:
            while True:
                head = await self._reader.readexactly(pdu.HEADER.size)
                length, command, status, sequence = pdu.HEADER.unpack(head)
                if not pdu.HEADER.size <= length <= pdu.FRAME_MAX:
                    self._write(pdu.write(pdu.NACK, sequence, status=Status.INVCMDLEN))
                    return
                body = await self._reader.readexactly(length - pdu.HEADER.size)
                if command & pdu.RESPONSE:
                    self._answered(sequence, status)
                elif not await self._command(command, sequence, body):
                    return
        except (asyncio.IncompleteReadError, OSError):
            return
        finally:
            self.end()

    def end(self) -> None:
        """Break the connection; what was not answered is delivered again in another session."""
        for waiting, timer in self._flying.values():
            timer.cancel()
            waiting.is_flying = False
        self._flying = {}
        for task in self._tasks:
            task.cancel()
        self._writer.transport.abort()

    def unbind(self) -> None:
        """Ask the other side to go."""
        self._write(pdu.write(pdu.CODES["unbind"], next(self._sequences)))

    # Commands

    async def _command(self, command: int, sequence: int, body: bytes) -> bool:
        """Serve a command; False: the session is over."""
        name = pdu.COMMANDS.get(command, "")
        if not name or name == "deliver_sm":
            self._note(f"0x{command:08x}", Status.INVCMDID)
            self._write(pdu.write(pdu.NACK, sequence, status=Status.INVCMDID))
            return True
        if name == "submit_sm":
            self._pending += 1
            task = asyncio.create_task(self._submit(sequence, body), name="submit")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            await asyncio.sleep(0)
            return True
        fault = self._server.faults.take(name)
        if fault is not None and fault.asked.kind is not FaultKind.REFUSE:
            return False
        if name.startswith("bind"):
            return self._bind(name, sequence, body, is_refused=fault is not None)
        self._note(name, Status.OK)
        self._write(pdu.answer(name, sequence))
        return name != "unbind"

    def _bind(self, name: str, sequence: int, body: bytes, *, is_refused: bool) -> bool:
        status = Status.SYSERR if is_refused else self._may_bind(body)
        self._note(name, status)
        said = self._centre.system_id.encode()[:15] + b"\0"
        if status is Status.OK:
            said += pdu.tlv(pdu.Tag.SC_INTERFACE_VERSION, bytes((pdu.VERSION,)))
        self._write(pdu.answer(name, sequence, status=status, body=said))
        if status is not Status.OK:
            return status is Status.ALYBND
        self.bound = name
        for work in (self._deliver(), self._enquire()):
            task = asyncio.create_task(work)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return True

    def _may_bind(self, body: bytes) -> Status:
        try:
            asked = pdu.read_bind(body)
        except Wrong as wrong:
            return wrong.status
        binds = sum(bool(each.bound) for each in self._server.sessions)
        checks = (
            (not self.bound, Status.ALYBND),
            (asked.version == pdu.VERSION, Status.BINDFAIL),
            (asked.system_id == self._centre.system_id, Status.INVSYSID),
            (asked.password == self._centre.password, Status.INVPASWD),
            (binds < self._server.terms.binds_max, Status.BINDFAIL),
        )
        return next((status for is_right, status in checks if not is_right), Status.OK)

    async def _submit(self, sequence: int, body: bytes) -> None:
        fault = self._server.faults.take("submit_sm")
        kind = fault.asked.kind if fault else None
        try:
            id, sm = self._taken(body, is_refused=kind is FaultKind.REFUSE)
        except Wrong as wrong:
            self._pending -= 1
            self._note("submit_sm", wrong.status)
            self._write(pdu.answer("submit_sm", sequence, status=wrong.status, body=b"\0"))
            return
        self._note("submit_sm", Status.OK)
        if self._centre.mode is NoticeMode.BEFORE_ANSWER:
            self._centre.receipt(id, sm)
            self._server.ring()
            await asyncio.sleep(0)
        match kind:
            case FaultKind.CUT_AFTER:
                self.end()
            case FaultKind.GARBAGE:
                self._write(GARBAGE)
            case FaultKind.FAIL_AFTER:
                pass  # the response is lost, and nothing else
            case FaultKind.SLOW if fault is not None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(fault.released.wait(), fault.asked.seconds)
                self._write(pdu.answer("submit_sm", sequence, body=id.encode() + b"\0"))
            case _:
                self._write(pdu.answer("submit_sm", sequence, body=id.encode() + b"\0"))
        self._pending -= 1
        if self._centre.mode is not NoticeMode.BEFORE_ANSWER:
            self._server.later(self._server.terms.receipt_s, id, sm)

    def _taken(self, body: bytes, *, is_refused: bool) -> tuple[str, pdu.Sm]:
        if self.bound not in {"bind_transceiver", "bind_transmitter"}:
            raise Wrong(Status.INVBNDSTS)
        if is_refused or self._pending > self._server.terms.window or self._server.is_too_fast():
            raise Wrong(Status.THROTTLED)
        sm = pdu.read_sm(body)
        return self._centre.submit(sm), sm

    # What it delivers

    async def _deliver(self) -> None:
        if self.bound == "bind_transmitter":
            return
        while True:
            self.news.clear()
            while len(self._flying) < self._server.terms.window:
                waiting = self._centre.next()
                if waiting is None:
                    break
                self._fly(waiting)
            await self.news.wait()

    def _fly(self, waiting: Waiting) -> None:
        waiting.is_flying = True
        sequence = next(self._sequences)
        body = pdu.write_sm(waiting.sm)
        timer = asyncio.get_running_loop().call_later(
            self._server.terms.answer_s, self._answered, sequence, int(Status.X_T_APPN)
        )
        self._flying[sequence] = (waiting, timer)
        self._write(pdu.write(pdu.CODES["deliver_sm"], sequence, body=body))

    def _answered(self, sequence: int, status: int) -> None:
        self._asked.discard(sequence)
        found = self._flying.pop(sequence, None)
        if found is None:
            return
        waiting, timer = found
        timer.cancel()
        self._note("deliver_sm_resp", status)
        if self._centre.settle(waiting, status):
            self.news.set()
            return
        waiting.is_flying = True  # until it is time
        loop = asyncio.get_running_loop()
        loop.call_later(self._server.terms.retry_s * self._server.pace, self._retry, waiting)

    def _retry(self, waiting: Waiting) -> None:
        waiting.is_flying = False
        self._server.ring()

    async def _enquire(self) -> None:
        while not self._asked:
            await asyncio.sleep(self._server.terms.enquire_s)
            sequence = next(self._sequences)
            self._write(pdu.write(pdu.CODES["enquire_link"], sequence))
            self._asked.add(sequence)
            await asyncio.sleep(self._server.terms.enquire_s)
        self._writer.transport.abort()  # it does not answer

    def _write(self, said: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(said)

    def _note(self, name: str, status: int) -> None:
        self._centre.log.append({"command": name, "status": f"0x{status:02x}"})
