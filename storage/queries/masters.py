"""Questions about masters: who works in a trade and a city, who is free at a time, and in which order.

The order (K4) is computed by the database, because a city may have ten thousand masters: rating rounded to
one decimal, distance in steps, workload, id. An unknown place counts as the nearest (K91).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from math import cos, radians
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Float,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.kernel.match import EARTH_M, Candidate, MatchRules, distance_m
from storage.tables import BookingRow, HoursRow, Instant, JobRow, MasterRow, MasterTradeRow

LIVE = ("held", "bound")
FIRST = 64  # masters whose time is looked at first; most often somebody of them is free
WORKLOAD_SPAN = timedelta(days=7)  # work of the last week and all that is booked ahead
HOURS_SPAN_MAX = timedelta(hours=25)  # no span of hours is longer, so an old one need not be looked at

Point = tuple[float, float]  # latitude and longitude in degrees


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near masters are to a job.

    Attributes:
        job: Where the job is; None if unknown, then all masters are equally near.
        districts: The middles of the city's districts, for masters of whom no more is known.
    """

    job: Point | None = None
    districts: Mapping[str, Point] = field(default_factory=dict)

    def distance_m(self, place: Point | None, district: str | None) -> int | None:
        """Return the metres from a master to the job; None if either place is unknown."""
        place = place or self.districts.get(district or "")
        return distance_m(*self.job, *place) if self.job and place else None


@dataclass(frozen=True, slots=True)
class FreeMaster:
    """A master who could come, with all that the choice looks at."""

    candidate: Candidate
    is_awake: bool  # may be disturbed now
    is_demo: bool

    @property
    def id(self) -> str:
        """The master's id."""
        return self.candidate.master_id


async def free_masters_at(
    session: AsyncSession,
    *,
    city: str,
    trade: str,
    starts_at: datetime,
    ends_at: datetime,
    blocked_until: datetime,
    now: datetime,
    rules: MatchRules,
    nearness: Nearness,
    avoid: Collection[str] = (),
    only: str | None = None,
    job_id: str | None = None,
    at_night: datetime | None = None,
    awake_only: bool = False,
    certified_only: bool = False,
    limit: int = 5,
) -> Sequence[FreeMaster]:
    """Return masters whose hours cover the work and whose time is not taken, best first.

    A hold whose deadline has passed takes nobody's time, and neither does the job's own booking.

    Args:
        ends_at: End of the work by its upper duration.
        blocked_until: End of the work plus the way, which must not run into another booking.
        avoid: Masters not to ask.
        only: Ask about this master alone.
        job_id: The job that asks, if it exists already.
        at_night: A moment of the quiet hours, in which only masters with hours then are disturbed (K82);
            None is a moment at which anybody may be.
        awake_only: Only masters who may be disturbed.
        certified_only: Only masters whose certificate we have seen (L24).
    """
    shape = _Shape(
        rules=rules,
        districts=tuple((name, *point) for name, point in sorted(nearness.districts.items())),
        has_place=nearness.job is not None,
        has_avoid=bool(avoid),
        has_only=only is not None,
        has_job=job_id is not None,
        is_night=at_night is not None,
        awake_only=awake_only,
        certified_only=certified_only,
    )
    lat, lon = nearness.job or (0.0, 0.0)
    facts = {
        "city": city,
        "trade": trade,
        "starts_at": starts_at,
        "starts_after": starts_at - HOURS_SPAN_MAX,
        "ends_at": ends_at,
        "blocked_until": blocked_until,
        "now": now,
        "week_ago": now - WORKLOAD_SPAN,
        "lat": lat,
        "lon": lon,
        "east_m": radians(1) * EARTH_M * cos(radians(lat)),
        "avoid": sorted(avoid),
        "only": only,
        "job_id": job_id,
        "at_night": at_night,
        "night_after": at_night - HOURS_SPAN_MAX if at_night else None,
        "most": limit,
    }
    found = (await session.execute(_free_masters(shape, of_best=True), facts)).all()
    if not found or (found[0].best == FIRST and found[0][:2] == found[0][2:4]):
        # Nobody of the best is free, or others as good as the first were cut off: ask about everybody.
        found = (await session.execute(_free_masters(shape, of_best=False), facts)).all()
    return [_free_master(row, nearness) for row in found]


