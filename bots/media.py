"""Files that people send, by whatever door: known by their bytes, kept beside the database."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anyio import to_thread

from core.ports import Chance, Clock

_ID_CHARACTERS = 32
_HEAD_BYTES = 16
_FTYP_AT, _BRAND_AT, _BRAND_END = 4, 8, 12


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: what we call it, its media type and its ending."""

    kind: str  # photo, video, voice, file
    type: str
    ending: str


_STARTS = (
    (b"\xff\xd8\xff", Kind("photo", "image/jpeg", "jpg")),
    (b"\x89PNG\r\n\x1a\n", Kind("photo", "image/png", "png")),
    (b"GIF8", Kind("photo", "image/gif", "gif")),
    (b"OggS", Kind("voice", "audio/ogg", "ogg")),
    (b"ID3", Kind("voice", "audio/mpeg", "mp3")),
    (b"\xff\xfb", Kind("voice", "audio/mpeg", "mp3")),
    (b"\x1aE\xdf\xa3", Kind("video", "video/webm", "webm")),
    (b"%PDF-", Kind("file", "application/pdf", "pdf")),
)
_RIFF = {b"WEBP": Kind("photo", "image/webp", "webp"), b"WAVE": Kind("voice", "audio/wav", "wav")}
_BRANDS = {
    b"heic": Kind("photo", "image/heic", "heic"),
    b"heix": Kind("photo", "image/heic", "heic"),
    b"mif1": Kind("photo", "image/heic", "heic"),
    b"avif": Kind("photo", "image/avif", "avif"),
    b"qt  ": Kind("video", "video/quicktime", "mov"),
    b"M4A ": Kind("voice", "audio/mp4", "m4a"),
}
_MP4 = Kind("video", "video/mp4", "mp4")
_TYPES = {
    kind.ending: kind.type
    for kind in (*(kind for _, kind in _STARTS), *_RIFF.values(), *_BRANDS.values(), _MP4)
}


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that was taken in."""

    id: str
    kind: str
    type: str
    size: int


def kind_of(head: bytes) -> Kind | None:
    """Return what a file is by its first bytes; None if we cannot open such."""
    if head[:4] == b"RIFF":
        return _RIFF.get(head[_BRAND_AT:_BRAND_END])
    if head[_FTYP_AT:_BRAND_AT] == b"ftyp":
        return _BRANDS.get(head[_BRAND_AT:_BRAND_END], _MP4)
    return next((kind for start, kind in _STARTS if head.startswith(start)), None)


class UnknownKind(Exception):  # noqa: N818 - an answer about a file
    """A kind of file that we cannot open."""


class Media:
    """The folder of what people sent, one below it for each talk."""

    def __init__(self, folder: Path, *, clock: Clock, chance: Chance) -> None:
        self._folder = folder
        self._clock = clock
        self._chance = chance

    async def keep(self, content: bytes, *, talk_id: str) -> Stored:
        """Store a file of a talk. The same bytes twice are one file.

        Raises:
            UnknownKind: we cannot open such.
        """
        kind = kind_of(content[:_HEAD_BYTES])
        if kind is None:
            raise UnknownKind
        id = hashlib.sha256(talk_id.encode() + content).hexdigest()[:_ID_CHARACTERS]
        path = self.folder(talk_id) / f"{id}.{kind.ending}"
        draft = path.with_name(f".{self._chance.id(self._clock.now())}.part")
        await to_thread.run_sync(_write, path, draft, content)
        return Stored(id, kind.kind, kind.type, len(content))

    def find(self, media_id: str, *, talk_id: str) -> tuple[Path, str] | None:
        """Return where a file of a talk is, and its media type."""
        found = next(iter(self.folder(talk_id).glob(f"{media_id}.*")), None)
        if found is None:
            return None
        return found, _TYPES.get(found.suffix.removeprefix("."), "application/octet-stream")

    def folder(self, talk_id: str) -> Path:
        """Return the folder of a talk."""
        return self._folder / talk_id


def item(stored: Stored, *, talk_id: str, name: str) -> dict[str, Any]:
    """Return a kept file as letters and utterances carry it."""
    return {
        "id": stored.id,
        "kind": stored.kind,
        "type": stored.type,
        "bytes": stored.size,
        "name": name,
        "url": f"/api/v1/ai/conversation/{talk_id}/media/{stored.id}",
    }


def _write(path: Path, draft: Path, content: bytes) -> None:
    """Write durably under a name of its own first: a half-written file is never shown, nor shared by two."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with draft.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
