"""What Alembic runs for every command. `storage.migrations` gives it a connection in a transaction."""

from typing import Literal

from alembic import context
from sqlalchemy import JSON, Connection
from sqlalchemy.sql.schema import SchemaItem

from storage import guards, tables


def _is_ours(item: SchemaItem, name: str | None, *rest: object) -> bool:
    """Leave out the indexes behind EXCLUDE: guards are not Alembic's."""
    del item, rest
    return not (name or "").startswith("guard_")


def _render(kind: str, item: object, autogenerating: object) -> str | Literal[False]:
    """Write our own column types by their names."""
    del autogenerating
    if kind == "type" and isinstance(item, tables.Instant):
        return "tables.Instant()"
    if kind == "type" and isinstance(item, JSON):
        return "tables.Json"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=tables.Row.metadata,
        render_as_batch=True,
        include_object=_is_ours,
        render_item=_render,
        compare_type=True,
        compare_server_default=True,
    )
    guards.uninstall(connection)
    with context.begin_transaction():
        context.run_migrations()
    guards.install(connection)


if context.is_offline_mode():
    raise SystemExit("Migrations need the database: use `naryad db upgrade`.")
_run(context.config.attributes["connection"])
