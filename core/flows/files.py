"""The job file: everything a master needs, so that he looks up nothing himself (A47–A60, A63).

A file is not stored: it is made from the rows and the fault library whenever somebody reads it, so it
is never older than they are. A mandatory section that would be empty makes the file incomplete, and an
incomplete file is not sent (A60).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.flows import job_views
from core.kernel.money import Currency, Money
from core.library.fault import Instructions
from core.library.library import load_library
from core.library.thing import PartLine
from core.markets.cities import load_cities
from core.markets.policy import Market
from core.meaning import Lang
from core.paper import Audience, Group, Item, Paper, Photo, Section
from core.text import facts as told
from core.text.catalogue import Catalogue
from core.text.facts import PriceRange
from storage.tables import JobRow, UtteranceRow

_DIFFICULTIES = ("easy", "medium", "hard")
_WHO = ("anyone", "qualified", "licensed", "gas_service")
_HEARD = ("video", "voice", "file")  # what is named on paper; photos are shown
_CAPTION_MAX = 160


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a file is made, and what that takes.

    Attributes:
        url: Where our pages are, so that paper can lead there.
    """

    lang: str
    zone: ZoneInfo
    now: datetime
    catalogue: Catalogue
    audience: Audience = Audience.MASTER
    url: str = ""

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
        *(_contact(job, reader) if reader.audience.with_contact else ()),
        _place(job, reader),
        _time(job, reader),
        _diagnosis(job, faults, reader),
        _price(job, market, reader),
        _list("tools", _or_none(faults, [tool for f in faults for tool in f.tools], reader), reader),
        _list("consumables", _or_none(faults, [x for f in faults for x in f.consumables], reader), reader),
        _parts(faults, reader),
        _list("safety", (line for fault in faults for line in fault.safety), reader),
        _steps(faults, reader),
        _list("checks", (check for fault in faults for check in fault.checks), reader),
    ]
    if reader.audience.with_contact:
        sections += [_transcript(utterances, reader), _photos(utterances, reader), _media(utterances, reader)]
    return tuple(sections)


def paper_of(job: JobRow, sections: Sequence[Section], photos: Sequence[Photo], *, reader: Reader) -> Paper:
    """Make of a job's file what is set in type.

    Args:
        photos: Those of `photos_of`, for who may see them.
    """
    start = job.starts_at.astimezone(reader.zone) if job.starts_at else None
    month = told.MONTHS[reader.lang][start.month - 1] if start else ""
    return Paper(
        number=job.number,
        lang=reader.lang,
        title=job_views.title_of(job, lang=reader.lang) or "",
        when=f"{start.day} {month}, {start:%H:%M}" if start else "",
        badge=reader.say("file-badge", urgency=job.urgency),
        is_urgent=job.urgency == "urgent",
        page_url=f"{reader.url}/jobs/{job.id}/page",
        # Photos are shown on paper, not listed.
        sections=tuple(section for section in sections if section.lines and section.name != "photos"),
        faults=tuple(job.faults),
        photos=tuple(photos) if reader.audience.with_contact else (),
    )


def photos_of(utterances: Sequence[UtteranceRow]) -> tuple[Photo, ...]:
    """Return the photos of a talk, each with the words that came with it (A50)."""
    return tuple(
        Photo(utterance.talk_id, str(item.get("id") or ""), _caption(utterance, item))
        for utterance, item in _sent(utterances)
        if item.get("kind") == "photo"
    )


def library_versions(job: JobRow) -> dict[str, int]:
    """Return which version of the library's entries a job's file is made of."""
    library = load_library()
    return {id: library.fault(id).version for id in job.faults if id in library}


def _section(name: str, lines: Iterable[str], reader: Reader, **more: Any) -> Section:
    return Section(name, reader.say(f"file-{name}"), tuple(line for line in lines if line), **more)


def _contact(job: JobRow, reader: Reader) -> tuple[Section, ...]:
    lines = [job.client_name, told.phone(job.client_phone)] if job.client_name and job.client_phone else []
    return (_section("client", [str(line) for line in lines], reader, strong=(0, 1)),)


def _place(job: JobRow, reader: Reader) -> Section:
    if not reader.audience.with_contact:
        known = [_city(job, reader), job.district, job.address.get("street")]
        return _section("address", [", ".join(str(part) for part in known if part)], reader)
    if not (job.address.get("street") and job.address.get("house")):
        return _section("address", [], reader)
    address = job_views.address_view(job)
    street = [_part(job, part, reader) for part in ("street", "house", "building", "structure", "flat")]
    details = [_part(job, part, reader) for part in ("entrance", "floor", "intercom")]
    city = ", ".join(part for part in (_city(job, reader), job.district) if part)
    door = ", ".join(part for part in street if part)
    inside = ", ".join(part for part in details if part)
    return _section(
        "address", [door, inside, city, address["map_url"]], reader, strong=(0, 1)[: 1 + bool(inside)]
    )


def _city(job: JobRow, reader: Reader) -> str:
    known = load_cities().get(job.city)
    return known.words(reader.lang).name if known else job.city