async def on_shift(
    session: AsyncSession,
    *,
    city: str,
    trade: str,
    since: datetime,
    until: datetime,
    avoid: Collection[str] = (),
    at_night: datetime | None = None,
    certified_only: bool = False,
    after: str = "",
    limit: int = 200,
) -> dict[str, bool]:
    """Return masters with any hours between two moments, and whether each may be disturbed at night.

    A page of them after `after`, in order of id: which is best is asked at the tap, when one is taken.
    """
    works = exists().where(
        HoursRow.master_id == MasterRow.id,
        HoursRow.starts_at < until,
        HoursRow.starts_at > since - HOURS_SPAN_MAX,
        HoursRow.ends_at > since,
    )
    query = (
        select(MasterRow.id, _awake(at_night).label("is_awake"))
        .join(MasterTradeRow, MasterTradeRow.master_id == MasterRow.id)
        .where(*_may_work(city, trade, avoid), MasterTradeRow.master_id > after, works)
        .where(*([_has_certificate()] if certified_only else []))
        .order_by(MasterTradeRow.master_id)
        .limit(limit)
    )
    return {row.id: bool(row.is_awake) for row in await session.execute(query)}


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


async def trades_of(session: AsyncSession, *, masters: Collection[str]) -> Sequence[tuple[str, str]]:
    """Return each (city, trade) that one of these masters is searched for, once."""
    query = (
        select(MasterTradeRow.city, MasterTradeRow.trade)
        .where(MasterTradeRow.master_id.in_(sorted(masters)))
        .distinct()
        .order_by(MasterTradeRow.city, MasterTradeRow.trade)
    )
    return [(city, trade) for city, trade in await session.execute(query)]


def _may_work(city: str, trade: str, avoid: Collection[str]) -> list[ColumnElement[bool]]:
    """Active masters of the trade in the city, but for those not to be asked."""
    conditions = [
        MasterTradeRow.city == city,
        MasterTradeRow.trade == trade,
        MasterTradeRow.is_active.is_(True),
        MasterRow.status == "active",
    ]
    return [*conditions, MasterRow.id.not_in(sorted(avoid))] if avoid else conditions


# The question for candidates. To put it together takes longer than to answer it, so that is done once for
# each form it takes; the values are parameters.


@dataclass(frozen=True, slots=True)
class _Shape:
    """What decides about the words of the question for candidates."""

    rules: MatchRules
    districts: tuple[tuple[str, float, float], ...]
    has_place: bool
    has_avoid: bool
    has_only: bool
    has_job: bool
    is_night: bool
    awake_only: bool
    certified_only: bool


@cache
def _free_masters(shape: _Shape, *, of_best: bool) -> Select[*tuple[Any, ...]]:
    """Who is free, in the order of K4: of the best of all masters, or of everybody.

    The columns: rating and distance of the master, the same of the last of the best, how many those are.
    """
    rating = _rating_tenths(shape.rules).label("rating")
    distance = _distance_steps(shape).label("distance")
    all_masters = (
        select(MasterRow.id, rating, distance)
        .join(MasterTradeRow, MasterTradeRow.master_id == MasterRow.id)
        .where(*_asked(shape))
    )
    if of_best:
        all_masters = all_masters.order_by(rating.desc(), distance, MasterRow.id).limit(FIRST)
    best = all_masters.cte("best")
    last = select(best).order_by(best.c.rating, best.c.distance.desc()).limit(1).subquery()
    query = (
        select(
            best.c.rating,
            best.c.distance,
            select(last.c.rating).scalar_subquery().label("last_rating"),
            select(last.c.distance).scalar_subquery().label("last_distance"),
            select(func.count()).select_from(best).scalar_subquery().label("best"),
            *(MasterRow.id, MasterRow.rating_sum, MasterRow.rating_count),
            *(MasterRow.lat, MasterRow.lon, MasterRow.district, MasterRow.is_demo),
            _has_certificate().label("has_certificate"),
            _workload(has_job=shape.has_job).label("workload"),
            _awake(_AT_NIGHT if shape.is_night else None).label("is_awake"),
        )
        .join(best, best.c.id == MasterRow.id)
        .where(_hours_cover(), ~_time_taken(has_job=shape.has_job))
    )
    query = query.order_by(best.c.rating.desc(), best.c.distance, literal_column("workload"), MasterRow.id)
    return query.limit(bindparam("most", type_=Integer))


def _at(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=Instant)


_AT_NIGHT = _at("at_night")


def _asked(shape: _Shape) -> list[ColumnElement[bool]]:
    conditions = [
        MasterTradeRow.city == bindparam("city"),
        MasterTradeRow.trade == bindparam("trade"),
        MasterTradeRow.is_active.is_(True),
        MasterRow.status == "active",
    ]
    if shape.has_avoid:
        conditions.append(MasterRow.id.not_in(bindparam("avoid", expanding=True)))
    if shape.has_only:
        conditions.append(MasterRow.id == bindparam("only"))
    if shape.certified_only:
        conditions.append(_has_certificate())
    if shape.awake_only:
        conditions.append(_awake(_AT_NIGHT if shape.is_night else None))
    return conditions


