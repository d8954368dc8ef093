"""Where a provider's registry of a day and our books do not say the same (L32)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.kernel.money import Money


class Kind(StrEnum):
    """How they differ."""

    MISSING_HERE = "missing_here"  # the provider moved it, and we do not know that yet
    MISSING_THERE = "missing_there"  # we say it moved, the provider does not
    AMOUNT = "amount"
    UNKNOWN = "unknown"  # the provider moved something we never asked for


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that moved, by our books or by the registry.

    Attributes:
        id: Ours, if it is known.
        is_done: Our books say it has moved.
    """

    subject: str
    id: str | None
    provider_id: str | None
    amount: Money
    is_done: bool = True


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on which the two do not agree. `thing_id` is ours if we know it, else the provider's."""

    kind: Kind
    subject: str
    thing_id: str
    ours: Money | None
    theirs: Money | None


Index = dict[tuple[str, str | None], Entry]


def compare(ours: Collection[Entry], theirs: Collection[Entry]) -> tuple[Difference, ...]:
    """Return where the two differ, each thing once. Order and repeats in either make no difference.

    Args:
        ours: Everything that we say moved that day, and whatever else the registry's lines may mean.
        theirs: The lines of the registry.
    """
    return tuple(dict.fromkeys(_differences(ours, theirs)))


def _differences(ours: Collection[Entry], theirs: Collection[Entry]) -> Iterator[Difference]:
    by_id: Index = {(entry.subject, entry.id): entry for entry in ours}
    by_provider_id: Index = {(entry.subject, entry.provider_id): entry for entry in ours if entry.provider_id}
    met: set[tuple[str, str | None]] = set()
    for line in theirs:
        known = by_id.get((line.subject, line.id)) or by_provider_id.get((line.subject, line.provider_id))
        if known is None or known.id is None:
            thing_id = line.id or line.provider_id or ""
            yield Difference(Kind.UNKNOWN, line.subject, thing_id, None, line.amount)
            continue
        met.add((known.subject, known.id))
        if not known.is_done:
            yield Difference(Kind.MISSING_HERE, known.subject, known.id, None, line.amount)
        elif known.amount != line.amount:
            yield Difference(Kind.AMOUNT, known.subject, known.id, known.amount, line.amount)
    for entry in ours:
        if entry.is_done and entry.id is not None and (entry.subject, entry.id) not in met:
            yield Difference(Kind.MISSING_THERE, entry.subject, entry.id, entry.amount, None)
