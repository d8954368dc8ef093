"""What a visit costs: a base price, factors, parts, and the range that binds (A116–A124, K60).

A price depends on the time chosen, so it belongs to a slot (K87). Before a slot is chosen there is
only an indicative range: the lowest low to the highest high of what the slots may cost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction

from core.kernel.money import Money, half_up

_SATURDAY = 5


class Haste(StrEnum):
    """How urgent the price takes a job to be. Of urgent and today only the higher factor counts (K60)."""

    URGENT = "urgent"
    TODAY = "today"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class QuoteRules:
    """How a market prices.

    Attributes:
        base: Price of one fault by trade.
        urgent, today, several, long_words, evening: Factors, exact.
        long_words_over: A description longer than this many characters is a complex one (A119).
        step: Prices and ranges are whole multiples of this.
        range_share: The range is the price less and plus this share.
        evening_from, evening_until: Local hours that count as evening; Saturday and Sunday always do (K62).
        valid_for: How long a price stands after it was said; each answer renews it.
        valid_at_most: The longest it can stand.
    """

    base: Mapping[str, Money]
    urgent: Fraction
    today: Fraction
    several: Fraction
    long_words: Fraction
    evening: Fraction
    long_words_over: int
    step: Money
    range_share: Fraction
    evening_from: time
    evening_until: time
    valid_for: timedelta
    valid_at_most: timedelta


@dataclass(frozen=True, slots=True)
class Work:
    """What a price depends on besides the time.

    Attributes:
        trade: Key of `QuoteRules.base`.
        faults: How many faults of this trade there are.
        words: Length of the longest single message that described the job.
        parts: Price of the parts that are surely needed.
    """

    trade: str
    faults: int
    is_urgent: bool
    words: int
    parts: Money


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a breakdown. `label` is the name of its text. The lines add up to the price."""

    label: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Quote:
    """A price, the range that binds, and what it is made of."""

    price: Money
    low: Money
    high: Money
    lines: tuple[Line, ...]


def quote(rules: QuoteRules, work: Work, *, starts_local: datetime, now_local: datetime) -> Quote:
    """Price a job at a time.

    Args:
        starts_local: When the visit begins, on the wall clock of its city.
        now_local: The present on the same clock.
    """
    is_today = starts_local.date() == now_local.date()
    haste = Haste.URGENT if work.is_urgent else Haste.TODAY if is_today else Haste.NONE
    return _quote(rules, work, haste=haste, is_evening=is_evening(rules, starts_local))


def indicative(rules: QuoteRules, work: Work) -> Quote:
    """Return the range before a time is chosen: the lowest low to the highest high a slot may have.

    Its price and lines are those of the cheapest time.
    """
    hastes = (Haste.URGENT,) if work.is_urgent else (Haste.NONE, Haste.TODAY)
    cheapest = _quote(rules, work, haste=hastes[0], is_evening=False)
    dearest = _quote(rules, work, haste=hastes[-1], is_evening=True)
    return Quote(price=cheapest.price, low=cheapest.low, high=dearest.high, lines=cheapest.lines)


def free(rules: QuoteRules) -> Quote:
    """Return the price of work that is done once more under warranty: nothing (L29)."""
    nothing = Money.zero(rules.step.currency)
    return Quote(price=nothing, low=nothing, high=nothing, lines=(Line("price-warranty", nothing),))


def is_evening(rules: QuoteRules, local: datetime) -> bool:
    """Tell whether a local time is dearer: evening, night, Saturday, Sunday (K62)."""
    hour = local.time()
    return local.weekday() >= _SATURDAY or hour >= rules.evening_from or hour < rules.evening_until


def valid_until(rules: QuoteRules, *, first_said: datetime, heard: datetime) -> datetime:
    """Return until when a price stands that was first said then and last answered now."""
    return min(heard + rules.valid_for, first_said + rules.valid_at_most)


def _quote(rules: QuoteRules, work: Work, *, haste: Haste, is_evening: bool) -> Quote:
    factors = [
        ("price-several", rules.several, work.faults > 1),
        ("price-long", rules.long_words, work.words > rules.long_words_over),
        ("price-urgent", rules.urgent, haste is Haste.URGENT),
        ("price-today", rules.today, haste is Haste.TODAY),
        ("price-evening", rules.evening, is_evening),
    ]
    base = rules.base[work.trade]
    lines, exact = [Line("price-base", base)], Fraction(base.minor)
    for label, factor, applies in factors:
        if applies:
            before = base * (exact / base.minor)
            exact *= factor
            lines.append(Line(label, base * (exact / base.minor) - before))
    if work.parts.minor:
        lines.append(Line("price-parts", work.parts))
    whole = base * (exact / base.minor) + work.parts
    # The exact fraction is rounded once: rounding to kopecks first could tip a half.
    price = Money(half_up((exact + work.parts.minor) / rules.step.minor) * rules.step.minor, base.currency)
    if price != whole:
        lines.append(Line("price-rounding", price - whole))
    return Quote(
        price=price,
        low=(price * (1 - rules.range_share)).rounded(rules.step),
        high=(price * (1 + rules.range_share)).rounded(rules.step),
        lines=tuple(lines),
    )
