"""Load the fault library: one TOML file per fault under `faults/<trade>/`."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from core.library.fault import Fault
from core.meaning import Trade


@dataclass(frozen=True, slots=True)
class Library:
    """All faults we know, by id."""

    by_id: Mapping[str, Fault]

    def fault(self, fault_id: str) -> Fault:
        """Return a fault. Raises KeyError for an id that is not in the library."""
        return self.by_id[fault_id]

    def faults(self, trade: Trade | None = None) -> tuple[Fault, ...]:
        """Return the faults of a trade, or all, in order of id."""
        return tuple(fault for fault in self.by_id.values() if trade in (None, fault.trade))

    def __contains__(self, fault_id: object) -> bool:
        return fault_id in self.by_id


@cache
def load_library() -> Library:
    """Read the library once. A file that does not fit its schema stops the start."""
    return library_of(files("core.library") / "faults")


def library_of(folder: Traversable) -> Library:
    """Read a library from a folder of `<trade>/<fault id>.toml`.

    Raises:
        ValueError: a file does not fit the schema, or its place does not fit its id and trade.
    """
    faults = sorted((_read(trade, file) for trade, file in _files(folder)), key=lambda fault: fault.id)
    return Library(MappingProxyType({fault.id: fault for fault in faults}))


def _files(folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    for trade in folder.iterdir():
        if trade.is_dir():
            yield from ((trade.name, file) for file in trade.iterdir() if file.name.endswith(".toml"))


def _read(trade: str, file: Traversable) -> Fault:
    fault = Fault.model_validate(tomllib.loads(file.read_text("utf-8")))
    if (trade, file.name) != (fault.trade, f"{fault.id}.toml"):
        raise ValueError(f"{trade}/{file.name} holds {fault.trade}/{fault.id}")
    return fault
