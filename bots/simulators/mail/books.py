"""People's mailboxes: what came into them from us, and what they write."""

from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses
from enum import StrEnum
from itertools import count
from typing import Any

from core.ports import Clock

DOMAIN = "mail.example"
LINE_OCTETS_MAX = 998  # RFC 5322, 2.1.1
_ONCE = ("From", "To", "Date", "Message-ID", "Subject", "Auto-Submitted", "MIME-Version")
_TYPES = {
    "photo": ("image", "png", "photo.png"),
    "video": ("video", "mp4", "video.mp4"),
    "voice": ("audio", "ogg", "voice.ogg"),
    "file": ("application", "pdf", "paper.pdf"),
}


class State(StrEnum):
    """How a mailbox takes mail."""

    OPEN = "open"
    UNKNOWN = "unknown"  # 550
    FULL = "full"  # 552, at `RCPT`
    GREY = "grey"  # 451 the first time, then open
    BOUNCING = "bouncing"  # taken, and returned by a report


class NotMail(Exception):  # noqa: N818 - an answer
    """It breaks a rule of mails; its words are the reason."""


@dataclass
class Mailbox:
    """Somebody's mailbox; `last` is our newest mail in it."""

    address: str
    name: str
    state: State = State.OPEN
    shown: list[dict[str, Any]] = field(default_factory=list)
    last: EmailMessage | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What a person writes, and how his program writes it down."""

    text: str = ""
    subject: str = ""
    charset: str = "utf-8"
    is_html: bool = False
    quotes: bool = True
    kind: str = ""
    content: bytes = b""
    tag: str = ""


class Post:
    """All mailboxes, and the one of ours."""

    def __init__(self, *, clock: Clock, ours: str) -> None:
        """Begin with no mailbox; `ours` is the address that people write to."""
        self.clock, self.ours = clock, ours
        self.boxes: dict[str, Mailbox] = {}
        self._numbers = count(1)

    def person(self, name: str, address: str = "") -> Mailbox:
        """Make a mailbox, or return the one of this address."""
        address = (address or f"person{next(self._numbers)}@{DOMAIN}").lower()
        return self.boxes.setdefault(address, Mailbox(address, name))

    def deliver(self, content: bytes, *, sender: str, to: str) -> str:
        """Put a mail into a mailbox; returns its Message-ID.

        Raises:
            NotMail: it breaks a rule.
        """
        mail = checked(content, sender=sender, to=to)
        box = self.boxes[to]
        box.last = mail
        id = str(mail["Message-ID"]).strip()
        box.shown.append(
            {
                "id": id,
                "text": _text(mail, "plain"),
                "html": _text(mail, "html"),
                "subject": str(mail["Subject"]),
                "thread": str(mail["In-Reply-To"] or ""),
                "buttons": [],
                "files": [
                    {
                        "name": part.get_filename() or "",
                        "type": part.get_content_type(),
                        "bytes": len(part.get_payload(decode=True) or b""),
                    }
                    for part in mail.iter_attachments()
                ],
                "at": self.clock.now().isoformat(),
            }
        )
        return id

    def write(self, box: Mailbox, said: Written) -> EmailMessage:
        """Write a mail as a person's program would: in the thread, with what it answers quoted below."""
        mail = EmailMessage(policy=policy.SMTP)
        name, _, domain = self.ours.rpartition("@")
        mail["From"] = f"{box.name} <{box.address}>" if box.name.isascii() else _from(box)
        mail["To"] = f"{name}+{said.tag}@{domain}" if said.tag else self.ours
        mail["Date"] = format_datetime(self.clock.now())
        mail["Message-ID"] = f"<{next(self._numbers)}.{box.address}>"
        text = said.text
        if box.last is not None:
            mail["In-Reply-To"] = mail["References"] = str(box.last["Message-ID"])
            text += _quoted(box.last) if said.quotes and not said.is_html else ""
        if subject := said.subject or (f"Re: {box.last['Subject']}" if box.last is not None else ""):
            mail["Subject"] = subject
        if said.is_html:
            lines = "<br>".join(_escaped(line) for line in text.split("\n"))
            quote = f"<blockquote>{_text(box.last, 'html')}</blockquote>" if box.last is not None else ""
            mail.set_content(f"<div>{lines}</div>{quote}", subtype="html", charset=said.charset)
        else:
            mail.set_content(text, charset=said.charset, cte="base64")
        if said.kind:
            main, sub, file = _TYPES[said.kind]
            mail.add_attachment(said.content, maintype=main, subtype=sub, filename=file)
        return mail

    def report(self, content: bytes, *, to: str, action: str, envelope: str) -> EmailMessage:
        """Write a delivery status notification (RFC 3464) about a mail of ours: failed or delivered."""
        original = message_from_bytes(content, policy=policy.SMTP)
        status = "5.1.1" if action == "failed" else "2.0.0"
        envelope_line = f"Original-Envelope-Id: {envelope}\r\n" if envelope else ""
        told = (
            f"Reporting-MTA: dns; mx.{DOMAIN}\r\n{envelope_line}\r\n"
            f"Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n"
        )
        head = "".join(
            f"{name}: {' '.join(str(value).split())}\r\n" for name, value in original.items()
        ).encode("utf-8")
        parts = [
            ("text/plain", b"This is the mail system at " + DOMAIN.encode()),
            ("message/delivery-status", told.encode()),
            ("text/rfc822-headers; charset=utf-8", head),
        ]
        mark = f"report-{next(self._numbers)}"
        body = b"".join(
            f"--{mark}\r\nContent-Type: {kind}\r\n\r\n".encode() + part + b"\r\n" for kind, part in parts
        )
        lines = [
            f"From: MAILER-DAEMON@mx.{DOMAIN}",
            f"To: {self.ours}",
            "Subject: Delivery Status Notification",
            f"Date: {format_datetime(self.clock.now())}",
            f"Message-ID: <{mark}@mx.{DOMAIN}>",
            "Auto-Submitted: auto-replied",
            "MIME-Version: 1.0",
            f'Content-Type: multipart/report; report-type=delivery-status; boundary="{mark}"',
        ]
        whole = "\r\n".join(lines).encode() + b"\r\n\r\n" + body + f"--{mark}--\r\n".encode()
        return message_from_bytes(whole, policy=policy.SMTP)


def checked(content: bytes, *, sender: str, to: str) -> EmailMessage:
    """Return a mail that keeps the rules. Raises NotMail."""
    if any(len(line) > LINE_OCTETS_MAX for line in content.split(b"\r\n")):
        raise NotMail("a line is too long")
    if not content.isascii():
        raise NotMail("octets of eight bits")
    mail = message_from_bytes(content, policy=policy.SMTP)
    for name in _ONCE:
        if len(mail.get_all(name, ())) != 1:
            raise NotMail(f"{name} must stand there once")
    if [address for _, address in getaddresses([str(mail["From"])])] != [sender]:
        raise NotMail("From is not the sender")
    if [address for _, address in getaddresses([str(mail["To"])])] != [to]:
        raise NotMail("To is not the recipient")
    if mail.defects or any(part.defects for part in mail.walk()):
        raise NotMail("it is no mail")
    return mail


def _text(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n").removesuffix("\n") if part is not None else ""


def _quoted(mail: EmailMessage) -> str:
    lines = "\n".join(f"> {line}" for line in _text(mail, "plain").split("\n"))
    return f"\n\n02.03.2026, 11:00, {mail['From']}:\n\n{lines}\n"


def _from(box: Mailbox) -> str:
    return f'"{box.name}" <{box.address}>'


def _escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
