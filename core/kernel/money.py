"""Money as integer minor units. No floats and no mixed currencies."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Self

BASIS_POINTS = 10_000


class Currency(StrEnum):
    """ISO 4217 codes of the currencies we settle in."""

    RUB = "RUB"
    KZT = "KZT"


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
    """An exact amount. `minor` is kopecks or tiyn, never rubles or tenge."""

    minor: int
    currency: Currency

    def __add__(self, other: Self) -> Self:
        """Add an amount of the same currency."""
        self._same_currency(other)
        return type(self)(self.minor + other.minor, self.currency)

    def __sub__(self, other: Self) -> Self:
        """Subtract an amount of the same currency."""
        self._same_currency(other)
        return type(self)(self.minor - other.minor, self.currency)

    def __lt__(self, other: Self) -> bool:
        """Compare with an amount of the same currency."""
        self._same_currency(other)
        return self.minor < other.minor

    def __le__(self, other: Self) -> bool:
        """Compare with an amount of the same currency."""
        self._same_currency(other)
        return self.minor <= other.minor

    def times(self, factor: Fraction) -> Self:
        """Multiply exactly, then round half up to a minor unit."""
        return type(self)(half_up(self.minor * factor), self.currency)

    def rounded(self, step_minor: int) -> Self:
        """Round half up to a whole number of steps."""
        return type(self)(half_up(Fraction(self.minor, step_minor)) * step_minor, self.currency)

    def split(self, rate: Rate) -> tuple[Self, Self]:
        """Return (share, rest). The share rounds half up; nothing is lost."""
        share = (self.minor * rate.bp + BASIS_POINTS // 2) // BASIS_POINTS
        return type(self)(share, self.currency), type(self)(self.minor - share, self.currency)

    def _same_currency(self, other: Self) -> None:
        if self.currency is not other.currency:
            raise ValueError(f"{self.currency} with {other.currency}")


def half_up(value: Fraction) -> int:
    """Round to the nearest whole number, a half upwards."""
    return (value + Fraction(1, 2)).__floor__()