def _rating_tenths(rules: MatchRules) -> ColumnElement[int]:
    """The rating as `core.kernel.match` rounds it: in whole tenths, so that both databases agree."""
    weight = rules.prior_weight + MasterRow.rating_count
    total = rules.prior_rating_tenths * rules.prior_weight + 10 * MasterRow.rating_sum
    return (2 * total + weight) // (2 * weight)


def _distance_steps(shape: _Shape) -> ColumnElement[Any]:
    """The distance on the flat, which within a city is the distance on the globe."""
    if not shape.has_place:
        return literal(0)
    north = (_place(MasterRow.lat, shape, 1) - bindparam("lat", type_=Float)) * (radians(1) * EARTH_M)
    east = (_place(MasterRow.lon, shape, 2) - bindparam("lon", type_=Float)) * bindparam(
        "east_m", type_=Float
    )
    # Not `floor`: on SQLite that is a function in Python, called for every master.
    steps = func.trunc(func.sqrt(north * north + east * east) / shape.rules.distance_step_m)
    return func.coalesce(steps, 0)


def _place(column: Any, shape: _Shape, axis: int) -> ColumnElement[Any]:  # noqa: ANN401 - lat or lon
    if not shape.districts:
        return cast(column, Float)
    middles = {district[0]: district[axis] for district in shape.districts}
    return func.coalesce(column, case(middles, value=MasterRow.district, else_=None))


def _workload(*, has_job: bool) -> ColumnElement[int]:
    """Bookings of the last week and ahead, and work that was done before its time; not the job that asks."""
    booked = (
        select(func.count())
        .select_from(BookingRow)
        .where(
            BookingRow.master_id == MasterRow.id,
            BookingRow.ends_at > _at("week_ago"),
            BookingRow.state.in_(LIVE),
            *([BookingRow.job_id != bindparam("job_id")] if has_job else []),
        )
        .correlate(MasterRow)
        .scalar_subquery()
    )
    done_early = (
        select(func.count())
        .select_from(JobRow)
        .where(
            JobRow.master_id == MasterRow.id,
            JobRow.state.in_(("done", "completed")),
            JobRow.starts_at > _at("now"),
        )
        .correlate(MasterRow)
        .scalar_subquery()
    )
    return booked + done_early


def _awake(at_night: datetime | BindParameter[datetime] | None) -> ColumnElement[bool]:
    """Whoever said that he works at this hour of the night, or at nights in general."""
    if at_night is None:
        return literal(value=True)
    after = at_night - HOURS_SPAN_MAX if isinstance(at_night, datetime) else _at("night_after")
    works_now = exists().where(
        HoursRow.master_id == MasterRow.id,
        HoursRow.starts_at <= at_night,
        HoursRow.starts_at > after,
        HoursRow.ends_at > at_night,
    )
    return or_(MasterRow.works_nights.is_(True), works_now)


def _has_certificate() -> ColumnElement[bool]:
    """Whoever has shown us a certificate; what kind it is, nobody asks yet."""
    return func.coalesce(MasterRow.certificates, "") != ""


def _hours_cover() -> ColumnElement[bool]:
    """Hours from before the start to after the end, in one span or in two that touch."""
    first, second = aliased(HoursRow), aliased(HoursRow)
    goes_on = exists().where(
        second.master_id == first.master_id,
        second.starts_at == first.ends_at,
        second.ends_at >= _at("ends_at"),
    )
    return exists().where(
        first.master_id == MasterRow.id,
        first.starts_at <= _at("starts_at"),
        first.starts_at > _at("starts_after"),
        first.ends_at > _at("starts_at"),
        or_(first.ends_at >= _at("ends_at"), goes_on),
    )


def _time_taken(*, has_job: bool) -> ColumnElement[bool]:
    stands = or_(BookingRow.until.is_(None), BookingRow.until > _at("now"))
    return exists().where(
        BookingRow.master_id == MasterRow.id,
        BookingRow.ends_at > _at("starts_at"),
        BookingRow.starts_at < _at("blocked_until"),
        or_(BookingRow.state == "bound", and_(BookingRow.state == "held", stands)),
        *([BookingRow.job_id != bindparam("job_id")] if has_job else []),
    )


def _free_master(row: Any, nearness: Nearness) -> FreeMaster:  # noqa: ANN401 - a row of `free_masters_at`
    place = (row.lat, row.lon) if row.lat is not None and row.lon is not None else None
    return FreeMaster(
        candidate=Candidate(
            master_id=row.id,
            rating_sum=row.rating_sum,
            rating_count=row.rating_count,
            distance_m=nearness.distance_m(place, row.district),
            workload=row.workload,
            has_certificate=bool(row.has_certificate),
        ),
        is_awake=bool(row.is_awake),
        is_demo=row.is_demo,
    )
