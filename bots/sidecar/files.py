"""Files that people send: known by their bytes, kept beside the database."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread
from fastapi import UploadFile
from fastapi.responses import FileResponse

from bots.sidecar.access import an_id
from bots.sidecar.deps import Naryad
from bots.sidecar.errors import Problem

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


async def keep(file: UploadFile, *, talk_id: str, program: Naryad) -> Stored:
    """Store a file of a talk. The same bytes twice are one file.

    Raises:
        Problem: 413 too large, 415 a kind we cannot open, 422 empty.
    """
    most = program.settings.limit_body_bytes
    content = await file.read(most + 1)
    if len(content) > most:
        raise Problem(413)
    if not content:
        raise Problem(422, text="web-empty-file")
    kind = kind_of(content[:_HEAD_BYTES])
    if kind is None:
        raise Problem(415)
    id = hashlib.sha256(talk_id.encode() + content).hexdigest()[:_ID_CHARACTERS]
    path = _folder(program, talk_id) / f"{id}.{kind.ending}"
    draft = path.with_name(f".{program.chance.id(program.clock.now())}.part")
    await to_thread.run_sync(_write, path, draft, content)
    return Stored(id, kind.kind, kind.type, len(content))


def show(media_id: str, *, talk_id: str, program: Naryad) -> FileResponse:
    """Answer with a file of a talk."""
    found = list(_folder(program, an_id(talk_id)).glob(f"{an_id(media_id)}.*"))
    if not found:
        raise Problem(404)
    ending = found[0].suffix.removeprefix(".")
    return FileResponse(
        found[0],
        media_type=_TYPES.get(ending, "application/octet-stream"),
        headers={"Cache-Control": "private, max-age=86400", "Content-Security-Policy": "sandbox"},
    )


def _folder(program: Naryad, talk_id: str) -> Path:
    return program.settings.data_dir / "files" / talk_id


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
