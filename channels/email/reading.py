"""In: a mail as it came becomes what the person said, what became of a mail of ours, or nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr
from hashlib import sha256
from mimetypes import guess_type

from channels.cutting import tidy
from channels.email import words
from channels.email.account import is_mailbox
from channels.email.letter import plain_subject

FILES_MAX = 10
DECORATION_BYTES = 4_096  # a picture inside the text that is smaller is a logo
HOPS_MAX = 30
ID_MAX = 200
_ID = re.compile(r"<[^<>\s]{1,990}>")
_IDLE = frozenset({"bulk", "junk", "list", "auto_reply"})
_MACHINES = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply)@", re.IGNORECASE)
_SEALS = frozenset(
    {
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "text/calendar",
        "application/ics",
        "application/ms-tnef",
    }
)
_KINDS = {"image": "photo", "video": "video", "audio": "voice"}
_RUSSIAN_SMALL = re.compile("[а-яё]")
_RUSSIAN = re.compile("[а-яёА-ЯЁ]")


class Unreadable(Exception):  # noqa: N818 - an answer about a mail
    """It is a mail, and nobody can be told from it."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that came with a mail."""

    kind: str  # photo, video, voice, file
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """What a person sent.

    Attributes:
        id: The Message-ID, or what stands for it.
        digest: The same for the same mail, however often and by whatever way it comes.
        subject: Without `Re:`.
        is_reply: It answers another mail.
    """

    id: str
    digest: str
    address: str
    name: str
    subject: str
    text: str
    is_reply: bool
    files: tuple[File, ...]


def parsed(content: bytes) -> Message:
    """Return a mail taken apart. Tolerant: nothing that can come makes it fail."""
    return message_from_bytes(content, policy=policy.compat32)


def is_automatic(mail: Message, *, envelope_from: str) -> bool:
    """Tell whether a machine sent it: absence notes, lists, bounces; such are never answered (RFC 3834)."""
    submitted = header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or header(mail, "Precedence").strip().lower() in _IDLE
        or any(mail.get(name) is not None for name in ("List-Id", "X-Autoreply", "X-Autorespond"))
        or envelope_from in ("", "<>")
        or _MACHINES.match(parseaddr(header(mail, "From"))[1]) is not None
    )


def goes_round(mail: Message) -> bool:
    """Tell whether it has passed so many servers that it must be going round."""
    return len(mail.get_all("Received", ())) > HOPS_MAX


def read(mail: Message) -> Mail:
    """Read what a person sent.

    Raises:
        Unreadable: nobody can be told from it.
    """
    name, address = parseaddr(_one_line(_raw(mail, "From")))
    name, address = _one_line(_told(name)), address.lower()
    if not is_mailbox(address):
        raise Unreadable("no sender")
    found = _ID.search(_one_line(header(mail, "Message-ID")))
    parts = list(_leaves(mail))
    body = _body(parts)
    subject = plain_subject(header(mail, "Subject"))
    is_reply = any(_one_line(header(mail, name)) for name in ("In-Reply-To", "References"))
    text = tidy(_words_of(body)) if body is not None else ""
    digest = sha256(f"{address}\n{found.group() if found else _fingerprint(mail)}".encode()).hexdigest()
    return Mail(
        id=found.group()[:ID_MAX] if found else f"<{digest[:32]}@none>",
        digest=digest,
        address=address,
        name=name[:80],
        subject=subject,
        text=text if is_reply else _with_subject(subject, text),
        is_reply=is_reply,
        files=tuple(_files(parts, body)),
    )


def header(mail: Message, name: str) -> str:
    """Return a header's words, whatever they are encoded in; empty if it is missing."""
    return _told(_raw(mail, name))


def _raw(mail: Message, name: str) -> str:
    found = (value for told, value in mail.raw_items() if told.lower() == name.lower())
    return str(next(found, ""))


