"""The press: makes PDFs of job files, each once, and answers the outbox's wish for one.

A file is known by what it is made of: what has not changed since is not made again.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

from anyio import to_thread
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from core.flows import files
from core.flows.file_letters import RENDERED, rendered_key
from core.flows.files import Reader
from core.markets.policy import Market
from core.paper import Audience, Paper, Photo, Section, is_complete
from core.ports import Blobs, Clock
from core.text.catalogue import Catalogue
from storage.blobs import key_of
from storage.mail import LetterDraft
from storage.outbox import Effect
from storage.queries import views
from storage.tables import JobRow, UtteranceRow

FOLDER = "job-file"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A printed job file."""

    key: str
    content: bytes
    pages: int


class Press:
    """Prints job files. One at a time: setting type keeps Python busy, and talks go before paper."""

    def __init__(
        self,
        blobs: Blobs,
        *,
        markets: Mapping[str, Market],
        catalogue: Catalogue,
        clock: Clock,
        zone: ZoneInfo,
        url: str,
        media: Path,
    ) -> None:
        """Take where files are kept.

        Args:
            url: Where our pages are.
            media: The folder of what people sent, by talk.
        """
        self._blobs = blobs
        self._markets, self._catalogue, self._clock = markets, catalogue, clock
        self._zone, self._url, self._media = zone, url, media
        self._turn = asyncio.Semaphore(1)

    def reader(self, *, lang: str, audience: Audience) -> Reader:
        """Return for whom a file is made."""
        return Reader(
            lang=lang,
            zone=self._zone,
            now=self._clock.now(),
            catalogue=self._catalogue,
            audience=audience,
            url=self._url,
        )

    def sections(self, job: JobRow, said: Sequence[UtteranceRow], *, reader: Reader) -> tuple[Section, ...]:
        """Return a job's file, section by section."""
        market = self._markets.get(job.market) or next(iter(self._markets.values()))
        return files.job_file(job, said, market=market, reader=reader)

    async def print(self, job: JobRow, said: Sequence[UtteranceRow], *, reader: Reader) -> Leaf | None:
        """Print a job's file, or take it from the shelf; None while it has a gap (A60)."""
        sections = self.sections(job, said, reader=reader)
        if not is_complete(sections):
            return None
        paper = files.paper_of(job, sections, files.photos_of(said), reader=reader)
        return await self._leaf(paper)

    async def _leaf(self, paper: Paper) -> Leaf:
        job_file = await to_thread.run_sync(_type_setting)
        key = key_of(FOLDER, repr((job_file.VERSION, paper)).encode(), "pdf")
        kept = await self._blobs.get(key)
        if kept is not None:
            return Leaf(key, kept, job_file.count_pages(kept))
        async with self._turn:
            printed = await to_thread.run_sync(
                lambda: job_file.print_job_file(paper, load=self._photo),
                abandon_on_cancel=True,  # a stop does not wait for paper; it is made again
            )
        await self._blobs.put(key, printed.content, type=printed.type)
        return Leaf(key, printed.content, printed.pages)

    def _photo(self, photo: Photo) -> bytes:
        """Return what a person sent; nothing if it is not there any more."""
        if not _is_plain(photo.talk_id) or not _is_plain(photo.id):
            return b""
        found = sorted((self._media / photo.talk_id).glob(f"{photo.id}.*"))
        return found[0].read_bytes() if found else b""


class Rendering:
    """Performs `render` {job_id, lang, for, to, page_url}: the PDF is there before anybody asks for it."""

    is_repeatable = True  # the same rows give the same file under the same name

    def __init__(self, press: Press, readers: async_sessionmaker[AsyncSession]) -> None:
        """Take the press, and sessions that only read."""
        self._press, self._readers = press, readers

    async def perform(self, effect: Effect) -> LetterDraft | None:
        """Print the file and return the letter that tells where it is."""
        job_id, lang = str(effect.payload["job_id"]), str(effect.payload["lang"])
        audience = Audience(effect.payload["for"])
        async with self._readers() as session:
            job = await session.get(JobRow, job_id)
            if job is None:
                return None
            said = await views.utterances(session, talk_id=job.talk_id)
        leaf = await self._press.print(job, said, reader=self._press.reader(lang=lang, audience=audience))
        if leaf is None:
            return None
        payload = {
            "job_id": job_id,
            "lang": lang,
            "for": audience.value,
            "blob": leaf.key,
            "pages": leaf.pages,
            "bytes": len(leaf.content),
            "sha": hashlib.sha256(leaf.content).hexdigest(),
            "library": files.library_versions(job),
        }
        payload |= {name: effect.payload[name] for name in ("to", "page_url") if name in effect.payload}
        return LetterDraft(lane=f"job:{job_id}", key=rendered_key(effect.id), kind=RENDERED, payload=payload)


def _type_setting() -> ModuleType:
    """Import what sets type, with its fonts and decoders; off the loop, for the first time takes a while."""
    from core.documents import job_file  # noqa: PLC0415 - only a process that prints needs it

    return job_file


def _is_plain(id: str) -> bool:
    return bool(id) and id.isascii() and id.replace("-", "").isalnum()
