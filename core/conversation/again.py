"""Read once more, now that the question is known: "Театральная" is a street if we asked where to come.

The reader looks at a text without knowing what was asked. Where that left nothing, the words are put into the
place the question made for them, and the same rules look again.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

from core.language.addresses import bare_address, find_address
from core.language.frames import FrameFinder
from core.language.identity import IdentityFinder
from core.language.normalise import normalise, without
from core.language.times import find_times
from core.meaning import Frame, Identity, Lang, When

WORDS_MAX = 5  # of an answer that may hide in a few words
LEFT_OUT_MAX = 2  # words before or after it: "ладно, Сергей", "на Театральной я живу"
_PART = re.compile(r"[^.,;!?\n]+\??")
_HOUSE = "1"  # behind a street's name; taken away again


def place(texts: Sequence[str], *, lang: Lang) -> Identity | None:
    """Return the street or the house that answers "where should we come?"."""
    for words in _short(texts):
        for left_out in range(1, min(LEFT_OUT_MAX + 1, len(words))):
            if found := bare_address(normalise(" ".join(words[left_out:]), lang)):
                return found
        for count in range(len(words), max(0, len(words) - LEFT_OUT_MAX - 1), -1):
            said = " ".join(words[:count])
            if any(sign.isdigit() for sign in said):
                continue
            where = find_address(normalise(f"{said} {_HOUSE}", lang))
            found = where.identity if where.identity.street else where.maybe
            if found is not None and found.street:
                return Identity(street=found.street)
    return None


def name(texts: Sequence[str], *, lang: Lang) -> Identity | None:
    """Return the name that answers "what is your name?", behind a word of yes or the like."""
    for words in _short(texts):
        for left_out in range(min(LEFT_OUT_MAX + 1, len(words))):
            who, bare, _ = _identities().find(normalise(" ".join(words[left_out:]), lang))
            found = who if who.first else bare.name
            if found is not None and found.first:
                return replace(Identity(), first=found.first, patronymic=found.patronymic, last=found.last)
    return None


def who(texts: Sequence[str], *, lang: Lang) -> Identity:
    """Return who and where several messages say together."""
    found, _, _ = _identities().find(normalise(" ".join(texts), lang))
    return found


def times(texts: Sequence[str], *, lang: Lang, now_local: datetime) -> tuple[When, ...]:
    """Return the times several messages say together."""
    whole = normalise(" ".join(texts), lang)
    _, _, spans = _identities().find(whole)  # the number of a house is no hour
    return find_times(without(whole, spans).lower, now_local)


def frames(earlier: str, texts: Sequence[str], *, lang: Lang) -> tuple[Frame, ...]:
    """Return the jobs that two halves make: "розетка", and a message later "не включается"."""
    now = " ".join(texts)
    for whole in (f"{earlier} {now}", f"{now} {earlier}"):
        found = tuple(frame for frame in _frames().find(normalise(whole, lang)).frames if frame.fault)
        if found:
            return found
    return ()


def _short(texts: Sequence[str]) -> Iterator[list[str]]:
    """Yield the words of each sentence or line that is short enough to be an answer."""
    for text in texts:
        for part in _PART.findall(text):
            words = part.split()
            if 0 < len(words) <= WORDS_MAX and not part.endswith("?"):
                yield words


@cache
def _identities() -> IdentityFinder:
    return IdentityFinder()


@cache
def _frames() -> FrameFinder:
    return FrameFinder()
