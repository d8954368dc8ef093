"""In: our own SMTP server. A mail is answered for only once what it said is written down."""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, Envelope, Session

from channels.email.account import Account, Intake, Patience
from core.kernel.refusal import Outage
from core.messages import Arrival

HELD_MAX = 200  # mails that wait to be written down
SESSIONS_MAX = 64
IDLE_S = 120.0  # after which a silent server is left
RECIPIENTS_MAX = 20
GREETING = "Naryad"

# It tells every command with its addresses, and at times the mail itself.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)

Read = Callable[[bytes, str, Sequence[str]], Awaitable[tuple[Arrival, ...]]]


class Turned(Exception):  # noqa: N818 - an answer to a server
    """A mail is not taken; its words are the reply to the server that brought it."""


@dataclass(eq=False, slots=True)
class Held:
    """A mail that nobody has written down yet, and who waits to be told so."""

    arrivals: tuple[Arrival, ...]
    written: "asyncio.Future[None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Server:
    """Listens for mail and holds it until somebody takes it and says it is written down."""

    def __init__(self, account: Account, intake: Intake, patience: Patience, *, read: Read) -> None:
        """Take who we are, and how a mail is read: its octets, the envelope's sender, tags of recipients."""
        self._account, self._intake, self._patience, self._read = account, intake, patience, read
        self._queue: list[Held] = []
        self._came = asyncio.Event()
        self._server: asyncio.Server | None = None
        self.sessions: set[asyncio.BaseTransport] = set()

    async def start(self) -> None:
        """Listen, if nobody does yet.

        Raises:
            Outage: the port is somebody else's, or the certificate cannot be read.
        """
        if self._server is not None:
            return
        loop = asyncio.get_running_loop()
        try:
            tls = self._tls()
            self._server = await loop.create_server(
                lambda: _Conversation(self, tls), self._intake.host, self._intake.port
            )
        except OSError as failure:
            raise Outage(
                f"Mail cannot be taken in at port {self._intake.port}: {type(failure).__name__}"
            ) from None

    def stop(self) -> None:
        """Stop at once. What was not answered for comes again from the servers that brought it."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for transport in tuple(self.sessions):
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.sockets[0].getsockname()[1]) if self._server else self._intake.port

    # For whoever writes mails down

    async def take(self) -> tuple[Held, ...]:
        """Return all that is held, waiting a while for some."""
        if not self._queue:
            self._came.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._patience.listen_s):
                    await self._came.wait()
        taken, self._queue = tuple(self._queue), []
        return tuple(held for held in taken if not held.written.done())

    def answer(self, taken: Sequence[Held]) -> None:
        """Tell the servers that brought these that they are ours now."""
        for held in taken:
            if not held.written.done():
                held.written.set_result(None)

    def put_back(self, taken: Sequence[Held]) -> None:
        """Hold what was taken and not written down, before all else."""
        self._queue[:0] = [held for held in taken if not held.written.done()]
        self._came.set()

    # For the servers that bring them; names are aiosmtpd's

    async def handle_EHLO(  # noqa: N802
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,
        envelope: Envelope,  # noqa: ARG002
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Offer no login: nobody has one here."""
        session.host_name = hostname
        return [line for line in responses if not line.startswith("250-AUTH")]

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        """Take mail for our mailbox only: we are nobody's relay."""
        if self._account.tag(address) is None:
            return "550 5.1.1 No such mailbox here"
        if len(envelope.rcpt_tos) >= RECIPIENTS_MAX:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Hold a mail until it is written down, but not longer than the other side has patience."""
        if len(self._queue) >= HELD_MAX:
            return "452 4.3.1 Too much mail at once, try again later"
        tags = [self._account.tag(address) or "" for address in envelope.rcpt_tos]
        try:
            arrivals = await self._read(
                bytes(envelope.original_content or b""), envelope.mail_from or "", tags
            )
        except Turned as turned:
            return str(turned)
        if not arrivals:
            return "250 2.0.0 Heard"
        held = Held(arrivals)
        self._queue.append(held)
        self._came.set()
        try:
            async with asyncio.timeout(self._patience.written_s):
                await held.written
        except TimeoutError:
            return "451 4.3.0 Not written down yet, try again later"
        finally:
            if held in self._queue:
                self._queue.remove(held)
        return "250 2.0.0 Written down"

    async def handle_exception(self, error: Exception) -> str:
        """Tell a defect of ours without a word of the mail."""
        logging.getLogger(__name__).error("email.intake_failed error=%s", type(error).__name__)
        return "451 4.3.0 Try again later"

    def _tls(self) -> ssl.SSLContext | None:
        if self._intake.certificate is None or self._intake.key is None:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._intake.certificate, self._intake.key)
        return context


class _Conversation(SMTP):
    """One connection to our server."""

    def __init__(self, server: Server, tls: ssl.SSLContext | None) -> None:
        super().__init__(
            server,
            hostname=server._account.domain,  # noqa: SLF001 - one thing in two classes: aiosmtpd's shape
            ident=GREETING,
            data_size_limit=server._intake.bytes_max,  # noqa: SLF001
            tls_context=tls,
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
            timeout=max(IDLE_S, server._patience.written_s * 2),  # noqa: SLF001
            loop=asyncio.get_running_loop(),
        )
        self._sessions = server.sessions
        self._own: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._own is None:
            if len(self._sessions) >= SESSIONS_MAX and isinstance(transport, asyncio.WriteTransport):
                transport.write(b"421 4.3.2 Too many connections, try again later\r\n")
                transport.close()
            self._own = transport
            self._sessions.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._own is not None:
            self._sessions.discard(self._own)
        super().connection_lost(error)
