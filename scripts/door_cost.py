"""What each channel costs: time and memory of its libraries, measured here, and the price of a message."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

MIB, MS = 1 << 20, 1_000
MEASURED_S = 60.0

# Channel, its module, what a message costs.
_CHANNELS = (
    ("telegram", "channels.telegram", "0 ₽"),
    ("max", "channels.max", "0 ₽"),
    ("vk", "channels.vk", "0 ₽"),
    ("sms by smsru", "channels.sms.smsru", "by its tariff, for each segment"),
    ("sms by smpp", "channels.sms.smpp", "by the operator's contract, for each segment"),
    ("email", "channels.email", "by the relay's tariff"),
)

# What the program has loaded anyway is loaded first, so that only the channel's own is measured. Memory is
# what the process holds now, where the system tells that, else the most it ever held.
_MEASURE = """
import importlib, importlib.util, resource, sys, time
if importlib.util.find_spec(sys.argv[1]) is None:
    sys.exit(1)
import bots.doors, httpx
def held():
    try:
        return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
before, begun = held(), time.perf_counter()
importlib.import_module(sys.argv[1])
print(time.perf_counter() - begun, held() - before)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a channel takes once, at the start of a program that opens it; None: its library is missing."""

    channel: str
    import_s: float | None
    memory_bytes: int | None
    a_message: str

    @property
    def row(self) -> Sequence[str]:
        """Return it in words."""
        if self.import_s is None or self.memory_bytes is None:
            return (self.channel, "not installed", "not installed", self.a_message)
        took, held = f"{self.import_s * MS:.0f} ms", f"{self.memory_bytes / MIB:.1f} MiB"
        return (self.channel, took, held, self.a_message)


HEADINGS = ("Channel", "To load", "Memory", "A message")


def costs() -> list[Cost]:
    """Measure each channel in a fresh process; the web is what they are compared with."""
    return [Cost("web", 0.0, 0, "0 ₽"), *(_cost(*each) for each in _CHANNELS)]


def _cost(name: str, module: str, a_message: str) -> Cost:
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, module],
        capture_output=True,
        text=True,
        check=False,
        timeout=MEASURED_S,
    )
    if done.returncode:
        return Cost(name, None, None, a_message)
    import_s, memory_bytes = done.stdout.split()
    return Cost(name, float(import_s), int(memory_bytes), a_message)
