"""Chance that comes out the same in every run."""

import random
import uuid
from datetime import datetime

MILLISECONDS = 1_000


class FakeChance:
    """Ids, numbers and tokens from a seed."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)

    def id(self, at: datetime) -> str:
        """Return a UUIDv7 whose tail comes from the seed."""
        moment = int(at.timestamp() * MILLISECONDS)
        tail = self._random.getrandbits(74)
        bits = moment << 80 | 0x7 << 76 | tail >> 62 << 64 | 0b10 << 62 | tail & (1 << 62) - 1
        return str(uuid.UUID(int=bits))

    def between(self, low: int, high: int) -> int:
        """Return a whole number, both ends included."""
        return self._random.randint(low, high)

    def token(self) -> str:
        """Return 256 bits in hexadecimal."""
        return f"{self._random.getrandbits(256):064x}"
