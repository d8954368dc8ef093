"""What goes wrong with commands, as it was asked for."""

import asyncio
from dataclasses import dataclass, field

from bots.simulators.wire import FaultIn


@dataclass(slots=True)
class Fault:
    """A fault and how often it is left; `released` ends a slow one."""

    asked: FaultIn
    left: int
    released: asyncio.Event = field(default_factory=asyncio.Event)


class Faults:
    """The faults that are set."""

    def __init__(self) -> None:
        """Begin with none."""
        self._set: list[Fault] = []

    def set(self, asked: FaultIn) -> None:
        """Let the next commands whose name begins with `path` go wrong."""
        self._set.append(Fault(asked, asked.times))

    def heal(self) -> None:
        """Take all back; what waits is answered now."""
        for fault in self._set:
            fault.released.set()
        self._set = []

    def take(self, name: str) -> Fault | None:
        """Return the fault that meets this command, if one is set."""
        for fault in self._set:
            if fault.left and name.startswith(fault.asked.path):
                fault.left -= 1
                return fault
        return None
