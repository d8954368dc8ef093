"""The masters who could come to a visit, best first, and why they were or were not chosen."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.flows.tx import Tx
from core.flows.work import Visit
from core.kernel.match import Need, rank, trace, why_not
from core.kernel.offer import is_quiet
from core.markets.cities import load_cities
from core.markets.policy import Market
from storage.queries import masters
from storage.queries.masters import FreeMaster, Nearness
from storage.tables import BookingRow

CANDIDATES = 5  # masters kept with a decision


async def free_for(
    tx: Tx,
    market: Market,
    visit: Visit,
    *,
    avoid: Collection[str] = (),
    only: str | None = None,
    awake_only: bool = False,
    limit: int = CANDIDATES,
) -> Sequence[FreeMaster]:
    """Return masters who are free for a visit, best first (K4).

    Whose hours cover a night visit has confirmed night hours, so nothing more is asked of him (K82). Time
    that an earlier turn of this group took is not in the database yet, but it is taken.
    """
    blocked_until = visit.end + market.slot_rules.travel
    taken = {
        booking.master_id
        for booking in tx.group.unwritten(BookingRow)
        if booking.starts_at < blocked_until
        and booking.ends_at > visit.start
        and booking.job_id != visit.job_id
        and booking.state != "released"
    }
    found = await masters.free_masters_at(
        tx.session,
        city=visit.city,
        trade=visit.trade,
        starts_at=visit.start,
        ends_at=visit.end,
        blocked_until=blocked_until,
        now=tx.now,
        rules=market.match_rules,
        nearness=nearness(visit.city, visit.district),
        avoid={*avoid, *taken},
        only=only,
        job_id=visit.job_id,
        at_night=quiet_now(tx, market),
        awake_only=awake_only,
        certified_only=Need.CERTIFICATE in visit.needs,
        limit=limit,
    )
    by_id = {master.id: master for master in found}
    ranked = rank((master.candidate for master in found), market.match_rules)
    return [by_id[one.candidate.master_id] for one in ranked]


async def decision(
    tx: Tx, market: Market, found: Sequence[FreeMaster], *, visit: Visit | None = None
) -> dict[str, Any]:
    """Return the inputs of a choice among masters, to be stored with it (L14).

    Args:
        visit: The work, if it asks more of a master than his trade: who was passed over is stored too.
    """
    needs = visit.needs if visit is not None else frozenset[Need]()
    everybody: Sequence[FreeMaster] = ()
    if visit is not None and needs:
        everybody = await free_for(tx, market, replace(visit, needs=frozenset()))
    return trace(
        rank((master.candidate for master in found), market.match_rules),
        market.match_rules,
        needs=needs,
        passed_over=[one.candidate for one in everybody if why_not(one.candidate, needs)],
    )


def nearness(city: str, district: str | None) -> Nearness:
    """Return how distances are measured in a city: from the middle of the job's district (K91)."""
    known = load_cities().get(city)
    if known is None:
        return Nearness()
    job = known.district(district)
    middles = {each.name: (each.lat, each.lon) for each in known.districts}
    return Nearness(job=(job.lat, job.lon) if job else None, districts=middles)


def quiet_now(tx: Tx, market: Market) -> datetime | None:
    """Return the present if masters are left in peace now."""
    return tx.now if is_quiet(market.offer_rules, tx.now.astimezone(tx.zone).time()) else None
