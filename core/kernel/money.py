"""Money as integer minor units. No floats and no mixed currencies."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import Self

BASIS_POINTS = 10_000
MINOR_MAX = 10**8  # no single amount is larger; what is asked for above it is absurd


class Currency(StrEnum):
    """ISO 4217 codes of the currencies we settle in."""

    RUB = "RUB"
    KZT = "KZT"


def half_up(value: Fraction) -> int:
    """Round to a whole number; a half goes up."""
    return floor(value + Fraction(1, 2))


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of an amount in basis points: 2 500 bp is 25 %."""

    bp: int

    def __post_init__(self) -> None:
        """Reject a share below nothing or above the whole."""
        if not 0 <= self.bp <= BASIS_POINTS:
            raise ValueError(f"rate out of range: {self.bp} bp")


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount. `minor` is kopecks or tiyn, never rubles or tenge; negative only in balances."""

    minor: int
    currency: Currency

    @classmethod
    def zero(cls, currency: Currency) -> Self:
        """Return nothing of a currency."""
        return cls(0, currency)

    def __add__(self, other: Self) -> Self:
        """Add an amount of the same currency."""
        self._same_currency(other)
        return type(self)(self.minor + other.minor, self.currency)

    def __sub__(self, other: Self) -> Self:
        """Subtract an amount of the same currency."""
        self._same_currency(other)
        return type(self)(self.minor - other.minor, self.currency)

    def __neg__(self) -> Self:
        """Turn what is owed into what is owned, and back."""
        return type(self)(-self.minor, self.currency)

    def __mul__(self, factor: int | Fraction) -> Self:
        """Multiply exactly, then round half up to a minor unit."""
        return type(self)(half_up(Fraction(self.minor) * factor), self.currency)

    def __bool__(self) -> bool:
        """Nothing is false."""
        return self.minor != 0

    def __lt__(self, other: Self) -> bool:
        self._same_currency(other)
        return self.minor < other.minor

    def __le__(self, other: Self) -> bool:
        self._same_currency(other)
        return self.minor <= other.minor

    def __gt__(self, other: Self) -> bool:
        return other < self

    def __ge__(self, other: Self) -> bool:
        return other <= self

    def rounded(self, step: Self) -> Self:
        """Return the nearest multiple of a step; a half goes up."""
        self._same_currency(step)
        return step * half_up(Fraction(self.minor, step.minor))

    def split(self, rate: Rate) -> tuple[Self, Self]:
        """Return (share, rest). The share rounds half up; nothing is lost."""
        share = (self.minor * rate.bp + BASIS_POINTS // 2) // BASIS_POINTS
        return type(self)(share, self.currency), type(self)(self.minor - share, self.currency)

    def _same_currency(self, other: Self) -> None:
        if self.currency is not other.currency:
            raise ValueError(f"{self.currency} with {other.currency}")
