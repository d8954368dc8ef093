"""Keeps the files of mails from the moment a mail is taken until they were fetched."""

import os
import re
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import get_ident

KEPT_FOR = timedelta(days=3)  # the courier fetches within hours or gives up
_REF = re.compile(r"[0-9a-f]{64}")


class Spool:
    """A folder of files, each named by what is in it."""

    def __init__(self, folder: Path) -> None:
        """Keep files in a folder; it is made when the first comes."""
        self._folder = folder

    def keep(self, content: bytes) -> str:
        """Keep a file durably; returns what fetches it. The same content again is the same file."""
        ref = sha256(content).hexdigest()
        path = self._folder / ref
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists():
            os.utime(path)
            return ref
        draft = path.with_name(f".{ref}.{os.getpid()}-{get_ident()}.part")  # two threads may keep the same
        with draft.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return ref

    def find(self, ref: str) -> bytes | None:
        """Return a file; None if there is none any more."""
        if not _REF.fullmatch(ref):
            return None
        try:
            return (self._folder / ref).read_bytes()
        except FileNotFoundError:
            return None

    def sweep(self, now: datetime) -> int:
        """Forget what is older than anybody needs it; returns how many files that were."""
        if not self._folder.is_dir():
            return 0
        before = (now - KEPT_FOR).timestamp()
        old = [path for path in self._folder.iterdir() if path.stat().st_mtime < before]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)
