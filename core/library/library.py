"""Load the fault library: one TOML file per fault under `faults/<trade>/`."""

import tomllib
from collections.abc import Iterable, Mapping
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
    return library_of(_files(files("core.library") / "faults"))


def library_of(sources: Iterable[Traversable]) -> Library:
    """Read a library from fault files; each file's name is its fault's id, its folder the trade."""
    faults = [Fault.model_validate(tomllib.loads(source.read_text("utf-8"))) for source in sources]
    return Library(MappingProxyType({fault.id: fault for fault in sorted(faults, key=lambda f: f.id)}))


def _files(folder: Traversable) -> list[Traversable]:
    trades = [child for child in folder.iterdir() if child.is_dir()]
    return [file for trade in trades for file in trade.iterdir() if file.name.endswith(".toml")]
