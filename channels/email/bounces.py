"""What mail servers tell of our mails: RFC 3464, and the older ways that still are in use."""

import re
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from email.utils import parseaddr

from channels.email.account import Account
from channels.email.letter import ID_CHARACTERS
from channels.email.reading import header
from core.messages import Fate

_FATES = {"failed": Fate.FAILED, "delivered": Fate.DELIVERED}
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_DAEMON = re.compile(r"^(?:mailer-daemon|postmaster)@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a mail of ours, by its Message-ID."""

    message_id: str
    fate: Fate
    reason: str


def report_of(mail: Message, account: Account) -> Report | None:
    """Read a report; None if it is none, or tells of no mail of ours, or of nothing final."""
    told = mail.get_content_type() == "multipart/report" and _delivery_status(mail)
    if told:
        fate, reason, envelope = told
        id = _ours(_original_id(mail), account) or _named(envelope, account)
        return Report(id, fate, reason) if id and fate is not None else None
    is_bounce = mail.get("X-Failed-Recipients") is not None or _DAEMON.match(
        parseaddr(header(mail, "From"))[1]
    )
    if not is_bounce or mail.get_content_type() == "multipart/report":
        return None
    text = mail.as_bytes().decode("latin-1")
    id = _ours(text, account)
    if not id:
        return None
    found = _STATUS.search(text)
    return Report(id, Fate.FAILED, found.group() if found else "returned")


def _delivery_status(mail: Message) -> tuple[Fate | None, str, str] | None:
    """Return fate, status and envelope id as a report tells them; a failure outweighs the rest."""
    part = next((each for each in mail.walk() if each.get_content_type() == "message/delivery-status"), None)
    if part is None:
        return None
    inner = part.get_payload()
    if isinstance(inner, list):
        blocks = [each for each in inner if isinstance(each, Message)]
    else:
        octets = part.get_payload(decode=True)
        told = octets.decode("latin-1") if isinstance(octets, bytes) else ""
        blocks = [HeaderParser().parsestr(block) for block in re.split(r"\r?\n\s*\r?\n", told)]
    envelope = next(
        (str(each["Original-Envelope-Id"]) for each in blocks if each["Original-Envelope-Id"]), ""
    )
    fates = {
        _FATES.get(str(each["Action"]).strip().lower()): str(each["Status"] or "").strip()[:20]
        for each in blocks
        if each["Action"]
    }
    for fate in (Fate.FAILED, Fate.DELIVERED):
        if fate in fates:
            return fate, fates[fate] if fate is Fate.FAILED else "", envelope.strip()
    return None, "", ""


def _original_id(mail: Message) -> str:
    """Return the Message-ID of the mail that is returned, whole or its head only."""
    for part in mail.walk():
        match part.get_content_type():
            case "message/rfc822":
                inner = part.get_payload()
                if isinstance(inner, list) and isinstance(inner[0], Message):
                    return str(inner[0]["Message-ID"] or "")
            case "text/rfc822-headers":
                octets = part.get_payload(decode=True)
                if isinstance(octets, bytes):
                    return str(HeaderParser().parsestr(octets.decode("latin-1"))["Message-ID"] or "")
    return ""


def _ours(text: str, account: Account) -> str:
    found = re.search(rf"<[0-9a-f]{{{ID_CHARACTERS}}}@{re.escape(account.domain)}>", text)
    return found.group() if found else ""


def _named(envelope: str, account: Account) -> str:
    is_ours = re.fullmatch(rf"[0-9a-f]{{{ID_CHARACTERS}}}", envelope) is not None
    return f"<{envelope}@{account.domain}>" if is_ours else ""
