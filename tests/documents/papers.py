"""Rows of a job and what was said about it, and the paper they make."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.flows import files
from core.flows.files import Reader
from core.markets.policy import load_market
from core.paper import Audience, Paper, Section
from core.text.catalogue import catalogue
from storage.tables import JobRow, UtteranceRow

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Kaliningrad")
URL = "https://naryad.example"
HOME = load_market("home_services")


def a_job(*faults: str, **values: Any) -> JobRow:
    """Return a job with everything known."""
    told: dict[str, Any] = {
        "id": "0195-job",
        "number": "К-4827",
        "market": HOME.name,
        "city": "Калининград",
        "state": "assigned",
        "client_id": "anna",
        "talk_id": "talk",
        "lang": "ru",
        "trade": "electrical",
        "faults": list(faults or ("socket_sparks",)),
        "words": "Искрит розетка",
        "urgency": "urgent",
        "address": {"street": "Театральная", "house": "30", "flat": "14", "floor": "5", "intercom": "14В"},
        "district": "Центральный",
        "client_name": "Анна",
        "client_phone": "+79111234567",
        "currency": "RUB",
        "price_minor": 300_000,
        "low_minor": 250_000,
        "high_minor": 350_000,
        "breakdown": [],
        "starts_at": NOW,
        "ends_at": NOW + timedelta(minutes=90),
        "duration_low_min": 30,
        "duration_high_min": 90,
        "created_at": NOW,
        "version": 1,
    }
    return JobRow(**{**told, **values})


def said(words: str, *media: dict[str, str], author: str = "client") -> UtteranceRow:
    """Return something said in the talk."""
    return UtteranceRow(talk_id="talk", author=author, text=words, media=list(media), buttons=[])


def sent(kind: str, id: str) -> dict[str, str]:
    """Return a file that came with something said."""
    url = f"/api/v1/ai/conversation/talk/media/{id}"
    return {"kind": kind, "id": id, "name": f"{id}.bin", "url": url}


TALK = (said("Розетка искрит, пахнет горелым"), said("Выключите автомат. Где это?", author="naryad"))


def a_reader(lang: str = "ru", audience: Audience = Audience.MASTER) -> Reader:
    """Return for whom a file is made."""
    return Reader(lang=lang, zone=ZONE, now=NOW, catalogue=catalogue(), audience=audience, url=URL)


def sections(job: JobRow, *talk: UtteranceRow, reader: Reader | None = None) -> dict[str, Section]:
    """Return a job's file by the names of its sections."""
    made = files.job_file(job, talk or TALK, market=HOME, reader=reader or a_reader())
    return {section.name: section for section in made}


def a_paper(job: JobRow | None = None, *talk: UtteranceRow, reader: Reader | None = None) -> Paper:
    """Return a job's paper."""
    job, reader = job or a_job(), reader or a_reader()
    made = tuple(sections(job, *talk, reader=reader).values())
    return files.paper_of(job, made, files.photos_of(talk or TALK), reader=reader)
