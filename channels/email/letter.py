"""A reply as a mail: plain words, the same as tidy HTML, one file, and the thread it belongs to."""

import hashlib
import hmac
import re
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from channels.cutting import shorten
from channels.email.account import Account
from core.messages import Paper, Reply

SUBJECT_MAX = 78
THREAD_MAX = 300  # characters that a talk keeps of it
ID_CHARACTERS = 32
_RE = re.compile(r"^\s*(?:(?:re|fwd?|ответ|отв|на|нa)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
_STYLE = "font:16px/1.5 system-ui,'Segoe UI',Roboto,sans-serif;max-width:38em"


def message_id(account: Account, key: str) -> str:
    """Return the Message-ID of what we send under a key: always the same, and not to be guessed."""
    digest = hmac.new(account.secret, f"mail:{key}".encode(), hashlib.sha256).hexdigest()
    return f"<{digest[:ID_CHARACTERS]}@{account.domain}>"


def thread_of(id: str, subject: str) -> str:
    """Return what a talk keeps so that our answer joins the thread: the Message-ID, then the subject."""
    return f"{id} {subject}".strip()[:THREAD_MAX]


def plain_subject(subject: str) -> str:
    """Return a subject without `Re:` and `Fwd:`."""
    return _RE.sub("", " ".join(subject.split()))


def write(account: Account, *, to: str, reply: Reply, id: str, now: datetime) -> bytes:
    """Return the mail as it travels.

    Raises:
        ValueError: something in it cannot stand in a mail.
    """
    letter = EmailMessage(policy=SMTP)
    parent, _, subject = " ".join(reply.thread.split()).partition(" ")
    letter["From"] = account.header
    letter["To"] = to
    letter["Subject"] = f"Re: {subject}" if subject else _subject(reply)
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = id
    if parent.startswith("<") and parent.endswith(">"):
        letter["In-Reply-To"] = parent
        letter["References"] = parent
    letter["Auto-Submitted"] = "auto-replied" if parent else "auto-generated"
    letter["X-Auto-Response-Suppress"] = "All"  # Exchange would answer us with an absence note
    letter["Content-Language"] = reply.lang
    letter.set_content(reply.text, cte="base64")
    if reply.text:
        letter.add_alternative(html(reply.text, lang=reply.lang), subtype="html", cte="base64")
    for paper in reply.papers:
        _attach(letter, paper)
    return letter.as_bytes()


def html(text: str, *, lang: str) -> str:
    """Return our words as HTML: escaped, paragraphs and lines kept, addresses made links."""
    paragraphs = "\n".join(
        f"<p>{_linked(paragraph)}</p>" for paragraph in re.split(r"\n\s*\n", text.strip()) if paragraph
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(lang)}"><body style="{_STYLE}">\n{paragraphs}\n</body></html>'
    )


def _linked(paragraph: str) -> str:
    told: list[str] = []
    place = 0
    for link in _LINK.finditer(paragraph):
        address = escape(link.group())
        told += [escape(paragraph[place : link.start()]), f'<a href="{address}">{address}</a>']
        place = link.end()
    return "".join((*told, escape(paragraph[place:]))).replace("\n", "<br>\n")


def _subject(reply: Reply) -> str:
    """Return the subject of a mail that begins a thread: how it begins, or what the file is called."""
    lines = [" ".join(line.split()) for line in reply.text.splitlines() if line.strip()]
    names = [paper.name for paper in reply.papers]
    return shorten(next(iter((*lines, *names)), ""), SUBJECT_MAX)


def _attach(letter: EmailMessage, paper: Paper) -> None:
    main, _, sub = paper.type.partition(";")[0].strip().partition("/")
    letter.add_attachment(
        paper.content,
        maintype=main or "application",
        subtype=sub or "octet-stream",
        filename=" ".join(paper.name.split()),
    )
