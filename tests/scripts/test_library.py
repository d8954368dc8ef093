"""`naryad library`: the library read in a terminal."""

import pytest
from typer.testing import CliRunner

from core.library.library import load_library
from scripts.library import app

RUN = CliRunner()


@pytest.mark.parametrize(
    ("lang", "said"), [("ru", "Двухполюсный указатель напряжения"), ("en", "Two-pole voltage tester")]
)
def test_an_entry_is_shown(lang: str, said: str) -> None:
    result = RUN.invoke(app, ["show", "socket_dead", "--lang", lang])

    assert result.exit_code == 0
    assert "socket_dead, electrical, fault, version" in result.output
    assert said in result.output


def test_an_unknown_entry_is_one_sentence() -> None:
    result = RUN.invoke(app, ["show", "nothing"])

    assert result.exit_code == 2
    assert "No entry nothing." in result.output


def test_the_list_names_every_entry_of_a_trade() -> None:
    result = RUN.invoke(app, ["list", "--trade", "electrical", "--lang", "en"])

    assert "socket_dead\telectrical\tfault\tqualified" in result.output


def test_the_version_is_a_hash_and_a_count() -> None:
    library = load_library()

    assert RUN.invoke(app, ["version"]).output == f"{library.version} {len(library.by_id)}\n"
