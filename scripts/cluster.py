"""A throw-away PostgreSQL: started for tests and benchmarks, gone afterwards, asking nobody for anything.

It listens on a socket in its own short folder under the system's temporary folder, so it needs no port,
no password and no service. PostgreSQL refuses to run as root; there it runs as the user `postgres`.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

OWNER = "naryad"
FILE_COPY_SINCE = 150_000
START_WITHIN_S = 60.0
STOP_WITHIN_S = 20.0
POLL_S = 0.05

QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests: their data need not outlive the power."""

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
"""For benchmarks: as PostgreSQL is shipped, a commit is on the disk."""


class NoPostgresError(Exception):
    """PostgreSQL cannot be started here; the message says why in one sentence."""


@dataclass(frozen=True)
class Cluster:
    """A running cluster: a folder that holds its socket and its data."""

    folder: Path

    def url(self, name: str) -> str:
        """Return the address of a database in the form of `DATABASE_URL`."""
        return f"postgresql+psycopg://{OWNER}@/{name}?host={self.folder}"

    def create(self, name: str, *, template: str = "template1") -> str:
        """Make a database as a copy of `template` and return its address.

        Copying files is three times as quick as writing the copy to the log, the default since 15.
        """
        with self.connect() as connection:
            by_files = " STRATEGY FILE_COPY" if connection.info.server_version >= FILE_COPY_SINCE else ""
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}{}").format(
                    sql.Identifier(name), sql.Identifier(template), sql.SQL(by_files)
                )
            )
        return self.url(name)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        with self.connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def connect(self) -> psycopg.Connection:
        """Connect to the cluster itself; every statement is its own transaction."""
        return psycopg.connect(f"host={self.folder} user={OWNER} dbname=postgres", autocommit=True)


def binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest found; None if there is none."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version_of, reverse=True)
    on_path = [Path(folder) for folder in os.get_exec_path()]
    return next((folder for folder in (*on_path, *packaged) if _has_programs(folder)), None)


@contextlib.contextmanager
def started(settings: dict[str, str]) -> Iterator[Cluster]:
    """Start a cluster with these server settings (`QUICK` or `DURABLE`), and remove it at the end.

    Raises:
        NoPostgresError: it is not installed, or it may not run under this user.
    """
    programs = binaries()
    if programs is None:
        raise NoPostgresError("no PostgreSQL: its programs are neither on PATH nor in /usr/lib/postgresql")
    user = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="naryad-pg-"))
    try:
        if user is not None:
            shutil.chown(folder, user, user)
        _initialise(programs, folder, user)
        with _serving(programs, folder, user, settings):
            yield Cluster(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _version_of(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.parent.name.split(".") if part.isdigit())


def _has_programs(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres"))


def _unprivileged() -> str | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise NoPostgresError("no PostgreSQL: it refuses to run as root and there is no user to run it as")


def _initialise(programs: Path, folder: Path, user: str | None) -> None:
    # With the plain C locale PostgreSQL would not know that «Я» is a letter.
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    command = [str(programs / "initdb"), "--pgdata", str(folder / "data"), "--username", OWNER]
    command += ["--auth", "trust", "--encoding", "UTF8", "--locale", locale, "--no-sync", "--no-instructions"]
    done = subprocess.run(_as(command, user), cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoPostgresError(f"no PostgreSQL: initdb says {done.stderr.strip()}")


@contextlib.contextmanager
def _serving(programs: Path, folder: Path, user: str | None, settings: dict[str, str]) -> Iterator[None]:
    fixed = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "max_connections": "200",
        "timezone": "UTC",
        "logging_collector": "off",
    }
    command = [str(programs / "postgres"), "-D", str(folder / "data")]
    command += [part for name, value in (fixed | settings).items() for part in ("-c", f"{name}={value}")]
    log = folder / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(_as(command, user), cwd=folder, stdout=out, stderr=out)
        try:
            _wait_until_it_answers(server, folder, log)
            yield
        finally:
            server.send_signal(2)  # SIGINT: "fast shutdown", open connections are cut
            try:
                server.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _as(command: Sequence[str], user: str | None) -> list[str]:
    """Run a command as another user, and end it when we are killed (both are for `setpriv`, where it is)."""
    setpriv = shutil.which("setpriv")
    if setpriv is not None:
        identity = [f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
        return [setpriv, "--pdeathsig=INT", *identity, *command]
    return ["runuser", "-u", user, "--", *command] if user else list(command)


def _wait_until_it_answers(server: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
    give_up = time.monotonic() + START_WITHIN_S
    while server.poll() is None and time.monotonic() < give_up:
        with contextlib.suppress(psycopg.OperationalError):
            Cluster(folder).connect().close()
            return
        time.sleep(POLL_S)
    last = log.read_text("utf-8", errors="replace").strip().splitlines()[-3:]
    raise NoPostgresError("no PostgreSQL: the server did not start: " + " / ".join(last))
