"""Out: one mail, one conversation with the relay, and what its answers mean."""

import asyncio
import ssl
from contextlib import suppress

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from channels.email.account import Account, Patience
from core.kernel.refusal import Outage, Shut, Unanswered, Unsayable
from core.wire import NotLetIn, trust

GOODBYE_S = 2.0
_STRANGER = frozenset({530, 534, 535, 538})  # who are you?
_LEAVING = 421  # the relay goes away; after the last dot nobody knows whether with the mail
_NEVER, _LATER, _TAKEN = 500, 400, 250
_POLICY = "5.7."  # of RFC 3463: it does not let us, whoever is written to


class Relay:
    """Hands mails to the server that sends them on."""

    def __init__(
        self, account: Account, patience: Patience, *, believed: ssl.SSLContext | None = None
    ) -> None:
        """Take an account; `believed` replaces the authorities that are trusted."""
        self._account, self._patience = account, patience
        self._believed = believed

    async def hand_over(self, letter: bytes, *, to: str, envelope: str, wants_word: bool) -> None:
        """Send a mail once.

        Args:
            envelope: What a report of its fate names it by.
            wants_word: Ask for such a report of success too, where the relay can.

        Raises:
            Outage: it surely was not taken.
            NotLetIn: nor was this: our login, or our sender, is not accepted.
            Unanswered: it was sent, and nobody knows whether it was taken.
            Shut: there is no such mailbox, or it takes nothing.
            Unsayable: too large, or its content is refused.
        """
        relay = self._made()
        try:
            try:
                async with asyncio.timeout(self._patience.before_s):
                    await self._connect(relay)
                    is_told = wants_word and relay.supports_extension("dsn")
                    await relay.mail(
                        self._account.address,
                        options=["RET=HDRS", f"ENVID={envelope}"] if is_told else [],
                    )
                    await relay.rcpt(to, options=["NOTIFY=SUCCESS,FAILURE"] if is_told else [])
            except SMTPResponseException as answer:
                raise _before(answer) from None
            except (SMTPException, OSError) as lost:  # a time-out is an OSError
                raise _away(lost) from None
            try:
                await relay.data(letter, timeout=self._patience.read_s)
            except SMTPResponseException as answer:
                raise _after(answer) from None
            except (SMTPException, OSError) as lost:
                raise Unanswered(f"The relay did not answer: {type(lost).__name__}") from None
            with suppress(SMTPException, OSError):
                await relay.quit(timeout=GOODBYE_S)
        finally:
            relay.close()

    def _made(self) -> SMTP:
        account = self._account
        return SMTP(
            hostname=account.host,
            port=account.port,
            username=account.user or None,
            password=account.password or None,
            local_hostname=account.domain,
            timeout=self._patience.before_s,
            use_tls=account.tls == "tls",
            start_tls=account.tls == "starttls",
            tls_context=(self._believed or trust()) if account.tls != "none" else None,
        )

    async def _connect(self, relay: SMTP) -> None:
        """Connect and log in; whatever goes wrong, nothing was sent."""
        try:
            await relay.connect()
        except SMTPAuthenticationError as answer:
            if answer.code < _NEVER:
                raise Outage(f"The relay takes no login now: {answer.code}") from None
            raise NotLetIn(f"The relay does not take our login: {answer.code}. Look at SMTP_USER.") from None
        except SMTPResponseException as answer:
            raise _away(answer, str(answer.code)) from None


def _before(answer: SMTPResponseException) -> Exception:
    """Return what an answer to `MAIL` or `RCPT` means: nothing was sent yet."""
    code = answer.code
    is_of_person = isinstance(answer, SMTPRecipientRefused)
    if code in _STRANGER or (code >= _NEVER and _POLICY in answer.message[:8]):
        return NotLetIn(f"The relay does not take mail from us: {code}. Look at SMTP_USER and SMTP_FROM.")
    if code >= _NEVER and is_of_person:
        return Shut(f"mailbox: {code}")
    if code == 552:  # noqa: PLR2004 - to `MAIL`: larger than it takes
        return Unsayable("mail is too large for the relay")
    if code >= _NEVER:
        return NotLetIn(f"The relay does not take our sender: {code}. Look at SMTP_FROM.")
    return Outage(f"The relay takes nothing now: {code}")


def _after(answer: SMTPResponseException) -> Exception:
    """Return what an answer to the mail itself means."""
    code = answer.code
    if code == _LEAVING or not _LATER <= code < 600:  # noqa: PLR2004 - no code of SMTP
        return Unanswered(f"The relay answered what cannot be read: {code}")
    if code >= _NEVER:
        return Unsayable(f"mail is refused for what is in it: {code}")
    return Outage(f"The relay did not take it: {code}")


def _away(lost: Exception, *words: str) -> Outage:
    return Outage(" ".join((f"The relay cannot be reached: {type(lost).__name__}", *words)))
