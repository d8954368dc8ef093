"""The page `docs/guards.md`, written from the declarations."""

from sqlalchemy import CheckConstraint, Index

from storage.guards.declared import GUARDS
from storage.guards.guard import Guard
from storage.tables import Row

_HEAD = """\
# What the database refuses

Written by `python -m storage.guards > docs/guards.md`; a test compares. Each guard is declared once in
`storage/guards/` and kept by triggers on SQLite and on PostgreSQL alike; `exclude` is an EXCLUDE constraint
on PostgreSQL as well. A refused statement fails with the code and the sentence.
"""


def page() -> str:
    """Return the page."""
    tables = sorted({guard.table for guard in GUARDS})
    return "\n".join((_HEAD, *(_section(table) for table in tables), _constraints()))


def _section(table: str) -> str:
    rows = (_line(guard) for guard in GUARDS if guard.table == table)
    return "\n".join((f"## {table}\n", "| Code | Kind | On | Sentence |", "|---|---|---|---|", *rows, ""))


def _line(guard: Guard) -> str:
    return f"| {guard.code} | {guard.kind} | {', '.join(guard.refuses)} | {guard.sentence} |"


def _constraints() -> str:
    """List what the tables keep by themselves: checks, and indexes that let one row through."""
    lines = ["## Checks and unique indexes\n", "| Name | Holds |", "|---|---|"]
    tables = Row.metadata.tables.values()
    checks = (rule for table in tables for rule in table.constraints if isinstance(rule, CheckConstraint))
    unique = (index for table in tables for index in table.indexes if index.unique)
    rules = sorted(
        (*(f"| {rule.name} | {rule.sqltext} |" for rule in checks), *(_only_one(index) for index in unique))
    )
    return "\n".join((*lines, *rules, ""))


def _only_one(index: Index) -> str:
    table = index.table.name if index.table is not None else ""
    columns = ", ".join(column.name for column in index.columns)
    return (
        f"| {index.name} | one {table} per {columns} where {index.dialect_options['postgresql']['where']} |"
    )
