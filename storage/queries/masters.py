"""Questions about masters: who works in a trade and a city, who is free at a time, and in which order.

The order (K4) is computed by the database, because a city may have ten thousand masters: rating rounded to
one decimal, distance in half kilometres, workload, id. An unknown place counts as equal (K91).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.tables import BookingRow, HoursRow, MasterRow, MasterTradeRow

LIVE = ("held", "bound")
WORKLOAD_SPAN = timedelta(days=7)  # work of the last week and all that is booked ahead
HOURS_SPAN_MAX = timedelta(hours=36)  # no span of hours is longer, so an old one need not be looked at
BUCKET_KM = 0.5


@dataclass(frozen=True, slots=True)
class Order:
    """How candidates are put in order.

    Attributes:
        prior_tenths: A newcomer's rating in tenths: 46 is 4.6.
        prior_weight: How many ratings the prior counts for.
        lat, lon: Where the job is; None if unknown, then all are equally near.
        km_per_lat, km_per_lon: Length of one degree there, in kilometres.
        districts: Half kilometres to the middle of each district, for masters of whom no more is known.
    """

    prior_tenths: int
    prior_weight: int
    lat: float | None = None
    lon: float | None = None
    km_per_lat: float = 0.0
    km_per_lon: float = 0.0
    districts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A master who could do the job, with everything the choice looks at."""

    master_id: str
    name: str | None
    rating_sum: int
    rating_count: int
    rating_tenths: int
    distance_bucket: int  # half kilometres, 0 if unknown
    workload: int  # bookings of the last seven days and ahead
    lat: float | None
    lon: float | None
    district: str | None
    works_nights: bool
    is_demo: bool


async def free_masters_at(
    session: AsyncSession,
    *,
    city: str,
    trade: str,
    starts_at: datetime,
    ends_at: datetime,
    blocked_until: datetime,
    now: datetime,
    order: Order,
    avoid: Collection[str] = (),
    job_id: str | None = None,
    nights_only: bool = False,
    limit: int = 5,
) -> Sequence[Candidate]:
    """Return masters whose hours cover the work and whose time is not taken, best first.

    A hold whose deadline has passed takes nobody's time, and neither does the job's own booking.

    Args:
        ends_at: End of the work by its upper duration.
        blocked_until: End of the work plus the way, which must not run into another booking.
        avoid: Masters not to ask again.
        job_id: The job that asks, if it exists already.
        nights_only: Only masters who have confirmed night hours (K82).
    """
    candidates = _ranked(
        order,
        now,
        MasterTradeRow.city == city,
        MasterTradeRow.trade == trade,
        _hours_cover(starts_at, ends_at),
        ~_time_taken(starts_at, blocked_until, now=now, job_id=job_id),
        *([MasterRow.works_nights.is_(True)] if nights_only else []),
        *([MasterRow.id.not_in(sorted(avoid))] if avoid else []),
    )
    return [_candidate(row) for row in await session.execute(candidates.limit(limit))]


async def on_shift(
    session: AsyncSession,
    *,
    city: str,
    trade: str,
    since: datetime,
    until: datetime,
    now: datetime,
    order: Order,
    avoid: Collection[str] = (),
    nights_only: bool = False,
    limit: int = 100,
    offset: int = 0,
) -> Sequence[Candidate]:
    """Return masters with any hours between two moments, best first, page by page."""
    works = exists().where(
        HoursRow.master_id == MasterRow.id,
        HoursRow.starts_at < until,
        HoursRow.starts_at > since - HOURS_SPAN_MAX,
        HoursRow.ends_at > since,
    )
    candidates = _ranked(
        order,
        now,
        MasterTradeRow.city == city,
        MasterTradeRow.trade == trade,
        works,
        *([MasterRow.works_nights.is_(True)] if nights_only else []),
        *([MasterRow.id.not_in(sorted(avoid))] if avoid else []),
    )
    return [_candidate(row) for row in await session.execute(candidates.limit(limit).offset(offset))]


async def hours_of(
    session: AsyncSession, *, masters: Collection[str], since: datetime, until: datetime
) -> dict[str, list[tuple[datetime, datetime]]]:
    """Return the spans in which each of these masters works, in order, if they touch the window."""
    query = (
        select(HoursRow.master_id, HoursRow.starts_at, HoursRow.ends_at)
        .where(
            HoursRow.master_id.in_(sorted(masters)),
            HoursRow.starts_at < until,
            HoursRow.starts_at > since - HOURS_SPAN_MAX,
            HoursRow.ends_at > since,
        )
        .order_by(HoursRow.master_id, HoursRow.starts_at)
    )
    spans: dict[str, list[tuple[datetime, datetime]]] = {}
    for master_id, starts_at, ends_at in await session.execute(query):
        spans.setdefault(master_id, []).append((starts_at, ends_at))
    return spans


