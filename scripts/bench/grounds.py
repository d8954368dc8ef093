"""Databases to measure on: a SQLite file and a throw-away PostgreSQL, both as durable as in earnest."""

import contextlib
import os
import platform
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from bots.app import prepare_database
from bots.settings import Settings, settings
from scripts.bench.figures import Ground
from scripts.cluster import DURABLE, Cluster, started

SQLITE, POSTGRESQL = DATABASES = ("sqlite", "postgresql")

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Place:
    """An empty database with schema and guards, and a folder for its program."""

    ground: Ground
    settings: Settings

    @property
    def is_postgresql(self) -> bool:
        """Which of the two it is."""
        return self.settings.database.startswith(POSTGRESQL)


@contextlib.contextmanager
def place(database: str, cluster: Cluster | None) -> Iterator[Place]:
    """Lend an empty database.

    Args:
        database: Of `DATABASES`.
        cluster: Where to make it, for PostgreSQL.
    """
    with tempfile.TemporaryDirectory(prefix="naryad-bench-") as name:
        folder = Path(name)
        url = cluster.create(f"bench_{next(_numbers)}") if database == POSTGRESQL and cluster else ""
        # Nothing of whoever runs this shall be touched, so nothing of his settings counts.
        chosen = settings(
            data_dir=folder,
            database_url=url,
            naryad_demo=False,
            payment_provider="simulator",
            fiscal_provider="none",  # a register that is played in this process is not what is measured
            npd_provider="none",
            log_level="ERROR",
            limit_body_bytes=1024 * 1024,
        )
        prepare_database(chosen)
        yield Place(_ground(chosen, folder), chosen)


@contextlib.contextmanager
def cluster(databases: tuple[str, ...]) -> Iterator[Cluster | None]:
    """Start PostgreSQL, if it is among the databases."""
    if POSTGRESQL not in databases:
        yield None
        return
    with started(DURABLE) as running:
        yield running


def plain(place: Place) -> sqlite3.Connection | psycopg.Connection:
    """Connect with the bare driver, as durably as the program does. Transactions are said in words."""
    address = make_url(place.settings.database)
    if place.is_postgresql:
        told = address.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(told, autocommit=True)
    connection = sqlite3.connect(str(address.database), isolation_level=None, timeout=30)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _ground(chosen: Settings, folder: Path) -> Ground:
    if chosen.database.startswith(POSTGRESQL):
        told = make_url(chosen.database).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(told) as connection:
            names = ("server_version", "fsync", "synchronous_commit", "full_page_writes")
            version, *said = [str(connection.execute(f"SHOW {name}").fetchone()[0]) for name in names]  # type: ignore[index]
        database = f"PostgreSQL {version.split()[0]}"
        durability = ", ".join(f"{name}={value}" for name, value in zip(names[1:], said, strict=True))
    else:
        database, durability = f"SQLite {sqlite3.sqlite_version}", "journal_mode=WAL, synchronous=FULL"
    return Ground(
        machine=_processor(),
        cores=os.cpu_count() or 1,
        python=platform.python_version(),
        database=database,
        durability=durability,
        disk=f"disk {_file_system(folder)}",
    )


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _file_system(folder: Path) -> str:
    """Return what kind of file system holds a folder: on one in memory a commit costs nothing."""
    found = shutil.which("stat")
    if found is None or platform.system() != "Linux":
        return "unknown"
    told = subprocess.run([found, "-f", "-c", "%T", str(folder)], capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"
