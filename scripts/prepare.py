"""Make the virtual environment from a locked set, with nothing but Python's own library; `make` calls this.

    python3 scripts/prepare.py run|dev

Nothing is done when the environment already holds that set, and nothing is ever asked. An old Python can
read this file far enough to say that it is too old.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

# A door that is open by one of these brings a library of its own (pyproject.toml, `channels`).
CHANNEL_SETTINGS = ("TELEGRAM_CLIENT_TOKEN", "TELEGRAM_MASTER_TOKEN", "SMTP_HOST", "SMPP_HOST")

OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
HOUSE = Path(__file__).resolve().parent.parent
VENV = HOUSE / ".venv"
PYTHON = VENV / "bin" / "python"
PIP = (str(PYTHON), "-m", "pip")
OUR_PIP = (sys.executable, "-m", "pip", "--python", str(PYTHON))
QUIETLY = ("-qq", "--no-input", "--disable-pip-version-check", "--root-user-action=ignore")
COMMAND = f"""#!/bin/sh
# Written by make: the program runs from its checkout, from wherever it is called.
PYTHONPATH='{HOUSE}' exec '{PYTHON}' -P -m scripts "$@"
"""


def main() -> int:
    """Bring the environment to the wanted set and return an exit status."""
    if sys.version_info < OLDEST:
        return _again_with_a_newer_python()
    wanted = sys.argv[1] if len(sys.argv) > 1 else "run"
    if wanted == "run" and _needs_channels():
        wanted = "channels"
    lock = HOUSE / "requirements" / f"{wanted}.txt"
    stamp = VENV / f"set-{wanted}"
    mark = _mark(lock)
    if os.access(PYTHON, os.X_OK) and stamp.exists() and stamp.read_text("utf-8") == mark:
        return 0

    began = time.monotonic()
    _say(f"Setting up .venv from requirements/{wanted}.txt; the first time takes a minute …")
    pip = _pip()
    if pip is None:
        _say(
            "This Python has neither a venv with pip nor pip itself: install one of them "
            "(on Debian and Ubuntu: apt-get install python3-venv), then run make again."
        )
        return 1
    # The lock names every package with its hash, so there is nothing left to resolve.
    locked = ("--require-hashes", "--no-deps", "--requirement", str(lock))
    if subprocess.call((*pip, "install", *QUIETLY, *locked)):
        _say("The packages could not be installed: pip says why above. Run make again to go on.")
        return 1
    command = VENV / "bin" / "naryad"
    command.write_text(COMMAND, "utf-8")
    command.chmod(0o755)
    stamp.write_text(mark, "utf-8")
    _say(f"Ready in {time.monotonic() - began:.0f} s.")
    return 0


def _needs_channels() -> bool:
    """Tell whether a door is set, in the environment or in .env, that brings its own library."""
    told = dict(os.environ)
    written = HOUSE / ".env"
    if written.exists():
        lines = written.read_text("utf-8").splitlines()
        pairs = (line.partition("=") for line in lines if not line.lstrip().startswith("#"))
        told = {**{name.strip().upper(): value.strip() for name, _, value in pairs}, **told}
    return any(told.get(name) for name in CHANNEL_SETTINGS)


def _again_with_a_newer_python() -> int:
    found = next(filter(None, map(shutil.which, NEWER)), None)
    if found is None:
        _say("Naryad needs Python 3.11 or newer; this one is older and no newer one is on PATH.")
        return 1
    return subprocess.call((found, *sys.argv))


def _mark(lock: Path) -> str:
    """Tell environments apart: by the lock, by this file, by the Python and by the place."""
    digest = hashlib.sha256(lock.read_bytes() + Path(__file__).read_bytes()).hexdigest()
    return f"{digest} {sys.version} {HOUSE}"


def _pip() -> tuple[str, ...] | None:
    """Return the words that call pip on the environment, made if need be; None where there is no pip."""
    if _works(PIP):
        return PIP
    # Debian ships venv without pip: there a pip outside the environment fills it.
    for how, pip in (((), PIP), (("--without-pip",), OUR_PIP)):
        make = (sys.executable, "-m", "venv", "--clear", *how, str(VENV))
        if not subprocess.run(make, capture_output=True, check=False).returncode and _works(pip):
            return pip
    return None


def _works(pip: tuple[str, ...]) -> bool:
    if not os.access(PYTHON, os.X_OK):
        return False
    return not subprocess.run((*pip, "--version"), capture_output=True, check=False).returncode


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
