"""Shapes of the house itself: sessions, tickets, health."""

from typing import Annotated, Any, Literal

from pydantic import Field

from bots.sidecar.shapes.base import In, Out


class TicketIn(In):
    """What the owner says to whoever waited for him."""

    text: Annotated[str, Field(max_length=1_000)] | None = None


class SessionIn(In):
    """A token to begin a browser's session with."""

    token: Annotated[str, Field(min_length=1, max_length=300)]


class HealthOut(Out):
    """How the program is."""

    status: Literal["healthy", "unhealthy"]
    active_jobs: int
    active_tasks: int
    ai_screening: str
    channels: dict[str, str]
    queue: dict[str, Any]


class SessionOut(Out):
    """Who this browser is."""

    owner: bool
    master_id: str | None
    conversations: list[str]


class BoardOut(Out):
    """What goes on now: masters with hours and jobs of two days, jobs of nobody, alarms, doors."""

    now: str
    days: list[str]
    active_jobs: int
    masters: list[dict[str, Any]]
    unbound: list[dict[str, Any]]
    alarms: list[dict[str, Any]]
    doors: list[dict[str, str]]
