"""`naryad`: one command, its sub-commands one file each.

A file here whose first line reads `naryad <word>: what it does.` and which has a typer `app` is the
sub-command `<word>`. Nothing else registers it, and its file is imported only when it is called, so that
`naryad --help` stays quick however much a command needs.
"""

import importlib
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

HERE = Path(__file__).parent
COMPLETION = {"install_completion", "show_completion"}  # typer adds them to every app, we want them to none
MISUSE = 2
FIRST_LINE = re.compile(r'^"""`naryad (?P<name>[a-z]+)`: (?P<help>.+?)"*$')


class Command(TyperCommand):
    """A sub-command known by its first line, until somebody calls it."""

    def make_context(self, *words: Any, **more: Any) -> Any:  # noqa: ANN401 - typer's own, handed on as it is
        """Import the command's file and let its own command take over."""
        module = importlib.import_module(f"scripts.{self.name}")
        real = get_command(module.app)
        real.params = [param for param in real.params if param.name not in COMPLETION]
        return real.make_context(*words, **more)


class Commands(TyperGroup):
    """All sub-commands, by the first lines of their files."""

    def list_commands(self, ctx: object) -> list[str]:
        """Return the names, sorted."""
        del ctx
        return sorted(found())

    def get_command(self, ctx: object, cmd_name: str) -> TyperCommand | None:
        """Return a command that is not yet imported."""
        del ctx
        told = found().get(cmd_name)
        return None if told is None else Command(cmd_name, help=told)


@cache
def found() -> dict[str, str]:
    """Return what each sub-command does, by name."""
    files = (*HERE.glob("*.py"), *HERE.glob("*/__init__.py"))
    matches = (FIRST_LINE.match(file.read_text("utf-8").partition("\n")[0]) for file in files)
    return {match["name"]: _sentence(match["help"]) for match in matches if match}


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


app = typer.Typer(cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


@app.callback()
def naryad() -> None:
    """A service marketplace that runs itself."""


def main() -> None:
    """Run the command that was asked for. A setting that cannot be used is one sentence, not a traceback."""
    try:
        app(prog_name="naryad")
    except ValueError as error:
        from bots.settings import SettingsRefused

        if not isinstance(error, SettingsRefused):
            raise
        typer.echo(error, err=True)
        sys.exit(MISUSE)


if __name__ == "__main__":
    main()
