"""Figures of the past for the owner, each one question to the database (A147).

Spans are half open: `since` belongs to them, `until` does not. Money is minor units of one currency.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    and_,
    case,
    cast,
    column,
    exists,
    func,
    or_,
    select,
    values,
)
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import (
    JobRow,
    MasterRow,
    OfferRow,
    PaymentRow,
    RatingRow,
    RefundRow,
    TalkRow,
    TicketRow,
    UtteranceRow,
)
from storage.tables.columns import Instant

_BOOKED = ("draft", "quoted")  # states of a job that nobody has ordered yet
_PRICE_TEXTS = ("client-range%", "client-slots%", "client-price%")
_OWNER = "owner"  # the step of a chat of the owner's own
_PER_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time and the buckets it is told by, in order, without gaps."""

    buckets: Sequence[tuple[datetime, datetime]]

    @property
    def since(self) -> datetime:
        """Where it begins."""
        return self.buckets[0][0]

    @property
    def until(self) -> datetime:
        """Where it ends, not included."""
        return self.buckets[-1][1]

    def has(self, at: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a column of whatever table
        """Tell whether a moment is within it."""
        return and_(at >= self.since, at < self.until)


@dataclass(frozen=True, slots=True)
class Sales:
    """What was paid in one bucket, in minor units."""

    amount_minor: int
    platform_minor: int
    count: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many clients' talks came how far."""

    talks: int
    quoted: int
    booked: int
    paid: int


@dataclass(frozen=True, slots=True)
class Performance:
    """What one master did."""

    master_id: str
    name: str | None
    asked: int
    taken: int
    done: int
    amount_minor: int
    stars: float | None
    answers_s: float | None  # on average


async def sales(session: AsyncSession, span: Span, *, currency: str) -> list[Sales]:
    """Return what was paid in each bucket."""
    buckets = _buckets(span)
    paid = and_(
        PaymentRow.state == "succeeded",
        PaymentRow.currency == currency,
        PaymentRow.settled_at >= buckets.c.since,
        PaymentRow.settled_at < buckets.c.until,
    )
    query = (
        select(
            buckets.c.n,
            func.coalesce(func.sum(PaymentRow.amount_minor), 0),
            func.coalesce(func.sum(PaymentRow.platform_minor), 0),
            func.count(PaymentRow.id),
        )
        .select_from(buckets)
        .outerjoin(PaymentRow, paid)
        .group_by(buckets.c.n)
        .order_by(buckets.c.n)
    )
    return [Sales(int(amount), int(ours), count) for _, amount, ours, count in await session.execute(query)]


async def given_back(session: AsyncSession, span: Span, *, currency: str) -> int:
    """Return what went back to clients, in minor units."""
    query = select(func.coalesce(func.sum(RefundRow.amount_minor), 0)).where(
        RefundRow.state == "done", RefundRow.currency == currency, span.has(RefundRow.ended_at)
    )
    return int(await session.scalar(query) or 0)


async def funnel(session: AsyncSession, span: Span) -> Funnel:
    """Return how far the clients' talks came that began in a span."""
    job = and_(JobRow.talk_id == TalkRow.id, JobRow.state.not_in(_BOOKED))
    is_booked = exists().where(job)
    is_paid = exists().where(job, PaymentRow.job_id == JobRow.id, PaymentRow.state == "succeeded")
    is_quoted = exists().where(
        UtteranceRow.talk_id == TalkRow.id, or_(*(UtteranceRow.name.like(name) for name in _PRICE_TEXTS))
    )
    query = select(
        func.count(),
        _sum(or_(is_quoted, is_booked)),
        _sum(is_booked),
        _sum(is_paid),
    ).where(clients(span))
    found = (await session.execute(query)).one()
    return Funnel(*(int(count or 0) for count in found))


async def led_alone(session: AsyncSession, span: Span) -> list[tuple[int, int]]:
    """Return (talks, those in which the owner had no part) of each bucket, by when they began."""
    buckets = _buckets(span)
    began = and_(
        TalkRow.role == "client",
        TalkRow.step != _OWNER,
        TalkRow.created_at >= buckets.c.since,
        TalkRow.created_at < buckets.c.until,
    )
    owner = or_(
        exists().where(UtteranceRow.talk_id == TalkRow.id, UtteranceRow.author == "owner"),
        exists().where(TicketRow.talk_id == TalkRow.id),
    )
    query = (
        select(
            buckets.c.n,
            func.count(TalkRow.id),
            func.sum(case((and_(TalkRow.id.is_not(None), ~owner), 1), else_=0)),
        )
        .select_from(buckets)
        .outerjoin(TalkRow, began)
        .group_by(buckets.c.n)
        .order_by(buckets.c.n)
    )
    return [(talks, int(alone)) for _, talks, alone in await session.execute(query)]


async def stars(session: AsyncSession, span: Span) -> dict[int, int]:
    """Return how often clients gave how many stars."""
    query = (
        select(RatingRow.stars, func.count())
        .where(RatingRow.side == "client", span.has(RatingRow.given_at))
        .group_by(RatingRow.stars)
    )
    rows = (await session.execute(query)).all()
    found = {row[0]: row[1] for row in rows}
    return {given: found.get(given, 0) for given in range(5, 0, -1)}


async def performance(session: AsyncSession, span: Span, *, limit: int = 20) -> list[Performance]:
    """Return what each master did in a span, who brought most first; who did nothing is left out."""
    offers = (
        select(
            OfferRow.master_id,
            func.count().label("asked"),
            _sum(OfferRow.state == "accepted").label("taken"),
            func.avg(
                case(
                    (
                        OfferRow.state.in_(("accepted", "declined")),
                        seconds(session, OfferRow.made_at, OfferRow.closed_at),
                    )
                )
            ).label("answers_s"),
        )
        .where(span.has(OfferRow.made_at))
        .group_by(OfferRow.master_id)
        .subquery()
    )
    paid = (
        select(
            PaymentRow.master_id,
            func.count().label("done"),
            func.sum(PaymentRow.amount_minor).label("amount"),
        )
        .where(PaymentRow.state == "succeeded", span.has(PaymentRow.settled_at))
        .group_by(PaymentRow.master_id)
        .subquery()
    )
    rated = (
        select(RatingRow.master_id, func.avg(cast(RatingRow.stars, Float)).label("stars"))
        .where(RatingRow.side == "client", span.has(RatingRow.given_at))
        .group_by(RatingRow.master_id)
        .subquery()
    )
    amount = func.coalesce(paid.c.amount, 0)
    query = (
        select(
            MasterRow.id,
            MasterRow.name,
            func.coalesce(offers.c.asked, 0),
            func.coalesce(offers.c.taken, 0),
            func.coalesce(paid.c.done, 0),
            amount,
            rated.c.stars,
            offers.c.answers_s,
        )
        .select_from(MasterRow)
        .outerjoin(offers, offers.c.master_id == MasterRow.id)
        .outerjoin(paid, paid.c.master_id == MasterRow.id)
        .outerjoin(rated, rated.c.master_id == MasterRow.id)
        .where(or_(offers.c.asked > 0, paid.c.done > 0, rated.c.stars.is_not(None)))
        .order_by(amount.desc(), MasterRow.id)
        .limit(limit)
    )
    return [
        Performance(
            *(id, name, asked, int(taken), done, int(minor)),
            float(mean) if mean is not None else None,
            float(answers) if answers is not None else None,
        )
        for id, name, asked, taken, done, minor, mean, answers in await session.execute(query)
    ]


# Orders of the coming days


async def booked(session: AsyncSession, span: Span, *, currency: str) -> list[int]:
    """Return for each bucket what the jobs are to bring that begin in it and are not over."""
    buckets = _buckets(span)
    ahead = and_(
        JobRow.state.in_(("open", "assigned", "travelling", "on_site", "working", "done")),
        JobRow.currency == currency,
        JobRow.starts_at >= buckets.c.since,
        JobRow.starts_at < buckets.c.until,
    )
    query = (
        select(buckets.c.n, func.coalesce(func.sum(JobRow.price_minor), 0))
        .select_from(buckets)
        .outerjoin(JobRow, ahead)
        .group_by(buckets.c.n)
        .order_by(buckets.c.n)
    )
    return [int(minor) for _, minor in await session.execute(query)]


# Below: the parts that the questions above share


def _buckets(span: Span) -> Any:  # noqa: ANN401 - a CTE of columns n, since, until
    columns = (column("n", Integer), column("since", Instant), column("until", Instant))
    rows = [(number, since, until) for number, (since, until) in enumerate(span.buckets)]
    return values(*columns, name="bucket").data(rows).cte("buckets")


def clients(span: Span) -> ColumnElement[bool]:
    """Tell whether a talk is a client's and began in a span."""
    return and_(TalkRow.role == "client", TalkRow.step != _OWNER, span.has(TalkRow.created_at))


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def seconds(session: AsyncSession, since: Any, until: Any) -> ColumnElement[float]:  # noqa: ANN401
    """Return the seconds between two columns."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.extract("epoch", until - since), Float)
    return (func.julianday(until) - func.julianday(since)) * _PER_DAY


def days_of(first: datetime, *, count: int, step: int = 1) -> Span:
    """Return a span of local days from a local midnight on, `step` of them in a bucket."""
    edges = [first + timedelta(days=number) for number in range(0, count + 1, step)]
    return Span([(edges[n], edges[n + 1]) for n in range(len(edges) - 1)])
