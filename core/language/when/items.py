"""What a text may say about time: days, hours, spans from now, and the small words between them."""

from dataclasses import dataclass
from datetime import timedelta

from core.language.when.days import DayHit
from core.language.when.spans import ClockHit
from core.meaning import Grain


@dataclass(frozen=True, slots=True)
class AheadHit:
    """A span counted from now: "через час", "in the next two hours"."""

    start: int
    end: int
    begins: timedelta
    ends: timedelta | None = None
    grain: Grain = Grain.MINUTE


@dataclass(frozen=True, slots=True)
class Mark:
    """A small word between times: a `mark`, a `join` or `past` of calendar.toml."""

    start: int
    end: int
    sort: str


Item = DayHit | ClockHit | AheadHit | Mark
