"""How a mail door is connected: the relay, our own mailbox, and how long anybody waits."""

import re
from dataclasses import dataclass, field
from email.utils import formataddr, parseaddr
from pathlib import Path
from typing import Literal

Tls = Literal["starttls", "tls", "none"]

ADDRESS_MAX = 80  # characters that an address of a chat may have; longer mailboxes are nobody's
_MAILBOX = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+")
_TAG = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Account:
    """The relay that takes our mail, and whom it is from.

    Attributes:
        sender: Our mailbox, such as `Наряд <jobs@naryad.example>`.
        secret: Makes Message-IDs that nobody can guess.
    """

    host: str
    port: int
    sender: str
    secret: bytes = field(repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Tls = "starttls"

    def __post_init__(self) -> None:
        """Reject a sender without a mailbox."""
        if not is_mailbox(self.address):
            raise ValueError("the sender has no mailbox")

    @property
    def address(self) -> str:
        """Our mailbox alone, in lower case."""
        return parseaddr(self.sender)[1].lower()

    @property
    def domain(self) -> str:
        """What stands right of its `@`."""
        return self.address.rpartition("@")[2]

    @property
    def header(self) -> str:
        """What `From` says, in ASCII."""
        return formataddr((parseaddr(self.sender)[0], self.address))

    def tag(self, recipient: str) -> str | None:
        """Return what follows `+` in an address of ours, empty if nothing does; None if it is not ours."""
        name, _, domain = recipient.rpartition("@")
        name, _, tag = name.partition("+")
        if f"{name}@{domain}".lower() != self.address:
            return None
        return tag if _TAG.fullmatch(tag) else ""


@dataclass(frozen=True, slots=True)
class Intake:
    """Where our own SMTP server listens, and where it keeps the files of mails until they are fetched.

    Attributes:
        certificate: With `key`, for STARTTLS; None: mail comes in the clear.
        bytes_max: Of one mail as it travels, a third more than its files.
    """

    host: str
    port: int
    spool: Path
    certificate: Path | None = None
    key: Path | None = None
    bytes_max: int = 35 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Patience:
    """How long we wait, in seconds.

    Attributes:
        before_s: For all that the relay says before it has the mail: greeting, TLS, login, addresses.
        read_s: For its answer to the mail itself.
        listen_s: For mail, in one look.
        written_s: Until the batch is written down; then the sending server is asked to try again.
    """

    before_s: float = 8.0
    read_s: float = 10.0
    listen_s: float = 25.0
    written_s: float = 40.0


def is_mailbox(address: str) -> bool:
    """Tell whether it is one mailbox, of a length that we keep."""
    return len(address) <= ADDRESS_MAX and _MAILBOX.fullmatch(address) is not None
