"""Files to and from VK: uploaded in three steps, fetched by the address that came with them."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

from channels.vk.speech import Speech
from core.kernel.refusal import Outage, Unanswered, Unsayable
from core.messages import Attachment, Paper
from core.wire import Wire, fetched

PAPER_BYTES_MAX = 200 * 1024 * 1024  # of a document
PHOTO_BYTES_MAX = 50 * 1024 * 1024
FETCH_BYTES_MAX = 50 * 1024 * 1024  # it is read into memory
TITLE_MAX = 128

_PHOTOS = frozenset({"image/jpeg", "image/png", "image/gif"})
_GONE = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class Files:
    """Uploads and fetches, through a client of the caller's."""

    def __init__(self, speech: Speech, *, wire: Wire, http: httpx.AsyncClient) -> None:
        self._speech, self._wire, self._http = speech, wire, http

    async def attach(self, paper: Paper, *, peer_id: int) -> str:
        """Upload a file for a talk and return how a message names it.

        Raises:
            Outage: whatever was lost on the way, nobody has seen anything yet.
            Shut, Unsayable: VK takes no file for this person, or not this file.
        """
        try:
            if paper.type in _PHOTOS and len(paper.content) <= PHOTO_BYTES_MAX:
                return await self._photo(paper, peer_id)
            return await self._document(paper, peer_id)
        except Unanswered as lost:
            raise Outage(str(lost)) from None
        except (KeyError, IndexError, TypeError):
            raise Outage("VK answered an upload with what cannot be read") from None

    async def _photo(self, paper: Paper, peer_id: int) -> str:
        server = await self._speech.ask("photos.getMessagesUploadServer", peer_id=peer_id)
        taken = await self._upload(server["upload_url"], "photo", paper)
        saved = await self._speech.ask(
            "photos.saveMessagesPhoto", photo=taken["photo"], server=taken["server"], hash=taken["hash"]
        )
        return _named("photo", saved[0])

    async def _document(self, paper: Paper, peer_id: int) -> str:
        server = await self._speech.ask("docs.getMessagesUploadServer", type="doc", peer_id=peer_id)
        taken = await self._upload(server["upload_url"], "file", paper)
        saved = await self._speech.ask("docs.save", file=taken["file"], title=paper.name[:TITLE_MAX])
        return _named("doc", saved["doc"])

    async def _upload(self, url: str, field: str, paper: Paper) -> Mapping[str, Any]:
        try:
            response = await self._http.post(url, files={field: (paper.name, paper.content, paper.type)})
        except httpx.HTTPError as error:
            raise Outage(f"VK took no file: {type(error).__name__}") from None
        if response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise Unsayable("VK finds the file too large")
        if not response.is_success:
            raise Outage(f"VK took no file: {response.status_code}")
        taken = self._wire.read(response.content)
        if "error" in taken:  # a kind of file that it refuses, such as a program
            raise Unsayable(f"VK refuses the file: {str(taken['error'])[:80]}")
        return taken

    async def fetch(self, attachment: Attachment) -> bytes:
        """Return the bytes of a file that a person sent.

        Raises:
            Unsayable: it is gone, too large, or a video, which VK only shows.
            Outage: it could not be fetched now.
        """
        if not attachment.ref.startswith(("https://", "http://")):
            raise Unsayable("VK hands out no file of a video")
        try:
            response, content = await fetched(
                self._http, attachment.ref, home=self._wire.url, most=FETCH_BYTES_MAX
            )
        except httpx.HTTPError as error:  # its text may quote an address that lends the file
            raise Outage(f"VK gave no file: {type(error).__name__}") from None
        _check(response, attachment.kind)
        return content


def _check(response: httpx.Response, kind: str) -> None:
    if response.status_code in _GONE:
        raise Unsayable("the file is gone")
    if not response.is_success:
        raise Outage(f"VK gave no file: {response.status_code}")
    # An address that has run out leads to a page instead.
    if kind in {"photo", "voice"} and response.headers.get("content-type", "").startswith("text/html"):
        raise Unsayable("the file is gone")


def _named(kind: str, saved: Mapping[str, Any]) -> str:
    key = f"_{saved['access_key']}" if saved.get("access_key") else ""
    return f"{kind}{saved['owner_id']}_{saved['id']}{key}"