def _told(raw: str) -> str:
    """Return what a header means: encoded words, or octets as some programs send them."""
    if not raw.isascii():
        try:
            return tidy(_decoded(raw.encode("ascii", "surrogateescape"), ""))
        except UnicodeError:
            return tidy(raw)
    try:
        pieces = decode_header(raw)
    except ValueError:
        return tidy(raw)
    return tidy(
        "".join(
            _decoded(piece, charset or "") if isinstance(piece, bytes) else piece for piece, charset in pieces
        )
    )


def _one_line(told: str) -> str:
    return " ".join(told.split())


def _with_subject(subject: str, text: str) -> str:
    """Return the words of a mail that begins a talk: people put half of them into the subject."""
    if not subject or subject.lower() in text.lower():
        return text
    return f"{subject}\n\n{text}".strip()


def _fingerprint(mail: Message) -> str:
    told = [header(mail, name) for name in ("Date", "Subject", "To")]
    return sha256("\n".join(told).encode() + mail.as_bytes()[-4_096:]).hexdigest()


def _leaves(mail: Message) -> Iterator[Message]:
    """Yield the parts that hold something; a mail inside the mail is one of them."""
    if mail.get_content_maintype() == "multipart" and isinstance(mail.get_payload(), list):
        for part in mail.get_payload():
            if isinstance(part, Message):
                yield from _leaves(part)
    else:
        yield mail


def _is_text(part: Message) -> bool:
    return (
        part.get_content_type() in ("text/plain", "text/html")
        and part.get_content_disposition() != "attachment"
        and not part.get_filename()
    )


def _body(parts: list[Message]) -> Message | None:
    """Return the part with the words: plain if there are any, else HTML."""
    texts = [part for part in parts if _is_text(part)]
    plain = [part for part in texts if part.get_content_type() == "text/plain" and _bytes(part).strip()]
    return next(iter(plain or texts), None)


def _words_of(part: Message) -> str:
    text = _decoded(_bytes(part), part.get_content_charset() or "")
    if part.get_content_type() == "text/html":
        return words.own_words(words.text_of_html(text))
    if str(part.get_param("format", "")).lower() == "flowed":
        text = words.unflowed(text, deletes_space=str(part.get_param("delsp", "")).lower() == "yes")
    return words.own_words(text)


def _files(parts: list[Message], body: Message | None) -> Iterator[File]:
    number = 0
    for part in parts:
        kind = part.get_content_type()
        if part is body or _is_text(part) or kind in _SEALS or number == FILES_MAX:
            continue
        content = _bytes(part)
        name = _name(part)
        main = (guess_type(name)[0] or kind if kind == "application/octet-stream" else kind).partition("/")[0]
        is_inside = part.get("Content-ID") is not None and part.get_content_disposition() != "attachment"
        if not content or (main == "image" and is_inside and len(content) < DECORATION_BYTES):
            continue
        number += 1
        yield File(_KINDS.get(main, "file"), name, content)


def _name(part: Message) -> str:
    return _one_line(_told(part.get_filename() or ""))[-120:]


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    if isinstance(content, bytes):
        return content
    inner = part.get_payload()
    if isinstance(inner, list):  # a mail inside the mail
        return b"".join(each.as_bytes() for each in inner if isinstance(each, Message))
    return b""


def _decoded(content: bytes, charset: str) -> str:
    """Read octets by the charset they claim, else by the one in which they are most likely Russian."""
    for claimed in (charset, "utf-8"):
        try:
            return content.decode(claimed)
        except (LookupError, UnicodeError, ValueError):
            continue
    tried = [content.decode(name, "replace") for name in ("windows-1251", "koi8-r")]
    return max(tried, key=_likeness)


def _likeness(text: str) -> int:
    """Count small Russian letters more than capitals: KOI8-R and Windows-1251 swap them."""
    return 3 * len(_RUSSIAN_SMALL.findall(text)) + len(_RUSSIAN.findall(text))
