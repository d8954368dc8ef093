"""E-mail: our words go out through a relay, people's come in by an SMTP server of ours.

Nothing that a mail says of its sender is vouched for: anybody can write any name and address into it. So
nobody is known by his mail alone; he tells his phone or a link code like anybody else.
"""

import logging
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from anyio import to_thread

from channels.email import bounces, reading
from channels.email.account import Account, Intake, Patience, is_mailbox
from channels.email.intake import Held, Server, Turned
from channels.email.letter import message_id, thread_of, write
from channels.email.relay import Relay
from channels.email.spool import Spool
from core.kernel.refusal import Outage, Shut, Unsayable
from core.knock import Forged, Knock, Thanks
from core.messages import (
    Address,
    Arrival,
    Attachment,
    Batch,
    Delivery,
    Inbound,
    Limits,
    Reply,
    Role,
    Unread,
)
from core.ports import Clock

logger = logging.getLogger(__name__)

CHANNEL = "email"
TEXT_MAX = 20_000
PAPER_BYTES_MAX = 10 * 1024 * 1024  # a third more as it travels: what every mailbox takes
RAW_MAX = 200_000  # characters that are kept of a mail nobody can read
SWEEP_EVERY = timedelta(hours=6)
LIMITS = Limits(
    text=TEXT_MAX,
    caption=TEXT_MAX,
    buttons=0,
    asks=frozenset(),
    papers=True,
    paper_bytes=PAPER_BYTES_MAX,
    per_second=5.0,  # relays of mailboxes count by the minute and by the day
    burst=10,
    chat_interval_s=1.0,
    chat_burst=5,
)


