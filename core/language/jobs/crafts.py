"""What a master offers to do: trades named as such, and things that he says he mends or lists.

A thing that a master merely names is no offer: "дверь" may be shut, "пробки" are on the road, and for
"докупить автомат" he drives to a shop. Asked for his trades, he may name things alone; the talk knows
that, not the reader.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.language.lexicon import small
from core.language.normalise import Text
from core.language.phrases import is_negated
from core.meaning import Trade

LISTED_MIN = 2  # things that are all there is are a list of work

_DOING = small("doing")
_AROUND = small("around_things")


@dataclass(frozen=True, slots=True)
class Craft:
    """A trade, by its name or by a thing of it: tokens `first` to `last`, both included."""

    trade: Trade
    first: int
    last: int


def offered(text: Text, named: Sequence[Craft], things: Sequence[Craft]) -> tuple[Trade, ...]:
    """Return the trades that a master offers, in the order in which he names them."""
    return in_order((*named, *things)) if _is_offer(text, (*named, *things)) else in_order(named)


def in_order(crafts: Iterable[Craft]) -> tuple[Trade, ...]:
    """Return each trade once, the first named first."""
    return tuple(dict.fromkeys(craft.trade for craft in sorted(crafts, key=lambda craft: craft.first)))


def _is_offer(text: Text, crafts: Sequence[Craft]) -> bool:
    tokens = text.tokens
    if any(token.text in _DOING and not is_negated(tokens, place) for place, token in enumerate(tokens)):
        return True
    taken = {place for craft in crafts for place in range(craft.first, craft.last + 1)}
    return len(crafts) >= LISTED_MIN and all(
        place in taken or token.text in _AROUND for place, token in enumerate(tokens)
    )
