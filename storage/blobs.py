"""Files that we make: kept under a name that tells their content, lent by links that run out.

In the local folder only for now; an object store answers the same port.
"""

import hashlib
import hmac
import os
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from anyio import to_thread

_KEY = re.compile(r"[a-z0-9-]{1,40}/[0-9a-f]{64}\.[a-z0-9]{1,8}")
_TYPES = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8", "json": "application/json"}
_SIGNATURE_CHARACTERS = 43


class LocalBlobs:
    """Blobs in a folder of this machine. Machines that share a database share the folder too."""

    def __init__(self, folder: Path, *, secret: bytes, url: str) -> None:
        """Keep blobs in a folder; `url` is where our pages are, `secret` signs links to them."""
        self._folder, self._secret, self._url = folder, secret, url

    async def put(self, key: str, content: bytes, *, type: str) -> str:
        """Keep a blob for good before this returns. The same key again keeps what is there.

        Raises:
            ValueError: the key or the type is none of ours.
        """
        path = self._path(key)
        if type != type_of(key):
            raise ValueError(f"{key} is no {type}")
        await to_thread.run_sync(_write, path, content)
        return key

    async def get(self, key: str) -> bytes | None:
        """Return a blob; None if there is none."""
        path = self._path(key)
        return await to_thread.run_sync(_read, path)

    async def exists(self, key: str) -> bool:
        """Tell whether there is such a blob."""
        return await to_thread.run_sync(self._path(key).is_file)

    def link(self, key: str, *, until: datetime) -> str:
        """Return an address that lends the blob to whoever has it, until a moment."""
        self._path(key)
        ends = int(until.timestamp())
        query = urlencode({"until": ends, "sign": self._signature(key, ends)})
        return f"{self._url}/blobs/{key}?{query}"

    def is_lent(self, key: str, *, until: int, sign: str, now: datetime) -> bool:
        """Tell whether a link is ours and has not run out."""
        is_ours = hmac.compare_digest(self._signature(key, until).encode(), sign.encode())
        return is_ours and now.timestamp() < until

    def _signature(self, key: str, until: int) -> str:
        told = hmac.new(self._secret, f"blob\n{key}\n{until}".encode(), hashlib.sha256)
        return told.hexdigest()[:_SIGNATURE_CHARACTERS]

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("no key of ours")
        return self._folder / key


def key_of(folder: str, content: bytes, ending: str) -> str:
    """Return the key of a blob that is known by what it is made of."""
    return f"{folder}/{hashlib.sha256(content).hexdigest()}.{ending}"


def type_of(key: str) -> str:
    """Return a blob's media type."""
    return _TYPES.get(key.rpartition(".")[2], "application/octet-stream")


def _write(path: Path, content: bytes) -> None:
    """Write durably under another name first: a half-written blob is never lent."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    with draft.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name itself is on the disk too
    finally:
        os.close(folder)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
