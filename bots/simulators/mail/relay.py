"""The relay: takes our mail over SMTP with everything that goes wrong there."""

import asyncio
import logging
import re
import ssl
from collections import deque
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from bots.simulators.mail.books import NotMail, Post, State
from bots.simulators.mail.carrier import Carrier
from bots.simulators.smsc.faults import Fault, Faults
from bots.simulators.wire import LOG_MAX, FaultKind
from core.wire import is_same

MINUTE = timedelta(minutes=1)
GARBAGE = "<html>250 or not</html>"
BYTES_MAX = 25 * 1024 * 1024
_ENVELOPE_ID = re.compile(r"[!-~]{1,100}")

logging.getLogger("mail.log").setLevel(logging.CRITICAL)


class Relay:
    """Listens for our mail. Hooks are named by aiosmtpd."""

    def __init__(  # noqa: PLR0917
        self,
        post: Post,
        carrier: Carrier,
        user: str,
        password: str,
        per_minute: int,
        tls: ssl.SSLContext | None,
    ) -> None:
        """Take mail of one login, so many a minute."""
        self.post, self.carrier = post, carrier
        self.faults = Faults()
        self.log: deque[dict[str, Any]] = deque(maxlen=LOG_MAX)
        self.port = 0
        self._user, self._password = user, password
        self._per_minute, self._tls = per_minute, tls
        self._taken_at: list[datetime] = []
        self._server: asyncio.Server | None = None
        self._met: set[str] = set()

    async def start(self, host: str, port: int) -> None:
        """Listen; with port 0 on any that is free."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Conversation(self, self._tls), host, port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no more."""
        self.faults.heal()
        if self._server is not None:
            self._server.close()
        await self.carrier.close()

    def lets_in(
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,  # noqa: ARG002
        mechanism: str,  # noqa: ARG002
        told: object,
    ) -> AuthResult:
        """Take one login."""
        is_ours = (
            isinstance(told, LoginPassword)
            and is_same(told.login, self._user)
            and is_same(told.password, self._password)
        )
        return AuthResult(success=is_ours, handled=False)

    async def handle_EHLO(  # noqa: D102, N802
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,
        envelope: Envelope,  # noqa: ARG002
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", responses[-1]]

    async def handle_MAIL(  # noqa: D102, N802
        self,
        server: "_Conversation",
        session: Session,
        envelope: Envelope,
        address: str,
        mail_options: list[str],  # noqa: ARG002
    ) -> str:
        server.fault = fault = self.faults.take("MAIL")
        if not session.authenticated:
            return self._say("530 5.7.0 Authentication required")
        if address.lower() != self.post.ours:
            return self._say("553 5.7.1 Sender is not of this login")
        if fault is not None and fault.asked.kind is FaultKind.REFUSE:
            return self._say("451 4.3.2 Takes no mail now")
        now = self.post.clock.now()
        self._taken_at = [at for at in self._taken_at if now - at < MINUTE]
        if len(self._taken_at) >= self._per_minute:
            return self._say("451 4.7.1 Too many mails a minute")
        envelope.mail_from = address
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: D102, N802
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],  # noqa: ARG002
    ) -> str:
        box = self.post.boxes.get(address.lower())
        if box is None or box.state is State.UNKNOWN:
            return self._say("550 5.1.1 User unknown")
        if box.state is State.FULL:
            return self._say("552 5.2.2 Mailbox is full")
        if box.state is State.GREY and address not in self._met:
            self._met.add(address)
            return self._say("451 4.7.1 Greylisted, try again in a while")
        envelope.rcpt_tos.append(box.address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: "_Conversation", session: Session, envelope: Envelope) -> str:  # noqa: D102, N802, ARG002
        content, (to, *others) = bytes(envelope.original_content or b""), envelope.rcpt_tos
        if others:
            return self._say("554 5.5.0 One recipient a mail")
        box = self.post.boxes[to]
        self._taken_at.append(self.post.clock.now())
        if box.state is State.BOUNCING:
            await self._report(content, to, "failed", server.envelope_id)
            return self._say("250 2.0.0 Queued")
        try:
            self.post.deliver(content, sender=str(envelope.mail_from), to=to)
        except NotMail as no:
            return self._say(f"554 5.6.0 {no}")
        if "SUCCESS" in server.notify:
            await self._report(content, to, "delivered", server.envelope_id)
        return self._say(await self._answer(server.fault, server))

    async def _answer(self, fault: Fault | None, server: SMTP) -> str:
        match fault.asked.kind if fault is not None else None:
            case FaultKind.SLOW if fault is not None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(fault.released.wait(), fault.asked.seconds)
            case FaultKind.FAIL_AFTER:
                return "421 4.3.2 Going down"
            case FaultKind.GARBAGE:
                return GARBAGE
            case FaultKind.CUT_AFTER:
                transport = server.transport
                if isinstance(transport, asyncio.WriteTransport):
                    transport.abort()
            case _:
                pass
        return "250 2.0.0 Queued"

    async def _report(self, content: bytes, to: str, action: str, envelope: str) -> None:
        report = self.post.report(content, to=to, action=action, envelope=envelope)
        self.carrier.carry("<>", report.as_bytes(), lane=f"report {to}")

    def _say(self, answer: str) -> str:
        self.log.append({"at": self.post.clock.now().isoformat(), "answer": answer[:9]})
        return answer

    async def handle_exception(self, error: Exception) -> str:
        """Tell a defect of the simulator's."""
        logging.getLogger(__name__).error("mail.failed error=%s", type(error).__name__)
        return "451 4.3.0 Local error"


class _Conversation(SMTP):
    """A connection of ours; knows RFC 3461 besides what aiosmtpd does."""

    def __init__(self, relay: Relay, tls: ssl.SSLContext | None) -> None:
        super().__init__(
            relay,
            hostname="relay.example",
            ident="ESMTP",
            data_size_limit=BYTES_MAX,
            tls_context=tls,
            require_starttls=tls is not None,
            auth_require_tls=tls is not None,
            authenticator=relay.lets_in,
            loop=asyncio.get_running_loop(),
        )
        self.fault: Fault | None = None
        self.envelope_id = ""
        self.notify: frozenset[str] = frozenset()

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        words, told = _parted(arg, ("RET", "ENVID"))
        if told.get("RET", "HDRS") not in ("HDRS", "FULL") or not _ENVELOPE_ID.fullmatch(
            told.get("ENVID", "x")
        ):
            await self.push("501 5.5.4 RET or ENVID")
            return
        self.envelope_id = told.get("ENVID", "")
        await super().smtp_MAIL(words)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        words, told = _parted(arg, ("NOTIFY", "ORCPT"))
        self.notify = frozenset(told.get("NOTIFY", "FAILURE").upper().split(","))
        if not (self.notify == {"NEVER"} or self.notify <= {"SUCCESS", "FAILURE", "DELAY"}):
            await self.push("501 5.5.4 NOTIFY")
            return
        await super().smtp_RCPT(words)


def _parted(arg: str | None, names: tuple[str, ...]) -> tuple[str | None, dict[str, str]]:
    """Part the parameters of RFC 3461 from the rest."""
    if arg is None:
        return None, {}
    kept: list[str] = []
    told: dict[str, str] = {}
    for word in arg.split(" "):
        name, sign, value = word.partition("=")
        if sign and name.upper() in names:
            told[name.upper()] = value
        else:
            kept.append(word)
    return " ".join(kept), told
