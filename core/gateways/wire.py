"""What adapters of payment providers share: sums, days of Moscow, and what of an answer may be kept."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import core.wire
from core.kernel.money import Currency, Money

MOSCOW = ZoneInfo("Europe/Moscow")
MINOR_PER_MAJOR = 100  # of the rouble and of the tenge

_CARD = re.compile(r"(?<!\d)(?:\d ?){12,18}\d(?!\d)")
_SECRET_KEYS = frozenset(
    {
        *("pan", "maskedpan", "cardnumber", "number", "cvv", "cvc", "csc", "password"),
        *("cryptogram", "cardcryptogrampacket", "token", "rebillid"),  # whoever has them may charge the card
        *(
            "cardholdername",
            "cardholder",
            "cardexpdate",
            "expdate",
            "expiration",
            "expiryyear",
            "expirymonth",
        ),
    }
)


class Wire(core.wire.Wire):
    """The connections to one provider."""

    def money(self, value: object, currency: object) -> Money:
        """Read a sum in major units, such as "100.00". Raises Unanswered for what is no whole kopeck."""
        try:
            return from_major(value, currency)
        except ValueError:
            raise self.unreadable("a sum") from None

    def minor(self, value: object, currency: object) -> Money:
        """Read a sum in minor units. Raises Unanswered for what is no whole number."""
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.unreadable("a sum")
        try:
            return Money(value, Currency(str(currency)))
        except ValueError:
            raise self.unreadable("a currency") from None


# Money, days


def to_major(money: Money) -> str:
    """Write a sum in major units with two places: `100.00`."""
    whole, minor = divmod(money.minor, MINOR_PER_MAJOR)
    return f"{whole}.{minor:02d}"


def from_major(value: object, currency: object) -> Money:
    """Read a sum in major units. Raises ValueError for a float, a negative sum, or parts of a kopeck."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError("no sum")  # noqa: TRY004 - to the caller all of it is one: not a sum
    try:
        minor = Decimal(value) * MINOR_PER_MAJOR
    except InvalidOperation:
        raise ValueError("no sum") from None
    if not minor.is_finite() or minor < 0 or minor != minor.to_integral_value():
        raise ValueError("no sum")
    return Money(int(minor), Currency(str(currency)))


def moscow_day(day: date) -> tuple[datetime, datetime]:
    """Return when a day of Moscow time begins and when the next one does, in UTC."""
    begins = datetime.combine(day, time(), MOSCOW).astimezone(UTC)
    return begins, begins + timedelta(days=1)  # Moscow changes no clocks


# What may be kept


def kept(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a provider's answer as plain JSON without card numbers and secrets (A84)."""
    return {name: _kept(value) for name, value in raw.items() if _plain(name) not in _SECRET_KEYS}


def _kept(value: object) -> Any:  # noqa: ANN401 - any JSON
    match value:
        case Mapping():
            return kept(value)
        case str():
            return _CARD.sub(_masked, value)
        case Decimal():
            return str(value)
        case Sequence():
            return [_kept(each) for each in value]
        case _:
            return value


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _masked(found: re.Match[str]) -> str:
    digits = [int(each) for each in found.group() if each.isdigit()]
    doubled = [
        each if place % 2 == 0 else sum(divmod(each * 2, 10)) for place, each in enumerate(digits[::-1])
    ]
    return "****" if sum(doubled) % 10 == 0 else found.group()  # Luhn: else it is another long number
