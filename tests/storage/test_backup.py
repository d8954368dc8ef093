"""A backup holds everything, and is put back whole or not at all."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, text
from typer.testing import CliRunner

from scripts.db import app
from storage import backup, guards, migrations
from storage.backup import BackupError
from storage.tables import TransferRow
from tests.databases import only_postgresql, only_sqlite
from tests.storage.town import a_town


def transfers(url: str) -> list[tuple[str, int]]:
    with migrations.connected(url) as connection:
        query = select(TransferRow.id, TransferRow.amount_minor).order_by(TransferRow.seq)
        return [(name, amount) for name, amount in connection.execute(query)]


@pytest.fixture
def town_url(blank_database_url: str) -> str:
    """Return the address of a migrated database with the town in it."""
    migrations.upgrade(blank_database_url)
    with migrations.connected(blank_database_url) as connection:
        a_town(connection)
    return blank_database_url


def test_what_was_lost_comes_back_from_a_backup(town_url: str, tmp_path: Path) -> None:
    before = transfers(town_url)
    assert before
    backup.backup(town_url, tmp_path / "kept")
    migrations.downgrade(town_url)

    backup.restore(town_url, tmp_path / "kept")

    assert transfers(town_url) == before
    with migrations.connected(town_url) as connection:
        assert guards.differences(connection) == []
        assert migrations.current(connection) == migrations.newest()


def test_a_database_with_rows_is_overwritten_only_by_force(town_url: str, tmp_path: Path) -> None:
    before = transfers(town_url)
    backup.backup(town_url, tmp_path / "kept")
    with migrations.connected(town_url) as connection:
        connection.execute(text("UPDATE talk SET step = 'later', version = version + 1"))

    with pytest.raises(BackupError, match="not empty"):
        backup.restore(town_url, tmp_path / "kept")
    backup.restore(town_url, tmp_path / "kept", force=True)

    assert transfers(town_url) == before
    with migrations.connected(town_url) as connection:
        assert connection.scalar(text("SELECT step FROM talk")) == "address"
        assert guards.differences(connection) == []


def test_rows_go_on_being_numbered_after_a_restore(town_url: str, tmp_path: Path) -> None:
    backup.backup(town_url, tmp_path / "kept")
    backup.restore(town_url, tmp_path / "kept", force=True)
    with migrations.connected(town_url) as connection:
        last = connection.scalar(text("SELECT max(seq) FROM event")) or 0
        connection.execute(
            text(
                "INSERT INTO event (id, object, object_id, action, actor, cause, facts, parties, at) "
                "SELECT 'new', object, object_id, action, actor, cause, facts, parties, at FROM event"
            )
        )
        assert connection.scalar(text("SELECT max(seq) FROM event")) > last


def test_a_backup_is_for_its_owner_only(town_url: str, tmp_path: Path) -> None:
    backup.backup(town_url, tmp_path / "kept")
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".backup")] == []


def _broken(file: Path) -> None:
    file.write_bytes(os.urandom(4_096))


def _cut_short(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])


@pytest.mark.parametrize("spoil", [_broken, _cut_short, Path.unlink, lambda file: file.write_bytes(b"")])
def test_a_bad_file_changes_nothing(town_url: str, tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    before = transfers(town_url)
    file = tmp_path / "kept"
    backup.backup(town_url, file)
    spoil(file)
    with pytest.raises(BackupError, match=r"^[^\n]+$"):
        backup.restore(town_url, file, force=True)
    assert transfers(town_url) == before


def test_a_folder_that_is_not_there_is_told(town_url: str, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="There is no folder"):
        backup.backup(town_url, tmp_path / "nowhere" / "kept")


@only_sqlite
def test_a_database_in_use_is_copied_as_it_was_last_committed(database_url: str, tmp_path: Path) -> None:
    with migrations.connected(database_url) as connection:
        a_town(connection)
    before = transfers(database_url)
    with migrations.connected(database_url) as writer:
        writer.execute(text("INSERT INTO lane (id) VALUES ('unfinished')"))
        backup.backup(database_url, tmp_path / "kept")
    kept = f"sqlite+aiosqlite:///{tmp_path / 'kept'}"
    assert transfers(kept) == before
    with migrations.connected(kept) as connection:
        assert connection.scalar(text("SELECT count(*) FROM lane")) == 0


@only_postgresql
def test_without_pg_dump_one_sentence_says_so(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PACKAGED", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match="pg_dump is needed"):
        backup.backup(database_url, tmp_path / "kept")


# The command -----------------------------------------------------------------------------------------------


def test_the_command_backs_up_and_restores(
    blank_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", blank_database_url)
    run, file = CliRunner(), str(tmp_path / "kept")

    assert run.invoke(app, ["upgrade"]).output == "The database is up to date.\n"
    with migrations.connected(blank_database_url) as connection:
        a_town(connection)
    assert run.invoke(app, ["backup", file]).exit_code == 0

    refused = run.invoke(app, ["restore", file])
    assert refused.exit_code == 1
    assert refused.output == "The database is not empty; --force overwrites everything in it.\n"
    assert run.invoke(app, ["restore", file, "--force"]).exit_code == 0

    refused = run.invoke(app, ["downgrade", "base"])
    assert refused.exit_code == 1
    assert "--force" in refused.output
    assert run.invoke(app, ["downgrade", "base", "--force"]).exit_code == 0
    assert run.invoke(app, ["downgrade"]).exit_code == 1  # there is nothing left to take back
    assert run.invoke(app, ["upgrade", "no-such-revision"]).exit_code == 1


def test_a_database_that_does_not_answer_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    ended = CliRunner().invoke(app, ["upgrade"])
    assert ended.exit_code == 1
    assert ended.output.startswith("The database does not answer: ")
    assert len(ended.output.splitlines()) == 1
