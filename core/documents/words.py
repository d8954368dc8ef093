"""The few words that only paper needs. None of them tells a time, so none asks for the present."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from core.text.catalogue import catalogue

_ANY_TIME, _ANY_ZONE = datetime(2000, 1, 1, tzinfo=UTC), ZoneInfo("UTC")


def say(lang: str, name: str, **facts: object) -> str:
    """Return a text of ours by name."""
    return catalogue().line(lang, name, now=_ANY_TIME, zone=_ANY_ZONE, **facts)
