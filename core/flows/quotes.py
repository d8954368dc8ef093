"""The price of work at a time, before and after the time is chosen, and as it is remembered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.flows.tx import Tx
from core.flows.work import SlotRequest
from core.kernel import quote as prices
from core.kernel.money import Currency, Money
from core.kernel.quote import Quote, Work
from core.markets.policy import Market
from core.meaning import Urgency


@dataclass(frozen=True, slots=True)
class PricedSlot:
    """A free time with its price. The tap takes both in one commit (K87).

    Attributes:
        end: End of the work by its upper duration, without the way.
        until: How long the price stands.
        master_id: Somebody who is free then. The tap takes the best one.
    """

    start: datetime
    end: datetime
    quote: Quote
    until: datetime
    master_id: str | None = None

    def stored(self) -> dict[str, Any]:
        """Return the slot as JSON, to be remembered with the offer of it."""
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "until": self.until.isoformat(),
            "currency": self.quote.price.currency.value,
            "price_minor": self.quote.price.minor,
            "low_minor": self.quote.low.minor,
            "high_minor": self.quote.high.minor,
            "lines": lines_of(self.quote),
            "master_id": self.master_id,
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "PricedSlot":
        """Read a slot that was remembered."""
        currency = Currency(stored["currency"])
        lines = tuple(
            prices.Line(line["label"], Money(line["amount_minor"], currency)) for line in stored["lines"]
        )
        return cls(
            start=datetime.fromisoformat(stored["start"]),
            end=datetime.fromisoformat(stored["end"]),
            until=datetime.fromisoformat(stored["until"]),
            quote=Quote(
                price=Money(stored["price_minor"], currency),
                low=Money(stored["low_minor"], currency),
                high=Money(stored["high_minor"], currency),
                lines=lines,
            ),
            master_id=stored["master_id"],
        )


def price_at(tx: Tx, market: Market, request: SlotRequest, start: datetime) -> Quote:
    """Price the work at a time."""
    if request.warranty_of is not None:
        return prices.free(market.quote_rules)
    zone = tx.zone
    return prices.quote(
        market.quote_rules,
        _work(market, request),
        starts_local=start.astimezone(zone),
        now_local=tx.now.astimezone(zone),
    )


def indicative_range(market: Market, request: SlotRequest) -> Quote:
    """Return the range before a time is chosen; its price and lines are those of the cheapest time."""
    if request.warranty_of is not None:
        return prices.free(market.quote_rules)
    return prices.indicative(market.quote_rules, _work(market, request))


def lines_of(quote: Quote) -> list[dict[str, Any]]:
    """Return what a price is made of, as it is stored: `[{"label": text name, "amount_minor"}]` (A125)."""
    return [{"label": line.label, "amount_minor": line.amount.minor} for line in quote.lines]


def _work(market: Market, request: SlotRequest) -> Work:
    return Work(
        trade=request.trade.value,
        faults=max(1, len(request.faults)),
        is_urgent=request.urgency is Urgency.URGENT,
        words=len(request.words),
        parts=market.money(request.parts_minor),
    )
