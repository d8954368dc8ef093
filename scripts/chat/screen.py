"""The terminal side of a talk: what is said with numbered buttons, and what is typed."""

import asyncio
import os
import sys
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import typer

from scripts.chat.line import Said

PROMPT = "> "
CLEAR_LINE = "\r\x1b[K"
CHUNK = 65_536
STDIN = 0


class Screen:
    """Shows a talk. Hints go to stderr, so that what is piped on is the talk and nothing else.

    The open question's buttons come last and are numbered from one; those shown above it go on from there.
    What was shown keeps its number when news comes in between, and an old number presses nothing.
    """

    def __init__(self) -> None:
        self._is_typed = sys.stdin.isatty()
        self._has_prompt = self._is_typed and sys.stdout.isatty()
        self._is_prompted = False
        self._choices: list[str] = []

    def show(self, said: Sequence[Said], *, is_asked: bool = False) -> None:
        """Show lines and ask for the next words; nothing new leaves the prompt as it is.

        Args:
            is_asked: They answer what was just typed.
        """
        if said:
            self._leave_prompt()
            for line, first in zip(said, self._numbered(said), strict=True):
                self._show(line, first=first)
        if self._has_prompt and (said or is_asked or not self._is_prompted):
            typer.echo(PROMPT, nl=False)
            self._is_prompted = True

    def note(self, sentence: str) -> None:
        """Tell something that is not part of the talk."""
        self._leave_prompt()
        typer.secho(sentence, err=True, dim=True)

    def typed(self, words: str) -> str | None:
        """Take what was typed; returns the choice of the button whose number it is, if it is one."""
        self._is_prompted = False
        number = words.strip().rstrip(".)")
        is_number = number.isascii() and number.isdecimal() and 0 < int(number) <= len(self._choices)
        choice = self._choices[int(number) - 1] if is_number else None
        self._choices.clear()
        if not self._is_typed:
            typer.echo(f"{PROMPT}{_shown(words)}\n")
        return choice

    def _numbered(self, said: Sequence[Said]) -> list[int]:
        """Keep the choices; return the number of each line's first button."""
        last = max((place for place, line in enumerate(said) if line.buttons), default=0)
        numbers = [0] * len(said)
        for place in (last, *(each for each in range(len(said)) if each != last)):
            numbers[place] = len(self._choices) + 1
            self._choices += [choice for _, choice in said[place].buttons]
        return numbers

    def _show(self, line: Said, *, first: int) -> None:
        typer.echo(_shown(line.text))
        for number, (label, _) in enumerate(line.buttons, start=first):
            typer.echo(f"  {number}  {_shown(label)}")
        typer.echo("")

    def _leave_prompt(self) -> None:
        if self._is_prompted:
            typer.echo(CLEAR_LINE, nl=False)
            self._is_prompted = False


class Typed:
    """Lines from a terminal, a pipe or a file, read beside the talk.

    A thread reads the descriptor itself: a thread that held `sys.stdin` could not be left behind.
    """

    def __init__(self) -> None:
        self.has_ended = False
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()

    def __enter__(self) -> Self:
        """Begin to read."""
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the thread where it waits; it ends with the process."""

    async def next(self, timeout_s: float) -> str | None:
        """Return the next line that is not blank; None if there is none in time or ever."""
        try:
            async with asyncio.timeout(timeout_s):
                while (line := await self._lines.get()) is not None:
                    if line.strip():
                        return line.strip()
        except TimeoutError:
            return None
        self.has_ended = True
        return None

    def _read(self) -> None:
        rest = b""
        while chunk := _chunk():
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._put(line)
        if rest:
            self._put(rest)
        self._put(None)

    def _put(self, line: bytes | None) -> None:
        words = None if line is None else line.decode("utf-8", "replace")
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._lines.put_nowait, words)


def _chunk() -> bytes:
    try:
        return os.read(STDIN, CHUNK)
    except OSError:  # closed: nobody will type
        return b""


def _shown(text: str) -> str:
    """Return text without signs that would steer the terminal."""
    return "".join(sign if sign.isprintable() or sign in "\n\u00a0\u202f" else " " for sign in text)
