"""The SQLite file of a simulator that runs inside the program: a restart forgets nothing."""

import sqlite3
from pathlib import Path
from typing import Any

Row = dict[str, Any]


class File:
    """One file, opened for as long as its simulator lives. Each statement is a transaction of its own."""

    def __init__(self, path: Path, schema: str) -> None:
        """Open the file, made if there is none."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        for pragma in ("journal_mode = wal", "synchronous = normal", "busy_timeout = 5000"):
            self._db.execute(f"pragma {pragma}")
        self._db.executescript(schema)

    def rows(self, query: str, *values: object) -> list[Row]:
        """Return what a query finds."""
        return [dict(row) for row in self._db.execute(query, values)]

    def row(self, query: str, *values: object) -> Row | None:
        """Return the first row that a query finds."""
        found = self._db.execute(query, values).fetchone()
        return None if found is None else dict(found)

    def do(self, statement: str, *values: object) -> bool:
        """Change something; tells whether a row was touched."""
        return self._db.execute(statement, values).rowcount > 0

    def close(self) -> None:
        """Close the file."""
        self._db.close()
