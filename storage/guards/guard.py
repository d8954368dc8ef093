"""What a guard is: a rule the database itself keeps, declared once for both databases.

Conditions are written in PostgreSQL's words over NEW and OLD; what SQLite calls otherwise is translated by
`sqlite.py`. They compare stored values only, never the clock, and they refuse; they never compute.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

_NEW_COLUMN = re.compile(r"\bNEW\.(\w+)")


class Event(StrEnum):
    """What is done to a row, or to the whole table."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    TRUNCATE = "truncate"  # only PostgreSQL has it, and it passes the triggers of rows


class Kind(StrEnum):
    """How a guard refuses."""

    REFUSE = "refuse"
    FROZEN = "frozen"
    APPEND_ONLY = "append_only"
    STEPS = "steps"
    EXCLUDE = "exclude"


@dataclass(frozen=True, slots=True)
class Lock:
    """Rows a guard reads and therefore holds on PostgreSQL, where sub-queries see only what is committed.

    Attributes:
        where: Which rows, over NEW.
        strength: SHARE to read a row's state; NO KEY UPDATE where rows are counted or summed.
    """

    table: str
    where: str
    strength: str = "SHARE"


@dataclass(frozen=True, slots=True)
class Span:
    """Rows of one owner must not overlap in time; touching is allowed.

    Attributes:
        key: The columns of the primary key, by which a row is not compared with itself.
        over: Column and value of rows that no longer count, such as ("state", "released").
    """

    owner: str
    starts: str
    ends: str
    key: tuple[str, ...]
    over: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """One rule: refused with `code` and `sentence` when a condition holds for an event.

    Attributes:
        refuses: The condition per event.
        unless: What excuses the change, where other rows must be read; unknown counts as no.
        locks: The other rows that `unless` reads.
        watches_all: Look at every update, not only at those that name a column of the condition.
    """

    code: str
    kind: Kind
    table: str
    sentence: str
    refuses: Mapping[Event, str]
    unless: str | None = None
    locks: tuple[Lock, ...] = ()
    span: Span | None = None
    watches_all: bool = False

    @property
    def name(self) -> str:
        """Name of the guard in the database, without its event."""
        return f"guard_{self.code.lower()}"

    @property
    def message(self) -> str:
        """What the database says when it refuses."""
        return f"{self.code}: {self.sentence}"

    def watched(self, event: Event, condition: str) -> tuple[str, ...]:
        """Return the columns whose change can make the condition true; none means any."""
        if event is not Event.UPDATE or self.watches_all:
            return ()
        return tuple(sorted(set(_NEW_COLUMN.findall(condition))))


def refuse(
    code: str,
    table: str,
    sentence: str,
    *,
    on: Collection[Event] = (Event.INSERT, Event.UPDATE),
    when: str,
    unless: str | None = None,
    locks: Iterable[Lock] = (),
    watches_all: bool = False,
) -> Guard:
    """Refuse what `when` describes, unless other rows excuse it."""
    return Guard(
        code=code,
        kind=Kind.REFUSE,
        table=table,
        sentence=sentence,
        refuses=dict.fromkeys(on, when),
        unless=unless,
        locks=tuple(locks),
        watches_all=watches_all,
    )


def kept(code: str, table: str, sentence: str, *, when: str = "TRUE") -> Guard:
    """Refuse to delete rows, and to empty the table at once."""
    refuses = {Event.DELETE: when, Event.TRUNCATE: "TRUE"}
    return Guard(code=code, kind=Kind.REFUSE, table=table, sentence=sentence, refuses=refuses)


def frozen(code: str, table: str, sentence: str, *, columns: Collection[str], when: str = "TRUE") -> Guard:
    """Refuse a change of these columns, in rows that were as `when` says."""
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
    condition = f"({changed})" if when == "TRUE" else f"{when} AND ({changed})"
    return Guard(
        code=code, kind=Kind.FROZEN, table=table, sentence=sentence, refuses={Event.UPDATE: condition}
    )


def final(code: str, table: str, sentence: str, *, column: str, states: Collection[str]) -> Guard:
    """Refuse every change of a row that has come to its end."""
    refuses = {Event.UPDATE: f"OLD.{column} IN ({words(states)})"}
    return Guard(
        code=code, kind=Kind.FROZEN, table=table, sentence=sentence, refuses=refuses, watches_all=True
    )


def append_only(code: str, table: str, sentence: str) -> Guard:
    """Refuse everything but new rows."""
    refuses = dict.fromkeys((Event.UPDATE, Event.DELETE, Event.TRUNCATE), "TRUE")
    return Guard(code=code, kind=Kind.APPEND_ONLY, table=table, sentence=sentence, refuses=refuses)


def steps(
    code: str,
    table: str,
    sentence: str,
    *,
    column: str,
    starts: Collection[str],
    table_of_steps: Collection[tuple[str, str]],
) -> Guard:
    """Refuse a first state that is not a start, and a change of state that is not in the table of steps."""
    ways: dict[str, set[str]] = {}
    for source, to in table_of_steps:
        ways.setdefault(source, set()).add(to)
    allowed = " OR ".join(
        f"OLD.{column} = '{source}' AND NEW.{column} IN ({words(targets)})"
        for source, targets in sorted(ways.items())
    )
    return Guard(
        code=code,
        kind=Kind.STEPS,
        table=table,
        sentence=sentence,
        refuses={
            Event.INSERT: f"NEW.{column} NOT IN ({words(starts)})",
            Event.UPDATE: f"NEW.{column} <> OLD.{column} AND NOT ({allowed})",
        },
    )


def exclude(code: str, table: str, sentence: str, *, span: Span) -> Guard:
    """Refuse two rows of one owner that overlap in time.

    The condition sees what is committed, which on SQLite, with its one writer, is everything. On PostgreSQL
    a constraint stands behind it for those who write at the same time.
    """
    return Guard(
        code=code,
        kind=Kind.EXCLUDE,
        table=table,
        sentence=sentence,
        refuses={
            Event.INSERT: _overlap(table, span, itself="NEW"),  # an upsert may meet itself
            Event.UPDATE: _overlap(table, span, itself="OLD"),
        },
        span=span,
    )


def _overlap(table: str, span: Span, *, itself: str) -> str:
    column, value = span.over or ("", "")
    counts = f"NEW.{column} <> '{value}' AND " if column else ""
    other_counts = f" AND other.{column} <> '{value}'" if column else ""
    same = " AND ".join(f"other.{each} = {itself}.{each}" for each in span.key)
    return (
        f"{counts}EXISTS (SELECT 1 FROM {table} AS other WHERE other.{span.owner} = NEW.{span.owner}"
        f" AND other.{span.ends} > NEW.{span.starts} AND other.{span.starts} < NEW.{span.ends}"
        f"{other_counts} AND NOT ({same}))"
    )


def words(values: Collection[str]) -> str:
    """Write values as a list in SQL, in a fixed order."""
    return ", ".join(f"'{value}'" for value in sorted(values))
