"""The letters about job files: put one together, have it printed, note where it is, send it to the master."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.flows.files import Reader, job_file
from core.flows.tx import Letter, StoredPaper, Tx
from core.kernel.refusal import FileIncomplete, NoOffer, Refusal, UnknownThing
from core.markets.policy import Market
from core.messages import HELD_CHANNELS
from core.paper import Audience, Section, empty_sections, is_complete
from core.text.catalogue import Catalogue
from storage.queries import files as filed, views as rows
from storage.tables import JobRow, MasterRow, Row, TalkRow

RENDER = "render"  # the effect: have the PDF made
RENDERED = "file-rendered"  # the letter that tells where it is
KINDS = ("file-make", "file-send", RENDERED)
PDF = "application/pdf"


def pdf_path(job_id: str) -> str:
    """Return the path of a job's PDF."""
    return f"/api/v1/jobs/{job_id}/file.pdf"


def rendered_key(effect_id: str) -> str:
    """Return the key of the letter that tells where the PDF is that an effect asked for."""
    return f"{RENDERED}:{effect_id}"


def have_printed(
    tx: Tx,
    job: JobRow,
    *,
    lang: str,
    audience: Audience = Audience.MASTER,
    to: MasterRow | None = None,
    page_url: str = "",
) -> str:
    """Have a job's PDF made after the commit, so that it is there when somebody opens it.

    Args:
        to: The master who gets it then, if his door is one that we push to (A62).
        page_url: Where he can read the same as a page.

    Returns:
        The effect's id.
    """
    payload = {"job_id": job.id, "lang": lang, "for": audience.value}
    if to is not None:
        payload |= {"to": to.id, "page_url": page_url}
    return tx.effect(RENDER, lane=f"file:{job.id}", payload=payload)


class FileHandler:
    """Handles every letter about a job's file."""

    def __init__(self, *, markets: Mapping[str, Market], catalogue: Catalogue) -> None:
        self._markets = markets
        self._catalogue = catalogue

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401
        """The job, and to send it its master with his talk."""
        wanted: dict[type[Row], Collection[str]] = {JobRow: [letter.payload["job_id"]]}
        job = have(JobRow, letter.payload["job_id"])
        is_sent = letter.kind == "file-send" or "to" in letter.payload
        if is_sent and job is not None and job.master_id is not None:
            wanted[MasterRow] = [job.master_id]
            master = have(MasterRow, job.master_id)
            if master is not None and master.talk_id is not None:
                wanted[TalkRow] = [master.talk_id]
        return wanted

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Nothing is to be read."""
        del letter
        return None

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """The answer says it all."""

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Do what the letter asks.

        Raises:
            UnknownThing: there is no such job.
            NoOffer: nobody has accepted the job that is to be sent.
            FileIncomplete: a mandatory section of what is to be sent is empty (A60).
        """
        for letter in turn:
            job = await tx.get(JobRow, letter.payload["job_id"])
            if job is None:
                raise UnknownThing(thing="job")
            match letter.kind:
                case "file-make":
                    await self._make(tx, job, letter.payload)
                case "file-send":
                    await self._send(tx, job, letter.payload)
                case _:
                    _note(tx, job, letter.payload)
                    await _hand_over(tx, job, letter.payload)

    async def _make(self, tx: Tx, job: JobRow, payload: Mapping[str, Any]) -> None:
        """`file-make` {job_id, actor, lang}: say which sections are filled, and have it printed (A96)."""
        lang, actor = str(payload.get("lang") or job.lang), payload["actor"]["kind"]
        sections = await self._sections(tx, job, lang)
        complete = is_complete(sections)
        if complete:
            have_printed(
                tx, job, lang=lang, audience=Audience.CLIENT if actor == "client" else Audience.MASTER
            )
        tx.record("job", job.id, "file_made", actor=actor, parties=[job.talk_id])
        printed = await filed.rendered(tx.session, jobs=[job.id])
        tx.answer(
            {
                "job_id": job.id,
                "pdf_url": pdf_path(job.id) if complete and job.id in printed else None,
                "complete": complete,
                "sections": [section.brief() for section in sections],
            }
        )

    async def _send(self, tx: Tx, job: JobRow, payload: Mapping[str, Any]) -> None:
        """`file-send` {job_id, page_url, actor}: the bound master gets his file (A62, A98).

        Who holds his line is told where it is; who is pushed to gets the PDF as soon as it is printed.
        """
        master = await tx.get(MasterRow, job.master_id) if job.master_id else None
        if master is None:
            raise NoOffer
        talk = await tx.get(TalkRow, master.talk_id) if master.talk_id else None
        sections = await self._sections(tx, job, master.lang)
        if missing := empty_sections(sections):
            raise FileIncomplete(empty=", ".join(section.title for section in missing))
        deliveries = [{"channel": "terminal", "status": "shown"}]
        url = str(payload["page_url"])
        is_pushed = talk is not None and talk.channel not in HELD_CHANNELS
        effect_id = have_printed(tx, job, lang=master.lang, to=master if is_pushed else None, page_url=url)
        if talk is not None and is_pushed:
            deliveries.append({"channel": talk.channel, "status": "waiting", "render_id": effect_id})
        elif talk is not None:
            links = {"open": url}
            said = tx.say(talk, "file-sent", news=True, links=links, number=job.number, link=url)
            deliveries.append({"channel": talk.channel, "status": "waiting", "utterance_id": said})
        parties = [job.talk_id, master.id, *([talk.id] if talk else [])]
        tx.record("job", job.id, "file_sent", actor=payload["actor"]["kind"], parties=parties)
        tx.answer({"job_id": job.id, "deliveries": deliveries})

    async def _sections(self, tx: Tx, job: JobRow, lang: str) -> tuple[Section, ...]:
        said = await rows.utterances(tx.session, talk_id=job.talk_id)
        reader = Reader(lang=lang, zone=tx.zone, now=tx.now, catalogue=self._catalogue)
        return job_file(job, said, market=self._markets[job.market], reader=reader)


def _note(tx: Tx, job: JobRow, payload: Mapping[str, Any]) -> None:
    """`file-rendered` {job_id, lang, for, blob, pages, bytes, sha, library}: note where the PDF is."""
    facts = {name: payload[name] for name in ("lang", "for", "blob", "pages", "bytes", "sha", "library")}
    parties = [job.talk_id, *([job.master_id] if job.master_id else [])]
    tx.record("job", job.id, "file_rendered", actor="naryad", parties=parties, **facts)


async def _hand_over(tx: Tx, job: JobRow, payload: Mapping[str, Any]) -> None:
    """Give the printed file to the master it was printed for, if the job still is his (A62)."""
    master_id = payload.get("to")
    if master_id is None or master_id != job.master_id:
        return
    master = await tx.get(MasterRow, master_id)
    talk = await tx.get(TalkRow, master.talk_id) if master is not None and master.talk_id else None
    if talk is None or talk.channel in HELD_CHANNELS:
        return
    paper = StoredPaper(str(payload["blob"]), PDF, tx.words(talk.lang, "file-name", number=job.number))
    links = {"open": str(payload["page_url"])} if payload.get("page_url") else {}
    tx.say(talk, "file-enclosed", news=True, links=links, papers=[paper], number=job.number)
