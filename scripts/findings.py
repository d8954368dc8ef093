"""One finding of the doctor's: how it is, what about, and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Line:
    """One finding. `mend` says what to do about it."""

    mark: Mark
    name: str
    told: str
    mend: str = ""


def channel(mark: Mark, told: str, mend: str = "") -> Line:
    """Return a finding about a channel."""
    return Line(mark, "channels", told, mend)
