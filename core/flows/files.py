"""The job file: everything a master needs, so that he looks up nothing himself (A47–A60, A63).

A file is not stored: it is made from the rows and the fault library whenever somebody reads it, so it
is never older than they are. A mandatory section that would be empty makes the file incomplete, and an
incomplete file is not sent (A60).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.flows import views
from core.flows.tx import Letter, Tx
from core.kernel.money import Currency, Money
from core.kernel.refusal import NoOffer, Refusal, StepNotAllowed, UnknownThing
from core.library.fault import Instructions
from core.library.library import load_library
from core.markets.policy import Market
from core.meaning import Lang
from core.text import facts as told
from core.text.catalogue import Catalogue
from core.text.facts import PriceRange
from storage.queries import views as rows
from storage.tables import JobRow, MasterRow, Row, TalkRow, UtteranceRow


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a file: its name for programs, its title and lines for people."""

    name: str
    title: str
    lines: tuple[str, ...]
    is_mandatory: bool = True
    is_ordered: bool = False

    def view(self) -> views.View:
        """Show the section with what is in it."""
        return {**self.brief(), "lines": list(self.lines), "ordered": self.is_ordered}

    def brief(self) -> views.View:
        """Show the section without what is in it."""
        return {"name": self.name, "title": self.title, "filled": bool(self.lines)}


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a file is made, and what that takes."""

    lang: str
    zone: ZoneInfo
    now: datetime
    catalogue: Catalogue
    with_contact: bool = True  # False: a master who was only offered the job

    def say(self, name: str, **facts: object) -> str:
        """Return a text of ours."""
        return self.catalogue.render(self.lang, name, facts, now=self.now, zone=self.zone).text


def job_file(
    job: JobRow, utterances: Sequence[UtteranceRow], *, market: Market, reader: Reader
) -> tuple[Section, ...]:
    """Make the file of a job from its rows and the fault library."""
    library = load_library()
    faults = [library.fault(id).instructions(Lang(reader.lang)) for id in job.faults if id in library]
    sections = [
        *(_contact(job, reader) if reader.with_contact else ()),
        _place(job, reader),
        _time(job, reader),
        _diagnosis(job, faults, reader),
        _price(job, market, reader),
        _list("tools", [tool for fault in faults for tool in fault.tools], reader),
        _list("consumables", _or_none(faults, [x for f in faults for x in f.consumables], reader), reader),
        _list("parts", _or_none(faults, [part for fault in faults for part in fault.parts], reader), reader),
        _list("safety", [line for fault in faults for line in fault.safety], reader, is_unique=True),
        _list("steps", [step for fault in faults for step in fault.steps], reader, is_ordered=True),
        _list("checks", [check for fault in faults for check in fault.checks], reader, is_unique=True),
    ]
    if reader.with_contact:
        sections += [_transcript(utterances, reader), _media(utterances, reader)]
    return tuple(sections)


def is_complete(sections: Collection[Section]) -> bool:
    """Tell whether no mandatory section is empty (A60)."""
    return all(section.lines for section in sections if section.is_mandatory)


def _section(name: str, lines: Sequence[str], reader: Reader, **more: bool) -> Section:
    return Section(name, reader.say(f"file-{name}"), tuple(line for line in lines if line), **more)


def _contact(job: JobRow, reader: Reader) -> tuple[Section, ...]:
    lines = [job.client_name, told.phone(job.client_phone)] if job.client_name and job.client_phone else []
    return (_section("client", [str(line) for line in lines], reader),)


def _place(job: JobRow, reader: Reader) -> Section:
    if not reader.with_contact:
        known = [job.city, job.district, job.address.get("street")]
        return _section("address", [", ".join(str(part) for part in known if part)], reader)
    if not (job.address.get("street") and job.address.get("house")):
        return _section("address", [], reader)
    address = views.address_view(job)
    details = [
        reader.say(f"file-{part}", number=str(job.address[part]))
        for part in ("flat", "entrance", "floor", "intercom")
        if job.address.get(part)
    ]
    place = ", ".join(str(part) for part in (address["city"], job.district, *_street(job)) if part)
    return _section("address", [place, ", ".join(details), address["map_url"]], reader)


def _street(job: JobRow) -> list[Any]:
    return [job.address.get(part) for part in ("street", "house", "building", "structure")]


def _time(job: JobRow, reader: Reader) -> Section:
    if job.starts_at is None:
        return _section("time", [], reader)
    shortest, longest = timedelta(minutes=job.duration_low_min), timedelta(minutes=job.duration_high_min)
    start = job.starts_at.astimezone(reader.zone)
    day = told.day(start.date(), today=date.min, lang=reader.lang)  # a file is read on other days too
    when = reader.say("file-when", day=day, time=f"{start:%H:%M}")
    return _section("time", [when, reader.say("file-duration", shortest=shortest, longest=longest)], reader)


def _diagnosis(job: JobRow, faults: Sequence[Instructions], reader: Reader) -> Section:
    lines = [f"{fault.title}. {fault.diagnosis}" for fault in faults]
    if faults:
        hardest = max((fault.difficulty for fault in faults), key=("easy", "medium", "hard").index)
        strictest = max((fault.who for fault in faults), key=("anyone", "qualified", "licensed", "gas_service").index)
        lines += [
            reader.say("file-trade", trade=str(job.trade)),
            reader.say("file-urgency", urgency=job.urgency),
            reader.say("file-difficulty", difficulty=hardest),
            reader.say("file-who", who=strictest),
        ]
    return _section("diagnosis", lines, reader)


def _price(job: JobRow, market: Market, reader: Reader) -> Section:
    if job.price_minor is None or job.low_minor is None or job.high_minor is None:
        return _section("price", [], reader)
    currency = Currency(job.currency)
    preview = views.split_preview(job, market=market) or {}
    prices = PriceRange(Money(job.low_minor, currency), Money(job.high_minor, currency))
    lines = [
        reader.say("file-quoted", price=Money(job.price_minor, currency), range=prices),
        reader.say("file-earn", earn=preview["master"]["text"]),
        reader.say("file-payment"),
    ]
    return _section("price", lines, reader)


def _list(
    name: str,
    lines: Sequence[str],
    reader: Reader,
    *,
    is_ordered: bool = False,
    is_unique: bool = False,
) -> Section:
    unique = name in ("tools", "consumables", "parts") or is_unique
    return _section(name, list(dict.fromkeys(lines)) if unique else lines, reader, is_ordered=is_ordered)


def _or_none(faults: Sequence[Instructions], lines: Sequence[str], reader: Reader) -> Sequence[str]:
    """Where the library knows the fault and lists nothing, nothing is needed, and that is said."""
    return lines or ([reader.say("file-nothing-needed")] if faults else [])


def _transcript(utterances: Sequence[UtteranceRow], reader: Reader) -> Section:
    lines = [
        f"{reader.say(f'file-speaker-{utterance.author}')}: {utterance.text}"
        for utterance in utterances
        if utterance.text
    ]
    return _section("transcript", lines, reader)


def _media(utterances: Sequence[UtteranceRow], reader: Reader) -> Section:
    lines = [
        reader.say(f"file-media-{item.get('kind')}", file=str(item.get("name") or item.get("id") or ""))
        for utterance in utterances
        for item in utterance.media
        if item.get("kind") in ("photo", "video", "voice", "file")
    ]
    return Section("media", reader.say("file-media"), tuple(lines), is_mandatory=False)


# The two letters about files


class _FileHandler:
    """What both letters share: the job, and its market's rules."""

    def __init__(self, *, markets: Mapping[str, Market], catalogue: Catalogue) -> None:
        self._markets = markets
        self._catalogue = catalogue

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Nothing is to be read."""
        del letter
        return None

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """The answer says it all."""

    async def _sections(self, tx: Tx, job: JobRow, lang: str) -> tuple[Section, ...]:
        said = await rows.utterances(tx.session, talk_id=job.talk_id)
        reader = Reader(lang=lang, zone=tx.zone, now=tx.now, catalogue=self._catalogue)
        return job_file(job, said, market=self._markets[job.market], reader=reader)


class MakeFile(_FileHandler):
    """`file-make` {job_id, actor, lang}: put the file together and say which sections are filled (A96)."""

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401
        """The job."""
        del have
        return {JobRow: [letter.payload["job_id"]]}

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Answer with the sections; note that somebody asked for the file."""
        payload = turn[-1].payload
        job = await _job(tx, payload["job_id"])
        sections = await self._sections(tx, job, str(payload.get("lang") or job.lang))
        tx.record("job", job.id, "file_made", actor=payload["actor"]["kind"], parties=[job.talk_id])
        tx.answer(
            {
                "job_id": job.id,
                "pdf_url": None,
                "complete": is_complete(sections),
                "sections": [section.brief() for section in sections],
            }
        )


