"""The least a database can do for the same: bare driver, bare statements, the same durability."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from scripts.bench.figures import Figure
from scripts.bench.grounds import Place, plain

LETTER = (
    "INSERT INTO inbox (id, lane, key, kind, payload, received, due, status, attempts) "
    "VALUES ({0}, {0}, {0}, 'bench', '{{}}', {0}, {0}, 1, 0)"
)
TRANSFER = (
    "INSERT INTO transfer (id, kind, debit, credit, amount_minor, currency, phase, cause, at) "
    "VALUES ({0}, 'bench', 'client', 'bank', 100, 'RUB', 'posted', 'bench', {0})"
)
AT = "2026-03-02 09:00:00.000000+00:00"
GROUP = 32


def letters(place: Place, *, group: int, seconds: float) -> Figure:
    """Insert bare letters, so many in one commit. Letters a second."""
    name = f"letters, {group} in a commit" if group > 1 else "letters, one in a commit"

    def rows(number: int) -> list[Sequence[Any]]:
        ids = [f"floor-{group}-{number}-{n}" for n in range(group)]
        return [(id, f"floor:{id}", id, AT, AT) for id in ids]

    return _commits(place, LETTER, rows, name=name, each=group, seconds=seconds)


def transfers(place: Place, *, group: int, seconds: float) -> Figure:
    """Insert four bare transfers for each payment, so many payments in one commit. Payments a second."""

    def rows(number: int) -> list[Sequence[Any]]:
        return [(f"floor-{group}-{number}-{n}", AT) for n in range(4 * group)]

    name = f"four transfers a payment, {group} payments in a commit"
    return _commits(place, TRANSFER, rows, name=name, each=group, seconds=seconds)


def transfers_alone(place: Place, *, group: int, seconds: float) -> Figure:
    """Insert bare transfers over one connection, so many in one commit. Transfers a second."""

    def rows(number: int) -> list[Sequence[Any]]:
        return [(f"alone-{group}-{number}-{n}", AT) for n in range(group)]

    name = f"transfers over one connection, {group} in a commit"
    return _commits(place, TRANSFER, rows, name=name, each=group, seconds=seconds)


def question(place: Place, statement: str, parameters: Sequence[Any], *, name: str, seconds: float) -> Figure:
    """Ask one question again and again."""
    took: list[float] = []
    connection = plain(place)
    try:
        cursor = connection.cursor()
        ends = time.perf_counter() + seconds
        while (begun := time.perf_counter()) < ends:
            cursor.execute(statement, parameters)
            cursor.fetchall()
            took.append(time.perf_counter() - begun)
    finally:
        connection.close()
    return Figure.of(name, took, within_s=sum(took))


def _commits(
    place: Place,
    statement: str,
    rows: Callable[[int], list[Sequence[Any]]],
    *,
    name: str,
    each: int,
    seconds: float,
) -> Figure:
    """Commit again and again, and say how many of the things that `each` counts were written a second."""
    sql = statement.format("%s" if place.is_postgresql else "?")
    took: list[float] = []
    connection = plain(place)
    try:
        cursor = connection.cursor()
        begun = time.perf_counter()
        while (at := time.perf_counter()) < begun + seconds:
            cursor.execute("BEGIN")
            cursor.executemany(sql, rows(len(took)))
            cursor.execute("COMMIT")
            took.append(time.perf_counter() - at)
    finally:
        connection.close()
    spent = sum(took)
    figure = Figure.of(name, took, within_s=spent)
    return Figure(
        name,
        each * figure.per_second,
        each * figure.samples,
        figure.p50_ms,
        figure.p95_ms,
        figure.p99_ms,
    )
