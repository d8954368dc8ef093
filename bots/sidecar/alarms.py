"""What needs the owner: each trouble in words, with what to do about it and the buttons that do it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from core.flows.views import View, time_view
from core.kernel.job import JobState
from core.kernel.money import Currency, Money
from storage.queries import board, views
from storage.tables import EffectStatus, JobRow, MasterRow

SILENT_AFTER = timedelta(minutes=2)  # since a charge was asked for
PAYOUTS_SINCE = timedelta(days=7)
_NOT_THERE = (JobState.ASSIGNED, JobState.TRAVELLING)

Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Present:
    """What the board knows already when alarms are put together."""

    now: datetime
    zone: ZoneInfo
    say: Say
    jobs: Sequence[JobRow]
    masters: Mapping[str, MasterRow]
    doors: Mapping[str, str]

    def at(self, moment: datetime | None) -> str | None:
        """Show a moment."""
        return time_view(moment, self.zone)

    def master(self, id: str | None) -> str:
        """Name a master."""
        row = self.masters.get(id or "")
        return (row.name if row else None) or self.say("master-unnamed")

    def alarm(
        self,
        kind: str,
        at: datetime | None,
        /,
        *,
        words: str = "",
        actions: Sequence[View] = (),
        **facts: object,
    ) -> View:
        """Put one alarm together: `{"kind", "title", "do", "words", "at", "actions"}`."""
        about = {name: facts[name] for name in _TITLES.get(kind, ())}
        advice = {name: facts[name] for name in _ADVICE.get(kind, ())}
        return {
            "kind": kind,
            "title": self.say(f"page-alarm-{kind}", **about),
            "do": self.say(f"page-alarm-{kind}-do", **advice),
            "words": words,
            "at": self.at(at),
            "actions": list(actions),
        }

    def action(self, name: str, *, post: str = "", job: str = "", talk: str = "") -> View:
        """Put a button together: a call of the API, or what of the screen it opens."""
        said = {"label": self.say(f"page-act-{name}"), "post": post, "job": job, "talk": talk}
        return {part: value for part, value in said.items() if value}


_TITLES = {
    "dead": ("kind",),
    "unknown": ("kind",),
    "lost": ("kind",),
    "difference": ("provider",),
    "payout": ("master", "amount"),
    "door": ("door",),
    "late": ("master", "number"),
    "charge": ("number",),
}
_ADVICE = {"difference": ("day", "ours", "theirs"), "late": ("when", "state")}


async def alarms(session: AsyncSession, here: Present) -> list[View]:
    """Return everything that waits for the owner, the gravest first."""
    return [
        *_doors(here),
        *_late(here),
        *await _people(session, here),
        *await _money(session, here),
        *await _mail(session, here),
    ]


def is_late(job: JobRow, *, now: datetime) -> bool:
    """Tell whether a master should be there by now and is not."""
    return job.state in _NOT_THERE and job.starts_at is not None and job.starts_at < now


def _doors(here: Present) -> list[View]:
    return [
        here.alarm("door", here.now, door=name) for name, state in here.doors.items() if state == "broken"
    ]


def _late(here: Present) -> list[View]:
    return [
        here.alarm(
            "late",
            job.starts_at,
            actions=[here.action("open", job=job.id)],
            master=here.master(job.master_id),
            number=job.number,
            when=job.starts_at,
            state=job.state,
        )
        for job in here.jobs
        if is_late(job, now=here.now)
    ]


async def _people(session: AsyncSession, here: Present) -> list[View]:
    tickets = await views.tickets(session, limit=board.SHOWN_MAX, state="open")
    return [
        {
            **here.alarm(
                ticket.kind,
                ticket.created_at,
                words=ticket.words,
                actions=[
                    here.action("read", talk=ticket.talk_id),
                    *([here.action("open", job=ticket.job_id)] if ticket.job_id else []),
                ],
            ),
            "ticket_id": ticket.id,
        }
        for ticket in tickets
    ]


async def _money(session: AsyncSession, here: Present) -> list[View]:
    def amount(minor: int | None, currency: str) -> object:
        return here.say("page-nothing-there") if minor is None else Money(minor, Currency(currency))

    found = [
        here.alarm(
            "difference",
            row.found_at,
            words=f"{row.kind}: {row.thing_id}",
            actions=[here.action("close", post=f"/api/v1/differences/{row.id}/close")],
            provider=row.provider,
            day=row.day,
            ours=amount(row.ours_minor, row.currency),
            theirs=amount(row.theirs_minor, row.currency),
        )
        for row in await board.open_differences(session)
    ]
    found += [
        here.alarm(
            "payout",
            row.ended_at or row.asked_at,
            words=row.reason or "",
            master=here.master(row.master_id),
            amount=Money(row.amount_minor, Currency(row.currency)),
        )
        for row in await board.failed_payouts(session, since=here.now - PAYOUTS_SINCE)
    ]
    charges = await board.silent_charges(session, before=here.now - SILENT_AFTER)
    numbers = await views.numbers(session, jobs=[row.job_id for row in charges])
    return found + [
        here.alarm(
            "charge",
            row.asked_at,
            actions=[here.action("open", job=row.job_id)],
            number=numbers.get(row.job_id, ""),
        )
        for row in charges
    ]


async def _mail(session: AsyncSession, here: Present) -> list[View]:
    found = [
        here.alarm(
            "dead",
            row.handled or row.received,
            words=row.error or "",
            actions=[here.action("replay", post=f"/api/v1/letters/{row.id}/replay")],
            kind=row.kind,
        )
        for row in await board.dead_letters(session)
    ]
    return found + [
        here.alarm(
            "unknown" if row.status == EffectStatus.UNKNOWN else "lost",
            row.due,
            words=row.error or "",
            actions=[here.action("read", talk=str(row.payload["talk_id"]))]
            if row.payload.get("talk_id")
            else [],
            kind=row.kind,
        )
        for row in await board.lost_effects(session)
    ]
