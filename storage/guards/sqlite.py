"""Guards as SQLite triggers. There is one writer, so a trigger sees everything that counts."""

import re

from sqlalchemy import Connection

from storage.guards.guard import Event, Guard, Span
from storage.guards.part import Part, quoted

# SQLite knew IS NOT for IS DISTINCT FROM, and json_extract for ->>, long before it learnt the others.
_WORDS = (
    (re.compile(r"IS NOT DISTINCT FROM"), "IS"),
    (re.compile(r"IS DISTINCT FROM"), "IS NOT"),
    (re.compile(r"(\w+\.\w+)->>'(\w+)'"), r"json_extract(\1, '$.\2')"),
)

_TRIGGERS = """
SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, 6) = 'guard_'
"""


def translated(condition: str) -> str:
    """Say a condition in SQLite's words."""
    for pattern, replacement in _WORDS:
        condition = pattern.sub(replacement, condition)
    return condition


def parts(guard: Guard) -> list[Part]:
    """Render a guard: one trigger per event."""
    conditions = _overlaps(guard, guard.span) if guard.span else dict(guard.refuses)
    return [
        _trigger(guard, event, condition)
        for event, condition in conditions.items()
        if event is not Event.TRUNCATE  # SQLite has none; DELETE without WHERE fires row by row
    ]


def installed(connection: Connection) -> dict[str, Part]:
    """Return the guards that the database has, by name."""
    return {
        name: Part(name=name, table=table, definition=sql, create=(sql,), drop=_drop(name))
        for name, table, sql in connection.exec_driver_sql(_TRIGGERS)
    }


def _trigger(guard: Guard, event: Event, condition: str) -> Part:
    name = f"{guard.name}_{event}"
    when = translated(condition)
    if guard.unless:
        when = f"({when}) AND NOT COALESCE(({translated(guard.unless)}), FALSE)"
    columns = guard.watched(event, condition)
    of = f" OF {', '.join(columns)}" if columns else ""
    sql = (
        f"CREATE TRIGGER {name} BEFORE {event.upper()}{of} ON {guard.table} FOR EACH ROW WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, {quoted(guard.message)}); END"
    )
    return Part(name=name, table=guard.table, definition=sql, create=(sql,), drop=_drop(name))


def _overlaps(guard: Guard, span: Span) -> dict[Event, str]:
    """Look for another row of the same owner in the same time; the row an upsert meets is itself."""
    counts = [f"{{row}}.{span.over[0]} <> '{span.over[1]}'"] if span.over else []
    others = [
        f"other.{span.owner} = NEW.{span.owner}",
        *(each.format(row="other") for each in counts),
        f"other.{span.ends} > NEW.{span.starts}",
        f"other.{span.starts} < NEW.{span.ends}",
    ]

    def condition(own: str) -> str:
        itself = " AND ".join(f"other.{column} = {own}.{column}" for column in span.key)
        found = (
            f"EXISTS (SELECT 1 FROM {guard.table} AS other WHERE {' AND '.join(others)} AND NOT ({itself}))"
        )
        return " AND ".join([*(each.format(row="NEW") for each in counts), found])

    return {Event.INSERT: condition("NEW"), Event.UPDATE: condition("OLD")}


def _drop(name: str) -> tuple[str, ...]:
    return (f"DROP TRIGGER IF EXISTS {name}",)