def _part(job: JobRow, name: str, reader: Reader) -> str:
    value = job.address.get(name)
    if not value:
        return ""
    return str(value) if name in ("street", "house") else reader.say(f"file-{name}", number=str(value))


def _time(job: JobRow, reader: Reader) -> Section:
    if job.starts_at is None:
        return _section("time", [], reader)
    shortest, longest = timedelta(minutes=job.duration_low_min), timedelta(minutes=job.duration_high_min)
    start = job.starts_at.astimezone(reader.zone)
    day = told.day(start.date(), today=date.min, lang=reader.lang)  # a file is read on other days too
    when = reader.say("file-when", day=day, time=f"{start:%H:%M}")
    duration = reader.say("file-duration", shortest=shortest, longest=longest)
    return _section("time", [when, duration], reader, strong=(0,))


def _diagnosis(job: JobRow, faults: Sequence[Instructions], reader: Reader) -> Section:
    lines = [f"{fault.title}. {fault.diagnosis}" for fault in faults]
    if faults:
        hardest = max((fault.difficulty for fault in faults), key=_DIFFICULTIES.index)
        strictest = max((fault.who for fault in faults), key=_WHO.index)
        classes = (
            reader.say("file-trade", trade=str(job.trade)),
            reader.say("file-urgency", urgency=job.urgency),
            reader.say("file-difficulty", difficulty=hardest),
        )
        lines += [". ".join(classes), reader.say("file-who", who=strictest)]
    return _section("diagnosis", lines, reader)


def _price(job: JobRow, market: Market, reader: Reader) -> Section:
    if job.price_minor is None or job.low_minor is None or job.high_minor is None:
        return _section("price", [], reader)
    currency = Currency(job.currency)
    prices = PriceRange(Money(job.low_minor, currency), Money(job.high_minor, currency))
    quoted = reader.say("file-quoted", price=Money(job.price_minor, currency), range=prices)
    payment = reader.say("file-payment")
    if not reader.audience.with_earnings:
        return _section("price", [quoted, payment], reader)
    preview = job_views.split_preview(job, market=market) or {}
    earned = reader.say("file-earn", earn=preview["master"]["text"])
    return _section("price", [quoted, earned, payment], reader, strong=(1,))


def _list(name: str, lines: Iterable[str], reader: Reader) -> Section:
    """Return lines, each once, in the order of the faults."""
    return _section(name, dict.fromkeys(lines), reader)


def _steps(faults: Sequence[Instructions], reader: Reader) -> Section:
    steps = [step for fault in faults for step in fault.steps]
    several = [fault for fault in faults if fault.steps] if len(faults) > 1 else []
    groups = tuple(Group(fault.title, fault.steps) for fault in several)
    return _section("steps", steps, reader, is_ordered=True, groups=groups)


def _parts(faults: Sequence[Instructions], reader: Reader) -> Section:
    """Return the parts with amounts and prices; one that several faults need stands once."""
    wanted: dict[str, list[PartLine]] = {}
    for fault in faults:
        for line in fault.part_lines:
            wanted.setdefault(line.name, []).append(line)
    items = tuple(_item(name, lines, reader) for name, lines in wanted.items())
    lines = _or_none(faults, [item.text for item in items], reader)
    return _section("parts", lines, reader, items=items)


def _item(name: str, lines: Sequence[PartLine], reader: Reader) -> Item:
    one = reader.say("file-one")
    amount = " + ".join(line.amount or one for line in lines)
    price = Money(sum(line.price_minor for line in lines), Currency.RUB)
    certain = all(line.certain for line in lines)
    return Item(name, amount, reader.say("file-part-price", price=price, certain="yes" if certain else "no"))


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


def _photos(utterances: Sequence[UtteranceRow], reader: Reader) -> Section:
    lines = [
        _named("photo", utterance, item, reader)
        for utterance, item in _sent(utterances)
        if item.get("kind") == "photo"
    ]
    return _section("photos", lines, reader, is_mandatory=False)


def _media(utterances: Sequence[UtteranceRow], reader: Reader) -> Section:
    """Name recordings, videos and files, with where they can be played (A48, A50)."""
    lines = [
        _named(str(item["kind"]), utterance, item, reader)
        for utterance, item in _sent(utterances)
        if item.get("kind") in _HEARD
    ]
    return _section("media", lines, reader, is_mandatory=False)


def _named(kind: str, utterance: UtteranceRow, item: Mapping[str, Any], reader: Reader) -> str:
    named = reader.say(f"file-media-{kind}", file=_caption(utterance, item))
    address = str(item.get("url") or "")
    return f"{named} {reader.url}{address}" if address.startswith("/") and reader.url else named


def _caption(utterance: UtteranceRow, item: Mapping[str, Any]) -> str:
    words = " ".join((utterance.text or "").split())
    return words[:_CAPTION_MAX] or str(item.get("name") or item.get("id") or "")


def _sent(utterances: Sequence[UtteranceRow]) -> list[tuple[UtteranceRow, Mapping[str, Any]]]:
    return [(utterance, item) for utterance in utterances for item in utterance.media]
