import time
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, text
from typer.testing import CliRunner

from scripts.__main__ import app
from scripts.ledger import TAKEN_WITHIN_S, minor_units
from scripts.plain import Told
from storage.tables import EventRow, LetterRow, TransferRow, UtteranceRow
from tests.databases import only_sqlite
from tests.running import serving
from tests.scripts.conftest import Naryad, anna_owes, unguarded, writing
from tests.storage.town import a_town


@pytest.fixture
def town(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Fill the database with a small town in which one job is paid; returns its address."""
    monkeypatch.setenv("FISCAL_PROVIDER", "none")  # its receipts are not what a registrar would leave
    with writing(database_url) as connection:
        a_town(connection)
    return database_url


def test_the_balances_of_a_town(naryad: Naryad, town: str) -> None:
    result = naryad("ledger", "balances")

    assert result.exit_code == 0, result.output
    header, *lines = result.output.splitlines()
    assert header.split("\t") == ["Account", "Currency", "Balance", "Minor units"]
    cells = {line.split("\t")[0]: line.replace("\u00a0", " ").split("\t")[1:] for line in lines}
    assert cells["platform"] == ["RUB", "2 940 ₽", "294000"]
    assert sum(int(minor) for _, _, minor in cells.values()) == 0


def test_balances_of_a_currency_that_nobody_used(naryad: Naryad, town: str) -> None:
    assert naryad("ledger", "balances", "--currency", "KZT").output == "Nothing has moved yet.\n"
    assert naryad("ledger", "balances", "--currency", "USD").exit_code == 2


def test_open_differences_are_listed_and_fail(naryad: Naryad, town: str) -> None:
    result = naryad("ledger", "differences")
    assert result.exit_code == 1
    assert "missing_here" in result.output


def test_right_books_are_called_right(naryad: Naryad, town: str) -> None:
    result = naryad("ledger", "check")

    assert result.exit_code == 0, result.output
    assert "The books are right" in result.output
    assert "2 settled payments" in result.output


@pytest.mark.parametrize(
    ("crime", "sentence"),
    [
        (
            "DELETE FROM transfer WHERE id = 'paid-fee'",
            "Payment paid: its transfers do not make up its split.",
        ),
        (
            "UPDATE payment SET state = 'failed' WHERE id = 'paid'",
            "Job К-paid: completed with 0 settled payments",
        ),
        (
            "INSERT INTO balance (account, currency, posted_minor, upto_seq) VALUES ('cash', 'RUB', 1, 1)",
            "Account cash: its roll-up is not the sum of its transfers.",
        ),
    ],
)
def test_crooked_books_are_named_and_fail(naryad: Naryad, town: str, crime: str, sentence: str) -> None:
    with writing(town) as connection:
        unguarded(connection)
        if "balance" in crime:
            connection.execute(text("DELETE FROM balance"))
        connection.execute(text(crime))

    result = naryad("ledger", "check")

    assert result.exit_code == 1
    assert sentence in result.output


def test_a_master_brings_what_he_owes_and_hears_it(naryad: Naryad, database_url: str) -> None:
    with writing(database_url) as connection:
        anna_owes(connection, 79_500)

    result = naryad("ledger", "receive", "anna", "495,50")

    assert result.exit_code == 0, result.output
    assert "495,50 ₽ received, 299,50 ₽ still owed" in result.output.replace("\u00a0", " ")
    with writing(database_url) as connection:
        transfer = connection.execute(select(TransferRow).where(TransferRow.kind == "debt_paid")).one()
        said = connection.execute(select(UtteranceRow.talk_id, UtteranceRow.name)).all()
        event = connection.execute(select(EventRow.action, EventRow.actor, EventRow.object_id)).one()
    assert (transfer.debit, transfer.credit, transfer.amount_minor) == ("bank", "master:anna", 49_550)
    assert said == [("anna-talk", "master-debt-paid")]
    assert event == ("debt_paid", "owner", "anna")


def test_beside_a_running_server_it_is_the_server_that_books(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tmp_path, NARYAD_DEMO="0", DATABASE_URL="") as program:
        with writing(f"sqlite:///{tmp_path / 'naryad.db'}") as connection:
            anna_owes(connection, 79_500)
        for name in ("DATA_DIR", "PORT", "DATABASE_URL"):
            monkeypatch.setenv(name, program.environment[name])

        began = time.monotonic()
        result = CliRunner().invoke(app, ["ledger", "receive", "anna", "79500", "--minor"])

        assert result.exit_code == 0, result.output
        assert "0 ₽ still owed" in result.output.replace("\u00a0", " ")
        assert time.monotonic() - began < TAKEN_WITHIN_S
        assert httpx.get(f"{program.base_url}/health").is_success


@only_sqlite
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("anna", "795,01"), "The debt is smaller: 795 ₽, not 795,01 ₽. Check the number."),
        (("nobody", "1"), "There is no master nobody."),
    ],
)
def test_what_cannot_be_received_is_one_sentence_and_moves_nothing(
    naryad: Naryad, database_url: str, words: tuple[str, str], sentence: str
) -> None:
    with writing(database_url) as connection:
        anna_owes(connection, 79_500)

    result = naryad("ledger", "receive", *words)

    assert result.exit_code == 1
    assert sentence in result.output.replace("\u00a0", " ")
    with writing(database_url) as connection:
        assert connection.scalar(select(func.count()).select_from(TransferRow)) == 1


@only_sqlite
@pytest.mark.parametrize("words", ["nothing", "1,234", "12.5.6", "1e3", "", "0", "1000000000"])
def test_an_amount_that_is_none_is_misuse_and_puts_no_letter(
    naryad: Naryad, database_url: str, words: str
) -> None:
    result = naryad("ledger", "receive", "anna", words)

    assert result.exit_code == 2
    with writing(database_url) as connection:
        assert connection.scalar(select(func.count()).select_from(LetterRow)) == 0


@pytest.mark.parametrize(
    ("words", "minor"),
    [("795", 79_500), ("795,50", 79_550), ("795.5", 79_550), ("1 234,05", 123_405), ("1\u00a0000", 100_000)],
)
def test_an_amount_is_read_as_people_write_it(words: str, minor: int) -> None:
    assert minor_units(words) == minor


def test_minor_units_are_whole() -> None:
    assert minor_units("79550", is_minor=True) == 79_550
    with pytest.raises(Told):
        minor_units("795,50", is_minor=True)


@only_sqlite
@pytest.mark.row("L31")
@pytest.mark.parametrize(
    ("chosen", "settled", "exit_code", "told"),
    [
        ("simulator", "2026-03-02 09:00:00.000000", 1, "Payment paid: no receipt (sale) since 2026-03-02"),
        ("simulator", "2100-01-01 00:00:00.000000", 0, "Payment paid: no receipt (sale) since 2100-01-01"),
        ("gateway", "2026-03-02 09:00:00.000000", 0, ""),
        ("none", "2026-03-02 09:00:00.000000", 0, ""),
    ],
)
def test_a_payment_without_its_receipt_fails_after_an_hour(
    naryad: Naryad,
    town: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    chosen: str,
    settled: str,
    exit_code: int,
    told: str,
) -> None:
    monkeypatch.setenv("FISCAL_PROVIDER", chosen)
    with writing(town) as connection:
        unguarded(connection)
        connection.execute(text("UPDATE payment SET settled_at = :at WHERE id = 'paid'"), {"at": settled})
        connection.execute(text("UPDATE receipt SET payment_id = 'paid', subject_id = 'paid'"))

    result = naryad("ledger", "check")

    assert result.exit_code == exit_code, result.output
    assert told in result.output
    assert ("no receipt" in result.output) is bool(told)
