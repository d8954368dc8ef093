"""Labelled texts of `data/`, and a reader to try them on."""

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from core.language.reader import EmbeddedReader
from core.meaning import LookContext, Reading

NOW = datetime(2026, 11, 25, 14)  # a Wednesday  # noqa: DTZ001 - a wall clock, as the talk's city has it
DATA = Path(__file__).parent / "data"


@cache
def reader() -> EmbeddedReader:
    """The reader, loaded once."""
    return EmbeddedReader()


@cache
def rules() -> EmbeddedReader:
    """The rules alone, without the classifier's vote."""
    return EmbeddedReader(is_alone=True)


def look_by_rules(text: str, role: str = "client", now: datetime = NOW) -> Reading:
    """Read a text by the rules alone."""
    return rules().look(text, LookContext(now=now, role=role))


def look(text: str, role: str = "client", now: datetime = NOW) -> Reading:
    """Read a text as it would be read in a talk."""
    return reader().look(text, LookContext(now=now, role=role))


def labelled(name: str, kind: str) -> list[dict[str, Any]]:
    """Return the labelled texts of a data file and of its second set."""
    files = [DATA / f"{name}.toml", *sorted(DATA.glob(f"{name}_*.toml"))]
    return [entry for file in files for entry in tomllib.loads(file.read_text("utf-8"))[kind]]


def text_of(entry: Any) -> str:
    """Name a test case by its text."""
    return str(entry["text"])[:60] if isinstance(entry, dict) else str(entry)
