"""What a letter's outcome says: only words, numbers and lists, so that it is the same from the row."""

import logging
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from enum import Enum
from typing import Any

from bots.failures import where
from core.flows.group import Group
from core.flows.refusals import told_in_words
from core.flows.tx import Letter
from core.kernel.refusal import Refusal
from core.markets.policy import Market, load_market
from storage.tables import JobRow, TalkRow

logger = logging.getLogger(__name__)

DEFAULT_LANG = "ru"
DEFAULT_MARKET = "home_services"


def done(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of an outcome `ok`."""
    return {name: _plain(value) for name, value in facts.items()}


def refused(refusal: Refusal, letter: Letter, group: Group) -> dict[str, Any]:
    """Return the facts of a refusal: the name of its class, its sentence, its fields."""
    lang = _lang(letter, group)
    words = told_in_words(refusal, _market(letter, group))
    try:
        text = group.catalogue.render(lang, refusal.template, words, now=group.now, zone=group.zone).text
    except Exception as failure:  # noqa: BLE001 - a missing sentence must not turn a no into a defect
        # No traceback: it may quote what people wrote.
        logger.error(  # noqa: TRY400
            "pump.refusal_without_words refusal=%s error=%s", type(refusal).__name__, where(failure)
        )
        text = ""
    return {**done(refusal.facts), "name": type(refusal).__name__, "text": text}


def _market(letter: Letter, group: Group) -> Market:
    """Return the market whose words are used: that of the job or of the talk, else the first one."""
    job = group.known(JobRow, str(letter.payload.get("job_id", "")))
    talk = group.known(TalkRow, str(letter.payload.get("talk_id", "")))
    return load_market(job.market if job else talk.market if talk else DEFAULT_MARKET)


def _lang(letter: Letter, group: Group) -> str:
    talk = group.known(TalkRow, str(letter.payload.get("talk_id", "")))
    return str(letter.payload.get("lang") or (talk.lang if talk else DEFAULT_LANG))


def _plain(value: object) -> Any:  # noqa: ANN401, PLR0911 - JSON has no better type; one line per kind
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | float() | str():
            return value
        case date() | time():  # a datetime is a date
            return value.isoformat()
        case Mapping():
            return {str(name): _plain(each) for name, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(each) for each in value]
        case _ if is_dataclass(value):
            return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        case _:
            return str(value)
