"""Where clients come from, and what comes of them (A30).

A talk keeps what its first contact carried; of one person the first source that is known counts for
everything he orders, at whatever door.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Subquery, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import JobRow, PaymentRow, TalkRow


@dataclass(frozen=True, slots=True)
class Came:
    """What came from one source within a span.

    Attributes:
        source: As the first contact carried it; None if it carried nothing.
        talks: Talks that began, paid: jobs whose payment was settled.
        amount_minor: What was paid for them, by currency.
    """

    source: str | None
    talks: int
    jobs: int
    paid: int
    amount_minor: Mapping[str, int]


async def report(session: AsyncSession, *, since: datetime, until: datetime) -> Sequence[Came]:
    """Return what came from each source from `since` until before `until`, the most jobs first."""
    talks = (
        select(TalkRow.source, func.count())
        .where(TalkRow.role == "client", TalkRow.created_at >= since, TalkRow.created_at < until)
        .group_by(TalkRow.source)
    )
    first = _first_sources()
    jobs = (
        select(first.c.source, func.count())
        .select_from(JobRow)
        .outerjoin(first, first.c.person_id == JobRow.client_id)
        .where(JobRow.created_at >= since, JobRow.created_at < until)
        .group_by(first.c.source)
    )
    paid = (
        select(first.c.source, PaymentRow.currency, func.count(), func.sum(PaymentRow.amount_minor))
        .select_from(PaymentRow)
        .join(JobRow, JobRow.id == PaymentRow.job_id)
        .outerjoin(first, first.c.person_id == JobRow.client_id)
        .where(PaymentRow.settled_at >= since, PaymentRow.settled_at < until)
        .group_by(first.c.source, PaymentRow.currency)
    )
    began: dict[str | None, int] = {row[0]: row[1] for row in await session.execute(talks)}
    ordered: dict[str | None, int] = {row[0]: row[1] for row in await session.execute(jobs)}
    settled: dict[str | None, int] = {}
    money: dict[str | None, dict[str, int]] = {}
    for source, currency, count, amount in await session.execute(paid):
        settled[source] = settled.get(source, 0) + count
        money.setdefault(source, {})[currency] = int(amount)
    found = [
        Came(
            source=source,
            talks=began.get(source, 0),
            jobs=ordered.get(source, 0),
            paid=settled.get(source, 0),
            amount_minor=money.get(source, {}),
        )
        for source in {*began, *ordered, *settled}
    ]
    return sorted(found, key=lambda one: (-one.jobs, -one.talks, one.source or ""))


def together(found: Sequence[Came], known: Sequence[str]) -> Sequence[Came]:
    """Put sources together by the codes that are known: `avito_banner2` is `avito`; others stay as they are.

    Args:
        known: Codes, such as those of the market's file.
    """
    sums: dict[str | None, Came] = {}
    for one in found:
        code = code_of(one.source, known)
        so_far = sums.get(code, Came(code, 0, 0, 0, {}))
        amounts = {
            currency: so_far.amount_minor.get(currency, 0) + one.amount_minor.get(currency, 0)
            for currency in {*so_far.amount_minor, *one.amount_minor}
        }
        sums[code] = Came(
            source=code,
            talks=so_far.talks + one.talks,
            jobs=so_far.jobs + one.jobs,
            paid=so_far.paid + one.paid,
            amount_minor=amounts,
        )
    return sorted(sums.values(), key=lambda one: (-one.jobs, -one.talks, one.source or ""))


def code_of(source: str | None, known: Sequence[str]) -> str | None:
    """Return the known code that a source begins with, else the source as it is."""
    if source is None:
        return None
    told = source.casefold()
    by_length = sorted(known, key=len, reverse=True)
    for code in by_length:
        if told == code or told.startswith((f"{code}_", f"{code}-")):
            return code
    return source


def _first_sources() -> Subquery:
    """Return the first known source of each person."""
    place = func.row_number().over(partition_by=TalkRow.person_id, order_by=(TalkRow.created_at, TalkRow.id))
    numbered = (
        select(TalkRow.person_id, TalkRow.source, place.label("place"))
        .where(TalkRow.role == "client", TalkRow.source.is_not(None), TalkRow.person_id.is_not(None))
        .subquery()
    )
    return select(numbered.c.person_id, numbered.c.source).where(numbered.c.place == 1).subquery()
