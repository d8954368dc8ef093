"""Where a text may be cut, so that each piece reads by itself: nothing inside a word, a sum or an emoji."""

import re
import unicodedata

ELLIPSIS = "…"
_ASTRAL = 0xFFFF
_JOINER = "\u200d"
_TIES = frozenset({_JOINER, "\u200c", "\u20e3", *map(chr, range(0xFE00, 0xFE10))})
_SKINS = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_LETTERS_OF_FLAGS = range(0x1F1E6, 0x1F200)
_ENTITY = re.compile(r"&#?\w{1,10};")
_ENTITY_MAX = 13

# Spaces that hold their neighbours together, such as U+00A0, are no gap.
_GAP = r"[ \t\n\u2000-\u2006\u2008-\u200a\u3000]"
_SHORT = r"(?<!\b\w\.)(?<!\b\w\w\.)(?<!\b\w\w\w\.)"  # not after "кв."
# Between words, but not between a number and its unit, nor between "№" or "д." and the number.
_WORD = re.compile(rf"(?<=[^\s\d№]){_SHORT}(?={_GAP})")
# A cut falls where the match ends; a better kind of border is worth a piece that is less full.
_BORDERS = (
    (re.compile(rf"(?<=\S)(?={_GAP}*\n{_GAP}*\n)"), 0.4),  # between paragraphs
    (re.compile(rf"(?<=\S)(?={_GAP}*\n)"), 0.4),  # between lines
    (re.compile(rf"(?:[\w)»₽]{{4}}[.]|[!?…:])[)»”\"]*(?={_GAP})"), 0.4),  # between sentences
    (_WORD, 0.0),
    (re.compile(rf"(?<=[^\s№])(?={_GAP}+[^\s\d₽$€%])"), 0.0),  # a number may leave its unit, not its currency
    (re.compile(rf"(?<=\S)(?={_GAP})"), 0.0),
)


def length(text: str) -> int:
    """Count as the strictest services do: a character outside the basic plane, such as an emoji, is two."""
    return len(text) + sum(1 for character in text if ord(character) > _ASTRAL)


def tidy(text: str) -> str:
    """Return what every service takes: no control characters, no halves of characters, no outer spaces."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_taken(character) for character in lines).strip()


def _taken(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" if character not in "\n\t":
            return ""
        case "Cs":
            return "\ufffd"
        case _:
            return character


def is_seen(text: str) -> bool:
    """Tell whether there is anything to see; services turn away a text of spaces and joiners."""
    return any(unicodedata.category(character)[0] not in "ZC" for character in text)


def split(text: str, limit: int) -> tuple[str, ...]:
    """Split a tidy text into pieces of at most `limit` characters, at the best borders there are.

    Joined again, the pieces have the same words; only spaces at the borders are gone.
    """
    pieces: list[str] = []
    rest = text.strip()
    while length(rest) > limit:
        cut = _cut(rest, limit)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return tuple(piece for piece in (*pieces, rest) if is_seen(piece))


def shorten(text: str, limit: int) -> str:
    """Return a line as it is, or its beginning and an ellipsis, at a word's end if that is near."""
    if length(text) <= limit:
        return text
    room = max(limit - len(ELLIPSIS), 1)
    end = _fit(text, room)
    words = [match.end() for match in _WORD.finditer(text[: end + 1]) if match.end() <= end]
    cut = words[-1] if words and words[-1] * 2 >= end else _between_characters(text, end)
    return text[:cut].rstrip(" ,;:—–-\u00a0") + ELLIPSIS


def _cut(text: str, limit: int) -> int:
    end = _fit(text, limit)
    for border, share in _BORDERS:
        found = [match.end() for match in border.finditer(text[: end + 3]) if match.end() <= end]
        if found and found[-1] > end * share:
            return found[-1]
    return _between_characters(text, end)


def _fit(text: str, limit: int) -> int:
    """Return how many characters of a text fit, at least one."""
    taken = 0
    for place, character in enumerate(text):
        taken += 2 if ord(character) > _ASTRAL else 1
        if taken > limit:
            return max(place, 1)
    return len(text)


def _between_characters(text: str, end: int) -> int:
    """Return the last place up to `end` that is inside nothing people see as one; `end` if there is none."""
    for entity in _ENTITY.finditer(text, max(end - _ENTITY_MAX, 0), end + _ENTITY_MAX):
        if 0 < entity.start() < end < entity.end():
            return entity.start()
    return next((place for place in range(end, 0, -1) if _is_between(text, place)), end)


def _is_between(text: str, place: int) -> bool:
    if place >= len(text):
        return True
    before, after = text[place - 1], text[place]
    if before == _JOINER or after in _TIES or ord(after) in _SKINS or ord(after) in _TAGS:
        return False
    if unicodedata.category(after)[0] == "M":
        return False
    if ord(after) in _LETTERS_OF_FLAGS:
        return _flag_letters(text, place) % 2 == 0
    return True


def _flag_letters(text: str, place: int) -> int:
    """Count the letters of flags right before a place: two make a flag."""
    start = place
    while start and ord(text[start - 1]) in _LETTERS_OF_FLAGS:
        start -= 1
    return place - start
