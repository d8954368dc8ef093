"""HH.ru: who answered our advertisement. It tells us that somebody did; who he is, we read with our token.

Its knock carries no signature, so nothing of it is believed but the number of the answer:
https://api.hh.ru/openapi/redoc, sections "Webhook API" and "Отклики/приглашения работодателя".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx

from core.knock import Forged
from core.wire import Answer, Wire

API_URL = "https://api.hh.ru"
ANSWERED = frozenset({"NEW_NEGOTIATION_VACANCY", "NEW_RESPONSE_OR_INVITATION_VACANCY"})
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_NOES = frozenset({HTTPStatus.FORBIDDEN})  # of a token, or of what the employer has not paid for
_ID_MAX = 40
_MONTHS = 12
_CELLS = ("cell", "home", "work")  # kinds of numbers, the best first


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who answered.

    Attributes:
        title: What he calls his trade.
        years: Whole years of work; None if he does not tell.
    """

    name: str
    title: str = ""
    city: str = ""
    phone: str = ""
    email: str = ""
    years: int | None = None


class HeadHunter:
    """HH.ru's API for employers."""

    def __init__(
        self, *, token: str, agent: str, url: str = "", http: httpx.AsyncClient | None = None
    ) -> None:
        """Speak with the access token of an employer's manager.

        Args:
            agent: Who we are, as HH wants it in every request: `Name/version (contact)`.
        """
        self._wire = Wire(provider="HH.ru", url=url or API_URL, http=http, explained=_NOES)
        self._headers = {"Authorization": f"Bearer {token}", "HH-User-Agent": agent}

    async def applicant(self, id: str) -> Applicant | None:
        """Return who gave an answer; None if there is none. His number is in what the employer may see.

        Raises:
            Outage: it does not tell now; NotLetIn: the token has run out.
        """
        answer = await self._ask(f"/negotiations/{id}")
        if answer.status in _GONE:
            return None
        resume = answer.body.get("resume")
        if not answer.is_good or not isinstance(resume, dict):
            raise self._wire.unreadable("an answer without a resume")
        resume_id = _word(resume.get("id"))
        if not resume_id or not resume_id.isalnum():
            return None
        whole = await self._ask(f"/resumes/{resume_id}", topic_id=id)
        return _applicant({**resume, **whole.body} if whole.is_good else resume)

    async def _ask(self, path: str, **params: str) -> Answer:
        answer = await self._wire.ask("GET", path, headers=self._headers, params=params)
        noes = answer.body.get("errors")
        is_stranger = any(isinstance(no, dict) and no.get("type") == "oauth" for no in noes or ())
        if answer.status in _NOES and is_stranger:
            raise self._wire.stranger(answer.status)
        return answer

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()


def response_of(body: bytes) -> str | None:
    """Return the number of the answer a knock tells of; None if it tells of something else.

    Raises:
        Forged: it is nothing that HH sends.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise Forged("hh: not JSON") from None
    if not isinstance(told, dict):
        raise Forged("hh: not an object")
    if told.get("action_type") not in ANSWERED:
        return None
    payload = told.get("payload")
    id = _word(payload.get("topic_id")) if isinstance(payload, dict) else ""
    if not (id.isascii() and id.isalnum() and len(id) <= _ID_MAX):
        raise Forged("hh: no number of an answer")
    return id


def _applicant(resume: Mapping[str, Any]) -> Applicant:
    names = (_word(resume.get(part)) for part in ("first_name", "middle_name", "last_name"))
    area, spent = resume.get("area"), resume.get("total_experience")
    months = spent.get("months") if isinstance(spent, dict) else None
    contacts = [each for each in resume.get("contact") or () if isinstance(each, dict)]
    numbers = {_kind(each): _value(each) for each in reversed(contacts)}
    return Applicant(
        name=" ".join(filter(None, names)),
        title=_word(resume.get("title")),
        city=_word(area.get("name")) if isinstance(area, dict) else "",
        phone=next((numbers[kind] for kind in _CELLS if numbers.get(kind)), ""),
        email=numbers.get("email", ""),
        years=months // _MONTHS if isinstance(months, int) and months >= _MONTHS else None,
    )


def _kind(contact: Mapping[str, Any]) -> str:
    kind = contact.get("type")
    return _word(kind.get("id")) if isinstance(kind, dict) else ""


def _value(contact: Mapping[str, Any]) -> str:
    """Return a number or an address: an address is a text, a number its parts."""
    value = contact.get("value")
    if not isinstance(value, dict):
        return _word(value)
    parts = [_word(value.get(part)) for part in ("country", "city", "number")]
    return f"+{''.join(parts)}" if all(parts) else _word(value.get("formatted"))


def _word(value: object) -> str:
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
