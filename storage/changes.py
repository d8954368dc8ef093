"""Writes changed rows that have a version, many in one statement.

The ORM takes a statement for each such row, and a statement costs far more than a row. This does what it
does otherwise: a row is changed only where the version is still the one that was read, and raised by one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, inspect, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from storage.tables import (
    BookingRow,
    ChargeRow,
    DifferenceRow,
    JobRow,
    MasterRow,
    OfferRow,
    PaymentRow,
    PayoutRow,
    PersonRow,
    RatingRow,
    ReceiptRow,
    RefundRow,
    Row,
    TalkRow,
    TicketRow,
)

# In this order: the guard of a completed job reads its payment, and that of the payment its charge.
_VERSIONED: tuple[type[Row], ...] = (
    *(PersonRow, TalkRow, MasterRow),
    *(BookingRow, OfferRow, ChargeRow, PaymentRow, JobRow),
    *(RefundRow, PayoutRow, ReceiptRow, DifferenceRow),
    *(RatingRow, TicketRow),
)
_RELEASED = "released"


async def write(session: AsyncSession) -> bool:
    """Write every changed row that has a version; returns whether there was any.

    Raises:
        StaleDataError: somebody else has changed one of them since it was read.
    """
    found: dict[type[Row], list[tuple[Any, set[str]]]] = defaultdict(list)
    for row in session.dirty:
        if is_versioned(row) and (names := _changed(row)):
            found[type(row)].append((row, names))
    for kind in _VERSIONED:
        for rows in _in_order(found.get(kind, ())):
            await _update(session, kind, rows)
    return bool(found)


def is_versioned(row: object) -> bool:
    """Tell whether `write` writes a row; the ORM is asked for others."""
    return type(row) in _VERSIONED


def _changed(row: Row) -> set[str]:
    before: Mapping[str, Any] = inspect(row).committed_state
    now = vars(row)
    return {name for name, value in before.items() if name in now and now[name] != value}


def _in_order(
    rows: Sequence[tuple[Any, set[str]]],
) -> Sequence[Sequence[tuple[Any, set[str]]]]:
    """Give a master's time back before it is taken again; otherwise in the order of their ids."""
    rows = sorted(rows, key=lambda one: one[0].id)
    gone = [one for one in rows if isinstance(one[0], BookingRow) and one[0].state == _RELEASED]
    rest = [one for one in rows if one not in gone]
    return [part for part in (gone, rest) if part]


async def _update(session: AsyncSession, kind: type[Row], rows: Sequence[tuple[Any, set[str]]]) -> None:
    names = sorted(set().union(*(names for _, names in rows)))
    table = Row.metadata.tables[kind.__tablename__]
    query = (
        update(table)
        .where(table.c.id == bindparam("its_id"), table.c.version == bindparam("its_version"))
        .values(version=table.c.version + 1, **{name: bindparam(f"new_{name}") for name in names})
    )
    values = [
        {"its_id": row.id, "its_version": row.version} | {f"new_{name}": getattr(row, name) for name in names}
        for row, _ in rows
    ]
    result = cast("CursorResult[Any]", await session.execute(query, values))
    if result.rowcount != len(rows):
        raise StaleDataError(f"{len(rows) - result.rowcount} rows of {kind.__tablename__} were changed since")
    for row, changed in rows:
        for name in changed:
            set_committed_value(row, name, getattr(row, name))
        set_committed_value(row, "version", row.version + 1)
