"""What a master asks about himself, and when he rests: his jobs, hours and money, a pause."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from core.conversation import offered, steps
from core.conversation.errands import Errand
from core.conversation.master_scene import AT_WORK, MasterScene, set_hours
from core.conversation.script import choice
from core.flows import accounts, hours, masters, news
from core.kernel.hours import at
from core.kernel.job import JobState
from core.meaning import Grain, HoursOp, Intent
from core.text.facts import Items, Named
from storage.tables import JobRow, MasterRow

_DAY = timedelta(days=1)
_WEEK_DAYS = 7
_UNTIL = frozenset({"до", "until", "till", "to"})
_THROUGH = frozenset({"по", "through"})


async def answer(scene: MasterScene) -> bool:
    """Answer a question about himself, or let him rest. Return whether it was either."""
    said, master = scene.said, scene.master
    if master is None:
        return False
    if said.has(Errand.MY_JOBS):
        await _tell_jobs(scene)
    elif said.has(Errand.MY_HOURS) and (said.is_question or not _names_hours(scene)):
        await tell_hours(scene, master)
    elif said.has(Errand.OWED, Errand.EARNINGS) or _asks_for_money(scene):
        await _tell_earnings(scene, master)
    elif master.status == "paused" and (said.has(Errand.RESUME) or Intent.RESUME in scene.intents):
        await resume(scene, master)
    elif said.has(Errand.PAUSE) or Intent.PAUSE in scene.intents:
        return await _pause(scene, master)
    else:
        return False
    return True


def _asks_for_money(scene: MasterScene) -> bool:
    return Intent.EARNINGS in scene.intents and not scene.said.has(Errand.WHEN_PAID)


# Jobs, hours, money


async def _tell_jobs(scene: MasterScene) -> None:
    """Tell the jobs he has, of the day he named or all of them."""
    zone = scene.city.zone
    times = scene.reading.times
    day = times[0].start.date() if times and times[0].grain in (Grain.DAY, Grain.HOUR) else None
    found = sorted(await steps.in_hand(scene), key=steps.begins)
    of_day = [job for job in found if day in (None, steps.begins(job).astimezone(zone).date())]
    if of_day:
        scene.say("master-jobs", jobs=Items(tuple(_line(scene, job) for job in of_day)))
    elif found:
        scene.say("master-jobs-later", jobs=Items(tuple(_line(scene, job) for job in found)))
    else:
        scene.say("master-jobs-none")


def _line(scene: MasterScene, job: JobRow) -> Named:
    public = scene.market.public_name(JobState(job.state))
    return Named(
        "master-job-line",
        {
            "number": job.number,
            "when": job.starts_at,
            "service": news.service(job, scene.talk.lang),
            "address": news.address(job),
            "state": Named(f"status-{public}"),
        },
    )


async def tell_hours(scene: MasterScene, master: MasterRow) -> None:
    """Tell the hours of the next seven days."""
    today = scene.tx.now.astimezone(scene.city.zone).date()
    days = [today + _DAY * n for n in range(_WEEK_DAYS)]
    found = await hours.on(scene.tx, master, days, scene.city)
    if any(found.values()):
        scene.say("master-hours-now", days=Items(hours.told(found, city=scene.city)))
    else:
        scene.say("master-hours-none")


def _names_hours(scene: MasterScene) -> bool:
    said = scene.reading.hours
    return said is not None and any(spans is not None for spans in said.days.values())


async def _tell_earnings(scene: MasterScene, master: MasterRow) -> None:
    """Tell what he earned today, this week and this month, and what one owes the other."""
    tx, currency = scene.tx, scene.market.currency
    today = tx.now.astimezone(scene.city.zone).date()
    sums: dict[str, Any] = {
        "today": await _since(scene, master, today),
        "week": await _since(scene, master, today - _DAY * today.weekday()),
        "month": await _since(scene, master, today.replace(day=1)),
    }
    owed = await accounts.owed_by(tx, master.id, currency)
    if owed.minor:
        scene.say("master-earnings-debt", debt=owed, **sums)
    else:
        scene.say("master-earnings", balance=await accounts.balance_of(tx, master.id, currency), **sums)


async def _since(scene: MasterScene, master: MasterRow, day: date) -> object:
    midnight = at(day, time(0), scene.city.zone)
    return await accounts.earned_since(scene.tx, master.id, scene.market.currency, since=midnight)


# To rest


async def _pause(scene: MasterScene, master: MasterRow) -> bool:
    """Pause, with an end if one was said; days named as such are hours, and not taken here."""
    until = _until(scene)
    change = scene.reading.hours
    if until is None and change is not None and (change.op is not HoursOp.SET or _names_hours(scene)):
        await set_hours(scene, master, replace(change, op=HoursOp.BLOCK))  # "перерыв с 13 до 14"
        return True
    await offered.decline_all(scene)
    await masters.pause(scene.tx, master, until=at(until, time(0), scene.city.zone) if until else None)
    scene.talk.step = AT_WORK
    choices = {"resume": choice("resume", master.id)}
    if until is not None:
        scene.say("master-paused-until", choices=choices, day=until)
    else:
        scene.say("master-paused", choices=choices)
    _tell_what_stays(scene, await steps.in_hand(scene))
    return True


def _until(scene: MasterScene) -> date | None:
    """Return the day on which he works again: "до понедельника", "по 15 марта", "на неделю"."""
    words = {word.strip(".,!?") for word in scene.said.words.casefold().split()}
    today = scene.tx.now.astimezone(scene.city.zone).date()
    has_end = not words.isdisjoint(_UNTIL | _THROUGH)
    rest = scene.reading.hours
    is_rest = rest is not None and rest.op is HoursOp.BLOCK and not any(rest.days.values())
    if has_end and rest is not None and is_rest and min(rest.days) == today:
        return max(rest.days) + _DAY
    for when in scene.reading.times if has_end else ():
        last = when.start.date() if words.isdisjoint(_THROUGH) else when.start.date() + _DAY
        if when.start.date() == today and when.end is not None:
            last = when.end.date()
        return last if last > today else None
    return today + scene.said.span if scene.said.span else None


def _tell_what_stays(scene: MasterScene, found: Sequence[JobRow]) -> None:
    taken = [job for job in found if job.state == JobState.ASSIGNED and job.starts_at is not None]
    if taken:
        lines = tuple(
            Named("master-job-short", {"number": job.number, "when": job.starts_at}) for job in taken
        )
        scene.say("master-jobs-stay", jobs=Items(lines))


async def resume(scene: MasterScene, master: MasterRow) -> None:
    """Let him work again."""
    if master.status == "active":
        scene.say("master-fine")
        return
    await masters.resume(scene.tx, master)
    scene.say("master-resumed")
