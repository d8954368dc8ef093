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

import click
import typer
from typer.core import TyperGroup
from typer.main import get_command

HERE = Path(__file__).parent
FIRST_LINE = re.compile(r'^"""`naryad (?P<name>[a-z]+)`: (?P<help>.+?)"*$')


class Command(click.Command):
    """A sub-command known by its first line, until somebody calls it."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Import the command's file and let its own command take over."""
        real = get_command(importlib.import_module(f"scripts.{self.name}").app)
        return real.make_context(info_name, args, parent, **extra)


class Commands(TyperGroup):
    """All sub-commands, by the first lines of their files."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, sorted."""
        del ctx
        return sorted(found())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command that is not yet imported."""
        del ctx
        told = found().get(cmd_name)
        return None if told is None else Command(cmd_name, help=told)


@cache
def found() -> dict[str, str]:
    """Return what each sub-command does, by name."""
    lines = (file.read_text("utf-8").partition("\n")[0] for file in HERE.glob("*.py"))
    packages = (file.read_text("utf-8").partition("\n")[0] for file in HERE.glob("*/__init__.py"))
    matches = (FIRST_LINE.match(line) for line in (*lines, *packages))
    return {match["name"]: _sentence(match["help"]) for match in matches if match}


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


app = typer.Typer(cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


@app.callback()
def naryad() -> None:
    """A service marketplace that runs itself."""


def main() -> None:
    """Run the command that was asked for."""
    app(prog_name="naryad")


if __name__ == "__main__":
    sys.exit(main())
