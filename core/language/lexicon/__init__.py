"""The lexicon: what the reader knows about words, as TOML tables that anybody can read and correct.

Written for this project from the language as people use it; Apache-2.0 like the rest. No text of
`tests/` is copied into it.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_LATIN = re.compile("[a-z]+")


@cache
def table(name: str) -> dict[str, Any]:
    """Return one table of the lexicon, such as `objects`."""
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text("utf-8"))


def phrases(entry: Mapping[str, Any]) -> list[str]:
    """Return all phrases of an entry, of both languages; the tables divide them by commas."""
    return [
        phrase.strip() for lang in ("ru", "en") for phrase in entry.get(lang, "").split(",") if phrase.strip()
    ]


@cache
def particles(name: str) -> frozenset[str]:
    """Return a set of small words, such as `negations`."""
    return frozenset(table("particles")[name].split())


@cache
def small(name: str) -> frozenset[str]:
    """Return a set of small words of the table `talk`, such as `turns`."""
    return frozenset(table("talk")["small"][name].split())


@cache
def english_words() -> frozenset[str]:
    """Return the English words we know: common ones, and those of the lexicon."""
    words = set(table("english")["words"].split())
    for name in ("objects", "actions", "senses", "modality", "talk", "urgency", "calendar"):
        for phrase in _strings(table(name)):
            words.update(_LATIN.findall(phrase))
    return frozenset(words)


def _strings(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _strings(item)
        case dict():
            for key, item in value.items():
                if key != "ru":
                    yield from _strings(item)
        case _:
            pass
