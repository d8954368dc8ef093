import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scripts.__main__ import HERE, app, found

HOUSE = Path(__file__).resolve().parents[2]


def test_a_file_is_a_command_by_its_first_line() -> None:
    assert found()["rows"] == "Which acceptance rows are proved, and by which tests."
    assert "cluster" not in found()


def test_help_lists_every_command_and_imports_none() -> None:
    lists = "import sys; from typer.testing import CliRunner; from scripts.__main__ import app; "
    lists += "print(CliRunner().invoke(app, ['--help']).output); "
    lists += (
        "print([name for name in sys.modules if name.startswith(('scripts.', 'bots', 'core', 'storage'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", lists], cwd=HOUSE, capture_output=True, text=True, check=True
    )

    assert all(name in done.stdout for name in found())
    assert done.stdout.splitlines()[-1] == "['scripts.__main__']"


@pytest.mark.parametrize("name", sorted(found()))
def test_every_command_tells_what_it_does(name: str) -> None:
    result = CliRunner().invoke(app, [name, "--help"])

    assert result.exit_code == 0, result.output
    assert "--install-completion" not in result.output


def test_an_unknown_command_is_misuse() -> None:
    result = CliRunner().invoke(app, ["bake"])

    assert result.exit_code == 2
    assert "No such command 'bake'" in result.output


def test_every_file_of_the_command_says_why_it_exists() -> None:
    assert not [file.name for file in HERE.glob("*.py") if not file.read_text("utf-8").startswith('"""')]
