"""Load the fault library: entries `faults/<trade>/<id>.toml`, and what they name in `tools` and `parts`."""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, TypeVar

from core.library.fault import Fault
from core.library.thing import Part, Tool
from core.meaning import Trade

COMMON = "common"  # the list of tools that every trade may name
VERSION_LENGTH = 12  # hex digits; enough to tell two libraries apart

_Thing = TypeVar("_Thing", Tool, Part)


@dataclass(frozen=True, slots=True)
class Lists:
    """Tools and parts that entries name, by trade and id; tools of `common` are every trade's."""

    tools: Mapping[str, Mapping[str, Tool]] = field(default_factory=dict)
    parts: Mapping[str, Mapping[str, Part]] = field(default_factory=dict)

    def tool(self, trade: str, tool_id: str) -> Tool:
        """Return a tool. Raises ValueError for an id that no list of the trade has."""
        for name in (trade, COMMON):
            if found := self.tools.get(name, {}).get(tool_id):
                return found
        raise ValueError(f"no tool {tool_id} in tools/{trade}.toml or tools/{COMMON}.toml")

    def part(self, trade: str, part_id: str) -> Part:
        """Return a part. Raises ValueError for an id that the trade's price list has not."""
        if found := self.parts.get(trade, {}).get(part_id):
            return found
        raise ValueError(f"no part {part_id} in parts/{trade}.toml")


@dataclass(frozen=True, slots=True)
class Library:
    """All entries we know, by id."""

    by_id: Mapping[str, Fault]
    lists: Lists = field(default_factory=Lists)

    def fault(self, fault_id: str) -> Fault:
        """Return an entry. Raises KeyError for an id that is not in the library."""
        return self.by_id[fault_id]

    def faults(self, trade: Trade | None = None) -> tuple[Fault, ...]:
        """Return the entries of a trade, or all, in order of id."""
        return tuple(fault for fault in self.by_id.values() if trade in (None, fault.trade))

    def __contains__(self, fault_id: object) -> bool:
        return fault_id in self.by_id

    @property
    def version(self) -> str:
        """One short hash over all that the library says; it changes with any word, value or price."""
        told = hashlib.sha256()
        for fault in self.by_id.values():
            told.update(fault.model_dump_json().encode())
        return told.hexdigest()[:VERSION_LENGTH]


@cache
def load_library() -> Library:
    """Read the library once. A file that does not fit its schema stops the start."""
    return library_of(files("core.library"))


def library_of(folder: Traversable) -> Library:
    """Read a library from a folder that holds `faults`, `tools` and `parts`.

    Raises:
        ValueError: a file does not fit the schema, names an unknown tool or part, or its place does not
            fit its id and trade.
    """
    library, problems = read_library(folder)
    if problems:
        raise ValueError(problems[0])
    return library


def read_library(folder: Traversable) -> tuple[Library, tuple[str, ...]]:
    """Read what can be read of a library, and return a sentence for each file that cannot."""
    problems: list[str] = []
    lists = Lists(
        tools=_listed(folder / "tools", Tool, problems), parts=_listed(folder / "parts", Part, problems)
    )
    found: list[Fault] = []
    for trade, file in _entries(folder / "faults"):
        try:
            found.append(_read(trade, file, lists))
        except ValueError as error:
            problems.append(f"{trade}/{file.name}: {error}")
    found.sort(key=lambda fault: fault.id)
    return Library(MappingProxyType({fault.id: fault for fault in found}), lists), tuple(problems)


def _listed(folder: Traversable, kind: type[_Thing], problems: list[str]) -> dict[str, dict[str, _Thing]]:
    """Read the lists of a folder: `<trade>.toml` with a table for each thing."""
    lists: dict[str, dict[str, _Thing]] = {}
    for file in _tomls(folder):
        try:
            raw = _parsed(file)
            lists[file.name.removesuffix(".toml")] = {
                name: kind.model_validate({"id": name, **entry}) for name, entry in raw.items()
            }
        except (TypeError, ValueError) as error:
            problems.append(f"{folder.name}/{file.name}: {error}")
    return lists


def _entries(folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    for trade in sorted(folder.iterdir(), key=lambda place: place.name):
        if trade.is_dir():
            yield from ((trade.name, file) for file in _tomls(trade))


def _tomls(folder: Traversable) -> list[Traversable]:
    if not folder.is_dir():
        return []
    return sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda file: file.name)


def _read(trade: str, file: Traversable, lists: Lists) -> Fault:
    raw = _parsed(file)
    if (trade, file.name) != (raw.get("trade"), f"{raw.get('id')}.toml"):
        raise ValueError(f"holds {raw.get('trade')}/{raw.get('id')}")
    tools = [lists.tool(trade, tool) for tool in raw.get("tools", ())]
    parts = [{**need, "part": lists.part(trade, need.get("part", ""))} for need in raw.get("parts", ())]
    return Fault.model_validate({**raw, "tools": tools, "parts": parts})


def _parsed(file: Traversable) -> dict[str, Any]:
    """Read a file of TOML; amounts stay exact."""
    return tomllib.loads(file.read_text("utf-8"), parse_float=Decimal)
