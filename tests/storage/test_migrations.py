"""Alembic makes what the tables declare, on both databases, and takes it back."""

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Integer, inspect

from storage import guards, migrations
from storage.tables import Row
from tests.databases import only_sqlite
from tests.storage.plain import opened, undone
from tests.storage.town import a_town

VERSIONS = Path(migrations.__file__).parent / "versions"


def test_up_down_and_up_again(blank_database_url: str) -> None:
    migrations.upgrade(blank_database_url)
    with migrations.connected(blank_database_url) as connection:
        assert migrations.current(connection) == migrations.newest()
        assert set(inspect(connection).get_table_names()) >= Row.metadata.tables.keys()
        a_town(connection)

    migrations.downgrade(blank_database_url)
    with migrations.connected(blank_database_url) as connection:
        assert migrations.current(connection) is None
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
        assert guards.installed(connection) == {}

    migrations.upgrade(blank_database_url)
    migrations.upgrade(blank_database_url)  # nothing to do
    with migrations.connected(blank_database_url) as connection:
        assert guards.differences(connection) == []


def test_autogenerate_finds_nothing_to_do(blank_database_url: str) -> None:
    migrations.upgrade(blank_database_url)
    with migrations.connected(blank_database_url) as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Row.metadata) == []


@pytest.mark.row("X205")
def test_migrated_guards_and_checks_are_those_declared(blank_database_url: str) -> None:
    migrations.upgrade(blank_database_url)
    with migrations.connected(blank_database_url) as connection:
        assert guards.differences(connection) == []


@pytest.mark.row("X205")
def test_an_upgrade_puts_back_a_guard_that_somebody_took_out(blank_database_url: str) -> None:
    migrations.upgrade(blank_database_url)
    with migrations.connected(blank_database_url) as connection:
        guards.uninstall(connection)
    migrations.upgrade(blank_database_url)
    with migrations.connected(blank_database_url) as connection:
        assert guards.differences(connection) == []


@only_sqlite
def test_a_table_that_is_rebuilt_gets_its_guards_back(database_url: str) -> None:
    with opened(database_url) as engine, undone(engine) as connection:
        before = guards.installed(connection)
        with Operations(MigrationContext.configure(connection)).batch_alter_table(
            "event", recreate="always"
        ) as batch:
            batch.add_column(Column("weight", Integer))
        assert guards.differences(connection)  # the trap: its triggers went with the old table
        guards.install(connection)
        assert guards.installed(connection) == before


def test_a_migration_that_fails_leaves_everything_as_it_was(blank_database_url: str) -> None:
    def half() -> None:
        with migrations.connected(blank_database_url) as connection:
            Row.metadata.create_all(connection)
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        half()
    with migrations.connected(blank_database_url) as connection:
        assert inspect(connection).get_table_names() == []


def test_every_revision_can_go_back() -> None:
    for file in VERSIONS.glob("*.py"):
        text = file.read_text("utf-8")
        assert re.search(r"def downgrade\(\) -> None:\n    \"\"\".+\"\"\"\n    (?!pass)", text), file.name


def test_a_new_revision_is_written_from_the_tables(
    blank_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Into a copy of the folder, so that the checkout stays as it is.
    copy = tmp_path / "migrations"
    (copy / "versions").mkdir(parents=True)
    for name in ("env.py", "script.py.mako"):
        (copy / name).write_text((VERSIONS.parent / name).read_text("utf-8"), "utf-8")
    monkeypatch.setattr(migrations, "_FOLDER", copy)
    migrations.revise(blank_database_url, "everything")
    (written,) = (copy / "versions").glob("*_everything.py")
    assert "create_table" in written.read_text("utf-8")
