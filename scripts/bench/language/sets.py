"""The measured set: texts with what they mean, one line of JSON each, in the shapes of `naryad understand`.

A file is named after its round and its kind, such as `round1-messages.jsonl`. A round's texts were written
without a look at the rules, and its first reading was noted before any rule was changed for it;
afterwards the rules may have learnt from it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.language.batch import Kind

HOUSE = Path(__file__).resolve().parents[3]
MEASURED = HOUSE / "tests" / "language" / "measured"
NOW = "2026-11-25T14:00"  # a Wednesday; where a line has no `ref`
NAMES = {"messages": Kind.MESSAGE, "hours": Kind.AVAILABILITY, "identity": Kind.IDENTITY, "times": Kind.TIME}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text, what it is said with, and what it means."""

    line: dict[str, Any]
    wanted: Any

    @property
    def text(self) -> str:
        """What was written."""
        return str(self.line["text"])


def load(kind: Kind, folder: Path = MEASURED) -> Sequence[Labelled]:
    """Return all labelled texts of a kind, in the order of their files."""
    return tuple(labelled for file in files(kind, folder) for labelled in read(file))


def files(kind: Kind, folder: Path = MEASURED) -> list[Path]:
    """Return the files of a kind."""
    return [file for file in sorted(folder.glob("*.jsonl")) if NAMES[file.stem.rpartition("-")[2]] is kind]


def read(file: Path) -> Iterator[Labelled]:
    """Read one file of the measured set."""
    for row in file.read_text("utf-8").splitlines():
        if row.strip():
            line = json.loads(row)
            wanted = line.pop("is")
            yield Labelled({"ref": NOW} | line, wanted)