async def next_hours(
    session: AsyncSession, *, city: str, trade: str, since: datetime, until: datetime
) -> datetime | None:
    """Return when somebody of this trade next begins to work, from `since` on; None if nobody before `until`."""
    query = (
        select(func.min(HoursRow.starts_at))
        .join(MasterTradeRow, MasterTradeRow.master_id == HoursRow.master_id)
        .where(
            MasterTradeRow.city == city,
            MasterTradeRow.trade == trade,
            MasterTradeRow.is_active.is_(True),
            HoursRow.starts_at >= since,
            HoursRow.starts_at < until,
        )
    )
    return await session.scalar(query)


async def trades_of(session: AsyncSession, *, master_id: str) -> Sequence[tuple[str, str]]:
    """Return (city, trade) of everything the master is searched for."""
    query = select(MasterTradeRow.city, MasterTradeRow.trade).where(MasterTradeRow.master_id == master_id)
    return [(city, trade) for city, trade in await session.execute(query)]


def _ranked(order: Order, now: datetime, *wanted: ColumnElement[bool]) -> Select[Any]:
    """Masters who satisfy the conditions, in the order K4 asks for."""
    rating = _rating_tenths(order).label("rating_tenths")
    distance = _distance_bucket(order).label("distance_bucket")
    workload = _workload(now).label("workload")
    return (
        select(
            *(MasterRow.id, MasterRow.name, MasterRow.rating_sum, MasterRow.rating_count),
            *(rating, distance, workload),
            *(MasterRow.lat, MasterRow.lon, MasterRow.district, MasterRow.works_nights, MasterRow.is_demo),
        )
        .join(MasterTradeRow, MasterTradeRow.master_id == MasterRow.id)
        .where(MasterTradeRow.is_active.is_(True), MasterRow.status == "active", *wanted)
        .order_by(rating.desc(), distance, workload, MasterRow.id)
    )


def _rating_tenths(order: Order) -> ColumnElement[int]:
    """The rating rounded half up to one decimal, in whole tenths, so that both databases agree."""
    weight = order.prior_weight + MasterRow.rating_count
    total = order.prior_tenths * order.prior_weight + 10 * MasterRow.rating_sum
    return (2 * total + weight) // (2 * weight)


def _distance_bucket(order: Order) -> ColumnElement[Any]:
    if order.lat is None or order.lon is None:
        return literal(0)
    north = (MasterRow.lat - order.lat) * order.km_per_lat
    east = (MasterRow.lon - order.lon) * order.km_per_lon
    exact = func.floor(func.sqrt(north * north + east * east) / BUCKET_KM)
    if not order.districts:
        return func.coalesce(exact, 0)
    by_district = case(dict(order.districts), value=MasterRow.district, else_=0)
    return func.coalesce(exact, by_district)


def _workload(now: datetime) -> ColumnElement[int]:
    return (
        select(func.count())
        .select_from(BookingRow)
        .where(
            BookingRow.master_id == MasterRow.id,
            BookingRow.ends_at > now - WORKLOAD_SPAN,
            BookingRow.state.in_(LIVE),
        )
        .correlate(MasterRow)
        .scalar_subquery()
    )


def _hours_cover(starts_at: datetime, ends_at: datetime) -> ColumnElement[bool]:
    """Hours from before the start to after the end, in one span or in two that touch."""
    first, second = aliased(HoursRow), aliased(HoursRow)
    goes_on = exists().where(
        second.master_id == first.master_id, second.starts_at == first.ends_at, second.ends_at >= ends_at
    )
    return exists().where(
        first.master_id == MasterRow.id,
        first.starts_at <= starts_at,
        first.starts_at > starts_at - HOURS_SPAN_MAX,
        first.ends_at > starts_at,
        or_(first.ends_at >= ends_at, goes_on),
    )


def _time_taken(
    starts_at: datetime, blocked_until: datetime, *, now: datetime, job_id: str | None
) -> ColumnElement[bool]:
    stands = or_(BookingRow.state == "bound", and_(BookingRow.state == "held", _stands(now)))
    return exists().where(
        BookingRow.master_id == MasterRow.id,
        BookingRow.ends_at > starts_at,
        BookingRow.starts_at < blocked_until,
        stands,
        *([BookingRow.job_id != job_id] if job_id else []),
    )


def _stands(now: datetime) -> ColumnElement[bool]:
    return or_(BookingRow.until.is_(None), BookingRow.until > now)


def _candidate(row: Any) -> Candidate:  # noqa: ANN401 - a row of `_ranked`
    return Candidate(
        master_id=row.id,
        name=row.name,
        rating_sum=row.rating_sum,
        rating_count=row.rating_count,
        rating_tenths=int(row.rating_tenths),
        distance_bucket=int(row.distance_bucket),
        workload=row.workload,
        lat=row.lat,
        lon=row.lon,
        district=row.district,
        works_nights=row.works_nights,
        is_demo=row.is_demo,
    )
