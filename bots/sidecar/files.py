"""Files that people send over the web, and how they are shown."""

from fastapi import UploadFile
from fastapi.responses import FileResponse

from bots.media import Stored, UnknownKind
from bots.sidecar.access import an_id
from bots.sidecar.deps import Naryad
from bots.sidecar.errors import Problem


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
    try:
        return await program.media.keep(content, talk_id=talk_id)
    except UnknownKind:
        raise Problem(415) from None


def show(media_id: str, *, talk_id: str, program: Naryad) -> FileResponse:
    """Answer with a file of a talk."""
    found = program.media.find(an_id(media_id), talk_id=an_id(talk_id))
    if found is None:
        raise Problem(404)
    path, type = found
    return FileResponse(
        path,
        media_type=type,
        headers={"Cache-Control": "private, max-age=86400", "Content-Security-Policy": "sandbox"},
    )
