"""Put the guards into a database, take them out, and compare what it has with what is declared."""

import re
from collections.abc import Iterable

from sqlalchemy import CheckConstraint, Connection, inspect

from storage.guards import postgresql, sqlite
from storage.guards.declared import GUARDS
from storage.guards.guard import Guard
from storage.guards.part import Part
from storage.tables import Row

# What a database says: "NY201: A job …" from a trigger, "… constraint "guard_ny301" …" from EXCLUDE.
_CODE = re.compile(r"\b([A-Z]{2}\d{3}): |\bguard_([a-z]{2}\d{3})\b")


def install(connection: Connection) -> None:
    """Make the database's guards exactly those declared; what is right already is not touched.

    Guards of a table that does not exist (yet, or any more) are left out. Usable through `run_sync`.

    Raises:
        ExtensionMissingError: PostgreSQL lacks btree_gist and our role may not create it.
    """
    has, wanted = installed(connection), declared(connection)
    wrong = [part for name, part in has.items() if not _same(part, wanted.get(name))]
    missing = [part for name, part in wanted.items() if not _same(part, has.get(name))]
    _run(connection, (statement for part in wrong for statement in part.drop))
    if any("EXCLUDE" in part.create[0] for part in missing):
        postgresql.need_extension(connection)
    _run(connection, (statement for part in missing for statement in part.create))


def uninstall(connection: Connection) -> None:
    """Take every guard out, for a migration that rebuilds what they stand on."""
    _run(connection, (statement for part in installed(connection).values() for statement in part.drop))


def declared(connection: Connection) -> dict[str, Part]:
    """Return what should be in this database, by name."""
    render = postgresql.parts if connection.dialect.name == "postgresql" else sqlite.parts
    tables = set(inspect(connection).get_table_names())
    return {part.name: part for guard in GUARDS if guard.table in tables for part in render(guard)}


def installed(connection: Connection) -> dict[str, Part]:
    """Return the guards that are in this database, by name."""
    if connection.dialect.name == "postgresql":
        return postgresql.installed(connection)
    return sqlite.installed(connection)


def differences(connection: Connection) -> list[str]:
    """Tell in sentences where the database's guards, checks and unique indexes are not as declared."""
    has, wanted = installed(connection), declared(connection)
    return [
        *(f"{name} on {wanted[name].table} is missing" for name in sorted(wanted.keys() - has.keys())),
        *(f"{name} on {has[name].table} is not declared" for name in sorted(has.keys() - wanted.keys())),
        *(
            f"{name} on {has[name].table} is disabled or changed"
            for name in sorted(has.keys() & wanted.keys())
            if not _same(has[name], wanted[name])
        ),
        *(f"{name} is missing" for name in sorted(_table_rules() - _rules_of(connection))),
    ]


def broken(error: BaseException) -> Guard | None:
    """Return the guard that a database error tells of, if it is one."""
    found = _CODE.search(str(getattr(error, "orig", None) or error))
    if found is None:
        return None
    code = found[1] or found[2].upper()
    return next((guard for guard in GUARDS if guard.code == code), None)


def _same(one: Part, other: Part | None) -> bool:
    return other is not None and one.definition == other.definition


def _run(connection: Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


def _table_rules() -> set[str]:
    """Name the checks and unique indexes that the tables declare."""
    tables = Row.metadata.tables.values()
    checks = {
        str(rule.name) for table in tables for rule in table.constraints if isinstance(rule, CheckConstraint)
    }
    return checks | {str(index.name) for table in tables for index in table.indexes if index.unique}


def _rules_of(connection: Connection) -> set[str]:
    look = inspect(connection)
    tables = look.get_table_names()
    checks = {str(rule["name"]) for table in tables for rule in look.get_check_constraints(table)}
    return checks | {
        str(index["name"]) for table in tables for index in look.get_indexes(table) if index["unique"]
    }
