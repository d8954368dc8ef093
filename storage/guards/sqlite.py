"""Guards as SQLite triggers. There is one writer, so a trigger sees everything that counts."""

import re

from sqlalchemy import Connection

from storage.guards.guard import Event, Guard
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
    return [
        _trigger(guard, event, condition)
        for event, condition in guard.refuses.items()
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


def _drop(name: str) -> tuple[str, ...]:
    return (f"DROP TRIGGER IF EXISTS {name}",)
