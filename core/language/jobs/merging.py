"""Make one job of what was said twice: a part and its whole, a cause and what follows from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.language.jobs.pairing import VAGUE, Job, is_wish
from core.meaning import Trade

JOBS_MAX = 6
_SURFACE_FAULTS = frozenset({"falls", "broken", "loose", "squeaks", "not_closing"})
_STARVED = frozenset({"absent", "not_cooling", "not_working", "cold", "not_lit", "broken"})
_LISTS = frozenset({"and", "also"})
_SPARKS = frozenset({"sparks", "hot", "melted", "burn_smell"})


@dataclass(frozen=True, slots=True)
class Thing:
    """What the table `objects` knows about an object, as far as one job swallows another."""

    trade: Trade
    part_of: frozenset[str] = frozenset()
    blame: frozenset[str] = frozenset()
    is_weak: bool = False
    is_generic: bool = False
    is_portable: bool = False
    is_feeding: bool = False
    only: frozenset[str] = frozenset()  # actions or kinds of them

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Thing":
        """Read an entry of the table."""
        return cls(
            trade=Trade(entry["trade"]),
            part_of=frozenset(entry.get("part_of", ())),
            blame=frozenset(entry.get("blame", ())),
            is_weak=entry.get("weak", False),
            is_generic=entry.get("generic", False),
            is_portable=entry.get("portable", False),
            is_feeding=entry.get("feeds", False),
            only=frozenset(entry.get("only", ())),
        )


class Merger:
    """Merges jobs by what their objects are to each other and how their clauses hang together."""

    def __init__(self, things: Mapping[str, Thing], kinds: Mapping[str, str]) -> None:
        """Remember the things, and the kinds of actions."""
        self._things, self._kinds = things, kinds

    def is_piece(self, part: str, whole: str) -> bool:
        """Tell whether an object is a piece of another, wherever it is named."""
        one, other = self._things[part], self._things[whole]
        return whole in one.part_of or (other.trade in one.part_of and not other.is_weak and part != whole)

    def is_part(self, part: str, whole: str) -> bool:
        """Tell whether an object named in one breath with another is only a part or a place of it."""
        one, other = self._things[part], self._things[whole]
        if self.is_piece(part, whole):
            return True
        if not one.is_weak or other.is_weak or part in other.part_of:
            return False
        return one.trade is other.trade or one.trade is Trade.GENERAL

    def merge(self, jobs: Iterable[Job]) -> list[Job]:
        """Return the jobs that are jobs of their own, in the order they were named."""
        merged = [job for job in _by_object(jobs) if (not job.is_fine or job.actions) and self._is_meant(job)]
        self._blame(merged)
        self._give_to_wholes(merged)
        told = [job for job in merged if job.actions or self._is_listed(job, merged)]
        kept: list[Job] = []
        for job in told or merged:
            twin = next((other for other in kept if self._is_same(other, job)), None)
            if twin is None:
                kept.append(job)
            elif self._yields(twin, job):
                job.actions += twin.actions
                kept[kept.index(twin)] = job
            else:
                twin.actions += job.actions
        kept = self._without_portable(kept)
        return _without_board(kept)[:JOBS_MAX]

    def _is_meant(self, job: Job) -> bool:
        """Tell whether what is said of an object is what makes it a job at all: neighbours may knock."""
        only = self._things[job.object].only if job.object else None
        return not only or any(name in only or self._kinds[name] in only for name in job.actions)

    def _is_listed(self, job: Job, jobs: list[Job]) -> bool:
        """Tell whether a thing of which nothing is told is one more job: "смеситель, плюс розетка"."""
        if not job.object or job.is_fine or job.clause.opens not in ("and", "also"):
            return False
        if job.clause.is_said and job.clause.opens != "also":
            return False
        thing = self._things[job.object]
        others = {self._things[other.object].trade for other in jobs if other.object and other.actions}
        return bool(others) and not thing.is_weak and not thing.is_portable and thing.trade not in others

    def _blame(self, jobs: list[Job]) -> None:
        """Move "свет не горит" to the switch that is merely named."""
        for job in jobs:
            blamed = self._things[job.object].blame if job.object and job.actions else frozenset()
            for other in jobs:
                if other.object in blamed and not other.actions and not other.is_fine:
                    other.actions, job.actions = job.actions, []
                    break

    def _give_to_wholes(self, jobs: list[Job]) -> None:
        """Move what is said of a part to the whole that was merely named: "бойлер …, вода холодная"."""
        for place, job in enumerate(jobs):
            for whole in jobs[:place]:
                if (
                    job.object and whole.object and job.actions and not whole.actions and not whole.is_fine
                    and _is_near(whole, job)
                    and self.is_piece(job.object, whole.object)
                ):  # fmt: skip
                    whole.actions, job.actions = job.actions, []
                    break

    def _without_portable(self, jobs: list[Job]) -> list[Job]:
        """Drop what is plugged in where its supply is told of: "розетка искрит, чайник погас"."""
        supplies = {job.clause.part for job in jobs if job.object and self._things[job.object].is_feeding}
        return [
            job
            for job in jobs
            if not job.object
            or not self._things[job.object].is_portable
            or not (job.is_lent or _STARVED.issuperset(job.actions) or _SPARKS & set(job.actions))
            or job.clause.part not in supplies
        ]

    def _is_same(self, one: Job, two: Job) -> bool:
        """Tell whether the later of two jobs is the earlier one, said again."""
        if one.object is None or two.object is None:
            return True
        first, second = self._things[one.object], self._things[two.object]
        if two.object in first.part_of or one.object in second.part_of:
            return True
        if one.clause.part != two.clause.part:
            return first.trade is second.trade and two.clause.opens not in _LISTS
        has_both = bool(one.actions and two.actions and not two.is_lent)
        is_listed = two.clause.opens == "and" and has_both
        if first.trade in second.part_of or second.trade in first.part_of:
            return self._is_inner(one, two, is_listed=is_listed or (two.clause.opens == "but" and has_both))
        return self._is_other(one, two, is_listed=is_listed, has_both=has_both)

    def _is_inner(self, one: Job, two: Job, *, is_listed: bool) -> bool:
        """Tell whether one is inside the other: "смеситель капает, ручка отвалилась".

        A lamp is inside a device only in one breath with it: "морозилка шумит, свет в кладовке погас".
        """
        first, second = self._things[one.object or ""], self._things[two.object or ""]
        part, whole = (second, first) if first.trade in second.part_of else (first, second)
        is_lit = part.trade is Trade.ELECTRICAL and whole.trade is Trade.APPLIANCE
        if part.is_generic:
            return _is_near(one, two) or not (one.actions and two.actions)
        return one.clause is two.clause or (_is_near(one, two) and not is_listed and not is_lit)

    def _is_other(self, one: Job, two: Job, *, is_listed: bool, has_both: bool) -> bool:
        """Tell whether things that are no part of one another are one job all the same."""
        first, second = self._things[one.object or ""], self._things[two.object or ""]
        if _is_near(one, two) and not is_listed and self._is_fed(one, two):
            return True
        if not is_listed and _is_near(one, two) and (self._is_surface(one) or self._is_surface(two)):
            return True
        if first.trade is not second.trade and not (one.is_bare or two.is_bare):
            return self._is_aside(one, two, is_listed=is_listed)
        return self._is_again(one, two, is_listed=is_listed, has_both=has_both)

    def _is_again(self, one: Job, two: Job, *, is_listed: bool, has_both: bool) -> bool:
        """Tell whether two jobs of one trade are one: a valve beside its tap, a thing and no more.

        They are two only where they are listed. A story names many things of one trade; of forty such
        pairs that were not listed, thirty-eight were one job.
        """
        first, second = self._things[one.object or ""], self._things[two.object or ""]
        if one.is_bare or two.is_bare:
            return one.clause is two.clause or first.trade is second.trade
        if first.is_weak or second.is_weak:
            return not is_listed
        if has_both:
            return one.clause is two.clause or two.clause.opens not in _LISTS
        return not (one.actions or two.actions)

    def _is_aside(self, one: Job, two: Job, *, is_listed: bool) -> bool:
        """Tell whether one of two jobs of different trades only says where, or what else went out."""
        if is_listed or not _is_near(one, two):
            return False
        if one.clause is not two.clause or one.is_lent or two.is_lent:
            return False
        return bool(one.actions) != bool(two.actions)

    def _is_fed(self, one: Job, two: Job) -> bool:
        """Tell whether one is a supply and the other a device that went out with it."""
        first, second = self._things[one.object or ""], self._things[two.object or ""]
        if second.is_feeding:
            one, first, second = two, second, first
        else:
            one, two = two, one
        return first.is_feeding and second.trade is Trade.APPLIANCE and _STARVED.issuperset(two.actions)

    def _is_surface(self, job: Job) -> bool:
        """Tell whether it only says where: "обои пожелтели и тёплые"."""
        thing = self._things[job.object or ""]
        if not (thing.is_weak and thing.trade is Trade.GENERAL):
            return False
        return job.is_lent or all(
            name in VAGUE or (name not in _SURFACE_FAULTS and not is_wish(self._kinds[name]))
            for name in job.actions
        )

    def _yields(self, one: Job, two: Job) -> bool:
        """Tell whether the earlier of two jobs that are the same is the lesser one."""
        if one.object is None or two.object is None:
            return two.object is not None
        first, second = self._things[one.object], self._things[two.object]
        if two.object in first.part_of or second.trade in first.part_of:
            return True
        if one.object in second.part_of or first.trade in second.part_of:
            return False
        if first.trade is Trade.APPLIANCE and second.is_feeding:
            return True
        if one.is_lent != two.is_lent:  # "not the socket, the light switch does not work"
            return one.is_lent
        return one.is_bare if one.is_bare != two.is_bare else first.is_weak and not second.is_weak


def _is_near(one: Job, two: Job) -> bool:
    return one.clause.sentence == two.clause.sentence


def _by_object(jobs: Iterable[Job]) -> list[Job]:
    by_object: dict[str | None, Job] = {}
    for job in jobs:
        known = by_object.setdefault(job.object, job)
        if known is not job:
            known.is_lent = known.is_lent and job.is_lent if known.actions and job.actions else job.is_lent
            known.actions += job.actions
            known.is_fine &= job.is_fine
    return list(by_object.values())


def _without_board(jobs: list[Job]) -> list[Job]:
    """Where a socket sparks, the breaker that was thrown is no job of its own."""
    if any(job.object == "socket" and _SPARKS & set(job.actions) for job in jobs):
        return [job for job in jobs if job.object not in ("breaker", "panel", "electricity")]
    return jobs
