"""What a person wrote in a mail: its words without what he quotes and how he signs."""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

_ADDRESS = r"[^\s<>()]+@[^\s<>()]+"
_WROTE = r"(?:wrote|writes|пишет|писала?|писал\(а\)|написала?|написал\(а\))"
_DIGIT = re.compile(r"\d")
# As mail programs write it: 02.03.2026, 11:00, Наряд <jobs@…>: or On Mon, 2 Mar 2026 Naryad wrote:
_SAYS_WHO = re.compile(rf"(?:{_ADDRESS}.{{0,40}}|\b{_WROTE}\s*):\s*$", re.IGNORECASE)
_LINES_OF_WHO = 3  # an attribution is broken in so many lines at most
_RULE = re.compile(
    r"^\s*(?:-{2,}\s*(?:original message|исходное сообщение|пересылаемое сообщение|конец пересылаемого"
    r"|forwarded message)\b.*|_{10,}\s*|begin forwarded message:\s*|начало переадресованного сообщения:\s*)$",
    re.IGNORECASE,
)
_FROM_LINE = re.compile(r"^\s*\*?(?:from|от|кого)\s*:\*?\s*\S", re.IGNORECASE)
_NEXT_LINE = re.compile(
    r"^\s*\*?(?:sent|date|to|subject|отправлено|дата|кому|тема)\s*:\*?\s*\S", re.IGNORECASE
)
_QUOTED = re.compile(r"^\s{0,2}>")
_SIGNATURE = re.compile(r"^--\s?$")
_SENT_FROM = re.compile(
    r"^\s*(?:отправлено (?:с|из|через)\s.{2,60}|sent (?:from|via)\s.{2,60}|get outlook for\s.{2,40}"
    r"|получите outlook для\s.{2,40})$",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"\n{3,}")
_SPACES = re.compile(r"[ \t\r\n\f]+")

_MARK, _APART_MARK = "\0", "\1"  # where a block of HTML begins or ends
_BORDER = re.compile(r"[ \n]*[\0\1][ \n\0\1]*")
_EMPTY_BLOCK = re.compile(r"[\0\1] *\n[ \n]*[\0\1]")
_BREAKING = frozenset(
    {"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre"}
)
_APART = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table"})
_SILENT = frozenset({"script", "style", "head", "title", "template", "blockquote", "svg", "object"})
_QUOTING = re.compile(
    r"gmail_quote|gmail_attr|yahoo_quoted|moz-cite-prefix|moz-signature|gmail_signature|divRplyFwdMsg"
    r"|appendonsend|mail_quote|zmail_extra|protonmail_quote",
)
_REST_IS_QUOTED = re.compile(r"divRplyFwdMsg|appendonsend")  # Outlook marks the place, not the quote
_VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)


def own_words(text: str) -> str:
    """Return a plain text without its quoted tail, its signature, and lines quoted in between."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = _unsigned(_unquoted(lines))
    return _BLANKS.sub("\n\n", "\n".join(line.rstrip(" \t") for line in kept)).strip()


def _unquoted(lines: Sequence[str]) -> list[str]:
    kept: list[str] = []
    place = 0
    while place < len(lines):
        if _RULE.match(lines[place]) or _is_header_block(lines, place):
            break  # all below is somebody else's
        who = _attribution(lines, place)
        if who:
            place += who
            if not any(_QUOTED.match(line) for line in lines[place:]):
                break  # quoted without marks
        elif _QUOTED.match(lines[place]):
            place += 1
        else:
            kept.append(lines[place])
            place += 1
    return kept


def _is_header_block(lines: Sequence[str], place: int) -> bool:
    """Tell whether a mail's head is quoted here: who, then when, to whom or about what."""
    if not _FROM_LINE.match(lines[place]):
        return False
    following = [line for line in lines[place + 1 : place + 4] if line.strip()]
    return bool(following) and _NEXT_LINE.match(following[0]) is not None


def _attribution(lines: Sequence[str], place: int) -> int:
    """Return in how many lines it stands here who wrote what is quoted below; 0 if it does not."""
    if not lines[place].strip():
        return 0
    for number in range(1, _LINES_OF_WHO + 1):
        part = lines[place : place + number]
        if len(part) < number or not part[-1].strip() or _QUOTED.match(part[-1]):
            return 0
        joined = " ".join(line.strip() for line in part)
        if _SAYS_WHO.search(joined) and _DIGIT.search(joined):
            rest = [line for line in lines[place + number :] if line.strip()]
            is_followed = bool(rest) and (_QUOTED.match(rest[0]) is not None or "@" in joined)
            return number if is_followed or not rest else 0
    return 0


def _unsigned(lines: Sequence[str]) -> list[str]:
    signed = next((place for place, line in enumerate(lines) if _SIGNATURE.match(line)), len(lines))
    kept = list(lines[:signed])
    while kept and (not kept[-1].strip() or _SENT_FROM.match(kept[-1])):
        kept.pop()
    return kept


def unflowed(text: str, *, deletes_space: bool) -> str:
    """Return a text of RFC 3676 with its paragraphs in one line each."""
    told: list[str] = []
    is_open = False
    for line in text.replace("\r\n", "\n").split("\n"):
        is_quoted = line.startswith(">")
        plain = line.removeprefix(" ")
        if is_open and not is_quoted:
            told[-1] = (told[-1][:-1] if deletes_space else told[-1]) + plain
        else:
            told.append(plain)
        is_open = plain.endswith(" ") and plain != "-- " and not is_quoted
    return "\n".join(told)


def text_of_html(html: str) -> str:
    """Return what is to be read in an HTML mail, without what it quotes."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Collects words; knows which elements people do not see, and which hold a quote."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._told: list[str] = []
        self._open: list[tuple[str, bool]] = []  # the open elements, and whether each silences what is in it
        self._silenced = 0
        self._is_over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = " ".join(value or "" for name, value in attrs if name in ("class", "id"))
        self._is_over = self._is_over or _REST_IS_QUOTED.search(named) is not None
        if tag in _BREAKING:
            self._break(tag)
        if tag in _VOID:
            return
        is_silent = tag in _SILENT or _QUOTING.search(named) is not None
        self._open.append((tag, is_silent))
        self._silenced += is_silent

    def handle_endtag(self, tag: str) -> None:
        if tag not in (name for name, _ in self._open):
            return
        while self._open:
            name, is_silent = self._open.pop()
            self._silenced -= is_silent
            if name == tag:
                break
        if tag in _BREAKING:
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._silenced and not self._is_over:
            self._told.append(_SPACES.sub(" ", data))

    def _break(self, tag: str) -> None:
        if self._silenced or self._is_over:
            return
        if tag == "br":
            self._told.append("\n")
        else:
            self._told.append(_APART_MARK if tag in _APART else _MARK)

    def text(self) -> str:
        """Return the words: a border of blocks is one break of line, or two, however many there are."""
        joined = "".join(self._told).replace("\u00a0", " ")
        joined = re.sub(r" *\n *", "\n", joined)
        joined = _BORDER.sub(lambda found: _border(found.group()), joined)
        return "\n".join(line.strip() for line in joined.split("\n")).strip()


def _border(marks: str) -> str:
    """Return how far apart two blocks stand: with an empty one between them, or a paragraph's end, a line."""
    return "\n\n" if _APART_MARK in marks or _EMPTY_BLOCK.search(marks) else "\n"
