"""The databases have exactly the guards declared, and tell when they have not."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from scripts.cluster import Cluster
from storage import guards
from storage.guards.page import page
from storage.tables import Row
from tests.storage.plain import opened, undone

ROOT = Path(__file__).parents[2]


@pytest.mark.row("X204")
@pytest.mark.row("L43")
def test_the_database_has_exactly_the_declared_guards(town: Engine) -> None:
    with undone(town) as connection:
        assert guards.differences(connection) == []
        assert guards.installed(connection).keys() == guards.declared(connection).keys()


TAMPERED = {
    "sqlite": {
        "DROP TRIGGER guard_ny421_update": "guard_ny421_update on transfer is missing",
        "CREATE TRIGGER guard_ny999_insert BEFORE INSERT ON job BEGIN SELECT 1; END": (
            "guard_ny999_insert on job is not declared"
        ),
    },
    "postgresql": {
        "ALTER TABLE transfer DISABLE TRIGGER guard_ny421_update": (
            "guard_ny421_update on transfer is disabled or changed"
        ),
        "ALTER TABLE transfer DISABLE TRIGGER USER": (
            "guard_ny421_truncate on transfer is disabled or changed"
        ),
        "DROP TRIGGER guard_ny421_update ON transfer": "guard_ny421_update on transfer is missing",
        "CREATE OR REPLACE FUNCTION guard_ny421_update() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RETURN NEW; END'": "guard_ny421_update on transfer is disabled or changed",
        "ALTER TABLE booking DROP CONSTRAINT guard_ny301": "guard_ny301 on booking is missing",
        "ALTER TABLE transfer DROP CONSTRAINT ck_transfer_positive": "ck_transfer_positive is missing",
        "DROP INDEX uq_offer_open": "uq_offer_open is missing",
    },
}


@pytest.mark.row("X204")
@pytest.mark.row("X205")
@pytest.mark.parametrize(
    ("database_url", "statement"),
    [(name, statement) for name, statements in TAMPERED.items() for statement in statements],
    indirect=["database_url"],
)
def test_a_guard_that_is_disabled_or_changed_is_noticed(
    database_url: str, statement: str, request: pytest.FixtureRequest
) -> None:
    with opened(database_url) as engine, undone(engine) as connection:
        connection.exec_driver_sql(statement)
        told = TAMPERED[engine.dialect.name][statement]
        assert told in guards.differences(connection)
        guards.install(connection)
        left = guards.differences(connection)
        assert [each for each in left if each.startswith("guard_")] == []


def test_installing_again_changes_nothing(town: Engine) -> None:
    with undone(town) as connection:
        before = guards.installed(connection)
        guards.install(connection)
        assert guards.installed(connection) == before
        guards.uninstall(connection)
        assert guards.installed(connection) == {}


def test_the_page_of_guards_is_written_from_the_declarations() -> None:
    told = (ROOT / "docs" / "guards.md").read_text("utf-8")
    assert told == page(), "run: python -m storage.guards > docs/guards.md"


def test_codes_are_unique_and_sentences_are_whole() -> None:
    codes = [guard.code for guard in guards.GUARDS]
    assert len(codes) == len(set(codes))
    for guard in guards.GUARDS:
        assert re.fullmatch(r"(NY|HX)\d{3}", guard.code)
        assert re.fullmatch(r"[A-Z].*\.", guard.sentence)


def test_a_role_without_the_extension_hears_what_to_do(cluster: Cluster) -> None:
    url = cluster.create("poor", template="template0")
    with opened(url) as engine, engine.begin() as connection:
        connection.exec_driver_sql("CREATE ROLE poor LOGIN")
        connection.exec_driver_sql("GRANT CREATE ON SCHEMA public TO poor")
    try:
        with opened(url.replace("naryad@", "poor@")) as engine, engine.begin() as connection:
            Row.metadata.create_all(connection)
            with pytest.raises(guards.ExtensionMissingError, match="CREATE EXTENSION btree_gist"):
                guards.install(connection)
    finally:
        cluster.drop("poor")
