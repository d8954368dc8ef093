from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.tables import LetterRow, LetterStatus
from tests.databases import only_postgresql, only_sqlite
from tests.scripts.conftest import Naryad, unguarded, writing
from tests.storage.town import MORNING, a_town, put

Lines = Mapping[str, list[tuple[str, str]]]


def _lines(output: str) -> Lines:
    """Return what was found, as (mark, sentence), by name."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in output.splitlines():
        mark, name, told = line.split("\t")
        found.setdefault(name, []).append((mark, told))
    return found


def test_a_fresh_house_is_well(naryad: Naryad) -> None:
    result = naryad("doctor")

    assert result.exit_code == 0, result.output
    lines = _lines(result.output)
    assert {name for name, told in lines.items() if told[0][0] != "ok"} == {"server"}
    assert [mark for mark, _ in lines["payments"]] == ["ok"]
    assert "built-in provider" in lines["payments"][0][1]
    assert lines["demo"] == [("ok", "Off: NARYAD_DEMO says so.")]
    assert "All 1" in lines["guards"][0][1]
    assert len(lines["channels"]) == 7


@only_sqlite
def test_no_database_yet_is_nothing_bad(naryad: Naryad, house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")

    result = naryad("doctor")

    assert result.exit_code == 0, result.output
    assert _lines(result.output)["database"][0][0] == "warn"
    assert list(house.iterdir()) == []  # a doctor changes nothing


@only_sqlite
def test_no_secret_is_ever_shown(
    naryad: Naryad, house: Path, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = house / "secret"
    kept.write_text("kept-very-secret")
    kept.chmod(0o644)
    monkeypatch.setenv("API_TOKEN", "set-very-secret")
    monkeypatch.setenv("WHATSAPP_TOKEN", "door-very-secret")
    monkeypatch.setenv("TELEGRAM_CLIENT_TOKEN", "half-very-secret")
    monkeypatch.setenv("TELEGRAM_API_URL", f"http://127.0.0.1:{free_port}")

    result = naryad("doctor")

    assert result.exit_code == 1
    assert "very-secret" not in result.output
    assert f"fail\tsecrets\t{kept} can be read by others. chmod 600 {kept}" in result.output
    assert "Set TELEGRAM_MASTER_TOKEN as well." in result.output
    assert "whatsapp: has its token, but is not served." in result.output


def test_a_broken_guard_is_named(naryad: Naryad, database_url: str) -> None:
    with writing(database_url) as connection:
        unguarded(connection)

    result = naryad("doctor")

    assert result.exit_code == 1
    mark, told = _lines(result.output)["guards"][0]
    assert (mark, "is missing" in told, "`naryad db upgrade`" in told) == ("fail", True, True)


def test_what_nothing_will_move_on_is_named(naryad: Naryad, database_url: str) -> None:
    with writing(database_url) as connection:
        a_town(connection)  # its jobs have no timers

    result = naryad("doctor")

    assert result.exit_code == 1
    mark, told = _lines(result.output)["liveness"][0]
    assert mark == "fail"
    assert "job assigned (assigned)" in told


def test_dead_letters_are_counted(naryad: Naryad, database_url: str) -> None:
    with writing(database_url) as connection:
        put(
            connection,
            LetterRow,
            id="dead",
            lane="chat:talk",
            key="dead",
            kind="talk-message",
            payload={},
            received=MORNING,
            due=MORNING,
            handled=MORNING,
            status=LetterStatus.DEAD,
            attempts=1,
        )

    result = naryad("doctor")

    assert result.exit_code == 0, result.output
    assert _lines(result.output)["mail"][0][1].startswith("Given up: 1 letters and 0 effects")


def test_tables_of_another_version_are_told(naryad: Naryad, database_url: str) -> None:
    with writing(database_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))

    result = naryad("doctor")

    assert result.exit_code == 1
    assert "At revision 0000, this code at" in _lines(result.output)["tables"][0][1]
    assert "liveness" not in result.output


@only_postgresql
def test_a_database_that_is_away_is_one_sentence(
    naryad: Naryad, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "DATABASE_URL", f"postgresql+psycopg://naryad:very-secret@127.0.0.1:{free_port}/naryad"
    )

    result = naryad("doctor")

    assert result.exit_code == 1
    assert _lines(result.output)["database"][0][0] == "fail"
    assert "very-secret" not in result.output


@only_sqlite
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "loud"),
        ("DATABASE_URL", "mysql://naryad:very-secret@host/naryad"),
        ("DATABASE_URL", "postgresql+psycopg://naryad:very-secret@host:port/naryad"),
        ("NARYAD_MARKETS", "moon"),
    ],
)
@pytest.mark.parametrize(
    "words", [("doctor",), ("db", "upgrade"), ("mail", "dead"), ("ledger", "check"), ("chat",)], ids=" ".join
)
def test_a_setting_that_cannot_be_used_is_misuse_everywhere(
    naryad: Naryad, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv(name, value)

    result = naryad(*words)

    assert result.exit_code == 2, result.output
    assert name in result.output
    assert len(result.output.splitlines()) == 1
    assert "very-secret" not in result.output


@only_sqlite
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "There is no database at"),
        (b"", "has no tables of ours yet"),
        (b"no database" * 99, "cannot be read"),
    ],
    ids=["none", "empty", "another file"],
)
@pytest.mark.parametrize(
    "words", [("mail", "dead"), ("ledger", "check"), ("ledger", "receive", "anna", "1")], ids=" ".join
)
def test_a_database_that_cannot_be_used_is_one_sentence(
    *,
    naryad: Naryad,
    monkeypatch: pytest.MonkeyPatch,
    house: Path,
    content: bytes | None,
    sentence: str,
    words: tuple[str, ...],
) -> None:
    file = house / "other.db"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{file}")

    result = naryad(*words)

    assert result.exit_code == 1
    assert sentence in result.output
    assert len(result.output.splitlines()) == 1


@only_sqlite
@pytest.mark.row("L31")
@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"FISCAL_PROVIDER": "none", "NPD_PROVIDER": "none"}, [("warn", "Sales are not registered.")]),
        ({"FISCAL_PROVIDER": "gateway"}, [("warn", "Printed by simulator. Cash then has none")]),
        ({"FISCAL_PROVIDER": "atol"}, [("warn", "atol lacks keys: the built-in register stands in.")]),
        (
            {
                "FISCAL_PROVIDER": "atol",
                **{f"ATOL_{name}": "x" for name in ("LOGIN", "PASSWORD", "GROUP", "ADDRESS", "EMAIL")},
                "ATOL_INN": "3900000000",
            },
            [("ok", "Sales by atol, of cash alone")],
        ),
        (
            {"NPD_PROVIDER": "moynalog"},
            [("ok", "Sales by the built-in cash register."), ("warn", "moynalog lacks keys")],
        ),
        (
            {"NPD_PROVIDER": "moynalog", "MOYNALOG_TOKENS": '{"390000000001": "very-secret"}'},
            [("ok", "Sales by the built-in cash register."), ("ok", "Incomes of 1 masters by moynalog")],
        ),
    ],
    ids=str,
)
def test_who_registers_receipts_is_told(
    naryad: Naryad, monkeypatch: pytest.MonkeyPatch, chosen: Mapping[str, str], told: list[tuple[str, str]]
) -> None:
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)

    output = naryad("doctor").output

    lines = _lines(output)["receipts"]
    for (mark, words), (found_mark, found) in zip(told, lines, strict=False):
        assert (found_mark, words in found) == (mark, True), found
    assert "very-secret" not in output