class Email:
    """A mailbox of ours."""

    name = CHANNEL
    limits = LIMITS

    def __init__(
        self,
        account: Account,
        *,
        role: Role,
        clock: Clock,
        intake: Intake | None = None,
        patience: Patience | None = None,
        believed: ssl.SSLContext | None = None,
    ) -> None:
        """Take the relay's account, and where mail comes in; without that it can only be written.

        Args:
            believed: Whom we believe over TLS instead of the usual authorities.
        """
        self._account, self._role, self._clock = account, role, clock
        self._door = f"{CHANNEL}-{role}"
        patience = patience or Patience()
        self._relay = Relay(account, patience, believed=believed)
        self._spool = Spool(intake.spool) if intake else None
        self.server = Server(account, intake, patience, read=self._read) if intake else None
        self._taken: tuple[Held, ...] = ()
        self._mark: str | None = None
        self._swept_at: datetime | None = None

    # Out

    async def send(self, to: Address, reply: Reply, *, key: str) -> str:
        """Send one mail; return its Message-ID, which is made of `key`.

        A mailbox may drop the second of two mails with one Message-ID, but none has to: it is not repeatable.

        Raises:
            Outage: it surely was not taken.
            Unanswered: it was sent, and nobody knows whether it was taken.
            Shut: there is no such mailbox, or it takes nothing from us.
            Unsayable: there is nothing to say, or the mail is refused for what is in it.
        """
        mailbox = _ascii(to.chat_id)
        if not (reply.text.strip() or reply.papers):
            raise Unsayable("nothing to say")
        id = message_id(self._account, key)
        try:
            letter = write(self._account, to=mailbox, reply=reply, id=id, now=self._clock.now())
        except ValueError:
            raise Unsayable("it cannot stand in a mail") from None
        await self._relay.hand_over(
            letter, to=mailbox, envelope=id[1:].partition("@")[0], wants_word=self.server is not None
        )
        return id

    async def fetch(self, attachment: Attachment) -> bytes:
        """Return a file that came with a mail.

        Raises:
            Unsayable: it is not kept any more.
        """
        spool = self._spool
        content = await to_thread.run_sync(spool.find, attachment.ref) if spool is not None else None
        if content is None:
            raise Unsayable("the file is not kept any more")
        return content

    async def acknowledge(self, arrival: Inbound) -> None:
        """Nothing is pressed in a mail."""

    # In

    def hear(self, knock: Knock) -> tuple[Arrival, ...]:  # noqa: ARG002
        """Nobody knocks: mail comes by SMTP."""
        raise Forged("e-mail does not knock")

    def thanks(self, knock: Knock) -> Thanks:  # noqa: ARG002
        """Nobody knocks."""
        return Thanks()

    async def listen(self, mark: str | None) -> Batch:
        """Answer for the mails of the batch before, if they are written down, and wait for the next."""
        server = await self._listening()
        if self._taken and mark == self._mark:
            server.answer(self._taken)
        elif self._taken:
            server.put_back(self._taken)
        self._taken = ()
        await self._sweep()
        self._taken = await server.take()
        if not self._taken:
            return Batch((), mark)
        # No mark is that of the batch before: else it would count as written down when it is not.
        self._mark = _next(mark)
        return Batch(tuple(each for held in self._taken for each in held.arrivals), self._mark)

    async def stand(self, url: str | None) -> None:  # noqa: ARG002
        """See that our server listens, if mail is taken in."""
        if self.server is not None:
            await self.server.start()

    async def close(self) -> None:
        """Stop listening."""
        if self.server is not None:
            self.server.stop()

    async def _listening(self) -> Server:
        if self.server is None:
            raise Outage("No mail is taken in: MAIL_LISTEN_PORT is not set")
        await self.server.start()
        return self.server

    async def _sweep(self) -> None:
        now = self._clock.now()
        if self._spool is not None and (self._swept_at is None or now - self._swept_at > SWEEP_EVERY):
            self._swept_at = now
            await to_thread.run_sync(self._spool.sweep, now)

    async def _read(self, content: bytes, envelope_from: str, tags: Sequence[str]) -> tuple[Arrival, ...]:
        """Read a mail and keep its files; off the loop, for it may be long.

        Raises:
            Turned: it goes round in circles.
        """
        try:
            return await to_thread.run_sync(self._arrivals, content, envelope_from, tags)
        except (Turned, OSError):
            raise
        except Exception as failure:  # noqa: BLE001 - strangers' mails break every rule; a person shall see it
            raw = content.decode("utf-8", "replace")[:RAW_MAX]
            key = f"{self._door}:unread:{sha256(content).hexdigest()}"
            return (Unread(key, raw, type(failure).__name__),)

    def _arrivals(self, content: bytes, envelope_from: str, tags: Sequence[str]) -> tuple[Arrival, ...]:
        mail = reading.parsed(content)
        if reading.goes_round(mail):
            raise Turned("554 5.4.6 Too many hops")
        now = self._clock.now()
        if report := bounces.report_of(mail, self._account):
            key = f"{self._door}:report:{report.fate}:{report.message_id}"
            return (Delivery(report.message_id, key, report.fate, now, report.reason),)
        if reading.is_automatic(mail, envelope_from=envelope_from):
            return ()
        said = reading.read(mail)
        if said.address == self._account.address or not (said.text or said.files):
            return ()
        return (self._inbound(said, next((tag for tag in tags if tag), ""), now),)

    def _inbound(self, said: reading.Mail, source: str, now: datetime) -> Inbound:
        return Inbound(
            sender=Address(CHANNEL, said.address),
            role=self._role,
            key=f"{self._door}:{said.digest}",
            message_id=said.id,
            sent_at=now,
            text=said.text,
            attachments=tuple(self._kept(file) for file in said.files),
            name=said.name,
            source=source,
            thread=thread_of(said.id, said.subject),
        )

    def _kept(self, file: reading.File) -> Attachment:
        assert self._spool is not None  # noqa: S101 - mail comes in only where it can be kept
        return Attachment(file.kind, self._spool.keep(file.content), name=file.name, bytes=len(file.content))


def _ascii(address: str) -> str:
    """Return a mailbox as it travels. Raises Shut for what is none."""
    name, _, domain = address.rpartition("@")
    try:
        mailbox = f"{name}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise Shut("no mailbox") from None
    if not name.isascii() or not is_mailbox(mailbox):
        raise Shut("no mailbox")
    return mailbox


def _next(mark: str | None) -> str:
    return str(int(mark) + 1) if mark is not None and mark.isdecimal() else "1"
