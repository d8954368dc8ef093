import pytest
from sqlalchemy import Connection, select

from storage.tables import EffectRow, EffectStatus, LetterRow, LetterStatus
from tests.scripts.conftest import Naryad, writing
from tests.storage.town import MORNING, put


def _a_letter(connection: Connection, name: str, status: LetterStatus) -> None:
    put(
        connection,
        LetterRow,
        id=name,
        lane="chat:talk",
        key=f"key-{name}",
        kind="talk-message",
        payload={"text": "мой телефон 8 911 123-45-67"},
        received=MORNING,
        due=MORNING,
        handled=MORNING,
        status=status,
        attempts=3,
        error="KeyError at client.py:7",
        outcome={"status": "defect", "facts": {}},
    )


def _an_effect(connection: Connection, name: str, status: EffectStatus) -> None:
    put(
        connection,
        EffectRow,
        id=name,
        lane="chat:talk",
        cause="letter",
        kind="say",
        payload={"text": "Мастер Анна, +7 911 123-45-67"},
        idem_key=name,
        due=MORNING,
        status=status,
        is_news=False,
        attempts=8,
        error="Outage at telegram.py:9",
    )


@pytest.fixture
def given_up(database_url: str) -> str:
    """A dead letter, a handled one, a dead effect, an unknown one, a delivered one; returns the address."""
    with writing(database_url) as connection:
        _a_letter(connection, "dead-letter", LetterStatus.DEAD)
        _a_letter(connection, "fine-letter", LetterStatus.HANDLED)
        for status in (EffectStatus.DEAD, EffectStatus.UNKNOWN, EffectStatus.DONE):
            _an_effect(connection, f"{status}-effect", status)
    return database_url


@pytest.mark.row("N131")
def test_what_was_given_up_is_listed_without_anything_personal(naryad: Naryad, given_up: str) -> None:
    result = naryad("mail", "dead")

    assert result.exit_code == 0, result.output
    header, *lines = result.output.splitlines()
    assert header.split("\t") == ["What", "ID", "Kind", "Lane", "Status", "Tries", "When", "Error"]
    assert [line.split("\t")[:2] for line in lines] == [
        ["letter", "dead-letter"],
        ["effect", "dead-effect"],
        ["effect", "unknown-effect"],
    ]
    assert lines[0].split("\t")[2:] == [
        *("talk-message", "chat:talk", "dead", "3", "2026-03-02 11:00:00+02:00", "KeyError at client.py:7")
    ]
    assert "911" not in result.output


def test_nothing_given_up_is_said_so(naryad: Naryad) -> None:
    result = naryad("mail", "dead")

    assert (result.exit_code, result.output) == (0, "Nothing was given up.\n")


@pytest.mark.row("N131")
def test_a_dead_letter_waits_again(naryad: Naryad, given_up: str) -> None:
    result = naryad("mail", "replay", "dead-letter")

    assert result.exit_code == 0, result.output
    assert "letter dead-letter waits again" in result.output
    with writing(given_up) as connection:
        columns = select(LetterRow.status, LetterRow.attempts, LetterRow.error)
        row = connection.execute(columns.where(LetterRow.id == "dead-letter")).one()
    assert row == (LetterStatus.WAITING, 0, None)


@pytest.mark.parametrize(("effect", "warns"), [("dead-effect", False), ("unknown-effect", True)])
def test_an_effect_waits_again_and_one_that_may_have_arrived_says_so(
    naryad: Naryad, given_up: str, effect: str, warns: bool
) -> None:
    result = naryad("mail", "replay", effect)

    assert result.exit_code == 0, result.output
    assert ("may have arrived before" in result.output) is warns
    with writing(given_up) as connection:
        status = connection.scalar(select(EffectRow.status).where(EffectRow.id == effect))
    assert status == EffectStatus.WAITING


@pytest.mark.parametrize(
    ("id", "sentence"),
    [
        ("nobody", "No letter and no effect has the ID nobody."),
        ("fine-letter", "The letter fine-letter was not given up: it is handled."),
        ("done-effect", "The effect done-effect was not given up: it is done."),
    ],
)
def test_only_what_was_given_up_is_tried_again(naryad: Naryad, given_up: str, id: str, sentence: str) -> None:
    result = naryad("mail", "replay", id)

    assert (result.exit_code, result.output) == (1, f"{sentence}\n")