class SendFile(_FileHandler):
    """`file-send` {job_id, page_url, actor}: send the file to the bound master (A98)."""

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401
        """The job, its master, and the master's talk."""
        wanted: dict[type[Row], Collection[str]] = {JobRow: [letter.payload["job_id"]]}
        job = have(JobRow, letter.payload["job_id"])
        if job is not None and job.master_id is not None:
            wanted[MasterRow] = [job.master_id]
            master = have(MasterRow, job.master_id)
            if master is not None and master.talk_id is not None:
                wanted[TalkRow] = [master.talk_id]
        return wanted

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Tell the master where his file is, and answer with one delivery per channel.

        Raises:
            UnknownThing: there is no such job.
            NoOffer: nobody has accepted the job.
            StepNotAllowed: a mandatory section is empty (A60).
        """
        payload = turn[-1].payload
        job = await _job(tx, payload["job_id"])
        master = await tx.get(MasterRow, job.master_id) if job.master_id else None
        if master is None:
            raise NoOffer
        talk = await tx.get(TalkRow, master.talk_id) if master.talk_id else None
        if not is_complete(await self._sections(tx, job, master.lang)):
            raise StepNotAllowed(state=job.state, action="send")
        deliveries = [{"channel": "terminal", "status": "shown"}]
        if talk is not None:
            tx.say(talk, "file-sent", news=True, number=job.number, link=str(payload["page_url"]))
            deliveries.append({"channel": talk.channel, "status": "sent"})
        parties = [job.talk_id, master.id, *([talk.id] if talk else [])]
        tx.record("job", job.id, "file_sent", actor=payload["actor"]["kind"], parties=parties)
        tx.answer({"job_id": job.id, "deliveries": deliveries})


async def _job(tx: Tx, job_id: str) -> JobRow:
    job = await tx.get(JobRow, job_id)
    if job is None:
        raise UnknownThing(thing="job")
    return job
