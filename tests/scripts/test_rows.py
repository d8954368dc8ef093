import re
import tomllib
from pathlib import Path

from typer.testing import CliRunner

from scripts import rows
from scripts.rows import Count, counts, proofs, titles

SIZES = {"A": 178, "H": 64, "N": 150, "C": 46, "X": 215, "K": 92, "L": 48}

TWO_TESTS = """
import pytest

@pytest.mark.row("A1")
@pytest.mark.row("A2")
async def test_one() -> None: ...

@pytest.mark.row("A2", "K3")
class TestTwo:
    @pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.row("L9"))])
    def test_two(self, x: int) -> None: ...
"""


def test_every_row_is_there_once_and_in_order() -> None:
    assert list(titles()) == [f"{letter}{n}" for letter, size in SIZES.items() for n in range(1, size + 1)]


def test_titles_are_short_and_differ() -> None:
    words = titles()

    assert not [title for title in words.values() if not 2 <= len(re.findall(r"\S+", title)) <= 8]
    assert len(set(words.values())) == len(words)


def test_tests_are_found_by_their_marks(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text(TWO_TESTS, "utf-8")

    assert proofs(tmp_path / "tests") == {
        "A1": ["tests/test_it.py::test_one"],
        "A2": ["tests/test_it.py::test_one", "tests/test_it.py::TestTwo"],
        "K3": ["tests/test_it.py::TestTwo"],
        "L9": ["tests/test_it.py::TestTwo::test_two"],
    }


def test_a_dialogue_proves_the_rows_it_names(tmp_path: Path) -> None:
    (tmp_path / "tests" / "dialogues").mkdir(parents=True)
    file = tmp_path / "tests" / "dialogues" / "a_talk.toml"
    file.write_text('rows = ["A1", "L9"]\n[[turn]]\nsays = "hello"\n', "utf-8")

    assert proofs(tmp_path / "tests") == {
        "A1": ["tests/dialogues/a_talk.toml"],
        "L9": ["tests/dialogues/a_talk.toml"],
    }


def test_rows_are_counted_by_letter() -> None:
    assert counts(["A1", "A2", "K1"], {"A2": ["x"]}) == [Count("A", 2, 1), Count("K", 1, 0)]


def test_every_row_that_a_test_names_exists() -> None:
    assert not {row: tests for row, tests in proofs().items() if row not in titles()}


def test_the_command_lists_rows_and_their_sums() -> None:
    result = CliRunner().invoke(rows.app, ["--letter", "c"])

    assert result.exit_code == 0
    assert "C46" in result.output
    assert "A83" not in result.output


def test_an_unknown_row_in_a_test_fails_the_command(tmp_path: Path) -> None:
    wrong = tmp_path / "test_wrong.py"
    wrong.write_text("@pytest.mark.row('A1000')\ndef test_x(): ...\n", "utf-8")

    result = CliRunner().invoke(rows.app, ["--tests", str(tmp_path)])

    assert result.exit_code == 1
    assert "A1000 is not a row" in result.output


def test_the_file_of_rows_is_plain_data() -> None:
    with rows.ROWS.open("rb") as file:
        assert all(isinstance(title, str) for title in tomllib.load(file).values())
