"""Guards as PostgreSQL functions with triggers, and EXCLUDE where two writers may meet.

A condition stands in the function, because WHEN of a trigger may hold no sub-query. A trigger sees what is
committed, so alone it would let parallel bookings win together: EXCLUDE decides among those. Alone EXCLUDE
would let every two who come too late wait for each other until one is shot as a deadlock.
"""

import re

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from storage.guards.guard import Event, Guard, Span
from storage.guards.part import Part, quoted

# Bits of pg_trigger.tgtype.
_ROW, _BEFORE = 1, 2
_EVENTS = {Event.INSERT: 4, Event.DELETE: 8, Event.UPDATE: 16, Event.TRUNCATE: 32}
_CASTS = re.compile(r"::\w+|[()\s]")

_TRIGGERS = """
SELECT t.tgname, c.relname, t.tgtype, t.tgenabled, t.tgqual IS NULL, p.proname, p.prosrc,
       (SELECT string_agg(a.attname, ',' ORDER BY a.attname) FROM pg_attribute a
         WHERE a.attrelid = t.tgrelid AND a.attnum = ANY (t.tgattr::int2[]))
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
 WHERE starts_with(t.tgname::text, 'guard_') AND c.relnamespace = current_schema()::regnamespace
"""
_CONSTRAINTS = """
SELECT k.conname, c.relname, pg_get_constraintdef(k.oid)
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
 WHERE k.contype = 'x' AND starts_with(k.conname::text, 'guard_')
   AND c.relnamespace = current_schema()::regnamespace
"""


class ExtensionMissingError(RuntimeError):
    """The database lacks btree_gist and our role may not create it."""

    def __init__(self) -> None:
        """Say what to do about it."""
        super().__init__(
            "PostgreSQL needs the extension btree_gist for bookings, and this role may not create it: "
            "let an administrator run CREATE EXTENSION btree_gist in this database once."
        )


def parts(guard: Guard) -> list[Part]:
    """Render a guard: a function and a trigger per event, and a constraint where rows exclude each other."""
    triggers = [_trigger(guard, event, condition) for event, condition in guard.refuses.items()]
    return [*triggers, _constraint(guard, guard.span)] if guard.span else triggers


def installed(connection: Connection) -> dict[str, Part]:
    """Return the guards that the database has, by name."""
    found: dict[str, Part] = {}
    for name, table, kind, enabled, is_bare, function, body, columns in connection.exec_driver_sql(_TRIGGERS):
        state = "on" if enabled in ("O", "A", b"O", b"A") and is_bare and function == name else "changed"
        definition = _definition(table, kind, columns or "", state, body)
        found[name] = Part(name=name, table=table, definition=definition, create=(), drop=_drop(name, table))
    for name, table, text in connection.exec_driver_sql(_CONSTRAINTS):
        drop = (f"ALTER TABLE {table} DROP CONSTRAINT {name}",)
        found[name] = Part(name=name, table=table, definition=_plain(text), create=(), drop=drop)
    return found


def need_extension(connection: Connection) -> None:
    """Create btree_gist, without which text and time cannot stand in one EXCLUDE.

    Raises:
        ExtensionMissingError: our role may not, and nobody did before.
    """
    if connection.exec_driver_sql("SELECT 1 FROM pg_extension WHERE extname = 'btree_gist'").scalar():
        return
    try:
        with connection.begin_nested():
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS btree_gist")
    except DBAPIError as error:
        raise ExtensionMissingError from error


def _trigger(guard: Guard, event: Event, condition: str) -> Part:
    name = f"{guard.name}_{event}"
    body = _body(guard, event, condition)
    columns = guard.watched(event, condition)
    of = f" OF {', '.join(columns)}" if columns else ""
    moment = f"BEFORE {event.upper()}{of}"
    each = "STATEMENT" if event is Event.TRUNCATE else "ROW"
    kind = _BEFORE | _EVENTS[event] | (0 if event is Event.TRUNCATE else _ROW)
    create = (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard${body}$guard$",
        f"CREATE TRIGGER {name} {moment} ON {guard.table} FOR EACH {each} EXECUTE FUNCTION {name}()",
    )
    definition = _definition(guard.table, kind, ",".join(columns), "on", body)
    return Part(
        name=name, table=guard.table, definition=definition, create=create, drop=_drop(name, guard.table)
    )


def _body(guard: Guard, event: Event, condition: str) -> str:
    refusal = (
        f"RAISE EXCEPTION USING ERRCODE = {quoted(guard.code)}, MESSAGE = {quoted(guard.message)}, "
        f"TABLE = TG_TABLE_NAME, CONSTRAINT = {quoted(guard.name)};"
    )
    if guard.unless:
        held = "".join(
            f"    PERFORM 1 FROM {lock.table} WHERE {lock.where} FOR {lock.strength};\n"
            for lock in guard.locks
        )
        refusal = f"{held}    IF NOT COALESCE(({guard.unless}), FALSE) THEN\n      {refusal}\n    END IF;"
    else:
        refusal = f"    {refusal}"
    back = {Event.DELETE: "OLD", Event.TRUNCATE: "NULL"}.get(event, "NEW")
    return f"\nBEGIN\n  IF {condition} THEN\n{refusal}\n  END IF;\n  RETURN {back};\nEND\n"


def _constraint(guard: Guard, span: Span) -> Part:
    over = f" WHERE ({span.over[0]} <> '{span.over[1]}')" if span.over else ""
    text = f"EXCLUDE USING gist ({span.owner} WITH =, tstzrange({span.starts}, {span.ends}) WITH &&){over}"
    return Part(
        name=guard.name,
        table=guard.table,
        definition=_plain(text),
        create=(f"ALTER TABLE {guard.table} ADD CONSTRAINT {guard.name} {text}",),
        drop=(f"ALTER TABLE {guard.table} DROP CONSTRAINT {guard.name}",),
    )


def _definition(table: str, kind: int, columns: str, state: str, body: str) -> str:
    return f"{table} {kind} [{columns}] {state} {body}"


def _plain(text: str) -> str:
    """Drop the casts and brackets that PostgreSQL adds when it tells a constraint."""
    return _CASTS.sub("", text)


def _drop(name: str, table: str) -> tuple[str, ...]:
    return (f"DROP TRIGGER IF EXISTS {name} ON {table}", f"DROP FUNCTION IF EXISTS {name}()")
