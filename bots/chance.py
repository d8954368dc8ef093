"""The only maker of ids, tokens and randomness."""

import random
import secrets
from datetime import datetime

TOKEN_BYTES = 32  # 256 bits
MS_PER_S = 1_000
COUNTER_MAX = 0xFFF
COUNTER_START_MAX = 0x7FF  # leaves room to count up within one millisecond


class SystemChance:
    """Ids that sort by time, numbers, tokens. With a seed everything comes out the same in every run."""

    def __init__(self, seed: int | None = None) -> None:
        self._is_seeded = seed is not None
        self._random = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311 - seeded is for simulations
        self._last_ms = 0
        self._counter = 0

    def id(self, at: datetime) -> str:
        """Return a new UUIDv7 (36 characters) that sorts by `at`; those of one millisecond in order."""
        now_ms = int(at.timestamp() * MS_PER_S)
        if now_ms == self._last_ms and self._counter < COUNTER_MAX:
            self._counter += 1
        else:
            self._last_ms = now_ms
            self._counter = self._random.getrandbits(12) & COUNTER_START_MAX
        bits = now_ms << 80 | 0x7 << 76 | self._counter << 64 | 0b10 << 62 | self._random.getrandbits(62)
        digits = f"{bits:032x}"  # as uuid.UUID writes itself, in a third of the time
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def between(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return self._random.randint(low, high)

    def token(self) -> str:
        """Return a secret of 256 bits, safe in a link."""
        if self._is_seeded:
            return self._random.randbytes(TOKEN_BYTES).hex()
        return secrets.token_urlsafe(TOKEN_BYTES)
